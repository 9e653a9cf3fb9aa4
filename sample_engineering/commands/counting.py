"""A line on the terminal that counts what is done."""

import sys
from collections.abc import Callable


def progress_line(what: str) -> Callable[[int], None]:
    """Return what counts things done, shown on standard error if that is a terminal."""
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,} {what}")
            sys.stderr.flush()

    return report
