"""The run folder and the disk."""

import os
from collections.abc import Iterator
from pathlib import Path

from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, ok, refuse


def existing(path: Path) -> Path:
    """Return the nearest folder above that is there."""
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def run_folder(case: Case) -> Iterator[Finding]:
    """Whether the run folder can be made."""
    if case.plan is None:
        return
    # Jobs that do a piece each share a folder, which looks itself at what is in it.
    out, resume = case.plan.out, case.plan.resume or case.plan.piece is not None
    parent = existing(out)
    if not parent.is_dir():
        yield refuse(
            f"cannot use {out} as run folder: {parent} is no folder", "choose another `out`"
        )
    elif not os.access(parent, os.W_OK | os.X_OK):
        yield refuse(
            f"cannot use {out} as run folder: {parent} cannot be written to", "choose another `out`"
        )
    elif parent == out.absolute() and not resume and any(out.iterdir()):
        yield refuse(
            f"{out} is not an empty folder",
            "go on with the run there with `resume`, or choose another place with `out`",
        )
    else:
        yield ok(str(out))
