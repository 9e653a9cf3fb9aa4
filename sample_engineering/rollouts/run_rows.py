"""Rollouts of a run folder: which problem each row is of.

The types of a run folder stand in `runs`, which the data side does not import; here only what its
JSON says of the samples that were trained on is read.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sample_engineering.errors import PoolError

_MAIN = "sample"
_ROLLOUTS = "rollouts"
_LONGEST = 1 << 28
# What a sample says of its problem and its gold answer.
_TOLD = ("id", "problem", "answer", "kind", "unit", "tolerance", "choices", "units_allowed")


Lookup = Callable[[Mapping[str, Any]], dict[str, Any]]


def run_lookup(path: Path) -> Lookup | None:
    """Return what tells the problem of a row of a run's rollouts; None for other files.

    The function returns ``id``, ``problem`` and ``answer`` of the row's sample; or ``skip``, the
    reason why the row is none of the sample's own training: what a control arm rewards is not how
    often a problem is solved by training on it.
    """
    if path.stem != _ROLLOUTS and path.parent.name != _ROLLOUTS:
        return None
    root = next((one for one in path.parents if _is_run(one)), None)
    if root is None:
        return None
    main = [_object(root / "config.json").get("sample")]
    by_arm = {_MAIN: main}

    def told(row: Mapping[str, Any]) -> dict[str, Any]:
        arm = str(row.get("arm", _MAIN))
        if arm not in by_arm:
            return {"skip": "rows of control arms"}
        samples, index = by_arm[arm], row.get("sample_index", 0)
        sample = samples[index] if isinstance(index, int) and 0 <= index < len(samples) else None
        if not isinstance(sample, Mapping):
            return {"skip": "rows of no known sample"}
        known = {name: sample.get(name) for name in _TOLD}
        return {name: value for name, value in known.items() if value is not None}

    return told


def run_form(path: Path) -> str | None:
    """Return the answer form of the run that wrote a file; None for other files."""
    root = next((one for one in path.parents if _is_run(one)), None)
    if root is None:
        return None
    config = _object(root / "config.json")
    for part in ("evaluation", "recipe"):
        found = config.get(part)
        if isinstance(found, Mapping) and isinstance(found.get("form"), str):
            return str(found["form"])
    return None


def _is_run(folder: Path) -> bool:
    return (folder / "config.json").is_file() and (folder / "inputs.json").is_file()


def _object(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LONGEST:
            raise ValueError("it is too large")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise PoolError(f"cannot read {path}: {error}; the run folder is damaged") from error
    return found if isinstance(found, dict) else {}
