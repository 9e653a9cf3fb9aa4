"""Trackers: each training is a run of its own, those of a validation are a group.

TRL logs the steps of a training to Weights & Biases, Trackio, TensorBoard and the like. What is
known only later, accuracy and lift, is added to the same run when the validation is over.
"""

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.readings import reading_of
from sample_engineering.extras import require
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE

WANDB, TRACKIO, TENSORBOARD = "wandb", "trackio", "tensorboard"
FOLDER = "tensorboard"  # in the run folder, with a folder for each training
_PROJECT = "huggingface"  # transformers' own default
_ID_LENGTH = 16


def run_name(folder: Path, arm: str, seed: int, report_to: tuple[str, ...]) -> str:
    """Return what a training is called in its trackers.

    Trackio knows a run by its name alone, so there the run folder's is part of it.
    """
    name = f"{arm}-{seed}"
    return f"{folder.absolute().name}-{name}" if TRACKIO in report_to else name


@contextmanager
def tracked(folder: Path, arm: str, seed: int, report_to: tuple[str, ...]) -> Iterator[None]:
    """Have what is logged in this block go to the run of one training.

    Parameters
    ----------
    folder : Path
        The run folder.
    arm : str
    seed : int
    report_to : tuple of str
        The trackers.
    """
    if not report_to:
        yield
        return
    ours = {
        "WANDB_RUN_GROUP": folder.absolute().name,
        "WANDB_RUN_ID": _id(folder, arm, seed),
        "WANDB_RESUME": "allow",
        "TENSORBOARD_LOGGING_DIR": str(_events(folder, arm, seed)),
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        # Whoever logs next in this process begins a run of its own.
        for tracker in (WANDB, TRACKIO):
            module = sys.modules.get(tracker)
            if tracker in report_to and module is not None:
                module.finish()


def log_findings(folder: RunFolder, report_to: tuple[str, ...]) -> None:
    """Add accuracies and lifts to the runs of all trainings that were evaluated.

    Parameters
    ----------
    folder : RunFolder
    report_to : tuple of str
        The trackers; of those that are not named in this module, none is told.
    """
    before = {name: folder.evaluation(BEFORE, reading=name) for name in folder.readings}
    for place in folder.trainings:
        points = folder.curve(place.arm, place.seed)
        if not points:
            continue
        lines = [(step, figures(found, before)) for step, found in points]
        for name in folder.readings:  # the curve has one of them
            last = folder.evaluation(place.arm, place.seed, name)
            if last is not None:
                lines[-1][1].update(figures(last, before))
        for tracker in report_to:
            if tracker in _LOGGERS:
                _LOGGERS[tracker](folder.path, place.arm, place.seed, report_to, lines)


def figures(after: Evaluation, before: Mapping[str, Evaluation | None]) -> dict[str, float]:
    """Return accuracy by domain and overall, and the lift where the base is known.

    Parameters
    ----------
    after : Evaluation
    before : mapping from reading to Evaluation
        Of the base model; that of the same reading is the other side.

    >>> sorted(figures(after, before))  # doctest: +SKIP
    ['eval/greedy/accuracy', 'eval/greedy/accuracy/math', 'eval/greedy/lift', ...]
    """
    found = {}
    reading = reading_of(after.info)
    base = before.get(reading)
    known = {} if base is None else _accuracies(base)
    for name, value in _accuracies(after).items():
        found[f"eval/{reading}/accuracy{name}"] = value
        if name in known:
            found[f"eval/{reading}/lift{name}"] = value - known[name]
    return found


def _accuracies(evaluation: Evaluation) -> dict[str, float]:
    rows = evaluation.summary().to_dict("records")
    domains = {f"/{row['name']}": float(row["accuracy"]) for row in rows if row["kind"] == "domain"}
    return {"": evaluation.accuracy, **domains}


Lines = list[tuple[int, dict[str, float]]]


def _to_tensorboard(
    folder: Path, arm: str, seed: int, report_to: tuple[str, ...], lines: Lines
) -> None:
    try:
        writer = require("torch.utils.tensorboard", "train").SummaryWriter
    except ImportError:  # what transformers takes too
        writer = require("tensorboardX", "train").SummaryWriter
    with writer(log_dir=str(_events(folder, arm, seed))) as events:
        for step, values in lines:
            for name, value in values.items():
                events.add_scalar(name, value, step)


def _to_wandb(folder: Path, arm: str, seed: int, report_to: tuple[str, ...], lines: Lines) -> None:
    run = require("wandb", "train").init(
        project=os.environ.get("WANDB_PROJECT", _PROJECT),
        id=_id(folder, arm, seed),
        name=run_name(folder, arm, seed, report_to),
        group=folder.absolute().name,
        resume="allow",
    )
    run.define_metric("eval/*", step_metric="train/global_step")
    for step, values in lines:
        run.log({**values, "train/global_step": step})
    run.summary.update(lines[-1][1])
    run.finish()


def _to_trackio(
    folder: Path, arm: str, seed: int, report_to: tuple[str, ...], lines: Lines
) -> None:
    trackio = require("trackio", "train")
    trackio.init(
        project=os.environ.get("TRACKIO_PROJECT", _PROJECT),
        name=run_name(folder, arm, seed, report_to),
        resume="allow",
    )
    for step, values in lines:
        trackio.log(values, step=step)
    trackio.finish()


_LOGGERS: Mapping[str, Any] = {
    TENSORBOARD: _to_tensorboard,
    WANDB: _to_wandb,
    TRACKIO: _to_trackio,
}


def _events(folder: Path, arm: str, seed: int) -> Path:
    return folder / FOLDER / f"{arm}-{seed}"


def _id(folder: Path, arm: str, seed: int) -> str:
    """Return an id that a training keeps when it is gone on with."""
    text = f"{folder.absolute()} {arm} {seed}"
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]
