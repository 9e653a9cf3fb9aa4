"""Small charts as inline SVG in the colours of the page, light or dark.

No script, no font, no plotting library: the page needs nothing but itself, and the figures follow
the reader's colour scheme and scale with the column they stand in. Figures for papers are made by
`sample_engineering.report.figures`.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.forest import ForestRow

# Size of an interval's strip and of a line chart in SVG units.
_STRIP_WIDTH, _STRIP_HEIGHT = 240, 26
_EDGE = 26  # a mark of the scale that is closer to the side would be cut off
_WIDTH, _HEIGHT = 340, 206
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 38
_COLOURS = 8  # of lines, as style.css has them
# Points beyond this are thinned: more than one a pixel shows nothing.
_MOST_POINTS = 340
_MOST_TOLD = 300  # characters of what is told of one place


@dataclass(frozen=True)
class Line:
    """One line of a chart; `strong` lines are drawn above and thicker than the others."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    colour: int = 0
    strong: bool = True


def axis_range(values: Sequence[float], least: float = 0.02) -> tuple[float, float]:
    """A range that holds zero and all `values`, a little wider than they."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min([0.0, *finite]), max([0.0, *finite])
    margin = 0.06 * max(high - low, least)
    return low - margin, high + margin


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers from `low` to `high`, at most about `most` of them."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low]
    rough = span / max(1, most)
    base = 10 ** math.floor(math.log10(rough))
    step = next((base * f for f in (1, 2, 5, 10) if base * f >= rough), base * 10)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def interval_strip(
    row: ForestRow, limits: tuple[float, float], *, told: str | None = None
) -> Markup:
    """One row of a forest plot: the interval, its point, and the line of no effect.

    Parameters
    ----------
    row : ForestRow
        In the units of `limits`.
    limits : (float, float)
        Range of the whole plot: the same for all of its rows.
    told : str, optional
        What it shows, in words, where that are no percentage points.
    """
    if not all(math.isfinite(value) for value in (row.point, row.low, row.high)):
        return Markup("")

    def at(value: float) -> str:
        share = (value - limits[0]) / (limits[1] - limits[0])
        return f"{4 + min(max(share, 0), 1) * (_STRIP_WIDTH - 8):.1f}"

    middle = _STRIP_HEIGHT / 2
    return tag(
        "svg",
        tag("line", class_="zero", x1=at(0), x2=at(0), y1=0, y2=_STRIP_HEIGHT),
        tag("rect", class_="bar", x=at(row.low), y=middle - 4, height=8, rx=4,
            width=f"{max(1.0, float(at(row.high)) - float(at(row.low))):.1f}"),
        tag("circle", class_="dot", cx=at(row.point), cy=middle, r=5.5),
        class_=f"strip {row.tone}",
        viewBox=f"0 0 {_STRIP_WIDTH} {_STRIP_HEIGHT}",
        role="img",
        aria_label=f"{row.name}: {told or f'{100 * row.point:+.1f} points, {row.interval}'}",
    )  # fmt: skip


def scale_strip(limits: tuple[float, float], *, factor: float = 100) -> Markup:
    """The scale above a forest plot, in percentage points, or `factor` times what is drawn."""
    marks = []
    values = ticks(*limits, most=3)
    for value in values:
        x = 4 + (value - limits[0]) / (limits[1] - limits[0]) * (_STRIP_WIDTH - 8)
        anchor = "start" if x < _EDGE else "end" if x > _STRIP_WIDTH - _EDGE else "middle"
        text = f"{factor * value:+.3g}" if abs(value) > 1e-9 else "0"
        marks.append(tag("text", text, x=f"{x:.1f}", y=18, text_anchor=anchor))
    return tag("svg", marks, class_="strip scale", viewBox=f"0 0 {_STRIP_WIDTH} 22",
               aria_hidden="true")  # fmt: skip


def line_chart(
    title: str,
    lines: Sequence[Line],
    *,
    limits: tuple[float, float] | None = None,
    percent: bool = False,
    points: bool = False,
    x_label: str = "step",
    y_label: str = "",
) -> Markup:
    """A line chart with a title and two axes.

    Parameters
    ----------
    title : str
        Shown above it.
    lines : sequence of Line
        Values that are not finite are gaps.
    limits : (float, float), optional
        Of the vertical axis; None fits it to the values.
    percent : bool
        The values are shares; show them in per cent.
    points : bool
        The values are differences of shares; show them in percentage points, with a line at zero.
    x_label, y_label : str
        Names of the axes, with their units.
    """
    shown = [_finite(line) for line in lines]
    shown = [line for line in shown if line.x]
    if not shown:
        return Markup("")
    xs = [x for line in shown for x in line.x]
    ys = [y for line in shown for y in line.y]
    x_low, x_high = min(xs), max(xs)
    low, high = limits or _fit([*ys, 0.0] if points else ys)
    x_span, span = (x_high - x_low) or 1, (high - low) or 1

    def across(x: float) -> float:
        return _LEFT + (x - x_low) / x_span * (_WIDTH - _LEFT - _RIGHT)

    def up(y: float) -> float:
        share = (min(max(y, low), high) - low) / span
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    parts: list[Markup] = []
    for value in ticks(low, high, 4):
        height = f"{up(value):.1f}"
        rule = "zero" if points and abs(value) < 1e-9 else "grid"
        parts.append(tag("line", class_=rule, x1=_LEFT, x2=_WIDTH - _RIGHT, y1=height, y2=height))
        label = f"{100 * value:.0f}" if percent else _number(value)
        if points:
            label = f"{100 * value:+.3g}" if abs(value) >= 1e-9 else "0"
        parts.append(tag("text", label, x=_LEFT - 5, y=f"{up(value) + 4:.1f}", text_anchor="end"))
    for value in ticks(x_low, x_high, 5):
        parts.append(
            tag("text", _number(value), x=f"{across(value):.1f}", y=_HEIGHT - 22,
                text_anchor="middle")
        )  # fmt: skip
    y_label = y_label or ("share, %" if percent else "points" if points else "")
    parts += axis_names(x_label, y_label, _WIDTH, _HEIGHT, _LEFT, _BOTTOM)
    told: dict[float, dict[str, list[str]]] = {}  # by place and line; seeds share a label
    for line in shown:
        for x, y in _thin(list(zip(line.x, line.y, strict=True))):
            there = told.setdefault(x, {}).setdefault(foreign(line.label, 60), [])
            there.append(_value(y, percent, points))
    for line in sorted(shown, key=lambda line: line.strong):
        places = _thin(list(zip(line.x, line.y, strict=True)))
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in places)
        kind = "strong" if line.strong else "faint"
        parts.append(tag("polyline", class_=f"line c{line.colour % _COLOURS} {kind}", points=path))
        if len(places) == 1:
            x, y = places[0]
            mark = f"mark c{line.colour % _COLOURS}"
            parts.append(tag("circle", class_=mark, cx=f"{across(x):.1f}", cy=f"{up(y):.1f}", r=3))
    values = [
        (across(x), f"{x_label} {_number(x)}: "
         + "; ".join(f"{label} {', '.join(found)}".strip() for label, found in told[x].items()))
        for x in sorted(told)
    ]  # fmt: skip
    drawing = tag("svg", parts, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", class_="chart", role="img",
                  aria_label=f"{title} over {x_label}s", data_places=places_of(values))  # fmt: skip
    return tag("figure", tag("figcaption", title), drawing)


def places_of(values: Sequence[tuple[float, str]]) -> str:
    """Return what the page's script tells on hover and by the arrow keys, as an attribute.

    Parameters
    ----------
    values : sequence of (float, str)
        From left to right: where, in units of the drawing, and what is told there.
    """
    at = [round(x, 1) for x, _ in values]
    told = [text if len(text) <= _MOST_TOLD else f"{text[: _MOST_TOLD - 1]}…" for _, text in values]
    return json.dumps({"at": at, "told": told}, ensure_ascii=False, separators=(",", ":"))


def axis_names(
    x_label: str, y_label: str, width: int, height: int, left: int, bottom: int
) -> list[Markup]:
    """Return the names of both axes of a chart."""
    middle = f"{(height - bottom) / 2:.0f}"
    return [
        tag("text", x_label, x=f"{(width + left) / 2:.0f}", y=height - 5, text_anchor="middle",
            class_="axis"),
        tag("text", y_label, x=10, y=middle, text_anchor="middle", class_="axis",
            transform=f"rotate(-90 10 {middle})"),
    ]  # fmt: skip


def legend(labels: Sequence[tuple[str, int]]) -> Markup:
    """Names of the colours of a group of charts."""
    entries = [
        tag("li", tag("span", class_=f"swatch c{colour % _COLOURS}"), label)
        for label, colour in labels
    ]
    return tag("ul", entries, class_="legend")


def _finite(line: Line) -> Line:
    pairs = [
        (float(x), float(y)) for x, y in zip(line.x, line.y, strict=True) if _known(x) and _known(y)
    ]
    return Line(line.label, [x for x, _ in pairs], [y for _, y in pairs], line.colour, line.strong)


def _known(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _fit(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    margin = 0.08 * (high - low) or 0.1 * abs(high) or 0.1
    return (min(0.0, low) if low >= 0 and low < 0.5 * high else low - margin), high + margin


def _thin(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= _MOST_POINTS:
        return points
    stride = math.ceil(len(points) / _MOST_POINTS)
    kept = points[::stride]
    return kept if kept[-1] == points[-1] else [*kept, points[-1]]


def _value(value: float, percent: bool, points: bool) -> str:
    if points:
        return f"{100 * value:+.1f}"
    return f"{100 * value:.1f} %" if percent else _number(value)


def _number(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 1e5 or abs(value) < 1e-3:
        return f"{value:.0e}"
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:.0f}"
