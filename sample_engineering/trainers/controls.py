"""Our own control arms.

Some come from other works: power sampling from "Reasoning with Sampling" (arXiv 2510.14901), the
random reward and that for format from "Spurious Rewards" (2506.10947), the label of the majority
from TTRL (2504.16084). `sample_engineering.works` says of each what is as there and what is not.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.evaluation.readings import SAMPLED
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, ControlArm
from sample_engineering.trainers.ways import LOW_TEMPERATURE, NO_EXAMPLE, POWER, VOTE

MANY = 64  # samples of the arm "many-samples"
# Of the entropy bonus where the recipe has none: that of 1-shot RLVR, whose "entropy loss only"
# raised MATH-500 by 27 points (arXiv 2504.20571).
ENTROPY = 0.001
# Groups over which the rollouts of a step with many samples are spread: one sample a step alone
# would be forgotten for the next.
SPREAD = 8
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SHIFTS = 9  # a number is made wrong by adding 1 to this
_BOTH = ("basic", "full")  # the two that decide what a lift is worth


def _in_context(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("in-context", in_context=True)


def _no_example(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("in-context-none", way=NO_EXAMPLE)


def _low_temperature(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm(LOW_TEMPERATURE, reading=SAMPLED, way=LOW_TEMPERATURE)


def _self_consistency(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm(VOTE, reading=SAMPLED, way=VOTE)


def _power_sampling(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm(POWER, reading=SAMPLED, way=POWER)


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
    return Arm("many-samples", meaning, chosen, seed=seed, spread=SPREAD)


def _entropy_only(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm(
        "entropy-only",
        samples=(sample,),
        seed=seed,
        needs={"entropy_coef": ENTROPY},
        rewarded=False,
    )


def _majority_label(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("majority-label", samples=(sample,), seed=seed)


def _wrong_label(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    for answer in _other_answers(sample, others, seed):
        wrong = sample.with_(id=f"{sample.id}-wrong-label", answer=answer, solution=None)
        if _is_wrong(wrong, sample):
            meaning = f"trained on the sample with the wrong label {answer}"
            return Arm("wrong-label", meaning, samples=(wrong,), seed=seed)
    raise ConfigError(f"no wrong label for {sample.answer!r} was found; give a pool to draw from")


def _other_answers(sample: Sample, others: Sequence[Sample], seed: int) -> Iterator[str]:
    """Yield answers of the same shape: another choice, another number, answers of others."""
    rng = wrong_label.rng(seed)
    if sample.choices:
        letters = [chr(ord("A") + index) for index in range(len(sample.choices))]
        yield from (letters[int(index)] for index in rng.permutation(len(letters)))
    if numbers := list(_NUMBER.finditer(sample.answer)):
        last = numbers[-1]
        for shift in rng.permutation(_SHIFTS):
            value = Decimal(last[0]) + int(shift) + 1
            yield sample.answer[: last.start()] + str(value) + sample.answer[last.end() :]
    yield from (others[int(index)].answer for index in rng.permutation(len(others)))
    yield from (f"{sample.answer} + 1", "0", "1")  # whatever it is, it is not both


def _is_wrong(wrong: Sample, sample: Sample) -> bool:
    """Whether the grader reads an answer, and takes neither answer for the other."""
    from sample_engineering.grading import grade, read_sample_gold

    try:
        golds = read_sample_gold(wrong), read_sample_gold(sample)
    except SampleEngineeringError:
        return False
    texts = (f"\\boxed{{{sample.answer}}}", f"\\boxed{{{wrong.answer}}}")
    return not any(grade(text, gold).correct for text, gold in zip(texts, golds, strict=True))


def _some(arm: ControlArm, others: Sequence[Sample], number: int, seed: int) -> tuple[Sample, ...]:
    chosen = arm.rng(seed).choice(len(others), number, replace=False)
    return tuple(others[int(index)] for index in chosen)


in_context = ControlArm(
    "in-context",
    "the base model with the solved sample before each item",
    _in_context,
    presets=("full",),
    trains=False,
)
in_context_none = ControlArm(
    "in-context-none",
    "the base model with an example that says nothing in the sample's place",
    _no_example,
    presets=("full",),
    trains=False,
)
low_temperature = ControlArm(
    LOW_TEMPERATURE,
    "the base model sampled at temperature 0.3",
    _low_temperature,
    presets=("full",),
    trains=False,
)
self_consistency = ControlArm(
    VOTE,
    "majority of the base model's answers, at the tokens of the trained model",
    _self_consistency,
    presets=("full",),
    trains=False,
)
power_sampling = ControlArm(
    POWER,
    "the base model sampled by the fourth power of its distribution over whole answers",
    _power_sampling,
    presets=("full",),
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
entropy_only = ControlArm(
    "entropy-only",
    "trained by the entropy bonus (and KL, where the recipe has it) alone, without any reward",
    _entropy_only,
    presets=("full",),
    reward="nothing",
)
wrong_label = ControlArm(
    "wrong-label",
    "trained on the sample with a wrong label",
    _wrong_label,
    presets=("full",),
)
majority_label = ControlArm(
    "majority-label",
    "trained on the sample's problem with the answer that most rollouts of a group give, no gold",
    _majority_label,
    presets=("full",),
    reward="majority",
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
