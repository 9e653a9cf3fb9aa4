"""Run all selectors that the evidence allows, and put the candidates in order."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool import Pool, read_pool
from sample_engineering.sample import Sample
from sample_engineering.selectors.coverage import tags_of, targets_of
from sample_engineering.selectors.cross_domain import CrossDomain
from sample_engineering.selectors.demand import demand_of, read_demand
from sample_engineering.selectors.difficulty import DifficultyPrior
from sample_engineering.selectors.gradability import Gradability
from sample_engineering.selectors.history import History, read_history
from sample_engineering.selectors.history_variance import HistoryVariance
from sample_engineering.selectors.learnability import GROUP_SIZE, Learnability
from sample_engineering.selectors.lim import LIM
from sample_engineering.selectors.novelty import Novelty
from sample_engineering.selectors.pass_rates import rates_of_pool, read_measured
from sample_engineering.selectors.protocol import Scores, Selector
from sample_engineering.selectors.reasoning_dependence import ReasoningDependence
from sample_engineering.selectors.score import combine
from sample_engineering.selectors.skill_salience import SkillSalience
from sample_engineering.selectors.table import Ranking
from sample_engineering.selectors.where import parse_where
from sample_engineering.selectors.written_operations import WrittenOperations

if TYPE_CHECKING:
    import numpy

PathLike = str | os.PathLike[str]

# Values that a pool may bring under a selector's own name, and the evidence they stand for.
_BROUGHT = {
    "history_variance": "history",
    "lim": "history",
    "learnability": "probed",
    "reasoning_dependence": "probed",
    "lift": "validated",
}
# Columns in the order of the output; whatever else selectors yield comes after.
_FIRST = (
    "rank",
    "id",
    "score",
    "tier",
    "history_variance",
    "lim",
    "learnability",
    "skill_salience",
    "cross_domain",
    "answer_kind",
    "reasons",
)


def rank_pool(
    samples: Iterable[Sample] | PathLike,
    *,
    by: str | None = None,
    history: History | Mapping[str, Sequence[float | None]] | PathLike | None = None,
    rates: Mapping[str, Mapping[str, Any]] | Iterable[Mapping[str, Any]] | PathLike | None = None,
    target: object | None = None,
    demand: Iterable[Sample] | None = None,
    against: Iterable[Sample] | PathLike | None = None,
    where: str | None = None,
    group_size: int = GROUP_SIZE,
    truncate_history: bool = False,
    on_error: str = "skip",
) -> Ranking:
    """Rank candidates by what is known of them.

    Parameters
    ----------
    samples : Pool, samples or path
        The candidates.
    by : str, optional
        Column to sort by, greatest first; with a leading ``-`` least first. A column of the pool or
        of a selector, ``-`` and ``_`` alike. Without it: ``score``, see Notes.
    history : History, mapping or path, optional
        Accuracies of the candidates at successive checkpoints, see `history.read_history`.
    rates : records, mapping or path, optional
        Pass rates, e.g. a `Probe` or the file of one: records with `id`, `n`, `correct`,
        `pass_rate`, `forced_pass_rate`; they override those among the pool's fields.
    target : str or sequence of str, optional
        Domains that training shall help; all whose demand is known by default.
    demand : samples, optional
        Reference problems with domains, from which to estimate which skills the targets demand;
        the packaged weights by default.
    against : samples or path, optional
        Benchmark whose near-copies rank last.
    where : str, optional
        Filter over columns, see `where`.
    group_size : int
        Rollouts per group in the training to come, for the chance of a dead group.
    truncate_history : bool
        Cut histories to the shortest before taking the variance.
    on_error : {"skip", "fail"}
        What a bad line of a file does.

    Returns
    -------
    Ranking
        All columns in rank order; ranks count what passes `where`.

    Raises
    ------
    PoolError
        If a file cannot be read.
    ConfigError
        If an option has an unknown column, domain or value.

    Notes
    -----
    Evidence comes in tiers, and the column ``tier`` says which one a score rests on. What was
    measured is first put on [0, 1]: *validated*, 1/2 + lift; *history*, the standard deviation of
    the history over its maximum 1/2; *probed*, the share of groups of `group_size` rollouts that
    are not dead, times the share of right answers that need the written steps where that is known.
    Coverage is the mean of the candidate's percentiles in skill salience and cross-domain
    potential. The score is, for *validated* and *history*, 0.8 of what was measured plus 0.2 of the
    coverage; for *probed* their product: what a candidate exercises, as far as training on it will
    have groups to learn from. In the embedded microcosm, where skills are learnt apart, this
    product correlates with the lift (docs/lab/microcosm.md), and p(1 - p) does not.
    A candidate of tier *text* in a pool where others were measured takes their mean for the first
    part; where nothing was measured the score is the coverage alone: it says what a candidate
    exercises, not that a model will learn from it. Candidates that cannot be graded, or copy a
    benchmark item, have no score and come last, unless `by` names another column.
    """
    import numpy as np

    pool = _as_pool(samples, on_error)
    if group_size < 2:
        raise ConfigError(f"group size {group_size}: a group has at least 2 rollouts")
    wanted = read_demand() if demand is None else demand_of(demand)
    targets = targets_of(target, wanted)
    found_history = _as_history(history, on_error)
    pass_rates = rates_of_pool(pool, _measured(rates))
    benchmark = _as_pool(against, on_error) if against is not None else ()
    tags = tags_of(pool)

    selectors: list[Selector] = [
        Gradability(),
        SkillSalience(tags, targets, wanted),
        CrossDomain(tags, targets, wanted),
        WrittenOperations(tags),
        Novelty(tuple(benchmark)),
        Learnability(pass_rates, group_size=group_size),
        ReasoningDependence(pass_rates),
        DifficultyPrior(pass_rates),
    ]
    if found_history is not None:
        selectors += [HistoryVariance(found_history, truncate=truncate_history), LIM(found_history)]
    found = {selector.name: selector.score(pool) for selector in selectors}
    notes = _notes(pool, found, found_history)

    columns = _columns(pool, found)
    score, tier = combine(pool, columns, found)
    columns["score"] = score
    columns["tier"] = tier
    columns["reasons"] = _reasons(found, columns)
    if found_history is not None and set(pool.ids).isdisjoint(found_history):
        raise PoolError(
            "no id of the history occurs in the pool; give the history of these candidates"
        )

    name, sign = _sort_column(by, columns, pool)
    keys = np.array([_number(value) for value in columns.get(name) or _brought(pool, name)])
    order = _order(sign * keys, pool, found_history)
    ranking = Ranking.of(pool, columns, order, _FIRST, sorted_by=("-" if sign < 0 else "") + name)
    if where is not None:
        ranking = ranking.filter(parse_where(where, ranking.names))
        notes.append(f"candidates that meet {where}: {len(ranking):,} of {len(pool):,}")
    notes.extend(_ties(ranking, name, found_history))
    return ranking.noting(notes)


def _as_pool(samples: Iterable[Sample] | PathLike, on_error: str) -> Pool:
    if isinstance(samples, Pool):
        return samples
    if isinstance(samples, str | os.PathLike):
        return read_pool(samples, on_error=on_error)
    return Pool(samples)


def _measured(
    rates: Mapping[str, Mapping[str, Any]] | Iterable[Mapping[str, Any]] | PathLike | None,
) -> Mapping[str, Mapping[str, Any]]:
    if rates is None:
        return {}
    if isinstance(rates, str | os.PathLike):
        return read_measured(rates)
    if isinstance(rates, Mapping):
        return rates
    return {str(record["id"]): record for record in rates if "id" in record}


def _as_history(
    history: History | Mapping[str, Sequence[float | None]] | PathLike | None, on_error: str
) -> History | None:
    if history is None or isinstance(history, History):
        return history
    if isinstance(history, Mapping):
        return History(history)
    return read_history(history, on_error=on_error)


def _notes(pool: Pool, found: Mapping[str, Scores], history: History | None) -> list[str]:
    notes = []
    if pool.problems.skipped or pool.problems.notes:
        notes.append(str(pool.problems))
    if history is not None and history.problems.skipped:
        notes.append(f"history: {history.problems}")
    for scores in found.values():
        notes.extend(note for note in scores.notes if note not in notes)
    return notes


def _columns(pool: Pool, found: Mapping[str, Scores]) -> dict[str, list[Any]]:
    """Collect values and further columns; what the pool brings fills what no selector knows."""
    columns: dict[str, list[Any]] = {
        name: [None] * len(pool) for name in _FIRST if name not in ("rank", "id")
    }
    for name, scores in found.items():
        columns[name] = [None if value != value else float(value) for value in scores.values]
    for scores in found.values():
        columns.update({name: list(values) for name, values in scores.columns.items()})
    for name in _BROUGHT:
        brought = _brought(pool, name)
        if any(value is not None for value in brought):
            known = columns.get(name, [None] * len(pool))
            columns[name] = [b if k is None else k for k, b in zip(known, brought, strict=True)]
    return columns


def _brought(pool: Sequence[Sample], name: str) -> list[float | None]:
    """Return a numeric field of the candidates; None where absent or no number."""
    values = []
    for sample in pool:
        number = _number(sample.extra.get(name))
        values.append(None if number != number else number)
    return values


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("nan")


# Reasons in the order in which people want them: what stops it, what was measured, what it covers;
# overlap with other texts first if it stops the candidate, else last.
_REASON_ORDER = (
    "gradable",
    "history_variance",
    "lim",
    "learnability",
    "reasoning_dependence",
    "difficulty_prior",
    "skill_salience",
    "cross_domain",
)


def _reasons(found: Mapping[str, Scores], columns: Mapping[str, list[Any]]) -> list[str]:
    said = []
    copied = columns.get("contaminated_by")
    for place in range(len(columns["tier"])):
        parts = []
        if columns.get("lift") and columns["lift"][place] is not None:
            parts.append(f"measured lift {columns['lift'][place]:+.3f}")
        stopped = copied is not None and copied[place] is not None
        order = ("novelty", *_REASON_ORDER) if stopped else (*_REASON_ORDER, "novelty")
        for name in order:
            scores = found.get(name)
            if scores is not None and scores.reasons[place]:
                parts.append(str(scores.reasons[place]))
        said.append("; ".join(parts))
    return said


def _sort_column(by: str | None, columns: Mapping[str, Any], pool: Pool) -> tuple[str, int]:
    if by is None:
        return "score", 1
    sign = -1 if by.startswith("-") else 1
    asked = by.removeprefix("-")
    own = {name for sample in pool for name in sample.extra}
    for name in (asked, asked.replace("-", "_")):
        if name in columns or name in own:
            values = columns[name] if name in columns else _brought(pool, name)
            if all(_number(value) != _number(value) for value in values):
                raise ConfigError(f"--by {by}: {_why_empty(name)}")
            return name, sign
    raise ConfigError(
        f"--by {by}: no such column; choose from {', '.join(sorted({*columns, *own} - {'tier'}))}"
    )


def _why_empty(name: str) -> str:
    need = {
        "history_variance": "pass --history FILE",
        "lim": "pass --history FILE, or a pool with a field lim",
        "learnability": "pass --model or --rates, or a pool with a field pass_rate",
        "reasoning_dependence": "probe with --model, or give forced_pass_rate",
    }
    return f"the column holds no numbers; {need.get(name, 'choose another column')}"


_DIGITS = re.compile(r"(\d{1,18})")


def natural(id_: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which 'p2' comes before 'p10'."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _DIGITS.split(id_)
        if part
    )


def _order(keys: "numpy.ndarray", pool: Pool, history: History | None) -> list[int]:
    """Greatest first, unknown last; ties in the order of the history, then by id."""
    last = len(history or ())
    places = history.places if history is not None else {}

    def key(place: int) -> tuple[Any, ...]:
        value = keys[place]
        id_ = pool[place].id
        unknown = value != value
        return (unknown, 0.0 if unknown else -value, places.get(id_, last), natural(id_))

    return sorted(range(len(pool)), key=key)


def _ties(ranking: Ranking, name: str, history: History | None) -> list[str]:
    values = ranking.columns[name] if name in ranking.columns else _brought(ranking.samples, name)
    groups = [n for value, n in Counter(values).items() if n > 1 and value is not None]
    unknown = sum(value is None for value in values)
    notes = []
    if groups:
        notes.append(
            f"ties in {name}: {sum(groups):,} candidates, groups of equals: {len(groups):,}; kept "
            "in the order of " + ("the history file" if history is not None else "their ids")
        )
    if unknown:
        notes.append(f"without {name}, so last: {unknown:,}")
    return notes
