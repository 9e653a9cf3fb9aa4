"""Dr. GRPO: GRPO done right, without its two biases.

The advantage is the reward less the mean of the group, not divided by the standard deviation, and
the loss of a rollout is the sum over its tokens over a constant, not over its own length (arXiv
2503.20783, equation 3 and appendix; github.com/sail-sg/understand-r1-zero).
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm

dr_grpo = Algorithm(
    "dr-grpo",
    "GRPO without the division by standard deviation and by length",
    paper="2503.20783",
    read="TRL 1.16's account of it, and its code",
    fixed={"loss_type": "dr_grpo", "scale_rewards": "none"},
    defaults={"beta": 0.0, "epsilon": 0.2},
    differs=(
        "the constant that a rollout's loss is divided by is max_tokens",
        "where a step has one group, its gradient is that of grpo with the loss dapo times a "
        "number, which Adam hardly notices",
        "learning rate, group and batch size are the recipe's",
    ),
)
