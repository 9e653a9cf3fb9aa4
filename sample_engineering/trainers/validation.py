"""A validation: evaluate, train on one sample, evaluate again, compare with controls.

This is the conductor. It loads no model: trainings and evaluations are pieces that `hands` carries
out, in processes of their own, and everything between two of them lies in the run folder. So a
validation can be cut short anywhere, spread over devices, or done piece by piece by several jobs.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sample_engineering.errors import ConfigError, RunError, SampleEngineeringError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.evaluation.self_consistency import self_consistency
from sample_engineering.redaction import redacted
from sample_engineering.runs import RunFolder
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN
from sample_engineering.runs.result import TRAINED_SHARE
from sample_engineering.runs.training_folder import TrainingFolder
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.hands import ChildHands, Hands, InlineHands
from sample_engineering.trainers.interrupts import (
    StopRequest,
    TrainingInterrupted,
    write_errors_in_words,
)
from sample_engineering.trainers.nursery import kept
from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
from sample_engineering.trainers.preflight import Case, run_checks
from sample_engineering.trainers.result import ValidationResult
from sample_engineering.trainers.sharing import Cores
from sample_engineering.trainers.together import Together
from sample_engineering.trainers.watch import why_untrained
from sample_engineering.trainers.ways import VOTE

Tell = Callable[[ProgressEvent], None]
_LOOK_EVERY = 0.2  # seconds between looks of an idle device for work, and of the parent for a stop


@kept()
def run_validation(
    plan: ValidationPlan,
    progress: Tell | None = None,
) -> ValidationResult:
    """Find out what one sample is worth.

    Parameters
    ----------
    plan : ValidationPlan
    progress : callable, optional
        Called with what is going on.

    Returns
    -------
    ValidationResult

    Raises
    ------
    PreflightError
        If something is known beforehand that would make it fail; see `preflight`.
    RunError
        If the run folder cannot be used, or was made with other settings.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    started = time.perf_counter()
    with Together.here().in_step() as together, _carried_out(plan, progress, together) as folder:
        _vote(plan, folder)
        result = _conclude(replace(plan, out=folder.path), together, started)
        folder.finish(result.to_record())
        return result


@kept()
def run_piece(
    plan: ValidationPlan,
    progress: Tell | None = None,
) -> None:
    """Do the piece of a validation that `plan.piece` names; `join_validation` joins the pieces.

    Any number of jobs may do so at the same time, in one run folder. Parameters and errors as for
    `run_validation`.
    """
    with Together.here().in_step() as together, _carried_out(plan, progress, together):
        pass


@contextmanager
def _carried_out(
    plan: ValidationPlan, progress: Tell | None, together: Together
) -> Iterator[RunFolder]:
    """Do all pieces that are asked for, and yield the run folder."""
    tell = _one_at_a_time(progress) if progress and together.first else lambda event: None
    cores = _check(plan, together, tell)
    if cores is not None and cores.workers > 1:
        plan = replace(plan, devices=("cpu",) * cores.workers)
    threads = None if cores is None else cores.threads
    plan = replace(plan, out=Path(together.agreed(str(plan.out))))  # its name may hold the time
    for doubt in plan.doubts:
        tell(ProgressEvent("notice", message=f"warning: {doubt}"))
    stop = StopRequest(lambda text: tell(ProgressEvent("notice", message=text)))
    with (
        _opened(plan, together) as folder,
        stop.listening(),
        write_errors_in_words(plan.out),
    ):
        pieces = _Pieces(plan, folder, tell, together)
        _carry_out(plan, folder, pieces, stop, together, threads)
        if plan.piece is None and plan.options.report_to:
            with _hands(plan, folder, stop, tell, together) as hands:
                hands.track()
        yield folder


