"""Whether what shall be compared was asked the same problems under the same conditions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.generation.asking import Protocol, differing
from sample_engineering.text import storable

# How many item ids an error message lists.
_SHOWN = 3


def require_same_items(evaluations: Sequence[Evaluation]) -> None:
    """Check that all evaluations hold the same items: equal ids and, where kept, equal problems.

    Raises
    ------
    ConfigError
        If they do not; the message names some of the items.
    """
    first = _problems(evaluations[0])
    for evaluation in evaluations[1:]:
        if parts := _differences(first, _problems(evaluation)):
            raise ConfigError(
                f"the evaluations hold different items: {' and '.join(parts)}; "
                "evaluate both models on the same benchmark"
            )


def require_items_of(benchmark: Benchmark, earlier: Evaluation) -> None:
    """Check that an earlier evaluation holds the items of a benchmark.

    Raises
    ------
    ConfigError
        If it does not; the message names some of the items.
    """
    asked = {item.id: storable(item.problem) for item in benchmark.items}
    if parts := _differences(_problems(earlier), asked):
        raise ConfigError(
            f"`against` holds other items than {benchmark.name}: {' and '.join(parts)}; "
            "evaluate both models on the same benchmark"
        )


def require_same_protocol(evaluations: Sequence[Evaluation]) -> list[str]:
    """Check that all evaluations were made under the same protocol.

    Returns
    -------
    list of str
        What could not be checked, in words: files of older versions do not hold a protocol.

    Raises
    ------
    ConfigError
        If protocols differ; the message names the settings.
    """
    found = [protocol_of(evaluation.info) for evaluation in evaluations]
    known = [record for record in found if record is not None]
    for other in known[1:]:
        refuse_differing(known[0], other, "the evaluations")
    missing = len(found) - len(known)
    told = f"{missing} of the evaluations do not say how the model was asked (older files)"
    return [f"{told}: whether the conditions were the same is not known"] if missing else []


def require_protocol_of(asked: Protocol, earlier: Evaluation) -> None:
    """Check that an earlier evaluation was made under a protocol; ConfigError if not."""
    record = protocol_of(earlier.info)
    if record is not None:
        refuse_differing(record, asked.record(), "`against` and this evaluation")


def refuse_differing(first: Mapping[str, Any], other: Mapping[str, Any], what: str) -> None:
    """Raise ConfigError naming what differs between two records of protocols."""
    if told := differing(first, other):
        raise ConfigError(
            f"{what} were asked under different conditions: {'; '.join(told)}; "
            "evaluate both under the same"
        )


def protocol_of(info: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the record of the protocol in an evaluation's `info`, None in an older file."""
    record = info.get("protocol")
    return record if isinstance(record, Mapping) and record else None


def _differences(first: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    parts = []
    for where, ids in (
        ("the first only", first.keys() - other.keys()),
        ("another only", other.keys() - first.keys()),
    ):
        if ids:
            parts.append(f"{len(ids)} items are in {where} ({_some(ids)})")
    changed = {
        id_ for id_ in first.keys() & other.keys() if first[id_] and other[id_] != first[id_]
    }
    if changed and all(other.values()):
        parts.append(f"{len(changed)} items have another problem text ({_some(changed)})")
    return parts


def _problems(evaluation: Evaluation) -> dict[str, str]:
    rows = evaluation.table.drop_duplicates("item")
    return dict(zip(rows["item"], rows["problem"], strict=True))


def _some(ids: Iterable[str]) -> str:
    names = sorted(map(str, ids))
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
