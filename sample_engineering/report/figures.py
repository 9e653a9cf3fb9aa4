"""Figures for papers and slides, drawn with matplotlib (extra ``report``)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sample_engineering import plotting
from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.files import write_whole
from sample_engineering.plotting import Interval
from sample_engineering.report.curves import CURVES
from sample_engineering.report.forest import ForestRow, arm_rows, lift_rows
from sample_engineering.report.run import THIS, Run

_DOTS_PER_INCH = 200
_FORMATS = ("svg", "png")


def write_figures(run: Run, folder: str | os.PathLike[str]) -> list[Path]:
    """Write ``lift``, ``arms`` and ``training`` as SVG and PNG, as far as the run has them.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    ConfigError
        If the run has nothing to draw.
    RunError
        If a file cannot be written.
    """
    matplotlib = require("matplotlib", "report")
    from matplotlib.figure import Figure

    drawn: dict[str, Any] = {}
    lifts = {reading: lift_rows(lift) for reading, lift in run.lifts.items()}
    if lifts:
        drawn["lift"] = _forest(Figure, lifts, "lift, percentage points")
    arms = {reading: rows[1:] for reading in lifts if (rows := arm_rows(run, reading))}
    if arms:
        drawn["arms"] = _forest(Figure, arms, f"lead of {THIS} over it, percentage points")
    curves = _training(Figure, run)
    if curves is not None:
        drawn["training"] = curves
    if not drawn:
        raise ConfigError(
            f"{run.folder.path} has neither a lift nor metrics to draw; finish the run"
        )
    written = []
    for name, figure in drawn.items():
        for kind in _FORMATS:
            path = Path(folder) / f"{name}.{kind}"
            salted = matplotlib.rc_context({"svg.hashsalt": name})
            with write_whole(path, "wb") as stream, salted:
                # No date and no random ids: the same run gives the same bytes.
                metadata = {"Date": None} if kind == "svg" else None
                figure.savefig(stream, format=kind, dpi=_DOTS_PER_INCH, metadata=metadata)
            written.append(path)
    return written


def _forest(figure_class: Any, readings: Mapping[str, list[ForestRow]], label: str) -> Any:
    """Draw the rows of each reading, those of one name below each other."""
    blocks = {
        reading: [Interval(row.name, 100 * row.point, 100 * row.low, 100 * row.high)
                  for row in rows]
        for reading, rows in readings.items()
    }  # fmt: skip
    names = {row.name for rows in blocks.values() for row in rows}
    figure = figure_class(figsize=(5.6, 1.0 + 0.36 * len(names)), layout="constrained")
    plotting.forest(figure.subplots(), blocks, f"{label} (95 % interval)")
    return figure


def _training(figure_class: Any, run: Run) -> Any:
    runs = run.training_runs
    curves = [curve for curve in CURVES if curve.shows(run.folder.metrics)]
    if not curves:
        return None
    arms = list(dict.fromkeys(arm for arm, _, _ in runs))
    columns = min(3, len(curves))
    rows = -(-len(curves) // columns)
    figure = figure_class(figsize=(3.1 * columns, 2.2 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat[len(curves) :]:
        axes.set_visible(False)
    for axes, curve in zip(grid.flat, curves, strict=False):
        for arm, _, lines in runs:
            axes.plot(
                [line.step for line in lines],
                curve.values(lines),
                color=_colour(arms.index(arm)),
                lw=1.6 if arm == THIS else 0.9,
            )
        axes.set_title(curve.title, fontsize=9)
        axes.set_xlabel("training step", fontsize=8)
        axes.set_ylabel(curve.unit or "share", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        if curve.share:
            axes.set_ylim(-0.02, 1.02)
    if len(arms) > 1:
        from matplotlib.lines import Line2D

        handles = [
            Line2D([], [], color=_colour(i), label=plotting.plain(arm))
            for i, arm in enumerate(arms)
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8,
                      frameon=False)  # fmt: skip
    return figure


def _colour(number: int) -> str:
    return plotting.COLOURS[number % len(plotting.COLOURS)]
