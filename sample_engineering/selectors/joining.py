"""Whose measurement is it: values by id brought to the ids of a pool, or an error that says why.

The one place where pass rates and histories find their candidates.
"""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from sample_engineering.errors import PoolError
from sample_engineering.pool.ids import as_id, id_in

__all__ = ["as_id", "by_id", "id_in", "matched"]

_Value = TypeVar("_Value")
_SHOWN = 3


def by_id(given: Mapping[Any, _Value], what: str) -> dict[str, _Value]:
    """Return values under ids as pools write them: 7 and 7.0 are ``"7"``.

    Raises
    ------
    PoolError
        If a key is no id, or two keys are the same one.
    """
    found: dict[str, _Value] = {}
    for key, value in given.items():
        id_ = as_id(key)
        if id_ is None:
            raise PoolError(
                f"`{what}` has the key {key!r:.60}, which is no id; give ids of the pool"
            )
        if id_ in found:
            raise PoolError(f"`{what}` has the id {id_!r} twice; give each once")
        found[id_] = value
    return found


def matched(
    given: Mapping[str, _Value], ids: Collection[str], what: str
) -> tuple[dict[str, _Value], list[str]]:
    """Return the values of the candidates of a pool, in its order, and what found no partner.

    Parameters
    ----------
    given : mapping of str to value
        See `by_id`.
    ids : collection of str
        Of the pool.
    what : str
        The parameter that the values were given in, for messages.

    Returns
    -------
    values : dict
    notes : list of str

    Raises
    ------
    PoolError
        If no id is in both; the message names some of each.
    """
    found = {id_: given[id_] for id_ in ids if id_ in given}
    if ids and not found:
        raise PoolError(
            f"no id of `{what}` occurs in the pool: {_few(given)} there, {_few(ids)} here; give "
            f"those of these candidates, or name the column of the ids with `mapping` id=COLUMN"
        )
    notes = []
    if strangers := [id_ for id_ in given if id_ not in found]:
        notes.append(f"{what} of no candidate: {len(strangers):,} ({_few(strangers)})")
    if without := len(ids) - len(found):
        notes.append(f"candidates without {what}: {without:,} of {len(ids):,}")
    return found, notes


def _few(ids: Collection[str]) -> str:
    shown = [repr(id_)[:40] for id_, _ in zip(ids, range(_SHOWN), strict=False)]
    return ", ".join(shown) + (" ..." if len(ids) > _SHOWN else "") or "none"
