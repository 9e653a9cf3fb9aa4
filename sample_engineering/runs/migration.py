"""What older versions wrote, turned into the types of today.

Format 1 (version 0.1): ``config.json`` calls the completions of an item ``samples_per_item``;
``result.json`` has no ``base``; an evaluation's file name alone says whose it is.

Formats 1 and 2 know readings as arms: ``greedy`` is the base model decoded greedily, in format 2
``sample-greedy`` is the trained model so; the parts of the lift stand at the top of
``result.json``, and a control is compared in one reading.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sample_engineering.evaluation import Comparison
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED, headline
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.result import ControlResult

_SEEDED = re.compile(r"(?P<arm>.+?)-seed-(?P<seed>\d+)")
_AFTER = "after"  # what format 1 calls the evaluations of the arm under validation
# Arms of formats 1 and 2 that are a reading: name, and the arm that is read.
_READ_GREEDILY = {"greedy": BEFORE, "sample-greedy": MAIN}
_LIFT = tuple(part.name for part in fields(Comparison))


def version_of(record: Mapping[str, Any]) -> int:
    """Return the format that a record says it has; the first one did not always say."""
    version = record.get("format")
    return version if isinstance(version, int) and not isinstance(version, bool) else 1


def migrate_config(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of ``config.json`` as written today."""
    found = dict(record)
    if version_of(record) > 2:
        return found
    evaluation = found.get("evaluation")
    if isinstance(evaluation, Mapping):
        renamed = {"samples_per_item": "rollouts"} if version_of(record) == 1 else {}
        found["evaluation"] = {renamed.get(key, key): value for key, value in evaluation.items()}
        found["evaluation"]["readings"] = _readings(found["evaluation"], found.get("arms"))
    if isinstance(recipe := found.get("recipe"), Mapping):
        found["recipe"] = {"watch_items": 0, **recipe}  # nothing was watched
    if isinstance(arms := found.get("arms"), Sequence) and not isinstance(arms, str):
        found["arms"] = [arm for arm in arms if _name(arm) not in _READ_GREEDILY]
    return found


def migrate_inputs(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of ``inputs.json`` as written today."""
    found = dict(record)
    controls = found.get("controls")
    if isinstance(controls, Sequence) and not isinstance(controls, str):
        found["controls"] = [
            {**control, "reading": control.get("reading")}
            if isinstance(control, Mapping)
            else control
            for control in controls
            if _name(control) not in _READ_GREEDILY
        ]
    return found


def _readings(evaluation: Mapping[str, Any], arms: Any) -> list[str]:
    """Return the readings of a run of format 1 or 2."""
    members = evaluation.get("members") or [evaluation]
    asked = [one.get("protocol") or one for one in members if isinstance(one, Mapping)]
    if asked and all(one.get("temperature") == 0 for one in asked if isinstance(one, Mapping)):
        return [GREEDY]
    named = [_name(arm) for arm in arms] if isinstance(arms, list) else []
    return list(READINGS) if set(named) & set(_READ_GREEDILY) else [SAMPLED]


def _name(record: Any) -> Any:
    name = record.get("name") if isinstance(record, Mapping) else None
    return name if isinstance(name, str) else None


def migrate_result(
    record: Mapping[str, Any], readings: Sequence[str] = (SAMPLED,)
) -> dict[str, Any]:
    """Return the record of ``result.json`` as written today.

    Parameters
    ----------
    record : mapping
    readings : sequence of str
        Of the run: the lift of an older record is of the sampled one, if it had that.
    """
    if version_of(record) > 2:
        return dict(record)
    reading = SAMPLED if SAMPLED in readings else headline(readings)
    found = {key: value for key, value in record.items() if key not in _LIFT}
    lift = {key: record[key] for key in _LIFT if key in record}
    lifts = {GREEDY: record.get("greedy"), SAMPLED: None}
    if "macro" in lift:  # else nothing was trained
        lifts[reading] = lift
    controls = record.get("controls")
    own: dict[str, Any] = dict.fromkeys(part.name for part in fields(ControlResult))
    found["controls"] = {
        name: own | {reading: lead}
        for name, lead in (controls.items() if isinstance(controls, Mapping) else ())
        if name not in _READ_GREEDILY
    }
    base = record.get("base")
    if not isinstance(base, Mapping):  # of format 1
        domains = record.get("domains")
        groups = domains if isinstance(domains, Mapping) else {}
        base = {
            name: {"n": group.get("n"), "accuracy": group.get("before")}
            for name, group in {**groups, "overall": record.get("overall")}.items()
            if isinstance(group, Mapping)
        }
    return {**found, **lifts, "base": {reading: base}, "protocol": None}


def whose(arm: str, reading: str, said: bool) -> tuple[str, str]:
    """Return the arm and the reading of an evaluation.

    Parameters
    ----------
    arm : str
        As its file, or the file's name, calls it.
    reading : str
        As its settings show.
    said : bool
        Whether the file itself says its reading; before format 3 none did.

    >>> whose("sample-greedy", "greedy", False), whose("greedy", "sampled", True)
    (('sample', 'greedy'), ('greedy', 'sampled'))
    """
    if not said and arm in _READ_GREEDILY:
        return _READ_GREEDILY[arm], GREEDY
    return arm, reading


def older_names(arm: str, reading: str, readings: Sequence[str]) -> list[str]:
    """Return what formats 1 and 2 call the evaluation of an arm, without seed and ending."""
    alone = [_AFTER if arm == MAIN else arm]
    if reading == GREEDY and GREEDY in readings and len(readings) > 1:
        return [name for name, read in _READ_GREEDILY.items() if read == arm]
    return alone


def arm_of_file(stem: str) -> tuple[str, int]:
    """Return arm and seed of an evaluation of format 1, from its file name without ending.

    >>> arm_of_file("after-seed-3"), arm_of_file("format-only"), arm_of_file("before")
    (('sample', 3), ('format-only', 0), ('before', 0))
    """
    match = _SEEDED.fullmatch(stem)
    arm, seed = (match["arm"], int(match["seed"])) if match else (stem, 0)
    return (MAIN if arm == _AFTER else arm), seed
