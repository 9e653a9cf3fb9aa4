"""What carries out the pieces of a validation: child processes, or this process.

Both do the same with the same functions: a training leaves its weights on disk, an evaluation takes
them from there. Children are the rule: a process that ends gives all memory back. This process does
it itself where a component is known to it alone.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from sample_engineering.evaluation import Evaluation
from sample_engineering.generation.engines import LOCAL
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import EVALUATIONS
from sample_engineering.runs.training_folder import OUTPUT
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.events import DONE, FAILED, PROGRESS, error_of, read_event
from sample_engineering.trainers.interrupts import StopRequest, TrainingInterrupted
from sample_engineering.trainers.machine import cores, has_gpu
from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
from sample_engineering.trainers.processes import TERMINAL, Child
from sample_engineering.trainers.sharing import THREADS
from sample_engineering.trainers.together import Together, bare_environment

if TYPE_CHECKING:
    from sample_engineering.trainers.measuring import Evaluator

Tell = Callable[[ProgressEvent], None]
_BEAT = 0.5  # seconds between looks at the child, at a stop, and at the other processes


class Hands(Protocol):
    """Trains and evaluates, one thing after the other, on one device."""

    def train(self, arm: Arm) -> None:
        """Do a training; what came of it is in its folder."""

    def evaluate(self, arm: Arm, step: int | None, reading: str) -> Evaluation | None:
        """Evaluate the base model, the last weights of an arm, or its snapshot after a step.

        What is evaluated stays loaded for its next reading. Of several processes the first returns
        the evaluation, the others None.
        """

    def track(self) -> None:
        """Tell the trackers what was found."""

    def __enter__(self) -> "Hands":
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Free everything."""


class _Shares:
    """The items of an evaluation, shared out among the processes of a run."""

    def __init__(self, plan: ValidationPlan, folder: RunFolder, together: Together) -> None:
        self.plan, self.folder, self.together = plan, folder, together
        # Other engines use all devices themselves.
        self.shared = together.several and plan.engine in (None, LOCAL)

    @property
    def mine(self) -> tuple[int, int]:
        """Which share is this process's, of how many."""
        ranks = self.together.ranks
        return (ranks.rank, ranks.world) if self.shared else (0, 1)

    @property
    def idle(self) -> bool:
        """Whether this process has none."""
        return self.together.several and not self.shared and not self.together.first

    def file(self, rank: int) -> Path:
        """Return where a share lies until all are there."""
        return self.folder.path / EVALUATIONS / f".share-{rank}-{os.getpid()}.parquet"

    def joined(self, mine: Path | None) -> Evaluation | None:
        """Put the shares of all processes together, items in the order of the benchmark."""
        files = [Path(file) for file in self.together.gather(None if mine is None else str(mine))
                 if file is not None]  # fmt: skip
        found = None
        if self.together.first:
            parts = [Evaluation.load(file) for file in files]
            found = parts[0] if len(parts) == 1 else self._whole(parts)
            for file in files:
                file.unlink(missing_ok=True)
        return found

    def _whole(self, parts: list[Evaluation]) -> Evaluation:
        import pandas as pd

        benchmark = self.plan.benchmark
        order = {item.id: number for number, item in enumerate(benchmark.items)}
        table = pd.concat([part.table for part in parts])
        table = table.assign(order=table["item"].map(order))
        table = table.sort_values(["order", "sample_index"]).drop(columns="order")
        whole: dict[str, Any] = {"benchmark_digest": benchmark.digest, "items": len(order)}
        if benchmark.members:  # a share may hold no item of a member
            known = {name: one for p in parts for name, one in p.info["members"].items()}
            counts = table.drop_duplicates("item")["benchmark"].value_counts()
            whole["members"] = {
                member.name: {**known[member.name], "items": int(counts[member.name])}
                for member, _ in benchmark.parts
            }
        return Evaluation(table.reset_index(drop=True), {**parts[0].info, **whole})


