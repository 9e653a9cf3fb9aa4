"""Ranking a pool that is too large to hold: read once, scored in parts by several processes.

The candidates go to disk as they are read. What orders them, their sketches and the reasons why
some are stopped or marked stay in memory, some 300 bytes a candidate; texts and columns are read
again for those that are shown or written. The same functions score a part as score a pool that is
held in memory, and tests hold the two against each other.
"""

import json
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.cluster import Share
from sample_engineering.pool import Pool, Report
from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import GUESSED, Evidence
from sample_engineering.selectors.finishing import finished, first_columns, sorted_by
from sample_engineering.selectors.kept_parts import KeptParts, conditions
from sample_engineering.selectors.novelty import Compared, Novelty, compare
from sample_engineering.selectors.ordering import first_of_copies, in_order
from sample_engineering.selectors.own_fields import names_aside
from sample_engineering.selectors.part_workers import cores, on_ray, on_this_machine
from sample_engineering.selectors.protocol import TIERS, Count, Scores
from sample_engineering.selectors.question import Question, runs
from sample_engineering.selectors.reasons import (
    joined_reasons,
    rank_of,
    reason_parts,
    reason_places,
)
from sample_engineering.selectors.score import Learned
from sample_engineering.selectors.scored import score
from sample_engineering.selectors.shelf import Ordered, Shelf, kept_rows
from sample_engineering.selectors.table import Ranking

if TYPE_CHECKING:
    import numpy

# Pools of more candidates are ranked in parts, where what is asked allows it.
LARGE = 20_000
# Candidates of a part: enough that its overhead is small, few enough that both cores end together.
PART = 2_000
_NOVELTY = Novelty.name
_NAMED = "named"  # any who names skills; only whether they are guessed counts

Progress = Callable[[int, int], None]


def needs_whole(question: Question, evidence: Evidence) -> list[str]:
    """Return what keeps a question from being answered in parts: selectors, measurements."""
    selectors = [
        name
        for name in question.asked
        if not (one := question.selectors[name]).apart
        and type(one) is not Novelty
        and runs(one, evidence)
    ]
    measured = {"history": "histories", "pass_rates": "pass rates"}
    return [*selectors, *(told for part, told in measured.items() if evidence.has(part))]


@dataclass(frozen=True)
class ScoredPart:
    """What is known of some candidates in a row; their columns as lines of JSON."""

    rows: bytes
    lengths: list[int]
    keys: "numpy.ndarray"
    later: "numpy.ndarray"
    then: "numpy.ndarray"
    stops: "numpy.ndarray"
    learned: "numpy.ndarray"
    tiers: "numpy.ndarray"  # places in TIERS
    guessed: "numpy.ndarray"  # whether skills are guessed
    compared: Compared | None
    notes: list[tuple[str, str | Count]]
    names: tuple[str, ...]
    aside: dict[str, str]
    rates_notes: list[str]


_LEARNT = ("instructions", "overlap")  # of the evidence, from all candidates


@dataclass(frozen=True)
class Work:
    """What scoring a part takes; complete before the first is scored."""

    question: Question
    evidence: Evidence
    shelf: Shelf | None  # the candidates; None where they are elsewhere
    compares: bool

    def part(self, first: int, last: int) -> ScoredPart:
        """Score the candidates of some places."""
        return self.scored(self.records(first, last))

    def records(self, first: int, last: int) -> list[bytes]:
        """Return the candidates of some places as they lie on the shelf."""
        assert self.shelf is not None
        return list(self.shelf.between(first, last))

    def without_candidates(self) -> "Work":
        """Return what can be sent to another machine, where candidates come part by part."""
        evidence = self.evidence.of_part(Pool(()))
        if self.compares:
            evidence.__dict__.update({name: getattr(self.evidence, name) for name in _LEARNT})
        return replace(self, evidence=evidence, shelf=None)

    def scored(self, records: Sequence[bytes]) -> ScoredPart:
        """Score candidates that lay on the shelf."""
        import numpy as np

        pool = Pool(map(pickle.loads, records))
        evidence = self.evidence.of_part(pool)
        question = self.question
        if self.compares:
            evidence.__dict__.update({name: getattr(self.evidence, name) for name in _LEARNT})
            asked = tuple(name for name in question.asked if name != _NOVELTY)
            question = replace(question, asked=asked)
        scored = score(question, evidence, part=True)
        parts = list(reason_parts(question.selectors, scored.found, len(pool)))
        columns = {name: values for name, values in scored.columns.items() if name != "reasons"}
        rows = [
            json.dumps(
                [
                    {name: values[n] for name, values in columns.items() if values[n] is not None},
                    parts[n],
                ],
                ensure_ascii=False,
            ).encode("utf-8", "surrogatepass")
            for n in range(len(pool))
        ]
        later_filled = dict.fromkeys(Novelty.columns if self.compares else (), [None] * len(pool))
        return ScoredPart(
            rows=b"".join(rows),
            lengths=[len(row) for row in rows],
            keys=scored.keys,
            later=scored.later,
            then=scored.then,
            stops=scored.stops,
            learned=scored.learned.values,
            tiers=np.array([TIERS.index(tier) for tier in scored.learned.tiers], dtype=np.int8),
            guessed=np.array(
                [one == GUESSED for one in columns.get("skills_from", ())], dtype=bool
            ),
            compared=compare(evidence) if self.compares else None,
            notes=[(name, note) for name, one in scored.found.items() for note in one.notes],
            names=tuple(scored.columns),
            aside=names_aside(pool, {**scored.columns, **later_filled}),
            rates_notes=evidence.rates_notes,
        )


