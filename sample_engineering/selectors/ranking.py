"""Run the selectors that were asked for, and put the candidates in order."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.pool.names import value_at
from sample_engineering.sample import Sample
from sample_engineering.selectors.declared import strongest_first
from sample_engineering.selectors.evidence import (
    FOLD,
    PARAMETERS,
    Evidence,
    Histories,
    PathLike,
    Problems,
    Rates,
    copies_meant,
    number_of,
)
from sample_engineering.selectors.posterior import GROUP_SIZE
from sample_engineering.selectors.protocol import ALWAYS, TIERS, Count, Scores, Selector
from sample_engineering.selectors.question import Question, read_question
from sample_engineering.selectors.running import run_selectors
from sample_engineering.selectors.score import Learned, account, combine, covered, learning
from sample_engineering.selectors.settings import Settings
from sample_engineering.selectors.table import Ranking
from sample_engineering.selectors.where import Condition
from sample_engineering.skills import Tagger

if TYPE_CHECKING:
    import numpy


def rank_pool(
    samples: Iterable[Sample] | PathLike,
    *,
    by: str | None = None,
    where: str | None = None,
    explain: str | None = None,
    selectors: str | Iterable[str] | None = None,
    settings: Settings | None = None,
    history: Histories | None = None,
    rates: Rates | None = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | None = None,
    tagger: str | Tagger | None = None,
    against: "Problems | Iterable[Problems] | Mapping[str, Iterable[Sample]] | None" = None,
    copies: str | None = None,
    group_size: int | None = None,
    truncate_history: bool = False,
    seed: int | None = None,
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
    where : str, optional
        Filter over columns, see `where`.
    explain : str, optional
        Id of a candidate that is going to be explained (`Ranking.explain`): it must be there, and
        all that is known is computed.
    selectors : str or sequence of str, optional
        The selectors to run, or ``all``. By default those that `by` and `where` name; all that the
        evidence allows where these name none, or the score, or with `explain`. If it names some
        and `by` nothing, the first of them sorts.
    settings : mapping, optional
        Settings of selectors that run, by selector and name: ``{"mopps": {"decay": 0.7}}``.
    history : History, mapping or path, optional
        Accuracies of the candidates at successive checkpoints, see `history.read_history`.
    rates : records, mapping or path, optional
        Pass rates, e.g. a `Probe` or the file of one: records with `id`, `n`, `correct`,
        `pass_rate`, `forced_pass_rate`; they override those among the pool's fields. Or a function
        that measures them, called when a selector reads them.
    target : str or sequence of str, optional
        Domains that training shall help; all whose demand is known by default.
    demand : samples, optional
        Reference problems with domains, from which to estimate which skills the targets demand;
        the packaged weights by default.
    tagger : str or Tagger, optional
        Who names the skills of candidates that do not name theirs; ``builtin`` by default.
    against : samples or path, several of these, or a mapping from names, optional
        Benchmarks whose near-copies rank last.
    copies : {"fold", "mark", "keep"}, optional
        What is done with copies of one problem. By default they are folded into the best of them
        where copies are looked for at all: where everything is computed, or `against` is given.
    group_size : int, optional
        Rollouts per group in the training to come, for the chance of a dead group; default: 8.
    truncate_history : bool
        Cut histories to the shortest before taking the variance.
    seed : int, optional
        Of what selectors draw; default: 0.
    on_error : {"skip", "fail"}
        What a bad line of a file does.

    Returns
    -------
    Ranking
        All columns in rank order; ranks count what passes `where`.

    Raises
    ------
    PoolError
        If a file cannot be read, or no candidate has the id `explain`.
    ConfigError
        If a parameter has an unknown column, selector, domain or value, or changes nothing that is
        asked.

    Notes
    -----
    Evidence comes in tiers, and the column ``tier`` says which one a score rests on. What was
    measured is put on [0, 1] (column ``learned``): *validated*, 1/2 + lift; *history*, the standard
    deviation of the history over its maximum 1/2; *probed*, the share of groups of `group_size`
    rollouts that are not dead, times the share of right answers that need the written steps where
    that is known. Coverage is m^3 / (m^3 + t^3), m the mean of skill salience and cross-domain
    potential and t that of a typical candidate, so that 1/2 is typical. Nothing depends on the rest
    of the pool.

    Where skills were only guessed from the text (column ``skills_from``), the score is what was
    measured, and coverage decides between equal scores. Where the candidate names its skills, or a
    model named them, what was measured is multiplied by twice the coverage (*probed*: in the
    embedded microcosm, where skills are known, this product correlates with the lift, and p(1 - p)
    does not, docs/lab/microcosm.md) or by 0.8 plus 0.4 of it (*history*, *validated*). Where
    nothing was measured the score is the coverage: it says what a candidate exercises, not that a
    model will learn from it, and such candidates come after those that were measured. Candidates
    that a gate stops (they cannot be graded, or copy a benchmark item) have no score and come last,
    whatever column `by` names.
    Selectors of other packages take part as they declare, see `protocol.Selector`.
    """
    parameters: dict[str, Any] = {
        "history": history,
        "target": target,
        "demand": demand,
        "tagger": tagger,
        "against": against,
        "copies": copies,
        "rates": rates,
        "group_size": group_size,
        "truncate_history": truncate_history or None,
        "seed": seed,
    }
    evidence = Evidence(
        samples,
        history=history,
        rates=rates,
        demand=demand,
        target=target,
        against=against,
        copies=copies_meant(copies, explain),
        group_size=GROUP_SIZE if group_size is None else group_size,
        truncate_history=truncate_history,
        tagger="builtin" if tagger is None else tagger,
        seed=seed or 0,
        on_error=on_error,
    )
    question = read_question(
        evidence,
        by=by,
        where=where,
        explain=explain,
        selectors=selectors,
        settings=settings,
        given={name: name for name in PARAMETERS if parameters.get(name) is not None},
    )
    return answer(question, evidence)


