"""1-shot RLVR (arXiv 2504.20571), as its repository trains and evaluates."""

from sample_engineering.trainers.recipes.recipe import Recipe

_REPOSITORY = "github.com/ypwang61/One-Shot-RLVR at 21ed529"
_SCRIPT = f"scripts/train/training_1.5b_pi1_r128.sh, {_REPOSITORY}"
_CONFIG = f"verl/trainer/config/ppo_trainer.yaml, {_REPOSITORY}"
_VERL = "the options of TRL that compute verl's token mean of a micro-batch and plain k3 KL"
_SAMPLED = {"temperature": 0.6, "rollouts": 8}  # where a set is small

recipe = Recipe(
    name="one-shot-rlvr",
    summary="1-shot RLVR, arXiv 2504.20571; there Qwen2.5-Math-1.5B",
    steps=2000,
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
    eval_every=20,
    save_every=20,
    evaluation={
        "template": "qwen-math",
        "temperature": 0.0,
        "stop": ["</s>", "<|im_end|>", "<|endoftext|>"],
        "rollouts": 1,
        "except": {"aime24": _SAMPLED, "aime25": _SAMPLED, "amc23": _SAMPLED},
    },
    trl={"use_bias_correction_kl": False},
    sources={
        "steps": f"total_epochs, {_SCRIPT}; with one sample, an epoch is a step",
        "group_size": _SCRIPT,
        "groups": f"train_batch_size, {_SCRIPT}: the sample fills it",
        "lr": _SCRIPT,
        "temperature": _SCRIPT,
        "max_tokens": _SCRIPT,
        "beta": _SCRIPT,
        "entropy_coef": _CONFIG,
        "weight_decay": f"default of verl's actor, {_REPOSITORY}",
        "template": f"the prompts of data/train/one_shot_rlvr, {_REPOSITORY}",
        "loss_type": _VERL,
        "trl": _VERL,
        "eval_every": f"save_freq and test_freq, {_SCRIPT}; the best step is chosen from these",
        "save_every": f"save_freq, {_SCRIPT}",
        "evaluation": "qwen25-math-cot, Qwen2.5-Eval/evaluation/sh/eval_one_experiment_all_ckpts.sh"
        f" and math_eval.py, {_REPOSITORY}: greedy, but AIME and AMC 8 times at 0.6",
        "micro_batch": "our choice: one group fits one GPU; with bnpo it decides which tokens are "
        "averaged together",
    },
)
