"""Rebuilding the base model from nothing: tokenizer, documents, weights."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.microcosm.tokenizer import SEPARATOR, make_tokenizer
from sample_engineering.microcosm.world import authored_documents, textbook_documents

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM

IGNORED = -100  # torch's label for tokens that are not scored
SORTED_BATCHES = 16  # batches whose documents are sorted by length together, against padding


@dataclass(frozen=True, slots=True)
class Size:
    """Shape of a base model and the length of its pretraining.

    Parameters
    ----------
    width, layers, heads : int
        Llama shape; the feed-forward width is `feed_forward` times the width.
    steps, documents : int
        Optimizer steps, and documents in each.
    rate : float
        Highest learning rate.
    """

    width: int
    layers: int
    heads: int
    steps: int
    documents: int
    rate: float
    feed_forward: float = 3.0
    context: int = 512


SIZES = {
    "small": Size(width=128, layers=3, heads=4, steps=3600, documents=64, rate=3e-3),
    "large": Size(width=512, layers=8, heads=8, steps=20000, documents=256, rate=1e-3),  # for a GPU
}
TEXTBOOKS = (0.4, 0.65)  # until this share of the steps only textbooks; from this one on, none
WARM_UP = 0.03  # share of the steps
LAST_RATE = 0.02  # of the highest
BETAS = (0.9, 0.98)
WEIGHT_DECAY = 0.05
LARGEST_GRADIENT = 1.0


def build(
    out: Path,
    *,
    seed: int = 0,
    size: str = "small",
    steps: int | None = None,
    device: str = "cpu",
    progress: Callable[[int, int, float], None] | None = None,
    save_every: int | None = None,
) -> Path:
    """Pretrain a base model of the microcosm and save it in transformers format.

    Deterministic for a seed, a number of threads and a torch version, on CPU.

    Parameters
    ----------
    out : path
        Folder to write.
    seed : int
        Seed of documents and weights.
    size : str
        Key of `SIZES`.
    steps : int, optional
        Optimizer steps; None means those of the size.
    device : str
        Where to train, ``"cpu"`` or ``"cuda"``.
    progress : callable, optional
        Called with (step, steps, loss in nats a token) after every step.
    save_every : int, optional
        Save into `out` every so many steps as well as at the end.

    Raises
    ------
    ConfigError
        If the size is unknown.
    MissingExtraError
        If torch or transformers is not installed.
    """
    if size not in SIZES:
        raise ConfigError(f"unknown size {size!r}; use one of {', '.join(SIZES)}")
    torch = require("torch", "train")
    plan = SIZES[size]
    total = plan.steps if steps is None else steps
    tokenizer = make_tokenizer()
    model = make_model(plan, tokenizer, seed).to(device).train()
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=plan.rate, betas=BETAS, weight_decay=WEIGHT_DECAY
    )
    stream = _batches(tokenizer, plan.documents, total, np.random.default_rng([seed, 1]))
    for step in range(total):
        optimizer.param_groups[0]["lr"] = plan.rate * _schedule(step, total)
        loss = _loss(model, *(torch.from_numpy(array).to(device) for array in next(stream)))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if progress is not None:
            progress(step + 1, total, loss.item())
        if save_every and (step + 1) % save_every == 0:
            _save(model, tokenizer, out)
    _save(model, tokenizer, out)
    return out


def make_model(plan: Size, tokenizer: Any, seed: int) -> "LlamaForCausalLM":
    """Return a model with fresh weights."""
    torch = require("torch", "train")
    transformers = require("transformers", "train")
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=plan.width,
        intermediate_size=int(plan.width * plan.feed_forward),
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        max_position_embeddings=plan.context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.LlamaForCausalLM(config)


def _loss(
    model: "LlamaForCausalLM", tokens: "torch.Tensor", labels: "torch.Tensor"
) -> "torch.Tensor":
    """Mean loss over the solutions; logits are computed only where there is a label."""
    torch = require("torch", "train")
    # Padding is on the right and attention is causal, so no mask is needed.
    hidden = model.model(input_ids=tokens).last_hidden_state
    scored = labels != IGNORED
    return torch.nn.functional.cross_entropy(model.lm_head(hidden[scored]), labels[scored])


def _batches(
    tokenizer: Any, documents: int, total: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (tokens, labels), each of shape (documents, length); a label is the next token."""
    authors, textbooks = authored_documents(rng), textbook_documents(rng)
    for step in range(0, total, SORTED_BATCHES):
        share = float(np.interp(step / total, TEXTBOOKS, (1.0, 0.0)))
        pairs = [
            next(textbooks if rng.random() < share else authors)
            for _ in range(documents * SORTED_BATCHES)
        ]
        heads = tokenizer([problem for problem, _ in pairs])["input_ids"]
        # The separator is learnt too, so that a problem continued as it stands works as well.
        tails = tokenizer([SEPARATOR + solution for _, solution in pairs])["input_ids"]
        texts = [
            (head, [*tail, tokenizer.eos_token_id]) for head, tail in zip(heads, tails, strict=True)
        ]
        texts.sort(key=lambda text: len(text[0]) + len(text[1]))
        groups = [texts[i : i + documents] for i in range(0, len(texts), documents)]
        for i in rng.permutation(len(groups)):
            yield _pad(groups[i], tokenizer.pad_token_id)


def _pad(group: list[tuple[list[int], list[int]]], pad: int) -> tuple[np.ndarray, np.ndarray]:
    length = max(len(head) + len(tail) for head, tail in group) - 1
    tokens = np.full((len(group), length), pad, dtype=np.int64)
    labels = np.full((len(group), length), IGNORED, dtype=np.int64)
    for row, (head, tail) in enumerate(group):
        text = head + tail
        tokens[row, : len(text) - 1] = text[:-1]
        labels[row, len(head) - 1 : len(text) - 1] = tail
    return tokens, labels


def _schedule(step: int, total: int) -> float:
    warm = max(1, int(WARM_UP * total))
    if step < warm:
        return (step + 1) / warm
    return LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + np.cos(np.pi * (step - warm) / (total - warm)))


def _save(model: "LlamaForCausalLM", tokenizer: Any, out: Path) -> None:
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def reporter(every: int, write: Callable[[str], None]) -> Callable[[int, int, float], None]:
    """Return a progress function that writes a line every so many steps."""
    began = time.monotonic()
    recent: list[float] = []

    def report(step: int, steps: int, loss: float) -> None:
        recent.append(loss)
        if step % every == 0 or step == steps:
            elapsed = time.monotonic() - began
            left = elapsed / step * (steps - step)
            mean = sum(recent) / len(recent)
            write(f"step {step}/{steps}  loss {mean:.4f}  {elapsed:.0f} s, {left:.0f} s left")
            recent.clear()

    return report
