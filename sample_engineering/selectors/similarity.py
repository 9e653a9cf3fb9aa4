"""How alike candidates are: by the skills that they exercise, and by embeddings."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import numpy


def weighted_jaccard(
    rows: Sequence[Mapping[str, float]], columns: Sequence[Mapping[str, float]]
) -> "numpy.ndarray":
    """Similarity by skills, sum of min over sum of max of the weights; in [0, 1].

    0 where neither has a skill.

    Parameters
    ----------
    rows, columns : sequence of mapping of str to float
        Weight of each skill of a candidate.

    Returns
    -------
    ndarray of float32, shape (rows, columns)

    References
    ----------
    Ruzicka similarity; with weights 0 and 1 it is the Jaccard index of the sets.
    """
    import numpy as np

    shared = np.zeros((len(rows), len(columns)), dtype=np.float32)
    names = dict.fromkeys(name for one in rows for name in one)
    for name in names:
        of_rows = [(i, one[name]) for i, one in enumerate(rows) if one.get(name)]
        of_columns = [(j, one[name]) for j, one in enumerate(columns) if one.get(name)]
        if of_rows and of_columns:
            i, left = (np.array(part) for part in zip(*of_rows, strict=True))
            j, right = (np.array(part) for part in zip(*of_columns, strict=True))
            shared[np.ix_(i, j)] += np.minimum.outer(left, right).astype(np.float32)
    total = np.array([sum(one.values()) for one in rows], dtype=np.float32)[:, None] + np.array(
        [sum(one.values()) for one in columns], dtype=np.float32
    )
    either = total - shared
    found: numpy.ndarray = np.where(
        either > 0, shared / np.where(either > 0, either, 1), np.float32(0)
    )
    return found


def cosine(rows: "numpy.ndarray", columns: "numpy.ndarray") -> "numpy.ndarray":
    """Cosine of embeddings, negative ones cut to 0; 0 for a vector of zeros."""
    import numpy as np

    left, right = _of_length_one(rows), _of_length_one(columns)
    found: numpy.ndarray = np.clip(left @ right.T, 0.0, 1.0).astype(np.float32)
    return found


def embeddings_in(samples: Sequence[Sample], field: str) -> "numpy.ndarray":
    """Return the embeddings that a field of the candidates holds, shape (n, dimensions).

    Raises
    ------
    ConfigError
        If no candidate has the field.
    PoolError
        If one lacks it, or holds no list of numbers as long as the others'.
    """
    import numpy as np

    given = [sample.extra.get(field) for sample in samples]
    if all(one is None for one in given):
        names = ", ".join(dict.fromkeys(key for sample in samples for key in sample.extra))
        raise ConfigError(
            f"`embeddings` {field}: no candidate has such a field; they have {names or 'none'}"
        )
    rows = []
    for sample, one in zip(samples, given, strict=True):
        try:
            # A table holds a list as text.
            row = np.asarray(json.loads(one) if isinstance(one, str) else one, dtype=float)
        except (TypeError, ValueError, RecursionError):
            row = np.array(np.nan)
        if row.ndim != 1 or not row.size or not np.isfinite(row).all():
            raise PoolError(f"`embeddings` {field} of {sample.id!r} is no list of numbers")
        rows.append(row)
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise PoolError(
            f"`embeddings` {field}: vectors have {min(lengths)} to {max(lengths)} numbers; "
            "give vectors of one model"
        )
    return np.stack(rows)


def _of_length_one(vectors: "numpy.ndarray") -> "numpy.ndarray":
    import numpy as np

    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: numpy.ndarray = vectors / np.where(length > 0, length, 1.0)
    return result
