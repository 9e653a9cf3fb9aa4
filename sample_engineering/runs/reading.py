"""Reading the files of a run folder, whole, cut short or damaged.

A run folder may come from a stranger. So files, lines and tables beyond what a run writes are not
read into memory, and what is wrong is named and left out while the rest is shown.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sample_engineering.errors import RunError, SampleEngineeringError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.readings import READING_KEY, READINGS, reading_of
from sample_engineering.runs import migration
from sample_engineering.runs.format import BEFORE, FORMAT_VERSION, MAIN
from sample_engineering.runs.records import Problems, arrow_schema, from_record, later
from sample_engineering.runs.rows import MetricsLine, RolloutRow

if TYPE_CHECKING:
    import pandas as pd

Record = TypeVar("Record")
_MOST_BYTES = 2 * 1024**3  # of a file, and of a table once it is unpacked
_LONGEST_LINE = 1 << 20  # bytes of a line of metrics; ours have about 500
_LINES_NAMED = 5  # bad lines that are named one by one
ARM_KEY, SEED_KEY = "arm", "training_seed"  # in the description of an evaluation's file


def read_object(
    path: Path,
    kind: type[Record],
    problems: Problems,
    migrate: Callable[[Mapping[str, Any]], dict[str, Any]] = dict,
) -> Record | None:
    """Read a JSON file as a record; None where there is none that could be read."""
    try:
        if not path.exists():
            problems.add(f"{path.name} is missing")
            return None
        if _too_large(path, problems):
            return None
        content = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError, RecursionError) as error:
        problems.add(f"{path.name} cannot be read: {error}")
        return None
    if isinstance(content, Mapping):
        if migration.version_of(content) > FORMAT_VERSION:
            problems.add(
                f"{path.name} has format {migration.version_of(content)}, which is newer than "
                f"{FORMAT_VERSION}; update sample-engineering to see all of it"
            )
        content = migrate(content)
    return from_record(kind, content, path.name, problems.add)


def read_sound(
    path: Path,
    kind: type[Record],
    migrate: Callable[[Mapping[str, Any]], dict[str, Any]] = dict,
) -> Record:
    """Read a JSON file as a record, to go on with the run.

    Raises
    ------
    RunError
        If there is none, or it is damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError(f"no run at {path.parent}: it has no {path.name}; check the path") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RunError(f"cannot read {path}: {error}; the run folder is damaged") from error
    if not isinstance(content, dict):
        raise RunError(f"{path} holds no JSON object; the run folder is damaged")
    faults: list[str] = []
    found = from_record(kind, migrate(content), path.name, faults.append)
    if faults or found is None:
        raise RunError(f"{path.parent} cannot be continued: {faults[0]}; start the run anew")
    return found


def read_metrics(path: Path, problems: Problems) -> tuple[MetricsLine, ...]:
    """Read ``metrics.jsonl``; a line that is not a `MetricsLine` is named and left out."""
    lines: list[MetricsLine] = []
    bad = 0

    def fault(text: str) -> None:
        if bad < _LINES_NAMED:
            problems.add(text)

    try:
        if not path.exists():
            problems.add(f"{path.name} is missing")
            return ()
        if _too_large(path, problems):
            return ()
        for number, text in _numbered(path):
            line, sound = _line(text, f"{path.name} line {number}", fault)
            bad += not sound
            if line is not None and sound:
                lines.append(line)
    except OSError as error:
        problems.add(f"{path.name} cannot be read: {error}")
    if bad > _LINES_NAMED:
        problems.add(f"{path.name}: {bad} of {bad + len(lines)} lines cannot be read")
    return tuple(lines)


def _numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as stream:
        number = 0
        while text := stream.readline(_LONGEST_LINE):
            number += 1
            if text.strip():
                yield number, text


def _line(
    text: bytes, place: str, report: Callable[[str], None]
) -> tuple[MetricsLine | None, bool]:
    faults: list[str] = []
    try:
        line = from_record(
            MetricsLine, json.loads(text.decode("utf-8", "replace")), place, faults.append
        )
    except (ValueError, RecursionError):
        line = None
        faults.append(f"{place} is no JSON")
    if faults:
        report(faults[0])
    return line, not faults


