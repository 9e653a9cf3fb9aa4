"""Polymath learning (arXiv 2601.03111v1, section 5 and appendix A)."""

from collections.abc import Mapping

from sample_engineering.trainers.recipes.recipe import Recipe

_PAPER = "arXiv 2601.03111v1, section 5 and appendix A"
_VERL = "not stated; its data is laid out for verl, and this is what verl computes"
_OFTEN = {"temperature": 0.4, "rollouts": 32}

# The paper reports eight groups (its table 9; items each). Mathematics is MATH-500, AIME 2024 and
# 2025, Minerva and parts of SciBench and MMLU-Pro; the rest comes from GPQA-diamond, SciBench,
# 100 questions a subject of MMLU-Pro and 1,500 of SuperGPQA, both drawn at random.
DOMAIN_GROUPS: Mapping[str, int] = {
    "math": 500 + 60 + 272 + 299,
    "physics": 413,
    "chemistry": 459,
    "biology": 118,
    "science": 557,
    "engineering": 447,
    "computer science": 100,
    "others": 1294,
}

recipe = Recipe(
    name="polymath",
    summary="polymath learning, arXiv 2601.03111; there Qwen2.5-7B",
    steps=140,
    group_size=16,
    groups=128,
    micro_batch=8,
    lr=1e-6,
    weight_decay=0.01,
    temperature=1.0,
    max_tokens=2048,
    beta=0.0,
    epsilon=0.2,
    loss_type="bnpo",
    template="open-reasoner-zero",
    evaluation={
        "temperature": 0.0,
        "rollouts": 1,
        "except": {"aime24": _OFTEN, "aime25": _OFTEN},
    },
    sources={
        "steps": f"{_PAPER}: saturated by then; figure 9 goes on to 400",
        "group_size": _PAPER,
        "groups": f"{_PAPER}: one sample copied into a batch of 128",
        "lr": _PAPER,
        "temperature": _PAPER,
        "max_tokens": f"{_PAPER}: 2,048 new tokens",
        "beta": f"{_PAPER}: no KL term",
        "epsilon": _PAPER,
        "reward": f"{_PAPER}: 0 or 1 for the final answer, nothing for the format",
        "template": f"{_PAPER}: in the style of Open-Reasoner-Zero; the wording is that of its "
        "playground/zero_setting_base.py at e008f6d",
        "evaluation": f"{_PAPER}: greedy, but AIME 32 times at 0.4",
        "weight_decay": _VERL,
        "loss_type": _VERL,
        "micro_batch": "our choice: half a group fits one GPU",
    },
)
