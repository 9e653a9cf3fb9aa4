"""An arm: something to compare the sample with."""

from sample_engineering.trainers.arms import Arm, ControlArm


def _draw(sample, others, seed):
    longest = max(others, key=lambda other: len(other.problem))
    return Arm("longest-problem", samples=(longest,), seed=seed)


longest_problem = ControlArm(
    "longest-problem", "trained on the longest problem of the pool", _draw, needs_pool=True
)
