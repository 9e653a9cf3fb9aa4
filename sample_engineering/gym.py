"""Problems of reasoning-gym, generated anew, and its scorers (Apache-2.0, arXiv 2505.24760).

``rg:NAME?n=100&seed=1`` names problems: of the data set NAME so many, from a seed; further settings
are those of its configuration. A *reference* names one of them,
``rg:NAME?n=100&seed=1#17-0a1b2c3d``: its number, and a digest of question and answer, so that
another version of the package, which may make another problem of it, is not graded by it.

References come from files, and answers from models. Names are looked up in the package's list,
settings are plain values within bounds, and scorers that evaluate what a model wrote as Python
(`_EVALUATING`) see it only where it is plain arithmetic, polynomials or lists.
"""

import hashlib
import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sample_engineering.errors import PoolError
from sample_engineering.extras import require
from sample_engineering.named_elsewhere import MADE

_EXTRA = "reasoning-gym"
_DEFAULT_SIZE = 100
_MOST = 100_000  # problems
_LARGEST_SEED = 2**32
_LARGEST_SETTING = 1_000_000
_LONGEST = 500  # characters of a reference
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LISTED = 12
# Subjects of the package by ours; its other categories keep their own name.
_DOMAINS = {
    **dict.fromkeys(("algebra", "arithmetic", "geometry", "probability"), "math"),
    **dict.fromkeys(("algorithmic", "graphs", "code"), "computer_science"),
}
# Scorers that give what the model wrote to eval() or sympy's parse_expr(), which is the same.
_EVALUATING = frozenset(
    (
        *("string_insertion", "spiral_matrix", "binary_matrix", "n_queens"),
        *("simple_integration", "intermediate_integration"),
        *("puzzle24", "countdown"),
    )
)
# Generators that go over sets: other problems in each process, so that none can be scored.
_UNSTABLE = frozenset(
    ("isomorphic_strings", "knight_swap", "polynomial_multiplication", "ransom_note", "word_ladder")
)
# Where the package states no answer, since many are right.
_MANY = "any answer that the scorer accepts"
# Words of sin, cos, exp and log may be called, and quoted letters and numbers may stand in lists.
_WORD = r"(?:sin|cos|tan|exp|log|sqrt|pi|[A-Za-z])"
_PLAIN = re.compile(
    rf"(?:\s|[-+*/^(),\[\]._]|\d{{1,9}}(?![\d])|'[\w .#_-]{{0,40}}'|\"[\w .#_-]{{0,40}}\""
    rf"|{_WORD}(?![A-Za-z_]))*"
)
_TOWER = re.compile(r"(?:\*\*|\^)\s*(?:[^\s\d(]|\d{3,}|\(?\s*\d*\s*(?:\*\*|\^)|\([^)]*(?:\*\*|\^))")
_MOST_SCORED = 2000  # characters of an answer that is evaluated


