"""Grade many completions, on several processors where that pays."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from sample_engineering.errors import ConfigError, GoldError
from sample_engineering.grading.columns import golds_of
from sample_engineering.grading.extraction import extract, find_form
from sample_engineering.grading.grader import Grade, grade
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.grading.workers import engine, limits
from sample_engineering.grading.workers.process import INSIDE_WORKER, Worker

# Starting a worker costs about as much as grading this many answers in this process.
PARALLEL_FROM = 20_000
# Answers sent to a worker at a time; a kill repeats none of them.
_CHUNK = 64


def grade_batch(
    predictions: Sequence[str],
    golds: Sequence[str | Gold],
    *,
    form: str = "boxed",
    workers: int | None = None,
) -> list[Grade]:
    """Grade many completions, each against its gold.

    Parameters
    ----------
    predictions : sequence of str
        The completions.
    golds : sequence of str or Gold
        One gold answer per completion; numbers and numpy's texts count as their texts.
    form : str
        See `extraction.extract`.
    workers : int, optional
        Worker processes; 1 grades in this process, None uses all processors for large batches. The
        grades are the same however many there are.

    Returns
    -------
    list of Grade
        In the order of the predictions.

    Raises
    ------
    GoldError
        If a gold cannot be read, before anything is graded.
    ConfigError
        If the lengths differ, or `form` or `workers` cannot be used.
    """
    if len(predictions) != len(golds):
        raise ConfigError(
            f"{len(predictions)} predictions but {len(golds)} golds; give one gold per prediction"
        )
    find_form(form)
    if workers is not None and workers < 1:
        raise ConfigError(f"`workers` is {workers}; use 1 or more")
    predictions = list(predictions)
    read = [gold if isinstance(gold, Gold) else _read(gold) for gold in golds]
    if workers is None:
        workers = os.cpu_count() or 1 if len(read) >= PARALLEL_FROM else 1
    workers = min(workers, len(read))
    if workers <= 1 or os.environ.get(INSIDE_WORKER):
        return [grade(text, gold, form=form) for text, gold in zip(predictions, read, strict=True)]
    pieces = [
        _Piece(start, predictions[start : start + _CHUNK], read[start : start + _CHUNK], form)
        for start in range(0, len(read), _CHUNK)
    ]
    grades: list[Grade] = [None] * len(read)  # type: ignore[list-item]
    pool = engine.workers(workers)
    with ThreadPoolExecutor(workers) as threads:
        shares = [pieces[index::workers] for index in range(workers)]
        done = [threads.submit(_grade_share, pool[i], share) for i, share in enumerate(shares)]
        for future in done:
            for start, part in future.result():
                grades[start : start + len(part)] = part
    return grades


def _read(gold: Any) -> Gold:
    found = golds_of(gold, {})
    if len(found) > 1:
        raise GoldError(f"{len(found)} gold answers for one completion; give one")
    return found[0]


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    predictions: Sequence[str]
    golds: Sequence[Gold]
    form: str

    def requests(self) -> list[dict[str, Any]]:
        return [
            {
                "op": "grade",
                # Extracted here: a form that this process registered is not known to a worker, and
                # an answer is shorter than its completion.
                "found": asdict(extract(text if isinstance(text, str) else "", self.form)),
                "gold": {
                    "answer": gold.text,
                    "kind": gold.kind if gold.declared else None,
                    "unit": gold.unit,
                    "tolerance": gold.tolerance,
                    "choices": gold.choices,
                    "units_allowed": gold.units_allowed,
                    "problem": " ".join(sorted(gold.asked)) if gold.asked else None,
                },
            }
            for text, gold in zip(self.predictions, self.golds, strict=True)
        ]


def _grade_share(worker: Worker, share: list[_Piece]) -> list[tuple[int, list[Grade]]]:
    return [(piece.start, _grade_piece(worker, piece)) for piece in share]


def _grade_piece(worker: Worker, piece: _Piece) -> list[Grade]:
    requests = piece.requests()
    grades: list[Grade] = []
    while len(grades) < len(requests):
        with worker.lock:
            answers = worker.ask(requests[len(grades) :], limits.WALL_SECONDS)
        grades.extend(Grade(**answer) for answer in answers)
        if len(grades) < len(requests):
            gold = piece.golds[len(grades)]
            grades.append(
                Grade(
                    correct=False,
                    readable=False,
                    kind=gold.kind,
                    extracted=None,
                    gold_form=gold.form,
                    prediction_form=None,
                    rule="time limit",
                    seconds=limits.WALL_SECONDS,
                    timed_out=True,
                )
            )
    return grades