@dataclass(frozen=True)
class Scored:
    """Candidates of a pool, or of a part of it, with what orders them.

    Attributes
    ----------
    found : dict of str to Scores
        What the selectors that ran yielded.
    learned : Learned
    columns : dict of str to list
        All columns, in the order of the pool.
    keys : ndarray of float, shape (n,)
        Of the column to sort by; NaN where unknown.
    later : ndarray of bool, shape (n,)
        Who comes after the others, as nothing was measured.
    then : ndarray of float, shape (n,)
        What orders equals, greatest first.
    stops : ndarray of bool, shape (n,)
        Whom a gate stops.
    """

    found: dict[str, Scores]
    learned: Learned
    columns: dict[str, list[Any]]
    keys: "numpy.ndarray"
    later: "numpy.ndarray"
    then: "numpy.ndarray"
    stops: "numpy.ndarray"


def score(question: Question, evidence: Evidence, *, part: bool = False) -> Scored:
    """Score what was asked; `part`: of some candidates of a pool, see `run_selectors`."""
    import numpy as np

    found = run_selectors(question, evidence, part=part)
    learned = learning(evidence, question.selectors, found)
    columns = _columns(question, evidence, found, learned)
    values = columns.get(question.column)
    if values is None:
        values = evidence.field(question.column)
    keys = np.array([number_of(value) for value in values], dtype=float)
    later, then = np.zeros(len(keys), dtype=bool), np.zeros(len(keys))
    if question.column == "score":
        # Coverage never outranks a measurement, and decides between equal ones.
        later = np.array([tier == TIERS[0] for tier in columns["tier"]], dtype=bool)
        then = question.sign * np.array(columns["coverage"])
    return Scored(found, learned, columns, keys, later, then, stopped(found, len(keys)))


