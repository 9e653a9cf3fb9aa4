"""How objects show themselves in a notebook: a heading, tidy tables, notes.

Styles stand on the elements themselves: Jupyter, marimo, VS Code and the viewers of code hosts keep
these, and drop style sheets. No colour is set for text, so that light and dark themes both read
well. Every text is escaped; what a reader would not see is replaced.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.text import visible

_LONGEST = 300  # characters of a text in a cell
_LEFT = "text-align:left;vertical-align:top;white-space:normal;padding:.25em .7em"
_RIGHT = (
    "text-align:right;vertical-align:top;white-space:nowrap;padding:.25em .7em;"
    "font-variant-numeric:tabular-nums"
)
_WORDS_WIDTH = "max-width:44em;overflow-wrap:break-word"
_UNKNOWN = "–"
# Seen on white and on black alike; blue, green, vermilion (Okabe and Ito 2008), grey.
_BAR = "rgba(0,114,178,.28)"
_TONES = {"good": "#009e73", "bad": "#d55e00", "unsure": "#8a8a8a"}
_STRIP_WIDTH, _STRIP_HEIGHT, _DOT = 150, 18, 4


@dataclass(frozen=True)
class Cell:
    """One cell of a table that is not shown as its value would be.

    Parameters
    ----------
    content : object
        Text, which is escaped, or `Markup`.
    style : str
        Of the cell.
    """

    content: object
    style: str = _RIGHT


def page(*parts: object) -> str:
    """Return the parts of what an object shows, one below the other; None is left out."""
    return str(tag("div", [part for part in parts if part is not None]))


def heading(name: object, told: object = "") -> Markup:
    """Return the line above a table: what it is, and what is to be said of it."""
    said = f" {clean(told)}" if told else None
    return tag("p", tag("b", clean(name)), said, style="margin:.2em 0 .5em")


def paragraph(text: object) -> Markup:
    """Return a text of its own, line breaks kept."""
    return tag("p", clean(text), style="margin:.3em 0;max-width:60em;white-space:pre-line")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, total: int = 0) -> Markup:
    """Return a table: texts stand left, numbers right, what is not known is a dash.

    Parameters
    ----------
    heads : sequence of str
        Names of the columns, with their units.
    rows : iterable of sequence
        Texts, numbers, truth values, None or NaN, or `Cell`.
    total : int, optional
        Of all rows, where only the first are given; the others are counted below.
    """
    body = [[_cell(value) for value in row] for row in rows]
    right = [bool(column) and _numeric(column) for column in _columns(body, len(heads))]
    head = tag(
        "tr",
        [
            tag("th", clean(name), scope="col", style=_RIGHT if number else _LEFT)
            for name, number in zip(heads, right, strict=True)
        ],
    )
    lines = [
        tag(
            "tr",
            [
                tag("td", cell.content, style=_RIGHT if number and _open(cell) else cell.style)
                for cell, number in zip(row, right, strict=True)
            ],
        )
        for row in body
    ]
    more = total - len(body)
    tail = tag("p", f"… and {more:,} more", style="margin:.2em 0") if more > 0 else None
    whole = tag("table", tag("thead", head), tag("tbody", lines),
                style="border-collapse:collapse;margin:.3em 0")  # fmt: skip
    return tag("div", whole, tail, style="overflow-x:auto")


def pairs(rows: Iterable[tuple[str, object]]) -> Markup:
    """Return names and what stands behind each, a line each."""
    lines = [
        tag(
            "tr",
            tag("th", clean(name), scope="row", style=_LEFT),
            tag("td", (cell := _cell(value, longest=None)).content,
                style=f"{_LEFT};{_WORDS_WIDTH};white-space:pre-line"
                if _open(cell) else cell.style),
        )
        for name, value in rows
    ]  # fmt: skip
    whole = tag("table", tag("tbody", lines), style="border-collapse:collapse;margin:.3em 0")
    return tag("div", whole, style="overflow-x:auto")


def notes(lines: Iterable[object]) -> Markup | None:
    """Return what is to be known beside a table; None where there is nothing."""
    told = [tag("li", clean(line)) for line in lines]
    return tag("ul", told, style="margin:.3em 0") if told else None


def progress(label: str, done: int, total: int, told: str) -> str:
    """Return a bar of what is done, with what is to be said of it."""
    of = f" of {total:,}" if total else ""
    bar = tag("progress", value=done, max=total or None, style="width:16em;vertical-align:middle")
    return str(tag("div", f"{label} " if label else None, bar, f" {done:,}{of} {told}"))


def folded(name: str, text: object) -> Markup:
    """Return a long text that is opened by a click."""
    opened = tag("div", clean(text), style="white-space:pre-wrap;margin:.3em 0;max-width:60em")
    return tag("details", tag("summary", clean(name)), opened)


def records(rows: Sequence[Mapping[str, Any]], *, most: int) -> Markup:
    """Return the first of a list of records as a table, without columns that nothing is known of.

    Parameters
    ----------
    rows : sequence of mapping
        Alike; lists in them are joined.
    most : int
        How many are shown.
    """
    shown = rows[:most]
    names = list(dict.fromkeys(name for row in shown for name in row))
    names = [name for name in names if any(_is_known(row.get(name)) for row in shown)]
    body = [[row.get(name) for name in names] for row in shown]
    return table([name.replace("_", " ") for name in names], body, total=len(rows))


def share(value: float | None) -> Cell:
    """Return a share in per cent, with a bar behind it that is as long."""
    if not _is_known(value):
        return Cell(_UNKNOWN)
    assert value is not None
    return Cell(f"{100 * value:.1f} %", f"{_RIGHT};min-width:5em;{_bar(value)}")


def per_cent(value: float | None) -> Cell:
    """Return a share in per cent."""
    return Cell(f"{100 * value:.1f}" if value is not None and _is_known(value) else _UNKNOWN)


def barred(value: float) -> Cell:
    """Return a number between 0 and 1 to three places, with a bar behind it that is as long."""
    return Cell(_number(value), f"{_RIGHT};min-width:5em;{_bar(value)}")


def wrapped(text: object) -> Cell:
    """Return a text in full, its lines kept."""
    return Cell(clean(str(text).strip()), f"{_LEFT};{_WORDS_WIDTH};white-space:pre-line")


def points(value: float | None) -> Cell:
    """Return a difference of shares in percentage points, with its sign."""
    return Cell(f"{100 * value:+.1f}" if value is not None and _is_known(value) else _UNKNOWN)


def interval(low: float, high: float) -> Cell:
    """Return an interval of such differences in percentage points."""
    if not (_is_known(low) and _is_known(high)):
        return Cell(_UNKNOWN)
    return Cell(f"{100 * low:+.1f} to {100 * high:+.1f}")


def strip(point: float, low: float, high: float, limits: tuple[float, float]) -> Cell:
    """Return a small picture of a difference and its interval, beside the line of no difference.

    Parameters
    ----------
    point, low, high : float
        In the units of `limits`.
    limits : (float, float)
        Of the whole column, zero between them; see `limits_of`.
    """
    if not all(map(_is_known, (point, low, high))):
        return Cell("")

    def at(value: float) -> float:
        within = (value - limits[0]) / ((limits[1] - limits[0]) or 1)
        return _DOT + min(max(within, 0.0), 1.0) * (_STRIP_WIDTH - 2 * _DOT)

    tone = _TONES["good" if low > 0 else "bad" if high < 0 else "unsure"]
    middle = _STRIP_HEIGHT / 2
    width = max(1.0, at(high) - at(low))
    drawn = tag(
        "svg",
        tag("line", x1=f"{at(0):.1f}", x2=f"{at(0):.1f}", y1=0, y2=_STRIP_HEIGHT,
            stroke="currentColor", stroke_dasharray="3 2", stroke_width=1, opacity=".6"),
        tag("rect", x=f"{at(low):.1f}", y=middle - 3, width=f"{width:.1f}", height=6, rx=3,
            fill=tone, opacity=".45"),
        tag("circle", cx=f"{at(point):.1f}", cy=middle, r=_DOT, fill=tone),
        width=_STRIP_WIDTH, height=_STRIP_HEIGHT, viewBox=f"0 0 {_STRIP_WIDTH} {_STRIP_HEIGHT}",
        style=f"min-width:{_STRIP_WIDTH}px", role="img",
        aria_label=f"{100 * point:+.1f} points, {100 * low:+.1f} to {100 * high:+.1f}",
    )  # fmt: skip
    return Cell(drawn, _LEFT)


def limits_of(intervals: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return a range that holds zero and all that is known of the intervals."""
    ends = [end for pair in intervals for end in pair if _is_known(end)]
    return min([0.0, *ends]), max([0.0, *ends])


