"""A tiny random Llama and a word tokenizer, for tests that need a real model but not a good one."""

from pathlib import Path
from typing import Any

WORDS = (
    ["<pad>", "<eos>", "<unk>"]
    + [str(digit) for digit in range(10)]
    + ["+", "-", "*", "/", "=", ";", ".", "?", "what", "is", "so", "answer", "\\boxed{", "}"]
    + ["find", "the", "sum", "of", "and", "a", "car", "moves", "at", "for", "m", "s"]
)


def save_tiny_model(
    folder: Path, *, seed: int = 0, width: int = 32, layers: int = 2, chat: bool = False
) -> Path:
    """Write a random Llama with its tokenizer to `folder` in the transformers format."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    vocabulary = {word: index for index, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    fast: Any = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        padding_side="left",
    )
    if chat:
        fast.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}so "
    torch.manual_seed(seed)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(WORDS),
            hidden_size=width,
            intermediate_size=2 * width,
            num_hidden_layers=layers,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=256,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
            tie_word_embeddings=True,
        )
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder
