"""What `se rank --evaluate` shows: each selector against measured outcomes."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import say
from sample_engineering.commands.options import TableFormat
from sample_engineering.commands.paper import for_paper, print_paper
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.selectors.predicting import SelectorEvaluation
    from sample_engineering.selectors.table import Ranking

NOTE_WIDTH = 100


def show_evaluation(
    ranking: "Ranking", out: Path | None, format: TableFormat, context: typer.Context
) -> None:
    """Print what the selectors say of measured outcomes, and write it if asked."""
    from sample_engineering.pool import write_records

    found = ranking.evaluation
    assert found is not None
    if out is not None:
        write_records(found.to_record()["selectors"], out)
    if format is TableFormat.json:
        record = found.to_record() | {"notes": [*found.notes, *ranking.notes]}
        output.record(record)
    elif for_paper(format):
        print_paper(found, format)
    else:
        _print_evaluation(found, ranking, context)
    if out is not None:
        output.tell(f"wrote {count_of(len(found), 'row')} to {out}")


def _print_evaluation(
    found: "SelectorEvaluation", ranking: "Ranking", context: typer.Context
) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.selectors.table import short

    shown = wide_console()
    shown.print(Text(f"Against {short(found.outcomes)}, {short(found.column)}", style="bold"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("selector", overflow="fold")
    for heading in ("tier", "n", "rho", "95 %", "p", "p Holm"):
        table.add_column(heading, justify="left" if heading == "tier" else "right", no_wrap=True)
    for one in found:
        names = ", ".join((one.selector, *one.same_order))
        interval = f"{one.low:+.2f} to {one.high:+.2f}"
        figures = (f"{one.rho:+.2f}", interval, f"{one.p_value:.3f}", f"{one.p_holm:.2f}")
        table.add_row(Text(names), one.tier, str(one.n), *figures)
    shown.print(table)
    told = list(found.lines)
    shown.print(Text(short(told[0], 500), style="bold"))
    print_notes(shown, (*told[1:], *ranking.notes), context)


def print_notes(console: Any, notes: Iterable[str], context: typer.Context) -> None:
    """Print notes as a list; the lines of one stand under its beginning."""
    from rich.text import Text

    from sample_engineering.selectors.table import short

    for note in notes:
        text = Text(short(say(note, context), 500))
        for number, line in enumerate(text.wrap(console, console.width - 2)):
            line.rstrip()
            console.print(Text("  " if number else "- ") + line)


def wide_console() -> Any:
    """Return a console; output that is not a terminal gets a width that fits most logs."""
    return output.console(piped_width=NOTE_WIDTH)
