"""Which answers a rule can verify, and why others cannot."""

from sample_engineering.errors import GoldError
from sample_engineering.grading import Gold, grade, read_sample_gold
from sample_engineering.sample import Sample

# Words of an open answer; longer ones cannot be held to be the same by a rule (arXiv 2504.13941,
# section 2).
MOST_WORDS = 10


class Unfit(Exception):
    """A sample that cannot be used, with the reason in a few words that many samples may share."""


def verified(sample: Sample, most_words: int = MOST_WORDS) -> Gold:
    """Return the gold of a sample whose answer a rule can verify.

    A choice must name one of its options, no two of which are the same; an open answer has at most
    so many words; and the grader must hold the gold, given as an answer, to be right.

    Parameters
    ----------
    sample : Sample
    most_words : int
        At least 1.

    Raises
    ------
    Unfit
        If it cannot be verified.
    """
    try:
        gold = read_sample_gold(sample)
    except GoldError as error:
        raise Unfit("the grader cannot read the answer") from error
    if gold.kind == "scored":
        return gold
    if gold.kind == "choice":
        texts = [" ".join(text.split()) for text in sample.choices or ()]
        if len(set(texts)) < len(texts):
            raise Unfit("two options are the same")
        if len(texts) == 1:
            raise Unfit("there is only one option")
    elif len(sample.answer.split()) > most_words:
        raise Unfit(f"the answer has more than {most_words} words")
    if not grade(boxed(sample.answer), gold):
        raise Unfit("the grader does not hold the answer itself to be right")
    return gold


def boxed(answer: str) -> str:
    """Return an answer as a completion gives it."""
    return f"\\boxed{{{answer}}}"
