"""RLOO: REINFORCE with a leave-one-out baseline (arXiv 2402.14740; in TRL `RLOOTrainer`).

The advantage of a rollout is its reward less the mean reward of the others of its group. A rollout
is one action: the ratio and its clipping are those of the whole sequence, and the loss is a mean
over rollouts of sums over tokens. The KL to the base model, where `beta` is set, is taken off the
reward.
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm, Cost
from sample_engineering.trainers.neutral import OF_ENTROPY, OF_GRPOS_LOSS

SEQUENCE = "counts a rollout as one action, with a loss of its own"

rloo = Algorithm(
    "rloo",
    "advantage over the mean reward of the other rollouts; a rollout is one action",
    paper="2402.14740",
    read="code of TRL 1.16's RLOOTrainer",
    ignores={
        "loss_type": SEQUENCE,
        "scale_rewards": "does not scale rewards",
        "entropy_coef": "has no entropy bonus",
        **dict.fromkeys(OF_GRPOS_LOSS, SEQUENCE),
        **dict.fromkeys(OF_ENTROPY, "has no entropy bonus"),
    },
    trainer="sample_engineering.trainers.rloo_trainer:RLOOTrainer",
    cost=lambda recipe: Cost(forward=float(recipe.beta > 0 and recipe.steps_per_generation == 1)),
    differs=(
        "run by our sampler and micro-batches instead of TRL's RLOOTrainer, with its advantage, "
        "ratio and loss: tests hold them against TRL's own",
    ),
)
