"""Steps of a training: from cells, and from the names of files."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Step = int | float | str

_WORDS = r"(?:global_?steps?|steps?|checkpoints?|ckpt|iterations?|iter|epochs?|updates?|rounds?)"
_NAMED = re.compile(
    rf"(?<![a-zA-Z]){_WORDS}[-_=. ]{{0,2}}(\d{{1,12}}(?:\.\d{{1,6}})?)(?!\d)", re.IGNORECASE
)
# wandb: completions_12_0123456789abcdef.table.json
_WANDB = re.compile(r"_(\d{1,12})_[0-9a-f]{8,}\.table$")
_ENDINGS = (".gz", ".zst", ".zstd", ".jsonl", ".ndjson", ".json", ".parquet", ".pq", ".csv", ".tsv")
_PARTS = (
    r"(?<![a-zA-Z])(?:rank|shard|part|worker|gpu|node|chunk|split|seed|proc|process|host)s?[-_.]?\d"
)
_LONGEST = 80  # characters of a label


def step_of(value: Any) -> Step | None:
    """Read a step from a cell or a key: ``10``, ``"10"``, ``"step_10"``, or a label as it is."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else value
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    try:
        return step_of(float(text)) if len(text) <= 20 else text[:_LONGEST]
    except ValueError:
        pass
    named = _NAMED.findall(text)
    return step_of(float(named[-1])) if named else text[:_LONGEST]


def stem(path: Path) -> str:
    """Return the name of a file without its endings."""
    name = path.name
    while any(name.lower().endswith(ending) for ending in _ENDINGS):
        name = name[: name.rindex(".")]
    return name


def steps_in_names(paths: Sequence[Path]) -> list[int | None]:
    """Return the step that each file's name, or the folder's it lies in, stands for.

    ``step_3.json``, ``global_step_40/rollouts.jsonl``, ``12.jsonl``; of several files that differ
    in one number, that number (``completions_00001.parquet``).
    """
    found = [_named_step(path) for path in paths]
    if any(step is None for step in found):
        found = _numbers_that_differ(paths) or found
    return found


def are_parts(paths: Sequence[Path]) -> bool:
    """Whether the files are parts of one step: shards, or what several workers wrote."""
    return all(re.search(r"-of-\d|" + _PARTS, stem(path), re.IGNORECASE) for path in paths)


def _named_step(path: Path) -> int | None:
    name = stem(path)
    table = _WANDB.search(name)
    if table:
        return int(table[1])
    if name.isdecimal() and len(name) <= 12:
        return int(name)
    for part in (name, *reversed(path.parts[:-1])):
        named = _NAMED.findall(part)
        if named:
            return int(float(named[-1]))
    return None


def _numbers_that_differ(paths: Sequence[Path]) -> list[int | None] | None:
    """Return the one number in which the names differ, if they differ in nothing else."""
    names = [stem(path) for path in paths]
    if len(set(names)) < 2 or len({re.sub(r"\d+", "#", name) for name in names}) > 1:
        return None
    numbers = [re.findall(r"\d+", name) for name in names]
    # Shards and ranks are parts of one step.
    if any(re.search(r"-of-\d|" + _PARTS, name, re.IGNORECASE) for name in names):
        return None
    places = [k for k, column in enumerate(zip(*numbers, strict=True)) if len(set(column)) > 1]
    if len(places) != 1 or any(len(row[places[0]]) > 12 for row in numbers):
        return None
    return [int(row[places[0]]) for row in numbers]
