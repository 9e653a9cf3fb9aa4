"""What older versions wrote, turned into the types of today.

Format 1 (version 0.1): ``config.json`` calls the completions of an item ``samples_per_item``;
``result.json`` has no ``base``; an evaluation's file name alone says whose it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from sample_engineering.runs.format import MAIN
from sample_engineering.runs.result import nested

_SEEDED = re.compile(r"(?P<arm>.+?)-seed-(?P<seed>\d+)")
_AFTER = "after"  # what format 1 calls the evaluations of the arm under validation


def version_of(record: Mapping[str, Any]) -> int:
    """Return the format that a record says it has; the first one did not always say."""
    version = record.get("format")
    return version if isinstance(version, int) and not isinstance(version, bool) else 1


def migrate_config(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of ``config.json`` as written today."""
    if version_of(record) > 1:
        return dict(record)
    found = dict(record)
    evaluation = found.get("evaluation")
    if isinstance(evaluation, Mapping) and "samples_per_item" in evaluation:
        rest = {key: value for key, value in evaluation.items() if key != "samples_per_item"}
        found["evaluation"] = {**rest, "rollouts": evaluation["samples_per_item"]}
    return found


def migrate_result(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of ``result.json`` as its type has it."""
    found = nested(record)
    if version_of(record) > 1:
        return found
    domains = record.get("domains")
    groups = domains if isinstance(domains, Mapping) else {}
    found["base"] = {
        name: {"n": group.get("n"), "accuracy": group.get("before")}
        for name, group in {**groups, "overall": record.get("overall")}.items()
        if isinstance(group, Mapping)
    }
    return found


def arm_of_file(stem: str) -> tuple[str, int]:
    """Return arm and seed of an evaluation of format 1, from its file name without ending.

    >>> arm_of_file("after-seed-3"), arm_of_file("format-only"), arm_of_file("before")
    (('sample', 3), ('format-only', 0), ('before', 0))
    """
    match = _SEEDED.fullmatch(stem)
    arm, seed = (match["arm"], int(match["seed"])) if match else (stem, 0)
    return (MAIN if arm == _AFTER else arm), seed
