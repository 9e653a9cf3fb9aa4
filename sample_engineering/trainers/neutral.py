"""Which settings of TRL leave our own sampler and our own micro-batches right.

What is listed here was read in TRL 1.16. Everything else, and every setting that a later TRL adds,
counts as changing something unless it stands at its default: then TRL's own path runs.
"""

from collections.abc import Iterable
from dataclasses import MISSING, Field, fields
from typing import Any

# Settings of GRPOConfig that have no part in what is sampled, whatever their value.
_OF_THE_LOSS = frozenset(
    {
        *("beta", "num_iterations", "epsilon", "epsilon_high", "delta", "loss_type"),
        *("scale_rewards", "reward_weights", "multi_objective_aggregation"),
        *("importance_sampling_level", "mask_truncated_completions", "use_bias_correction_kl"),
        *("sapo_temperature_neg", "sapo_temperature_pos", "vespo_k_pos", "vespo_lambda_pos"),
        *("vespo_k_neg", "vespo_lambda_neg", "top_entropy_quantile", "off_policy_mask_threshold"),
        *("entropy_coef", "use_adaptive_entropy", "entropy_coef_min", "entropy_coef_max"),
        *("entropy_coef_delta", "entropy_target", "router_aux_loss_coef"),
        *("sync_ref_model", "ref_model_mixup_alpha", "ref_model_sync_steps"),
    }
)
# Of these, what only GRPO's own loss reads, and what belongs to its entropy bonus: an algorithm
# with a loss of its own ignores them.
OF_GRPOS_LOSS = (
    *("importance_sampling_level", "delta", "use_bias_correction_kl", "top_entropy_quantile"),
    *("sapo_temperature_neg", "sapo_temperature_pos", "off_policy_mask_threshold"),
    *("vespo_k_pos", "vespo_lambda_pos", "vespo_k_neg", "vespo_lambda_neg"),
    *("vllm_importance_sampling_correction", "vllm_importance_sampling_mode"),
    *("vllm_importance_sampling_clip_max", "vllm_importance_sampling_clip_min"),
    *("reward_weights", "multi_objective_aggregation"),
)
OF_ENTROPY = (
    *("use_adaptive_entropy", "entropy_coef_min", "entropy_coef_max", "entropy_coef_delta"),
    "entropy_target",
)
_OF_THE_RUN = frozenset(
    {
        *("model_init_kwargs", "trust_remote_code", "disable_dropout", "cast_lm_head_to_fp32"),
        *("num_generations", "num_generations_eval", "generation_batch_size"),
        *("steps_per_generation", "shuffle_dataset", "ds3_gather_for_generation"),
        *("log_completions", "log_multimodal", "num_completions_to_print", "log_unique_prompts"),
        *("log_completions_hub_repo", "max_tool_calling_iterations", "pad_to_multiple_of"),
    }
)
# Settings of sampling that our sampler honours. The chat template is applied before it.
_HONOURED = frozenset({"temperature", "top_p", "top_k", "max_completion_length"})
_BEFORE = frozenset({"chat_template_kwargs"})
# Of vLLM's settings only `use_vllm` decides; the others do nothing without it.
_VLLM = frozenset(
    {
        *("vllm_mode", "vllm_model_impl", "vllm_enable_sleep_mode", "vllm_server_base_url"),
        *("vllm_server_host", "vllm_server_port", "vllm_server_timeout", "vllm_group_port"),
        *("vllm_gpu_memory_utilization", "vllm_max_model_length", "vllm_tensor_parallel_size"),
        *("vllm_structured_outputs_regex", "vllm_importance_sampling_correction"),
        *("vllm_importance_sampling_mode", "vllm_importance_sampling_clip_max"),
        *("vllm_importance_sampling_clip_min", "vllm_importance_sampling_cap"),
    }
)
# Settings of sampling that do nothing to a batch once it is sampled.
_OF_SAMPLING = frozenset(
    {
        *("use_vllm", "min_p", "repetition_penalty", "generation_kwargs", "cache_implementation"),
        *("use_transformers_continuous_batching", "transformers_continuous_batching_config"),
        "use_transformers_paged",
    }
)
FREE_IN_SAMPLING = _OF_THE_LOSS | _OF_THE_RUN | _HONOURED | _BEFORE | _VLLM
FREE_IN_BATCHES = FREE_IN_SAMPLING | _OF_SAMPLING
# Settings of transformers' TrainingArguments that must stand at their defaults for either: a
# compiled model recompiles for every width, noise on embeddings depends on the width, and sequences
# split over GPUs must keep theirs.
_INHERITED = ("torch_compile", "neftune_noise_alpha", "parallelism_config")

# Losses that weigh a rollout alike whichever micro-batch it falls into, provided all have the same
# number of rows (TRL 1.16, GRPOTrainer._compute_loss).
COMPOSITION_FREE = frozenset({"dapo", "cispo", "vespo", "dr_grpo", "grpo", "sapo", "luspo"})
# The token mean of each micro-batch: there, rows carry the weight of the micro-batch they were
# drawn into.
TOKEN_MEAN = frozenset({"bnpo"})
# What a batch may hold for it to be rearranged; all of it is by row.
BATCH_KEYS = frozenset(
    {
        *("prompt_ids", "prompt_mask", "completion_ids", "completion_mask", "advantages"),
        *("num_items_in_batch", "old_per_token_logps", "ref_per_token_logps"),
        *("importance_sampling_ratio", "sampling_per_token_logps"),
    }
)


def set_beside(args: Any, free: Iterable[str]) -> list[str]:
    """Return the settings that are neither `free` nor at their default.

    Parameters
    ----------
    args : trl.GRPOConfig
    free : iterable of str
        `FREE_IN_SAMPLING` or `FREE_IN_BATCHES`.
    """
    from transformers import TrainingArguments

    inherited = {item.name for item in fields(TrainingArguments)} - set(_INHERITED)
    known = inherited | set(free)
    return [
        item.name
        for item in fields(args)
        if item.name not in known and not _stands(getattr(args, item.name), item)
    ]


def _stands(value: Any, item: Field[Any]) -> bool:
    default = item.default
    if default is MISSING:
        default = None if item.default_factory is MISSING else item.default_factory()
    if item.name in _INHERITED:
        return not value
    return bool(value == default)
