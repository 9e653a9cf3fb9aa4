"""Arms that train on a ladder: many samples from easy to hard, and the same in any order.

From Observe-R1 (arXiv 2505.12432), which trains along a set ordered by difficulty.
"""

from collections.abc import Sequence

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, ControlArm
from sample_engineering.trainers.controls import MANY, SPREAD

_STEP = "ladder_step"  # field of a pool that `se rank --ladder` wrote


def ladder_of(others: Sequence[Sample], arm: str) -> tuple[Sample, ...]:
    """Return the samples of a ladder in its order, evenly spaced where they are many.

    Raises
    ------
    ConfigError
        If no sample stands on one.
    """
    on = [one for one in others if isinstance(one.extra.get(_STEP), int | float)]
    if not on:
        raise ConfigError(
            f"`controls` {arm}: no sample of `pool` stands on a ladder; write one with "
            "se rank POOL --rates FILE --ladder 4 -o ladder.jsonl"
        )
    climbed = sorted(on, key=lambda one: float(one.extra[_STEP]))  # stable: the order of the file
    number = min(MANY, len(climbed))
    return tuple(climbed[place * len(climbed) // number] for place in range(number))


def _easy_to_hard(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    chosen = ladder_of(others, "easy-to-hard")
    meaning = f"trained on {len(chosen)} samples of a ladder, from easy to hard"
    return Arm("easy-to-hard", meaning, chosen, seed=seed, spread=SPREAD, in_order=True)


def _ladder_shuffled(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    chosen = ladder_of(others, "ladder-shuffled")
    meaning = f"trained on {len(chosen)} samples of a ladder, in any order"
    return Arm("ladder-shuffled", meaning, chosen, seed=seed, spread=SPREAD)


easy_to_hard = ControlArm(
    "easy-to-hard",
    "trained on a ladder of the pool, from easy to hard, as many rollouts (arXiv 2505.12432)",
    _easy_to_hard,
    needs_pool=True,
)
ladder_shuffled = ControlArm(
    "ladder-shuffled",
    "trained on the same ladder in any order: what the order is worth (arXiv 2505.12432)",
    _ladder_shuffled,
    needs_pool=True,
)
