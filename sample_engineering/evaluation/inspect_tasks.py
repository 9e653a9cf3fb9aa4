"""Tasks of inspect_ai, asked and graded here.

A task supplies its problems and targets; the prompt around them, sampling, grading and statistics
are this toolkit's. Its solver and scorer are not used, so that tasks that need tools, a sandbox or
several turns are refused.

A task is a program: ``inspect:PACKAGE/TASK`` is one that an installed package declares, and
``inspect:FILE.py@TASK`` runs that file, as ``inspect eval FILE.py@TASK`` would.
"""

import sys
from collections.abc import Mapping
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from sample_engineering.errors import ConfigError, PoolError, SampleError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.fields import choice_fields, final_target, without_cue
from sample_engineering.extras import require
from sample_engineering.plain_yaml import read_yaml
from sample_engineering.sample import Sample

EXTRA = "inspect"
_LONGEST = 500  # characters of an argument
_FORM = "inspect:PACKAGE/TASK or inspect:FILE.py@TASK, with ?ARGUMENT=VALUE where it takes some"


def load_task(named: str, faults: list[str]) -> Benchmark:
    """Load one task; malformed items are described in `faults` and left out.

    Parameters
    ----------
    named : str
        ``PACKAGE/TASK`` or ``FILE.py@TASK``, then ``?ARGUMENT=VALUE&...``; the values are read as
        YAML, as ``inspect eval -T`` reads them.
    faults : list of str
        Receives what is wrong with items.

    Raises
    ------
    MissingExtraError
        If inspect_ai is not installed.
    ConfigError
        If there is no such task, it cannot be made, or it is more than questions and answers.
    """
    place, _, query = named.partition("?")
    require("inspect_ai", EXTRA)
    arguments = _arguments(named, query)
    try:
        task = _made(place, arguments)
    except ConfigError:
        raise
    except Exception as error:  # whatever a task's own code and data raise
        raise ConfigError(
            f"inspect:{named} cannot be made ({error or repr(error)}); try it with: "
            f"inspect eval {place} --limit 1"
        ) from error
    return benchmark_of_task(place, task, faults)


def benchmark_of_task(name: str, task: Any, faults: list[str]) -> Benchmark:
    """Turn a task object of inspect_ai into a benchmark."""
    if getattr(task, "sandbox", None) is not None:
        raise ConfigError(
            f"inspect:{name} needs a sandbox; only questions and answers are asked here"
        )
    called = name.rpartition("@")[2].rpartition("/")[2]
    items = []
    for index, sample in enumerate(task.dataset):
        known = str(sample.id if sample.id is not None else index)
        try:
            fields = {"id": f"{called}-{known}", "domains": [called], **_fields(sample)}
            items.append(Sample.from_dict(fields))
        except (SampleError, LookupError, TypeError, ValueError) as error:
            faults.append(f"sample {known}: {error}")
    if not items and faults:
        raise PoolError(f"no sample of inspect:{name} can be used ({faults[0]}); choose another")
    choices = bool(items) and all(item.kind == "choice" for item in items)
    return Benchmark(f"inspect:{name}", items, template="choice" if choices else "boxed")


def _arguments(named: str, query: str) -> dict[str, Any]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        return {name: read_yaml(value[:_LONGEST]) for name, value in pairs}
    except ValueError:
        raise ConfigError(f"`benchmark` 'inspect:{named}': write {_FORM}") from None


def _made(place: str, arguments: Mapping[str, Any]) -> Any:
    path, at, name = place.rpartition("@")
    if not at:
        if "/" not in place:
            raise ConfigError(f"`benchmark` 'inspect:{place}' is no task; write {_FORM}")
        return require("inspect_ai.util", EXTRA).registry_create("task", place, **arguments)
    file = Path(path)
    if not file.is_file() or file.suffix != ".py":
        raise ConfigError(f"`benchmark` 'inspect:{place}': no file {path}; write {_FORM}")
    spec = spec_from_file_location(f"_inspect_task_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # what is defined in it may look itself up
    spec.loader.exec_module(module)
    make = getattr(module, name, None)
    if not callable(make):
        raise ConfigError(
            f"`benchmark` 'inspect:{place}': {path} has no task {name!r}; write {_FORM}"
        )
    return make(**arguments)


def _fields(sample: Any) -> dict[str, Any]:
    if getattr(sample, "files", None) or getattr(sample, "sandbox", None):
        raise SampleError("it needs files or a sandbox")
    question = without_cue(_question(sample.input).strip())
    target = sample.target
    if isinstance(target, list | tuple):
        if len(target) != 1:
            raise SampleError(f"{len(target)} accepted targets instead of one")
        target = target[0]
    if sample.choices:
        return choice_fields(question, sample.choices, target)
    return {"problem": question, "answer": final_target(str(target))}


def _question(given: Any) -> str:
    """Return the text that is asked: a single message of the user's."""
    if isinstance(given, str):
        return given
    turns = [message for message in given if message.role != "system"]
    if len(turns) != 1 or turns[0].role != "user" or not isinstance(turns[0].content, str):
        raise SampleError("it is a conversation or has pictures")
    return str(turns[0].content)
