"""Tasks of lm-evaluation-harness, asked and graded here.

The harness supplies prompts and targets; sampling, grading and statistics are this toolkit's, so
that a task's figures can be compared with every other benchmark's here. They are not the harness's
own metrics (which often compare the likelihoods of the options).
"""

import re
from collections.abc import Mapping
from string import ascii_uppercase
from typing import Any

from sample_engineering.answers import marked_answer
from sample_engineering.errors import ConfigError, MissingExtraError, SampleError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.fields import boxed_answer, choice_fields
from sample_engineering.sample import Sample

_FIRST_TESTED = "0.4.13"


def load_task(name: str, faults: list[str]) -> Benchmark:
    """Load one task; malformed items are described in `faults` and left out.

    Raises
    ------
    MissingExtraError
        If the harness is not installed.
    ConfigError
        If there is no such task, or it has no held-out documents.
    """
    try:
        from lm_eval.tasks import TaskManager  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise MissingExtraError(
            f"lm-eval:{name} needs lm-evaluation-harness; "
            f"run: pip install 'lm-eval>={_FIRST_TESTED}'"
        ) from error
    manager = TaskManager()
    if name not in manager.all_subtasks:
        raise ConfigError(
            f"lm-evaluation-harness has no task {name!r} (a group is not a task); "
            "list them with: lm-eval ls subtasks"
        )
    loaded = manager.load_task_or_group(name)
    task = loaded[name] if name in loaded else next(iter(loaded.values()))
    return benchmark_of_task(name, task, faults)


def benchmark_of_task(name: str, task: Any, faults: list[str]) -> Benchmark:
    """Turn a task object of the harness into a benchmark."""
    if task.has_test_docs():
        documents = task.test_docs()
    elif task.has_validation_docs():
        documents = task.validation_docs()
    else:
        raise ConfigError(f"the task {name} has no test or validation set; choose another")
    items = []
    for index, document in enumerate(documents):
        try:
            fields = _fields(task, document)
            items.append(Sample.from_dict({"id": f"{name}-{index}", "domains": [name], **fields}))
        except (SampleError, KeyError, TypeError, ValueError) as error:
            faults.append(f"document {index}: {error}")
    choices = bool(items) and all(item.kind == "choice" for item in items)
    return Benchmark(f"lm-eval:{name}", items, template="choice" if choices else "boxed")


def _fields(task: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    question = str(task.doc_to_text(document)).strip()
    target = task.doc_to_target(document)
    if getattr(task, "OUTPUT_TYPE", None) == "multiple_choice":
        return _choice(_without_cue(question), list(task.doc_to_choice(document)), target)
    if isinstance(target, list | tuple):
        if len(target) != 1:
            raise SampleError(f"{len(target)} accepted targets instead of one")
        target = target[0]
    return {"problem": _without_cue(question), "answer": _final(str(target))}


def _choice(question: str, options: list[str], target: Any) -> dict[str, Any]:
    fields = choice_fields(question, options, target)
    letters = list(ascii_uppercase[: len(options)])
    if options == letters:  # as in MMLU, whose prompt shows the lettered options itself
        return {"problem": question, "answer": fields["answer"], "kind": "choice"}
    return fields


def _without_cue(question: str) -> str:
    """Drop a closing cue such as "Answer:", which asks for a bare answer."""
    return re.sub(r"\s*\b(?:A|Answer)\s*:\s*$", "", question)


def _final(target: str) -> str:
    """Return the answer of a target that may be a whole solution (GSM8K's ``####``, a box)."""
    marked = marked_answer(target)
    if marked is not None:
        return marked.replace(",", "")
    if "\\boxed" in target:
        return boxed_answer(target)
    return target.strip()
