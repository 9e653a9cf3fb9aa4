"""CISPO: clipped importance-sampling policy optimisation (MiniMax-M1, arXiv 2506.13585).

The importance weight is clipped and taken for a constant, so that no token drops out of the
gradient as it does where the objective is clipped.
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm

cispo = Algorithm(
    "cispo",
    "REINFORCE with a clipped, constant importance weight for each token",
    paper="2506.13585",
    read="TRL 1.16's account of it, and its code",
    fixed={"loss_type": "cispo", "scale_rewards": "group"},
    # The weight itself is bounded by `epsilon_high`. The paper does not print its bound; this is
    # the one of ScaleRL (arXiv 2510.13786), which TRL's paper index names.
    defaults={"beta": 0.0, "epsilon_high": 5.0},
    ignores={
        "epsilon": "bounds the importance weight from above only, by `epsilon_high`",
        "delta": "bounds the importance weight by `epsilon_high`",
    },
    differs=(
        "the bound of the importance weight is 5, of ScaleRL (arXiv 2510.13786)",
        "with one update a step, as the recipe says, every weight is 1",
        "learning rate, group and batch size are the recipe's",
    ),
)
