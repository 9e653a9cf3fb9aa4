"""Our own control arms."""

from collections.abc import Sequence

from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, ControlArm

MANY = 64  # samples of the arm "many-samples"
_BOTH = ("quick", "full")


def _greedy(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("greedy", greedy=True)


def _in_context(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("in-context", in_context=True)


def _format_only(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("format-only", samples=(sample,), seed=seed)


def _random_reward(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("random-reward", samples=(sample,), seed=seed)


def _random_sample(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("random-sample", samples=_some(random_sample, others, 1, seed), seed=seed)


def _many_samples(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    number = min(MANY, len(others))
    meaning = f"trained on {number} different samples, as many rollouts"
    chosen = _some(many_samples, others, number, seed)
    return Arm("many-samples", meaning, chosen, seed=seed)


def _some(arm: ControlArm, others: Sequence[Sample], number: int, seed: int) -> tuple[Sample, ...]:
    chosen = arm.rng(seed).choice(len(others), number, replace=False)
    return tuple(others[int(index)] for index in chosen)


greedy = ControlArm(
    "greedy", "the base model, decoded greedily", _greedy, presets=_BOTH, trains=False
)
in_context = ControlArm(
    "in-context",
    "the base model with the solved sample before each item",
    _in_context,
    presets=_BOTH,
    trains=False,
)
format_only = ControlArm(
    "format-only",
    "trained to box any readable answer",
    _format_only,
    presets=_BOTH,
    reward="format",
)
random_reward = ControlArm(
    "random-reward",
    "trained with rewards drawn by chance",
    _random_reward,
    presets=_BOTH,
    reward="random",
)
# The streams are those of the published draws.
random_sample = ControlArm(
    "random-sample",
    "trained on a random sample of the pool",
    _random_sample,
    presets=("full",),
    needs_pool=True,
    stream=4,
)
many_samples = ControlArm(
    "many-samples",
    f"trained on {MANY} different samples of the pool, as many rollouts",
    _many_samples,
    presets=("full",),
    needs_pool=True,
    stream=5,
)
