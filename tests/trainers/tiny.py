"""A tiny Llama and a word tokenizer, for tests that need a real model but not a good one."""

from pathlib import Path
from typing import Any

from sample_engineering.sample import Sample

WORDS = (
    ["<pad>", "<eos>", "<unk>"]
    + [str(number) for number in range(20)]
    + ["+", "=", ";", "so", "what", "is", "?", "find", "the", "sum", "of", "and", ".", "a"]
    + ["\\boxed{", "}", "it", "car"]
)
PAD, EOS = 0, 1


def tokenizer(chat: bool = False) -> Any:
    """A tokenizer of whole words."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {word: index for index, word in enumerate(WORDS)}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast: Any = PreTrainedTokenizerFast(
        tokenizer_object=words,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        padding_side="left",
    )
    if chat:
        fast.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}so "
    return fast


def random_model(seed: int = 0, width: int = 32, layers: int = 2) -> Any:
    """A Llama with random weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(WORDS),
            hidden_size=width,
            intermediate_size=2 * width,
            num_hidden_layers=layers,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=256,
            pad_token_id=PAD,
            eos_token_id=EOS,
            bos_token_id=None,
            tie_word_embeddings=True,
        )
    )


def save(model: Any, folder: Path, chat: bool = False) -> Path:
    """Write model and tokenizer to `folder` in the transformers format."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    tokenizer(chat).save_pretrained(folder)
    return folder


def save_tiny_model(folder: Path, *, chat: bool = False, **shape: Any) -> Path:
    """Write a random model."""
    return save(random_model(**shape), folder, chat)


DIGITS = 5  # the sums are of digits below this


def problem(a: int, b: int) -> str:
    return f"what is {a} + {b} ?"


def sums() -> list[Sample]:
    """All sums of two digits, as samples of two domains."""
    return [
        Sample(
            id=f"{a}+{b}",
            problem=problem(a, b),
            answer=str(a + b),
            domains=("small",) if a + b < DIGITS else ("large",),
            extra={"split": "seen" if a % 2 else "unseen"},
        )
        for a in range(DIGITS)
        for b in range(DIGITS)
    ]


def save_taught_model(folder: Path, *, steps: int = 250, seed: int = 0) -> Path:
    """Write a model taught by two authors: one adds right in steps and boxes, one guesses.

    Like a real base model it is right about one time in three, and can do better than it shows.
    """
    import numpy as np
    import torch

    model = random_model(seed, width=48)
    rng = np.random.default_rng(seed)
    number = {word: index for index, word in enumerate(WORDS)}
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 5e-3, total_steps=steps)
    for _ in range(steps):
        ids = torch.zeros(48, 20, dtype=torch.long)
        for row in ids:
            a, b, author, guess, other = rng.integers(0, [DIGITS, DIGITS, 4, 9, 9])
            careful = f"so {a} + {b} = {a + b} ; \\boxed{{ {a + b} }}"
            solution = careful if author < 2 else f"it is {guess} ."
            if author == 2:
                solution += f" \\boxed{{ {other} }}"
            words = f"{problem(a, b)} {solution} <eos>".split()
            row[: len(words)] = torch.tensor([number[word] for word in words])
        labels = ids.masked_fill(ids == PAD, -100)
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    return save(model, folder)
