"""Which column of records is a pass rate, and on what scale: learnt from all of them.

A single 1 or 50 does not say whether it is a share, a percentage or a count; the column does.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.pool.names import reach, squashed
from sample_engineering.pool.written import unpacked

# Squashed names, the most certain first.
_RATES = ("passrate", "solverate", "successrate", "meanreward")
_CORRECT = ("correct", "ncorrect", "numcorrect", "correctcount", "numpassed", "passed")
_ROLLOUTS = ("n", "nrollouts", "rollouts", "numsamples", "numrollouts", "nsamples", "total")
_FORCED = ("forcedpassrate", "guessrate")
_LIKE_RATES = re.compile(
    r"pass(?:at)?1|.*(?:passrate|solverate|successrate|accuracy)|acc|(?:mean|avg|average)acc|"
    r"(?:pass|solve|success)rate(?!low|high|std|ci)\w+|"
    r"(?:avg|average)reward|correct(?:rate|ratio)|passratio|pass(?:at)?\d+"
)
_OF_SEVERAL = re.compile(r"\s*(\d{1,6})\s*(?:/|of|out of)\s*(\d{1,6})\s*", re.IGNORECASE)
_VERDICTS = re.compile(r".*(?:correct|verif|verdict|passed|passes|reward|score).*")
# Skywork-OR1: failures of 16, by model.
_FAILURES = ("modeldifficulty",)
_FAILURES_OF = 16
_MAYBE = ("difficulty", "score", "reward", "meanscore", "avgscore", "averagescore", "hardness")
_WHOLE = 100.0
_NO_SHARE = 2.0  # what is little over 1 is a reward or a slip rather than 1 %
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RateColumn:
    """A column that holds pass rates.

    Parameters
    ----------
    path : tuple of str
        Where it is, see `pool.names.reach`.
    form : str
        ``share``, ``percent``, ``of several`` (``"3/8"``), ``count`` (beside the number of
        rollouts), ``verdicts`` (a list of right and wrong) or ``failures`` (of 16).
    """

    path: tuple[str, ...]
    form: str

    @property
    def name(self) -> str:
        """As people write it."""
        return ".".join(self.path)

    def __str__(self) -> str:
        kinds = {
            "percent": " (in percent)",
            "verdicts": " (share of the right ones)",
            "failures": f" (1 minus failures of {_FAILURES_OF})",
        }
        return f"{self.name!r}{kinds.get(self.form, '')}"


@dataclass
class Found:
    """What was found out about the pass rates of records.

    Attributes
    ----------
    columns : list of RateColumn
        The first of them that a record has counts.
    notes : list of str
        Which was taken, and what else may be one.
    """

    columns: list[RateColumn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find_rates(records: Iterable[Mapping[str, Any]]) -> Found:
    """Find the columns of records that hold pass rates."""
    seen = list(records)
    values: dict[str, list[Any]] = {}
    for record in seen:
        for name, value in record.items():
            if value is not None:
                values.setdefault(name, []).append(value)
    by_name: dict[str, str] = {}
    for name in values:
        by_name.setdefault(squashed(name), name)
    found = Found()
    rollouts = any(name in by_name for name in _ROLLOUTS)
    for name in _RATES:
        if name in by_name:
            form = _scale(by_name[name], values[by_name[name]])
            found.columns.append(RateColumn((by_name[name],), form or "share"))
    for name in _CORRECT if rollouts else ():
        if name in by_name and any(_number(value) is not None for value in values[by_name[name]]):
            found.columns.append(RateColumn((by_name[name],), "count"))
    if found.columns:
        return found
    others = [one for one in _guessed(by_name, values) if one is not None]
    if others:
        found.columns.append(others[0])
        said = f"pass rates are read from {others[0]}"
        if len(others) > 1:
            names = ", ".join(one.name for one in others[1 : 1 + _SHOWN])
            said += f"; also there: {names} (`mapping` pass_rate=COLUMN takes another)"
        found.notes.append(said)
        return found
    for name in _MAYBE:
        column = by_name.get(name)
        if column is not None and "tier" not in values and _scale(column, values[column]):
            found.notes.append(
                f"a column {column!r} may be a pass rate: if so, give `mapping` pass_rate={column}"
            )
    return found


def _guessed(
    by_name: Mapping[str, str], values: Mapping[str, Sequence[Any]]
) -> Iterable[RateColumn | None]:
    for squash, name in by_name.items():
        if _LIKE_RATES.fullmatch(squash) and not squash.startswith(("forced", "guess")):
            form = _scale(name, values[name])
            yield RateColumn((name,), form) if form else None
    for squash, name in by_name.items():
        texts = [value for value in values[name] if isinstance(value, str)]
        if (squash in _MAYBE or _LIKE_RATES.fullmatch(squash)) and texts:
            several = all(_of_several(text) is not None for text in texts)
            yield RateColumn((name,), "of several") if several else None
    for squash, name in by_name.items():
        if _VERDICTS.fullmatch(squash) and all(map(_is_verdicts, values[name])):
            yield RateColumn((name,), "verdicts")
    for name, inner in values.items():
        first = unpacked(inner[0]) if isinstance(inner[0], str) else inner[0]
        for path, held in _objects(name, first):
            for model, failures in held.items():
                if isinstance(failures, int) and 0 <= failures <= _FAILURES_OF:
                    yield RateColumn((*path, str(model)), "failures")


def _objects(name: str, value: Any) -> Iterable[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The objects of failures in a column: itself, or one within."""
    if not isinstance(value, Mapping):
        return
    if squashed(name) in _FAILURES:
        yield (name,), value
    for key, inner in value.items():
        if squashed(str(key)) in _FAILURES and isinstance(inner, Mapping):
            yield (name, str(key)), inner


