"""Trained weights on disk: how a training hands its model on, to evaluation and to the user.

This is about a `trl.GRPOTrainer`; what FSDP or DeepSpeed sharded is gathered here.
"""

from pathlib import Path
from typing import Any

from sample_engineering.extras import require
from sample_engineering.generation.asking import Loading


def base_dtype(model: str, loading: Loading) -> Any:
    """Return the `torch.dtype` in which a base model is published; float32 where it does not say.

    Parameters
    ----------
    model : str
        Path or Hugging Face name.
    loading : Loading
    """
    torch = require("torch", "train")
    config = require("transformers", "train").AutoConfig.from_pretrained(
        model, revision=loading.revision, trust_remote_code=loading.trust_remote_code
    )
    found = getattr(config.get_text_config(), "dtype", None) or getattr(config, "dtype", None)
    if isinstance(found, str):
        found = getattr(torch, found, None)
    return found if isinstance(found, torch.dtype) else torch.float32


def save_weights(trainer: Any, tokenizer: Any, place: Path, dtype: Any) -> None:
    """Write the model of a trainer as safetensors, with its tokenizer, into `place`.

    Every process of the training must call this; the first one writes.

    Parameters
    ----------
    trainer : trl.GRPOTrainer
    tokenizer : tokenizer
    place : Path
        A folder; made if absent.
    dtype : torch.dtype
        Of the written weights. Adapters are written as they are.
    """
    accelerator = trainer.accelerator
    state = accelerator.get_state_dict(trainer.model_wrapped)
    if not accelerator.is_main_process:
        return
    model = accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    if getattr(model, "peft_config", None):
        model.save_pretrained(place, state_dict=state)
    else:
        held = model.config.dtype
        model.config.dtype = dtype
        try:
            model.save_pretrained(place, state_dict=_as(dtype, state))
        finally:
            model.config.dtype = held
    tokenizer.save_pretrained(place)


def _as(dtype: Any, state: dict[str, Any]) -> dict[str, Any]:
    """Return a state dict in a dtype, with tied weights still tied."""
    done: dict[tuple[int, Any], Any] = {}
    made = {}
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            made[name] = tensor
            continue
        key = (tensor.data_ptr(), tensor.shape)
        if key not in done:
            done[key] = tensor.to(dtype)
        made[name] = done[key]
    return made


def write_model(model: Any, tokenizer: Any, place: Path) -> None:
    """Write a model that this process holds whole, as safetensors, with its tokenizer.

    In the dtype in which it is held, so that a training goes on from the very weights.

    Parameters
    ----------
    model : transformers model
    tokenizer : tokenizer
    place : Path
        A folder.
    """
    model.save_pretrained(place, safe_serialization=True)
    tokenizer.save_pretrained(place)
