"""Loading a benchmark by name, from a file, or from lm-evaluation-harness."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, PoolError, SampleEngineeringError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.catalog import CATALOG, NamedBenchmark, with_options
from sample_engineering.evaluation.records import read_records
from sample_engineering.sample import Sample

LM_EVAL_PREFIX = "lm-eval:"
_POLICIES = ("fail", "skip")
# How many faults an error message lists.
_SHOWN = 3


def load_benchmark(
    name_or_path: str,
    *,
    on_error: str = "fail",
    per_domain: int | None = None,
    group_by: str | None = None,
    seed: int = 0,
    **settings: Any,
) -> Benchmark:
    """Load a benchmark and read its gold answers.

    Parameters
    ----------
    name_or_path : str
        A name of the catalogue (``math500``, ``gpqa-diamond`` ...), such a name with a copy on disk
        (``math500@FILE_OR_FOLDER``), a pool file of any shape that `sample_engineering.pool` reads,
        an ``hf:`` reference, or ``lm-eval:TASK``.
    on_error : {"fail", "skip"}
        What to do with items that are malformed or whose gold answer the grader cannot read. Items
        left out are listed in `Benchmark.left_out`.
    per_domain : int, optional
        Keep a random subset with at most so many items of each domain.
    group_by : str, optional
        Field of the records that shall serve as domain, e.g. ``subject`` or ``level``.
    seed : int
        Of the random subset.
    **settings
        `form`, `template`, `max_tokens`, `temperature`, `tolerance` of the benchmark.

    Returns
    -------
    Benchmark

    Raises
    ------
    ConfigError
        If the name is unknown, or a setting is.
    PoolError
        If it cannot be read, or an item is malformed and `on_error` is ``fail``.
    GoldError
        If a gold answer cannot be read and `on_error` is ``fail``.
    MissingExtraError
        If lm-evaluation-harness is asked for and not installed.
    """
    if on_error not in _POLICIES:
        raise ConfigError(f"on_error is {on_error!r}; use one of {', '.join(_POLICIES)}")
    known = {"form", "template", "max_tokens", "temperature", "tolerance"}
    if unknown := sorted(set(settings) - known):
        raise ConfigError(f"no setting {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    settings = {key: value for key, value in settings.items() if value is not None}
    name, _, copy = name_or_path.partition("@")
    faults: list[str] = []
    if name in CATALOG:
        benchmark = _named(name, CATALOG[name], copy or None, faults)
    elif name_or_path.startswith(LM_EVAL_PREFIX):
        from sample_engineering.evaluation.lm_eval import load_task

        benchmark = load_task(name_or_path.removeprefix(LM_EVAL_PREFIX), faults)
    elif Path(name_or_path).exists() or name_or_path.startswith("hf:"):
        benchmark = _from_pool(name_or_path, on_error, faults)
    else:
        raise ConfigError(
            f"no file and no benchmark {name_or_path!r}; there are {', '.join(CATALOG)}, "
            "hf:OWNER/NAME, lm-eval:TASK, and any pool file"
        )
    if faults and on_error == "fail":
        shown = "; ".join(faults[:_SHOWN])
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise PoolError(
            f"benchmark {benchmark.name}: {len(faults)} malformed items ({shown}{more}); "
            "correct them or leave them out with --on-error skip"
        )
    benchmark = replace(benchmark, left_out=tuple(faults), **settings)
    if group_by is not None:
        benchmark = _grouped(benchmark, group_by)
    if on_error == "skip":
        benchmark = benchmark.without_unreadable()
    if per_domain is not None:
        benchmark = benchmark.subset(per_domain, seed=seed)
    _ = benchmark.golds
    return benchmark


def sample_of(fields: Mapping[str, Any] | None, name: str, index: int) -> Sample | None:
    """Build an item from a catalogue reader's fields; without an id it is called NAME-INDEX."""
    if fields is None:
        return None
    record = {key: value for key, value in fields.items() if value is not None}
    record["id"] = str(record.get("id", f"{name}-{index}"))
    return Sample.from_dict(record)


def _named(name: str, entry: NamedBenchmark, copy: str | None, faults: list[str]) -> Benchmark:
    records = read_records(copy or entry.path, config=entry.config, split=entry.split, name=name)
    items = []
    for index, record in enumerate(records):
        try:
            if not isinstance(record, Mapping):
                raise PoolError(f"a {type(record).__name__} instead of a record")
            item = sample_of(entry.read(record), name, index)
        except (SampleEngineeringError, KeyError, TypeError) as error:
            faults.append(f"record {index}: {error}")
            continue
        if item is not None:
            items.append(item.with_(source=entry.source, license=entry.license))
    if not items and faults:
        raise PoolError(
            f"benchmark {name}: no record of {copy or entry.path} could be read "
            f"({faults[0]}); is it the right file?"
        )
    return Benchmark(
        name,
        _distinct(items),
        template=entry.template,
        max_tokens=entry.max_tokens,
        tolerance=entry.tolerance,
    )


def _from_pool(path: str, on_error: str, faults: list[str]) -> Benchmark:
    from sample_engineering.pool import read_pool

    pool = read_pool(path, on_error=on_error)
    items = [_with_shown_options(sample) for sample in pool]
    faults.extend(str(problem) for problem in getattr(pool, "problems", ()))
    choices = bool(items) and all(item.kind == "choice" for item in items)
    return Benchmark(Path(path).stem, items, template="choice" if choices else "boxed")


def _with_shown_options(item: Sample) -> Sample:
    """Add the options to a problem text that does not show them."""
    if not item.choices or all(str(choice) in item.problem for choice in item.choices):
        return item
    return item.with_(problem=with_options(item.problem, list(item.choices)))


def _distinct(items: Iterable[Sample]) -> list[Sample]:
    """Number the later ones of items that share an id: some published sets repeat theirs."""
    seen: Counter[str] = Counter()
    distinct = []
    for item in items:
        seen[item.id] += 1
        times = seen[item.id]
        distinct.append(item if times == 1 else item.with_(id=f"{item.id}#{times}"))
    return distinct


def _grouped(benchmark: Benchmark, field: str) -> Benchmark:
    missing = [item.id for item in benchmark.items if item.extra.get(field) in (None, "")]
    if missing:
        fields = sorted({key for item in benchmark.items for key in item.extra})
        raise ConfigError(
            f"{len(missing)} items of {benchmark.name} have no field {field!r}; "
            f"group by one of {', '.join(fields) or 'no other field'}"
        )
    items = [item.with_(domains=(str(item.extra[field]),)) for item in benchmark.items]
    return replace(benchmark, items=items)
