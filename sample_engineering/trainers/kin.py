"""Arms from the nearest kin of one-shot RLVR: other ways to train on one problem.

One-shot entropy minimization (arXiv 2505.20282), one-shot critique fine-tuning (2506.03295), the
incorrect reward of "Spurious Rewards" (2506.10947) and the pair of "Beyond Variance" (2602.03452).
Each is trained on the sample under validation, so that all stand beside each other and beside
plain training; `sample_engineering.works` says of each what is as there and what is not.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm, ControlArm
from sample_engineering.trainers.warm_start import CRITIQUES

# Of zitian-gao/one-shot-em, its README and train.py (read in the fork YurenHao0426/one-shot-em):
# batch 64 is the group, and the entropy is that of the softmax of logits / temperature, as TRL's.
ENTROPY_MINIMIZATION = {
    "entropy_coef": -1.0,  # TRL subtracts coef * entropy from the loss: this adds the entropy
    "temperature": 0.5,
    "top_p": 0.95,
    "lr": 2e-5,
    "steps": 10,
    "group_size": 64,
    "groups": 1,
    "beta": 0.0,
    "weight_decay": 0.01,  # of torch's and transformers' AdamW, which they leave as it is
}
# Of TIGER-AI-Lab/One-Shot-CFT: a hundred candidate solutions, 50 epochs. There a step is an epoch,
# nearly (600 critiques in batches of 512); here it is 32 of the critiques.
CRITIQUE_FINE_TUNING = {
    "warm_start": CRITIQUES,
    "warm_rollouts": 100,
    "warm_texts": 100,
    "warm_steps": 50,
    "weight_decay": 0.0,
    # One step without a reward moves nothing: it shows what the trained model says to the sample.
    "steps": 1,
    "entropy_coef": 0.0,
    "beta": 0.0,
}
WEIGHTED = "weighted-grpo"  # the algorithm of the pair's paper
PAIR = 2  # groups of a step, one a sample
_RATE = "pass_rate"  # the field of a pool that says it


def _entropy_minimization(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm(
        "entropy-minimization",
        samples=(sample,),
        seed=seed,
        settings=ENTROPY_MINIMIZATION,
        rewarded=False,
    )


def _critique_fine_tuning(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm(
        "critique-fine-tuning",
        samples=(sample,),
        seed=seed,
        settings=CRITIQUE_FINE_TUNING,
        rewarded=False,
    )


def _incorrect_reward(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    return Arm("incorrect-reward", samples=(sample,), seed=seed)


def _pair(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    partner = partner_of(sample, others)
    rate = _rate_of(partner)
    meaning = f"trained on the sample and {partner.id} (pass rate {rate:.3g}), as many rollouts"
    return Arm("pair", meaning, samples=(sample, partner), seed=seed, spread=PAIR)


def _weighted_pair(sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    arm = _pair(sample, others, seed)
    meaning = f"{arm.meaning}, by weighted GRPO"
    return replace(arm, name="weighted-pair", meaning=meaning, settings={"algorithm": WEIGHTED})


def partner_of(sample: Sample, others: Sequence[Sample]) -> Sample:
    """Return the other problem of the pair that a sample is in.

    A sample that is right in at most half of the rollouts is q+, the hard one that is still solved,
    and its partner q- the one with the highest pass rate below 1; else it is q-, and its partner
    the one with the lowest pass rate above 0. A sample whose rate is not known counts as hard.

    Parameters
    ----------
    sample : Sample
    others : sequence of Sample
        With the field ``pass_rate``, as `se probe` and `se rank --model` write it.

    Raises
    ------
    ConfigError
        If no other problem has a pass rate between 0 and 1.
    """
    rates = {number: rate for number, one in enumerate(others) if 0 < (rate := _rate_of(one)) < 1}
    if not rates:
        raise ConfigError(
            "no problem of the pool has a `pass_rate` between 0 and 1; give a pool that says it, "
            "such as the output of `se probe`"
        )
    own = _rate_of(sample)
    brittle = own > 0.5
    return others[(min if brittle else max)(rates, key=rates.__getitem__)]


def _rate_of(sample: Sample) -> float:
    """Return the pass rate that a pool says of a problem; NaN where it says none."""
    try:
        return float(sample.extra.get(_RATE, math.nan))
    except (TypeError, ValueError):
        return math.nan


entropy_minimization = ControlArm(
    "entropy-minimization",
    "trained to be sure of its rollouts: their token entropy is minimised, without any reward",
    _entropy_minimization,
    reward="nothing",
)
critique_fine_tuning = ControlArm(
    "critique-fine-tuning",
    "trained on critiques of the base model's rollouts, right and wrong, and on nothing else",
    _critique_fine_tuning,
    reward="nothing",
)
incorrect_reward = ControlArm(
    "incorrect-reward",
    "trained on the wrong answer that most rollouts of a group give",
    _incorrect_reward,
    reward="incorrect",
)
pair = ControlArm(
    "pair",
    "trained on the sample and the problem that makes a pair with it, as many rollouts",
    _pair,
    needs_pool=True,
)
weighted_pair = ControlArm(
    "weighted-pair",
    "trained on such a pair by weighted GRPO, in which the rarer outcome of a group weighs more",
    _weighted_pair,
    needs_pool=True,
)