def answer_in_parts(
    question: Question,
    evidence: Evidence,
    samples: Iterable[Sample],
    report: Report,
    *,
    name: str = "pool",
    processes: int | None = None,
    share: Share | None = None,
    resume: Path | None = None,
    progress: Progress | None = None,
) -> Ranking:
    """Rank candidates as they come from a stream.

    Parameters
    ----------
    question : Question
        Nothing that it asks needs the whole pool, see `needs_whole`.
    evidence : Evidence
        Of the first candidates, under the conditions that hold for all.
    samples : iterable of Sample
        All candidates.
    report : Report
        What reading them meets.
    name : str
        Of the pool.
    processes : int, optional
        How many work; by default one for each core that may be used.
    share : Share, optional
        Score on a Ray cluster instead.
    resume : Path, optional
        Folder in which finished parts are kept, and found again.
    progress : callable, optional
        Called with the number of candidates scored since the last call, and with their total.
    """
    kept = None if resume is None else KeptParts(resume)
    shelf, ids, contents = Shelf(), [], []
    content = blake2b(digest_size=16)
    for sample in samples:
        shelf.add(pickle.dumps(sample, protocol=pickle.HIGHEST_PROTOCOL))
        ids.append(sample.id)
        if kept is not None:
            content.update(json.dumps(sample.to_dict(), default=repr).encode() + b"\n")
            if len(ids) % PART == 0:
                contents.append(content.hexdigest())
                content = blake2b(digest_size=16)
    contents.append(content.hexdigest())
    shelf.settle()

    def at(place: int) -> Sample:
        found: Sample = pickle.loads(shelf[place])
        return found

    compares = _NOVELTY in question.asked
    if compares:
        evidence.learn_from(_Problems(at, len(ids)))
        _ = evidence.overlap
    _ = evidence.targets, evidence.demand
    rows, parts = Shelf(), []
    work = Work(question, evidence, shelf, compares)
    keys = []
    if kept is not None:
        _ = evidence.instructions
        digest = conditions(question, evidence)
        keys = [f"{digest[:16]}-{one}" for one in contents]
    for part in _parts(work, len(ids), processes, share, progress, kept, keys):
        rows.extend(part.rows, part.lengths)
        parts.append(replace(part, rows=b"", lengths=[]))
    rows.settle()
    whole = evidence.of_part(Pool((), name, report))
    whole.__dict__.update({n: getattr(evidence, n) for n in ("instructions",) if compares})
    whole.rates_notes = list(dict.fromkeys(note for part in parts for note in part.rates_notes))
    return _assembled(question, whole, _Read(at, rows), ids, parts)


class _Problems(Sequence[str]):
    """The problems on a shelf."""

    def __init__(self, at: Callable[[int], Sample], n: int) -> None:
        self._at, self._n = at, n

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._at(one).problem for one in range(self._n)[place]]
        return self._at(range(self._n)[place]).problem


def _parts(
    work: Work,
    n: int,
    processes: int | None,
    share: Share | None,
    progress: Progress | None,
    kept: KeptParts | None,
    keys: Sequence[str],
) -> Iterator[ScoredPart]:
    """Yield the scored parts in the order of the pool; bounded in what waits."""
    bounds = [(first, min(first + PART, n)) for first in range(0, n, PART)]
    processes = min(processes or cores(), len(bounds))
    advance = progress or (lambda done, total: None)
    context = on_this_machine(work, processes) if share is None else on_ray(work, share)
    with context as scorers:
        waiting: dict[int, Future[ScoredPart]] = {}
        ready: dict[int, ScoredPart] = {}
        next_one = 0
        for number, (first, last) in enumerate(bounds):
            while next_one < len(bounds) and len(waiting) < scorers.ahead():
                found = None if kept is None else kept.get(keys[next_one])
                if found is None:
                    waiting[next_one] = scorers.submit(bounds[next_one])
                else:
                    ready[next_one] = found
                next_one += 1
                if len(ready) > scorers.ahead():
                    break
            if number not in ready:
                while not waiting[number].done():
                    wait(waiting.values(), return_when=FIRST_COMPLETED)
                ready[number] = waiting.pop(number).result()
                if kept is not None:
                    kept.put(keys[number], ready[number])
            yield ready.pop(number)
            advance(last - first, n)


