"""Candidates and reference problems, by path or by name."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike, path_and_id
from sample_engineering.api.typed import typed
from sample_engineering.defaults import EMBEDDED, is_embedded
from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.named_elsewhere import is_elsewhere
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.pool import Pool, Report
    from sample_engineering.pool.reading import Begun
    from sample_engineering.pool.sources import Candidates


@typed
def load_pool(
    path: "Candidates", *, mapping: Mapping[str, str] | None = None, on_error: str = "skip"
) -> "Pool":
    """Read candidates from files in the shapes of public data sets, from tables or records.

    Parameters
    ----------
    path : path-like, several of them, table or records
        JSONL, JSON, CSV or TSV (plain, .gz, .zst, .bz2, .xz or .zip), Parquet, Arrow; a folder or
        pattern of such files; ``-`` for standard input; ``hf:owner/name[:config][:split]``; a
        DataFrame, a data set, or mappings.
    mapping : mapping of str to str, optional
        Which column is what, where its name does not say it: ``{"problem": "Frage", "answer":
        "meta.gold"}``; for ``problem``, ``answer``, ``id``, ``pass_rate``, ``choices`` and
        ``solution``. Dots reach into objects.
    on_error : {"skip", "fail"}
        Count and report bad lines (``pool.problems``), or raise on the first.

    Returns
    -------
    Pool
        A sequence of `Sample`.

    Raises
    ------
    PoolError
        If nothing can be read.
    ConfigError
        If `mapping` names a role or column that there is not.
    """
    from sample_engineering.pool import read_pool

    pool = read_pool(path, mapping=mapping, on_error=on_error)
    if all(sample.unit is None for sample in pool):
        return pool
    kept = _with_known_units(pool.samples, pool.problems)
    return type(pool)(kept, pool.name, pool.problems)


def _with_known_units(samples: Iterable[Sample], problems: "Report") -> Iterator[Sample]:
    """Keep units that the grader does not know ("marbles") as fields only, and count them.

    Where a sample declares itself a quantity its unit stays, and the grader says what is wrong.
    """
    for sample in samples:
        if (
            sample.unit is None
            or sample.kind in ("quantity", "scored")
            or _is_known_unit(sample.unit)
        ):
            yield sample
        else:
            problems.note("a 'unit' that the grader does not know, so a field only")
            yield sample.with_(unit=None, extra={**sample.extra, "unit": sample.unit})


@lru_cache(maxsize=4096)
def _is_known_unit(unit: str) -> bool:
    from sample_engineering.grading.spelling.normal import normal
    from sample_engineering.grading.values.units import read_unit

    return read_unit(normal(unit)) is not None


def candidates(
    pool: "Candidates", *, mapping: Mapping[str, str] | None = None, on_error: str = "skip"
) -> "Pool":
    """Return candidates that were given as samples, or read them from what holds some.

    Raises
    ------
    PoolError
        As `load_pool`.
    ConfigError
        If `mapping` is given beside samples, which have no columns.
    """
    from sample_engineering.pool.reading import Begun

    begun = begin_candidates(pool, mapping=mapping, on_error=on_error)
    return begun.whole() if isinstance(begun, Begun) else begun


def begin_candidates(
    pool: "Candidates",
    *,
    most: int | None = None,
    mapping: Mapping[str, str] | None = None,
    on_error: str = "skip",
) -> "Pool | Begun":
    """Return candidates that were given as samples, or read the first from what holds some.

    Raises
    ------
    PoolError, ConfigError
        As `candidates`.
    """
    from sample_engineering.pool import Pool
    from sample_engineering.pool.reading import begin_pool
    from sample_engineering.pool.sources import is_table

    samples: Iterable[Sample] | None = None
    if isinstance(pool, Pool):
        samples = pool
    elif not isinstance(pool, str | os.PathLike | Mapping) and not is_table(pool):
        pool = list(pool)
        samples = pool if all(isinstance(one, Sample) for one in pool) else None
    if samples is None:
        begun = begin_pool(pool, most=most, mapping=mapping, on_error=on_error)
        first = tuple(_with_known_units(begun.first, begun.report))
        return replace(begun, first=first, rest=_with_known_units(begun.rest, begun.report))
    if mapping is not None:
        raise ConfigError("`mapping` would be ignored: samples have no columns; leave it out")
    return samples if isinstance(samples, Pool) else Pool(samples)


@typed
def load_reference(name: PathLike, *, on_error: str = "skip") -> Sequence[Sample]:
    """Return the problems of a named benchmark (``math500``, ``math500@PATH``) or of a pool.

    What new problems are held against: see `rank` and `synthesize`. `on_error` is for bad lines of
    a pool; those of a benchmark are skipped.
    """
    from sample_engineering import registry
    from sample_engineering.evaluation import load_benchmark
    from sample_engineering.evaluation.loaders import names_benchmark

    text = os.fspath(name)
    if Path(text).exists():
        return load_pool(name, on_error=on_error)
    if names_benchmark(text):
        return load_benchmark(text, on_error="skip").items
    if not (is_elsewhere(text) or Path(text).suffix):
        raise PoolError(
            f"{text!r} is no file and no benchmark; "
            f"{registry.suggestion(text, registry.names('benchmark'))}"
        )
    return load_pool(name, on_error=on_error)


@typed
def load_demand(name: PathLike) -> Sequence[Sample]:
    """Return the problems of a benchmark or pool that show which skills are wanted.

    Parameters
    ----------
    name : path
        A benchmark by name or file, or a pool; ``microcosm`` for the embedded world.
    """
    if name == EMBEDDED:
        from sample_engineering.microcosm import reference_problems

        return reference_problems()
    return load_reference(name)


def demand_of(
    given: Iterable[Sample] | PathLike | None, model: str | None
) -> Iterable[Sample] | None:
    """Return the problems whose demand is meant where a model is trained, see `rank`."""
    if given is None:
        return load_demand(EMBEDDED) if is_embedded(model) else None
    return load_demand(given) if isinstance(given, str | os.PathLike) else given


@typed
def save_pool(samples: Iterable[Sample], path: PathLike) -> None:
    """Write samples to a file, whole or not at all.

    Parameters
    ----------
    samples : iterable of Sample
    path : path-like
        Ends in .jsonl (also .gz, .zst), .parquet or .csv.

    Raises
    ------
    PoolError
        If the file has another ending or cannot be written.
    """
    from sample_engineering.pool import write_pool

    write_pool(samples, path)


@typed
def example_pool(seed: int = 0) -> "Pool":
    """Return the microcosm's natural candidates, one of each template."""
    from sample_engineering.microcosm import natural_pool
    from sample_engineering.pool import Pool

    return Pool(natural_pool(seed=seed))


