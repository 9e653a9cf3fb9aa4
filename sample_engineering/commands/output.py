"""All that a command prints goes through here, so that no foreign text can drive a terminal.

Problems, ids, answers and messages of servers come from strangers. Whatever is printed loses what
is not seen but acts (escape sequences, direction marks); square brackets are text, never markup;
JSON escapes such characters, so that it stays exact. The result goes to standard output, all about
the work to standard error, where ``--quiet`` stops it.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from sample_engineering.errors import RunError
from sample_engineering.files import finite
from sample_engineering.redaction import redacted
from sample_engineering.storage import told
from sample_engineering.text import HIDDEN, visible

if TYPE_CHECKING:
    from rich.console import Console

_quiet = False


@contextmanager
def quietly(asked: bool) -> Iterator[None]:
    """Print only the result and errors, if that is asked for."""
    global _quiet
    before, _quiet = _quiet, asked
    try:
        yield
    finally:
        _quiet = before


def is_quiet() -> bool:
    """Whether only the result and errors are wanted."""
    return _quiet


def line(text: object = "") -> None:
    """Print a line, or several, of the result; the terminal breaks them, so paths stay whole."""
    _write(sys.stdout, f"{visible(str(text))}\n")


def tell(text: object) -> None:
    """Print a line about the work, unless it is to be quiet."""
    if not _quiet:
        warn(text)


def warn(text: object) -> None:
    """Print a line on standard error, also under ``--quiet``."""
    _write(sys.stderr, f"{visible(redacted(str(text)))}\n")


def record(value: Any, indent: int | None = 2) -> None:
    """Print a result as JSON: NaN and infinities are null, and what is not seen is escaped."""
    _write(sys.stdout, as_json(value, indent, _holds_unicode(sys.stdout)) + "\n")


def records(values: Iterable[Any]) -> None:
    """Print JSON Lines."""
    for value in values:
        record(value, indent=None)


def as_json(value: Any, indent: int | None = 2, unicode: bool = True) -> str:
    """Return a value as JSON that is safe to look at in a terminal.

    Parameters
    ----------
    value : JSON-like
        Numpy's scalars are numbers, what JSON does not know (a path) is its text.
    indent : int, optional
    unicode : bool
        Whether letters beyond ASCII may stand as they are.
    """
    text = json.dumps(finite(value), indent=indent, ensure_ascii=not unicode, default=_as_text)
    if text.isascii() and "\x7f" not in text:
        return text
    return "\n".join(
        one if one.isprintable() else "".join(map(_escaped, one)) for one in text.split("\n")
    )


def console(*, error: bool = False, piped_width: int | None = None) -> "Console":
    """Return a console of rich for tables and bars.

    Parameters
    ----------
    error : bool
        Standard error instead of standard output.
    piped_width : int, optional
        Characters of a line where there is no terminal and COLUMNS says nothing; default: 80.
    """
    made = _console_class()(stderr=error)
    if piped_width is not None and not made.is_terminal and "COLUMNS" not in os.environ:
        made = _console_class()(stderr=error, width=piped_width)
    return made


@cache
def _console_class() -> type["Console"]:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

    class Screened(Console):
        """Shows text as it stands: no markup, and nothing in it that acts."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(markup=False, emoji=False, highlight=False, **settings)

        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterable[Segment]:
            for segment in super().render(renderable, options):
                text = segment.text
                if segment.control is None and not text.isprintable():
                    yield Segment(visible(text), segment.style)
                else:
                    yield segment

        def print(self, *objects: Any, **settings: Any) -> None:
            shown = [told(one) if isinstance(one, str) else one for one in objects]
            with _explained(self.file):
                super().print(*shown, **settings)

    return Screened


def _as_text(value: Any) -> str:
    return told(str(value))


def _escaped(character: str) -> str:
    import unicodedata

    seen = character.isprintable() or unicodedata.category(character) not in HIDDEN
    return character if seen else json.dumps(character)[1:-1]


def _holds_unicode(stream: IO[str]) -> bool:
    return (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")


def _write(stream: IO[str], text: str) -> None:
    with _explained(stream):
        stream.write(told(text))
        stream.flush()


@contextmanager
def _explained(stream: IO[str]) -> Iterator[None]:
    """Say in words that a result cannot be printed; nobody who reads it any more is no error."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        what = "standard error" if stream is sys.stderr else "standard output"
        raise RunError(
            f"cannot write to {what}: {error.strerror or error}; write to another place"
        ) from error
