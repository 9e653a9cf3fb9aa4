"""Which problem a row of a run's tables answers: its gold answer, kind and unit."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sample_engineering.runs.config import RunConfig, RunInputs
from sample_engineering.runs.folder import RunFolder
from sample_engineering.runs.format import CONFIG, EVALUATIONS, INPUTS, MAIN, ROLLOUTS, TRAININGS
from sample_engineering.sample import Sample

Lookup = Callable[[Mapping[str, Any]], Sample | None]


def answered_by(path: str | os.PathLike[str]) -> tuple[Lookup, str] | None:
    """Return what tells the problem that a row of this file answers, and the run's answer form.

    Parameters
    ----------
    path : path-like
        ``rollouts.parquet``, a part of it in ``rollouts/``, or a file in ``eval/``.

    Returns
    -------
    (callable, str) or None
        The first is told a row and returns a sample, or None where the row is of no known problem.
        None where the file is no part of a run folder.

    Raises
    ------
    RunError
        If the run folder is damaged.
    """
    file = Path(path).absolute()
    in_rollouts = file.name == ROLLOUTS or file.parent.name == Path(ROLLOUTS).stem
    root = file.parent if file.name == ROLLOUTS else file.parent.parent
    if root.parent.name == TRAININGS:  # a part of a training that is not over
        root = root.parent.parent
    if not (in_rollouts or file.parent.name == EVALUATIONS):
        return None
    if not all((root / name).is_file() for name in (CONFIG, INPUTS)):
        return None
    folder = RunFolder(root, writes=False)
    config, inputs = folder.read_config(), folder.read_inputs()
    lookup = _of_rollouts(config, inputs) if in_rollouts else _of_evaluations(inputs)
    return lookup, config.evaluation.form


def _of_rollouts(config: RunConfig, inputs: RunInputs) -> Lookup:
    samples = {arm.name: arm.samples for arm in inputs.controls} | {MAIN: (config.sample,)}

    def lookup(row: Mapping[str, Any]) -> Sample | None:
        trained = samples.get(str(row.get("arm")), ())
        index = row.get("sample_index")
        return trained[index] if isinstance(index, int) and 0 <= index < len(trained) else None

    return lookup


def _of_evaluations(inputs: RunInputs) -> Lookup:
    tolerance = inputs.benchmark.tolerance
    items = {
        item.id: item
        if item.tolerance is not None or tolerance is None
        else item.with_(tolerance=tolerance)
        for item in inputs.items
    }
    return lambda row: items.get(str(row.get("item")))
