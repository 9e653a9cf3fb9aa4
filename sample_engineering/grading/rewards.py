"""Reward functions in the shape that TRL, verl and a test can all call.

In the middle of training nothing here raises: what cannot be graded gets no reward (None, which TRL
takes out of the group) and is told once in the log. `check_golds` finds it before training.
"""

import logging
from collections.abc import Callable, Mapping, Sequence, Sized
from functools import lru_cache
from numbers import Number
from typing import Any

from sample_engineering.errors import ConfigError, GoldError
from sample_engineering.grading.columns import (
    OPTION_COLUMNS,
    content_text,
    gold_column,
    golds_of,
    last_user_text,
    plain,
)
from sample_engineering.grading.grader import Grade, grade
from sample_engineering.grading.sameness.gold_answer import Gold
from sample_engineering.sample import ANSWER_KINDS
from sample_engineering.text import storable

Completion = str | Sequence[Mapping[str, Any]]

_LOG = logging.getLogger(__name__)
# Who speaks in a completion beside the model, where tools or an environment answer it.
_OTHERS = frozenset(
    ("user", "human", "system", "developer", "tool", "function", "environment", "observation")
)
_MOST_NAMED = 5


def correctness_reward(
    completions: Sequence[Completion],
    answer: Sequence[Any] | None = None,
    *,
    solution: Sequence[Any] | None = None,
    **columns: Any,
) -> list[float | None]:
    """1.0 for each completion whose boxed final answer equals the gold, else 0.0.

    Parameters
    ----------
    completions : sequence of str or of list of messages
        The completions; of a conversation, what the model said last is graded.
    answer : sequence
        The gold answer of each completion: text, a number, a `Gold`, or a list of answers of which
        each is right.
    solution : sequence, optional
        The same under TRL's name; not read where there is an `answer`.
    **columns
        Other columns of the dataset, one value a completion. ``kind``, ``unit``, ``tolerance``,
        ``choices`` and ``units_allowed`` are used (None, NaN and empty values declare nothing), and
        the words of ``problem`` or ``prompts`` may follow a number. Others are ignored. TRL's
        ``log_extra`` is told the gold, the answer found and the rule, so that ``se grade --audit``
        can look at the completions that TRL logs.

    Returns
    -------
    list of float or None
        One reward per completion; None where the gold cannot be read, which TRL leaves out.

    Raises
    ------
    ConfigError
        If there is no column of gold answers, or columns differ in length: at the first call.
    """
    table = {**columns, "answer": answer, "solution": solution}
    verdicts = _verdicts(completions, table)
    if callable(columns.get("log_extra")):
        _log_extra(columns["log_extra"], verdicts, table)
    return [None if found is None else float(found[0].correct) for found in verdicts]


def format_reward(
    completions: Sequence[Completion],
    answer: Sequence[Any] | None = None,
    *,
    solution: Sequence[Any] | None = None,
    **columns: Any,
) -> list[float | None]:
    """1.0 for each completion with a readable boxed answer, right or wrong, else 0.0.

    The parameters are those of `correctness_reward`.
    """
    verdicts = _verdicts(completions, {**columns, "answer": answer, "solution": solution})
    return [None if found is None else float(found[0].readable) for found in verdicts]


def check_golds(
    answer: Sequence[Any] | None = None,
    *,
    solution: Sequence[Any] | None = None,
    **columns: Any,
) -> None:
    r"""Read all gold answers of a table as the rewards will, before training.

    >>> check_golds(solution=["$12$", r"so it is \boxed{5}"])

    Parameters
    ----------
    answer, solution, **columns
        See `correctness_reward`.

    Raises
    ------
    GoldError
        If one cannot be read; the message names the rows, counted from 0.
    """
    table = {**columns, "answer": answer, "solution": solution}
    golds = table.get(gold_column(table) or "")
    count = len(golds) if isinstance(golds, Sized) and not isinstance(golds, str) else 1
    faults = []
    for index, row in enumerate(reward_rows(table, count)):
        try:
            _golds(row)
        except GoldError as error:
            faults.append(f"row {index}: {error}")
    if faults:
        more = f"; and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
        raise GoldError("; ".join(faults[:_MOST_NAMED]) + more)


