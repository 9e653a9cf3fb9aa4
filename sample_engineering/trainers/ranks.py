"""One process or several, in a training: who writes, and how the others keep step.

TRL and accelerate hold the processes of a training together; this is what ours needs of that. How
the processes of a whole validation keep step is in `together`.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sample_engineering.errors import ConfigError


@dataclass(frozen=True)
class Ranks:
    """The processes of a training.

    Parameters
    ----------
    rank, world : int
        Number of this process and how many there are.
    local : int
        Its number on this machine, which is that of its GPU.
    """

    rank: int = 0
    world: int = 1
    local: int = 0

    @classmethod
    def of_environment(cls) -> "Ranks":
        """Read what a launcher announced.

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
        return cls(rank, world, local)

    def form(self, device: str | None, timeout: float) -> None:
        """Form the group that trains, if there is none yet.

        Parameters
        ----------
        device : str or None
            ``cpu``, ``cuda`` or ``mps``; None takes a GPU if there is one.
        timeout : float
            Seconds that a process waits for the others. It must be said here: whatever comes later
            finds the group formed.
        """
        if self.world == 1:
            return
        import torch
        from accelerate import PartialState

        on_gpu = device in (None, "cuda") and torch.cuda.is_available()
        if on_gpu:
            torch.cuda.set_device(self.local)
        PartialState(cpu=not on_gpu, timeout=timedelta(seconds=timeout))

    def part(self) -> None:
        """End the group that trained; its threads may bring down a process that ends with them."""
        if self.world > 1:
            import torch.distributed as dist

            if dist.is_initialized():
                dist.destroy_process_group()

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
