"""From one record, whatever its field names, to a `Sample`.

Known shapes: plain ``problem|question|prompt`` with ``answer|ground_truth|solution``; verl's
``prompt[0].content`` with ``reward_model.ground_truth``; TRL's conversational ``prompt`` or
``messages``; multiple choice with ``choices|options`` and an index, a letter or a text as answer.
Fields that are not understood stay in `Sample.extra` and are written back.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.answers import LETTERS, last_box, letter_of, marked_answer, with_options
from sample_engineering.errors import SampleError
from sample_engineering.sample import ANSWER_KINDS, Sample

_PROBLEM_FIELDS = ("problem", "question", "prompt", "messages", "query", "instruction", "input")
_ANSWER_FIELDS = (
    "answer",
    "ground_truth",
    "final_answer",
    "reward_model",
    "target",
    "gold",
    "expected_answer",
    "answerKey",
    "answer_letter",
    "correct_answer",
    "label",
)
_INDEX_FIELDS = ("answer_index", "answer_idx")
_ID_FIELDS = (
    "id",
    "unique_id",
    "uuid",
    "problem_id",
    "question_id",
    "idx",
    "index",
    "_id",
    "task_id",
)
_CHOICE_FIELDS = ("choices", "options")
_TEXT_FIELDS = ("unit", "source", "license")

# TRL's "solution" column holds a bare answer such as "$0$"; longer texts without a box are
# explanations whose answer nobody can find.
_BARE_ANSWER_LENGTH = 200


def sample_from_record(record: Mapping[str, Any], position: int = 0) -> Sample:
    """Build a sample from a record with any of the known field names.

    Parameters
    ----------
    record : mapping
        One row of a file or data set.
    position : int
        Number of the row, from 0; the id where the record has none.

    Raises
    ------
    SampleError
        If there is no problem or no answer, or a field cannot be what it claims.
    """
    left = dict(record)
    known: dict[str, Any] = {}
    known["problem"] = _take_problem(left)
    known["solution"] = _take_text(left, "solution")
    choices = _take_choices(left)
    answer, rest = _take_answer(left, known["solution"])
    if known["solution"] is None:
        known["solution"] = rest
    if choices is not None:
        known["choices"] = choices
        known["kind"] = "choice"
        answer = _letter(answer, choices, left)
        known["problem"] = with_options(known["problem"], choices)
    if answer is None or not str(answer).strip():
        raise SampleError(_no_answer(record))
    known["answer"] = str(answer).strip()
    known["id"] = _take_id(left, position)
    for name in _TEXT_FIELDS:
        known[name] = _take_text(left, name)
    known["domains"] = _take_names(left, "domains") or _names(left.get("domain"))
    known["skills"] = _take_names(left, "skills")
    if isinstance(left.get("provenance"), Mapping):
        known["provenance"] = left.pop("provenance")
    for name in ("kind", "tolerance"):
        value = left.pop(name, None)
        if value is not None and known.get(name) is None:
            known[name] = value
    if isinstance(known.get("kind"), str) and known["kind"] not in ANSWER_KINDS:
        raise SampleError(f"kind {known['kind']!r} is not one of {', '.join(ANSWER_KINDS)}")
    return Sample(**{key: value for key, value in known.items() if value is not None}, extra=left)


def _take_problem(left: dict[str, Any]) -> str:
    for name in _PROBLEM_FIELDS:
        value = left.get(name)
        if isinstance(value, str) and value.strip():
            extra_input = left.get("input")
            if name == "instruction" and isinstance(extra_input, str) and extra_input.strip():
                value = f"{value}\n\n{left.pop('input')}"
            left.pop(name)
            return value
        text = _last_user_message(value)
        if text is not None:
            return text  # the conversation itself stays: it may hold a system message
    named = [name for name in _PROBLEM_FIELDS if name in left]
    if named:
        raise SampleError(f"{named[0]} is empty or not text")
    raise SampleError("no problem (looked for " + ", ".join(_PROBLEM_FIELDS[:4]) + ")")


def _last_user_message(value: Any) -> str | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    for message in reversed(value):
        if isinstance(message, Mapping) and message.get("role") in ("user", "human"):
            content = message.get("content")
            if isinstance(content, Sequence) and not isinstance(content, str):
                parts = [part.get("text") for part in content if isinstance(part, Mapping)]
                content = "\n".join(part for part in parts if isinstance(part, str))
            if isinstance(content, str) and content.strip():
                return content
    return None


def _take_answer(left: dict[str, Any], solution: str | None) -> tuple[Any, str | None]:
    """Return the answer, and the worked solution if the answer stood at the end of one."""
    for name in _ANSWER_FIELDS:
        value = left.get(name)
        if isinstance(value, Mapping):  # verl: reward_model = {"style": ..., "ground_truth": ...}
            value = value.get("ground_truth")
            if value is None:
                continue
        elif value is None:
            continue
        else:
            left.pop(name)
        if not isinstance(value, str) and isinstance(value, Sequence):
            if len(value) != 1:
                raise SampleError(f"{name} is a list of {len(value)}; one answer is needed")
            value = value[0]
        if isinstance(value, float) and not math.isfinite(value):
            raise SampleError(f"{name} is not a finite number")
        if isinstance(value, Mapping | bytes) or not isinstance(value, str | int | float):
            raise SampleError(f"{name} is a {type(value).__name__}; text or a number is needed")
        if not isinstance(value, str):
            return value, None
        return _final(value)
    if solution is not None:
        box = last_box(solution)
        if box is not None:
            return box, None
        bare = solution.strip()
        if len(bare) <= _BARE_ANSWER_LENGTH and "\n" not in bare:
            return bare, None
    return None, None


def _final(answer: str) -> tuple[str, str | None]:
    """Split a text that ends in its answer (GSM8K's mark, or a box) from the working."""
    marked = marked_answer(answer)
    if marked is not None:
        return marked, answer
    box = last_box(answer) if "boxed" in answer or "fbox" in answer else None
    if box is None:
        return answer, None
    bare = answer.strip().strip("$").strip()
    return box, None if bare.startswith("\\") and bare.endswith(box + "}") else answer


def _no_answer(record: Mapping[str, Any]) -> str:
    named = [name for name in (*_ANSWER_FIELDS, "solution") if name in record]
    if named:
        return f"no answer ({named[0]} holds none)"
    return "no answer (looked for answer, ground_truth, reward_model.ground_truth, solution)"


def _take_choices(left: dict[str, Any]) -> tuple[str, ...] | None:
    for name in _CHOICE_FIELDS:
        value = left.get(name)
        if isinstance(value, Mapping):
            texts = value.get("text")  # ARC: {"label": [...], "text": [...]}
            value = texts if texts is not None else list(value.values())
        if (
            isinstance(value, Sequence)
            and not isinstance(value, str)
            and 2 <= len(value) <= len(LETTERS)
            and all(isinstance(text, str | int | float) for text in value)
        ):
            left.pop(name)
            return tuple(str(text) for text in value)
    return None


def _letter(answer: Any, choices: Sequence[str], left: dict[str, Any]) -> str:
    """Return the letter of the right option from an index, a letter, or the option's text."""
    for name in _INDEX_FIELDS:
        index = left.get(name)
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(choices):
            return LETTERS[index]
    if answer is None:
        raise SampleError("no answer to the choices")
    return letter_of(answer, choices)


def _take_id(left: dict[str, Any], position: int) -> str:
    for name in _ID_FIELDS:
        value = left.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            continue
        if str(value).strip():
            left.pop(name)
            return str(value)
    extra_info = left.get("extra_info")  # verl
    if isinstance(extra_info, Mapping) and isinstance(extra_info.get("index"), int | str):
        return str(extra_info["index"])
    return str(position)


def _take_text(left: dict[str, Any], name: str) -> str | None:
    value = left.get(name)
    if isinstance(value, str):
        left.pop(name)
        return value if value.strip() else None
    if value is None:
        left.pop(name, None)
    return None


def _take_names(left: dict[str, Any], name: str) -> tuple[str, ...]:
    names = _names(left.get(name))
    if names or left.get(name) is None or left.get(name) == []:
        left.pop(name, None)
    return names


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip():
        return (value,)
    if isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return ()
