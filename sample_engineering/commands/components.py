"""`se components`: what is installed, from where."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import Format, FormatOption

if TYPE_CHECKING:
    from sample_engineering.inventory import Inventory

_OURS = "sample-engineering"


def components(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="Only these: @(component). work is the papers that components come from. "
            "Default: every kind.",
        ),
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """List installed selectors, rewards, arms, benchmarks and others.

    \b
    se components
    se components selector

    Those of other packages come through entry points; docs/architecture.md says how to write one.
    """
    from sample_engineering.inventory import components as list_components

    found = list_components(kind)
    if format is Format.json:
        record = {
            "components": [asdict(entry) for entry in found],
            "conflicts": list(found.conflicts),
        }
        output.record(record)
        return
    _print(found)


def _print(found: "Inventory") -> None:
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.inventory import WORK
    from sample_engineering.text import visible

    def clean(text: str, style: str = "") -> Text:
        return Text(visible(text.replace("``", ""), keep=""), style)

    console = output.console()
    for kind in dict.fromkeys(entry.kind for entry in found):
        table = Table(box=None, show_header=False, pad_edge=False, expand=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        of_kind = [entry for entry in found if entry.kind == kind]
        for entry in of_kind:
            source = f" ({entry.package or 'this program'} {entry.version}".rstrip() + ")"
            about = clean(entry.fault, "red") if entry.fault else clean(entry.summary)
            if entry.works and entry.kind != WORK:
                about.append_text(clean(f" (arXiv {', '.join(entry.works)})", "dim"))
            if entry.package != _OURS:
                about.append_text(clean(source, "dim"))
            table.add_row(clean(f"  {entry.name}"), about)
        console.print(Text(f"{kind} ({len(of_kind)})", "bold"))
        console.print(table)
    for conflict in found.conflicts:
        console.print(clean(f"note: {conflict}", "yellow"))
