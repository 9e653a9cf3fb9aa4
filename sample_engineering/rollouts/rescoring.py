"""Grading stored completions anew: with another form, tolerance or gold, nothing sampled again."""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from sample_engineering.errors import ConfigError, GoldError, PoolError
from sample_engineering.files import finite, write_whole
from sample_engineering.grading import Extraction, Gold, Grade, extract, grade_batch
from sample_engineering.grading.columns import OPTION_COLUMNS, golds_of
from sample_engineering.grading.extraction import find_form
from sample_engineering.grading.grader import check_options, judge
from sample_engineering.rollouts.joining import Joiner
from sample_engineering.rollouts.logs import PathLike, find_logs
from sample_engineering.rollouts.opening import open_logs
from sample_engineering.rollouts.prompts import problem_in
from sample_engineering.rollouts.rescored import KEPT_FLIPS, Flip, ProblemCount, Rescored
from sample_engineering.rollouts.rewards import Meaning, Seen, given_meaning, meaning_of
from sample_engineering.rollouts.rollout import Asked, LogFile, Rollout
from sample_engineering.rollouts.run_rows import run_form
from sample_engineering.sample import ANSWER_KINDS, Sample
from sample_engineering.text import storable

NEW_REWARD = "rescored"
_FORM = "auto"
# Completions graded at a time: from here on `grade_batch` uses all processors.
_BATCH = 20_000
_BATCH_CHARACTERS = 64 << 20
_RIGHT = 0.5  # the least share that counts as right where rewards are shares
_NAMED = 60


@dataclass(frozen=True)
class Grading:
    """How completions are graded, see `grading.grade`; what a row or a candidate declares wins."""

    kind: str | None = None
    unit: str | None = None
    tolerance: float | None = None
    form: str | None = None
    units_allowed: bool = True


def rescore_logs(
    places: PathLike | Iterable[PathLike],
    out: PathLike | None = None,
    pool: Iterable[Sample] | None = None,
    *,
    grading: Grading | None = None,
    flips: PathLike | None = None,
    reward: str | None = None,
    step: str | None = None,
    id: str | None = None,
    threshold: float | None = None,
    scale: tuple[float, float] | None = None,
    on_error: str = "skip",
) -> Rescored:
    """Grade the completions in logs anew, and say which verdicts flip.

    Parameters
    ----------
    places : path or iterable of paths
        See `histories.read_histories`.
    out : path-like, optional
        JSONL file for the rows with ``rescored`` (1.0, 0.0, null where the gold cannot be read; a
        list where a row holds several), ``rescored_rule`` and ``rescored_extracted`` added.
    pool : samples, optional
        Whose golds count for the rows of its problems.
    grading : Grading, optional
    flips : path-like, optional
        JSONL file for all flips.
    reward, step, id, threshold, scale, on_error
        See `histories.read_histories`.

    Raises
    ------
    PoolError
        If nothing can be read, or there is no completion or no gold answer at all.
    ConfigError
        If an option cannot be used.
    """
    grading = Grading() if grading is None else grading
    check_options(grading.kind, grading.unit, grading.tolerance)
    if grading.form is not None:
        find_form(grading.form)
    given = given_meaning(scale, threshold)
    inputs = {log.path.resolve() for log in find_logs(places)}
    for name, place in (("out", out), ("flips", flips)):
        if place is not None and Path(place).resolve() in inputs:
            raise ConfigError(f"{place} is one of the logs; choose another for `{name}`")
    if out is not None and flips is not None and Path(out).resolve() == Path(flips).resolve():
        raise ConfigError(f"{out} is the file of `out`; choose another for `flips`")
    joiner = None if pool is None else Joiner(pool)
    samples = () if joiner is None else joiner.samples
    asked = Asked(
        reward,
        step,
        id,
        completions=True,
        rates=True,
        known=frozenset(joiner.ids) if joiner else frozenset(),
        on_error=on_error,
    )
    meanings = {} if given else _meanings(places, asked)
    with (
        write_whole(out) if out is not None else nullcontext() as rows,
        write_whole(flips) if flips is not None else nullcontext() as flipped,
    ):
        work = _Rescoring(grading, joiner, samples, given, meanings, rows, flipped)
        work.result.out = None if out is None else os.fspath(out)
        for file in open_logs(places, asked, work.result.report):
            work.take(file)
        work.finish()
    return work.result


