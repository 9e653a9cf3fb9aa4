"""A table for the terminal whose columns stand there once for each reading, never mixed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from sample_engineering.report.forest import ForestRow
from sample_engineering.report.terminal import change, clean, percent

# Blank columns between the blocks of two readings.
_GAP = 2
_ROOM = 1000  # columns, more than any table needs
_STYLES = {"sum": "bold", "side": "dim"}
_COLOURS = {"good": "green", "bad": "red", "unsure": "yellow"}


@dataclass(frozen=True)
class ReadingsTable:
    """Rows of a forest plot in numbers, the readings side by side where they fit.

    In a narrower one they stand below each other, so that nothing is cut off or broken.

    Parameters
    ----------
    title : str
    first : str
        Name of the column of names.
    blocks : mapping from what a reading is called to sequence of ForestRow
        With the rows of the first block as names; a row that another lacks is left empty there.
    heads : sequence of (str, str)
        Field of a row (``before``, ``after``, ``point``, ``interval``, ``runs``, ``n``) and name of
        its column.
    shared : sequence of (str, str)
        The same, for columns that stand there once, before the blocks.
    notes : sequence of str
        Below the table.
    """

    title: str
    first: str
    blocks: Mapping[str, Sequence[ForestRow]]
    heads: Sequence[tuple[str, str]]
    shared: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Render it in the width that there is."""
        yield clean(self.title, "bold")
        abreast = self._abreast(list(self.blocks))
        # Measured where there is room enough: a table shrinks to what it is given.
        roomy = options.update(max_width=_ROOM)
        if Measurement.get(console, roomy, abreast).maximum <= options.max_width:
            yield abreast
        else:
            for number, name in enumerate(self.blocks):
                if number:
                    yield ""
                yield self._abreast([name], fold=True)
        yield from (clean(note, "dim") for note in self.notes)

    def _abreast(self, shown: Sequence[str], fold: bool = False) -> Table:
        names = list(dict.fromkeys(row.name for name in shown for row in self.blocks[name]))
        by_name = {name: {row.name: row for row in self.blocks[name]} for name in shown}
        any_row = {row.name: row for name in shown for row in self.blocks[name]}
        whole = Table.grid(padding=(0, _GAP, 0, 0))
        if fold:  # in one table, so that a name of two lines makes its row higher
            table = _table(f"  {shown[0]}" if len(self.blocks) > 1 else None)
            table.add_column(self.first, overflow="fold", min_width=12)
            for _, head in (*self.shared, *self.heads):
                table.add_column(head, justify="right", no_wrap=True)
            for name in names:
                row = any_row[name]
                cells = [_cell(row, field) for field, _ in (*self.shared, *self.heads)]
                table.add_row(clean(name), *cells, style=_STYLES.get(row.kind, ""))
            whole.add_row(table)
            return whole
        left = _table(" ")
        left.add_column(self.first, no_wrap=True)
        for _, head in self.shared:
            left.add_column(head, justify="right", no_wrap=True)
        for name in names:
            row = any_row[name]
            cells = [_cell(row, field) for field, _ in self.shared]
            left.add_row(clean(name), *cells, style=_STYLES.get(row.kind, ""))
        tables = [left]
        for block in shown:
            table = _table(block)
            for _, head in self.heads:
                table.add_column(head, justify="right", no_wrap=True)
            for name in names:
                found = by_name[block].get(name)
                cells = ["" if found is None else _cell(found, field) for field, _ in self.heads]
                table.add_row(*cells, style=_STYLES.get(any_row[name].kind, ""))
            tables.append(table)
        whole.add_row(*tables)
        return whole


def _table(title: str | None) -> Table:
    return Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False,
                 padding=(0, 1, 0, 0))  # fmt: skip


def _cell(row: ForestRow, field: str) -> Any:
    if field == "interval":
        return row.interval
    if field == "point":
        known = row.point == row.point
        return Text(change(row.point), style=_COLOURS[row.tone] if known else "dim")
    value = getattr(row, field)
    if field in ("n", "runs"):
        return str(value) if value else ""
    return percent(value)
