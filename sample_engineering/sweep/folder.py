"""The folder of a sweep: everything that it did, written so that it goes on after any accident.

``plan.json``
    The candidates in the order of their ranking, and the numbers of the plan.
``pool.jsonl``
    What control arms draw from, where any does.
``base``
    A run folder with the evaluation of the base model; it also says how candidates are validated.
``runs/NNN-ID``
    The run folder of a candidate, as of `se validate`. What is done of it is read there.
``journal.jsonl``
    One line for each end of a piece, and for each candidate that was judged.
``chosen.json``
    The sample of the greatest lower end.
``sweep.json``
    The result.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.files import Journal, write_json, write_whole
from sample_engineering.runs import RunFolder
from sample_engineering.runs.claims import claim
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN, RESULT
from sample_engineering.runs.free import check_free
from sample_engineering.runs.planned import plan_in, unfinished
from sample_engineering.sample import Sample
from sample_engineering.sweep.plan import BASE, THE_BASE, Piece, SweepPlan
from sample_engineering.sweep.result import Standing
from sample_engineering.trainers.plan import ValidationPlan

FORMAT_VERSION = 1
PLAN, JOURNAL, CHOSEN, FINISHED = "plan.json", "journal.jsonl", "chosen.json", "sweep.json"
POOL = "pool.jsonl"
_PATIENCE = 5.0  # seconds; a process that was killed takes a moment to end


class SweepFolder:
    """The folder of a sweep that is written to.

    Parameters
    ----------
    plan : SweepPlan
    """

    def __init__(self, plan: SweepPlan) -> None:
        self.plan, self.path = plan, plan.out
        self._claim: Callable[[], object] | None = None
        self._journal: Journal | None = None

    @classmethod
    def create(cls, plan: SweepPlan) -> "SweepFolder":
        """Make the folder of a new sweep.

        Raises
        ------
        RunError
            If it holds something already, or cannot be written to.
        """
        check_free(plan.out, "sweep")
        folder = cls(plan)
        own = replace(plan.validation, sample=plan.candidates[0], out=plan.base)
        RunFolder.share(plan.base, own.to_config(), own.to_inputs()).close()
        if plan.validation.pool:
            with write_whole(folder.path / POOL) as stream:
                for sample in plan.validation.pool:
                    stream.write(json.dumps(sample.to_dict(), ensure_ascii=False) + "\n")
        # Last: a folder without it is no sweep.
        write_json(folder.path / PLAN, {"format": FORMAT_VERSION, **plan.to_record()})
        folder._open()
        return folder

    @classmethod
    def reopen(cls, plan: SweepPlan) -> "SweepFolder":
        """Open the folder of a sweep to go on; RunError if another process writes to it."""
        folder = cls(plan)
        folder._open()
        return folder

    def _open(self) -> None:
        self._claim = claim(self, self.path, patience=_PATIENCE)
        self._journal = Journal(self.path / JOURNAL)

    def note(self, **entry: Any) -> None:
        """Append a line to the journal."""
        assert self._journal is not None
        self._journal.append(entry)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The lines of the journal; RunError if it is damaged."""
        assert self._journal is not None
        try:
            return list(self._journal.entries())
        except ValueError as error:
            raise RunError(
                f"{self.path / JOURNAL} is damaged ({error}); move it away and go on: only what "
                "was judged is judged anew"
            ) from error

    # What is done of a piece is what its run folder says.

    def run_of(self, piece: Piece) -> Path:
        """Return the run folder of a piece; a candidate's is made, with the base's evaluation."""
        if piece == THE_BASE:
            return self.plan.base
        own = self.plan.plan_of(piece.candidate)
        there = RunFolder(own.out, writes=False)
        # A kill may have come between the folder and an evaluation.
        lacking = [one for one in own.readings if there.evaluation(BEFORE, reading=one) is None]
        if lacking:
            base = RunFolder(self.plan.base, writes=False)
            folder = RunFolder.share(own.out, own.to_config(), own.to_inputs())
            try:
                for reading in lacking:
                    found = base.evaluation(BEFORE, reading=reading)
                    assert found is not None
                    folder.add_evaluation(found, BEFORE)
            finally:
                folder.close()
        return own.out

    def done(self, number: int) -> dict[Piece, bool]:
        """Return the pieces of a candidate, or the base, that were trained and evaluated.

        Returns
        -------
        dict of Piece to bool
            Whether a piece taught something; the base is said to.
        """
        plan = self.plan.validation if number == BASE else self.plan.plan_of(number)
        run = _Run(plan, self.plan.base if number == BASE else plan.out)
        pieces = [THE_BASE] if number == BASE else self.plan.pieces(number)
        return {one: number == BASE or run.taught(one) for one in pieces if run.is_done(one)}

    def is_done(self, piece: Piece) -> bool:
        """Whether a piece was trained and evaluated."""
        return piece in self.done(piece.candidate)

    def standing(self, number: int) -> Standing | None:
        """Return what a candidate is worth by the seeds that it was trained with so far."""
        plan = self.plan.plan_of(number)
        run = _Run(plan, plan.out)
        before = run.evaluation(BEFORE, 0)
        if before is None:
            return None
        mains = [Piece(number, MAIN, seed) for seed in plan.seeds]
        found = [run.evaluation(MAIN, one.seed) for one in mains if run.is_done(one)]
        if not found:
            return None
        effect = compare(before, [before if one is None else one for one in found]).overall
        return Standing(
            seeds=len(found),
            trained=sum(one is not None for one in found),
            before=effect.before,
            after=effect.after,
            lift=effect.lift,
            ci_low=effect.ci_low,
            ci_high=effect.ci_high,
        )

    def finish(self, chosen: Sample | None, record: Mapping[str, Any]) -> None:
        """Write what was chosen, then the result."""
        if chosen is not None:
            write_json(self.path / CHOSEN, chosen.to_dict())
        write_json(self.path / FINISHED, {"format": FORMAT_VERSION, **record})

    def close(self) -> None:
        """Let others write; what was written stays."""
        if self._journal is not None:
            self._journal.close()
        if self._claim is not None:
            self._claim()


