"""Plots of objects, drawn with matplotlib (extra ``report``) on the axes that the caller gives.

Each function draws on one pair of axes and returns them, so that a figure may be put together from
several, and labels both axes with units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.extras import require
from sample_engineering.markup import foreign
from sample_engineering.text import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colour-blind safe (Okabe and Ito 2008): blue, vermilion, green, purple, sky blue, grey.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#6b6b6b")
MARKS = ("o", "s", "^", "D", "v", "P")
_LONGEST = 60  # characters of a name beside an axis
_WIDTH = 6.0  # inches
_APART = 0.34  # of the blocks of a row, in rows
_MOST_BINS = 20
_LINE = 84  # letters of a legend beside each other


@dataclass(frozen=True)
class Interval:
    """A named value with its interval, in the units that are drawn."""

    name: str
    point: float
    low: float
    high: float


def axes_of(ax: "Axes | None", height: float = 3.2) -> "Axes":
    """Return the given axes, or those of a new figure that is `height` inches high.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    require("matplotlib", "report")
    if ax is None:
        from matplotlib import pyplot

        _, ax = pyplot.subplots(figsize=(_WIDTH, height), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def plain(text: object, longest: int = _LONGEST) -> str:
    """Return text that matplotlib does not take for mathematics."""
    return visible(foreign(text, longest), keep="").replace("$", r"\$")


def forest(
    ax: "Axes | None",
    blocks: Mapping[str, Sequence[Interval]],
    label: str,
    *,
    zero: bool = True,
) -> "Axes":
    """Draw intervals, those of one name in different blocks below each other.

    Which block it is shows in colour and in the mark; whether an interval holds zero in the mark's
    filling.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure that is high enough.
    blocks : mapping of str to sequence of Interval
        By what the legend says; of a single block without a name it says nothing.
    label : str
        Of the horizontal axis, with its unit.
    zero : bool
        Whether zero is the line of no difference.
    """
    names = list(dict.fromkeys(row.name for rows in blocks.values() for row in rows))
    place = {name: len(names) - 1 - number for number, name in enumerate(names)}
    ax = axes_of(ax, 1.2 + 0.34 * len(names))
    for number, rows in enumerate(blocks.values()):
        colour, mark = COLOURS[number % len(COLOURS)], MARKS[number % len(MARKS)]
        shift = _APART * ((len(blocks) - 1) / 2 - number)
        for row in rows:
            at = place[row.name] + shift
            ax.plot([row.low, row.high], [at] * 2, color=colour, lw=3, alpha=0.4,
                    solid_capstyle="round")  # fmt: skip
            sure = not zero or row.low > 0 or row.high < 0
            ax.plot(row.point, at, mark, color=colour, mfc=colour if sure else "white", ms=5.5)
    if zero:
        ax.axvline(0, color="#777777", lw=0.8, ls="--")
    ax.set_yticks(range(len(names)), [plain(name) for name in reversed(names)])
    ax.set_ylim(-0.7, len(names) - 0.3)
    ax.set_xlabel(label)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    if set(blocks) != {""}:
        _legend(ax, list(blocks), zero)
    return ax


def _legend(ax: "Axes", names: Sequence[str], zero: bool) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=COLOURS[n % len(COLOURS)], marker=MARKS[n % len(MARKS)], lw=3,
               label=plain(name))
        for n, name in enumerate(names)
    ]  # fmt: skip
    if zero:
        handles.append(
            Line2D([], [], color="#777777", marker="o", mfc="white", lw=0, label="holds zero")
        )
    _above(ax, handles)


def _above(ax: "Axes", handles: list[Any] | None = None) -> None:
    """Put the legend above what is drawn, where it covers nothing."""
    if handles is None:
        handles = ax.get_legend_handles_labels()[0]
    letters = max((len(str(handle.get_label())) for handle in handles), default=0)
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=max(1, min(len(handles), _LINE // (letters + 4))),
        fontsize=8,
        frameon=False,
    )


def histogram(
    ax: "Axes | None",
    groups: Mapping[str, Sequence[float]],
    label: str,
    counted: str = "candidates",
    *,
    span: tuple[float, float] | None = None,
    bins: int = _MOST_BINS,
) -> "Axes":
    """Draw how often which values occur, groups on top of each other.

    Parameters
    ----------
    ax : matplotlib Axes or None
    groups : mapping of str to sequence of float
        Finite values, by what the legend says.
    label, counted : str
        Of the horizontal axis, with its unit, and of what is counted.
    span : (float, float), optional
        Of the values; None fits it to them.
    bins : int
    """
    ax = axes_of(ax)
    filled = {name: list(values) for name, values in groups.items() if len(values)}
    if filled:
        ax.hist(
            list(filled.values()),
            bins=bins,
            range=span,
            stacked=True,
            color=[COLOURS[number % len(COLOURS)] for number in range(len(filled))],
            label=[plain(name) for name in filled],
            edgecolor="white",
            linewidth=0.5,
        )
        if set(filled) != {""}:
            _above(ax)
    ax.set_xlabel(label)
    _count_axis(ax.yaxis, ax, counted, "y")
    return ax


def bars(
    ax: "Axes | None",
    names: Sequence[str],
    blocks: Mapping[str, Sequence[float]],
    label: str,
    named: str,
) -> "Axes":
    """Draw counts as bars that lie, a row for each name, blocks one after the other.

    Parameters
    ----------
    ax : matplotlib Axes or None
    names : sequence of str
        From above.
    blocks : mapping of str to sequence of float
        As many counts as names, by what the legend says.
    label, named : str
        What is counted, and what the names are.
    """
    ax = axes_of(ax, 1.1 + 0.3 * len(names))
    places = range(len(names) - 1, -1, -1)
    left = [0.0] * len(names)
    for number, (name, counts) in enumerate(blocks.items()):
        ax.barh(places, counts, left=left, color=COLOURS[number % len(COLOURS)], label=plain(name))
        left = [one + more for one, more in zip(left, counts, strict=True)]
    ax.set_yticks(places, [plain(name) for name in names])
    ax.set_ylabel(named)
    ax.tick_params(axis="y", length=0)
    _count_axis(ax.xaxis, ax, label, "x")
    if set(blocks) != {""}:
        _above(ax)
    return ax


def lines(
    ax: "Axes | None",
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    x_label: str,
    y_label: str,
) -> "Axes":
    """Draw one line for each series of places and values.

    Parameters
    ----------
    ax : matplotlib Axes or None
    series : mapping of str to (sequence of float, sequence of float)
        By what the legend says.
    x_label, y_label : str
        With their units.
    """
    ax = axes_of(ax)
    for number, (name, (x, y)) in enumerate(series.items()):
        ax.plot(x, y, color=COLOURS[number % len(COLOURS)], marker=MARKS[number % len(MARKS)],
                ms=4, lw=1.5, label=plain(name))  # fmt: skip
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    if set(series) != {""}:
        _above(ax)
    return ax


def _count_axis(axis: Any, ax: "Axes", label: str, which: str) -> None:
    """Counts are whole numbers, from 0."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))
    axis.set_label_text(label)
    if which == "x":
        ax.set_xlim(left=0)
    else:
        ax.set_ylim(bottom=0)