def references(
    given: Iterable[Sample] | PathLike | Iterable[PathLike] | None, on_error: str
) -> dict[str, Iterable[Sample]] | None:
    """Return benchmarks by name: problems that were given, or that paths and names stand for."""
    if given is None:
        return None
    named: list[PathLike] = []
    problems: list[Sample] = []
    for one in [given] if isinstance(given, str | os.PathLike) else given:
        if isinstance(one, Sample):
            problems.append(one)
        else:
            named.append(one)
    if not named:
        return {"": problems}
    if problems:
        raise ConfigError("`against` mixes problems with paths or names; give one or the other")
    found: dict[str, Iterable[Sample]] = {}
    for number, one in enumerate(named, 1):
        text = os.fspath(one)
        name = Path(text).stem if Path(text).exists() else text.partition("@")[0]
        found[f"{name} {number}" if name in found else name] = load_reference(
            one, on_error=on_error
        )
    return found


def problems_of(given: Iterable[Sample] | PathLike | None) -> Sequence[Sample]:
    """Return samples that were given as they are, as a path, or by the name of a benchmark."""
    if isinstance(given, str | os.PathLike):
        return load_reference(given)
    return list(given or ())


def find_sample(spec: PathLike | None, mapping: Mapping[str, str] | None = None) -> Sample:
    """Return the sample that FILE, or FILE#ID, names."""
    if spec is None:
        from sample_engineering.microcosm import default_sample

        return default_sample()
    path, id_ = path_and_id(spec)
    samples = load_pool(path, mapping=mapping, on_error="skip" if id_ else "fail")
    if id_:
        return samples.by_id(id_)
    if not len(samples):
        raise PoolError(f"{path} holds no sample; give a file with one")
    return samples[0]


def one_sample(spec: PathLike) -> Sample:
    """Return the only sample of FILE, or the one that FILE#ID names."""
    text = os.fspath(spec)
    if "#" in text and not Path(text).exists():
        return find_sample(spec)
    samples = load_pool(text, on_error="fail")
    if len(samples) != 1:
        raise ConfigError(
            f"`in_context` {text!r} holds {len(samples)} samples; name one of them: {text}#ID"
        )
    return samples[0]
