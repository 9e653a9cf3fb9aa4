"""GSPO: group sequence policy optimisation (arXiv 2507.18071).

The importance ratio is that of the whole rollout, to the power of one over its length, and is
clipped as a whole: 3e-4 below, 4e-4 above. The rollouts of a step are used in four updates; with a
single one the ratio is 1 and clips nothing.
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm

gspo = Algorithm(
    "gspo",
    "importance ratio and clipping of whole rollouts instead of tokens",
    paper="2507.18071",
    read="TRL's paper index, and its code",
    fixed={"loss_type": "grpo", "importance_sampling_level": "sequence"},
    defaults={"beta": 0.0, "epsilon": 3e-4, "epsilon_high": 4e-4, "updates": 4},
    differs=(
        "four updates a step make four times the optimizer steps of the other algorithms on as "
        "many rollouts",
        "learning rate, group and batch size are the recipe's",
    ),
)
