"""Figures for papers and slides, drawn with matplotlib (extra ``report``)."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.extras import require
from sample_engineering.files import write_whole
from sample_engineering.markup import foreign
from sample_engineering.report.curves import CURVES
from sample_engineering.report.forest import ForestRow, arm_rows, lift_rows
from sample_engineering.report.run import THIS, Run

# Colour-blind safe (Okabe and Ito 2008): blue, vermilion, green, purple, sky blue, grey.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#6b6b6b")


class _Style(NamedTuple):
    colour: str
    mark: str


_READINGS = {GREEDY: _Style(_COLOURS[0], "o"), SAMPLED: _Style(_COLOURS[1], "s")}
_APART = 0.34  # of the two readings of a row, in rows
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


def _plain(text: object) -> str:
    """Text that matplotlib does not take for mathematics."""
    return foreign(text, 60).replace("$", r"\$")


def _forest(figure_class: Any, blocks: Mapping[str, list[ForestRow]], label: str) -> Any:
    """Draw the rows of each reading, those of one name below each other.

    Which reading it is shows in colour and in the mark; whether an interval excludes zero in the
    mark's filling.
    """
    names = list(dict.fromkeys(row.name for rows in blocks.values() for row in rows))
    place = {name: len(names) - 1 - number for number, name in enumerate(names)}
    figure = figure_class(figsize=(5.6, 1.0 + 0.36 * len(names)), layout="constrained")
    axes = figure.subplots()
    for number, (reading, rows) in enumerate(blocks.items()):
        style = _READINGS[reading]
        shift = _APART * ((len(blocks) - 1) / 2 - number)
        for row in rows:
            at = place[row.name] + shift
            axes.plot([100 * row.low, 100 * row.high], [at] * 2, color=style.colour, lw=3,
                      alpha=0.4, solid_capstyle="round")  # fmt: skip
            filled = style.colour if row.tone != "unsure" else "white"
            axes.plot(100 * row.point, at, style.mark, color=style.colour, mfc=filled, ms=5.5)
    axes.axvline(0, color="#555555", lw=0.8, ls="--")
    axes.set_yticks(range(len(names)), [_plain(name) for name in reversed(names)])
    axes.set_xlabel(f"{label} (95 % interval)", fontsize=9)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=_READINGS[reading].colour, marker=_READINGS[reading].mark, lw=3,
               label=reading)
        for reading in blocks
    ]  # fmt: skip
    handles.append(
        Line2D([], [], color="#555555", marker="o", mfc="white", lw=0, label="holds zero")
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
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
                color=_COLOURS[arms.index(arm) % len(_COLOURS)],
                lw=1.6 if arm == THIS else 0.9,
            )
        axes.set_title(curve.title, fontsize=9)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        if curve.share:
            axes.set_ylim(-0.02, 1.02)
    if len(arms) > 1:
        from matplotlib.lines import Line2D

        handles = [
            Line2D([], [], color=_COLOURS[i % len(_COLOURS)], label=_plain(arm))
            for i, arm in enumerate(arms)
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8,
                      frameon=False)  # fmt: skip
    return figure
