"""Rebuilding the base model from nothing: tokenizer, documents, weights."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.files import make_writable
from sample_engineering.generation.devices import found_device
from sample_engineering.microcosm.authors import SHARES
from sample_engineering.microcosm.tokenizer import SEPARATOR, make_tokenizer
from sample_engineering.microcosm.world import LINKED_SHARE, authored_documents, textbook_documents

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM

IGNORED = -100  # torch's label for tokens that are not scored
SORTED_BATCHES = 16  # batches whose documents are sorted by length together, against padding


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the pretraining, with an optimizer and a learning-rate schedule of its own.

    Parameters
    ----------
    steps : int
        Optimizer steps.
    rate : float
        Highest learning rate.
    shares : sequence of float, optional
        Shares of careful, sloppy and guessing authors; None reads textbooks.
    batch_mean : bool
        Whether the loss is a mean over the tokens of each batch. Batches hold documents of like
        length, so short documents then weigh more: well for learning arithmetic, but the voices
        come out wrong. Otherwise every token weighs the same.
    linked : sequence of float
        Shares of problems that link two, three ... templates.
    exercises : bool
        Whether half of the textbook documents are bare exercises.
    """

    steps: int
    rate: float
    shares: tuple[float, ...] | None
    batch_mean: bool
    linked: tuple[float, ...] = LINKED_SHARE
    exercises: bool = True


@dataclass(frozen=True, slots=True)
class Size:
    """Shape of a base model and its pretraining.

    Parameters
    ----------
    width, layers, heads : int
        Llama shape; the feed-forward width is `feed_forward` times the width.
    documents : int
        Documents in each step.
    stages : tuple of Stage
        First arithmetic and words, then the voices of the authors in their true shares.
    """

    width: int
    layers: int
    heads: int
    documents: int
    stages: tuple[Stage, ...]
    feed_forward: float = 3.0
    context: int = 512


def _arithmetic(steps: int, rate: float) -> Stage:
    return Stage(steps, rate, shares=None, batch_mean=True)


def _voices(steps: int, rate: float, shares: tuple[float, ...]) -> Stage:
    return Stage(steps, rate, shares, batch_mean=False)


# The stages were found one after another (docs/lab/microcosm.md): after the first authors the model
# sampled at 9 %, and linked problems were beyond it until it read more of them. Mostly careful
# authors build the competence that the last ones, mostly careless, hide.
FIRST_AUTHORS = (0.45, 0.36, 0.19)
CAREFUL_AUTHORS = (0.60, 0.28, 0.12)
_STAGES = (
    _arithmetic(1500, 3e-3),
    _voices(700, 1e-3, FIRST_AUTHORS),
    _voices(600, 6e-4, CAREFUL_AUTHORS),
    Stage(300, 1.5e-3, None, batch_mean=True, linked=(0.6, 0.2), exercises=False),
    Stage(400, 8e-4, CAREFUL_AUTHORS, batch_mean=False, linked=(0.25, 0.12)),
    Stage(500, 8e-4, SHARES, batch_mean=False, linked=(0.25, 0.12)),
)


SIZES = {
    "small": Size(128, 3, 4, 64, _STAGES),
    "half": Size(64, 3, 2, 64, _STAGES),  # to see what holds on another model
    "large": Size(
        512,
        8,
        8,
        256,
        (
            _arithmetic(12000, 1e-3),
            _voices(4000, 6e-4, CAREFUL_AUTHORS),
            Stage(2000, 5e-4, None, batch_mean=True, linked=(0.6, 0.2), exercises=False),
            Stage(2000, 3e-4, CAREFUL_AUTHORS, batch_mean=False, linked=(0.25, 0.12)),
            Stage(2000, 3e-4, SHARES, batch_mean=False, linked=(0.25, 0.12)),
        ),
    ),
}
DOCUMENT_TOKENS = 32  # of a solution, about the mean; scale of the loss
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
        Optimizer steps of all stages together; None means those of the size.
    device : str
        Where to train, ``"cpu"``, ``"cuda"`` or ``"mps"``.
    progress : callable, optional
        Called with (step, steps, loss in nats a token) after every step.
    save_every : int, optional
        Save into `out` every so many steps as well as at the end.

    Raises
    ------
    ConfigError
        If the size is unknown, or there is no such device.
    RunError
        If the folder cannot be written to.
    MissingExtraError
        If torch or transformers is not installed.
    """
    if size not in SIZES:
        raise ConfigError(f"`size` {size!r} is not known; use one of {', '.join(SIZES)}")
    plan = SIZES[size]
    stages = plan.stages
    if steps is not None:
        whole = sum(stage.steps for stage in stages)
        stages = tuple(replace(s, steps=max(1, s.steps * steps // whole)) for s in stages)
    device = found_device(device)
    make_writable(out)  # before half an hour of work
    total, done = sum(stage.steps for stage in stages), 0
    tokenizer = make_tokenizer()
    model = make_model(plan, tokenizer, seed).to(device).train()
    for number, stage in enumerate(stages, 1):
        rng = np.random.default_rng([seed, number])
        for loss in _train(model, tokenizer, stage, plan.documents, rng):
            done += 1
            if progress is not None:
                progress(done, total, loss)
            if save_every and done % save_every == 0:
                _save(model, tokenizer, out)
    _save(model, tokenizer, out)
    return out


def _train(
    model: "LlamaForCausalLM",
    tokenizer: Any,
    stage: Stage,
    documents: int,
    rng: np.random.Generator,
) -> Iterator[float]:
    """Carry out a stage, yielding the loss in nats a token after every step."""
    torch = require("torch", "train")
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=stage.rate, betas=BETAS, weight_decay=WEIGHT_DECAY
    )
    stream = _batches(tokenizer, documents, stage, rng)
    for step in range(stage.steps):
        optimizer.param_groups[0]["lr"] = stage.rate * _schedule(step, stage.steps)
        tokens, labels = (torch.from_numpy(array).to(model.device) for array in next(stream))
        mean = _loss(model, tokens, labels)
        scored = int((labels != IGNORED).sum())
        scale = 1.0 if stage.batch_mean else scored / (documents * DOCUMENT_TOKENS)
        (mean * scale).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        yield mean.item()


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
    tokenizer: Any, documents: int, stage: Stage, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (tokens, labels), each of shape (documents, length); a label is the next token."""
    shares = stage.shares
    if shares is None:
        source = textbook_documents(rng, stage.linked, stage.exercises)
    else:
        source = authored_documents(rng, shares, stage.linked)
    while True:
        pairs = [next(source) for _ in range(documents * SORTED_BATCHES)]
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
    bent = np.cos(np.pi * (step - warm) / (total - warm))
    return float(LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + bent))


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
