"""Supervised training on a few texts, by TRL's `SFTTrainer`.

This module imports torch and TRL where it is called, and not before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_engineering.extras import require
from sample_engineering.generation.prompts import Posed, encode_all, for_tokenizer
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.starting import memory_in_words, start_in_words

_IGNORED = -100  # the label of a token that is read and not learnt
_BATCH = 32  # most texts of an optimizer step


@dataclass(frozen=True)
class Text:
    """What is trained on: a prompt, and what the model shall say to it.

    Parameters
    ----------
    posed : Posed
        Asked as the protocol says.
    completion : str
        Learnt, with the end token after it.
    """

    posed: Posed
    completion: str


def rows_of(texts: Sequence[Text], recipe: Recipe, tokenizer: Any) -> list[dict[str, list[int]]]:
    """Return token ids and labels of texts: of a prompt nothing is learnt."""
    protocol = recipe.protocol
    asked = [for_tokenizer(protocol.prompt(text.posed), tokenizer) for text in texts]
    prompts = encode_all(asked, tokenizer, recipe.chat_template_kwargs)
    rows = []
    for prompt, text in zip(prompts, texts, strict=True):
        said = tokenizer(text.completion, add_special_tokens=False)["input_ids"]
        said = [*said, tokenizer.eos_token_id]
        rows.append(
            {"input_ids": [*prompt, *said], "labels": [_IGNORED] * len(prompt) + list(said)}
        )
    return rows


def train_on(
    texts: Sequence[Text],
    model: Any,
    tokenizer: Any,
    recipe: Recipe,
    place: Path,
    *,
    seed: int,
    device: str,
) -> int:
    """Train a model on texts for `Recipe.warm_steps`, each on up to 32 of them.

    Parameters
    ----------
    texts : sequence of Text
    model : transformers causal language model
        Is trained where it is.
    tokenizer : tokenizer
    recipe : Recipe
        Its ``warm_steps``, ``warm_rate``, optimizer and precision.
    place : Path
        A folder for whatever the trainer writes.
    seed : int
        Of the order of the texts.
    device : str

    Returns
    -------
    int
        Tokens that were trained on, counted as often as they were.
    """
    trl = require("trl", "train")
    datasets = require("datasets", "train")
    rows = rows_of(texts, recipe, tokenizer)
    batch = min(_BATCH, len(rows))
    micro = max(n for n in range(1, min(recipe.micro_batch, batch) + 1) if batch % n == 0)
    with start_in_words():
        trainer = trl.SFTTrainer(
            model=model,
            processing_class=tokenizer,
            train_dataset=datasets.Dataset.from_list(rows),
            args=trl.SFTConfig(
                output_dir=str(place),
                seed=seed,
                max_steps=recipe.warm_steps,
                per_device_train_batch_size=micro,
                gradient_accumulation_steps=batch // micro,
                learning_rate=recipe.warm_rate,
                lr_scheduler_type="constant",
                weight_decay=recipe.weight_decay,
                adam_beta1=recipe.adam_beta1,
                adam_beta2=recipe.adam_beta2,
                max_grad_norm=recipe.max_grad_norm,
                max_length=None,
                dataset_kwargs={"skip_prepare_dataset": True},
                bf16=recipe.bf16 and device == "cuda",
                use_cpu=device == "cpu",
                report_to="none",
                save_strategy="no",
                disable_tqdm=True,
                logging_strategy="no",
                dataloader_pin_memory=device == "cuda",
            ),
        )
    from transformers import PrinterCallback, ProgressCallback

    for printer in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(printer)
    with memory_in_words():
        trainer.train()
    learnt = [sum(label != _IGNORED for label in row["labels"]) for row in rows]
    return round(sum(learnt) / len(rows) * batch * recipe.warm_steps)
