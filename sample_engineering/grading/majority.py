"""The answer that most completions give, without a gold: majority vote by the grader's equality.

Self-consistency (Wang et al., arXiv 2203.11171) takes it for the answer of a model; TTRL (arXiv
2504.16084) for a label to train on.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sample_engineering.errors import GoldError
from sample_engineering.grading.extraction import Extraction, extract
from sample_engineering.grading.gold import read_gold
from sample_engineering.grading.grader import judge
from sample_engineering.grading.sameness.gold_answer import Gold

# Spellings that are compared with each other: with the limits on one comparison this bounds the
# time of a vote, whatever was written. Rarer ones count for themselves alone.
MOST_SPELLINGS = 16


@dataclass(frozen=True)
class Majority:
    """What a vote came to.

    Parameters
    ----------
    votes : tuple of (int or None)
        Of each completion, the number of its answer; None where it has none that can be read.
        Answers are numbered in the order in which they first occur.
    answer : str or None
        The answer with the most votes, as it was first written; of equals the first to occur. None
        where there is no vote at all.
    agrees : tuple of bool
        Whether each completion states that answer, as the grader says.
    """

    votes: tuple[int | None, ...]
    answer: str | None
    agrees: tuple[bool, ...]

    @property
    def winner(self) -> int | None:
        """Number of the first completion that states the answer with the most votes."""
        return self.agrees.index(True) if any(self.agrees) else None


def majority_vote(completions: Sequence[str], *, form: str = "boxed") -> Majority:
    """Let completions of one problem vote for its answer.

    Each has one vote. A list of answers is an answer of its own, and one that states several
    which are no list has no vote: guesses must not win because one of them is common.

    Parameters
    ----------
    completions : sequence of str
    form : str
        Where the final answer stands, see `extraction.extract`.

    Returns
    -------
    Majority

    Raises
    ------
    ConfigError
        If the form is not known. Nothing in a completion raises.
    """
    found = [extract(text, form) for text in completions]
    stated = [_one_answer(each) for each in found]
    votes = equal_answers(stated)
    counts = Counter(vote for vote in votes if vote is not None)
    if not counts:
        return Majority(votes, None, (False,) * len(found))
    # Counter keeps the order of first occurrence, and max takes the first of equals.
    best = max(counts, key=lambda one: counts[one])
    first = stated[votes.index(best)]
    assert first is not None
    return Majority(votes, first, tuple(vote == best for vote in votes))


def equal_answers(answers: Sequence[str | None]) -> tuple[int | None, ...]:
    """Number final answers so that equal ones have the same number, whatever their spelling.

    Parameters
    ----------
    answers : sequence of str or None
        As written, without a box.

    Returns
    -------
    tuple of (int or None)
        Numbers from 0 in the order of first occurrence; None where there is no answer, or none
        that can be read.
    """
    golds = {text: _read(text) for text in dict.fromkeys(answers) if text is not None}
    spelt = Counter(text for text in answers if text is not None and golds[text] is not None)
    joined = _joined(spelt, golds)
    names = dict.fromkeys(joined[text] for text in answers if text in joined)
    numbers = {name: number for number, name in enumerate(names)}
    return tuple(numbers[joined[text]] if text in joined else None for text in answers)


def _one_answer(found: Extraction) -> str | None:
    """Return the final answer, or None where there is none or there are several."""
    if found.letter is not None and not found.answers:
        return found.letter
    if len(found.answers) > 1:
        return ", ".join(found.answers) if found.joined else None
    return found.answers[0] if found.answers else None


def _read(text: str) -> Gold | None:
    try:
        return read_gold(text)
    except GoldError:
        return None


def _joined(spelt: Counter[str], golds: dict[str, Gold | None]) -> dict[str, str]:
    """Map each spelling to the one that stands for its answer."""
    joined: dict[str, str] = {}
    forms: dict[str, str] = {}
    # The most common first, so that what is left alone is rare.
    order = [text for text, _ in spelt.most_common()]
    compared: list[str] = []
    for text in order:
        gold = golds[text]
        assert gold is not None
        if gold.form in forms:
            joined[text] = forms[gold.form]
            continue
        same = _same(text, compared, golds) if len(forms) < MOST_SPELLINGS else None
        joined[text] = forms[gold.form] = same or text
        if same is None and len(forms) <= MOST_SPELLINGS:
            compared.append(text)
    return joined


def _same(text: str, others: Sequence[str], golds: dict[str, Gold | None]) -> str | None:
    """Return the first of the others that is the same answer.

    A spelling on which a comparison ran out of time is compared no more.
    """
    for other in others:
        gold = golds[other]
        assert gold is not None
        grade = judge(gold, Extraction((text,)))
        if grade.correct:
            return other
        if grade.timed_out:
            return None
    return None
