"""The files of a log: a file, several, a glob, a folder, a trainer's or a run's output folder."""

import glob
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sample_engineering.errors import PoolError
from sample_engineering.pool.foreign import refuse_foreign
from sample_engineering.rollouts.steps import Step, are_parts, stem, steps_in_names

PathLike = str | os.PathLike[str]

TABLES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".pq", ".npy", ".npz")
_PACKED = (".gz", ".zst", ".zstd")
# Folders into which trainers write their rollouts, among others for checkpoints and settings.
_HOMES = (
    *("completions", "rollouts", "rollout", "rollout_data", "generations", "validation_data"),
    *("rollout_data_dir", "samples", "table", "trajectories"),
)
# Settings and states that lie among the logs.
_SETTINGS = re.compile(
    r"(?:.*[-_.])?(?:config|args|arguments|params|hparams|tokenizer.*|vocab|merges|metadata|meta|"
    r"trainer_state|training_args|special_tokens_map|generation_config|wandb-summary|"
    r"dataset_infos?|state|status|inputs|result|added_tokens|model\.safetensors\.index)",
    re.IGNORECASE,
)
_IDS = re.compile(r"(?:.*[-_.])?(?:ids|names|index)", re.IGNORECASE)
_RUN_PARTS = ("config.json", "inputs.json")
_STAGES = re.compile(r"(before|after)(?:-seed-\d+)?")
_MOST_FILES = 1_000_000


@dataclass(frozen=True)
class Log:
    """One file of a log.

    Parameters
    ----------
    path : Path
    step : int, str or None
        What its name says, used where its records say none.
    order : int
        Its place among the files; of parts of one step all are 0.
    """

    path: Path
    step: Step | None
    order: int


def find_logs(places: PathLike | Iterable[PathLike]) -> list[Log]:
    """Return the files of a log in the order of their steps, else as given.

    Raises
    ------
    PoolError
        If a place is not there, or holds nothing that can be read.
    """
    given = [places] if isinstance(places, str | os.PathLike) else list(places)
    if not given:
        raise PoolError("no log was named; give files or folders of rollouts")
    found: dict[Path, None] = {}
    for place in given:
        for path in _files_at(place):
            found.setdefault(path)
    paths = list(found)
    steps = steps_in_names(paths) if len(paths) > 1 else _step_of_one(paths)
    order = list(range(len(paths)))
    if all(step is not None for step in steps):
        order.sort(key=lambda k: steps[k] or 0)
    stages = [_stage(path) for path in paths]
    if len(paths) > 1 and all(stages):
        return [
            Log(path, stage, k) for k, (path, stage) in enumerate(zip(paths, stages, strict=True))
        ]
    parts = are_parts(paths)
    return [Log(paths[k], steps[k], 0 if parts else place) for place, k in enumerate(order)]


def _step_of_one(paths: Sequence[Path]) -> list[int | None]:
    """A single file is one visit whatever its name says, but ``step_3.json`` says so."""
    return steps_in_names([Path(path.name) for path in paths])


def _files_at(place: PathLike) -> list[Path]:
    text = os.fspath(place)
    path = Path(text)
    if path.is_file():
        if path.suffix == ".eval":
            raise PoolError(
                f"{path} is a packed log of inspect; write it as JSON: inspect log convert "
                f"{path} --to json --output-dir logs-json"
            )
        if not _is_table(path):
            refuse_foreign(path)
            raise PoolError(
                f"{path}: the format is not clear from the name; give {', '.join(TABLES)}"
            )
        return [path]
    if path.is_dir():
        return files_in(path)
    if glob.has_magic(text):
        matched = [Path(one) for one in sorted(glob.glob(text, recursive=True), key=natural)]
        found = [
            one
            for match in matched
            for one in (files_in(match) if match.is_dir() else [match] if _is_table(match) else [])
        ]
        if found:
            return found
        raise PoolError(f"no file matches {text}; check the pattern")
    raise PoolError(f"{path} is not there; check the path")


def is_run(folder: Path) -> bool:
    """Whether a folder is one that a validation wrote."""
    return all((folder / part).is_file() for part in _RUN_PARTS)


def _stage(path: Path) -> str:
    """Return ``before`` or ``after`` for an evaluation of a run's own training; else nothing."""
    if path.parent.name != "eval" or not is_run(path.parent.parent):
        return ""
    found = _STAGES.fullmatch(path.stem)
    return found[1] if found else ""


def files_in(folder: Path) -> list[Path]:
    """Return the files of rollouts in a folder.

    Raises
    ------
    PoolError
        If there is none.
    """
    if is_run(folder):
        return _of_run(folder)
    if folder.name == "eval" and is_run(folder.parent):
        found = sorted((path for path in folder.glob("*.parquet") if _stage(path)), key=natural)
        if found:  # those of control arms are not the sample's
            return sorted(found, key=lambda path: _stage(path) != "before")
    homes = [folder / name for name in _HOMES if (folder / name).is_dir()]
    for root in (*homes, folder):
        found = _tables_below(root)
        if found:
            return found
    endings = ", ".join(TABLES)
    raise PoolError(f"{folder} holds no file of rollouts ({endings}); check the path")


def _of_run(folder: Path) -> list[Path]:
    whole = folder / "rollouts.parquet"
    parts = sorted((folder / "training").glob("*/rollouts/*.parquet"), key=natural)
    parts += sorted((folder / "training").glob("*/rollouts.parquet"), key=natural)
    found = [whole] if whole.is_file() else parts
    if not found:
        raise PoolError(f"{folder} is the folder of a run without rollouts; let it train first")
    return found


def _tables_below(root: Path) -> list[Path]:
    found: list[Path] = []
    for above, folders, names in os.walk(root):
        folders[:] = sorted((f for f in folders if not f.startswith(".")), key=natural)
        found += [
            path
            for name in names
            if _is_table(path := Path(above, name)) and not _is_companion(path)
        ]
        if len(found) > _MOST_FILES:
            raise PoolError(f"{root} holds more than {_MOST_FILES:,} files; name some of them")
    return sorted(found, key=natural)


def _is_table(path: Path) -> bool:
    name = path.name.lower()
    for ending in _PACKED:
        name = name.removesuffix(ending)
    return name.endswith(TABLES) and not name.startswith(".")


def _is_companion(path: Path) -> bool:
    """Whether it is a file of settings, or the ids beside a matrix."""
    name = stem(path)
    if path.suffix.lower() in (".npy", ".npz"):
        return bool(_IDS.fullmatch(path.stem))
    if path.suffix.lower() == ".json" and _SETTINGS.fullmatch(name) and name != "training_state":
        return True
    beside = any(path.parent.glob("*.npy")) if _IDS.fullmatch(name) else False
    return beside


def natural(path: PathLike) -> tuple[object, ...]:
    """Sort key under which 2 comes before 10."""
    parts = re.split(r"(\d+)", os.fspath(path))
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)
