"""What trainers read: verl, TRL, OpenRLHF, LLaMA-Factory.

Columns beside a trainer's own are ignored by it, or handed to its rewards.
"""

import json
from collections.abc import Mapping
from typing import Any

from sample_engineering.formats.format import Format, carried_fields, gold_fields, image_fields
from sample_engineering.generation.prompts import flatten, has_images, text_of
from sample_engineering.generation.protocol import Prompt
from sample_engineering.generation.vision import for_processor
from sample_engineering.sample import Sample

# verl's own rewards go by this name: ``math_dapo`` is one for boxed and for "Answer:" answers.
_DATA_SOURCE = "math_dapo"
_ONE_SHOT_COPIES = 128  # arXiv 2504.20571, data/train/one_shot_rlvr/*_r128.parquet


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """Return a prompt as messages of text; a text to continue is one of the user.

    An image leaves its marker, ``<image>``, which verl and LLaMA-Factory look for.
    """
    if isinstance(prompt, str):
        return [{"role": "user", "content": prompt}]
    return [dict(message) | {"content": text_of(message["content"])} for message in prompt]


def _parts(prompt: Prompt) -> list[dict[str, Any]]:
    """Return a prompt as messages in parts, with the places of images, as TRL fills them."""
    if isinstance(prompt, str) or not has_images(prompt):
        return messages(prompt)
    return for_processor(prompt)


def _beside(sample: Sample) -> dict[str, Any]:
    """Columns of ours beside those of a trainer."""
    return {"id": sample.id, "problem": sample.problem, **carried_fields(sample)}


def _verl(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    return {
        "data_source": _DATA_SOURCE,
        "prompt": messages(prompt),
        "ability": sample.domains[0] if sample.domains else "math",
        **image_fields(sample),
        "reward_model": {"style": "rule", "ground_truth": sample.answer},
        "extra_info": {
            "split": "train",
            "index": number,
            "id": sample.id,
            "question": sample.problem,
            **carried_fields(sample),
        },
    }


def _trl(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    return {"prompt": flatten(prompt), **_for_trl(sample)}


def _trl_chat(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    return {"prompt": _parts(prompt), **image_fields(sample), **_for_trl(sample)}


def _for_trl(sample: Sample) -> dict[str, Any]:
    # TRL's accuracy_reward reads `solution` by Math-Verify, which needs the answer in mathematics.
    solution = f"${sample.answer}$"
    return {"answer": sample.answer, "solution": solution, **_beside(sample)}


def _openrlhf(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    gold = gold_fields(sample)
    # The label is all that a reward gets of a row; se serve reads an object in it.
    label = json.dumps({"answer": sample.answer, **gold}) if gold else sample.answer
    return {
        "input": messages(prompt),
        "answer": sample.answer,
        "label": label,
        "datasource": sample.domains[0] if sample.domains else "default",
        **_beside(sample),
    }


def _llama_factory(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    turns = messages(prompt)
    system = [turn["content"] for turn in turns if turn["role"] == "system"]
    return {
        "instruction": turns[-1]["content"],
        "input": "",
        "output": sample.solution or f"\\boxed{{{sample.answer}}}",
        "system": system[0] if system else "",
        **image_fields(sample),
        "answer": sample.answer,
        **_beside(sample),
    }


verl = Format(
    "verl",
    "verl: prompt, reward_model and extra_info",
    "verl 0.9.1, verl/utils/dataset/rl_dataset.py and examples/data_preprocess",
    _verl,
    endings=(".parquet",),
    hint="data.train_files={out}",
    images=(".parquet",),
)
verl_r128 = Format(
    "verl-r128",
    "verl, each sample copied to a batch of 128, as one-shot RLVR publishes its data",
    "github.com/ypwang61/One-Shot-RLVR, data/train/one_shot_rlvr/*_r128.parquet",
    _verl,
    endings=(".parquet",),
    copies=_ONE_SHOT_COPIES,
    hint="data.train_files={out} data.train_batch_size=128",
    images=(".parquet",),
)
trl = Format(
    "trl",
    "TRL, standard: the prompt as a text, columns for the rewards",
    "trl 1.16, docs/dataset_formats, prompt-only",
    _trl,
    endings=(".jsonl", ".parquet", ".json"),
    text=True,
    hint="GRPOTrainer(reward_funcs=sample_engineering.grading.correctness_reward)",
)
trl_chat = Format(
    "trl-chat",
    "TRL, conversational: the prompt as messages, columns for the rewards",
    "trl 1.16, docs/dataset_formats, prompt-only",
    _trl_chat,
    endings=(".jsonl", ".parquet", ".json"),
    hint="GRPOTrainer(reward_funcs=sample_engineering.grading.correctness_reward)",
    images=(".parquet",),
)
openrlhf = Format(
    "openrlhf",
    "OpenRLHF: input, answer, and label with all that the gold needs",
    "openrlhf 0.11.2, openrlhf/datasets/prompts_dataset.py",
    _openrlhf,
    endings=(".jsonl", ".json", ".parquet"),
    hint="--data.prompt_dataset {out} --data.input_key input --data.label_key label "
    "--data.apply_chat_template (answer instead of label for rewards other than se serve)",
)
llama_factory = Format(
    "llama-factory",
    "LLaMA-Factory, alpaca: instruction, input, output",
    "LLaMA-Factory, data/README.md, alpaca format",
    _llama_factory,
    endings=(".json", ".jsonl", ".parquet"),
    hint='data/dataset_info.json: "{name}": {{"file_name": "{out}", "columns": {{"prompt": '
    '"instruction", "query": "input", "response": "output", "system": "system"}}}}',
    images=(".parquet",),
)
