"""The run folder: what a validation did, written so that it opens after any accident.

JSON files are written whole or not at all. Each training writes into a place of its own, see
`training_folder`, and what it wrote there is joined here when the run is over. The same class reads
the folder again, whole, partial or damaged: what cannot be read is named in `RunFolder.problems`,
and everything else is there.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import RunError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.readings import (
    GREEDY,
    READING_KEY,
    READINGS,
    SAMPLED,
    headline,
    reading_of,
)
from sample_engineering.files import finite, write_json, write_json_first, write_whole
from sample_engineering.generation.asking import differing
from sample_engineering.runs import migration
from sample_engineering.runs import reading as files
from sample_engineering.runs.claims import claim
from sample_engineering.runs.config import RunConfig, RunInputs
from sample_engineering.runs.format import (
    BEFORE,
    CONFIG,
    EVALUATIONS,
    FORMAT_VERSION,
    INPUTS,
    MAIN,
    METRICS,
    RESULT,
    ROLLOUTS,
    STATUS,
    TRAININGS,
)
from sample_engineering.runs.protocol import protocol_of
from sample_engineering.runs.records import Problems, columns, to_record
from sample_engineering.runs.result import RunProtocol, RunResult, Status
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.runs.training_folder import TrainingFolder, checked

if TYPE_CHECKING:
    import pandas as pd

# Any of them makes a run folder.
JOURNAL = ".answers-"  # begins the names of journals among the evaluations
PARTS = (CONFIG, METRICS, ROLLOUTS, EVALUATIONS, TRAININGS, RESULT)
# What must be the same for a run to go on.
_DECISIVE = ("sample", "model", "recipe", "seeds", "hashes", "evaluation", "arms")
_PATIENCE = 5.0  # seconds; a process that was killed takes a moment to end


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
        if folder._taken():
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
        folder._check_same(old, config)
        folder.set_status("running", "")
        return folder

    @classmethod
    def share(
        cls, path: str | os.PathLike[str], config: RunConfig, inputs: RunInputs
    ) -> "RunFolder":
        """Make a run folder, or open it where another job just made it with the same settings.

        Any number of jobs may do so at the same time, each for a piece of the run.

        Raises
        ------
        RunError
            If the folder holds something else, or a run with other settings, or is written to by a
            process that does the whole run.
        """
        folder = cls(path)
        place = folder.path / CONFIG
        # What another job writes after its config.json may be seen before that is looked for
        if not place.exists() and folder._taken(besides=(INPUTS,)) and not place.exists():
            raise RunError(f"{folder.path} holds something else; choose another place with `out`")
        if not place.exists():
            # Jobs with the same settings write the same inputs; the first config stands.
            write_json(folder.path / INPUTS, to_record(inputs))
            write_json_first(place, to_record(config))
        folder._claim = claim(folder, folder.path, shared=True, patience=_PATIENCE)
        folder._check_same(folder.read_config(), config)
        if folder.status is None:
            folder.set_status("running", "")
        return folder

    def _taken(self, besides: tuple[str, ...] = ()) -> bool:
        """Whether something is there already; a draft of a file that is being written is not."""
        try:
            return self.path.exists() and (
                not self.path.is_dir()
                or any(
                    one.name not in besides and not one.name.startswith(".")
                    for one in self.path.iterdir()
                )
            )
        except OSError as error:
            raise RunError(
                f"cannot use {self.path} as run folder: {error.strerror or error}; choose "
                "another `out`"
            ) from error

    def _check_same(self, old: RunConfig, new: RunConfig) -> None:
        for name in _DECISIVE:
            before, now = _plain(getattr(old, name)), _plain(getattr(new, name))
            if not old.training and isinstance(before, dict):  # of a version with fewer settings
                now = {key: now[key] for key in before if key in now}
                now |= {key: before[key] for key in ("protocol",) if key in before}
            if before != now:
                raise RunError(
                    f"{self.path} was made with another {name}{_told(before, now)}; give the same "
                    "settings, or choose another place with `out`"
                )

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
        self._claim = claim(self, self.path, patience=_PATIENCE)

    # The trainings.

    def training(self, arm: str, seed: int) -> TrainingFolder:
        """Return the place of one training."""
        return TrainingFolder(self.path / TRAININGS, arm, seed, writes=self.writes)

    @property
    def trainings(self) -> list[TrainingFolder]:
        """The places of all trainings that are there, in the order of the arms."""
        found = []
        for path in sorted((self.path / TRAININGS).glob("*.*")):
            arm, _, seed = path.name.rpartition(".")
            if seed.isdecimal() and path.is_dir():
                found.append(self.training(arm, int(seed)))
        arms = [] if self.config is None else [(arm.name, arm.seed) for arm in self.config.arms]
        order = {key: number for number, key in enumerate(arms)}
        return sorted(found, key=lambda one: order.get((one.arm, one.seed), len(order)))

    def curve(self, arm: str, seed: int) -> list[tuple[int, Evaluation]]:
        """Return the evaluations along a training: of each snapshot, and of the last weights.

        All are of one reading, the headline's.

        Parameters
        ----------
        arm : str
        seed : int

        Returns
        -------
        list of (int, Evaluation)
            Step, and what its weights came to; empty where nothing was evaluated yet.

        Raises
        ------
        RunError
            If an evaluation is damaged.
        """
        place = self.training(arm, seed)
        points = dict(place.curve)
        # Older runs follow the sampled reading, even where they have both.
        snapshots = [reading_of(found.info) for found in points.values()]
        last = self.evaluation(arm, seed, snapshots[0] if snapshots else headline(self.readings))
        if last is not None and (steps := self._steps_of(arm, seed)):
            points[steps] = last
        return sorted(points.items())

    def _steps_of(self, arm: str, seed: int) -> int | None:
        """Return how many steps a training took, where it is over."""
        done = [] if self.result is None else list(self.result.trainings)
        if record := self.training(arm, seed).record:
            done.append(record)
        return next((t.progress.steps for t in done if (t.arm, t.seed) == (arm, seed)), None)

    # Reading.

    @property
    def problems(self) -> list[str]:
        """What is missing or damaged, as far as it was looked at."""
        return list(self._problems)

    def note(self, problem: str) -> None:
        """Add to `problems` what whoever reads the folder found."""
        self._problems.add(problem)

    @cached_property
    def config(self) -> RunConfig | None:
        """What the run was asked to do; None where it cannot be read at all."""
        return files.read_object(
            self.path / CONFIG, RunConfig, self._problems, migration.migrate_config
        )

    @cached_property
    def result(self) -> RunResult | None:
        """What the run found, as it was written then; None where there is none."""
        return files.read_object(
            self.path / RESULT,
            RunResult,
            self._problems,
            partial(migration.migrate_result, readings=self.readings),
        )

    @property
    def readings(self) -> tuple[str, ...]:
        """The readings that the run was asked for; sampled where it does not say."""
        asked = () if self.config is None else self.config.evaluation.readings
        return tuple(one for one in READINGS if one in asked) or (SAMPLED,)

    @property
    def protocol(self) -> RunProtocol | None:
        """How every arm was trained and asked; None where ``config.json`` cannot be read."""
        return None if self.config is None else protocol_of(self.config)

    @cached_property
    def status(self) -> Status | None:
        """What the run was doing last; None where it left no word."""
        if not (self.path / STATUS).exists():
            return None
        return files.read_object(self.path / STATUS, Status, self._problems)

    @cached_property
    def metrics(self) -> tuple[MetricsLine, ...]:
        """All training steps of all arms, in the order of the arms."""
        own = self.trainings
        journals = {(one.arm, one.seed) for one in own if (one.path / METRICS).exists()}
        joined: list[MetricsLine] = []
        if not journals or (self.path / METRICS).exists():
            joined += files.read_metrics(self.path / METRICS, self._problems)
        # What a training is writing anew counts, and not what an earlier end of the run joined.
        kept = [line for line in joined if (line.arm, line.seed) not in journals]
        for one in own:
            if (one.arm, one.seed) in journals:
                kept += one.lines(self._problems)
        return tuple(kept)

    @cached_property
    def rollouts(self) -> "pd.DataFrame":
        """Training completions, a row each, with the columns of `RolloutRow`."""
        parts = {(one.arm, one.seed): one.rollout_parts for one in self.trainings}
        return files.read_rollouts(self.path / ROLLOUTS, parts, self._problems)

    @cached_property
    def evaluations(self) -> dict[str, dict[str, list[Evaluation]]]:
        """Evaluations by reading, then by arm, ``before`` and ``sample`` first; one a seed.

        Every reading is there, without arms where nothing was evaluated in it.
        """
        return files.read_evaluations(self.path / EVALUATIONS, self._problems)

    @property
    def trained(self) -> bool:
        """Whether the sample taught anything; True where nothing says otherwise."""
        # A run evaluates what it trained, so that an evaluation is a word for it too.
        evaluated = any(arms.get(MAIN) for arms in self.evaluations.values())
        return self.result is None or self.result.trained or evaluated

    def metrics_frame(self) -> "pd.DataFrame":
        """Return the metrics as a table, one row a step."""
        import pandas as pd

        rows = [asdict(line) for line in self.metrics]
        return pd.DataFrame(rows, columns=list(columns(MetricsLine)))

    def _note_missing_evaluations(self) -> None:
        if not any(self.evaluations.values()):
            return
        planned = len(self.config.seeds) if self.config and self.config.seeds else 1
        several = len(self.readings) > 1
        for one in self.readings:
            arms, told = self.evaluations[one], f" ({one})" if several else ""
            if not arms.get(BEFORE):
                self._problems.add(f"the evaluation before training is missing{told}")
            present = len(arms.get(MAIN, []))
            older = self.config is not None and self.config.format < FORMAT_VERSION
            if older and one == GREEDY and several and not present:
                continue  # format 1 read the base model alone greedily
            if self.trained and present < planned:
                self._problems.add(
                    f"{present} of {planned} training seeds have an evaluation after training{told}"
                )

    def read_config(self) -> RunConfig:
        """Return ``config.json``, to go on with the run.

        Raises
        ------
        RunError
            If there is none, or it is damaged.
        """
        return files.read_sound(self.path / CONFIG, RunConfig, migration.migrate_config)

    def read_inputs(self) -> RunInputs:
        """Return ``inputs.json``, to go on with the run; raises RunError as `read_config` does."""
        return files.read_sound(self.path / INPUTS, RunInputs, migration.migrate_inputs)

    # Writing.

    def set_status(self, state: str, message: str) -> None:
        """Write ``status.json``: running, finished, interrupted or failed, and why."""
        if self.writes:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(self.path / STATUS, to_record(Status(state, message, now)))

    def evaluation(self, arm: str, seed: int = 0, reading: str = SAMPLED) -> Evaluation | None:
        """Return the evaluation of an arm that is written already, or None.

        Parameters
        ----------
        arm : str
        seed : int
            Training seed.
        reading : str

        Raises
        ------
        RunError
            If it is damaged.
        """
        places = [self._evaluation_file(arm, seed, reading)]
        if self.config is not None and self.config.format < FORMAT_VERSION:
            older = migration.older_names(arm, reading, self.readings)
            places += [self._seeded(name, arm, seed) for name in older]
        for place in places:
            if place.exists():
                found = Evaluation.load(place)
                if files.whose(place, found)[2] == reading:
                    return found
        return None

    def add_evaluation(self, evaluation: Evaluation, arm: str, seed: int = 0) -> None:
        """Write the evaluation of an arm in the reading that it is; the file says whose it is."""
        if self.writes:
            which = reading_of(evaluation.info)
            info = {
                **evaluation.info,
                files.ARM_KEY: arm,
                files.SEED_KEY: seed,
                READING_KEY: which,
            }
            replace(evaluation, info=info).save(self._evaluation_file(arm, seed, which))
            self._drop_journals(f"{checked(arm)}.{seed}-*-{which}-*")

    def answers_journal(
        self,
        arm: str,
        seed: int = 0,
        step: int | None = None,
        reading: str = SAMPLED,
        share: tuple[int, int] = (0, 1),
    ) -> Path:
        """Return where the answers of an evaluation are kept until it is written.

        Parameters
        ----------
        arm, seed, step
            What is evaluated: the last weights, or the snapshot after a step.
        reading : str
        share : (int, int)
            Which share of the items, of how many.
        """
        after = "last" if step is None else f"step-{step}"
        name = f"{JOURNAL}{checked(arm)}.{seed}-{after}-{reading}-{share[0]}-of-{share[1]}.jsonl"
        return self.path / EVALUATIONS / name

    def _drop_journals(self, which: str) -> None:
        for journal in (self.path / EVALUATIONS).glob(JOURNAL + which):
            journal.unlink(missing_ok=True)

    def _evaluation_file(self, arm: str, seed: int, reading: str) -> Path:
        """Name the file: ``after`` for the sample, NAME for a control, NAME-greedy, -seed-N."""
        name = "after" if arm == MAIN else checked(arm)
        return self._seeded(name if reading == SAMPLED else f"{name}-{reading}", arm, seed)

    def _seeded(self, name: str, arm: str, seed: int) -> Path:
        """Name the file of an arm that is trained with several seeds after its seed too."""
        seeds = 0 if self.config is None else sum(one.name == arm for one in self.config.arms)
        ending = f"-seed-{seed}" if seeds > 1 else ""
        return self.path / EVALUATIONS / f"{name}{ending}.parquet"

    def model_place(self, seed: int) -> Path:
        """Return where the trained model of a seed is kept, if it is."""
        return self.path / "model" / f"seed-{seed}"

    def finish(self, result: RunResult) -> None:
        """Join what the trainings wrote, write ``result.json`` and say that all is done."""
        if not self.writes:
            return
        self._join()
        write_json(self.path / RESULT, to_record(result))
        self._drop_journals("*")
        for log in (self.path / EVALUATIONS).glob(".evaluation-*.log"):
            log.unlink(missing_ok=True)  # of processes that were killed
        for one in self.trainings:
            one.tidy()
        if (place := self.path / TRAININGS).is_dir() and not any(place.iterdir()):
            place.rmdir()
        self.set_status("finished", result.verdict)
        self.close()

    def _join(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        from sample_engineering.runs.records import arrow_schema
        from sample_engineering.runs.rows import RolloutRow

        fresh = RunFolder(self.path, writes=False)
        if any((one.path / METRICS).exists() for one in self.trainings):
            with write_whole(self.path / METRICS) as stream:
                for line in fresh.metrics:
                    stream.write(json.dumps(finite(to_record(line)), ensure_ascii=False) + "\n")
        if any(one.rollout_parts for one in self.trainings):
            table = pa.Table.from_pandas(
                fresh.rollouts, schema=arrow_schema(RolloutRow), preserve_index=False
            )
            with write_whole(self.path / ROLLOUTS, "wb") as stream:
                pq.write_table(table, stream, compression="zstd")

    def close(self) -> None:
        """Let others write."""
        if self._claim is not None:
            self._claim()


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
