"""Causal discrepancy: how often a problem is solved more than what is asked alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sample_engineering.errors import GoldError
from sample_engineering.grading import Gold, grade_batch, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.premises import masked
from sample_engineering.selectors.protocol import NAMED, Scores, Selector
from sample_engineering.selectors.settings import number

if TYPE_CHECKING:
    import numpy

ROLLOUTS = 5  # with and without each, as in the authors' code
MOST_ROLLOUTS = 1024


@dataclass(frozen=True)
class BothWays:
    """How many of the rollouts of each candidate are right.

    Parameters
    ----------
    rollouts : int
    given, hidden : ndarray of float, shape (n,)
        With the premises and without them; NaN where they cannot be left out, or the gold not read.
    """

    rollouts: int
    given: "numpy.ndarray"
    hidden: "numpy.ndarray"

    @property
    def discrepancy(self) -> "numpy.ndarray":
        """The difference of the shares of right rollouts."""
        found: numpy.ndarray = (self.given - self.hidden) / self.rollouts
        return found


class CausalDiscrepancy(Selector):
    """D(x) = share right of M rollouts with the premises minus the share without; in [-1, 1].

    The potential outcomes of a problem x with what it rests on, and without: an estimate of the
    effect of the premises on the answer. Near 0 where the answer is guessed, recalled, or never
    found. What is left out is the images of a candidate that has some, else the sentences before
    the question, else the numbers in it (`premises.masked`). Columns: ``masked_pass_rate`` and
    ``given_pass_rate``, the two shares. Unknown where there is nothing to leave out.

    Parameters
    ----------
    rollouts : int
        M, 1 to 1,024.

    References
    ----------
    Li et al. 2025, "Truth in the Few: High-Value Data Selection for Efficient Multi-Modal
    Reasoning" (RAP), arXiv 2506.04755; the authors' code, Mrshenshen/RAP, select/selection.py. That
    leaves out images; the form for texts is ours.
    """

    name = "causal_discrepancy"
    summary = "share right with a problem's premises (or images) minus without (arXiv 2506.04755)"
    tier = "probed"
    needs = ("weights",)
    mend = "give `model`, a local one"
    reads = ("seed",)
    bounds = (-1.0, 1.0)
    columns = ("given_pass_rate", "masked_pass_rate")
    place = 84
    when = NAMED

    def __init__(self, *, rollouts: int = ROLLOUTS) -> None:
        self.rollouts = int(number("rollouts", rollouts, 1, MOST_ROLLOUTS))

    def score(self, evidence: Evidence) -> Scores:
        found = both_ways(evidence, self.rollouts)
        reasons = [
            None if both != both else f"right {given:.0f} of {self.rollouts} times, and "
            f"{hidden:.0f} times without what it rests on"
            for both, given, hidden in zip(
                found.discrepancy, found.given, found.hidden, strict=True
            )
        ]  # fmt: skip
        columns = {
            "given_pass_rate": _shares(found.given, self.rollouts),
            "masked_pass_rate": _shares(found.hidden, self.rollouts),
        }
        unknown = int((found.discrepancy != found.discrepancy).sum())
        notes = (
            (f"no causal discrepancy: {unknown:,} cannot be asked both ways",) if unknown else ()
        )
        return Scores(found.discrepancy, reasons, columns, notes)


def both_ways(evidence: Evidence, rollouts: int) -> BothWays:
    """Roll the model out on each candidate with and without its premises; once for a ranking."""
    return evidence.once(f"both ways {rollouts}", lambda: _rolled_out(evidence, rollouts))


def _rolled_out(evidence: Evidence, rollouts: int) -> BothWays:
    import numpy as np

    weights = evidence.weights
    given = np.full(len(evidence.pool), np.nan)
    hidden = given.copy()
    asked: list[tuple[int, Sample, Gold]] = []
    for place, sample in enumerate(evidence.pool):
        without = masked(sample)
        try:
            gold = read_sample_gold(sample)
        except GoldError:
            continue
        if without is not None and weights.sees(sample):
            asked.append((place, without, gold))
    for counted, problems in (
        (given, [evidence.pool[place] for place, _, _ in asked]),
        (hidden, [without for _, without, _ in asked]),
    ):
        told = weights.generator.generate(
            [weights.asked(sample) for sample in problems],
            weights.protocol.sampling(rollouts, evidence.seed),
        )
        for (place, _, gold), completions in zip(asked, told, strict=True):
            texts = [one.text for one in completions]
            grades = grade_batch(texts, [gold] * len(texts), form=weights.protocol.form)
            counted[place] = sum(one.correct for one in grades)
    return BothWays(rollouts, given, hidden)


def _shares(counts: "numpy.ndarray", rollouts: int) -> list[float | None]:
    return [None if count != count else float(count) / rollouts for count in counts]
