"""What a record of `se contamination` says beside the figures of an evaluation, in sentences.

The problems that the model completes word for word are set apart: how often they are answered
right, and how often the others are; of two evaluations, what is left of the lift without them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.contamination import Contamination
from sample_engineering.evaluation.reasons import interval
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.text import count_of

KEY = "known_by_heart"  # in the info of an evaluation


def require_items(items: Collection[str], found: Contamination) -> None:
    """Raise ConfigError if a record is of none of the items that are asked."""
    probed = {record.id for record in found.records if not record.control}
    if not probed & set(_own(items)):
        raise ConfigError(
            f"`contamination` is of {found.benchmark}, and none of its problems is asked here; "
            "give a record of this benchmark, by se contamination -b BENCHMARK --out RECORD.json"
        )


def told(result: Evaluation, found: Contamination, earlier: Evaluation | None = None) -> Evaluation:
    """Return an evaluation whose notes say what was found.

    Parameters
    ----------
    result : Evaluation
    found : Contamination
        Of the same benchmark, or a part of it.
    earlier : Evaluation, optional
        Of the same items; the lift over it is told without what is known by heart.

    Returns
    -------
    Evaluation
        ``info["known_by_heart"]`` holds the verdict and the ids; the sentences are notes.
    """
    by_id = _own(result.table["item"].unique())
    known = [by_id[one] for one in found.by_heart() if one in by_id]
    notes = [found.verdict, *_apart(result, found, known), *_lift(result, earlier, known)]
    record: Mapping[str, Any] = {
        "model": found.model,
        "benchmark": found.benchmark,
        "kind": found.kind,
        "items": known,
    }
    info = {**result.info, KEY: record, "notes": [*result.info.get("notes", ()), *notes]}
    return Evaluation(result.table, info)


def _own(items: Collection[str]) -> dict[str, str]:
    """Return items by the ids of their benchmarks: in a set they stand behind a name."""
    found = {str(one).partition("/")[2]: str(one) for one in items if "/" in str(one)}
    return found | {str(one): str(one) for one in items}


def _apart(result: Evaluation, found: Contamination, known: Sequence[str]) -> list[str]:
    means = result.item_means()
    inside = means[means.index.isin(known)]
    outside = means[~means.index.isin(known)]
    if inside.empty or outside.empty:
        which = "None" if inside.empty else "Every one"
        return [f"{which} of the problems that are asked is completed word for word."]
    probed = {record.id for record in found.records if not record.control}
    unknown = len(set(means.index) - {_own(means.index).get(one) for one in probed})
    rest = f", of which {unknown} were not probed" if unknown else ""
    return [
        f"Right on the {count_of(len(inside), 'problem')} that it completes word for word: "
        f"{100 * inside.mean():.1f} %; on the other {len(outside)}{rest}: "
        f"{100 * outside.mean():.1f} %."
    ]


def _lift(result: Evaluation, earlier: Evaluation | None, known: Sequence[str]) -> list[str]:
    if earlier is None or not known:
        return []
    left = [_without(one, known) for one in (earlier, result)]
    if left[1].table.empty:
        return []
    whole, rest = compare(earlier, result).overall, compare(*left).overall
    return [
        f"The lift without them: {interval(rest)}; with them: {interval(whole)}.",
    ]


def _without(one: Evaluation, known: Sequence[str]) -> Evaluation:
    return Evaluation(one.table[~one.table["item"].isin(known)].reset_index(drop=True), one.info)
