"""Ladders: a set in the order in which it is to be trained on, from easy to hard."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.table import Ranking

MOST_STEPS = 1000
STEP, BY = "ladder_step", "pass_rate"
_LENGTH = "mean_tokens"  # of a candidate's rollouts, as a probe records it


def check_steps(ladder: int | None) -> int | None:
    """Return how many steps a ladder has, checked; None where none is wanted.

    Raises
    ------
    ConfigError
        If it cannot have so many.
    """
    if ladder is not None and not 2 <= ladder <= MOST_STEPS:
        raise ConfigError(f"`ladder` {ladder}: give 2 to {MOST_STEPS:,} steps")
    return ladder


def check_known(evidence: Evidence) -> None:
    """Raise ConfigError where no pass rate is known, and none will be measured."""
    if not evidence.has("pass_rates"):
        raise ConfigError(
            "`ladder` orders by pass rate, and none is known; give `model`, or `rates` as a probe "
            "writes them"
        )


def climb(ranking: Ranking, evidence: Evidence, steps: int) -> Ranking:
    """Put the candidates that can teach first, easy to hard, in steps of equal size.

    Difficulty is the pass rate of the model that was asked, the greatest first; of equal ones those
    with shorter rollouts come first, then those that the ranking has first. A candidate that is
    always or never solved teaches nothing and stands on no step, as one without a pass rate.

    Parameters
    ----------
    ranking : Ranking
        Of the candidates to order.
    evidence : Evidence
        With their pass rates.
    steps : int

    Returns
    -------
    Ranking
        The ladder, then the others as they were; column ``ladder_step``, from 1.

    Raises
    ------
    ConfigError
        If fewer candidates can teach than there are steps.

    References
    ----------
    Guo, Hong and Jin 2025, "Observe-R1", arXiv 2505.12432: its set NeuraLadder is ordered by
    accuracy and length of the responses.
    """
    rates = [evidence.pass_rates.get(sample.id) for sample in ranking.samples]
    teaching = [place for place, rate in enumerate(rates) if rate is not None and 0 < rate.rate < 1]
    if len(teaching) < steps:
        raise ConfigError(
            f"`ladder` of {steps} steps needs as many candidates that are sometimes solved, and "
            f"there {'is' if len(teaching) == 1 else 'are'} {len(teaching)}; ask for fewer steps, "
            "or give `model` or `rates` that know more"
        )
    lengths = [_length(evidence, sample.id, sample.extra) for sample in ranking.samples]
    climbed = sorted(teaching, key=lambda place: (-_rate(rates[place]), lengths[place], place))
    step_of = dict(zip(climbed, spread(len(climbed), steps), strict=True))
    order = [*climbed, *(place for place in range(len(ranking)) if place not in step_of)]
    columns: dict[str, Sequence[Any]] = {
        "rank": list(range(1, len(order) + 1)),
        "id": [ranking.columns["id"][place] for place in order],
        STEP: [step_of.get(place) for place in order],
    }
    for name, values in ranking.columns.items():
        columns.setdefault(name, [values[place] for place in order])
    found = replace(
        ranking,
        samples=tuple(ranking[place] for place in order),
        columns=columns,
        sorted_by=STEP,
    )
    return found.noting(_told(rates, climbed, step_of, steps, evidence))


def spread(n: int, steps: int) -> list[int]:
    """Return the step of each of `n` in order, from 1; steps differ by at most one in size.

    >>> spread(7, 3)
    [1, 1, 1, 2, 2, 3, 3]
    """
    whole, more = divmod(n, steps)
    sizes = [whole + (step < more) for step in range(steps)]
    return [step for step, size in enumerate(sizes, 1) for _ in range(size)]


def _rate(known: PassRate | None) -> float:
    return 0.0 if known is None else known.rate


def _length(evidence: Evidence, id_: str, extra: Any) -> float:
    record = (evidence.measured or {}).get(id_, extra)
    value = record.get(_LENGTH)
    return float(value) if isinstance(value, int | float) and value == value else 0.0


def _told(
    rates: Sequence[PassRate | None],
    climbed: Sequence[int],
    step_of: Any,
    steps: int,
    evidence: Evidence,
) -> list[str]:
    ends = []
    for step in range(1, steps + 1):
        here = [_rate(rates[place]) for place in climbed if step_of[place] == step]
        ends.append(f"{max(here):.0%} to {min(here):.0%}")
    shown = ends if len(ends) <= 8 else [*ends[:4], "...", *ends[-3:]]
    asked = f" ({evidence.rates_asked})" if evidence.rates_asked else ""
    rest = len(rates) - len(climbed)
    notes = [
        f"a ladder of {len(climbed):,} in {steps} steps, by pass rates{asked}: {'; '.join(shown)}"
    ]
    if rest:
        notes.append(f"on no step: {rest:,} that are always or never solved, or not measured")
    return notes
