"""One process or several: who writes, and how the others keep step.

`accelerate launch` and `torchrun` start one process a GPU. All run the same validation; the first
one writes the run folder, each evaluates its share of the items, and TRL trains.
"""

import os
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError


@dataclass(frozen=True)
class Ranks:
    """The processes of this run.

    Parameters
    ----------
    rank, world : int
        Number of this process and how many there are.
    """

    rank: int = 0
    world: int = 1

    @classmethod
    def of_environment(cls, device: str | None = None) -> "Ranks":
        """Read what a launcher announced, and take this process's GPU.

        Raises
        ------
        ConfigError
            If the variables of the launcher make no sense.
        """
        try:
            rank, world = (int(os.environ.get(k, d)) for k, d in (("RANK", 0), ("WORLD_SIZE", 1)))
            local = int(os.environ.get("LOCAL_RANK", 0))
        except ValueError as error:
            raise ConfigError(
                f"RANK, LOCAL_RANK or WORLD_SIZE is no number ({error}); use accelerate launch"
            ) from error
        if world > 1:
            import torch
            from accelerate import PartialState

            if device != "cpu" and torch.cuda.is_available():
                torch.cuda.set_device(local)
            PartialState(cpu=device == "cpu" or not torch.cuda.is_available())
        return cls(rank, world)

    @property
    def first(self) -> bool:
        """Whether this process writes."""
        return self.rank == 0

    def wait(self) -> None:
        """Return when every process has come here."""
        if self.world > 1:
            from accelerate import PartialState

            PartialState().wait_for_everyone()

    def gather(self, value: Any) -> list[Any]:
        """Return the values of all processes, by rank."""
        if self.world == 1:
            return [value]
        from accelerate.utils import gather_object

        return list(gather_object([value]))

    def any(self, value: bool) -> bool:
        """Whether it holds in any process."""
        return any(self.gather(value))
