"""What a command tells of lines that it passed over."""

from typing import TYPE_CHECKING

from sample_engineering.commands import output
from sample_engineering.text import visible

if TYPE_CHECKING:
    from sample_engineering.pool import Report

_SHOWN = 3


def show_skipped(problems: "Report") -> None:
    """Name the first records that could not be used, on standard error, and count the others."""
    for bad in list(problems)[:_SHOWN]:
        output.tell(f"skipped {visible(str(bad), keep='')}")
    if problems.skipped > _SHOWN:
        output.tell(f"... and {problems.skipped - _SHOWN:,} more")
