"""Which column of records is a pass rate, and on what scale: learnt from all of them.

A single 1 or 50 does not say whether it is a share, a percentage or a count; the column does.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.pool.names import squashed
from sample_engineering.pool.nested import leaves
from sample_engineering.pool.written import unpacked

# Squashed names, the most certain first.
_RATES = ("passrate", "solverate", "successrate", "meanreward")
_CORRECT = (
    "correct",
    "ncorrect",
    "numcorrect",
    "correctcount",
    "numpassed",
    "passed",
    "successes",
    "nsuccess",
    "numsuccess",
    "success",
    "numsolved",
    "solved",
    "passcount",
    "npass",
    "numpass",
    "solvecount",
    "successcount",
)
ROLLOUTS = (
    "n",
    "nrollouts",
    "rollouts",
    "numsamples",
    "numrollouts",
    "nsamples",
    "total",
    "totalcount",
    "attempts",
    "numattempts",
    "numtotal",
    "ntotal",
    "totalattempts",
    "totalrollouts",
    "totalsamples",
    "numgenerations",
    "ngenerations",
    "numresponses",
)
FORCED = ("forcedpassrate", "guessrate")
_LIKE_RATES = re.compile(
    r"pass(?:at)?1|success|solved|solvefraction|(?:mean|avg)success|.*(?:passrate|solverate|successrate|accuracy)|acc|(?:mean|avg|average)acc|"
    r"(?:pass|solve|success)rate(?!low|high|std|ci)\w+|"
    r".+acc|(?:avg|mean|average|acc)\d+|(?:reward|acc|accuracy)(?:mean|avg|average)|"
    r"(?:avg|average)reward|correct(?:rate|ratio)|passratio|pass(?:at)?(?:\d+|[nk])"
)
_OF_SEVERAL = re.compile(r"\s*(\d{1,6})\s*(?:/|of|out of)\s*(\d{1,6})\s*", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"-?(?:0,\d+|\d{1,3},(?:\d{1,2}|\d{4,}))")
_VERDICTS = re.compile(r".*(?:correct|verif|verdict|passed|passes|success|solved|reward|score).*")
_FAILING = re.compile(r".*(?:fail|failure|error)rates?")
# Verdicts within rollouts, and what they say.
_VERDICT_KEYS = ("correct", "iscorrect", "verified", "passed", "success", "reward", "score", "acc")
_RIGHT = frozenset(("correct", "right", "true", "pass", "passed", "yes", "success", "solved"))
_WRONG = frozenset(("incorrect", "wrong", "false", "fail", "failed", "no", "failure", "unsolved"))
# Skywork-OR1: failures of 16, by model.
_FAILURES = ("modeldifficulty",)
FAILURES_OF = 16
_MAYBE = ("difficulty", "score", "reward", "meanscore", "avgscore", "averagescore", "hardness")
WHOLE = 100.0
_NO_SHARE = 2.0  # what is little over 1 is a reward or a slip rather than 1 %
_SHOWN = 3
_LOOKED = 1000  # records for rates within objects


@dataclass(frozen=True, slots=True)
class RateColumn:
    """A column that holds pass rates.

    Parameters
    ----------
    path : tuple of str
        Where it is, see `pool.names.reach`.
    form : str
        ``share``, ``percent``, ``of several`` (``"3/8"``), ``count`` (beside the number of
        rollouts), ``verdicts`` (a list of right and wrong), ``failures`` (of 16), ``failing`` or
        ``failing percent`` (share of the wrong ones).
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
            "failing": " (1 minus the share of failures)",
            "failing percent": " (1 minus the percentage of failures)",
            "failures": f" (1 minus failures of {FAILURES_OF})",
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
    rollouts = any(name in by_name for name in ROLLOUTS)
    for name in _RATES:
        if name in by_name:
            column = by_name[name]
            if all(isinstance(value, Mapping) for value in values[column]):
                continue
            form = _scale(column, values[column])
            if form == "percent" and _are_counts(seen, column):
                form = "count"
            found.columns.append(RateColumn((column,), form or "share"))
    for name in _CORRECT if rollouts else ():
        if name in by_name and any(number_in(value) is not None for value in values[by_name[name]]):
            found.columns.append(RateColumn((by_name[name],), "count"))
    if found.columns:
        return found
    others = [one for one in _guessed(by_name, values) if one is not None]
    others = others or list(_nested(seen[:_LOOKED]))
    if others:
        found.columns.append(others[0])
        said = f"pass rates are read from {others[0]}"
        if len(others) > 1:
            names = ", ".join(one.name for one in others[1 : 1 + _SHOWN])
            said += f"; also there: {names} (`mapping` pass_rate=COLUMN takes another)"
        found.notes.append(said)
        return found
    for name in _MAYBE:
        maybe = by_name.get(name)
        if maybe is not None and "tier" not in values and _scale(maybe, values[maybe]):
            found.notes.append(
                f"a column {maybe!r} may be a pass rate: if so, give `mapping` pass_rate={maybe}"
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
        form = _scale(name, values[name]) if _FAILING.fullmatch(squash) else ""
        if form in ("share", "percent"):
            yield RateColumn((name,), "failing percent" if form == "percent" else "failing")
    for squash, name in by_name.items():
        texts = [value for value in values[name] if isinstance(value, str)]
        if (squash in _MAYBE or _LIKE_RATES.fullmatch(squash)) and texts:
            several = all(several_in(text) is not None for text in texts)
            yield RateColumn((name,), "of several") if several else None
    for squash, name in by_name.items():
        named = _VERDICTS.fullmatch(squash) is not None
        if all(_is_verdicts(value, named=named) for value in values[name]):
            yield RateColumn((name,), "verdicts")
    for squash, name in by_name.items():
        if (squash in _RATES or _LIKE_RATES.fullmatch(squash)) and isinstance(
            values[name][0], Mapping
        ):  # by model
            for model in values[name][0]:
                rates = [one.get(model) for one in values[name] if isinstance(one, Mapping)]
                form = _scale(str(model), [one for one in rates if one is not None])
                yield RateColumn((name, str(model)), form) if form else None
    for name, cells in values.items():
        first = unpacked(cells[0]) if isinstance(cells[0], str) else cells[0]
        for path, failures in _objects(name, first):
            for model, number in failures.items():
                if isinstance(number, int) and 0 <= number <= FAILURES_OF:
                    yield RateColumn((*path, str(model)), "failures")


def _nested(records: Iterable[Mapping[str, Any]]) -> Iterable[RateColumn]:
    """Rates within objects and turns: ``extra_info.pass_rate``, Open-Reasoner-Zero's pass_at_n."""
    values: dict[tuple[str, ...], list[Any]] = {}
    for record in records:
        for path, value in _within(record):
            squash = squashed(path[-1])
            named = squash in _RATES or _LIKE_RATES.fullmatch(squash)
            if named and len(path) > 1 and not squash.startswith(("forced", "guess")):
                values.setdefault(path, []).append(value)
    for path, cells in values.items():
        form = _scale(path[-1], cells)
        if form:
            yield RateColumn(path, form)


def _within(record: Mapping[str, Any]) -> Iterable[tuple[tuple[str, ...], Any]]:
    for path, value in leaves(record):
        held = unpacked(value) if isinstance(value, str) else value
        last = held[-1] if isinstance(held, list | tuple) and held else None
        if isinstance(last, Mapping):  # the last turn of a conversation
            yield from (((*path, "-1", *below), inner) for below, inner in leaves(last))
        else:
            yield path, value


def _objects(name: str, value: Any) -> Iterable[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The objects of failures in a column: itself, or one within."""
    if not isinstance(value, Mapping):
        return
    if squashed(name) in _FAILURES:
        yield (name,), value
    for key, inner in value.items():
        if squashed(str(key)) in _FAILURES and isinstance(inner, Mapping):
            yield (name, str(key)), inner


def _are_counts(records: Sequence[Mapping[str, Any]], column: str) -> bool:
    """Whether values are numbers of right rollouts: whole, and no more than there were."""
    for record in records:
        value = record.get(column)
        if value is None:
            continue
        by_name = {squashed(name): name for name in record}
        n = named_number(record, by_name, ROLLOUTS)
        number = number_in(value)
        if n is None or number is None or not number.is_integer() or not 0 <= number <= n:
            return False
    return True


def _scale(name: str, values: Sequence[Any]) -> str:
    """Return ``share``, ``percent``, ``of several``, or nothing where a column is none."""
    texts = [value for value in values if isinstance(value, str)]
    if texts and all(several_in(text) is not None for text in texts):
        return "of several"
    numbers = [number for value in values if (number := number_in(value)) is not None]
    if len(numbers) * 2 < len(values) or not numbers:
        return ""
    if all(isinstance(value, str) and value.rstrip().endswith("%") for value in values):
        return "percent"
    inside = sum(0 <= number <= 1 for number in numbers)
    if inside == len(numbers):
        return "share"
    above = sum(number > 1 for number in numbers)
    between = sum(0 < number < 1 for number in numbers)
    if min(numbers) >= 0 and _NO_SHARE < max(numbers) <= WHOLE and above > between:
        return "" if "reward" in squashed(name) else "percent"
    return "share" if inside * 2 > len(numbers) else ""


def several_in(text: str) -> tuple[int, int] | None:
    """Return right and all of ``3/8`` or ``3 of 8``; None for another text."""
    match = _OF_SEVERAL.fullmatch(text)
    if match is None or not int(match[2]):
        return None
    return int(match[1]), int(match[2])


def _is_verdicts(value: Any, *, named: bool) -> bool:
    """Whether a value says of several rollouts which are right; `named`: its column says so."""
    if isinstance(value, str) and value[:1] not in ("[", "{"):
        return False
    held = unpacked(value) if isinstance(value, str) else value
    if not isinstance(held, list | tuple) or not held:
        return False
    return (named or isinstance(held[0], Mapping)) and verdicts_in(held) is not None


def verdicts_in(value: Any) -> list[bool] | None:
    """Return which of several rollouts are right; None for what does not say it.

    From a list of truth values, 0 and 1, -1 and 1, words, or objects that hold one of these.
    """
    held = unpacked(value) if isinstance(value, str) else value
    if not isinstance(held, list | tuple) or not held:
        return None
    found = []
    for one in held:
        if isinstance(one, Mapping):
            by_name = {squashed(str(key)): inner for key, inner in one.items()}
            one = next((by_name[key] for key in _VERDICT_KEYS if key in by_name), None)
        if isinstance(one, str) and one.strip().lower() in _RIGHT | _WRONG:
            one = one.strip().lower() in _RIGHT
        if not isinstance(one, bool | int | float) or one not in (-1, 0, 1):
            return None
        found.append(one == 1)
    return found


def number_in(value: Any) -> float | None:
    """Return a finite number, also from its text, perhaps with a percent sign; else None."""
    if isinstance(value, str):
        text = value.strip().rstrip("%").rstrip()
        if _DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        try:
            value = float(text)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def named_number(
    record: Mapping[str, Any], by_name: Mapping[str, str], names: Sequence[str]
) -> float | None:
    """Return the first number that a record has under one of these names, squashed."""
    for name in names:
        if name in by_name and (number := number_in(record[by_name[name]])) is not None:
            return number
    return None