def answer(question: Question, evidence: Evidence) -> Ranking:
    """Score what was asked, and put the candidates in order."""
    scored = score(question, evidence)
    ids = evidence.pool.ids
    order = in_order(
        scored.stops,
        scored.later,
        question.sign * scored.keys,
        scored.then,
        ids,
        evidence.history.places,
    )
    ranking = Ranking.of(
        evidence.pool, scored.columns, order.tolist(), first_columns(question), sorted_by(question)
    )
    said = [note for scores in scored.found.values() for note in scores.notes]
    skills_from = evidence.skills_from if question.whole else ()
    copies = next((s.copy_of for s in scored.found.values() if s.copy_of is not None), None)
    return finished(
        question,
        evidence,
        ranking,
        said,
        scored.learned,
        skills_from,
        first_of_copies(copies, scored.stops, ids),
    )


def first_columns(question: Question) -> tuple[str, ...]:
    """Return the columns that stand first, after rank and id."""
    leading = [
        column for one in strongest_first(dict(question.selectors)) for column in one.leading
    ]
    return ("score", "tier", *leading, "reasons")


def sorted_by(question: Question) -> str:
    """Return the column that sorts, with a sign where the least come first."""
    return ("-" if question.sign < 0 else "") + question.column


def finished(
    question: Question,
    evidence: Evidence,
    ranking: Ranking,
    said: Iterable[str | Count],
    learned: Learned,
    skills_from: Sequence[str],
    first_of: Mapping[str, str],
) -> Ranking:
    """Filter and fold candidates that are in order, and note what holds for all.

    Parameters
    ----------
    question, evidence, ranking
    said : iterable of str or Count
        What the selectors note.
    learned, skills_from
        Of all candidates, see `score`.
    first_of : mapping of str to str
        For the id of each copy, the id of the first that is the same problem.
    """
    total = len(ranking)
    notes = _notes(question, evidence, said)
    if ranking.aside:
        kept = ", ".join(f"{name} as {aside}" for name, aside in ranking.aside.items())
        notes.append(f"fields of the pool that are columns here too are kept: {kept}")
    if question.whole:
        notes.extend(account(learned, skills_from))
    if question.condition is not None:
        notes.extend(_unknown(question.condition, ranking, question.selectors.values()))
        ranking = ranking.filter(question.condition)
        kept = f"{len(ranking):,} of {total:,}"
        notes.append(f"candidates that meet {question.condition.text}: {kept}")
    if evidence.copies == FOLD and first_of:
        before = len(ranking)
        ranking = ranking.folded(first_of)
        if len(ranking) < before:
            notes.append(
                f"copies folded into the best of each problem: {before - len(ranking):,}; the "
                "column copies names them, `copies` mark ranks them"
            )
    notes.extend(_ties(ranking, question.column, evidence))
    return ranking.noting(notes)


def first_of_copies(
    copy_of: "numpy.ndarray | None", stops: "numpy.ndarray", ids: Sequence[str]
) -> dict[str, str]:
    """Ids of copies, and of the first that is the same problem.

    Those that a gate stops are left as they are: each is shown with its reason, and being last they
    fill no top.
    """
    import numpy as np

    if copy_of is None:
        return {}
    groups: dict[int, list[int]] = {}
    for place in np.flatnonzero(copy_of != np.arange(len(copy_of))).tolist():
        first = int(copy_of[place])
        groups.setdefault(first, [first]).append(place)
    found: dict[str, str] = {}
    for group in groups.values():
        free = [place for place in group if not stops[place]]
        found.update((ids[place], ids[free[0]]) for place in free[1:])
    return found


def stopped(found: Mapping[str, Scores], n: int) -> "numpy.ndarray":
    """Return which of `n` candidates a gate stops."""
    import numpy as np

    stops = np.zeros(n, dtype=bool)
    for scores in found.values():
        if scores.stops is not None:
            stops |= scores.stops
    return stops


