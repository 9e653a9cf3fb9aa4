"""Gold answers from the columns of a table, whatever types a file, pandas or numpy gave them."""

import math
from collections.abc import Mapping
from functools import lru_cache
from numbers import Number
from typing import Any

from sample_engineering.answers import MARK, marked_answer
from sample_engineering.errors import GoldError
from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.sample import ANSWER_KINDS

# Columns that hold the gold answer, the first that is there counts. TRL's rewards read `solution`,
# verl's tables have `ground_truth`; where there is also an `answer`, a solution is a worked one.
GOLD_COLUMNS = ("gold", "answer", "ground_truth", "solution")
# Columns that say how the gold is to be read.
OPTION_COLUMNS = ("kind", "unit", "tolerance", "choices", "units_allowed")

# Whole numbers beyond this are not exact as floats.
_EXACT = 2.0**53
_WORDS_OF_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def golds_of(value: Any, options: Mapping[str, Any], problem: str | None = None) -> list[Gold]:
    """Read what stands in the gold column of one row.

    Parameters
    ----------
    value : object
        Text, a number, a `Gold`, or a list of them, of which each is right; numpy's kinds of these
        are the same.
    options : mapping
        Values of `OPTION_COLUMNS`; None, NaN and empty ones declare nothing, and a ``kind`` that is
        none declares nothing either (other tools use such a column for their own purposes).
    problem : str, optional
        The problem; its words may follow the number.

    Raises
    ------
    GoldError
        If there is no gold, or it cannot be read with these options.
    """
    given = plain(value)
    members = given if isinstance(given, list) else [given]
    if not members:
        raise GoldError("the gold answer is an empty list; give the row an answer")
    kind = plain(options.get("kind"))
    unit = plain(options.get("unit"))
    tolerance = _tolerance(plain(options.get("tolerance")))
    choices = plain(options.get("choices"))
    allowed = truth(options.get("units_allowed"))
    return [
        member
        if isinstance(member, Gold)
        else _read(
            _text(member),
            kind if isinstance(kind, str) and kind in ANSWER_KINDS else None,
            str(unit) if unit else None,
            tolerance,
            tuple(map(str, choices)) if isinstance(choices, list) and choices else None,
            True if allowed is None else allowed,
            problem,
        )
        for member in members
    ]


def plain(value: Any) -> Any:
    """Return a cell as Python has it: numpy's scalars and arrays unpacked, missing values None."""
    if value is None or isinstance(value, str | Gold | Mapping):
        return value
    if type(value).__name__ in ("NAType", "NaTType"):  # pandas', which has no truth value
        return None
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return plain(value.item())
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Number) and not isinstance(value, complex) and _is_nan(value):
        return None
    return value


def truth(value: Any) -> bool | None:
    """Return a truth value that may be written as a word or a number; None where it is none."""
    value = plain(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _WORDS_OF_TRUTH.get(str(value).strip().lower())


def _is_nan(value: Any) -> bool:
    try:
        return math.isnan(value)
    except ValueError:  # a signalling NaN
        return True
    except (TypeError, OverflowError):
        return False


def _text(value: Any) -> str:
    if value is None:
        raise GoldError("the gold answer is missing; give the row an answer")
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, float):
        if math.isinf(value):
            raise GoldError("the gold answer is infinite; give it as text")
        # A column of whole numbers with one missing value is one of floats.
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, Number):
        return _digits(value)
    if not isinstance(value, str):
        raise GoldError(f"a {type(value).__name__} is no gold answer; give text or a number")
    if MARK in value and "\\boxed" not in value:
        return marked_answer(value) or value
    return value


def _digits(value: Any) -> str:
    try:
        return str(value)
    except ValueError as error:  # more digits than Python writes
        raise GoldError(f"the gold answer is too long ({error}); give it as text") from error


def _tolerance(value: Any) -> float | None:
    if value is None or value == "":
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise GoldError(f"the tolerance is no number ({error}); correct it") from error


@lru_cache(maxsize=4096)
def _read(
    answer: str,
    kind: str | None,
    unit: str | None,
    tolerance: float | None,
    choices: tuple[str, ...] | None,
    units_allowed: bool,
    problem: str | None,
) -> Gold:
    return read_gold(
        answer,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        choices=choices,
        units_allowed=units_allowed,
        problem=problem,
    )


def gold_column(columns: Mapping[str, Any]) -> str | None:
    """Name of the column that holds the gold answers; None where there is none."""
    return next((name for name in GOLD_COLUMNS if columns.get(name) is not None), None)


def last_user_text(prompt: Any) -> str | None:
    """Text of a prompt: itself, or what the user said last in a conversation."""
    if isinstance(prompt, str):
        return prompt
    messages = plain(prompt)
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, Mapping) and str(message.get("role")) in ("user", "human"):
            return content_text(message.get("content"))
    return None


def content_text(content: Any) -> str:
    """Text of a message's content: itself, or its text parts together."""
    if isinstance(content, str):
        return content
    content = [content] if isinstance(content, Mapping) else plain(content)
    if not isinstance(content, list):
        return ""
    texts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
    return "".join(text for text in texts if isinstance(text, str))