def join_validation(
    plan: ValidationPlan,
) -> ValidationResult:
    """Put together what several jobs did of a run.

    Parameters
    ----------
    plan : ValidationPlan
        As `ValidationPlan.from_folder` gives it.

    Raises
    ------
    RunError
        If pieces are missing; the message names them.
    """
    started = time.perf_counter()
    folder = RunFolder.reopen(plan.out, plan.to_config())
    try:
        if missing := _missing(plan, folder):
            raise RunError(
                f"{plan.out} lacks {', '.join(missing)}; run each with `arm` and `seed`, or all "
                f"with `resume={plan.out}`"
            )
        if plan.options.report_to:
            with _hands(plan, folder, StopRequest(), lambda event: None, Together()) as hands:
                hands.track()
        _vote(plan, folder)
        result = _conclude(plan, Together(), started)
        folder.finish(result.to_record())
        return result
    finally:
        folder.close()


def _check(plan: ValidationPlan, together: Together, tell: Tell) -> Cores | None:
    """Refuse what can be refused before anything is done; return how cores are shared out."""
    if plan.devices and together.several:
        raise ConfigError(
            "`devices` would be ignored: the launcher gives each process its own; leave it out, or "
            "start one process"
        )
    if plan.devices and plan.runs_inline:
        raise ConfigError(
            "`devices` need processes of their own, and a component of this run is known to this "
            "process alone; leave it out, or install the component as a package"
        )
    if not together.first:
        return None
    case = Case.of_plan(plan)
    found = run_checks(case)
    found.require()
    for warning in found.warnings:
        tell(ProgressEvent("notice", message=f"warning: {warning}"))
    return case.shared_cores


@contextmanager
def _opened(plan: ValidationPlan, together: Together) -> Iterator[RunFolder]:
    """Make or open the run folder, and leave word there of how the run ended."""
    if not together.first:
        together.gather()
        yield RunFolder(plan.out, writes=False)
        return
    if plan.piece is not None:
        folder = RunFolder.share(plan.out, plan.to_config(), plan.to_inputs())
    elif plan.resume and (plan.out / CONFIG).exists():
        folder = RunFolder.reopen(plan.out, plan.to_config())
    else:
        folder = RunFolder.create(plan.out, plan.to_config(), plan.to_inputs())
    together.gather()
    alone = plan.piece is None  # the others of a shared run go on
    try:
        yield folder
    except (TrainingInterrupted, KeyboardInterrupt):
        message = f"interrupted; go on with `resume={plan.out}`"
        if alone:
            folder.set_status("interrupted", message)
        raise TrainingInterrupted(message) from None
    except Exception as error:
        ours = isinstance(error, SampleEngineeringError)
        message = str(error) if ours else redacted(f"{type(error).__name__}: {error}")
        # With a full disk or a lost folder this fails too: the first error is the one to show.
        with suppress(SampleEngineeringError):
            if alone:
                folder.set_status("failed", message)
        raise
    finally:
        folder.close()


def _one_at_a_time(progress: Tell) -> Tell:
    lock = threading.RLock()  # a signal may come in between, and be told too

    def tell(event: ProgressEvent) -> None:
        with lock:
            progress(event)

    return tell


class _Pieces:
    """Which pieces of a plan are done, and which may be done next.

    The pieces are the base model's evaluation and the arms. Controls say what a lift is worth, so
    they wait until the sample is known to teach something, and are left out if it does not.
    """

    def __init__(
        self, plan: ValidationPlan, folder: RunFolder, tell: Tell, together: Together
    ) -> None:
        self.plan, self.folder, self.together = plan, folder, together
        self._tell = tell
        self._lock = threading.Condition()
        self._waiting = list(plan.asked)
        self._running: list[Arm] = []
        self._informative: dict[int, int] = {}  # steps so far, by seed

    def tell(self, event: ProgressEvent) -> None:
        """Pass on what is going on, and note whether the sample teaches something."""
        if event.stage == "train" and event.arm == MAIN and event.metrics is not None:
            with self._lock:
                known = self._informative.get(event.seed, 0)
                self._informative[event.seed] = known + (event.metrics.informative_groups > 0)
                self._lock.notify_all()
        self._tell(event)

    def next(self) -> Arm | None:
        """Return a piece to do now, or None when there is nothing left; waits in between."""
        with self._lock:
            while self._waiting:
                for arm in self._waiting:
                    if self._may_start(arm):
                        self._waiting.remove(arm)
                        self._running.append(arm)
                        return arm
                if not self._running:
                    return None  # controls of a sample that taught nothing
                self._lock.wait(_LOOK_EVERY)
            return None

    def finished(self, arm: Arm) -> None:
        """Say that a piece is done."""
        with self._lock:
            self._running.remove(arm)
            self._lock.notify_all()

    def give_up(self) -> None:
        """Start nothing more."""
        with self._lock:
            self._waiting.clear()
            self._lock.notify_all()

    def _may_start(self, arm: Arm) -> bool:
        if arm.name in (BEFORE, MAIN) or self.plan.piece is not None:
            return True
        needed = max(1.0, TRAINED_SHARE * self.plan.recipe.steps)
        if any(steps >= needed for steps in self._informative.values()):
            return True
        mains = [one for one in self.plan.arms if one.name == MAIN]
        if any(one in self._waiting or one in self._running for one in mains):
            return False
        return any(_trained(self.folder, one) for one in mains)


