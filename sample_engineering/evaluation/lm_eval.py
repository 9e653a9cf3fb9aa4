"""Tasks of lm-evaluation-harness, asked and graded here.

The harness supplies prompts and targets; sampling, grading and statistics are this toolkit's, so
that a task's figures can be compared with every other benchmark's here. They are not the harness's
own metrics (which often compare the likelihoods of the options).

A task is a program of the harness: its YAML may name Python functions and its templates may call
them. One of another folder (``lm-eval:TASK@FOLDER``) is run as ``lm_eval --include_path FOLDER``
would run it.
"""

from collections.abc import Mapping
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from sample_engineering.errors import ConfigError, PoolError, SampleError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.fields import choice_fields, final_target, without_cue
from sample_engineering.extras import require
from sample_engineering.sample import Sample

EXTRA = "lm-eval"
# Tasks that are scored by the likelihood of a text; there is no final answer to grade.
_WITHOUT_ANSWER = ("loglikelihood", "loglikelihood_rolling")


def load_task(named: str, faults: list[str]) -> Benchmark:
    """Load one task or group; malformed items are described in `faults` and left out.

    Parameters
    ----------
    named : str
        ``TASK``, or ``TASK@FOLDER`` for one whose YAML file lies in a folder (or below it). Of a
        group or tag, every task is a domain.
    faults : list of str
        Receives what is wrong with items.

    Raises
    ------
    MissingExtraError
        If the harness is not installed.
    ConfigError
        If there is no such task or folder, or it has no held-out documents or no final answers.
    """
    name, at, folder = named.partition("@")
    if at and not Path(folder).is_dir():
        raise ConfigError(
            f"`benchmark` 'lm-eval:{named}': no folder {folder!r}; give lm-eval:TASK@FOLDER with "
            "the folder that holds the task's YAML file"
        )
    where = f" --include_path {folder}" if at else ""
    manager = _manager(name, folder)
    if name not in manager.all_tasks:
        raise ConfigError(
            f"lm-evaluation-harness has no task {name!r}{f' in {folder}' if at else ''}; list them "
            f"with: lm-eval ls tasks{where}"
        )
    try:
        tasks = manager.load(name)["tasks"]
    except Exception as error:  # whatever a task's own code and data raise
        raise ConfigError(
            f"lm-eval:{name} cannot be loaded ({error or repr(error)}); try it with: "
            f"lm-eval validate --tasks {name}{where}"
        ) from error
    return benchmark_of_tasks(name, tasks, faults)


def _manager(name: str, folder: str) -> Any:
    """Return what knows the task: reading the harness's own thousands of files takes seconds."""
    manager = require("lm_eval.tasks", EXTRA).TaskManager
    if folder:
        own = manager(include_path=folder, include_defaults=False)
        if name in own.all_subtasks:
            return own
    return manager(include_path=folder or None)


def benchmark_of_tasks(name: str, tasks: Mapping[str, Any], faults: list[str]) -> Benchmark:
    """Turn task objects of the harness into one benchmark, each a domain."""
    items: list[Sample] = []
    for own, task in tasks.items():
        items += _items(own, task, faults)
    if not items and faults:
        raise PoolError(f"no document of lm-eval:{name} can be used ({faults[0]}); choose another")
    choices = bool(items) and all(item.kind == "choice" for item in items)
    return Benchmark(f"lm-eval:{name}", items, template="choice" if choices else "boxed")


def _items(name: str, task: Any, faults: list[str]) -> list[Sample]:
    kind = getattr(task, "OUTPUT_TYPE", None)
    if kind in _WITHOUT_ANSWER:
        raise ConfigError(
            f"the task {name} compares the likelihood of texts ({kind}), so that there is no "
            "final answer to grade; choose one of generate_until or multiple_choice"
        )
    if getattr(getattr(task, "config", None), "doc_to_image", None) is not None:
        raise ConfigError(
            f"the task {name} shows pictures, and items here are text; choose another"
        )
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
        except (SampleError, LookupError, TypeError, ValueError) as error:
            faults.append(f"{name}, document {index}: {error}")
    return items


def _fields(task: Any, document: Mapping[str, Any]) -> dict[str, Any]:
    asked = task.doc_to_text(document)
    if not isinstance(asked, str):  # as Winogrande's, which has a prompt for each option
        raise SampleError("its prompt is not one text")
    question = without_cue(asked.strip())
    target = task.doc_to_target(document)
    if getattr(task, "OUTPUT_TYPE", None) == "multiple_choice":
        return _choice(question, list(task.doc_to_choice(document)), target)
    if isinstance(target, list | tuple):
        if len(target) != 1:
            raise SampleError(f"{len(target)} accepted targets instead of one")
        target = target[0]
    return {"problem": question, "answer": final_target(str(target))}


def _choice(question: str, options: list[str], target: Any) -> dict[str, Any]:
    fields = choice_fields(question, options, target)
    letters = list(ascii_uppercase[: len(options)])
    if options == letters:  # as in MMLU, whose prompt shows the lettered options itself
        return {"problem": question, "answer": fields["answer"], "kind": "choice"}
    return fields
