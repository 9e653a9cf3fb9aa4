"""Loading a benchmark by name, from a file, or from lm-evaluation-harness."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError, PoolError, SampleError
from sample_engineering.evaluation.benchmark import Benchmark
from sample_engineering.evaluation.named import NamedBenchmark, find_named
from sample_engineering.generation.asking import Asked
from sample_engineering.pool import read_pool
from sample_engineering.pool.sources import Row
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
        The name of a registered benchmark (``math500``, ``gpqa-diamond`` ...), such a name with a
        copy on disk (``math500@FILE_OR_FOLDER``), a pool file of any shape that
        `sample_engineering.pool` reads, an ``hf:`` reference, or ``lm-eval:TASK``.
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
        Settings of the benchmark to set instead of its own, those of `Asked` and ``tolerance``;
        None keeps its own.

    Returns
    -------
    Benchmark

    Raises
    ------
    ConfigError
        If the name or a setting is unknown, or no item has the field to group by.
    PoolError
        If it cannot be read, or an item is malformed and `on_error` is ``fail``.
    GoldError
        If a gold answer cannot be read and `on_error` is ``fail``.
    MissingExtraError
        If lm-evaluation-harness is asked for and not installed.
    """
    _check_policy(on_error)
    name, at, copy = name_or_path.partition("@")
    faults: list[str] = []
    if name in registry.names("benchmark"):
        benchmark = _named(find_named(name), copy if at else None, faults)
    elif name_or_path.startswith(LM_EVAL_PREFIX):
        from sample_engineering.evaluation.lm_eval import load_task

        benchmark = load_task(name_or_path.removeprefix(LM_EVAL_PREFIX), faults)
    elif Path(name_or_path).exists() or name_or_path.startswith("hf:"):
        benchmark = _from_pool(name_or_path, on_error, faults)
    else:
        raise ConfigError(
            f"`benchmark` {name_or_path!r} is no file and no benchmark; "
            f"{registry.suggestion(name, registry.names('benchmark'))} (or hf:OWNER/NAME, "
            "lm-eval:TASK, or a pool file)"
        )
    if faults and on_error == "fail":
        shown = "; ".join(faults[:_SHOWN])
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise PoolError(
            f"benchmark {benchmark.name}: {len(faults)} malformed items ({shown}{more}); "
            "correct them, or leave them out with `on_error`=skip"
        )
    benchmark = with_settings(replace(benchmark, left_out=tuple(faults)), **settings)
    return prepared(
        benchmark, on_error=on_error, per_domain=per_domain, group_by=group_by, seed=seed
    )


def prepared(
    benchmark: Benchmark,
    *,
    on_error: str = "fail",
    per_domain: int | None = None,
    group_by: str | None = None,
    seed: int = 0,
) -> Benchmark:
    """Return a benchmark grouped, without what cannot be graded, cut to size, its golds read.

    The parameters and errors are those of `load_benchmark`.
    """
    _check_policy(on_error)
    if group_by is not None:
        benchmark = _grouped(benchmark, group_by)
    if on_error == "skip":
        benchmark = benchmark.without_unreadable()
    if per_domain is not None:
        benchmark = benchmark.subset(per_domain, seed=seed)
    _ = benchmark.golds
    return benchmark


def with_settings(benchmark: Benchmark, **settings: Any) -> Benchmark:
    """Return a benchmark with those settings that are given; None keeps its own.

    Raises
    ------
    ConfigError
        If there is no such setting, or a value cannot be used.
    """
    known = [*(item.name for item in fields(Asked)), "tolerance"]
    if unknown := [name for name in settings if name not in known]:
        raise ConfigError(
            f"a benchmark has no setting {unknown[0]!r}; {registry.suggestion(unknown[0], known)}"
        )
    return benchmark.with_(**{name: value for name, value in settings.items() if value is not None})


def _named(named: NamedBenchmark, copy: str | None, faults: list[str]) -> Benchmark:
    items = []
    for index, row in enumerate(named.rows(copy)):
        try:
            item = _item(named, row, index)
        except Exception as error:  # a reader may be another package's, and fail in its own way
            reason = f"{error}" if isinstance(error, SampleError) else repr(error)
            faults.append(f"record {index}: {reason}")
            continue
        if item is not None:
            items.append(item)
    if not items and faults:
        raise PoolError(
            f"benchmark {named.name}: no record of {copy or named.path} could be read "
            f"({faults[0]}); is it the right file?"
        )
    return Benchmark(
        named.name,
        _distinct(items),
        template=named.template,
        max_tokens=named.max_tokens,
        tolerance=named.tolerance,
    )


def _item(named: NamedBenchmark, row: Row, index: int) -> Sample | None:
    if row.record is None:
        raise SampleError(f"line {row.line}: {row.fault}")
    return named.item(row.record, index)


def _from_pool(path: str, on_error: str, faults: list[str]) -> Benchmark:
    pool = read_pool(path, on_error=on_error)
    faults.extend(str(bad) for bad in pool.problems)
    choices = bool(pool) and all(item.kind == "choice" for item in pool)
    return Benchmark(Path(path).stem, pool, template="choice" if choices else "boxed")


def _distinct(items: Iterable[Sample]) -> list[Sample]:
    """Number the later ones of items that share an id: some published sets repeat theirs."""
    seen: Counter[str] = Counter()
    distinct = []
    for item in items:
        seen[item.id] += 1
        times = seen[item.id]
        distinct.append(item if times == 1 else item.with_(id=f"{item.id}#{times}"))
    return distinct


def _check_policy(on_error: str) -> None:
    if on_error not in _POLICIES:
        raise ConfigError(f"`on_error` is {on_error!r}; use one of {', '.join(_POLICIES)}")


def _grouped(benchmark: Benchmark, field: str) -> Benchmark:
    missing = [item.id for item in benchmark.items if item.extra.get(field) in (None, "")]
    if missing:
        fields = sorted({key for item in benchmark.items for key in item.extra})
        raise ConfigError(
            f"`group_by`: {len(missing)} items of {benchmark.name} have no field {field!r}; "
            f"group by one of {', '.join(fields) or 'no other field'}"
        )
    items = [item.with_(domains=(str(item.extra[field]),)) for item in benchmark.items]
    return replace(benchmark, items=items)
