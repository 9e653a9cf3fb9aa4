"""DAPO: decoupled clip and dynamic sampling policy optimisation (arXiv 2503.14476).

Clip-higher (0.2 below, 0.28 above), the loss a mean over all tokens of the batch, no KL term, and
the soft overlong punishment: within the last ``overlong_cache`` of the length limit a rollout loses
reward linearly, and at the limit as much as a right answer differs from a wrong one by half.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.trainers.algorithms.algorithm import Algorithm, Option

if TYPE_CHECKING:
    from sample_engineering.trainers.recipes import Recipe

CACHE = "overlong_cache"
# The paper rewards 1 and -1, and punishes by at most 1; rewards here are 1 and 0.
_SCALE = 0.5


def punished(rewards: Sequence[float], lengths: Sequence[int], recipe: "Recipe") -> list[float]:
    """Return rewards less the soft overlong punishment (equation 13 of the paper).

    Parameters
    ----------
    rewards : sequence of float
    lengths : sequence of int
        Tokens of each rollout.
    recipe : Recipe
        Its ``max_tokens``, and the option ``overlong_cache`` as a share of that.
    """
    cache = recipe.algorithm_options[CACHE] * recipe.max_tokens
    if not cache:
        return list(rewards)
    begins = recipe.max_tokens - cache
    return [
        reward - _SCALE * min(1.0, max(0.0, (length - begins) / cache))
        for reward, length in zip(rewards, lengths, strict=True)
    ]


dapo = Algorithm(
    "dapo",
    "clip-higher, token-level loss, no KL, soft punishment of overlong rollouts",
    paper="2503.14476",
    read="TRL 1.16's account of it, and its code",
    fixed={"loss_type": "dapo", "scale_rewards": "group"},
    defaults={"beta": 0.0, "epsilon": 0.2, "epsilon_high": 0.28},
    options={
        CACHE: Option(
            0.2,
            "share of max_tokens, at its end, within which length is punished; 0 punishes none",
            0,
            1,
        )
    },
    shape=punished,
    differs=(
        "no dynamic sampling: a group whose rollouts are all right or all wrong gives no gradient, "
        "and none is sampled in its place, so that the budget stays that of the other algorithms",
        "rewards are 1 and 0 instead of 1 and -1, and the punishment is half of the paper's, which "
        "comes to the same once rewards are standardised",
        "overlong_cache is a share, 4,096 of 20,480 tokens in the paper",
        "learning rate, group and batch size are the recipe's",
    ),
)
