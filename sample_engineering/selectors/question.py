"""What is asked of a ranking: the column to sort by, the filter, and so which selectors run.

Everything here is known from the selectors' declarations and the fields of the pool: a question
with a mistake fails before anything is scored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sample_engineering.errors import ConfigError
from sample_engineering.pool.names import value_at
from sample_engineering.registry import suggestion
from sample_engineering.selectors.declared import (
    OF_THE_SCORE,
    OWN_COLUMNS,
    column_owners,
    find_selectors,
)
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.own_fields import own_names
from sample_engineering.selectors.protocol import ALWAYS, NAMED, Selector
from sample_engineering.selectors.settings import Settings
from sample_engineering.selectors.where import Condition, parse_where

ALL = "all"
# Columns of the ranking that need every selector.
_WHOLE = ("score", "tier", "reasons", *OF_THE_SCORE)


@dataclass(frozen=True)
class Question:
    """A question that can be answered.

    Parameters
    ----------
    column : str
        The column to sort by.
    sign : int
        1: greatest first; -1: least first.
    condition : Condition, optional
        Which candidates are kept.
    selectors : mapping of str to Selector
        All that are installed.
    asked : tuple of str
        Those to run where the evidence allows it, in the order of the registry.
    whole : bool
        Whether these are all, so that there is a score.
    """

    column: str
    sign: int
    condition: Condition | None
    selectors: Mapping[str, Selector]
    asked: tuple[str, ...]
    whole: bool

    @property
    def owner(self) -> Selector | None:
        """Who yields the column to sort by; None of the score or a field of the pool."""
        return column_owners(dict(self.selectors)).get(self.column)

    def no_numbers(self) -> ConfigError:
        """Return the error that the column to sort by turned out empty, and what would fill it."""
        mend = Selector.mend if self.owner is None else self.owner.mend
        return ConfigError(f"`by` {self.column}: the column holds no numbers; {mend}")


def read_question(
    evidence: Evidence,
    *,
    by: str | None = None,
    where: str | None = None,
    explain: str | None = None,
    selectors: str | Iterable[str] | None = None,
    settings: Settings | None = None,
    evaluates: bool = False,
    given: Mapping[str, str] | None = None,
) -> Question:
    """Check a question against the installed selectors and the pool.

    Parameters
    ----------
    evidence : Evidence
        What is known of the pool.
    by, where, explain, selectors, settings
        See `ranking.rank_pool`.
    evaluates : bool
        Whether selectors are going to be evaluated: all that a score or an explanation runs.
    given : mapping of str to str, optional
        Those of `evidence.PARAMETERS` that the caller set, and what the caller calls them: one that
        no asked selector heeds is an error.

    Raises
    ------
    ConfigError
        If a name is unknown, a parameter would be ignored, or the column asked for is empty.
    PoolError
        If no candidate has the id `explain`.
    """
    installed = find_selectors(settings)
    owners = column_owners(installed)
    named = _named(selectors, installed)
    counting = [name for name, one in installed.items() if one.when == ALWAYS]
    complete = named is not None and set(counting) <= set(named)
    everything = explain is not None or evaluates
    numbers = dict.fromkeys(name for sample in evidence.pool for name in sample.extra)
    if by is None and named and not complete:
        by = next(iter(named))
    nested = (by or "").removeprefix("-")
    if "." in nested and any(
        value_at(sample.extra, nested) is not None for sample in evidence.pool
    ):
        numbers.setdefault(nested)
    column, sign = _sort_column(by, ["score", *OF_THE_SCORE, *owners, *numbers])
    condition = None
    if where is not None:
        fields = dict.fromkeys(name for sample in evidence.pool for name in sample.to_dict())
        own = own_names(fields, (*OWN_COLUMNS, *owners))
        condition = parse_where(where, [*OWN_COLUMNS, *owners, *fields, *own])
    if explain is not None:
        evidence.pool.by_id(explain)  # raises with near ids

    columns = (column, *(condition.columns if condition is not None else ()))
    whole = complete or (named is None and (everything or any(name in _WHOLE for name in columns)))
    wanted = {owners[name].name for name in columns if name in owners} | set(named or ())
    wanted |= set(counting) if whole else set()
    if everything and named is None:
        wanted |= {name for name, one in installed.items() if one.when != NAMED}
    # A gate for which something was given holds whatever the ranking is sorted by.
    wanted |= {
        name for name, one in installed.items() if one.gates and set(one.reads) & set(given or {})
    }
    asked = tuple(name for name in installed if name in wanted)
    if named is not None and not whole and any(name in _WHOLE for name in columns):
        raise ConfigError(
            "`by` and `where` on score, its parts, tier or reasons need every selector; "
            "leave `selectors` out, or name other columns"
        )
    for name in (name for name, by_itself in (named or {}).items() if by_itself):
        if not _known(installed[name], evidence):
            raise ConfigError(f"`selectors` {name}: nothing to score by; {installed[name].mend}")
    owner = owners.get(column)
    if owner is not None and not (_known(owner, evidence, column) or column in numbers):
        raise ConfigError(f"`by` {column}: the column holds no numbers; {owner.mend}")
    _settings_heeded(settings or {}, asked)
    _heeded([installed[name] for name in asked], given or {}, installed, evidence)
    return Question(column, sign, condition, installed, asked, whole)


def runs(selector: Selector, evidence: Evidence) -> bool:
    """Whether the evidence has all that a selector needs."""
    return all(evidence.has(part) for part in selector.needs)


def _known(selector: Selector, evidence: Evidence, column: str = "") -> bool:
    """Whether a selector can run, or the pool brings its value."""
    brings = column in ("", selector.name) and any(
        value is not None for name in selector.brought for value in evidence.field(name)
    )
    return brings or runs(selector, evidence)


def _named(
    selectors: str | Iterable[str] | None, installed: Mapping[str, Selector]
) -> dict[str, bool] | None:
    """Return the selectors that were named, and whether by their own name, not as one of all."""
    if selectors is None:
        return None
    parts = selectors.split(",") if isinstance(selectors, str) else list(selectors)
    names: dict[str, bool] = {}
    for name in (part.strip().replace("-", "_") for part in parts):
        if name == ALL:
            every = (one.name for one in installed.values() if one.when != NAMED)
            names = {**dict.fromkeys(every, False), **names}
        elif name in installed:
            names[name] = True
        else:
            raise ConfigError(
                f"`selectors`: none is called {name!r}; {suggestion(name, [ALL, *installed])}"
            )
    if not names:
        raise ConfigError(f"`selectors` names none; {suggestion('', [ALL, *installed])}")
    return names


def _settings_heeded(settings: Settings, asked: Iterable[str]) -> None:
    """Raise ConfigError for settings of a selector that does not run."""
    running = tuple(asked)
    for name in settings:
        if name not in running:
            raise ConfigError(
                f"`settings` of {name} change nothing that is asked; leave them out, or ask for it "
                "with `selectors`"
            )


def _sort_column(by: str | None, columns: Iterable[str]) -> tuple[str, int]:
    if by is None:
        return "score", 1
    known = list(columns)
    asked = by.removeprefix("-")
    for name in (asked, asked.replace("-", "_")):
        if name in known:
            return name, -1 if by.startswith("-") else 1
    raise ConfigError(f"`by` {by}: no such column; {suggestion(asked, sorted(known))}")


def _heeded(
    asked: Iterable[Selector],
    given: Mapping[str, str],
    installed: Mapping[str, Selector],
    evidence: Evidence,
) -> None:
    """Raise ConfigError for a parameter that changes nothing."""
    running = [one for one in asked if runs(one, evidence)]
    heeds = [name for one in running for name in (*one.reads, *one.needs)]
    for name, called in given.items():
        # A model that is given is probed for pass rates, or looked into.
        if name in heeds or (called == "model" and "weights" in heeds):
            continue
        if name == "group_size" and not evidence.has("pass_rates"):
            raise ConfigError(
                f"`{called}` changes nothing, as no candidate has a pass rate; give `model` or "
                "`rates`, or leave it out"
            )
        if name == "truncate_history" and not evidence.has("history"):
            raise ConfigError(f"`{called}` changes nothing without `history`; leave it out")
        reading = ", ".join(
            one for one, selector in installed.items() if name in (*selector.reads, *selector.needs)
        )
        raise ConfigError(
            f"`{called}` changes nothing that is asked; leave it out, or ask for what heeds it "
            f"with `selectors` ({reading})"
        )
