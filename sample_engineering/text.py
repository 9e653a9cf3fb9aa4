"""Text for people: what of a stranger's can be shown and stored, and counts in words."""

import re
import unicodedata
from collections.abc import Iterable

# Control characters, halves of surrogate pairs, and marks that are not seen but change how the
# text around them reads (direction marks, zero-width joiners, tags).
HIDDEN = frozenset({"Cc", "Cs", "Cf"})
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str, keep: str = "\n\t") -> str:
    """Replace what a reader would not see, so that no text can drive a terminal or hide words.

    Parameters
    ----------
    keep : str
        Control characters that stay: layout.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c in keep or unicodedata.category(c) not in HIDDEN else REPLACEMENT for c in text
    )


def count_of(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 sample``, ``1,024 samples``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def storable(text: str) -> str:
    """Replace lone surrogates, which UTF-8, and so JSON and Parquet, cannot hold."""
    return text if text.isascii() else _SURROGATE.sub(REPLACEMENT, text)


def each_once(values: Iterable[object]) -> str:
    """Return what differs among values, in their order: ``40``, ``40 and 80``."""
    return " and ".join(map(str, dict.fromkeys(values)))
