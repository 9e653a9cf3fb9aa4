"""The run folder: what a validation did, written so that it opens after any accident.

JSON files are written whole or not at all; ``metrics.jsonl`` is a journal; rollouts are kept as
small Parquet parts until the run is over. The same class reads the folder again, whole, partial or
damaged: what cannot be read is named in `RunFolder.problems`, and everything else is there.
"""

import json
import os
import re
import shutil
import weakref
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import RunError
from sample_engineering.evaluation import Evaluation
from sample_engineering.files import Journal, write_json, write_whole
from sample_engineering.generation.asking import differing
from sample_engineering.runs import migration, reading
from sample_engineering.runs.config import RunConfig, RunInputs
from sample_engineering.runs.format import (
    BEFORE,
    CONFIG,
    EVALUATIONS,
    INPUTS,
    MAIN,
    METRICS,
    RESULT,
    ROLLOUTS,
    STATUS,
)
from sample_engineering.runs.records import (
    Problems,
    Record,
    arrow_schema,
    columns,
    from_record,
    to_record,
)
from sample_engineering.runs.result import RunResult, Status, Training
from sample_engineering.runs.rows import MetricsLine, RolloutRow

if TYPE_CHECKING:
    import pandas as pd

PARTS = (CONFIG, METRICS, ROLLOUTS, EVALUATIONS, RESULT)  # any of them makes a run folder
# What must be the same for a run to go on.
_DECISIVE = ("sample", "model", "recipe", "seeds", "hashes", "evaluation", "arms")
_NAME = re.compile(r"[\w.+-]+")  # of an arm: it is part of file names