def completion_text(completion: Any) -> str:
    """Text of a completion: itself, or what the model said last in a conversation.

    Answers of tools and turns of others are no part of it, nor are messages without text, such as
    a bare call of a tool. What is no completion at all has no text.
    """
    if isinstance(completion, str):
        return completion
    messages = [completion] if isinstance(completion, Mapping) else plain(completion)
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, Mapping) and str(message.get("role")) not in _OTHERS:
            text = content_text(message.get("content"))
            if text:
                return text
    return ""


def _verdicts(
    completions: Sequence[Any], table: Mapping[str, Any]
) -> list[tuple[Grade, Gold] | None]:
    rows = reward_rows(table, len(completions))
    return [_verdict(completion, row) for completion, row in zip(completions, rows, strict=True)]


def _log_extra(
    log: Callable[[str, list[Any]], None],
    verdicts: Sequence[tuple[Grade, Gold] | None],
    table: Mapping[str, Any],
) -> None:
    """Tell the log columns of one type each, the same in every step, as TRL's table needs."""
    shown: dict[str, Callable[[Grade, Gold], Any]] = {
        "gold": lambda grade, gold: storable(gold.text),
        "extracted": lambda grade, gold: storable(grade.extracted or ""),
        "rule": lambda grade, gold: grade.rule,
    }
    options: dict[str, Callable[[Grade, Gold], Any]] = {
        "kind": lambda grade, gold: gold.kind if gold.declared else None,
        "unit": lambda grade, gold: gold.unit,
        "tolerance": lambda grade, gold: gold.tolerance,
        "units_allowed": lambda grade, gold: gold.units_allowed,
    }
    shown |= {name: of for name, of in options.items() if table.get(name) is not None}
    for name, of in shown.items():
        log(name, [None if found is None else of(*found) for found in verdicts])


def reward_rows(table: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """Return rows of the columns that count, the gold as ``gold``; a single value holds for all.

    Raises
    ------
    ConfigError
        If there is no column of golds, or columns differ in length.
    """
    gold = gold_column(table)
    if gold is None:
        raise ConfigError(
            "there are no gold answers; give `answer` or `solution`, one a completion"
        )
    used = {
        name: table[name]
        for name in (gold, "problem", "prompts", *OPTION_COLUMNS)
        if table.get(name) is not None
    }
    columns = {"gold" if name == gold else name: _column(name, used[name], count) for name in used}
    return [{name: column[index] for name, column in columns.items()} for index in range(count)]


def _column(name: str, values: Any, count: int) -> list[Any]:
    if isinstance(values, str | bytes | Number | Gold | Mapping):
        return [values] * count
    column = list(values)
    if len(column) != count:
        raise ConfigError(
            f"`{name}` has {len(column)} values for {count} completions; give one for each"
        )
    return column


def _golds(row: Mapping[str, Any]) -> list[Gold]:
    problem = row.get("problem")
    return golds_of(
        row["gold"],
        row,
        problem if isinstance(problem, str) else last_user_text(row.get("prompts")),
    )


def _verdict(completion: Any, row: Mapping[str, Any]) -> tuple[Grade, Gold] | None:
    """Grade one completion; None where it cannot be, which the log says."""
    kind = row.get("kind")
    if isinstance(kind, str) and kind and kind not in ANSWER_KINDS:
        _tell(f"`kind` {kind!r} is no kind of answer and says nothing; the kind is read")
    try:
        text = completion_text(completion)
        verdicts = [(grade(text, gold), gold) for gold in _golds(row)]
    except GoldError as error:
        _tell(f"no reward for the answers to one problem: {error}")
        return None
    except Exception as error:
        # A defect, but no reason to lose a run: neither a right nor a wrong answer.
        _LOG.exception("no reward for a completion (%s): %r", type(error).__name__, completion)
        return None
    return next((found for found in verdicts if found[0].correct), verdicts[0])


@lru_cache(maxsize=1024)
def _tell(message: str) -> None:
    _LOG.warning("%s", message)
