"""Control arms: what a validation compares the sample with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

PRESETS = ("none", "quick", "full")
MANY = 64  # samples of the arm "many-samples"
_QUICK = ("greedy", "in-context", "format-only", "random-reward")
_FULL = (*_QUICK, "random-sample", "many-samples")
_NEED_POOL = ("random-sample", "many-samples")


@dataclass(frozen=True)
class Arm:
    """One thing to compare with.

    Parameters
    ----------
    name : str
        As in the files of the run folder.
    meaning : str
        In words.
    samples : tuple of Sample
        What is trained on; empty where nothing is trained.
    reward : str or None
        Instead of the recipe's reward.
    seed : int
        Training seed; of an arm without training, 0.
    greedy, in_context : bool
        How the base model is asked in an arm without training.
    """

    name: str
    meaning: str
    samples: tuple[Sample, ...] = ()
    reward: str | None = None
    seed: int = 0
    greedy: bool = False
    in_context: bool = False

    @property
    def trains(self) -> bool:
        """Whether a model is trained in this arm."""
        return bool(self.samples)


def control_arms(
    preset: str, sample: Sample, pool: Sequence[Sample], seeds: Sequence[int]
) -> list[Arm]:
    """Return the control arms of a preset.

    Parameters
    ----------
    preset : str
        ``none``; ``quick``: greedy decoding and the sample in context, without training, and one
        run each with the format-only and the random reward; ``full``: these with every seed, a
        random sample of the pool with every seed, and 64 different samples.
    sample : Sample
        The sample under validation; it is never drawn from the pool.
    pool : sequence of Sample
        What random samples are drawn from; without one, those arms are left out.
    seeds : sequence of int
        Training seeds.

    Raises
    ------
    ConfigError
        If the preset is unknown.
    """
    if preset not in PRESETS:
        raise ConfigError(f"controls {preset!r} is not one of {', '.join(PRESETS)}")
    names = {"none": (), "quick": _QUICK, "full": _FULL}[preset]
    others = [item for item in pool if item.id != sample.id and item.problem != sample.problem]
    arms = []
    for name in names:
        if name in _NEED_POOL and not others:
            continue
        trained = name not in ("greedy", "in-context")
        for seed in seeds if preset == "full" and trained else seeds[:1]:
            arms.append(_arm(name, sample, others, seed))
    return arms


def _arm(name: str, sample: Sample, others: Sequence[Sample], seed: int) -> Arm:
    if name == "greedy":
        return Arm(name, "the base model, decoded greedily", greedy=True)
    if name == "in-context":
        return Arm(name, "the base model with the solved sample before each item", in_context=True)
    if name == "format-only":
        meaning = "trained to box any readable answer"
        return Arm(name, meaning, (sample,), reward="format", seed=seed)
    if name == "random-reward":
        meaning = "trained with rewards drawn by chance"
        return Arm(name, meaning, (sample,), reward="random", seed=seed)
    rng = np.random.default_rng([seed, _FULL.index(name)])
    number = 1 if name == "random-sample" else min(MANY, len(others))
    chosen = tuple(others[int(i)] for i in rng.choice(len(others), number, replace=False))
    if number == 1 and name == "random-sample":
        return Arm(name, "trained on a random sample of the pool", chosen, seed=seed)
    return Arm(name, f"trained on {number} different samples, as many rollouts", chosen, seed=seed)