def clean(value: object, longest: int | None = None) -> str:
    """Return a stranger's text as it may be shown: bounded, nothing hidden in it."""
    text = visible(foreign(value))
    if longest is None or len(text) <= longest:
        return text
    return text[: longest - 1] + "…"


def _bar(value: float) -> str:
    upto = f"{100 * min(max(value, 0.0), 1.0):.0f}%"
    return f"background:linear-gradient(to right,{_BAR} {upto},transparent {upto})"


def _cell(value: object, longest: int | None = _LONGEST) -> Cell:
    if isinstance(value, Cell):
        return value
    if isinstance(value, Markup):
        return Cell(value, f"{_LEFT};{_WORDS_WIDTH}")
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Cell(_UNKNOWN, "")
    if isinstance(value, bool):
        return Cell("yes" if value else "no", _LEFT)
    number = getattr(value, "item", None)  # of NumPy
    if number is not None and getattr(value, "ndim", None) == 0:
        return _cell(number(), longest)
    if isinstance(value, int):
        return Cell(f"{value:,}")
    if isinstance(value, float):
        return Cell(_number(value))
    if isinstance(value, list | tuple):
        value = ", ".join(_number(one) if isinstance(one, float) else str(one) for one in value)
    text = clean(value) if longest is None else clean(" ".join(str(value).split()), longest)
    return Cell(text, f"{_LEFT};{_WORDS_WIDTH}")


def _number(value: float) -> str:
    if not math.isfinite(value):
        return _UNKNOWN if math.isnan(value) else str(value)
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _columns(body: Sequence[Sequence[Cell]], number: int) -> Iterator[list[Cell]]:
    for place in range(number):
        yield [row[place] for row in body]


def _open(cell: Cell) -> bool:
    """Whether the cell has no side of its own: nothing is known."""
    return not cell.style


def _numeric(column: Sequence[Cell]) -> bool:
    closed = [cell for cell in column if not _open(cell)]
    return bool(closed) and all(cell.style.startswith(_RIGHT) for cell in closed)


def _is_known(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))