def _scale(name: str, values: Sequence[Any]) -> str:
    """Return ``share``, ``percent``, ``of several``, or nothing where a column is none."""
    texts = [value for value in values if isinstance(value, str)]
    if texts and all(_of_several(text) is not None for text in texts):
        return "of several"
    numbers = [number for value in values if (number := _number(value)) is not None]
    if len(numbers) * 2 < len(values) or not numbers:
        return ""
    if all(isinstance(value, str) and value.rstrip().endswith("%") for value in values):
        return "percent"
    inside = sum(0 <= number <= 1 for number in numbers)
    if inside == len(numbers):
        return "share"
    above = sum(number > 1 for number in numbers)
    between = sum(0 < number < 1 for number in numbers)
    if min(numbers) >= 0 and _NO_SHARE < max(numbers) <= _WHOLE and above > between:
        return "" if "reward" in squashed(name) else "percent"
    return "share" if inside * 2 > len(numbers) else ""


def _of_several(text: str) -> tuple[int, int] | None:
    match = _OF_SEVERAL.fullmatch(text)
    if match is None or not int(match[2]):
        return None
    return int(match[1]), int(match[2])


def _is_verdicts(value: Any) -> bool:
    value = unpacked(value) if isinstance(value, str) else value
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(one, bool) or one in (0, 1) for one in value)
    )


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value.strip().rstrip("%"))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True)
class Share:
    """A pass rate as a record gives it, or why it gives none.

    Parameters
    ----------
    rate : float or None
    rollouts : int or None
    forced : float or None
    fault : str
    """

    rate: float | None = None
    rollouts: int | None = None
    forced: float | None = None
    fault: str = ""


def read_share(record: Mapping[str, Any], columns: Sequence[RateColumn]) -> Share:
    """Read the pass rate of a record from the first column that it has."""
    by_name = {squashed(name): name for name in reversed(list(record))}
    n = _named(record, by_name, _ROLLOUTS)
    rollouts = int(n) if n is not None and n >= 1 else None
    forced = _named(record, by_name, _FORCED)
    forced = forced if forced is not None and 0 <= forced <= 1 else None
    fault = ""
    for column in columns:
        value = reach(record, column.path)
        if value is None:
            continue
        rate, of, why = _as_share(value, column, rollouts)
        if rate is not None:
            return Share(rate, of if of is not None else rollouts, forced)
        fault = fault or (f"{column.name} {why}" if why else "")
    return Share(fault=fault)


def _named(
    record: Mapping[str, Any], by_name: Mapping[str, str], names: Sequence[str]
) -> float | None:
    for name in names:
        if name in by_name and (number := _number(record[by_name[name]])) is not None:
            return number
    return None


def _as_share(
    value: Any, column: RateColumn, rollouts: int | None
) -> tuple[float | None, int | None, str]:
    if column.form == "verdicts":
        value = unpacked(value) if isinstance(value, str) else value
        if not isinstance(value, list | tuple) or not value:
            return None, None, ""
        return sum(map(float, value)) / len(value), len(value), ""
    if isinstance(value, str) and (several := _of_several(value)) is not None:
        right, of = several
        return (right / of, of, "") if right <= of else (None, None, f"{right} of {of} is too many")
    number = _number(value)
    if number is None:
        return None, None, f"{value!r:.30} is no number"
    if column.form == "failures":
        fits = 0 <= number <= _FAILURES_OF
        return (1 - number / _FAILURES_OF, _FAILURES_OF, "") if fits else (None, None, "")
    if column.form == "count":
        if rollouts is None:
            return None, None, ""
        fits = 0 <= number <= rollouts
        why = f"{number:g} of {rollouts} rollouts cannot be"
        return (number / rollouts, rollouts, "") if fits else (None, None, why)
    percent = column.form == "percent" or (isinstance(value, str) and value.strip()[-1:] == "%")
    rate = number / _WHOLE if percent else number
    if not 0 <= rate <= 1:
        return None, None, f"{number:g} is no share in [0, 1]"
    return rate, None, ""


def counted(faults: Iterable[tuple[str, str]]) -> list[str]:
    """Return notes of what could not be read, by kind, with the first id of each.

    Parameters
    ----------
    faults : iterable of (str, str)
        Id and fault.
    """
    kinds: Counter[str] = Counter()
    first: dict[str, tuple[str, str]] = {}
    for id_, fault in faults:
        kind = re.sub(r"-?\d[\d.e+]*", "N", fault)
        kinds[kind] += 1
        first.setdefault(kind, (id_, fault))
    return [
        f"{n:,} x {first[kind][1]}, the first of {first[kind][0]!r}" for kind, n in kinds.items()
    ]
