"""The model: its files, its kind, its tokenizer, its context."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from sample_engineering.generation.hub import look_for, out_of_reach
from sample_engineering.named_elsewhere import may_be_model
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, ok, refuse, warn

_CONFIG, _WEIGHTS, _INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
_SEVERAL = 4  # tokens that may lack an embedding: some tokenizers count unused additions


def files(case: Case) -> Iterator[Finding]:
    """Whether configuration and safetensors weights are there, or can be fetched."""
    if case.model is None:
        return
    folder = case.local_folder
    if folder is not None:
        if not (folder / _CONFIG).is_file():
            yield refuse(f"{folder} has no {_CONFIG}", "give a folder with a transformers model")
        else:
            yield ok(str(folder))
    elif os.path.exists(case.model) or not may_be_model(case.model):
        yield refuse(f"there is no model folder {case.model}", "check its path or name")
    else:
        yield from _on_hub(case.model, case.options.revision)


def weights(case: Case) -> Iterator[Finding]:
    """Whether all weight files of a local model are there, in safetensors."""
    folder = case.local_folder
    if folder is None:
        return
    index, cut = folder / _INDEX, None
    if index.is_file():
        try:
            names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (OSError, ValueError, KeyError, AttributeError):
            yield refuse(f"{index} cannot be read", "download the model anew")
            return
        missing = sorted(name for name in names if not (folder / name).is_file())
        cut = next((name for name in sorted(names - set(missing)) if _is_cut(folder / name)), None)
        if missing:
            yield refuse(
                f"{folder} lacks {len(missing)} of its {len(names)} weight files, e.g. "
                f"{missing[0]}",
                "download the model anew",
            )
    elif (folder / _WEIGHTS).is_file():
        cut = _WEIGHTS if _is_cut(folder / _WEIGHTS) else None
    else:
        others = sorted(p.name for p in folder.glob("*") if p.suffix in (".bin", ".pt", ".gguf"))
        held = f", only {others[0]}" if others else ""
        yield refuse(
            f"{folder} has no weights in safetensors{held}",
            "save the model with `save_pretrained` of transformers, which writes them",
        )
    if cut is not None:
        yield refuse(f"{folder / cut} is cut short", "download the model anew")


def _is_cut(file: Path) -> bool:
    """Whether a safetensors file is shorter than its header says, or is none."""
    try:
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if length > _LONGEST_HEADER:
                return True
            header = json.loads(stream.read(length))
        ends = [
            entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"
        ]
        return file.stat().st_size < 8 + length + max(ends, default=0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return True


_LONGEST_HEADER = 100_000_000  # bytes, as safetensors bounds it


def _on_hub(name: str, revision: str | None) -> Iterator[Finding]:
    import huggingface_hub as hub
    from huggingface_hub import constants, errors

    cached = any(
        isinstance(hub.try_to_load_from_cache(name, file, revision=revision), str)
        for file in (_WEIGHTS, _INDEX)
    )
    if cached:
        yield ok(f"{name}, in the cache")
        return
    look_for(name)
    if out_of_reach():
        yield refuse(
            f"the model {name} is not in the cache, and {constants.ENDPOINT} cannot be reached",
            f"run: hf download {name} where there is a network, or give a folder",
        )
        return
    if constants.HF_HUB_OFFLINE:
        yield refuse(
            f"the model {name} is not in the cache, and HF_HUB_OFFLINE forbids to fetch it",
            f"run: hf download {name} where there is a network, or unset HF_HUB_OFFLINE",
        )
        return
    try:
        found = hub.HfApi().model_info(name, revision=revision, timeout=_PATIENCE)
        hub.HfApi().auth_check(name)
    except errors.GatedRepoError:
        yield refuse(
            f"the model {name} is gated",
            f"ask for access at {constants.ENDPOINT}/{name} and run: hf auth login",
        )
        return
    except errors.RevisionNotFoundError:
        yield refuse(
            f"the model {name} has no revision {revision}",
            "give a branch, tag or commit of it as `revision`",
        )
        return
    except errors.RepositoryNotFoundError:
        yield refuse(
            f"there is no model {name} at {constants.ENDPOINT}, or it is private",
            "check the name, or run: hf auth login",
        )
        return
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        yield refuse(
            f"{constants.ENDPOINT} cannot be asked for {name} ({reason})",
            "check the network, or give a folder",
        )
        return
    names = [one.rfilename for one in found.siblings or ()]
    if not any(one.endswith(".safetensors") for one in names):
        yield refuse(
            f"the model {name} has no weights in safetensors",
            "choose another model, or save it with `save_pretrained` and give the folder",
        )
    yield ok(f"{name}, to be fetched from {constants.ENDPOINT}")


_PATIENCE = 20.0  # seconds for an answer of the hub


def model(case: Case) -> Iterator[Finding]:
    """Whether transformers knows the model, and the sampler can drive it."""
    if case.model is None:
        return
    trial = case.trial
    if trial.shape is None:
        remedy = "check its path or name"
        if "trust_remote_code" in trial.model_error or "custom code" in trial.model_error:
            remedy = "give `trust_remote_code` if you trust its author"
        yield refuse(f"cannot read the model {case.model}: {trial.model_error}", remedy)
        return
    shape = trial.shape
    if not shape.takes_cache:
        yield refuse(
            f"models of the kind {shape.kind} keep no key-value cache, which the sampler needs",
            "choose another model",
        )
    if case.recipe.lora_rank and not shape.adapter_parameters_per_rank:
        yield refuse(
            f"models of the kind {shape.kind} have no linear layer that LoRA could adapt",
            "train all weights, without `lora_rank`",
        )
    yield ok(f"{shape.kind}, {shape.parameters / 1e6:,.1f} M parameters")


def tokenizer(case: Case) -> Iterator[Finding]:
    """Whether the tokenizer fits the model and the templates."""
    if case.model is None:
        return
    facts, shape = case.trial.tokenizer, case.trial.shape
    if facts is None:
        yield refuse(case.trial.tokenizer_error, "")
        return
    if not facts.end:
        yield refuse(
            "the tokenizer has no end token, so that no answer would end",
            "set eos_token in its tokenizer_config.json",
        )
    elif not facts.pad:
        yield refuse(
            "the tokenizer has no padding token", "set pad_token in its tokenizer_config.json"
        )
    if shape is not None and facts.tokens > shape.vocabulary + _SEVERAL:
        yield refuse(
            f"the tokenizer has {facts.tokens:,} tokens and the model embeds "
            f"{shape.vocabulary:,}: they do not belong together",
            "give a model with its own tokenizer",
        )
    if facts.template_fault:
        message, _, remedy = facts.template_fault.partition("; ")
        yield refuse(message, remedy)
    yield ok("with a chat template" if facts.chat else "without a chat template")


def context(case: Case) -> Iterator[Finding]:
    """Whether the longest prompt and the longest answer fit the model's context."""
    facts, shape = case.trial.tokenizer, case.trial.shape
    if facts is None or shape is None or shape.context is None:
        return
    prompt, limit = facts.longest_prompt, shape.context
    if prompt >= limit:
        yield refuse(
            f"a prompt has {prompt:,} tokens, and the model reads {limit:,}",
            "leave that problem out, or choose a model with a longer context",
        )
        return
    wanted = case.recipe.max_tokens
    if prompt + wanted > limit:
        room = limit - prompt
        yield refuse(
            f"{prompt:,} tokens of a prompt and {wanted:,} of an answer exceed the model's context "
            f"of {limit:,}",
            f"set `max_tokens` to at most {room:,}",
        )
    if case.plan is not None and prompt + case.plan.benchmark.max_tokens > limit:
        yield warn(
            f"answers to the longest problem are cut at {limit - prompt:,} tokens, where the "
            "model's context ends"
        )
    yield ok(f"{prompt:,} + {wanted:,} of {limit:,} tokens")
