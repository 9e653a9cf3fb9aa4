"""The loop: give pieces to the crew, take what came of them, until nothing is left to do."""

import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from statistics import fmean

from sample_engineering.errors import ConfigError, RunError, SampleEngineeringError
from sample_engineering.runs.format import RESULT
from sample_engineering.sweep.crew import Crew, Job, Outcome
from sample_engineering.sweep.folder import SweepFolder
from sample_engineering.sweep.plan import BASE, RUNS, THE_BASE, Piece, SweepPlan
from sample_engineering.sweep.result import Entry, SweepResult, in_order
from sample_engineering.sweep.schedule import Schedule
from sample_engineering.text import visible
from sample_engineering.trainers.interrupts import StopRequest, TrainingInterrupted, going_on
from sample_engineering.trainers.plan import ProgressEvent
from sample_engineering.trainers.preflight import preflight
from sample_engineering.trainers.together import Together
from sample_engineering.trainers.validation import Tell, join_validation

_LOOK_EVERY = 1.0  # seconds
# A node that was lost takes a moment to end what ran on it, and a piece's claim with it.
_AFTER_A_LOSS = 5.0
_NOT_SEEN = (
    "it ended well, and its run folder here shows nothing: all nodes must share that storage"
)
_MOST_LOSSES = 10  # of one piece: a place that is lost so often is lost by the piece


