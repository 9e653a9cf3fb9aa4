"""Whether what shall be compared was asked the same problems."""

from collections.abc import Iterable, Mapping, Sequence

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.table import Evaluation
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
