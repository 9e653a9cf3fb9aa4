"""One question in two forms: as a multiple choice, and open.

What is measured of one form (a pass rate, a history) says nothing of the other, so that only texts
among a sample's further fields go along.
"""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from sample_engineering.answers import LETTERS, find_boxes, with_options
from sample_engineering.blending.distractors import is_wrong, wrong_options
from sample_engineering.blending.verifiable import MOST_WORDS, Unfit, verified
from sample_engineering.sample import Sample

OPEN, CHOICE = "open", "choice"
FORMS = (OPEN, CHOICE)
OPTIONS = 4  # of a multiple choice
MOST_OPTIONS = 10
_MOST_OPTION = 200  # characters of an option; a longer answer is none to choose
# A question that speaks of its options has no answer, or several, without them.
_SPEAKS_OF_OPTIONS = re.compile(
    r"\b(?:which|what|who) (?:one )?of (?:the|these|those)\b"
    r"|\bof (?:the following|(?:the |these |those )?(?:options|choices|alternatives|statements))\b"
    r"|\bfollowing (?:options?|statements?|choices?|answers?|alternatives?|is|are|was|were)\b"
    r"|\b(?:given|listed|shown) (?:below|options|choices|alternatives)\b"
    r"|\b(?:best|most|least) (?:\w+ )?(?:describes?|answers?|represents?|completes?|explains?|"
    r"characteri[sz]es?|approximates?|estimate|likely)\b"
    r"|\b(?:closest|nearest) (?:to|answer|value)\b"
    r"|\b(?:choose|select|pick|tick|mark|circle)\b|\bexcept\b|\bnot\b"
    r"|\boptions?\b|\bchoices?\b|\bstatements? [A-Z1-9]\b|\btrue or false\b"
    r"|_{2,}|\.{3}\s*$|:\s*$",
    re.IGNORECASE,
)
_CASED = ("not",)  # as a plain word it is part of the question
_REFERS = re.compile(
    r"\b(?:none|all|both|any|neither|either) of (?:the|these|those)|\bboth [A-J]\b"
    r"|\b[A-J] (?:and|or) [A-J]\b|\bnone\b|\bother\b|\bcannot be\b|\bnot (?:enough|uniquely)\b"
    r"|\ball of them\b|\boption\b|\babove\b|\bbelow\b|\b[IVX]+ (?:and|only)\b",
    re.IGNORECASE,
)


def form_of(sample: Sample) -> str:
    """Return the form in which a sample asks."""
    return CHOICE if sample.choices or sample.kind == "choice" else OPEN


def as_choice(
    sample: Sample,
    place: int,
    rng: Random,
    *,
    options: int = OPTIONS,
    others: Sequence[str] = (),
    most_words: int = MOST_WORDS,
) -> Sample:
    """Return a sample as a multiple choice.

    Parameters
    ----------
    sample : Sample
        One that is a choice already comes back as it is.
    place : int
        Where the right option stands, from 0.
    rng : Random
        Of the wrong options and their order.
    options : int
        How many, 2 to `MOST_OPTIONS`.
    others : sequence of str
        Answers of other samples, for one without numerals.
    most_words : int
        See `verified`.

    Raises
    ------
    Unfit
        If it cannot be one.
    """
    gold = verified(sample, most_words)
    if form_of(sample) == CHOICE:
        return sample
    if gold.kind == "scored":
        raise Unfit("a scorer decides, not one answer")
    if len(sample.answer) > _MOST_OPTION:
        raise Unfit("the answer is too long for an option")
    wrong = wrong_options(sample.answer, gold, sample.problem, others, options - 1, rng)
    rng.shuffle(wrong)
    texts = (*wrong[:place], sample.answer, *wrong[place:])
    letter = LETTERS[place]
    made = _remade(
        sample,
        CHOICE,
        problem=with_options(sample.problem, texts),
        answer=letter,
        kind="choice",
        choices=texts,
        unit=None,
        tolerance=None,
        solution=_ending(sample.solution, letter),
    )
    verified(made)
    return made


def as_open(sample: Sample, *, most_words: int = MOST_WORDS) -> Sample:
    """Return a sample as an open question.

    Only where the question makes sense without its options: it does not speak of them, its answer
    is no word about them, and every other option is wrong for it.

    Parameters
    ----------
    sample : Sample
        One that is open already comes back as it is.
    most_words : int
        See `verified`.

    Raises
    ------
    Unfit
        If it cannot be one.
    """
    gold = verified(sample, most_words)
    if form_of(sample) == OPEN:
        return sample
    if not sample.choices:
        raise Unfit("its options are not stated apart from the problem")
    stem = stem_of(sample.problem, sample.choices)
    if _speaks_of_options(stem):
        raise Unfit("the question speaks of its options")
    right = sample.choices[LETTERS.index(str(gold.value))]
    if any(map(_REFERS.search, sample.choices)):
        raise Unfit("an option speaks of the others")
    answer = _bare(right)
    made = _remade(
        sample,
        OPEN,
        problem=stem,
        answer=answer,
        kind=None,
        choices=None,
        solution=_ending(sample.solution, answer),
    )
    open_gold = verified(made, most_words)
    if any(not is_wrong(_bare(text), open_gold) for text in sample.choices if text != right):
        raise Unfit("another option is right as well, or cannot be read")
    return made


def stem_of(problem: str, choices: Sequence[str]) -> str:
    """Return a problem without the options below it.

    Raises
    ------
    Unfit
        If they do not stand at its end, in their order.
    """
    end = len(problem.rstrip())
    for letter, text in reversed(list(zip(LETTERS, choices, strict=False))):
        written = re.escape(text.strip()).replace(r"\ ", r"\s+")
        mark = rf"\(?{letter}\s?[).:]\s*" if letter else ""
        found = re.compile(rf"(?:^|\s){mark}{written}\s*[.,;]?\s*$").search(problem, 0, end)
        if found is None:
            raise Unfit("its options do not stand below the problem")
        end = found.start()
    stem = re.sub(r"\s*\b(?:Options|Choices|Answer choices)\s*:?\s*$", "", problem[:end]).rstrip()
    if not stem:
        raise Unfit("nothing is asked without the options")
    return stem


def _speaks_of_options(stem: str) -> bool:
    return any(
        match[0].casefold() not in _CASED or match[0].isupper()
        for match in _SPEAKS_OF_OPTIONS.finditer(stem)
    )


def _bare(text: str) -> str:
    """Return an option without the dollar signs around it."""
    inner = text.strip()
    if len(inner) > 2 and inner[0] == inner[-1] == "$" and "$" not in inner[1:-1]:
        return inner[1:-1].strip()
    return inner


def _ending(solution: str | None, answer: str) -> str | None:
    """Return a worked solution that ends in the answer of the other form."""
    boxes = find_boxes(solution) if solution else []
    if solution is None or not boxes:
        return solution
    start, end, _ = boxes[-1]
    return f"{solution[:start]}\\boxed{{{answer}}}{solution[end:]}"


def _remade(sample: Sample, form: str, **changes: Any) -> Sample:
    told: Mapping[str, Any] = sample.provenance or {}
    kept = {key: value for key, value in sample.extra.items() if isinstance(value, str)}
    return sample.with_(
        id=f"{sample.id}-{form}",
        provenance={**told, "form": form, "parent": sample.id},
        extra=kept,
        **changes,
    )