def run_sweep(
    plan: SweepPlan, crew: Crew, progress: Tell | None = None, *, resume: bool = False
) -> SweepResult:
    """Carry out a sweep.

    Parameters
    ----------
    plan : SweepPlan
    crew : Crew
        Who trains.
    progress : callable, optional
        Called with what is going on.
    resume : bool
        Whether to go on with what lies in the folder of the plan.

    Raises
    ------
    ConfigError
        If a launcher started several processes.
    PreflightError
        If something is known beforehand that would make the trainings fail.
    RunError
        If the folder cannot be used, or the base model cannot be evaluated.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    if Together.here().several:
        raise ConfigError("a sweep starts its own processes; start it without a launcher")
    if resume:
        folder = SweepFolder.reopen(plan)
    else:
        preflight(plan.plan_of(0)).require()
        folder = SweepFolder.create(plan)
    with going_on(plan.out, "sweep", folder.close), crew:
        sweep = _Sweep(plan, folder, crew, progress)
        sweep.take_up()
        sweep.carry_on()
        return sweep.conclude()


class _Sweep:
    def __init__(self, plan: SweepPlan, folder: SweepFolder, crew: Crew, tell: Tell | None) -> None:
        self.plan, self.folder, self.crew, self._tell = plan, folder, crew, tell
        self.schedule = Schedule(plan)
        self._running = 0
        self._tried: Counter[Piece] = Counter()
        self._lost: Counter[Piece] = Counter()
        self._later: list[tuple[float, Piece]] = []
        self._seconds = 0.0
        self._trained = 0
        self._training_seconds: list[float] = []  # of trainings that were done to the end

    def take_up(self) -> None:
        """Learn from the folder what an earlier call did."""
        judged = []
        for entry in self.folder.entries:
            if "judged" not in entry:
                self._count(
                    Piece(int(entry["candidate"]), str(entry["arm"]), int(entry["seed"])),
                    float(entry["seconds"]),
                    done=entry["failure"] is None,
                )
            else:
                judged.append(
                    (
                        *(int(entry["judged"]), int(entry["seeds"])),
                        # Sweeps of older versions did not keep the lift.
                        *(float(entry["value"]), float(entry.get("lift", 0.0))),
                    )
                )
        if self.folder.is_done(THE_BASE):
            self.schedule.finish(THE_BASE)
            for number in range(len(self.plan.candidates)):
                for piece, taught in self.folder.done(number).items():
                    self._done(piece, taught)
        # In the order in which they came: whether one goes on depends on those before it.
        for number, seeds, value, lift in judged:
            self.schedule.judge(number, seeds, value, lift)
        for number in range(len(self.plan.candidates)):
            self._judge(number, {(n, s) for n, s, _, _ in judged})
            self._join(number)

    def carry_on(self) -> None:
        """Do all that there is to do."""
        stop = StopRequest(self._warn)
        with stop.listening():
            while True:
                self._start()
                if not self._running and not self._later and self.schedule.over:
                    return
                for outcome in self.crew.wait(_LOOK_EVERY):
                    self._running -= 1
                    self._take(outcome)
                if stop:
                    raise TrainingInterrupted("interrupted")

    def _start(self) -> None:
        now = time.monotonic()
        for due, piece in list(self._later):
            if due <= now:
                self._later.remove((due, piece))
                self.schedule.put_back(piece)
        while self._running < self.crew.places:
            ready = self.schedule.next()
            if ready is None:
                return
            self.schedule.begin(ready)
            run = self.folder.run_of(ready)
            device = self.plan.validation.options.device
            self.crew.start(Job(ready, str(run.resolve()), device))
            self._running += 1
            self._say(f"begun: {self._name(ready)}")

    def _take(self, outcome: Outcome) -> None:
        piece = outcome.piece
        done = self.folder.done(piece.candidate) if outcome.failure is None else {}
        if outcome.failure is None and piece not in done:
            outcome = replace(outcome, failure=_NOT_SEEN)
        self._count(piece, outcome.seconds, done=outcome.failure is None)
        self.folder.note(
            candidate=piece.candidate, arm=piece.arm, seed=piece.seed, seconds=outcome.seconds,
            failure=outcome.failure, lost=outcome.lost,
        )  # fmt: skip
        if outcome.failure is None:
            self._done(piece, done[piece])
            self._judge(piece.candidate, set())
            self._say(f"done: {self._name(piece)}, {outcome.seconds:.0f} s{self._worth(piece)}")
            self._join(piece.candidate)
            return
        counted, most = (
            (self._lost, _MOST_LOSSES) if outcome.lost else (self._tried, self.plan.retries)
        )
        counted[piece] += 1
        if counted[piece] <= most:
            told = f"{self._name(piece)} ({outcome.failure})"
            self._warn(f"warning: begun again, for it was not done: {told}")
            self._later.append((time.monotonic() + _AFTER_A_LOSS, piece))
            return
        if piece == THE_BASE:
            raise RunError(f"the base model cannot be evaluated: {outcome.failure}")
        self.schedule.fail(piece, outcome.failure)
        self._warn(f"warning: given up: {self._name(piece)} ({outcome.failure})")

    def _count(self, piece: Piece, seconds: float, *, done: bool) -> None:
        self._seconds += seconds
        if done and self.plan.trains(piece):
            self._training_seconds.append(seconds)

    def _done(self, piece: Piece, taught: bool) -> None:
        self.schedule.finish(piece, taught)
        self._trained += self.plan.trains(piece)

    def _judge(self, number: int, known: set[tuple[int, int]]) -> None:
        """Let halving say whether a candidate goes on, once its next seed is done."""
        if number == BASE or not self.plan.halving:
            return
        candidate = self.schedule.candidates[number]
        seeds = candidate.trained
        if not 0 < seeds < len(candidate.mains) or candidate.stopped or (number, seeds) in known:
            return
        standing = self.folder.standing(number)
        assert standing is not None
        self.folder.note(judged=number, seeds=seeds, value=standing.ci_low, lift=standing.lift)
        if not self.schedule.judge(number, seeds, standing.ci_low, standing.lift):
            self._say(f"stopped: {visible(self.plan.candidates[number].id)}, others are ahead")

    def _join(self, number: int) -> None:
        """Write the result of a candidate that is whole."""
        if number == BASE or not self.schedule.candidates[number].whole:
            return
        own = self.plan.plan_of(number)
        if not (own.out / RESULT).exists():
            from sample_engineering.report import write_report

            join_validation(own)
            with suppress(SampleEngineeringError):  # a page is not worth losing a sweep
                write_report(own.out)

    def conclude(self) -> SweepResult:
        """Write and return what was found."""
        entries = in_order([self._entry(n) for n in range(len(self.plan.candidates))])
        by_id = {sample.id: sample for sample in self.plan.candidates}
        best = entries[0]
        saved = self._saved
        each = fmean(self._training_seconds) if self._training_seconds else 0.0
        result = SweepResult(
            plan=self.plan,
            entries=entries,
            chosen=by_id[best.id] if best.state == "validated" else None,
            trainings=self._trained,
            seconds=round(self._seconds, 1),
            lost=sum(self._lost.values()),
            saved=saved,
            saved_seconds=round(saved * each, 1),
            holds=self.crew.holds,
        )
        self.folder.finish(result.chosen, result.to_record())
        return result

    def _entry(self, number: int) -> Entry:
        candidate, own = self.schedule.candidates[number], self.plan.plan_of(number)
        standing = self.folder.standing(number)
        if candidate.failure is not None:
            state, told = "failed", candidate.failure
        elif candidate.stopped:
            state, told = "stopped", "others were ahead"
        elif candidate.whole:
            from sample_engineering.runs import RunFolder

            found = RunFolder.open(own.out).result
            state, told = "validated", "" if found is None else found.verdict
        else:
            state, told = "untouched", ""
        return Entry(
            id=self.plan.candidates[number].id,
            rank=number + 1,
            state=state,
            standing=standing,
            verdict=told,
            run=f"{RUNS}/{own.out.name}",
        )

    def _name(self, piece: Piece) -> str:
        if piece == THE_BASE:
            return "the base model's evaluation"
        sample = visible(self.plan.candidates[piece.candidate].id)
        return f"{sample}, {piece.arm}, seed {piece.seed}"

    def _worth(self, piece: Piece) -> str:
        if not piece.of_sample or (found := self.folder.standing(piece.candidate)) is None:
            return ""
        return f"; so far {100 * found.lift:+.1f} points, at least {100 * found.ci_low:+.1f}"

    @property
    def _saved(self) -> int:
        """Trainings that halving left out so far."""
        return sum(map(self.plan.trains, self.schedule.not_run))

    def _say(self, message: str) -> None:
        if self._tell is not None:
            total = self.plan.trainings - self._saved
            event = ProgressEvent("sweep", done=self._trained, total=total, message=message)
            self._tell(event)

    def _warn(self, message: str) -> None:
        if self._tell is not None:
            self._tell(ProgressEvent("notice", message=message))
