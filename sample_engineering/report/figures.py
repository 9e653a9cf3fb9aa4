"""Figures for papers and slides, drawn with matplotlib (extra ``report``)."""

import os
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.files import write_whole
from sample_engineering.report.details import CURVES
from sample_engineering.report.markup import foreign
from sample_engineering.report.run_folder import THIS, RunFolder

# Colour-blind safe (Okabe and Ito 2008): blue, vermilion, green, purple, sky blue, grey.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#6b6b6b")
_GOOD, _BAD, _UNSURE = "#1a7f4b", "#b3261e", "#8a6100"
_DOTS_PER_INCH = 200
_FORMATS = ("svg", "png")


def write_figures(run: RunFolder, folder: str | os.PathLike[str]) -> list[Path]:
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
    require("matplotlib", "report")
    from matplotlib.figure import Figure

    drawn: dict[str, Any] = {}
    if run.lift is not None:
        groups = [(name, e) for name, e in run.lift.domains.items()]
        if len(run.lift.splits) > 1:
            groups += [(f"split: {name}", e) for name, e in run.lift.splits.items()]
        rows = [(name, e.lift, e.ci_low, e.ci_high) for name, e in (*groups, _overall(run.lift))]
        drawn["lift"] = _forest(Figure, rows, "lift, percentage points")
        if run.control_lifts:
            effects = {THIS: run.lift, **run.control_lifts}
            rows = [
                (name, c.overall.lift, c.overall.ci_low, c.overall.ci_high)
                for name, c in effects.items()
            ]
            drawn["arms"] = _forest(Figure, rows, "lift of the arm, percentage points")
    curves = _training(Figure, run)
    if curves is not None:
        drawn["training"] = curves
    if not drawn:
        raise ConfigError(f"{run.path} has neither a lift nor metrics to draw; finish the run")
    written = []
    for name, figure in drawn.items():
        for kind in _FORMATS:
            path = Path(folder) / f"{name}.{kind}"
            with write_whole(path, "wb") as stream:
                # No date: the same run gives the same bytes.
                metadata = {"Date": None} if kind == "svg" else None
                figure.savefig(stream, format=kind, dpi=_DOTS_PER_INCH, metadata=metadata)
            written.append(path)
    return written


def _overall(lift: Any) -> tuple[str, Any]:
    return "overall", lift.overall


def _plain(text: object) -> str:
    """Text that matplotlib does not take for mathematics."""
    return foreign(text, 60).replace("$", r"\$")


def _forest(figure_class: Any, rows: list[tuple[str, float, float, float]], label: str) -> Any:
    figure = figure_class(figsize=(5.2, 0.9 + 0.3 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for position, (_, point, low, high) in enumerate(reversed(rows)):
        colour = _GOOD if low > 0 else _BAD if high < 0 else _UNSURE
        axes.plot([100 * low, 100 * high], [position] * 2, color=colour, lw=4, alpha=0.45,
                  solid_capstyle="round")  # fmt: skip
        axes.plot(100 * point, position, "o", color=colour, ms=6)
    axes.axvline(0, color="#555555", lw=0.8, ls="--")
    axes.set_yticks(range(len(rows)), [_plain(name) for name, *_ in reversed(rows)])
    axes.set_xlabel(f"{label} (95 % interval)")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


def _training(figure_class: Any, run: RunFolder) -> Any:
    runs = run.training_runs
    curves = []
    for title, names, share in CURVES:
        for name in names:
            if runs and name in run.metrics.columns and run.metrics[name].fillna(0).any():
                curves.append((title, name, share))
                break
    if not curves:
        return None
    arms = list(dict.fromkeys(arm for arm, _, _ in runs))
    columns = min(3, len(curves))
    lines = -(-len(curves) // columns)
    figure = figure_class(figsize=(3.1 * columns, 2.2 * lines), layout="constrained")
    grid = figure.subplots(lines, columns, squeeze=False)
    for axes in grid.flat[len(curves) :]:
        axes.set_visible(False)
    for axes, (title, name, share) in zip(grid.flat, curves, strict=False):
        for arm, _, part in runs:
            axes.plot(
                part["step"],
                part[name].astype(float),
                color=_COLOURS[arms.index(arm) % len(_COLOURS)],
                lw=1.6 if arm == THIS else 0.9,
            )
        axes.set_title(title, fontsize=9)
        axes.tick_params(labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
        if share:
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
