"""Randomly initialised models of every kind that transformers ships, small enough to try."""

import contextlib
import io
from typing import Any

VOCABULARY = 64
MOST_PARAMETERS = 3_000_000
# Widths and counts under the names that configurations give them; those that a kind lacks are
# left out.
SHAPE: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "d_model": 32,
    "n_embd": 32,
    "intermediate_size": 48,
    "ffn_dim": 48,
    "n_inner": 48,
    "moe_intermediate_size": 24,
    "shared_expert_intermediate_size": 24,
    "shared_intermediate_size": 24,
    "num_hidden_layers": 4,
    "n_layer": 4,
    "n_layers": 4,
    "num_attention_heads": 4,
    "n_head": 4,
    "n_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "attention_head_dim": 8,
    "num_experts": 4,
    "num_local_experts": 4,
    "n_routed_experts": 4,
    "num_experts_per_tok": 2,
    "max_position_embeddings": 128,
    "n_positions": 128,
    "n_ctx": 128,
    "seq_length": 128,
    "max_seq_len": 128,
    "sliding_window": 6,
    "window_size": 6,
    "attention_window_size": 6,
    "local_attention": 6,
    "attention_chunk_size": 8,
    "kv_lora_rank": 8,
    "q_lora_rank": 8,
    "qk_rope_head_dim": 8,
    "qk_nope_head_dim": 8,
    "qk_head_dim": 16,
    "v_head_dim": 8,
    "n_group": 1,
    "topk_group": 1,
    "first_k_dense_replace": 1,
    "vocab_size_per_layer_input": VOCABULARY,
    "hidden_size_per_layer_input": 8,
    "linear_key_head_dim": 8,
    "linear_value_head_dim": 8,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "state_size": 8,
    "mamba_d_state": 8,
    "mamba_n_heads": 4,
    "mamba_d_head": 16,
    "mamba_headdim": 16,
    "mamba_num_heads": 4,
    "mamba_head_dim": 16,
    "ssm_state_size": 8,
    "mamba_n_groups": 1,
    "mamba_ngroups": 1,
    "n_groups": 1,
    "lru_width": 32,
    "mamba_expand": 2,
    "expand": 2,
    "chunk_size": 8,
    "mamba_chunk_size": 8,
    "rotary_dim": 8,
    "attn_layer_period": 2,
    "attn_layer_offset": 1,
    "pad_token_id": 0,
    "bos_token_id": 2,
    "eos_token_id": 1,
    "attention_dropout": 0.0,
    "tie_word_embeddings": True,
    "is_decoder": True,
    "use_cache": True,
}
# What single kinds need beside that.
MORE: dict[str, dict[str, Any]] = {
    "mamba2": {"num_heads": 4, "head_dim": 16},
    "lfm2": {"layer_types": ["conv", "full_attention"] * 2, "conv_L_cache": 3},
    "gpt_neo": {"num_layers": 4, "attention_types": [[["global", "local"], 2]], "num_heads": 4},
    "bamba": {"attn_layer_indices": [1, 3]},
    "granitemoehybrid": {"layer_types": ["mamba", "attention"] * 2},
    "bailing_hybrid": {"layer_group_size": 2},
}


def causal_kinds() -> list[str]:
    """Return the names of all kinds with a causal language model."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    return sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)


def tiny_model(kind: str) -> Any:
    """Return a tiny model of this kind, or None where these widths do not make one."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            fields = transformers.AutoConfig.for_model(kind).to_dict()
            given = {name: value for name, value in SHAPE.items() if name in fields}
            if "kv_lora_rank" in given:  # latent attention: as many keys as queries
                given["num_key_value_heads"] = given["num_attention_heads"]
            config = transformers.AutoConfig.for_model(kind, **given | MORE.get(kind, {}))
            with torch.device("meta"):
                outline = transformers.AutoModelForCausalLM.from_config(config)
            if sum(p.numel() for p in outline.parameters()) > MOST_PARAMETERS:
                return None
            torch.manual_seed(0)
            model = transformers.AutoModelForCausalLM.from_config(config).eval()
    except Exception:
        return None
    # Larger weights than a fresh model has: its scores would be nearly the same for all tokens.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1 and parameter.is_floating_point():
                parameter.normal_(0, 0.25, generator=torch.Generator().manual_seed(1))
    return model
