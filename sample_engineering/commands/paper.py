"""What commands print where the format is one for papers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sample_engineering.commands import output
from sample_engineering.commands.options import TableFormat


def for_paper(format: TableFormat) -> bool:
    """Whether a format is one of those for papers."""
    return format in (TableFormat.markdown, TableFormat.latex)


def print_paper(
    result: Any, format: TableFormat, *, top: int | None = None, also: Sequence[Any] = ()
) -> None:
    """Print the tables of a result, and of further ones, on standard output."""
    from sample_engineering.pages.papers import text_of

    output.line(text_of(result, format.value, top=top, also=also).removesuffix("\n"))


def tell_page(report: Path | None) -> None:
    """Say where a page was written, if one was."""
    if report is not None:
        output.tell(f"page: {report}")
