"""The place of one training in a run folder: ``training/ARM.SEED/``, written by one process.

A training writes its metrics, rollouts, checkpoints, snapshots and weights here and nowhere else,
so that any number of them run at the same time, on one machine or on many. What is to last is
joined into the run folder when the whole run is over.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError
from sample_engineering.evaluation import Evaluation
from sample_engineering.files import Journal, write_json, write_whole
from sample_engineering.runs import reading
from sample_engineering.runs.claims import claim
from sample_engineering.runs.records import Problems, arrow_schema, to_record
from sample_engineering.runs.result import Training
from sample_engineering.runs.rows import MetricsLine, RolloutRow

METRICS, ROLLOUTS, RECORD = "metrics.jsonl", "rollouts", "training.json"
DEVELOPMENT = "development.jsonl"
CHECKPOINTS, SNAPSHOTS, WEIGHTS, CURVE = "checkpoints", "snapshots", "weights", "curve"
OUTPUT = "output.log"  # what the libraries of a training's process print
_NAME = re.compile(r"[\w.+-]+")  # of an arm: it is part of file names
_STEP = re.compile(r"step-(\d+)")
_PATIENCE = 10.0  # seconds; a training whose parent was killed takes a moment to notice it


class TrainingFolder:
    """Where one training run writes.

    Parameters
    ----------
    root : Path
        ``training`` of the run folder.
    arm : str
        Name of the arm.
    seed : int
        Training seed.
    writes : bool
        Whether this process writes; of several, the first.
    """

    def __init__(self, root: Path, arm: str, seed: int, *, writes: bool = True) -> None:
        self.arm, self.seed, self.writes = arm, seed, writes
        self.path = root / f"{checked(arm)}.{seed}"
        self._journal: Journal | None = None
        self._claim: Callable[[], object] | None = None

    def __repr__(self) -> str:
        return f"TrainingFolder({str(self.path)!r})"

    @contextmanager
    def claimed(self) -> Iterator["TrainingFolder"]:
        """Be the only one who writes here; RunError if another process does."""
        if not self.writes:
            yield self
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(
                f"cannot write {self.path}: {error.strerror or error}; choose another `out`"
            ) from error
        self._claim = claim(self, self.path, patience=_PATIENCE)
        try:
            yield self
        finally:
            self.close()
            self._claim()

    # Metrics and rollouts.

    def add_metrics(self, line: MetricsLine) -> None:
        """Append one line to ``metrics.jsonl``."""
        if not self.writes:
            return
        if self._journal is None:
            self._journal = Journal(self.path / METRICS)
        self._journal.append(to_record(line))

    def lines(self, problems: Problems | None = None) -> list[MetricsLine]:
        """Return the metrics so far, oldest first, as they stand on disk."""
        # A last line that a crash cut short is no JSON, and so is left out too.
        place = self.path / METRICS
        found = reading.read_metrics(place, Problems() if problems is None else problems)
        return [line for line in found if (line.arm, line.seed) == (self.arm, self.seed)]

    def add_look(self, step: int, right: Mapping[str, bool]) -> None:
        """Append to ``development.jsonl`` which development items are right after a step."""
        if self.writes:
            with Journal(self.path / DEVELOPMENT) as journal:
                journal.append({"step": step, "right": dict(right)})

    def looks(self) -> dict[int, dict[str, bool]]:
        """Return what `add_look` wrote, by step."""
        try:
            with (self.path / DEVELOPMENT).open("rb") as stream:
                whole = [line for line in stream if line.endswith(b"\n")]
            found = [json.loads(line) for line in whole]
            return {int(look["step"]): dict(look["right"]) for look in found}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, KeyError) as error:
            raise RunError(
                f"{self.path / DEVELOPMENT} is damaged ({error}); remove it, and the training "
                "goes on unwatched"
            ) from error

    def add_rollouts(self, rows: Sequence[RolloutRow]) -> None:
        """Write rollouts, in the order of their steps, as a Parquet part."""
        if not rows or not self.writes:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        name = f"{rows[0].step:06d}-{rows[-1].step:06d}.parquet"
        table = pa.Table.from_pylist([asdict(row) for row in rows], arrow_schema(RolloutRow))
        with write_whole(self.path / ROLLOUTS / name, "wb") as stream:
            pq.write_table(table, stream, compression="zstd")

    @property
    def rollout_parts(self) -> list[Path]:
        """The Parquet parts, in the order of their steps."""
        return sorted((self.path / ROLLOUTS).glob("*.parquet"))

    def drop_after(self, step: int) -> None:
        """Forget what was written after `step`, which will be written again."""
        if not self.writes:
            return
        self.close()
        lines = self.lines()
        kept = [line for line in lines if line.step <= step]
        if len(kept) < len(lines):
            with write_whole(self.path / METRICS) as stream:
                for line in kept:
                    stream.write(json.dumps(to_record(line), ensure_ascii=False) + "\n")
        looks = self.looks()
        if any(number > step for number in looks):
            kept_looks = {number: right for number, right in looks.items() if number <= step}
            with write_whole(self.path / DEVELOPMENT) as stream:
                for number, right in kept_looks.items():
                    stream.write(json.dumps({"step": number, "right": right}) + "\n")
        for part in self.rollout_parts:
            if int(part.stem.split("-")[1]) > step:
                part.unlink()
        for number, place in self.snapshots:
            if number > step:
                shutil.rmtree(place, ignore_errors=True)

    # Checkpoints, weights and snapshots.

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints lie until the training is over."""
        return self.path / CHECKPOINTS

    @property
    def weights(self) -> Path:
        """Where the trained weights lie until they are evaluated."""
        return self.path / WEIGHTS

    def snapshot(self, step: int) -> Path:
        """Return where the weights after a step lie until they are evaluated."""
        return self.path / SNAPSHOTS / f"step-{step:06d}"

    @property
    def snapshots(self) -> list[tuple[int, Path]]:
        """The whole snapshots, by step."""
        return list(_by_step((self.path / SNAPSHOTS).glob("step-*")))

    @contextmanager
    def whole(self, place: Path) -> Iterator[Path]:
        """Yield a folder to save weights in; it becomes `place` if all went well.

        Of several processes, all must enter this; the one that writes moves the folder.
        """
        draft = place.with_name(f".{place.name}.draft")
        if self.writes:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
        yield draft
        if self.writes:
            shutil.rmtree(place, ignore_errors=True)
            draft.rename(place)

    def drop_checkpoints(self) -> None:
        """Remove the checkpoints."""
        if self.writes:
            shutil.rmtree(self.checkpoints, ignore_errors=True)

    def drop_weights(self) -> None:
        """Remove the trained weights."""
        if self.writes:
            shutil.rmtree(self.weights, ignore_errors=True)

    # What came of it.

    @property
    def record(self) -> Training | None:
        """What the training did, if it is over.

        Raises
        ------
        RunError
            If ``training.json`` is damaged.
        """
        place = self.path / RECORD
        return reading.read_sound(place, Training) if place.exists() else None

    def keep(self, training: Training) -> None:
        """Write ``training.json``, which says that the training is over."""
        if self.writes:
            write_json(self.path / RECORD, to_record(training))

    @property
    def curve(self) -> list[tuple[int, Evaluation]]:
        """The evaluations of the snapshots, by step.

        Raises
        ------
        RunError
            If one is damaged.
        """
        files = _by_step((self.path / CURVE).glob("step-*.parquet"))
        return [(step, Evaluation.load(path)) for step, path in files]

    def curve_file(self, step: int) -> Path:
        """Return where the evaluation of a snapshot lies."""
        return self.path / CURVE / f"step-{step:06d}.parquet"

    def tidy(self) -> None:
        """Remove what is in the run folder by now, all but the curve."""
        self.close()
        for path in self.path.iterdir() if self.path.is_dir() else ():
            if path.name == CURVE:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if self.path.is_dir() and not any(self.path.iterdir()):
            self.path.rmdir()

    def close(self) -> None:
        """Close the journal of metrics."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def _by_step(paths: Any) -> Iterator[tuple[int, Path]]:
    for path in sorted(paths):
        if match := _STEP.fullmatch(path.name.removesuffix(".parquet")):
            yield int(match[1]), path


def checked(arm: str) -> str:
    """Return the name of an arm, or raise RunError where it cannot name a file."""
    if not _NAME.fullmatch(arm):
        raise RunError(f"the arm {arm!r} cannot name a file; use letters, digits, '-', '_' and '.'")
    return arm