class _Run:
    """A run folder, of which only that is read, and once, which says what of it is done."""

    def __init__(self, plan: ValidationPlan, place: Path) -> None:
        self.plan = plan
        self._folder = RunFolder(place, writes=False)
        self._there = (place / CONFIG).exists()
        self._joined = (place / RESULT).exists()
        self._arms = {(arm.name, arm.seed): arm for arm in plan.pieces} if self._there else {}

    def is_done(self, piece: Piece) -> bool:
        if not self._there or self._joined:
            return self._there
        arm = self._arms.get((piece.arm, piece.seed))
        if arm is None:
            return False
        if arm.trains:
            record = self._folder.training(piece.arm, piece.seed).record
            if record is None or not record.trained:
                return record is not None
        return all(
            self._folder.evaluation(piece.arm, piece.seed, reading) is not None
            for reading in self.plan.readings_of(arm)
        )

    def taught(self, piece: Piece) -> bool:
        """Whether a training that is done taught something."""
        if self._joined:
            return self.evaluation(piece.arm, piece.seed) is not None
        record = self._folder.training(piece.arm, piece.seed).record
        return record is not None and record.trained

    def evaluation(self, arm: str, seed: int) -> Evaluation | None:
        """Return the evaluation that the headline is of."""
        if not self._there:
            return None
        return self._folder.evaluation(arm, seed, self.plan.headline)


def read_plan(path: Path, device: str | None = None) -> SweepPlan:
    """Return the plan of a sweep, to go on with it.

    Parameters
    ----------
    path : Path
        Its folder.
    device : str, optional
        Another device than before.

    Raises
    ------
    RunError
        If there is no sweep, it is finished, or its files are damaged.
    """
    place = unfinished(path, PLAN, FINISHED, "sweep")
    with plan_in(place, FORMAT_VERSION, "sweep") as record:
        base = ValidationPlan.from_folder(path / "base", device)
        return SweepPlan(
            candidates=[Sample.from_dict(one) for one in record["candidates"]],
            # Control arms are of a candidate, and are drawn anew for each.
            validation=replace(base, resume=False, drawn=(), pool=_pool(path / POOL)),
            out=path,
            halving=int(record["halving"]),
            retries=int(record["retries"]),
            notes=tuple(map(str, record["notes"])),
        )


def _pool(path: Path) -> tuple[Sample, ...]:
    if not path.exists():
        return ()
    with path.open(encoding="utf-8") as stream:
        return tuple(Sample.from_dict(json.loads(line)) for line in stream)
