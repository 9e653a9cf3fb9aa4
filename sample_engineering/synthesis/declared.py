"""Fields of a table from a file, each read as what it must be, within bounds."""

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

LONGEST = 400  # characters of a text
MOST_TEXTS = 40  # of a list
LARGEST = 1e30

_ABSENT: Any = object()


class Misdeclared(Exception):
    """What is wrong with a table: the key, and the words with the mend."""

    def __init__(self, text: str, key: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.key = key
        self.line = 1


class Declared:
    """A table from a file.

    Parameters
    ----------
    table : mapping
    known : sequence of str, optional
        The keys that it may have; any by default.
    here : tuple of str
        The keys that lead to it, for messages.
    """

    def __init__(
        self,
        table: Mapping[str, Any],
        known: Sequence[str] | None = None,
        here: tuple[str, ...] = (),
    ) -> None:
        self._table = table
        self._here = here
        for key in table if known is not None else ():
            if key not in (known or ()):
                near = get_close_matches(key, known or (), n=1)
                remedy = (
                    f"did you mean {near[0]}?" if near else f"it takes {', '.join(known or ())}"
                )
                raise Misdeclared(f"the key {key!r} is not known; {remedy}", (*here, key))

    def _wrong(self, key: str, text: str) -> Misdeclared:
        return Misdeclared(f"{'.'.join((*self._here, key))} {text}", (*self._here, key))

    def _given(self, key: str, default: Any) -> Any:
        if key in self._table:
            return self._table[key]
        if default is _ABSENT:
            raise self._wrong(key, "is missing; add it")
        return default

    @property
    def here(self) -> tuple[str, ...]:
        """The keys that lead to it."""
        return self._here

    def has(self, key: str) -> bool:
        """Tell whether it holds a key."""
        return key in self._table

    def holds(self, key: str, value: object) -> bool:
        """Tell whether a key holds just this value."""
        return self._table.get(key) is value

    def text(self, key: str, default: str = _ABSENT) -> str:
        """Return a text; one that must be there may not be empty either."""
        found = self._text(key, self._given(key, default))
        if default is _ABSENT and not found.strip():
            raise self._wrong(key, "is empty; fill it in")
        return found

    def _text(self, key: str, found: Any) -> str:
        if not isinstance(found, str):
            raise self._wrong(key, 'is no text; write "..."')
        if len(found) > LONGEST:
            raise self._wrong(key, f"has {len(found):,} characters; write {LONGEST} at most")
        if not found.isprintable():
            raise self._wrong(key, "holds characters that do not print; take them out")
        return found

    def texts(self, key: str, default: tuple[str, ...] = _ABSENT) -> tuple[str, ...]:
        """Return texts, given as a list or as one text."""
        found = self._given(key, default)
        if isinstance(found, str):
            found = [found]
        if not isinstance(found, list | tuple):
            raise self._wrong(key, 'is no list of texts; write ["...", "..."]')
        if len(found) > MOST_TEXTS:
            raise self._wrong(key, f"has {len(found):,} texts; write {MOST_TEXTS} at most")
        return tuple(self._text(key, item) for item in found)

    def texts_by_name(self, key: str) -> dict[str, tuple[str, ...]]:
        """Return texts by name, given as a table; empty where there is none."""
        inner = Declared(self.table(key), None, (*self._here, key))
        return {name: inner.texts(name) for name in inner._table}

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        found = self._given(key, default)
        if not isinstance(found, bool):
            raise self._wrong(key, "is neither true nor false; write one of them")
        return found

    def number(self, key: str, default: float | None = _ABSENT) -> float | None:
        """Return a finite number."""
        found = self._given(key, default)
        return None if found is None else self._number(key, found)

    def _number(self, key: str, found: Any) -> float:
        plain = isinstance(found, int | float) and not isinstance(found, bool)
        if not plain or not math.isfinite(found) or abs(found) > LARGEST:
            raise self._wrong(key, f"holds {str(found)[:40]!r}, which is no number that fits")
        return float(found)

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number between two others."""
        found = self._given(key, default)
        if not isinstance(found, int) or isinstance(found, bool) or not low <= found <= high:
            raise self._wrong(key, f"is no whole number from {low} to {high}; write one")
        return found

    def span(self, key: str) -> tuple[float, float]:
        """Return two numbers."""
        found = self._given(key, _ABSENT)
        if not isinstance(found, list) or len(found) != 2:
            raise self._wrong(key, "is no pair of numbers; write [low, high]")
        return self._number(key, found[0]), self._number(key, found[1])

    def table(self, key: str) -> dict[str, Any]:
        """Return a table; empty where there is none."""
        found = self._given(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, "is no table; write { name = ... }")
        if len(found) > MOST_TEXTS:
            raise self._wrong(key, f"has {len(found):,} keys; write {MOST_TEXTS} at most")
        return found

    def mapping(self, key: str) -> dict[str, Any]:
        """Return a table of any length; empty where there is none."""
        found = self._given(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, "is no table; write [values]")
        return found

    def tables(self, key: str, most: int) -> dict[str, dict[str, Any]]:
        """Return tables by name, at least one and at most so many."""
        found = self._given(key, _ABSENT)
        if not isinstance(found, dict) or not all(
            isinstance(item, dict) for item in found.values()
        ):
            raise self._wrong(key, f"is no table of tables; write {key}.x = {{ unit = ... }}")
        if not 1 <= len(found) <= most:
            raise self._wrong(key, f"has {len(found)} entries; write 1 to {most}")
        return found

    def items(self, key: str, most: int) -> list[Any]:
        """Return a list of anything, at most so long; empty where there is none."""
        found = self._given(key, [])
        if not isinstance(found, list) or len(found) > most:
            raise self._wrong(key, f"is no list of at most {most} entries; write [...]")
        return found