def _columns(
    question: Question, evidence: Evidence, found: Mapping[str, Scores], learned: Learned
) -> dict[str, list[Any]]:
    """Collect the score, values and further columns; None for what nobody knows."""
    unknown: list[Any] = [None] * len(evidence.pool)
    columns: dict[str, list[Any]] = {"score": unknown.copy()}
    columns["tier"] = learned.tiers
    if not question.whole:
        columns["tier"] = _tiers(question.selectors, found, columns["tier"])
    else:
        coverage = covered(evidence, question.selectors, found)
        columns["score"] = combine(found, learned, coverage, evidence)
        columns["coverage"] = coverage.tolist()
        columns["skills_from"] = evidence.skills_from
        columns["learned"] = [None if v != v else v for v in learned.values.tolist()]
        columns["learned_from"] = [source or None for source in learned.sources]
    columns["reasons"] = [
        joined_reasons(parts) for parts in reason_parts(question.selectors, found, len(unknown))
    ]
    columns |= {c: unknown.copy() for one in question.selectors.values() for c in one.leading}
    # What was asked for and lacks evidence is shown as unknown; a field that the pool might have
    # brought is not, nor what only the explanation of a candidate would have added.
    lacking = [
        question.selectors[name]
        for name in question.asked
        if name not in found
        and (question.selectors[name].when == ALWAYS or _names(question, question.selectors[name]))
        and not any(part.startswith("pool.") for part in question.selectors[name].needs)
    ]
    for name in question.selectors:
        if name in found:
            columns[name] = [None if v != v else float(v) for v in found[name].values]
        elif question.selectors[name] in lacking:
            columns[name] = unknown.copy()
    for name, one in question.selectors.items():
        if name in found:
            columns |= {key: list(values) for key, values in found[name].columns.items()}
        elif one in lacking:
            columns |= {key: unknown.copy() for key in one.columns}
    return columns


def _names(question: Question, one: Selector) -> bool:
    """Whether the filter names the selector or a column of it."""
    named = question.condition.columns if question.condition is not None else ()
    return any(column in named for column in (one.name, *one.columns))


def _tiers(
    selectors: Mapping[str, Selector], found: Mapping[str, Scores], learned: Iterable[str]
) -> list[str]:
    """Return the strongest tier of which anything was computed for a candidate.

    Without a score, the tier says what the columns rest on.
    """
    tiers = list(learned)
    for name, scores in found.items():
        tier = selectors[name].tier
        for place, value in enumerate(scores.values):
            if value == value and TIERS.index(tier) > TIERS.index(tiers[place]):
                tiers[place] = tier
    return tiers


def reason_parts(
    selectors: Mapping[str, Selector], found: Mapping[str, Scores], n: int
) -> Iterator[list[tuple[int, int, str]]]:
    """Yield the reasons of each candidate with what orders them, see `Selector.place`.

    Yields
    ------
    list of tuple
        0 for what stops it, 1 for what marks it, else 2; the selector's place; the reason.
    """
    told = [
        (place, found[name]) for name, place in reason_places(selectors).items() if name in found
    ]
    for candidate in range(n):
        yield [
            (rank_of(scores, candidate), place, str(scores.reasons[candidate]))
            for place, scores in told
            if scores.reasons[candidate]
        ]


def reason_places(selectors: Mapping[str, Selector]) -> dict[str, int]:
    """Return for each selector where its reasons come among those of one rank."""
    ordered = strongest_first(dict(sorted(selectors.items(), key=lambda item: item[1].place)))
    return {one.name: place for place, one in enumerate(ordered)}


def rank_of(scores: Scores, candidate: int) -> int:
    """Return how early a reason comes: 0 if it stops the candidate, 1 if it marks it, else 2."""
    if scores.stops is not None and scores.stops[candidate]:
        return 0
    return 1 if scores.marks is not None and scores.marks[candidate] else 2