class RunFolder:
    """A run folder, to write or to read.

    `create` and `reopen` give one that is written to, `open` one that is only read.

    Parameters
    ----------
    path : path-like
        The folder.
    writes : bool
        Whether this process writes; of several, the first.
    """

    def __init__(self, path: str | os.PathLike[str], *, writes: bool = True) -> None:
        self.path = Path(path)
        self.writes = writes
        self._problems = Problems()
        self._journal: Journal | None = None
        self._claim: Callable[[], object] | None = None

    # Making one, and opening it.

    @classmethod
    def create(
        cls, path: str | os.PathLike[str], config: RunConfig, inputs: RunInputs
    ) -> "RunFolder":
        """Make a new run folder with its ``config.json`` and ``inputs.json``.

        Raises
        ------
        RunError
            If the folder holds something already, or cannot be written to.
        """
        folder = cls(path)
        try:
            taken = folder.path.exists() and (
                not folder.path.is_dir() or any(folder.path.iterdir())
            )
        except OSError as error:
            raise RunError(
                f"cannot use {folder.path} as run folder: {error.strerror or error}; choose "
                "another `out`"
            ) from error
        if taken:
            raise RunError(
                f"{folder.path} is not an empty folder; go on with the run there with `resume`, or "
                "choose another place with `out`"
            )
        write_json(folder.path / INPUTS, to_record(inputs))
        folder._be_the_only_writer()
        write_json(folder.path / CONFIG, to_record(config))
        folder.set_status("running", "")
        return folder

    @classmethod
    def reopen(cls, path: str | os.PathLike[str], config: RunConfig) -> "RunFolder":
        """Open a run folder to continue, if it was made with the same settings.

        Raises
        ------
        RunError
            If there is no run, or one with other settings.
        """
        folder = cls(path)
        old = folder.read_config()
        folder._be_the_only_writer()
        for name in _DECISIVE:
            before, now = _plain(getattr(old, name)), _plain(getattr(config, name))
            if not old.training and isinstance(before, dict):  # of a version with fewer settings
                now = {key: now[key] for key in before if key in now}
                now |= {key: before[key] for key in ("protocol",) if key in before}
            if before != now:
                raise RunError(
                    f"{folder.path} was made with another {name}{_told(before, now)}; give the "
                    "same settings to `resume`, or choose another place with `out`"
                )
        folder.set_status("running", "")
        return folder

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> "RunFolder":
        """Read everything in a run folder.

        Raises
        ------
        RunError
            If there is no such folder, or nothing in it is part of a run.
        """
        folder = cls(path, writes=False)
        if not folder.path.is_dir():
            raise RunError(
                f"no run folder at {folder.path}; give the folder that a validation wrote"
            )
        if not any((folder.path / part).exists() for part in PARTS):
            raise RunError(
                f"{folder.path} is no run folder (none of {', '.join(PARTS)} is in it); "
                "give the folder that a validation wrote"
            )
        # In the order in which what is wrong with them shall be named.
        _ = folder.config, folder.result, folder.metrics, folder.rollouts, folder.evaluations
        _ = folder.status
        folder._note_missing_evaluations()
        return folder

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    def _be_the_only_writer(self) -> None:
        """Claim the folder; the claim ends with `close` or with the process, however it ends."""
        try:
            import fcntl
        except ImportError:  # Windows
            return
        descriptor = os.open(self.path, os.O_RDONLY)
        self._claim = weakref.finalize(self, os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._claim()
            raise RunError(
                f"another process writes to {self.path}; wait for it or stop it, then go on"
            ) from None
        except OSError:  # a file system without locks
            self._claim()

    # Reading.

    @property
    def problems(self) -> list[str]:
        """What is missing or damaged, as far as it was looked at."""
        return list(self._problems)

    @cached_property
    def config(self) -> RunConfig | None:
        """What the run was asked to do; None where it cannot be read at all."""
        return reading.read_object(
            self.path / CONFIG, RunConfig, self._problems, migration.migrate_config
        )

    @cached_property
    def result(self) -> RunResult | None:
        """What the run found, as it was written then; None where there is none."""
        return reading.read_object(
            self.path / RESULT, RunResult, self._problems, migration.migrate_result
        )

    @cached_property
    def status(self) -> Status | None:
        """What the run was doing last; None where it left no word."""
        if not (self.path / STATUS).exists():
            return None
        return reading.read_object(self.path / STATUS, Status, self._problems)

    @cached_property
    def metrics(self) -> tuple[MetricsLine, ...]:
        """All training steps of all arms, in the order of writing."""
        return reading.read_metrics(self.path / METRICS, self._problems)

    @cached_property
    def rollouts(self) -> "pd.DataFrame":
        """Training completions, a row each, with the columns of `RolloutRow`."""
        return reading.read_rollouts(self.path / ROLLOUTS, self._problems)

    @cached_property
    def evaluations(self) -> dict[str, list[Evaluation]]:
        """Evaluations by arm, ``before`` and ``sample`` first; one a training seed."""
        return reading.read_evaluations(self.path / EVALUATIONS, self._problems)

    @property
    def trained(self) -> bool:
        """Whether the sample taught anything; True where nothing says otherwise."""
        # A run evaluates what it trained, so that an evaluation is a word for it too.
        return self.result is None or self.result.trained or bool(self.evaluations.get(MAIN))

    def metrics_frame(self) -> "pd.DataFrame":
        """Return the metrics as a table, one row a step."""
        import pandas as pd

        rows = [asdict(line) for line in self.metrics]
        return pd.DataFrame(rows, columns=list(columns(MetricsLine)))

    def _note_missing_evaluations(self) -> None:
        if not self.evaluations:
            return
        if not self.evaluations.get(BEFORE):
            self._problems.add("the evaluation before training is missing")
        planned = len(self.config.seeds) if self.config and self.config.seeds else 1
        present = len(self.evaluations.get(MAIN, []))
        if self.trained and present < planned:
            self._problems.add(
                f"{present} of {planned} training seeds have an evaluation after training"
            )

    def read_config(self) -> RunConfig:
        """Return ``config.json``, to go on with the run.

        Raises
        ------
        RunError
            If there is none, or it is damaged.
        """
        record = _read_whole(self.path / CONFIG)
        return _sound(self.path / CONFIG, RunConfig, migration.migrate_config(record))

    def read_inputs(self) -> RunInputs:
        """Return ``inputs.json``, to go on with the run; raises RunError as `read_config` does."""
        return _sound(self.path / INPUTS, RunInputs, _read_whole(self.path / INPUTS))

    # Writing.

    def set_status(self, state: str, message: str) -> None:
        """Write ``status.json``: running, finished, interrupted or failed, and why."""
        if self.writes:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(self.path / STATUS, to_record(Status(state, message, now)))

    def add_metrics(self, line: MetricsLine) -> None:
        """Append one line to ``metrics.jsonl``."""
        if not self.writes:
            return
        if self._journal is None:
            self._journal = Journal(self.path / METRICS)
        self._journal.append(to_record(line))

    def lines_of(self, arm: str, seed: int) -> list[MetricsLine]:
        """Return the metrics of one training run so far, oldest first, as they stand on disk."""
        return [line for line in self._lines() if (line.arm, line.seed) == (arm, seed)]

    def _lines(self) -> tuple[MetricsLine, ...]:
        # A last line that a crash cut short is no JSON, and so is left out here too.
        return reading.read_metrics(self.path / METRICS, Problems())

    def drop_after(self, arm: str, seed: int, step: int) -> None:
        """Forget what one training run wrote after `step`, which will be written again."""
        if not self.writes:
            return
        self.close()
        lines = self._lines()
        kept = [line for line in lines if (line.arm, line.seed) != (arm, seed) or line.step <= step]
        if len(kept) < len(lines):
            with write_whole(self.path / METRICS) as stream:
                for line in kept:
                    stream.write(json.dumps(to_record(line), ensure_ascii=False) + "\n")
        for part in self._rollout_parts():
            part_arm, part_seed, span, _ = part.name.rsplit(".", 3)
            beyond = int(span.split("-")[1]) > step
            if beyond and part_arm == arm and int(part_seed) == seed:
                part.unlink()

    def add_rollouts(self, rows: Sequence[RolloutRow]) -> None:
        """Write rollouts of one training run, in the order of their steps, as a Parquet part."""
        if not rows or not self.writes:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq

        first, last = rows[0], rows[-1]
        name = f"{_checked(first.arm)}.{first.seed}.{first.step:06d}-{last.step:06d}.parquet"
        table = pa.Table.from_pylist([asdict(row) for row in rows], arrow_schema(RolloutRow))
        with write_whole(self._rollout_folder / name, "wb") as stream:
            pq.write_table(table, stream, compression="zstd")

    @property
    def _rollout_folder(self) -> Path:
        return (self.path / ROLLOUTS).with_suffix("")

    def _rollout_parts(self) -> list[Path]:
        return sorted(self._rollout_folder.glob("*.parquet"))

    def evaluation(self, arm: str, seed: int = 0) -> Evaluation | None:
        """Return the evaluation of an arm that is written already, or None.

        Raises
        ------
        RunError
            If it is damaged.
        """
        place = self._evaluation_file(arm, seed)
        return Evaluation.load(place) if place.exists() else None

    def add_evaluation(self, evaluation: Evaluation, arm: str, seed: int = 0) -> None:
        """Write the evaluation of an arm; the file itself says whose it is."""
        if self.writes:
            info = {**evaluation.info, reading.ARM_KEY: arm, reading.SEED_KEY: seed}
            replace(evaluation, info=info).save(self._evaluation_file(arm, seed))

    def _evaluation_file(self, arm: str, seed: int) -> Path:
        """Name the file: ``after`` for the sample, NAME for a control, with -seed-N if several."""
        seeds = 0 if self.config is None else sum(one.name == arm for one in self.config.arms)
        name = "after" if arm == MAIN else _checked(arm)
        return (
            self.path / EVALUATIONS / f"{name}-seed-{seed}.parquet"
            if seeds > 1
            else (self.path / EVALUATIONS / f"{name}.parquet")
        )

    def checkpoints(self, arm: str, seed: int) -> Path:
        """Return where the checkpoints of a training run lie until it is over."""
        return self.path / "training" / f"{_checked(arm)}.{seed}"

    def drop_checkpoints(self, arm: str, seed: int) -> None:
        """Remove the checkpoints of a training run."""
        shutil.rmtree(self.checkpoints(arm, seed), ignore_errors=True)

    def training(self, arm: str, seed: int) -> Training | None:
        """Return what a training run did, if it is over."""
        place = self._training_file(arm, seed)
        return _sound(place, Training, _read_whole(place)) if place.exists() else None

    def add_training(self, training: Training) -> None:
        """Keep what a training run did until the whole run is over."""
        if self.writes:
            write_json(self._training_file(training.arm, training.seed), to_record(training))

    def _training_file(self, arm: str, seed: int) -> Path:
        place = self.checkpoints(arm, seed)
        return place.with_name(f"{place.name}.json")

    def model_place(self, seed: int) -> Path:
        """Return where the trained model of a seed is kept, if it is."""
        return self.path / "model" / f"seed-{seed}"

    def finish(self, result: RunResult) -> None:
        """Join the rollouts, write ``result.json``, drop checkpoints and say that all is done."""
        if not self.writes:
            return
        if parts := self._rollout_parts():
            import pyarrow as pa
            import pyarrow.parquet as pq

            tables = [pq.read_table(part, partitioning=None) for part in parts]
            with write_whole(self.path / ROLLOUTS, "wb") as stream:
                pq.write_table(pa.concat_tables(tables), stream, compression="zstd")
        write_json(self.path / RESULT, result.to_file())
        shutil.rmtree(self._rollout_folder, ignore_errors=True)
        shutil.rmtree(self.path / "training", ignore_errors=True)
        self.set_status("finished", result.verdict)
        self.close()

    def close(self) -> None:
        """Close the journal of metrics, and let others write."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if self._claim is not None:
            self._claim()


def _checked(arm: str) -> str:
    if not _NAME.fullmatch(arm):
        raise RunError(f"the arm {arm!r} cannot name a file; use letters, digits, '-', '_' and '.'")
    return arm


def _told(before: Any, now: Any) -> str:
    """Return in words which fields of a record changed; empty where it is none."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return ""
    if told := differing(before.get("protocol") or {}, now.get("protocol") or {}):
        return f" ({'; '.join(told)})"
    changed = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return f" ({', '.join(changed)})" if changed else ""


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(to_record(value), default=str))


def _read_whole(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(f"no run at {path.parent}: it has no {path.name}; check the path") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"cannot read {path}: {error}; the run folder is damaged") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} holds no JSON object; the run folder is damaged")
    return content


def _sound(path: Path, kind: type[Record], record: dict[str, Any]) -> Record:
    faults: list[str] = []
    found = from_record(kind, record, path.name, faults.append)
    if faults or found is None:
        raise RunError(f"{path.parent} cannot be continued: {faults[0]}; start the run anew")
    return found
