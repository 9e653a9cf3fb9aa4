"""Bars, funnels and histograms as inline SVG, in the colours of the page.

Every drawing stands beside its figures in text, so that nothing is told by a drawing alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.charts import axis_names, places_of, ticks

_WIDTH, _HEIGHT = 340, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 8, 36
_MOST_BINS = 24
_COLOURS = 8


def bar_rows(
    rows: Iterable[tuple[str, Sequence[float]]],
    names: Sequence[str],
    caption: str,
    *,
    unit: str = "",
    first: str = "",
    digits: int = 0,
) -> Markup:
    """Return horizontal bars as a table: a row each name, a bar and its figure for each series.

    Parameters
    ----------
    rows : iterable of (str, sequence of float)
        Name, and a value for each series; NaN is shown as unknown.
    names : sequence of str
        Of the series.
    caption : str
        What is shown; read aloud, and not drawn.
    unit : str
        Behind each figure.
    first : str
        Heading of the names.
    digits : int
        After the point.
    """
    found = [(name, [float(value) for value in values]) for name, values in rows]
    most = max((v for _, values in found for v in values if math.isfinite(v)), default=0.0) or 1.0
    head = tag(
        "tr",
        tag("th", first, scope="col") if first else tag("td"),
        [tag("th", name, scope="col") for name in names],
    )
    body = []
    for name, values in found:
        cells = []
        for colour, value in enumerate(values):
            if not math.isfinite(value):
                cells.append(tag("td", "-"))
                continue
            figure = f"{value:,.{digits}f}{unit}"
            cells.append(
                tag(
                    "td",
                    tag("span", tag("span", style=f"width:{100 * max(0.0, value) / most:.1f}%",
                                    class_=f"fill c{colour % _COLOURS}"),
                        class_="track", aria_hidden="true"),
                    tag("span", figure, class_="figure"),
                )
            )  # fmt: skip
        body.append(tag("tr", tag("th", foreign(name, 80), scope="row"), cells))
    table = tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag("thead", head),
        tag("tbody", body),
        class_="bars",
    )
    return tag("div", table, class_="scroll", tabindex=0, role="group", aria_label=caption)


def funnel(stages: Mapping[str, int] | Iterable[tuple[str, int]], caption: str) -> Markup:
    """Return how many are left after each stage, as bars one below the other.

    Parameters
    ----------
    stages : mapping or iterable of (str, int)
        In their order.
    caption : str
        What is shown.
    """
    pairs = list(stages.items() if isinstance(stages, Mapping) else stages)
    return bar_rows([(name, [number]) for name, number in pairs], ["left"], caption, first="stage")


def histogram(
    title: str,
    values: Sequence[float],
    *,
    limits: tuple[float, float] | None = None,
    x_label: str = "",
    y_label: str = "number",
    bins: int = _MOST_BINS,
) -> Markup:
    """Return how values are distributed; empty without a finite one.

    Parameters
    ----------
    title : str
        Shown above it.
    values : sequence of float
        Those that are not finite are left out.
    limits : (float, float), optional
        Of the horizontal axis; None fits it to the values.
    x_label, y_label : str
        Names of the axes, with their units.
    bins : int
    """
    import numpy as np

    finite = np.asarray([value for value in values if math.isfinite(value)], dtype=float)
    if not finite.size:
        return Markup("")
    low, high = limits or (float(finite.min()), float(finite.max()))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(finite, bins=bins, range=(low, high))
    most = float(counts.max()) or 1.0
    inner, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def across(x: float) -> float:
        return _LEFT + (x - low) / (high - low) * inner

    drawn: list[Markup] = []
    for value in ticks(0, most, 4):
        if value % 1:  # these are counts
            continue
        height = f"{_TOP + tall * (1 - value / most):.1f}"
        drawn.append(tag("line", class_="grid", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=height, y2=height))
        drawn.append(tag("text", f"{value:,.0f}", x=_LEFT - 5, y=height, dy=".3em",
                         text_anchor="end"))  # fmt: skip
    told = []
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        told.append((across((left + right) / 2), f"{left:.3g} to {right:.3g}: {count:,}"))
        if count:
            drawn.append(
                tag("rect", tag("title", f"{left:.3g} to {right:.3g}: {count:,}"), class_="c0",
                    x=f"{across(left) + 0.5:.1f}", y=f"{_TOP + tall * (1 - count / most):.1f}",
                    width=f"{max(1.0, across(right) - across(left) - 1):.1f}",
                    height=f"{tall * count / most:.1f}")
            )  # fmt: skip
    for value in ticks(low, high, 5):
        drawn.append(tag("text", f"{value:.3g}", x=f"{across(value):.1f}", y=_HEIGHT - 20,
                         text_anchor="middle"))  # fmt: skip
    drawn += axis_names(x_label, y_label, _WIDTH, _HEIGHT, _LEFT, _BOTTOM)
    drawing = tag("svg", drawn, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", class_="chart histogram",
                  role="img", aria_label=f"{title}: {finite.size:,} values from {finite.min():.3g} "
                  f"to {finite.max():.3g}, median {np.median(finite):.3g}",
                  data_places=places_of(told))  # fmt: skip
    return tag("figure", tag("figcaption", title), drawing)
