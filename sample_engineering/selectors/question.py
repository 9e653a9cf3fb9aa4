"""What is asked of a ranking: the column to sort by, the filter, and so which selectors run.

Everything here is known from the selectors' declarations and the fields of the pool: a question
with a mistake fails before anything is scored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sample_engineering.errors import ConfigError
from sample_engineering.registry import suggestion
from sample_engineering.selectors.declared import OWN_COLUMNS, column_owners, find_selectors
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.protocol import Selector
from sample_engineering.selectors.where import Condition, parse_where

ALL = "all"
# Columns of the ranking that need every selector.
_WHOLE = ("score", "tier", "reasons")


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


def read_question(
    evidence: Evidence,
    *,
    by: str | None = None,
    where: str | None = None,
    explain: str | None = None,
    selectors: str | Iterable[str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Question:
    """Check a question against the installed selectors and the pool.

    Parameters
    ----------
    evidence : Evidence
        What is known of the pool.
    by, where, explain, selectors
        See `ranking.rank_pool`.
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
    installed = find_selectors()
    owners = column_owners(installed)
    named = _named(selectors, installed)
    fields = dict.fromkeys(name for sample in evidence.pool for name in sample.to_dict())
    numbers = dict.fromkeys(name for sample in evidence.pool for name in sample.extra)
    if by is None and named and len(named) < len(installed):
        by = named[0]
    column, sign = _sort_column(by, {"score": None, **owners, **numbers})
    condition = None
    if where is not None:
        condition = parse_where(where, [*OWN_COLUMNS, *owners, *fields])
    if explain is not None:
        evidence.pool.by_id(explain)  # raises with near ids

    columns = (column, *(condition.columns if condition is not None else ()))
    whole = explain is not None if named is None else len(named) == len(installed)
    whole = whole or (named is None and any(name in _WHOLE for name in columns))
    wanted = {owners[name].name for name in columns if name in owners}
    asked = tuple(name for name in installed if whole or name in wanted or name in (named or ()))
    if named is not None and not whole and any(name in _WHOLE for name in columns):
        raise ConfigError(
            "`by` and `where` on score, tier or reasons need every selector; "
            "leave `selectors` out, or name other columns"
        )
    for name in () if whole else (named or ()):
        if not _known(installed[name], evidence):
            raise ConfigError(f"`selectors` {name}: nothing to score by; {installed[name].mend}")
    owner = owners.get(column)
    if owner is not None and not (_known(owner, evidence, column) or column in numbers):
        raise ConfigError(f"`by` {column}: the column holds no numbers; {owner.mend}")
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
) -> tuple[str, ...] | None:
    if selectors is None:
        return None
    parts = selectors.split(",") if isinstance(selectors, str) else list(selectors)
    names = tuple(dict.fromkeys(part.strip().replace("-", "_") for part in parts))
    if names == (ALL,):
        return tuple(installed)
    for name in names:
        if name not in installed:
            raise ConfigError(
                f"`selectors`: none is called {name!r}; {suggestion(name, [ALL, *installed])}"
            )
    if not names:
        raise ConfigError(f"`selectors` names none; {suggestion('', [ALL, *installed])}")
    return names


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
        if name in heeds:
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