class InlineHands:
    """Everything is done in this process.

    Parameters
    ----------
    plan : ValidationPlan
    folder : RunFolder
    stop : StopRequest
    tell : callable
    together : Together
    """

    def __init__(
        self,
        plan: ValidationPlan,
        folder: RunFolder,
        stop: StopRequest,
        tell: Tell,
        together: Together,
    ) -> None:
        self.plan, self.folder, self.stop, self.tell = plan, folder, stop, tell
        self.shares = _Shares(plan, folder, together)
        self._evaluator: Evaluator | None = None

    def __enter__(self) -> "InlineHands":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_evaluator()

    def train(self, arm: Arm) -> None:
        """Do a training; what came of it is in its folder."""
        from sample_engineering.trainers.training import train

        self._end_evaluator()  # the memory belongs to the training
        train(self.plan, arm, self.stop, self.tell)

    def _end_evaluator(self) -> None:
        if self._evaluator is not None:
            self._evaluator.close()
            self._evaluator = None

    def evaluate(self, arm: Arm, step: int | None, reading: str) -> Evaluation | None:
        """See `Hands.evaluate`."""
        from sample_engineering.trainers.measuring import Evaluator

        if self.shares.idle:
            return self.shares.joined(None)
        if self._evaluator is None:
            self._evaluator = Evaluator(self.plan, self.plan.options.device, self.shares.mine)
        found = self._evaluator.piece(arm, step, reading, self.stop, self.tell)
        if not self.shares.shared:
            self.shares.together.gather()
            return found
        file = self.shares.file(self.shares.mine[0])
        found.save(file)
        return self.shares.joined(file)

    def track(self) -> None:
        """See `Hands.track`."""
        from sample_engineering.trainers.tracking import log_findings

        if self.shares.together.first:
            log_findings(RunFolder(self.plan.out, writes=False), self.plan.options.report_to)