@dataclass(frozen=True)
class _Read:
    """Candidates and their columns, by place."""

    sample: Callable[[int], Sample]
    rows: Shelf


def _assembled(
    question: Question, evidence: Evidence, read: _Read, ids: list[str], parts: list[ScoredPart]
) -> Ranking:
    """Put the parts together: copies across them, the order, the notes."""
    import numpy as np

    def joined(name: str) -> "numpy.ndarray":
        return np.concatenate([getattr(part, name) for part in parts])

    keys, stops = joined("keys"), joined("stops")
    novelty: Scores | None = None
    compared = [part.compared for part in parts if part.compared is not None]
    if compared:
        novelty = Novelty().joined(evidence, Compared.joined(compared), ids, read.sample)
        assert novelty.stops is not None
        stops |= novelty.stops
        if question.column == _NOVELTY:
            keys = np.asarray(novelty.values, dtype=float)
        elif question.column == "score":
            keys = np.where(novelty.stops, np.nan, keys)  # what a gate stops has no score
    if np.isnan(keys).all():
        raise question.no_numbers()
    signed = question.sign * keys
    order = in_order(stops, joined("later"), signed, joined("then"), ids, {})
    row = kept_rows(_rows(question, read, novelty))
    names = _names(question, parts, novelty)
    columns: dict[str, Sequence[Any]] = {
        "rank": range(1, len(ids) + 1),
        "id": [ids[place] for place in order.tolist()],
    }
    for name in names:
        columns.setdefault(name, Ordered(_cell(row, name), order))
    if question.column in (*question.selectors, "score"):
        columns[question.column] = [None if v != v else v for v in keys[order].tolist()]
    aside = {name: kept for part in parts for name, kept in part.aside.items()}
    ranking = Ranking(
        samples=Ordered(read.sample, order),
        columns=columns,
        sorted_by=sorted_by(question),
        total=len(ids),
        aside={name: aside[name] for name in columns if name in aside},
        _pool=evidence.pool,
    )
    learned = Learned(joined("learned"), [TIERS[place] for place in joined("tiers").tolist()], [])
    skills_from = [GUESSED if one else _NAMED for one in joined("guessed").tolist()]
    first_of = first_of_copies(None if novelty is None else novelty.copy_of, stops, ids)
    said = _added(question, parts, novelty)
    return finished(question, evidence, ranking, said, learned, skills_from, stops, first_of)


def _rows(
    question: Question, read: _Read, novelty: Scores | None
) -> Callable[[int], Mapping[str, Any]]:
    """Return the function that reads the columns of a candidate by place."""
    place_of_novelty = reason_places(question.selectors).get(_NOVELTY, 0)

    def row(place: int) -> Mapping[str, Any]:
        columns, parts = json.loads(read.rows[place].decode("utf-8", "surrogatepass"))
        if novelty is not None:
            columns[_NOVELTY] = float(novelty.values[place])
            columns.update((name, values[place]) for name, values in novelty.columns.items())
            if novelty.stops is not None and novelty.stops[place]:
                columns["score"] = None
            if novelty.reasons[place]:
                parts.append((rank_of(novelty, place), place_of_novelty, novelty.reasons[place]))
        columns["reasons"] = joined_reasons(map(tuple, parts))
        return columns  # type: ignore[no-any-return]

    return row


def _cell(row: Callable[[int], Mapping[str, Any]], name: str) -> Callable[[int], Any]:
    return lambda place: row(place).get(name)


def _names(question: Question, parts: Sequence[ScoredPart], novelty: Scores | None) -> list[str]:
    """Return the names of all columns, in the order of `ranking.score`."""
    found = dict.fromkeys(name for part in parts for name in part.names)
    if novelty is not None:
        found |= dict.fromkeys((_NOVELTY, *novelty.columns))
    first = [name for name in first_columns(question) if name in found]
    values = [name for name in question.selectors if name in found]
    own = [name for one in question.selectors.values() for name in one.columns if name in found]
    others = [name for name in found if name not in {*first, *values, *own}]
    return list(dict.fromkeys((*first, *others, *values, *own)))


def _added(
    question: Question, parts: Sequence[ScoredPart], novelty: Scores | None
) -> Iterator[str | Count]:
    """Yield the notes of the selectors, counts of all parts added."""
    by_selector: dict[str, dict[str, int | None]] = {name: {} for name in question.selectors}
    for part in parts:
        for name, note in part.notes:
            known = by_selector[name]
            if isinstance(note, Count):
                known[note.text] = (known.get(note.text) or 0) + note.n
            else:
                known[note] = None
    for name, notes in by_selector.items():
        if name == _NOVELTY and novelty is not None:
            yield from novelty.notes
        for text, n in notes.items():
            yield text if n is None else Count(text, n)
