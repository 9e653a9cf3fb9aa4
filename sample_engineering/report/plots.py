"""Forest plots as tables of the page: each row's interval drawn on one scale, and in numbers."""

from collections.abc import Callable, Mapping, Sequence

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.charts import axis_range, interval_strip, scale_strip
from sample_engineering.report.forest import ForestRow
from sample_engineering.report.parts import scrolling
from sample_engineering.report.terminal import change, percent

Limits = tuple[float, float]


def limits_of(rows: Sequence[ForestRow]) -> Limits:
    """Return the range of a scale on which all rows can be drawn."""
    return axis_range([value for row in rows for value in (row.point, row.low, row.high)])


def forest_plot(
    rows: Sequence[ForestRow],
    first: str,
    figure: str = "lift",
    heads: Sequence[str] = (),
    cells: Callable[[ForestRow], Sequence[str]] = lambda row: (),
    *,
    limits: Limits | None = None,
) -> Markup:
    """Return a table with a column that draws each row's interval on one scale.

    Parameters
    ----------
    rows : sequence of ForestRow
    first, figure : str
        Names of the columns of names and of figures.
    heads : sequence of str
        Further columns, which narrow screens leave out.
    cells : callable
        What stands in these, for a row.
    limits : (float, float), optional
        Of the scale, for plots side by side; None fits it to the rows.
    """
    limits = limits_of(rows) if limits is None else limits
    head = tag(
        "tr",
        tag("th", first, scope="col"),
        tag(
            "th",
            tag("span", "drawn", class_="unseen"),
            scale_strip(limits),
            class_="plot",
            scope="col",
        ),
        tag("th", figure, tag("span", "95 % interval", class_="under"), scope="col"),
        [tag("th", name, class_="optional", scope="col") for name in heads],
    )
    body = []
    for row in rows:
        figures = [change(row.point), tag("span", row.interval, class_="under")]
        if row.point != row.point:
            figures = ["-"]
        body.append(
            tag(
                "tr",
                tag("th", foreign(row.name, 80), scope="row"),
                tag("td", interval_strip(row, limits), class_="plot"),
                tag("td", figures, class_=f"{row.tone}-text" if row.point == row.point else None),
                [tag("td", cell, class_="optional") for cell in cells(row)],
                class_=row.kind or None,
            )
        )
    caption = f"{figure} by {first}"
    table = tag(
        "table", tag("caption", caption, class_="unseen"), tag("thead", head), tag("tbody", body)
    )
    return scrolling(table, caption)


def side_by_side(
    blocks: Mapping[str, Sequence[ForestRow]],
    first: str,
    figure: str = "lift",
    heads: Sequence[str] = (),
    cells: Callable[[ForestRow], Sequence[str]] = lambda row: (),
) -> Markup:
    """Return a forest plot for each reading, on one scale, beside or below each other.

    Parameters
    ----------
    blocks : mapping from what a reading is called to sequence of ForestRow
    first, figure, heads, cells
        As of `forest_plot`.
    """
    limits = limits_of([row for rows in blocks.values() for row in rows])
    parts = [
        tag("div", tag("h3", name), forest_plot(rows, first, figure, heads, cells, limits=limits))
        for name, rows in blocks.items()
    ]
    return tag("div", parts, class_="readings")


def plain_table(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str], str]], caption: str = "figures"
) -> Markup:
    """Return a table of figures: each row a name, its cells, and the kind of row it is."""
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    body = [
        tag(
            "tr",
            tag("th", foreign(name, 80), scope="row"),
            [tag("td", cell) for cell in cells],
            class_=kind or None,
        )
        for name, cells, kind in rows
    ]
    table = tag(
        "table", tag("caption", caption, class_="unseen"), tag("thead", head), tag("tbody", body)
    )
    return scrolling(table, caption)


def from_to(row: ForestRow) -> list[str]:
    """Return accuracy before and after as one cell."""
    return [f"{percent(row.before)} → {percent(row.after)}"]
