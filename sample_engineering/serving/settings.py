"""How a reward server is run."""

import os
from dataclasses import dataclass

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.grading.extraction import find_form
from sample_engineering.judging import JudgeSettings

MEBIBYTE = 1024 * 1024
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Where a reward server listens, and what it takes at most.

    Parameters
    ----------
    host : str
        Address to listen on; the default is reached from this machine only.
    port : int
        0 lets the system choose.
    workers : int, optional
        Worker processes that grade; one a processor by default.
    form : str
        Name of the answer form in which completions state their final answer.
    timeout : float
        Seconds that a request may take, from its first byte to its answer.
    queue : int
        Rewards that may wait; what would exceed it is refused.
    max_batch : int
        Rewards in one request.
    max_body : int
        Bytes of one request.
    judge : JudgeSettings, optional
        Model that decides what no rule reads.

    Raises
    ------
    ConfigError
        If one of them cannot be used.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int | None = None
    form: str = "boxed"
    timeout: float = 60.0
    queue: int = 16_384
    max_batch: int = 4096
    max_body: int = 8 * MEBIBYTE
    judge: JudgeSettings | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port <= _LAST_PORT:
            raise ConfigError(f"`port` is {self.port}; use 1 to {_LAST_PORT}, or 0 for a free one")
        for name in ("queue", "max_batch", "max_body"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` is {getattr(self, name)}; use 1 or more")
        if self.workers is not None and self.workers < 1:
            raise ConfigError(f"`workers` is {self.workers}; use 1 or more")
        if not self.timeout > 0:
            raise ConfigError(f"`timeout` is {self.timeout:g}; use more than 0 seconds")
        if self.max_batch > self.queue:
            raise ConfigError(
                f"`max_batch` {self.max_batch} could never be taken with `queue` {self.queue}; "
                "raise one or lower the other"
            )
        find_form(self.form)
        if not registry.component("answer_form", self.form).package:
            raise ConfigError(
                f"the `form` {self.form!r} is registered in this program only, and worker "
                "processes do not know it; declare it by an entry point (docs/architecture.md)"
            )

    @property
    def processes(self) -> int:
        """Number of worker processes."""
        return self.workers or os.cpu_count() or 1
