"""The run folder and the disk."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sample_engineering.trainers.estimates.disk import (
    checkpoint_bytes,
    training_bytes,
    weights_bytes,
)
from sample_engineering.trainers.plan import snapshots_at_once
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.memory import gib, setup_for
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
    out = case.plan.out
    goes_on = case.plan.resume or case.plan.piece is not None
    parent = existing(out)
    if not parent.is_dir():
        yield refuse(
            f"cannot use {out} as run folder: {parent} is no folder", "choose another `out`"
        )
    elif not os.access(parent, os.W_OK | os.X_OK):
        yield refuse(
            f"cannot use {out} as run folder: {parent} cannot be written to", "choose another `out`"
        )
    elif parent == out.absolute() and not goes_on and any(out.iterdir()):
        yield refuse(
            f"{out} is not an empty folder",
            "go on with the run there with `resume`, or choose another place with `out`",
        )
    else:
        yield ok(str(out))


def disk(case: Case) -> Iterator[Finding]:
    """Whether checkpoints, snapshots and weights find room, and a model that is to be fetched."""
    setup, plan, recipe = setup_for(case), case.plan, case.recipe
    if setup is None:
        return
    snapshots = snapshots_at_once(recipe)
    at_once = 1 if plan is None else max(1, len(plan.devices))
    need = training_bytes(setup, snapshots) * at_once
    if plan is not None and case.options.save_model:
        need += weights_bytes(setup) * len(plan.seeds)
    folder = existing(plan.out if plan is not None else Path.cwd())
    free = shutil.disk_usage(folder).free
    told = f"trainings need about {gib(need)} GiB in {folder}"
    parts = f"a checkpoint is {gib(checkpoint_bytes(setup))} GiB"
    if snapshots:
        each = gib(training_bytes(setup, 1) - training_bytes(setup))
        parts += f", {snapshots} snapshots at once are {each} GiB each"
    if need > free:
        remedy = "choose another `out`" + (", or `eval_every`=0" if snapshots else "")
        yield refuse(f"{told}, where {gib(free)} GiB are free ({parts})", remedy)
    else:
        yield ok(f"{told} ({parts})")