class ChildHands:
    """Child processes on one device: one for each training, one for all evaluations.

    Parameters
    ----------
    plan : ValidationPlan
    folder : RunFolder
    stop : StopRequest
    tell : callable
    together : Together
    device : str, optional
        ``cpu``, or the number or name of a GPU; None leaves the choice to the child.
    of : int
        How many devices work at the same time.
    threads : int, optional
        Of each process on a CPU; None leaves them to torch, or shares the cores out evenly.
    """

    def __init__(
        self,
        plan: ValidationPlan,
        folder: RunFolder,
        stop: StopRequest,
        tell: Tell,
        together: Together,
        device: str | None = None,
        of: int = 1,
        threads: int | None = None,
    ) -> None:
        self.plan, self.folder, self.stop, self.tell = plan, folder, stop, tell
        self.together = together
        self.shares = _Shares(plan, folder, together)
        self.device, self.of, self.threads = device, of, threads
        self._evaluator: Child | None = None

    def __enter__(self) -> "ChildHands":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_evaluator(at_once=error is not None)

    def train(self, arm: Arm) -> None:
        """Do a training; what came of it is in its folder."""
        if not self._on_cpu:
            self._end_evaluator()  # the GPU belongs to the training
        place = self.folder.training(arm.name, arm.seed)
        rank = self.together.ranks.rank
        log = place.path / (OUTPUT if rank == 0 else f"{rank}.{OUTPUT}")
        asked = [str(self.folder.path), "--arm", arm.name, "--seed", str(arm.seed)]
        env = self.together.environment() | self._device_environment()
        what = f"the training of {arm.name}, seed {arm.seed},"
        child = Child([*asked, *self._device_option], env, log, what, on_cpu=self._on_cpu)
        try:
            self._follow(child)
        except BaseException:
            child.close(at_once=True)
            raise
        child.close()

    def evaluate(self, arm: Arm, step: int | None, reading: str) -> Evaluation | None:
        """See `Hands.evaluate`."""
        if self.shares.idle:
            self._follow(None)
            return self.shares.joined(None)
        place = self.shares.file(self.together.ranks.rank)
        if self.of > 1:
            place = place.with_name(f"{place.stem}-{arm.name}.{arm.seed}.parquet")
        child = self._ready_evaluator()
        child.ask(
            {"arm": arm.name, "seed": arm.seed, "step": step, "reading": reading, "to": str(place)}
        )
        self._follow(child)
        return self.shares.joined(place)

    def track(self) -> None:
        """See `Hands.track`."""
        if not self.together.first:
            return
        log = self.folder.path / ".trackers.log"
        child = Child(
            [str(self.folder.path), "--track"], bare_environment(), log, "telling trackers"
        )
        try:
            while (end := child.hear(_BEAT)) is None:
                if self.stop:
                    raise TrainingInterrupted("interrupted")
        finally:
            child.close(at_once=True)
        if end["is"] == FAILED:  # the run itself is well
            text = f"warning: the trackers were not told what was found: {end['message']}"
            self.tell(ProgressEvent("notice", message=text))
        else:
            log.unlink(missing_ok=True)

    def _ready_evaluator(self) -> Child:
        if self._evaluator is None or not self._evaluator.alive:
            number, of = self.shares.mine
            asked = [str(self.folder.path), "--evaluate", "--share", str(number), str(of)]
            log = self.folder.path / EVALUATIONS / f".evaluation-{os.getpid()}-{number}.log"
            env = bare_environment() | self._device_environment()
            if self.shares.shared and not self._on_cpu:
                env |= {"CUDA_VISIBLE_DEVICES": _visible(str(self.together.ranks.local))}
            told = [*asked, *self._device_option]
            self._evaluator = Child(told, env, log, "the evaluation", on_cpu=self._on_cpu)
        return self._evaluator

    def _end_evaluator(self, at_once: bool = False) -> None:
        if self._evaluator is not None:
            self._evaluator.close(at_once=at_once)
            if not at_once:
                self._evaluator.log.unlink(missing_ok=True)
            self._evaluator = None

    @property
    def _on_cpu(self) -> bool:
        return "cpu" in (self.device, self.plan.options.device) or not has_gpu()

    @property
    def _device_option(self) -> list[str]:
        device = self.plan.options.device
        if self.device is not None:
            device = "cpu" if self.device == "cpu" else "cuda"
        return [] if device is None else ["--device", device]

    def _device_environment(self) -> dict[str, str]:
        if self.device not in (None, "cpu"):
            return {"CUDA_VISIBLE_DEVICES": _visible(self.device)}
        env = {} if self.device is None else {"CUDA_VISIBLE_DEVICES": ""}
        threads = self.threads
        if threads is None and self.of > 1:
            threads = max(1, cores() // self.of)
        if threads is not None and THREADS not in os.environ:
            env[THREADS] = str(threads)
        return env

    def _follow(self, child: Child | None) -> None:
        """Pass on what a child tells until it is done, here and in all other processes.

        Raises
        ------
        SampleEngineeringError
            If it failed, here or elsewhere; TrainingInterrupted after a stop.
        """
        end = {"is": DONE} if child is None else None
        asked = False
        while True:
            if end is None:
                assert child is not None
                end = self._listen(child)
            elif self.together.several:
                time.sleep(_BEAT)
            if self.stop.at_once:
                raise TrainingInterrupted("interrupted")
            heard = self.together.gather((end is not None, bool(self.stop)))
            if any(stop for _, stop in heard) and not asked:
                asked = True
                if child is not None and end is None:
                    child.stop()
            if all(over for over, _ in heard):
                break
        if end is None or end["is"] != DONE or asked:
            raise TrainingInterrupted("interrupted")

    def _listen(self, child: Child) -> dict[str, Any] | None:
        """Pass on what a child told since the last time, and return its last word, if it spoke."""
        record = child.hear(_BEAT)
        while record is not None:
            if record["is"] == FAILED:
                raise error_of(record, child.what)
            if record["is"] in TERMINAL:
                return record
            if record["is"] == PROGRESS and self.together.first:
                self.tell(read_event(record))
            record = child.hear(0)
        return None


def _visible(device: str) -> str:
    """Return a GPU by number as CUDA_VISIBLE_DEVICES counts it, or by name."""
    listed = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    if listed and device.isdecimal() and int(device) < len(listed):
        return listed[int(device)]
    return device