def joined_reasons(parts: Iterable[tuple[int, int, str]]) -> str:
    """Join the reasons of a candidate in the order in which people want them."""
    return "; ".join(text for _, _, text in sorted(parts, key=lambda part: part[:2]))


def _notes(question: Question, evidence: Evidence, said: Iterable[str | Count]) -> list[str]:
    notes: list[str] = []
    notes.extend(f"pool: {line}" for line in evidence.pool.problems.lines())
    if evidence.has("history") and evidence.history.problems.skipped:
        notes.append(f"history: {evidence.history.problems}")
    if evidence.has("history") and "history" in vars(evidence):
        notes.extend(evidence.history.notes)
    if evidence.rates_problems.skipped:
        notes.append(f"rates: {evidence.rates_problems}")
    notes.extend(evidence.rates_notes)
    if evidence.rates_asked:
        notes.append(f"pass rates: asked with {evidence.rates_asked}")
    notes.extend(dict.fromkeys(note for note in map(str, said) if note not in notes))
    if not question.whole:
        run = ", ".join(question.asked) or "none"
        notes.append(f"only what was asked is computed ({run}), so no score; `selectors` adds more")
    return notes


_DIGITS = re.compile(r"(\d{1,18})")


def natural(id_: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which 'p2' comes before 'p10'."""
    return tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part)
        for part in _DIGITS.split(id_)
        if part
    )


def in_order(
    stops: "numpy.ndarray",
    later: "numpy.ndarray",
    keys: "numpy.ndarray",
    then: "numpy.ndarray",
    ids: Sequence[str],
    history: Mapping[str, int],
) -> "numpy.ndarray":
    """Greatest key first, what a gate stops last, before it unknown ones, before them `later`.

    Equal keys by `then`, greatest first, and then in the order of the history, and by id.

    Returns
    -------
    ndarray of int, shape (n,)
        Places of the candidates, the first ranked first.
    """
    import numpy as np

    unknown = np.isnan(keys)
    value = np.where(unknown, 0.0, -keys)
    second = np.where(unknown, 0.0, -then)
    order = np.lexsort((second, value, later, unknown, stops))
    columns = (stops, unknown, later, value, second)
    apart = np.ones(len(order) + 1, dtype=bool)
    if len(order):
        apart[1:-1] = np.any(
            [column[order[1:]] != column[order[:-1]] for column in columns], axis=0
        )
    bounds = np.flatnonzero(apart)
    last = len(history)
    for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if end - begin > 1:
            ties = order[begin:end].tolist()
            ties.sort(key=lambda place: (history.get(ids[place], last), natural(ids[place])))
            order[begin:end] = ties
    return order


def _unknown(
    condition: Condition, ranking: Ranking, selectors: Iterable[Selector]
) -> Iterator[str]:
    """Say of which columns of a condition nothing is known, and what would fill them."""
    filled_by = {
        column: one.mend for one in selectors for column in (one.name, *one.leading, *one.columns)
    }
    for column in condition.columns:
        values = ranking.columns.get(column)
        if values is not None and all(value is None for value in values):
            mend = filled_by.get(column)
            yield f"{column} is not known of any candidate" + (f"; {mend}" if mend else "")


def _ties(ranking: Ranking, name: str, evidence: Evidence) -> list[str]:
    values = ranking.columns.get(name)
    if values is None:
        numbers = (number_of(value_at(sample.extra, name)) for sample in ranking.samples)
        values = [None if number != number else number for number in numbers]
    groups = [n for value, n in Counter(values).items() if n > 1 and value is not None]
    unknown = sum(value is None for value in values)
    notes = []
    if groups:
        notes.append(
            f"ties in {name}: {sum(groups):,} candidates, groups of equals: {len(groups):,}; kept "
            "in the order of "
            + ("coverage, then of " if name == "score" else "")
            + ("the history file" if evidence.has("history") else "their ids")
        )
    if unknown:
        notes.append(f"without {name}, so last: {unknown:,}")
    return notes
