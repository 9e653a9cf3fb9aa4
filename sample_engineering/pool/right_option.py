"""Which option is right: from a label, a letter, a number or a text."""

import re
from collections.abc import Iterable
from typing import Any

from sample_engineering.answers import LETTERS
from sample_engineering.pool.arrived import final_answer
from sample_engineering.pool.golds import says_same
from sample_engineering.pool.names import squashed
from sample_engineering.pool.options import KEY, PREFIX, Options

TEXTS = -1  # numbers that are texts of options


def place_of(answer: Any, options: Options, base: int | None = None) -> int | None:
    """Return the place of the right option, from 0; None where the answer is none of them.

    Parameters
    ----------
    answer : Any
        A label, a letter, the text of an option, or a number.
    options : Options
    base : {0, 1, TEXTS}, optional
        What a number counts from, or that it is the text of an option. None: it is a label where
        the labels are numbers, else it counts from 0.
    """
    if isinstance(answer, list | tuple) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, list | tuple) and len(answer) == len(options.texts):
        marks = [isinstance(one, int | float) and one in (0, 1) for one in answer]
        return list(answer).index(1) if all(marks) and sum(answer) == 1 else None
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    if isinstance(answer, bool) or (isinstance(answer, int) and base == TEXTS):
        answer = str(answer)
    if isinstance(answer, int):
        return _at(answer, options, base)
    if not isinstance(answer, str):
        return None
    text = answer.strip()
    found = _by_text(text, options, base)
    if found is not None:
        return found
    final = final_answer(text)
    if final is not None:
        return _by_text(final[0], options, base)
    return None


def _at(number: int, options: Options, base: int | None) -> int | None:
    if base is None and numbered(options):
        label = str(number)
        return options.labels.index(label) if label in options.labels else None
    place = number - (base or 0)
    return place if 0 <= place < len(options.texts) else None


def numbered(options: Options) -> bool:
    """Whether the options have numbers as labels."""
    return bool(options.labels) and all(label.isdecimal() for label in options.labels)


def number_in(answer: Any, options: Options) -> int | None:
    """Return the number that an answer counts options by; None where it says it otherwise."""
    if isinstance(answer, list | tuple) and len(answer) == 1:
        answer = answer[0]
    if isinstance(answer, bool):
        return None
    if isinstance(answer, int):
        return answer
    if isinstance(answer, float):
        return int(answer) if answer.is_integer() else None
    if isinstance(answer, str) and answer.strip().isdecimal() and len(answer.strip()) < 3:
        return None if answer.strip() in options.texts else int(answer)
    return None


def counting(
    numbers: Iterable[tuple[int, Options]], told: Iterable[int] = ()
) -> tuple[int | None, bool]:
    """Decide from many answers what numbers count from, as `place_of` takes it, and if it is sure.

    A 0 counts from 0, a number equal to that of the options from 1, and labels that are numbers
    count for themselves; a number that is no place but stands among the options is a text. Without
    any of these it is a guess: from 1 where the options have letters as labels (KMMLU), else from 0
    (MMLU).

    Parameters
    ----------
    numbers : iterable of (int, Options)
    told : iterable of int
        What other columns say: the number less the place that they give.
    """
    pairs = list(numbers)
    votes = set(told)
    if len(votes) == 1 and votes <= {0, 1}:
        return votes.pop(), True
    if any(n > len(options.texts) and str(n) in options.texts for n, options in pairs):
        return TEXTS, True
    if pairs and all(str(n) in options.labels for n, options in pairs):
        return None, True
    from_zero = any(n == 0 for n, _ in pairs)
    from_one = any(n == len(options.texts) for n, options in pairs)
    if from_zero != from_one:
        return (0 if from_zero else 1), True
    lettered = bool(pairs) and all(options.labels for _, options in pairs)
    return (1 if lettered and not from_zero else 0), False


def _by_text(text: str, options: Options, base: int | None) -> int | None:
    bare = re.sub(r"\\text(?:bf|rm|it)?\{\s*(.*?)\s*\}", r"\1", text).strip().strip("().:$ ")
    folded = [label.upper() for label in options.labels]
    if numbered(options) and base is not None:
        folded = []
    if bare.upper() in folded:
        return folded.index(bare.upper())
    letter = bare.upper()
    if len(letter) == 1 and letter in LETTERS[: len(options.texts)]:
        return LETTERS.index(letter)
    for place, option in enumerate(options.texts):
        if text == option:
            return place
    same = [place for place, option in enumerate(options.texts) if says_same(text, option)]
    if len(same) == 1:
        return same[0]
    if text.isdecimal() and len(text) < 3:
        return _at(int(text), options, base)
    key = KEY.fullmatch(squashed(text))  # "option_b", "opa"
    if key is not None and key[1].isdigit() and not text.isdecimal():
        return _at(int(key[1]), options, base)
    if key is not None and not key[1].isdigit() and len(text) > 1:
        place = LETTERS.find(key[1].upper())
        return place if 0 <= place < len(options.texts) else None
    prefix = PREFIX.match(text)
    if prefix is not None and (place := LETTERS.find(prefix[1].upper())) < len(options.texts):
        rest = text[prefix.end() :].strip()
        if place >= 0 and says_same(rest, options.texts[place]):
            return place
    return None
