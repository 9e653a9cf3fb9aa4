"""Wrong options for an open question: near the right one, and held by the grader to be wrong.

Of an answer with numerals one of them is changed, as a slip would change it: by a factor, by a
power of ten, by a digit, or to a number of the problem. Where it has none, answers of other samples
of its kind stand in. Nothing becomes an option that the grader does not decide, within its limits,
to be wrong.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random

from sample_engineering.blending.verifiable import Unfit, boxed
from sample_engineering.grading import Gold, grade

_NUMERAL = re.compile(r"(?<![\d.,])\d{1,12}(?:,\d{3})*(?:\.\d{1,12})?(?![\d]|[.,]\d)")
_FACTORS = tuple(map(Decimal, ("0.5", "2", "0.1", "10", "1.5", "0.75", "3", "1.2", "0.8", "0.25")))
_STEPS = (1, 2, 10, 5, 3, 20)
_APART = Decimal("1.05")  # factor between sizes that are not whole: nearer ones are a rounding
_MOST_TRIED = 60  # candidates that the grader is asked about


def wrong_options(
    answer: str, gold: Gold, problem: str, others: Sequence[str], number: int, rng: Random
) -> list[str]:
    """Choose wrong options.

    Where the answer is one number, how many of them are smaller is drawn evenly, so that the right
    one is not the one in the middle.

    Parameters
    ----------
    answer : str
    gold : Gold
        Of the answer.
    problem : str
        Whose numbers may be mistaken for the answer.
    others : sequence of str
        Answers of other samples, for one without numerals.
    number : int
        How many.
    rng : Random

    Raises
    ------
    Unfit
        If there are not so many.
    """
    numerals = list(_NUMERAL.finditer(answer))
    if not numerals:
        pool = list(dict.fromkeys(others))
        rng.shuffle(pool)
        return _held_wrong(pool, answer, gold, number)
    if len(numerals) == 1:
        return _about_one(answer, numerals[0], gold, problem, number, rng)
    changed = []
    for match in numerals:
        changed += [_put(answer, match, text) for text, _ in _near(match[0], problem)]
    rng.shuffle(changed)
    return _held_wrong(changed, answer, gold, number)


def _about_one(
    answer: str, match: re.Match[str], gold: Gold, problem: str, number: int, rng: Random
) -> list[str]:
    near = list(_near(match[0], problem))
    rng.shuffle(near)
    size = _size(match[0])
    sides: dict[bool, list[str]] = {True: [], False: []}
    for text, other in near:
        sides[other < size].append(_put(answer, match, text))
    below = rng.randint(0, number)
    chosen: list[str] = []
    for smaller, wanted in ((True, below), (False, number - below)):
        chosen += _kept(sides[smaller], (answer, *chosen), gold, wanted)
    for smaller in (True, False):  # where a side has too few
        chosen += _kept(sides[smaller], (answer, *chosen), gold, number - len(chosen))
    return _enough(chosen, number)


def _held_wrong(texts: Sequence[str], answer: str, gold: Gold, number: int) -> list[str]:
    return _enough(_kept(texts, (answer,), gold, number), number)


def _enough(chosen: list[str], number: int) -> list[str]:
    if len(chosen) < number:
        raise Unfit("too few wrong options can be made")
    return chosen


def _kept(texts: Sequence[str], taken: Sequence[str], gold: Gold, wanted: int) -> list[str]:
    """Return the first texts that are new, readable and wrong."""
    kept: list[str] = []
    seen = {_squeezed(text) for text in taken}
    for text in texts[:_MOST_TRIED]:
        if len(kept) >= wanted:
            break
        if _squeezed(text) in seen or not is_wrong(text, gold):
            continue
        seen.add(_squeezed(text))
        kept.append(text)
    return kept


def is_wrong(text: str, gold: Gold) -> bool:
    """Tell whether the grader reads an option, and decides that it is not the gold."""
    verdict = grade(boxed(text), gold)
    return verdict.readable and not verdict.correct and not verdict.timed_out


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _put(answer: str, match: re.Match[str], numeral: str) -> str:
    return answer[: match.start()] + numeral + answer[match.end() :]


def _size(numeral: str) -> Decimal:
    return Decimal(numeral.replace(",", ""))


def _near(numeral: str, problem: str) -> Iterator[tuple[str, Decimal]]:
    """Yield other numerals of the same shape with their sizes: as many figures, whole if whole."""
    size, decimals = _size(numeral), len(numeral.partition(".")[2])
    grouped = "," in numeral
    found = [size * factor for factor in _FACTORS]
    unit = Decimal(1).scaleb(-decimals)
    found += [size + sign * step * unit for step in _STEPS for sign in (1, -1)]
    found += _swapped(numeral)
    found += [_size(match[0]) for match in list(_NUMERAL.finditer(problem))[:20]]
    seen = {size}
    for other in found:
        if other <= 0:
            continue
        shaped = other if not decimals else _figures(other, size)
        whole = shaped == shaped.to_integral_value()
        apart = not decimals or max(shaped / size, size / shaped) >= _APART if size else True
        if shaped in seen or not apart or (not decimals and not whole):
            continue
        seen.add(shaped)
        plain = shaped.quantize(Decimal(1)) if whole and not decimals else shaped
        yield (f"{plain:,f}" if grouped and plain >= 1000 else f"{plain:f}"), shaped


def _figures(other: Decimal, like: Decimal) -> Decimal:
    """Round a number to as many figures as another one is written with."""
    figures = max(len(like.as_tuple().digits), 1)
    return other.quantize(Decimal(1).scaleb(other.adjusted() - figures + 1))


def _swapped(numeral: str) -> Iterator[Decimal]:
    """Yield the number with two neighbouring digits exchanged."""
    bare = numeral.replace(",", "")
    for place in range(len(bare) - 1):
        pair = bare[place : place + 2]
        if pair.isdigit() and pair[0] != pair[1]:
            changed = bare[:place] + pair[::-1] + bare[place + 2 :]
            if not (changed[0] == "0" and changed[1:2].isdigit()):
                yield Decimal(changed)
