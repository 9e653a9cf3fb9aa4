"""What is dear to make and nobody changes is made once, for all rooms and all workers of a run."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a place that `make` has filled; the first test that asks waits for it.

    Session fixtures alone do not do: each of the workers has a session of its own, and a fixture
    that several rooms import is one for each room.

    Parameters
    ----------
    factory : pytest.TempPathFactory
    name : str
        Of the place; the same name must mean the same content.
    make : callable
        Takes the place, which is not there yet, and makes a file or folder of it.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # of the run, not of the worker
    place = base / "once" / name
    place.parent.mkdir(exist_ok=True)
    done = place.with_name(f"{name}.done")
    with FileLock(place.with_name(f"{name}.lock")):
        if not done.exists():
            make(place)
            done.touch()
    return place
