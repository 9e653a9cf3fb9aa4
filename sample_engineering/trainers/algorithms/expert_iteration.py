"""Expert iteration: sample, keep what is right, fine-tune the base model on that, and again.

After "Teaching Large Language Models to Reason with Reinforcement Learning" (arXiv 2403.04642). The
steps of the recipe are spread over rounds. A round samples with the policy of the round before and
keeps each right rollout once; then the base model is fine-tuned on all that was kept so far.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sample_engineering.trainers.algorithms.algorithm import Algorithm, Cost, Option
from sample_engineering.trainers.neutral import OF_ENTROPY, OF_GRPOS_LOSS

if TYPE_CHECKING:
    from sample_engineering.trainers.recipes import Recipe

_NO_GRADIENT = "fine-tunes on rollouts and has no policy gradient"
_ROUNDS = "fine-tunes at the ends of rounds, at one rate"
# What an algorithm that fine-tunes on rollouts has and has not; of return-conditioned training too.
OPTIONS: Mapping[str, Option] = {
    "rounds": Option(8, "rounds of sampling and fine-tuning that the steps are spread over", 1),
    "supervised_steps": Option(
        0, "optimizer steps of a round's fine-tuning; 0 is as many as the round has steps", 0
    ),
}
IGNORES: Mapping[str, str] = {
    "loss_type": _NO_GRADIENT,
    "scale_rewards": _NO_GRADIENT,
    "epsilon": _NO_GRADIENT,
    "epsilon_high": _NO_GRADIENT,
    "beta": _NO_GRADIENT,
    "entropy_coef": _NO_GRADIENT,
    **dict.fromkeys((*OF_GRPOS_LOSS, *OF_ENTROPY), _NO_GRADIENT),
    "difficulty_weight": _NO_GRADIENT,
    "pass_band": _NO_GRADIENT,
    "difficulty_hint": _NO_GRADIENT,
    "updates": _ROUNDS,
    "epochs": _ROUNDS,
    "schedule": _ROUNDS,
    "warmup_steps": _ROUNDS,
    "dead_stop": "needs all rollouts of a round, also where all are alike",
}


def cost(recipe: "Recipe") -> Cost:
    """Return what fine-tuning takes, spread over the steps."""
    steps = recipe.algorithm_options["supervised_steps"]
    rounds = min(recipe.algorithm_options["rounds"], recipe.steps)
    return Cost(trained=rounds * steps / recipe.steps if steps else 1.0, base_copy=True)


expert_iteration = Algorithm(
    "expert-iteration",
    "fine-tunes the base model on its own right rollouts, round by round",
    paper="2403.04642",
    read="abstract",
    options=OPTIONS,
    ignores=IGNORES,
    trainer="sample_engineering.trainers.supervised_trainer:SupervisedTrainer",
    cost=cost,
    differs=(
        "a rollout is kept where its reward is positive, once, by its tokens; a round learns from "
        "all that was kept so far, each as often as any other",
        "eight rounds, with as many optimizer steps in all as GRPO makes, at its learning rate and "
        "batch: fitted (docs/lab/neighbours.md); with four times as many, 30 right rollouts of one "
        "problem were learnt by heart (docs/lab/algorithms.md)",
        "there is no set of solutions to begin with: the base model's own rollouts are the first",
        "a round in which nothing was right yet leaves the policy as it is",
    ),
)
