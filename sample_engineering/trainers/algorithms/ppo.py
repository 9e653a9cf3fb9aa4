"""PPO: proximal policy optimisation with a learned value (arXiv 1707.06347; as in 2403.04642).

Each token has an advantage of its own: the generalised advantage estimate (arXiv 1506.02438) of the
rewards against the value of the hidden state before it, standardised over the tokens of the step.
The reward stands at the last token, the KL to the base model, where `beta` is set, at every one.
The loss is clipped token by token. TRL has no PPO any more, so this stands on its GRPO trainer.
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm, Cost, Option

ppo = Algorithm(
    "ppo",
    "advantages of single tokens over a learned value (GAE), clipped",
    paper="1707.06347",
    read="abstract of 2403.04642; for GAE and the loss, what is commonly known of both papers",
    fixed={"loss_type": "dapo", "importance_sampling_level": None},
    options={
        "gamma": Option(1.0, "discount of a token", 0, 1),
        "gae_lambda": Option(1.0, "lambda of GAE: 1 is the return less the value", 0, 1),
        "value_decay": Option(0.8, "weight of earlier steps in the value head, each step", 0, 1),
        "value_ridge": Option(0.1, "ridge of the value head, in variances of a feature", 0),
    },
    ignores={
        "scale_rewards": "standardises the advantages of tokens, not rewards",
        "reward_weights": "has one reward",
        "multi_objective_aggregation": "has one reward",
        "use_bias_correction_kl": "takes the KL off the reward",
    },
    trainer="sample_engineering.trainers.ppo_trainer:PPOTrainer",
    cost=lambda recipe: Cost(
        forward=1.0 + float(recipe.beta > 0 and recipe.steps_per_generation == 1),
        value_head=True,
    ),
    differs=(
        "the critic is a linear head on the policy's last hidden states, fitted by least squares "
        "to the returns of earlier steps instead of by gradient steps, and sends no gradient into "
        "the policy",
        "gamma and lambda are 1, since a rollout has one reward, at its end",
        "one update a step, as the recipe says; with more, the ratio is clipped",
    ),
)
