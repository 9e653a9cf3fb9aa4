"""Group relative policy optimisation: what everything else here is compared with.

Each rollout's advantage is its reward less the mean of its group, over the group's standard
deviation (DeepSeekMath, arXiv 2402.03300). The loss, its averaging, the clipping and the KL term
are the recipe's: ``loss_type``, ``scale_rewards``, ``epsilon``, ``beta``.
"""

from sample_engineering.trainers.algorithms.algorithm import Algorithm

grpo = Algorithm(
    "grpo",
    "advantages relative to the group; loss, averaging and clipping as the recipe says",
    paper="2402.03300",
    read="code of TRL 1.16",
    differs=(
        "tokens are averaged as the recipe's loss_type says: over the batch in most, where the "
        "paper averages over each rollout first",
    ),
)