def _trained(folder: RunFolder, arm: Arm) -> bool:
    record = folder.training(arm.name, arm.seed).record
    return record is not None and record.trained


def _carry_out(
    plan: ValidationPlan,
    folder: RunFolder,
    pieces: _Pieces,
    stop: StopRequest,
    together: Together,
    threads: int | None,
) -> None:
    """Do all pieces: one after the other, or on each device by child processes."""
    if plan.runs_inline or len(plan.devices) < 2:
        with _hands(plan, folder, stop, pieces.tell, together, threads) as hands:
            while (arm := pieces.next()) is not None:
                _do(plan, folder, arm, hands, together)
                pieces.finished(arm)
        return
    failures: list[BaseException] = []

    def work(device: str) -> None:
        try:
            with ChildHands(
                plan, folder, stop, pieces.tell, together, device, len(plan.devices), threads
            ) as hands:
                while not stop and (arm := pieces.next()) is not None:
                    _do(plan, folder, arm, hands, together)
                    pieces.finished(arm)
        except BaseException as error:
            failures.append(error)
            pieces.give_up()
            stop.requested = True  # the other devices save and end

    workers = [threading.Thread(target=work, args=(device,)) for device in plan.devices]
    for worker in workers:
        worker.start()
    try:
        while any(worker.is_alive() for worker in workers):
            time.sleep(_LOOK_EVERY)
    except KeyboardInterrupt:
        stop.at_once = True
        for worker in workers:
            worker.join()
        raise
    causes = [error for error in failures if not isinstance(error, TrainingInterrupted)]
    if causes or failures:
        raise (causes or failures)[0]
    stop.check()


def _hands(
    plan: ValidationPlan,
    folder: RunFolder,
    stop: StopRequest,
    tell: Tell,
    together: Together,
    threads: int | None = None,
) -> Hands:
    if plan.runs_inline:
        return InlineHands(plan, folder, stop, tell, together)
    device = plan.devices[0] if plan.devices else None
    return ChildHands(plan, folder, stop, tell, together, device, threads=threads)


