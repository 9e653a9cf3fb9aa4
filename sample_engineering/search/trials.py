"""What a search writes down: trials, confirmations, and the candidates that were composed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Trial:
    """One candidate trained on with one seed for a few steps, and what was chosen then.

    Parameters
    ----------
    number : int
        From 1, in the order in which they were made.
    id : str
        Of the candidate.
    rank : int
        Its place in the ranking, from 1.
    composed : bool
        Whether the search composed it.
    seed : int
        Training seed.
    steps : int
        Training steps that were made.
    trained : bool
        Whether any of them taught something. If not, the weights are the base model's and the lift
        is 0.
    items : int
        Benchmark items.
    before, after, lift : float
        Accuracies, and their difference.
    ci_low, ci_high : float
        Its 95 % interval over items. A trial that was proposed because it looked good looks better
        than it is; see `Confirmation`.
    error : float
        Its standard error over items.
    run : str
        Run folder, below that of the search.
    chosen : str
        The candidate that the search would choose now: of those tried, the one of greatest expected
        lift.
    expected, expected_sd : float
        The lift expected of it, and the standard deviation of what is believed.
    """

    number: int
    id: str
    rank: int
    composed: bool
    seed: int
    steps: int
    trained: bool
    items: int
    before: float
    after: float
    lift: float
    ci_low: float
    ci_high: float
    error: float
    run: str
    chosen: str
    expected: float
    expected_sd: float


@dataclass(frozen=True)
class Confirmation:
    """A candidate trained on anew, with fresh seeds and on items that no trial has seen.

    Parameters
    ----------
    place : int
        1 for the choice of the search, 2 for its second, and so on: fixed before confirming.
    id : str
    seeds : tuple of int
        Training seeds.
    steps : int
        Training steps of all seeds together.
    trained : int
        How many of the seeds were taught something; the others count with the base model.
    items : int
    before, after, lift : float
        Accuracies, and their difference, mean over seeds.
    ci_low, ci_high : float
        Its 95 % interval over items and seeds.
    run : str
        Run folder, below that of the search.
    """

    place: int
    id: str
    seeds: tuple[int, ...]
    steps: int
    trained: int
    items: int
    before: float
    after: float
    lift: float
    ci_low: float
    ci_high: float
    run: str
