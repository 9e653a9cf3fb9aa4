"""A Ray cluster: joined or started, asked for what it has, and left.

Who works on it (`sweep.ray_crew`, `generation.ray_generator`, `selectors.part_workers`) says what a
task asks for; a task that is lost with its worker or node is theirs to do again.
"""

import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from sample_engineering.errors import ConfigError
from sample_engineering.extras import check_installed, require

LOCAL = "local"
_REFRESH = 5.0  # seconds between looks at the size of a cluster
_KNOCK = 5.0  # seconds for the first sign of a cluster; Ray itself tries for half a minute


@dataclass(frozen=True)
class Share:
    """Where Ray is, and what each task there asks for.

    Parameters
    ----------
    address : str
        ``local`` for a cluster of this machine alone, ``auto`` for the one that it belongs to, or
        the address of a cluster.
    gpus : float, optional
        GPUs of each task; a part of one lets several share it. None: one where the cluster has any.
    cpus : float
        CPUs of each task.

    Raises
    ------
    ConfigError
        If a number is below 0.
    MissingExtraError
        If Ray is not installed.
    """

    address: str
    gpus: float | None = None
    cpus: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("gpus", self.gpus), ("cpus", self.cpus)):
            if value is not None and not 0 <= value < float("inf"):
                raise ConfigError(f"`{name}` is {value:g}; give at least 0")
        check_installed("ray", "ray")


class Cluster:
    """A cluster that this process belongs to while it is open.

    A program that called ``ray.init`` itself stays in its own cluster, and keeps it.

    Parameters
    ----------
    share : Share

    Attributes
    ----------
    ray : module
        Ray itself.

    Raises
    ------
    ConfigError
        On entering, if the cluster cannot be reached, or can never hold a task.
    """

    def __init__(self, share: Share) -> None:
        self.share = share
        self.ray: Any = require("ray", "ray")
        self._gpus = share.gpus
        self._places, self._looked = 0, -_REFRESH
        self._ours = False

    def __enter__(self) -> Self:
        self._ours = not self.ray.is_initialized()
        if self._ours:
            self._join()
        if self.places < 1:
            held = ", ".join(f"{n:g} {name}" for name, n in sorted(self._held().items()))
            asked = f"{self.share.cpus:g} CPU and {self.gpus:g} GPU"
            self.leave()
            raise ConfigError(
                f"the cluster never has {asked} free at once (it has {held or 'nothing'}); give "
                "other `gpus` or `cpus`, or another `ray`"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def _join(self) -> None:
        # Ray names GPUs by numbers that this process sees, and a CPU task sees none.
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        settings: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
        address = self.share.address
        if address == LOCAL:
            os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves this machine
            settings |= {"include_dashboard": False}
            path = os.pathsep.join(filter(None, sys.path))
            settings["runtime_env"] = {"env_vars": {"PYTHONPATH": path}}
        try:
            _knock(address)
            self.ray.init(address=address, **settings)
        except (OSError, RuntimeError, ValueError) as error:
            told = getattr(error, "strerror", None) or str(error)
            first = told.strip().split("\n")[0].rstrip(".")
            raise ConfigError(
                f"`ray` {address!r} cannot be reached: {first}; give the address of a running "
                f"cluster, or {LOCAL}"
            ) from error

        self._print_errors(False)

    def _print_errors(self, on: bool) -> None:
        """Let Ray write on standard output or not: errors are said by whoever meets them.

        It prints the loss of any worker there, where results of commands go, and has no setting.
        """
        worker: Any = sys.modules.get("ray._private.worker")
        if hasattr(worker, "_worker_logs_enabled"):
            worker._worker_logs_enabled = on

    def leave(self) -> None:
        """Leave the cluster; one that was started here ends, with all that runs there."""
        if self._ours:
            self._ours = False
            self.ray.shutdown()
            self._print_errors(True)

    @property
    def gpus(self) -> float:
        """GPUs of each task."""
        if self._gpus is None:
            self._gpus = 1.0 if self._held().get("GPU") else 0.0
        return self._gpus

    @property
    def asked(self) -> dict[str, float]:
        """What a task asks for, as Ray is told."""
        return {"num_cpus": self.share.cpus, "num_gpus": self.gpus}

    def _held(self) -> Mapping[str, float]:
        found = self.ray.cluster_resources()
        return {name: found[name] for name in ("CPU", "GPU") if name in found}

    @property
    def places(self) -> int:
        """How many tasks it takes at the same time; changes as nodes come and go."""
        if time.monotonic() > self._looked + _REFRESH:
            held, cpus, gpus = self._held(), self.share.cpus, self.gpus
            by = [int(held.get("CPU", 0) / cpus + 1e-9)] if cpus else []
            by += [int(held.get("GPU", 0) / gpus + 1e-9)] if gpus else []
            self._places, self._looked = min(by, default=1), time.monotonic()
        return self._places


def _knock(address: str) -> None:
    """Raise OSError where nobody listens at HOST:PORT; nothing else is an address by itself."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        with (
            suppress(TypeError, OverflowError),
            socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK),
        ):
            pass
