"""What a text shows besides its words: structures of formulas, signs of a science, quantities.

All of it is data, ``data/context.toml``: instructions for writing the answer, which say nothing of
the skills and are left out; structures, regular expressions with names; and the words and
quantities by which a science is known.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

_FILE = "context.toml"
# Drawing code says nothing in words.
_DRAWING = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)


@dataclass(frozen=True)
class Context:
    """The packaged context, compiled.

    Attributes
    ----------
    signs : mapping of str to tuple of str
        Words by which a domain is known.
    quantities : mapping of str to frozenset of str
        Kinds of quantities by which it is.
    """

    signs: Mapping[str, tuple[str, ...]]
    quantities: Mapping[str, frozenset[str]]
    _instructions: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    _structures: "tuple[tuple[str, tuple[_Structure, ...]], ...]"

    def without_instructions(self, text: str) -> str:
        """Return a text without drawing code and without how to write the answer."""
        if "[asy]" in text:
            text = _DRAWING.sub(" ", text)
        text = text.replace("\\(", "$").replace("\\)", "$").replace("−", "-")
        for has, pattern in self._instructions:
            if any(part in text for part in has):
                text = pattern.sub(" ", text)
        return text

    def structures_in(self, text: str, words: Iterable[str]) -> list[str]:
        """Return the names of the structures that a text shows, in angle brackets.

        Parameters
        ----------
        text : str
            The text.
        words : iterable of str
            Its words, see `phrases.words_of`.
        """
        said = set(words)
        found = []
        for sign, structures in self._structures:
            if sign not in text:
                continue
            for name, some, parts, pattern in structures:
                if said.isdisjoint(some):
                    for part in parts:
                        if part in text:
                            break
                    else:
                        continue
                if pattern.search(text):
                    found.append(name)
        return found


# Name, words (commands are words) and other parts of which one must occur, and the pattern.
_Structure = tuple[str, frozenset[str], tuple[str, ...], re.Pattern[str]]
_COMMAND = re.compile(r"\\[a-zA-Z]+")
# Signs by one of which most structures can be ruled out at once, the rarest first.
_SIGNS = "'|!@:_^%=\\($"


def _by_sign(
    structures: Mapping[str, Mapping[str, Any]],
) -> tuple[tuple[str, tuple[_Structure, ...]], ...]:
    """Compile structures, in groups by a sign without which none of a group can be there."""
    groups: dict[str, list[_Structure]] = {}
    for name, one in structures.items():
        has, words = one.get("has", []), one.get("words", [])
        every = [*has, *words]
        sign = next((sign for sign in _SIGNS if all(sign in part for part in every)), "")
        commands = [part for part in has if _COMMAND.fullmatch(part)]
        some = frozenset((*words, *(part.lower() for part in commands)))
        parts = tuple(part for part in has if part not in commands)
        groups.setdefault(sign, []).append((f"<{name}>", some, parts, re.compile(one["pattern"])))
    return tuple((sign, tuple(members)) for sign, members in groups.items())


@lru_cache(maxsize=1)
def context() -> Context:
    """Return the packaged context; it is read once."""
    text = (files("sample_engineering.skills") / "data" / _FILE).read_text("utf-8")
    data = tomllib.loads(text)
    signs = data["signs"]
    return Context(
        {domain: tuple(one["words"]) for domain, one in signs.items()},
        {domain: frozenset(one["quantities"]) for domain, one in signs.items()},
        tuple((tuple(one["has"]), re.compile(one["pattern"])) for one in data["instructions"]),
        _by_sign(data["structures"]),
    )
