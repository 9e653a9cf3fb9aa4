"""Polymath learning (arXiv 2601.03111), as far as its settings are known."""

from sample_engineering.trainers.recipes.recipe import Recipe

_UNVERIFIED = (
    "not verified against arXiv 2601.03111; the closest published settings (2504.20571), without "
    "its entropy bonus and at temperature 1"
)
_GUESSED = (
    "steps", "group_size", "lr", "weight_decay", "temperature", "max_tokens", "beta",
    "entropy_coef", "loss_type", "template", "trl",
)  # fmt: skip

recipe = Recipe(
    name="polymath",
    summary="polymath learning, arXiv 2601.03111; most settings not verified",
    steps=140,
    group_size=8,
    groups=128,
    micro_batch=8,
    lr=1e-6,
    weight_decay=0.01,
    temperature=1.0,
    max_tokens=4096,
    beta=0.001,
    entropy_coef=0.0,
    loss_type="bnpo",
    template="qwen-math",
    trl={"use_bias_correction_kl": False},
    sources={
        "groups": "arXiv 2601.03111: GRPO on one sample that fills the training batch",
        **dict.fromkeys(_GUESSED, _UNVERIFIED),
        "micro_batch": "our choice: one group fits one GPU",
    },
)
