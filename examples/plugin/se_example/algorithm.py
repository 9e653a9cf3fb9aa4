"""An algorithm: how rewards become an update."""

from sample_engineering.trainers.algorithms import Algorithm, Option


def _late(rewards, lengths, recipe):
    """Take the share of `max_tokens` that was used off each reward."""
    price = recipe.algorithm_options["price"]
    return [r - price * n / recipe.max_tokens for r, n in zip(rewards, lengths, strict=True)]


thrifty = Algorithm(
    "thrifty",
    "Dr. GRPO that pays for tokens",
    fixed={"loss_type": "dr_grpo", "scale_rewards": "none"},
    options={"price": Option(0.1, "of a rollout as long as allowed, in rewards", 0, 1)},
    shape=_late,
)
