"""Whether what shall be compared was asked the same problems under the same conditions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.generation.asking import differing
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
            f"`before` holds other items than {benchmark.name}: {' and '.join(parts)}; "
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
    found = [protocols_of(evaluation.info) for evaluation in evaluations]
    known = [records for records in found if records is not None]
    for other in known[1:]:
        refuse_any(known[0], other, "the evaluations")
    missing = len(found) - len(known)
    told = f"{missing} of the evaluations do not say how the model was asked (older files)"
    return [f"{told}: whether the conditions were the same is not known"] if missing else []


def require_protocols_of(benchmark: Benchmark, earlier: Evaluation, *, greedy: bool) -> None:
    """Check that an earlier evaluation was asked as a benchmark will be; ConfigError if not."""
    records = protocols_of(earlier.info)
    if records is None:
        return
    asked = {
        member.name if benchmark.members else "": (
            member.protocol.greedy() if greedy else member.protocol
        ).record()
        for member, _ in benchmark.parts
    }
    refuse_any(records, asked, "`before` and this evaluation")


def refuse_any(
    first: Mapping[str, Mapping[str, Any]], other: Mapping[str, Mapping[str, Any]], what: str
) -> None:
    """Raise ConfigError where the protocols of a benchmark that both hold differ."""
    for name, record in first.items():
        if name in other:
            refuse_differing(record, other[name], f"{what} of {name}" if name else what)


def refuse_differing(first: Mapping[str, Any], other: Mapping[str, Any], what: str) -> None:
    """Raise ConfigError naming what differs between two records of protocols."""
    if told := differing(first, other):
        raise ConfigError(
            f"{what} were asked under different conditions: {'; '.join(told)}; "
            "evaluate both under the same"
        )


def protocols_of(info: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]] | None:
    """Return the records of the protocols in an evaluation's `info`, None in an older file.

    By the name of the member of a set of benchmarks; of a single one under the empty name.
    """
    members = info.get("members")
    if isinstance(members, Mapping) and members:
        own = {str(name): one for name, one in members.items() if isinstance(one, Mapping)}
        records = {name: one.get("protocol") for name, one in own.items()}
    else:
        records = {"": info.get("protocol")}
    found = {name: one for name, one in records.items() if isinstance(one, Mapping) and one}
    return found or None


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