@dataclass(frozen=True, slots=True)
class Problems:
    """What ``rg:...`` names.

    Parameters
    ----------
    name : str
        Of the data set.
    size, seed : int
    settings : tuple of (str, value)
        Of its configuration, sorted.
    """

    name: str
    size: int
    seed: int
    settings: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def named(cls, text: str) -> "Problems":
        """Read ``rg:NAME?n=100&seed=1&SETTING=VALUE``.

        Raises
        ------
        PoolError
            If there is no such data set or setting, or a value is out of bounds.
        MissingExtraError
            If reasoning-gym is not installed.
        """
        if not text.startswith(MADE) or len(text) > _LONGEST:
            raise PoolError(
                f"{text!r:.80} is not rg:NAME?n=100&seed=1; give the name of a data set"
            )
        name, _, query = text.removeprefix(MADE).partition("?")
        defaults = _defaults(name)
        try:
            pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        except ValueError:
            raise PoolError(f"{text!r:.80}: write settings as ?n=100&seed=1") from None
        given: dict[str, Any] = {}
        for key, value in pairs:
            if key in given:
                raise PoolError(f"{text!r:.80} sets {key} twice; set it once")
            given[key] = value
        size = _whole(text, "n", given.pop("n", _DEFAULT_SIZE), 1, _MOST)
        seed = _whole(text, "seed", given.pop("seed", 0), 0, _LARGEST_SEED)
        settings = tuple(sorted((key, _setting(text, key, given[key], defaults)) for key in given))
        return cls(name, size, seed, settings)

    def __str__(self) -> str:
        query = {"n": self.size, "seed": self.seed, **dict(self.settings)}
        return f"{MADE}{self.name}?{urlencode(query)}"

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the problems as records of a pool.

        Raises
        ------
        PoolError
            If the package refuses the settings.
        """
        data = _data_set(self)
        domain = _DOMAINS.get(data.category, data.category)
        for number in range(self.size):
            entry = _entry(self, number)
            yield {
                "id": f"{self.name}-{self.seed}-{number}",
                "problem": str(entry["question"]),
                "answer": _MANY if entry["answer"] in (None, "") else str(entry["answer"]),
                "kind": "scored",
                "unit": f"{self}#{number}-{_digest(entry)}",
                "domains": [domain],
                "source": f"reasoning-gym {version('reasoning-gym')}, {self.name}",
                "license": "Apache-2.0",
            }


def check_reference(reference: str) -> None:
    """Raise PoolError unless a text names one problem; nothing is generated."""
    _referred(reference)


def load() -> None:
    """Import the package, if it is there: a worker does before it takes answers."""
    if find_spec("reasoning_gym") is not None:
        require("reasoning_gym", _EXTRA)


def loaded() -> bool:
    """Whether this process has used the package."""
    return "reasoning_gym" in sys.modules


def score(reference: str, answer: str) -> float:
    """Return what the package's scorer gives an answer, 0 to 1.

    Raises
    ------
    PoolError
        If the text refers to no problem, or to one that the installed version makes otherwise.
    """
    problems, number, digest = _referred(reference)
    entry = _entry(problems, number)
    if _digest(entry) != digest:
        raise PoolError(
            f"{problems} gives another problem {number} with reasoning-gym "
            f"{version('reasoning-gym')}; generate it anew"
        )
    if problems.name in _EVALUATING and not is_plain(answer):
        return float(answer.strip() == str(entry["answer"]).strip())
    value = float(_data_set(problems).score_answer(answer, entry))
    return min(1.0, max(0.0, value)) if math.isfinite(value) else 0.0


def is_plain(answer: str) -> bool:
    """Whether an answer may be evaluated: arithmetic, a polynomial, a list; no names, no towers."""
    return (
        len(answer) <= _MOST_SCORED
        and "__" not in answer
        and _PLAIN.fullmatch(answer) is not None
        and _TOWER.search(answer) is None
    )


def _referred(reference: str) -> tuple[Problems, int, str]:
    text, _, place = reference.rpartition("#")
    found = re.fullmatch(r"(\d{1,6})-([0-9a-f]{8})", place)
    problems = Problems.named(text)
    if found is None or int(found[1]) >= problems.size:
        raise PoolError(f"{reference!r:.80} names no problem of reasoning-gym")
    return problems, int(found[1]), found[2]


def _digest(entry: dict[str, Any]) -> str:
    text = f"{entry['question']}\0{entry['answer']}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def _defaults(name: str) -> dict[str, Any]:
    """Settings of a data set with their defaults."""
    from difflib import get_close_matches

    known = require("reasoning_gym.factory", _EXTRA).DATASETS
    require("reasoning_gym", _EXTRA)  # registers them
    if not _NAME.fullmatch(name) or name not in known:
        near = get_close_matches(name, known, n=3)
        mend = (
            f"did you mean {' or '.join(map(repr, near))}?"
            if near
            else f"choose from {', '.join(sorted(known)[:_LISTED])} ({len(known)} in all)"
        )
        raise PoolError(f"reasoning-gym has no data set {name!r:.60}; {mend}")
    if name in _UNSTABLE:
        raise PoolError(
            f"reasoning-gym makes other problems of {name} in each process, so that no answer can "
            "be scored; choose another data set"
        )
    config = known[name][1]()
    return {
        field.name: getattr(config, field.name)
        for field in fields(config)
        if field.name not in ("seed", "size")
    }


def _whole(text: str, name: str, value: Any, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,10}", str(value)) or not least <= int(value) <= most:
        raise PoolError(f"{text!r:.80}: {name} is {value!r:.20}; use {least} to {most:,}")
    return int(value)


def _setting(text: str, name: str, value: str, defaults: dict[str, Any]) -> Any:
    """A setting, of the type of its default."""
    simple = {
        key: one for key, one in defaults.items() if isinstance(one, bool | int | float | str)
    }
    if name not in simple:
        raise PoolError(
            f"{text!r:.80} has no setting {name!r:.40}; "
            f"its settings are n, seed, {', '.join(simple) or 'no others'}"
        )
    default = simple[name]
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False, "1": True, "0": False}[value.lower()]
        if isinstance(default, str):
            return value
        number = type(default)(value)
    except (KeyError, ValueError):
        raise PoolError(
            f"{text!r:.80}: {name} is {value!r:.20}; give a {type(default).__name__}"
        ) from None
    if not abs(number) <= _LARGEST_SETTING:
        raise PoolError(f"{text!r:.80}: {name} is beyond {_LARGEST_SETTING:,}; use less")
    return number


@lru_cache(maxsize=64)
def _data_set(problems: Problems) -> Any:
    gym = require("reasoning_gym", _EXTRA)
    try:
        return gym.create_dataset(
            problems.name, seed=problems.seed, size=problems.size, **dict(problems.settings)
        )
    except (AssertionError, ValueError, TypeError) as error:
        raise PoolError(f"{problems}: reasoning-gym refuses that ({error}); correct it") from error


@lru_cache(maxsize=4096)
def _entry(problems: Problems, number: int) -> dict[str, Any]:
    try:
        entry: dict[str, Any] = _data_set(problems)[number]
    except PoolError:
        raise
    except Exception as error:  # a generator that cannot meet its settings
        raise PoolError(f"{problems}: problem {number} cannot be made ({error})") from error
    return entry