def _do(
    plan: ValidationPlan, folder: RunFolder, arm: Arm, hands: Hands, together: Together
) -> None:
    """Train an arm and evaluate it, but for what an earlier call did of it."""
    if arm.way == VOTE:
        return  # of completions that others sample, see `_vote`
    place = folder.training(arm.name, arm.seed)
    if arm.trains:
        while not together.agreed(place.record is not None):
            hands.train(arm)  # until it is over, or its snapshots wait
            _evaluate_snapshots(plan, arm, place, hands, together)
        if not together.agreed(_trained(folder, arm)):
            return
    for reading in plan.readings_of(arm):
        if together.agreed(folder.evaluation(arm.name, arm.seed, reading) is None):
            found = hands.evaluate(arm, None, reading)
            if found is not None:
                folder.add_evaluation(found, arm.name, arm.seed)
    if not arm.trains:
        return
    _evaluate_snapshots(plan, arm, place, hands, together)
    if together.first:
        if plan.options.save_model and arm.name == MAIN and place.weights.is_dir():
            kept = folder.model_place(arm.seed)
            shutil.rmtree(kept, ignore_errors=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            place.weights.rename(kept)
        place.drop_weights()
    together.gather()


def _evaluate_snapshots(
    plan: ValidationPlan, arm: Arm, place: TrainingFolder, hands: Hands, together: Together
) -> None:
    """Evaluate the snapshots that a training has left so far, and remove them."""
    for step, weights in together.agreed(place.snapshots):
        if together.agreed(not place.curve_file(step).exists()):
            found = hands.evaluate(arm, step, plan.headline)
            if found is not None:
                found.save(place.curve_file(step))
        if together.first:
            shutil.rmtree(weights, ignore_errors=True)
    together.gather()


def _vote(plan: ValidationPlan, folder: RunFolder) -> None:
    """Write what the base model says by majority, where that is an arm, and it can be known."""
    for arm in plan.arms:
        if arm.way != VOTE or folder.evaluation(arm.name, arm.seed) is not None:
            continue
        before = folder.evaluation(BEFORE)
        mains = [one.seed for one in plan.arms if one.name == MAIN]
        after = [folder.evaluation(MAIN, seed, plan.headline) for seed in mains]
        trained = [one for one in after if one is not None]
        if before is not None and trained:
            folder.add_evaluation(self_consistency(before, trained), arm.name, arm.seed)


def _missing(plan: ValidationPlan, folder: RunFolder) -> list[str]:
    """Name the pieces that are not done."""
    found = []
    taught = any(_trained(folder, arm) for arm in plan.arms if arm.name == MAIN)
    for arm in plan.pieces:
        if arm.way == VOTE or (arm.name not in (BEFORE, MAIN) and not taught):
            continue
        name = f"{arm.name}, seed {arm.seed}" if arm.trains else arm.name
        record = folder.training(arm.name, arm.seed).record if arm.trains else None
        if arm.trains and record is None:
            found.append(f"{name} (not trained)")
        elif record is None or record.trained:
            lacking = [
                reading
                for reading in plan.readings_of(arm)
                if folder.evaluation(arm.name, arm.seed, reading) is None
            ]
            if lacking:
                found.append(f"{name} (not evaluated: {' and '.join(lacking)})")
    return found


def _conclude(plan: ValidationPlan, together: Together, started: float) -> ValidationResult:
    """Return what the run folder comes to, when all pieces are done."""
    together.gather()
    folder = RunFolder(plan.out, writes=False)
    arms = plan.arms
    order = [arm for arm in arms if arm.name == MAIN] + [arm for arm in arms if arm.name != MAIN]
    records = [folder.training(arm.name, arm.seed).record for arm in order if arm.trains]
    evaluations: dict[str, dict[str, list[Evaluation]]] = {one: {} for one in READINGS}
    for arm in [Arm(BEFORE), *order]:
        if arm.trains and not _trained(folder, arm):
            continue
        for reading in plan.readings_of(arm):
            found = folder.evaluation(arm.name, arm.seed, reading)
            if found is not None:
                evaluations[reading].setdefault(arm.name, []).append(found)
    if lacking := [one for one in plan.readings if BEFORE not in evaluations[one]]:
        raise RunError(
            f"{plan.out} has no evaluation of the base model ({' and '.join(lacking)}); go on with "
            "`resume`"
        )
    trainings = tuple(record for record in records if record is not None)
    trained = any(MAIN in found for found in evaluations.values())
    cause = None if trained else why_untrained(trainings[0].progress)
    together.gather()  # nobody takes anything away before all have looked
    return ValidationResult(
        plan=plan,
        findings=Findings(
            evaluations,
            trained=trained,
            cause=cause,
            trainings=trainings,
            curves={arm.seed: folder.curve(MAIN, arm.seed) for arm in arms if arm.name == MAIN},
        ),
        trainings=trainings,
        seconds=time.perf_counter() - started,
    )