def read_rollouts(
    path: Path, parts: Mapping[tuple[str, int], Sequence[Path]], problems: Problems
) -> "pd.DataFrame":
    """Read ``rollouts.parquet``, and the parts of trainings that are not joined into it.

    Parameters
    ----------
    path : Path
        The joined file; it, or the folder of the same name without ending, holds parts of
        trainings of an earlier version too.
    parts : mapping from (arm, seed) to sequence of Path
        The parts of each training; they count more than what was joined.
    problems : Problems
        Told what cannot be read.

    Returns
    -------
    pandas.DataFrame
        With the columns of `RolloutRow`; without rows where there are none.
    """
    import pandas as pd

    own = [file for files in parts.values() for file in files]
    joined = [path] if path.exists() else sorted(path.with_suffix("").glob("*.parquet"))
    if not own and not joined:
        problems.add(f"{path.name} is missing")
    frames = [_rollout_frame(file, problems) for file in joined]
    if anew := {key for key, files in parts.items() if files}:
        frames = [
            frame[[key not in anew for key in zip(frame["arm"], frame["seed"], strict=True)]]
            for frame in frames
        ]
    frames += [_rollout_frame(file, problems) for file in own]
    frames = [frame for frame in frames if len(frame)] or [_no_rollouts()]
    found: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return found


def _no_rollouts() -> "pd.DataFrame":
    frame: pd.DataFrame = arrow_schema(RolloutRow).empty_table().to_pandas()
    return frame


def _rollout_frame(file: Path, problems: Problems) -> "pd.DataFrame":
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = arrow_schema(RolloutRow)
    if _too_large(file, problems) or _unpacks_too_large(file, problems):
        return _no_rollouts()
    try:
        table = pq.read_table(file, partitioning=None)
        for name, usual in later(RolloutRow).items():  # in files of an earlier version
            if name not in table.column_names:
                values = pa.array([usual] * len(table), schema.field(name).type)
                table = table.append_column(name, values)
        if missing := [name for name in schema.names if name not in table.column_names]:
            problems.add(f"{file.name} lacks the columns {', '.join(missing)}")
            return _no_rollouts()
        frame: pd.DataFrame = table.select(schema.names).cast(schema).to_pandas()
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        problems.add(f"{file.name} cannot be read: {type(error).__name__}")
        return _no_rollouts()
    return frame


def read_evaluations(folder: Path, problems: Problems) -> dict[str, dict[str, list[Evaluation]]]:
    """Read all evaluations, by reading, then by arm: base model, sample, the controls by name.

    The evaluations of an arm are in the order of their training seeds.
    """
    found: dict[str, dict[str, list[tuple[int, Evaluation]]]] = {one: {} for one in READINGS}
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    if not files:
        problems.add(f"{folder.name}/ has no evaluation")
    for path in files:
        if path.name.startswith("."):
            continue
        if _too_large(path, problems) or _unpacks_too_large(path, problems):
            continue
        try:
            evaluation = Evaluation.load(path)
        except SampleEngineeringError as error:
            problems.add(f"{folder.name}/{path.name} cannot be read: {error}".split(";")[0])
            continue
        arm, seed, reading = whose(path, evaluation)
        others = found[reading].setdefault(arm, [])
        if any(known == seed for known, _ in others):  # a copy must not count as another seed
            problems.add(
                f"{folder.name}/{path.name} is left out: another file holds {arm}, seed {seed}, "
                f"{reading}"
            )
            continue
        others.append((seed, evaluation))
    return {reading: _in_order(arms) for reading, arms in found.items()}


def _in_order(arms: Mapping[str, list[tuple[int, Evaluation]]]) -> dict[str, list[Evaluation]]:
    order = sorted(arms, key=lambda name: (name != BEFORE, name != MAIN, name))
    return {
        name: [evaluation for _, evaluation in sorted(arms[name], key=lambda pair: pair[0])]
        for name in order
    }


def whose(path: Path, evaluation: Evaluation) -> tuple[str, int, str]:
    """Return the arm, the training seed and the reading of an evaluation's file."""
    info = evaluation.info
    arm, seed = info.get(ARM_KEY), info.get(SEED_KEY)
    if not isinstance(arm, str) or not isinstance(seed, int):
        arm, seed = migration.arm_of_file(path.stem)
    arm, reading = migration.whose(arm, reading_of(info), READING_KEY in info)
    return arm, seed, reading


def _too_large(path: Path, problems: Problems) -> bool:
    if path.stat().st_size > _MOST_BYTES:
        problems.add(f"{path.name} is larger than {_MOST_BYTES >> 30} GiB and was not read")
        return True
    return False


def _unpacks_too_large(path: Path, problems: Problems) -> bool:
    """Whether a Parquet file says that it holds more than a run writes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        about = pq.read_metadata(path)
        size = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    except (pa.ArrowException, OSError, ValueError):
        return False  # who reads it says what is wrong with it
    if size > _MOST_BYTES:
        problems.add(f"{path.name} unpacks to more than {_MOST_BYTES >> 30} GiB and was not read")
        return True
    return False
