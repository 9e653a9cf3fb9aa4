"""LIMR (arXiv 2502.11886), its settings with GRPO in place of PPO."""

from sample_engineering.trainers.recipes.recipe import Recipe

_REPOSITORY = "github.com/GAIR-NLP/LIMR at ca90156"
_SCRIPT = f"scripts/train_limr.sh, {_REPOSITORY}"
_SAMPLED = {"temperature": 0.4, "top_p": 0.95, "rollouts": 4}

recipe = Recipe(
    name="limr",
    summary="LIMR, arXiv 2502.11886, with GRPO in place of PPO; there Qwen2.5-Math-7B",
    steps=168,
    group_size=8,
    groups=1024,
    updates=32,
    micro_batch=8,
    lr=5e-7,
    schedule="constant_with_warmup",
    warmup_steps=10,
    temperature=1.2,
    max_tokens=3072,
    beta=0.01,
    epsilon=0.2,
    loss_type="bnpo",
    template="qwen-math",
    evaluation={
        "temperature": 0.0,
        "rollouts": 1,
        "except": {"aime24": _SAMPLED, "amc23": _SAMPLED},
    },
    trl={"use_bias_correction_kl": False},
    sources={
        "steps": f"21 epochs of 8 steps, over which lim/lim_selection.py measures, {_REPOSITORY}; "
        "the script itself is stopped by hand",
        "group_size": f"n_samples_per_prompt, {_SCRIPT}",
        "groups": f"rollout_batch_size, {_SCRIPT}",
        "updates": f"1,024 prompts of 8 in batches of 256 (train_batch_size), {_SCRIPT}",
        "lr": f"actor_learning_rate, {_SCRIPT}",
        "schedule": f"10,000 episodes leave the rate as good as constant, {_SCRIPT}",
        "warmup_steps": _SCRIPT,
        "temperature": _SCRIPT,
        "max_tokens": _SCRIPT,
        "beta": f"init_kl_coef, {_SCRIPT}; there taken from the reward, here added to the loss",
        "epsilon": _SCRIPT,
        "loss_type": "their loss is PPO with a critic; this is GRPO's, as a token mean",
        "trl": "plain k3 KL",
        "template": f"eval/eval.py, {_REPOSITORY}",
        "evaluation": f"eval/eval.py and eval/config.json, {_REPOSITORY}",
        "micro_batch": "our choice: one group fits one GPU",
    },
)
