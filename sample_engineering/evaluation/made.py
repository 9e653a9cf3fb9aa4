"""A benchmark whose problems are made when it is asked for, from a seed.

``NAME?SETTING=VALUE&seed=7`` makes the same problems each time; without a seed one is drawn, so
that no model trained before that day can have seen them. `Made` says which, and stands in run
folders and evaluations.

One of another package is one `GeneratedBenchmark` and one entry point in the group
``sample_engineering.benchmark``, like a named one.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.named import LONG
from sample_engineering.files import Journal
from sample_engineering.sample import Sample

_SEEDS = 2**31  # a drawn one is below, and reads well
_LARGEST_SEED = 2**32 - 1
_DRAWN = "drawn"  # entry of a journal


@dataclass(frozen=True)
class Made:
    """How the problems of a benchmark were made.

    Parameters
    ----------
    recipe : str
        What makes the same again, ``fresh?n=50&seed=7``.
    date : str
        The day on which they were made (UTC), ``2026-11-27``.
    drawn : bool
        Whether the seed was drawn on that day; False if it was given.
    """

    recipe: str
    date: str
    drawn: bool

    def __str__(self) -> str:
        if self.drawn:
            return (
                f"{self.recipe}, made on {self.date} from a seed drawn then: no model that was "
                "published before can have seen these problems"
            )
        return (
            f"{self.recipe}, made on {self.date} from a seed that was given: a model can have seen "
            "these problems only if they were made from it and published before"
        )


@dataclass(frozen=True)
class GeneratedBenchmark:
    """What a benchmark that is made anew states about itself.

    Parameters
    ----------
    name : str
        As options call it.
    make : callable
        ``make(settings, seed)`` returns the problems: the settings as texts by name, and the seed.
        Raises ConfigError where a setting cannot be used.
    settings : tuple of str
        Names of the settings that it takes besides ``seed``.
    summary, source, license
        As in `NamedBenchmark`.
    template, max_tokens, domains
        As there.
    """

    name: str
    make: Callable[[Mapping[str, str], int], Sequence[Sample]]
    settings: tuple[str, ...]
    summary: str
    source: str
    license: str
    template: str = "boxed"
    max_tokens: int = LONG
    domains: tuple[str, ...] = ()

    def load(self, query: str) -> tuple[list[Sample], Made]:
        """Make the problems of ``SETTING=VALUE&...``.

        Raises
        ------
        ConfigError
            If a setting is unknown, given twice or cannot be used.
        """
        given = self._read(query)
        text = given.pop("seed", None)
        if text is not None and not (
            re.fullmatch(r"\d{1,10}", text) and int(text) <= _LARGEST_SEED
        ):
            raise ConfigError(
                f"`benchmark` {self.name}: seed is {text!r:.20}; give a whole number from 0 to "
                f"{_LARGEST_SEED:,}, or none to draw one"
            )
        seed = secrets.randbelow(_SEEDS) if text is None else int(text)
        items = list(self.make(given, seed))
        settings = {**{name: given[name] for name in self.settings if name in given}, "seed": seed}
        recipe = "&".join(f"{name}={value}" for name, value in settings.items())
        today = datetime.now(UTC).date().isoformat()
        return items, Made(f"{self.name}?{recipe}", today, text is None)

    def _read(self, query: str) -> dict[str, str]:
        known = (*self.settings, "seed")
        try:
            pairs = parse_qsl(
                query.replace("+", "%2B"), keep_blank_values=True, strict_parsing=bool(query)
            )
        except ValueError:
            raise ConfigError(
                f"`benchmark` {self.name}?{query:.80}: write settings as ?seed=7&{known[0]}=VALUE"
            ) from None
        given: dict[str, str] = {}
        for name, value in pairs:
            if name not in known:
                raise ConfigError(
                    f"`benchmark` {self.name} has no setting {name!r:.40}; "
                    f"{registry.suggestion(name, known)}"
                )
            if name in given:
                raise ConfigError(f"`benchmark` {self.name} sets {name} twice; set it once")
            given[name] = value
        return given


def recalled(journal: str | os.PathLike[str] | None) -> dict[str, Made]:
    """Return what an evaluation that did not end had drawn, by how it was asked for."""
    if journal is None or not Path(journal).is_file():
        return {}
    with Journal(journal) as kept:
        return {
            str(said): Made(**made)
            for entry in kept.entries()
            for said, made in dict(entry.get(_DRAWN) or {}).items()
        }


def remember(journal: str | os.PathLike[str], drawn: Mapping[str, Made]) -> None:
    """Keep what was drawn beside the answers, so that a killed evaluation asks the same items."""
    if drawn:
        with Journal(journal) as kept:
            kept.append({_DRAWN: {said: asdict(made) for said, made in drawn.items()}})


def made_of(record: Mapping[str, Any] | None) -> Made | None:
    """Return what a file says of how problems were made; None where it says nothing readable."""
    try:
        return None if not record else Made(**record)
    except TypeError:
        return None
