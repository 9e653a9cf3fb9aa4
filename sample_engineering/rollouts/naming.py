"""Which problem a record is of: the columns that say it, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sample_engineering.pool.ids import as_id
from sample_engineering.pool.names import reach
from sample_engineering.rollouts.columns import Columns, Path, find_columns
from sample_engineering.rollouts.prompts import prompt_text

_LONGEST_CODE = 60  # characters of a name without spaces
_LEAST_WORDS = 4  # of an id that is a text


@dataclass(frozen=True)
class Keys:
    """The columns that name a record's problem.

    Parameters
    ----------
    ids : tuple of path
        The most likely first.
    text : path or None
    """

    ids: tuple[Path, ...]
    text: Path | None

    @classmethod
    def of(cls, columns: Columns) -> "Keys":
        """Return those among the columns of a log."""
        return cls(columns.ids, columns.text)

    def read(
        self, record: Mapping[str, Any]
    ) -> tuple[str | None, str | None, tuple[str, ...]] | None:
        """Return the id, the text, and all ids that may be meant; None where there is none."""
        # Another column than the one that most rows have in the pool would join by chance.
        found = (as_id(reach(record, path)) for path in self.ids)
        id_ = next((one for one in found if one is not None), None)
        words = None
        if self.text is not None:
            given = reach(record, self.text)
            words = prompt_text(given)
            if id_ is None and (words is None or _is_code(words)):
                id_ = as_id(given)  # a column "problem" with the problem's name
        if words is None and id_ is not None and len(id_.split()) >= _LEAST_WORDS:
            return None, id_, ()  # keyed by the problem itself
        if id_ is None and words is None:
            return None
        return id_, words, () if id_ is None else (id_,)


def _is_code(text: str) -> bool:
    return len(text) <= _LONGEST_CODE and not any(c.isspace() for c in text.strip())


def keys_besides(
    records: Sequence[Mapping[str, Any]],
    where: str,
    but: set[str | None],
    id: str | None,
    known: frozenset[str],
) -> Keys:
    """Find the columns that name problems, besides some that mean something else."""
    slim = [{k: v for k, v in record.items() if k not in but} for record in records]
    return Keys.of(best_id_first(find_columns(slim, where, id=id), slim, known, given=id))


def best_id_first(
    columns: Columns,
    records: Sequence[Mapping[str, Any]],
    known: frozenset[str],
    *,
    given: str | None,
) -> Columns:
    """Of several ids, put that first which the pool has most of."""
    if given is not None or len(columns.ids) < 2 or not known:
        return columns
    hits = {
        path: sum(as_id(reach(record, path)) in known for record in records) for path in columns.ids
    }
    return replace(columns, ids=tuple(sorted(columns.ids, key=lambda path: -hits[path])))
