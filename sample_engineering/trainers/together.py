"""Several processes run one validation: `accelerate launch` and `torchrun` start one a GPU.

All run the same loop in step. The first one decides the run folder, writes, shows and reports; for
a training each starts a child, and the children form a group of their own. There is one way to
speak to each other, `gather`: what one process says, all hear at the same place. So a process that
fails is heard where the others are next, and all end with one error.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from sample_engineering.errors import SampleEngineeringError, TrainingError
from sample_engineering.redaction import redacted
from sample_engineering.trainers.ranks import Ranks

# An evaluation or a training may take days, and nobody waits for a process that is dead: gloo
# notices that at once.
_PATIENCE = timedelta(days=365)
# What a launcher tells its processes and no grandchild must believe.
_LAUNCHER = (
    *("GROUP_RANK", "GROUP_WORLD_SIZE", "ROLE_RANK", "ROLE_NAME", "ROLE_WORLD_SIZE"),
    *("TORCH_NCCL_ASYNC_ERROR_HANDLING", "NCCL_ASYNC_ERROR_HANDLING"),
)
_RANK_NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


_here: "list[Together]" = []


class Together:
    """The processes that a launcher started for one validation; mostly there is one.

    Parameters
    ----------
    ranks : Ranks, optional
        Which of how many this is; None asks the environment.
    """

    def __init__(self, ranks: Ranks | None = None) -> None:
        self.ranks = Ranks.of_environment() if ranks is None else ranks
        self._formed = False
        self._over = False  # somebody failed: nobody answers any more
        self._entered = False

    @classmethod
    def here(cls) -> "Together":
        """Return the one of this process: all that runs in it is in step with the same others."""
        if not _here:
            _here.append(cls())
        return _here[0]

    @property
    def first(self) -> bool:
        """Whether this process decides, writes and shows."""
        return self.ranks.first

    @property
    def several(self) -> bool:
        """Whether there are others."""
        return self.ranks.world > 1

    @contextmanager
    def in_step(self) -> Iterator["Together"]:
        """Fail together: an error here reaches all, and the first process shows it.

        Within another such block this does nothing: the outer one stands for both.
        """
        if self._entered:
            yield self
            return
        self._entered = True
        try:
            yield self
        except BaseException as error:
            self._fail(error)
            raise
        finally:
            self._leave()
            self._entered = False
            _here.clear()

    def gather(self, value: Any = None) -> list[Any]:
        """Return the values of all processes, by rank; all must come here.

        Raises
        ------
        SampleEngineeringError
            If another process failed; the first one shows what it said.
        """
        if not self.several:
            return [value]
        heard = self._exchange((None, value))
        for rank, (failure, _) in enumerate(heard):
            if failure is not None:
                self._over = True
                # Its own error is shown by the first process itself.
                error = TrainingError(failure if rank == 0 else f"process {rank}: {failure}")
                error.shown_elsewhere = not self.first
                raise error
        return [value for _, value in heard]

    def agreed(self, value: Any) -> Any:
        """Return what the first process says."""
        return self.gather(value)[0]

    def _exchange(self, said: Any) -> list[Any]:
        import torch.distributed as dist

        self._form()
        heard: list[Any] = [None] * self.ranks.world
        try:
            dist.all_gather_object(heard, said)
        except RuntimeError as error:
            self._over = True
            raise TrainingError(
                "another process of this run is gone; see what it said, and go on with `resume`"
            ) from error
        return heard

    def _form(self) -> None:
        import torch.distributed as dist

        if not self._formed and not dist.is_initialized():
            dist.init_process_group("gloo", timeout=_PATIENCE)
        self._formed = True

    def _fail(self, error: BaseException) -> None:
        if not self.several or self._over:
            return
        self._over = True
        text = str(error) if isinstance(error, SampleEngineeringError) else redacted(repr(error))
        with suppress(Exception):
            self._exchange((text or "failed", None))
        if isinstance(error, SampleEngineeringError):
            error.shown_elsewhere = not self.first

    def _leave(self) -> None:
        """Wait until all are done: who ends first would have the launcher end the others."""
        if not self._formed:
            return
        import torch.distributed as dist

        with suppress(Exception):
            if not self._over:
                self._exchange((None, None))
            dist.destroy_process_group()
        self._formed = False

    def environment(self) -> dict[str, str]:
        """Return the environment of a child that trains with those of the other processes.

        All must come here: the children meet at a port that the first process found free.
        """
        env = bare_environment()
        if not self.several:
            return env
        port = self.agreed(_free_port() if self.first else None)
        kept = {name: os.environ[name] for name in _RANK_NAMES if name in os.environ}
        return env | kept | {"MASTER_PORT": str(port)}


def bare_environment() -> dict[str, str]:
    """Return the environment without what a launcher put there."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in (*_RANK_NAMES, *_LAUNCHER) and not name.startswith("TORCHELASTIC_")
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])
