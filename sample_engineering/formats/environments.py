"""What environments and this package read: verifiers, NeMo Gym, reasoning-gym, ours."""

from collections.abc import Mapping
from typing import Any

from sample_engineering.formats.format import CARRIED, Format, carried_fields
from sample_engineering.formats.trainers import messages
from sample_engineering.generation.protocol import Prompt
from sample_engineering.sample import Sample


def _ours(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    return sample.to_dict()


def _verifiers(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    info = {"id": sample.id, "question": sample.problem, **carried_fields(sample)}
    return {"prompt": messages(prompt), "answer": sample.answer, "info": info}


def _nemo_gym(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    return {
        "responses_create_params": {"input": messages(prompt)},
        "question": sample.problem,
        "expected_answer": sample.answer,
        "id": sample.id,
        **carried_fields(sample),
    }


def _reasoning_gym(sample: Sample, prompt: Prompt, number: int) -> Mapping[str, Any]:
    return {
        "question": sample.problem,
        "answer": sample.answer,
        "metadata": {
            "source_dataset": sample.source or "sample-engineering",
            "source_index": number,
            "id": sample.id,
            **carried_fields(sample),
        },
    }


ours = Format(
    "ours",
    "this package: everything that is known of a sample",
    "docs/pools.md",
    _ours,
    endings=(".jsonl", ".json", ".csv", ".tsv", ".parquet"),
    prompted=False,
    keeps=(*CARRIED, "solution", "provenance", "images"),
    images=(".jsonl", ".json", ".csv", ".tsv", ".parquet"),
)
verifiers = Format(
    "verifiers",
    "verifiers: prompt, answer and info, the columns of an environment's data set",
    "verifiers 0.1, docs/environments; TaskData of 0.4.0, verifiers/v1/task.py",
    _verifiers,
    endings=(".jsonl", ".json", ".parquet"),
    hint="for its taskset nemo_gym, which needs no code, convert to nemo-gym (docs/serve.md)",
)
nemo_gym = Format(
    "nemo-gym",
    "NeMo Gym: responses_create_params, question and expected_answer",
    "nemo-gym 0.5.0, resources_servers/math_with_judge/data/example.jsonl",
    _nemo_gym,
    hint="jsonl_fpath: {out} in an agent's YAML; or --env.taskset.dataset {out} in verifiers",
)
reasoning_gym = Format(
    "reasoning-gym",
    "entries as reasoning-gym's data sets give them: question, answer, metadata",
    "reasoning-gym 0.1.25, reasoning_gym/dataset.py",
    _reasoning_gym,
    endings=(".jsonl", ".json", ".parquet"),
    prompted=False,
)
