"""Fields of a pool that are called like columns of the ranking: kept under another name.

A pool may have a ``score`` or ``tier`` of its own. What an earlier ranking wrote is no such field:
the new columns take its place.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sample_engineering.pool.fields import KEPT
from sample_engineering.sample import Sample
from sample_engineering.selectors.protocol import TIERS

_OF_A_RANKING = ("rank", "score", "tier", "reasons")


def was_ranked(fields: Mapping[str, Any]) -> bool:
    """Whether fields hold the columns that an earlier ranking wrote."""
    rank = fields.get("rank")
    return (
        "reasons" in fields
        and fields.get("tier") in TIERS
        and isinstance(rank, int)
        and not isinstance(rank, bool)
    )


def names_aside(samples: Sequence[Sample], columns: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Return the fields of candidates that a ranking must not write over, and their new names.

    Parameters
    ----------
    samples : sequence of Sample
    columns : mapping of str to sequence
        Of the ranking, in the order of the candidates. A field with the same value everywhere, as
        one that fills its column, needs no other name.
    """
    aside: dict[str, str] = {}
    for place, sample in enumerate(samples):
        shared = [name for name in sample.extra if name in columns and name not in aside]
        if not shared or was_ranked(sample.extra):
            continue
        for name in shared:
            value = sample.extra[name]
            if value is not None and not _same(value, columns[name][place]):
                aside[name] = KEPT + name
    return {name: aside[name] for name in columns if name in aside}


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return list(one) == list(other)
    return bool(one == other)


def beside(record: dict[str, Any], sample: Sample, aside: Mapping[str, str]) -> dict[str, Any]:
    """Add a candidate's own fields to its record of columns, under names that are free."""
    ranked = bool(aside) and was_ranked(sample.extra)
    for name, value in sample.to_dict().items():
        if name in aside and name in sample.extra and not ranked:
            record.setdefault(aside[name], value)
        else:
            record.setdefault(name, value)
    return record


def own_names(fields: Iterable[str], columns: Iterable[str]) -> list[str]:
    """Return the names that fields of a pool may be kept under."""
    known = frozenset(columns)
    return [KEPT + name for name in fields if name in known]