def _meanings(places: PathLike | Iterable[PathLike], asked: Asked) -> dict[str, Meaning]:
    """Look at all rewards once, to know what they mean."""
    import numpy as np

    from sample_engineering.rollouts.report import LogReport

    plain = Asked(asked.reward, asked.step, asked.id, rates=True, known=asked.known)
    seen: dict[str, tuple[Seen, bool]] = {}
    try:
        for file in open_logs(places, plain, LogReport()):
            found, _ = seen.setdefault(file.reward, (Seen(), file.rates))
            values: list[float] = []
            for item in file.items:
                if isinstance(item, Rollout):
                    values.append(item.reward)
                    if len(values) >= _BATCH:
                        found.add(np.array(values))
                        values.clear()
            found.add(np.array(values))
    except PoolError:
        if not seen:  # no rewards at all: then there is nothing to compare with
            return {}
        raise
    return {
        name: meaning_of(found, name, rates=rates, alone=False)
        for name, (found, rates) in seen.items()
    }


@dataclass(slots=True)
class _Piece:
    """A completion with what it is graded against."""

    rollout: Rollout
    golds: Sequence[Gold]
    written: str
    fault: str
    name: str
    before: bool | None


class _Rescoring:
    """Completions on their way to a verdict, some thousand at a time."""

    def __init__(
        self,
        grading: Grading,
        joiner: Joiner | None,
        samples: Sequence[Sample],
        given: Meaning | None,
        meanings: dict[str, Meaning],
        rows: IO[Any] | None,
        flips: IO[Any] | None,
    ) -> None:
        self.grading, self.joiner, self.samples = grading, joiner, samples
        self.given, self.meanings = given, meanings
        self.rows, self.flips = rows, flips
        self.result = Rescored()
        self._waiting: list[_Piece] = []
        self._size = 0
        self._file: LogFile | None = None
        self._form = _FORM
        self._any_completion = False

    def take(self, file: LogFile) -> None:
        """Grade the completions of a file."""
        if file.columns is None or file.columns.completion is None:
            self.result.report.passed_over.append(str(file.log.path))
            for _ in file.items:
                break
            return
        self._any_completion = True
        self._file = file
        self._form = self.grading.form or run_form(file.log.path) or _FORM
        meaning = self.given or self.meanings.get(file.reward)
        if meaning is not None and file.reward:
            self.result.report.means(file.reward, meaning.words)
        for item in file.items:
            if not isinstance(item, Rollout):
                continue
            full = len(self._waiting) >= _BATCH or self._size >= _BATCH_CHARACTERS
            if item.part == 0 and full:
                self._grade()
            self.result.report.rows += 1
            self._waiting.append(self._piece(item, meaning))
            self._size += len(item.completion or "")
        self._grade()

    def finish(self) -> None:
        """Check that there was something to grade."""
        result = self.result
        if not self._any_completion:
            raise PoolError(
                "the log holds no completions (looked for completion, response, output ...); give "
                "rollouts with their texts"
            )
        result.report.matched(self.joiner)
        if not result.graded:
            mend = "give the candidates in `pool`"
            if self.joiner is not None:
                mend = "give the pool of these problems"
            if result.unreadable_golds:
                mend = "give `kind`, or a pool with golds that can be read"
            raise PoolError(
                f"no completion could be graded ({result.no_gold:,} without a gold answer, "
                f"{result.unreadable_golds:,} with one that cannot be read); {mend}"
            )

    def _piece(self, item: Rollout, meaning: Meaning | None) -> _Piece:
        import numpy as np

        before = None
        if meaning is not None and item.reward == item.reward:
            share = float(meaning.of(np.array([item.reward]))[0])
            before = None if share != share else share >= _RIGHT
        place = None if self.joiner is None else self.joiner.find(item.ids, item.text)
        sample = None if place is None else self.samples[place]
        name = item.id or problem_in(item.text or "")[:_NAMED]
        fault, golds = "", []
        written: Any = item.gold
        if sample is not None:
            name, written = sample.id, sample.answer
        if written is None:
            fault = "no gold"
        else:
            try:
                golds = golds_of(written, self._options(item, sample), self._problem(item, sample))
            except GoldError as error:
                fault = str(error)
        return _Piece(item, golds, str(written), fault, name, before)

    def _options(self, item: Rollout, sample: Sample | None) -> dict[str, Any]:
        """How the gold is to be read: as the candidate or the row says, else as asked."""
        asked = {
            "kind": self.grading.kind,
            "unit": self.grading.unit,
            "tolerance": self.grading.tolerance,
            "units_allowed": self.grading.units_allowed,
        }
        if sample is not None:
            told: dict[str, Any] = {name: getattr(sample, name, None) for name in OPTION_COLUMNS}
            told["units_allowed"] = sample.extra.get("units_allowed")
        else:
            record = item.record or {}
            told = {name: record.get(name) for name in OPTION_COLUMNS}
            if told["kind"] not in ANSWER_KINDS:
                told["kind"] = None
        return asked | {name: value for name, value in told.items() if value not in (None, "")}

    def _problem(self, item: Rollout, sample: Sample | None) -> str | None:
        if sample is not None:
            return sample.problem
        return None if item.text is None else problem_in(item.text)

    def _grade(self) -> None:
        """Grade what waits, count it, and write its rows."""
        started = perf_counter()
        waiting, self._waiting, self._size = self._waiting, [], 0
        verdicts = self._verdicts(waiting)
        self.result.seconds += perf_counter() - started
        row: list[_Piece] = []
        for piece in waiting:
            self._count(piece, verdicts.get(id(piece)))
            if row and piece.rollout.part == 0:
                self._write(row, verdicts)
                row = []
            row.append(piece)
        if row:
            self._write(row, verdicts)

    def _verdicts(self, waiting: Sequence[_Piece]) -> dict[int, Grade]:
        """Grade each final answer once, however many completions of a problem give it."""
        verdicts: dict[int, Grade] = {}
        alike: dict[tuple[Extraction, Gold], list[_Piece]] = {}
        for piece in waiting:
            if not piece.golds:
                continue
            found = extract(piece.rollout.completion or "", self._form)
            if len(piece.golds) == 1:
                alike.setdefault((found, piece.golds[0]), []).append(piece)
                continue
            several = [judge(gold, found) for gold in piece.golds]
            verdicts[id(piece)] = next((one for one in several if one.correct), several[0])
        texts = [pieces[0].rollout.completion or "" for pieces in alike.values()]
        grades = grade_batch(texts, [gold for _, gold in alike], form=self._form)
        for pieces, grade in zip(alike.values(), grades, strict=True):
            for piece in pieces:
                verdicts[id(piece)] = grade
        return verdicts

    def _count(self, piece: _Piece, grade: Grade | None) -> None:
        result = self.result
        if grade is None:
            if piece.fault == "no gold":
                result.no_gold += 1
            else:
                result.unreadable_golds += 1
                assert self._file is not None
                place = f"{self._file.log.path}:{piece.rollout.line}"
                if result.unreadable_golds == 1:
                    result.notes.append(f"first gold that cannot be read, {place}: {piece.fault}")
            return
        result.graded += 1
        result.timed_out += grade.timed_out
        result.rules[grade.rule] += 1
        count = result.problems.setdefault(piece.name, ProblemCount())
        count.n += 1
        count.right_after += grade.correct
        if piece.before is None:
            return
        result.compared += 1
        result.right_before += piece.before
        result.right_after += grade.correct
        count.right_before += piece.before
        if piece.before == grade.correct:
            return
        if grade.correct:
            result.wrong_to_right += 1
            count.wrong_to_right += 1
        else:
            result.right_to_wrong += 1
            count.right_to_wrong += 1
        self._flip(piece, grade)

    def _flip(self, piece: _Piece, grade: Grade) -> None:
        assert self._file is not None
        flip = Flip(
            str(self._file.log.path),
            piece.rollout.line,
            piece.rollout.part,
            piece.name,
            piece.rollout.reward,
            grade.correct,
            grade.rule,
            grade.extracted,
            piece.written,
        )
        if len(self.result.flips) < KEPT_FLIPS:
            self.result.flips.append(flip)
        if self.flips is not None:
            self.flips.write(_line(asdict(flip)))

    def _write(self, row: Sequence[_Piece], verdicts: dict[int, Grade]) -> None:
        if self.rows is None:
            return
        assert self._file is not None
        grades = [verdicts.get(id(piece)) for piece in row]
        added: dict[str, Any] = {
            NEW_REWARD: [None if grade is None else float(grade.correct) for grade in grades],
            f"{NEW_REWARD}_rule": [
                piece.fault if grade is None else grade.rule
                for piece, grade in zip(row, grades, strict=True)
            ],
            f"{NEW_REWARD}_extracted": [
                None if grade is None else grade.extracted for grade in grades
            ],
        }
        whole = row[0].rollout.record or {}
        columns = self._file.columns
        listed = columns is not None and columns.completion is not None and len(row) > 1
        if not listed:
            added = {name: values[0] for name, values in added.items()}
        if columns is None or columns.step is None:
            added["step"] = self._file.log.step
            if added["step"] is None:
                added["step"] = self._file.log.order
        self.rows.write(_line({**whole, **added}))


def _line(record: dict[str, Any]) -> str:
    return storable(json.dumps(finite(record), ensure_ascii=False, default=str)) + "\n"
