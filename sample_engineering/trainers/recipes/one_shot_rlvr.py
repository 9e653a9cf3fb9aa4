"""1-shot RLVR (arXiv 2504.20571)."""

from sample_engineering.trainers.recipes.recipe import Recipe

_PUBLISHED = "arXiv 2504.20571, section on training settings and its verl configuration"
_VERL = "the options of TRL that compute verl's token mean and plain k3 KL"

recipe = Recipe(
    name="one-shot-rlvr",
    summary="1-shot RLVR, arXiv 2504.20571",
    steps=1000,
    group_size=8,
    groups=128,
    micro_batch=8,
    lr=1e-6,
    weight_decay=0.01,
    temperature=0.6,
    max_tokens=3072,
    beta=0.001,
    entropy_coef=0.001,
    loss_type="bnpo",
    template="one-shot-rlvr",
    trl={"use_bias_correction_kl": False},
    sources={
        "group_size": _PUBLISHED,
        "groups": _PUBLISHED,
        "lr": _PUBLISHED,
        "temperature": _PUBLISHED,
        "beta": _PUBLISHED,
        "entropy_coef": _PUBLISHED,
        "max_tokens": _PUBLISHED,
        "template": "arXiv 2504.20571, appendix on prompts",
        "weight_decay": "default of verl's actor",
        "loss_type": _VERL,
        "trl": _VERL,
        "steps": "gains go on for more than 1,000 steps there; their runs end at about 2,000",
        "micro_batch": "our choice: one group fits one GPU",
    },
)
