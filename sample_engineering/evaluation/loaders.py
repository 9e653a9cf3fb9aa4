"""Loading a benchmark by name, from a file, or from lm-evaluation-harness or inspect_ai."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError, PoolError, SampleError
from sample_engineering.evaluation.benchmark import MEMBER, Benchmark, joined
from sample_engineering.evaluation.made import GeneratedBenchmark, Made
from sample_engineering.evaluation.named import NamedBenchmark, find_named
from sample_engineering.evaluation.sets import BenchmarkSet, Part
from sample_engineering.foreign_code import require_trust
from sample_engineering.generation.asking import Asked
from sample_engineering.named_elsewhere import MADE, is_elsewhere
from sample_engineering.pool import read_pool
from sample_engineering.pool.sources import Row
from sample_engineering.sample import Sample
from sample_engineering.storage import Address, fetched, is_address

LM_EVAL_PREFIX = "lm-eval:"
INSPECT_PREFIX = "inspect:"
_POLICIES = ("fail", "skip")
# How many faults an error message lists.
_SHOWN = 3


def load_benchmark(
    name_or_path: str | Sequence[str],
    *,
    on_error: str = "fail",
    per_domain: int | None = None,
    group_by: str | None = None,
    seed: int = 0,
    asked: Callable[[str], Mapping[str, Any]] | None = None,
    drawn: Mapping[str, Made] | None = None,
    trust_remote_code: bool = False,
    **settings: Any,
) -> Benchmark:
    """Load a benchmark, or several as a set, and read the gold answers.

    Parameters
    ----------
    name_or_path : str or sequence of str
        The name of a registered benchmark (``math500``, ``gpqa-diamond`` ...), such a name with a
        copy on disk (``math500@FILE_OR_FOLDER``), the name of a registered set (``polymath``; its
        copy is a folder with a file or folder for each member), one that is made anew
        (``fresh``, ``fresh?n=50&seed=7``), a pool file of any shape that
        `sample_engineering.pool` reads, an ``hf:`` or ``rg:`` reference, ``lm-eval:TASK`` (see
        `lm_eval.load_task`) or ``inspect:PACKAGE/TASK`` (see `inspect_tasks.load_task`).
        Several, or several in one text with commas, make a set, see `joined`.
    on_error : {"fail", "skip"}
        What to do with items that are malformed or whose gold answer the grader cannot read. Items
        left out are listed in `Benchmark.left_out`.
    per_domain : int, optional
        Keep a random subset with at most so many items of each domain, in every benchmark of a set.
    group_by : str, optional
        Field of the records that shall serve as domain, e.g. ``subject`` or ``level``. In a set,
        benchmarks whose records do not have it keep their domains.
    seed : int
        Of random subsets.
    asked : callable, optional
        Name of a benchmark to the settings with which it is asked, those of `settings` and
        ``rollouts``: how a recipe evaluates.
    drawn : mapping from what is asked for to Made, optional
        What was drawn before for a benchmark that is made anew, to make the same again.
    trust_remote_code : bool
        Whether a task of a folder or file may run, which is a program that was not installed
        (``lm-eval:TASK@FOLDER``, ``inspect:FILE.py@TASK``). Only a user can say so, never a file.
    **settings
        Settings to set instead of the benchmark's own, those of `Asked` and ``tolerance``, in all
        benchmarks of a set alike; None keeps its own.

    Returns
    -------
    Benchmark

    Raises
    ------
    ConfigError
        If the name or a setting is unknown, no item has the field to group by, or it would run code
        that the caller does not trust.
    PoolError
        If it cannot be read, or an item is malformed and `on_error` is ``fail``.
    GoldError
        If a gold answer cannot be read and `on_error` is ``fail``.
    MissingExtraError
        If lm-evaluation-harness or inspect_ai is asked for and not installed.
    """
    _check_policy(on_error)
    if code := named_code(name_or_path):
        require_trust(f"the task `benchmark` {code[0]}", trust_remote_code)
    places = _places(name_or_path)
    given = {name: value for name, value in settings.items() if value is not None}
    found, rollouts = [], {}
    for place in places:
        own = dict(asked(place.name) if asked is not None else {})
        if "rollouts" in own and len(places) > 1:
            rollouts[place.name] = own["rollouts"]
        own.pop("rollouts", None)
        benchmark = with_settings(_load(place, on_error, seed, drawn or {}), **(own | given))
        kept = len(places) > 1 and group_by is not None and not _has(benchmark, group_by)
        found.append(
            prepared(
                benchmark,
                on_error=on_error,
                per_domain=per_domain,
                group_by=None if kept else group_by,
                seed=seed,
            )
        )
    if len(found) == 1:
        return found[0]
    called = [re.split("[@?]", said)[0] for said in _said(name_or_path)]
    whole = joined(",".join(Path(name).stem for name in called), found, rollouts)
    if group_by is not None and not _has(whole, group_by):
        grouped(whole, group_by)  # raises what there is to say
    return whole


@dataclass(frozen=True)
class _Place:
    """Where one benchmark is taken from.

    Parameters
    ----------
    said : str
        As it was asked for.
    name : str
        As it is called.
    copy : str, optional
        A copy of a registered benchmark.
    part : Part, optional
        What of it belongs to a set.
    query : str
        Settings of one that is made anew.
    """

    said: str
    name: str
    copy: str | None = None
    part: Part | None = None
    query: str = ""


def _said(name_or_path: str | Sequence[str]) -> list[str]:
    """Split ``a,b``; a comma in a path that exists belongs to it."""
    given = [name_or_path] if isinstance(name_or_path, str) else list(name_or_path)
    said: list[str] = []
    for text in given:
        pieces = text.split(",")
        while pieces:
            for size in range(len(pieces), 0, -1):
                whole = ",".join(pieces[:size])
                name, at, copy = whole.partition("@")
                if size == 1 or Path(copy if at and "," not in name else whole).exists():
                    break
            if not whole.strip():
                raise ConfigError(f"`benchmark` {text!r} has an empty name; name a benchmark there")
            said.append(whole.strip())
            pieces = pieces[size:]
    if not said:
        raise ConfigError("`benchmark` names none; give at least one")
    return said


def _places(name_or_path: str | Sequence[str]) -> list[_Place]:
    places: list[_Place] = []
    for said in _said(name_or_path):
        name, at, copy = said.partition("@")
        made, _, query = said.partition("?")
        if made in registry.names("benchmark"):
            if isinstance(find_named(made), GeneratedBenchmark):
                places.append(_Place(said, made, query=query))
                continue
            if query:
                raise ConfigError(
                    f"`benchmark` {said!r}: {made} has no settings; write {made} or {made}@PATH"
                )
        if name not in registry.names("benchmark"):
            places.append(_Place(said, _name_of(said)))
            continue
        if at and not copy:
            raise ConfigError(f"`benchmark` {said!r} has no path after the @; give {name}@PATH")
        if is_address(copy):
            copy = str(fetched(copy)[0][1])
        found = find_named(name)
        if isinstance(found, NamedBenchmark):
            places.append(_Place(said, name, copy if at else None))
            continue
        assert isinstance(found, BenchmarkSet)
        places += [
            _Place(part.benchmark, part.benchmark, _copy_in(copy, part) if at else None, part)
            for part in found.parts
        ]
    names = Counter(place.name for place in places)
    if twice := [name for name, times in names.items() if times > 1]:
        raise ConfigError(f"the benchmark {twice[0]!r} is given twice; give each once")
    return places


def _name_of(said: str) -> str:
    """Return what a benchmark that is no registered one is called: as its file, without ending."""
    if is_address(said):
        return Path(Address.read(said).name).stem
    return Path(said).stem if Path(said).exists() else said


def _copy_in(folder: str, part: Part) -> str:
    """Find the copy of a member in the folder with those of a set."""
    root = Path(folder)
    if (root / part.benchmark).is_dir():
        return str(root / part.benchmark)
    files = sorted(path for path in root.glob(f"{part.benchmark}.*") if path.is_file())
    if len(files) != 1:
        found = "none" if not files else "several"
        raise PoolError(
            f"{folder} has {found} of {part.benchmark}: put one file {part.benchmark}.jsonl (or "
            "another format) or one folder of that name there"
        )
    return str(files[0])


def _load(place: _Place, on_error: str, seed: int, drawn: Mapping[str, Made]) -> Benchmark:
    """Load one benchmark with its own settings."""
    faults: list[str] = []
    if place.name in registry.names("benchmark"):
        named = find_named(place.name)
        if isinstance(named, GeneratedBenchmark):
            return _made(named, place, drawn.get(place.said))
        if not isinstance(named, NamedBenchmark):
            raise ConfigError(f"{place.name} is a set of benchmarks, and so cannot be in another")
        benchmark = _named(named, place.copy, faults)
    elif place.said.startswith(LM_EVAL_PREFIX):
        from sample_engineering.evaluation.lm_eval import load_task

        benchmark = load_task(place.said.removeprefix(LM_EVAL_PREFIX), faults)
    elif place.said.startswith(INSPECT_PREFIX):
        from sample_engineering.evaluation.inspect_tasks import load_task as load_inspect_task

        benchmark = load_inspect_task(place.said.removeprefix(INSPECT_PREFIX), faults)
    elif is_elsewhere(place.said) or Path(place.said).exists():
        benchmark = _from_pool(place.said, on_error, faults)
    else:
        name = re.split("[@?]", place.said)[0]
        raise ConfigError(
            f"`benchmark` {place.said!r} is no file and no benchmark; "
            f"{registry.suggestion(name, registry.names('benchmark'))} (or hf:OWNER/NAME, "
            "rg:NAME, lm-eval:TASK, inspect:PACKAGE/TASK, or a pool file)"
        )
    if faults and on_error == "fail":
        shown = "; ".join(faults[:_SHOWN])
        more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise PoolError(
            f"benchmark {benchmark.name}: {len(faults)} malformed items ({shown}{more}); "
            "correct them, or leave them out with `on_error`=skip"
        )
    benchmark = replace(benchmark, left_out=tuple(faults))
    return benchmark if place.part is None else _part_of(benchmark, place.part, seed)


def _part_of(benchmark: Benchmark, part: Part, seed: int) -> Benchmark:
    """Draw what belongs to a set, and call the domains as it does."""
    if part.per_domain is not None:
        benchmark = benchmark.subset(part.per_domain, seed=seed)
    if part.at_most is not None:
        benchmark = benchmark.drawn(part.at_most, seed=seed)
    if part.group is None:
        return benchmark
    groups = [(item, part.group(item)) for item in benchmark.items]
    items = [item.with_(domains=(name,)) for item, name in groups if name is not None]
    return replace(benchmark, items=items)


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
        benchmark = grouped(benchmark, group_by)
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
    given = {name: value for name, value in settings.items() if value is not None}
    return benchmark.with_asked(**given)


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


def _made(named: GeneratedBenchmark, place: _Place, before: Made | None) -> Benchmark:
    """Make the problems, the same as before where a seed was drawn for them then."""
    query = place.query if before is None else before.recipe.partition("?")[2]
    items, made = named.load(query)
    return Benchmark(
        named.name,
        _distinct(items),
        template=named.template,
        max_tokens=named.max_tokens,
        made=before or made,
    )


def _item(named: NamedBenchmark, row: Row, index: int) -> Sample | None:
    if row.record is None:
        raise SampleError(f"line {row.line}: {row.fault}")
    return named.item(row.record, index)


def _from_pool(path: str, on_error: str, faults: list[str]) -> Benchmark:
    pool = read_pool(path, on_error=on_error)
    faults.extend(str(bad) for bad in pool.problems)
    if (more := pool.problems.skipped - len(faults)) > 0:  # only the first of a kind are kept
        faults.extend(f"{path}: one of {more:,} more of these kinds" for _ in range(more))
    choices = bool(pool) and all(item.kind == "choice" for item in pool)
    name = path if path.startswith(MADE) else Path(path).stem
    return Benchmark(name, pool, template="choice" if choices else "boxed")


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


def grouped(benchmark: Benchmark, field: str) -> Benchmark:
    """Return a benchmark whose items have a field of theirs as domain.

    Raises
    ------
    ConfigError
        If items do not have it; in a set, a member of which no item has it keeps its domains.
    """
    places = [
        place
        for _, own in benchmark.parts
        if len(benchmark.parts) == 1 or any(_value(benchmark.items[p], field) for p in own)
        for place in own
    ]
    missing = [place for place in places if not _value(benchmark.items[place], field)]
    if missing or not places:
        fields_there = sorted(
            {key for item in benchmark.items for key in item.extra if key != MEMBER}
        )
        raise ConfigError(
            f"`group_by`: {len(missing) or len(benchmark)} items of {benchmark.name} have no field "
            f"{field!r}; group by one of {', '.join(fields_there) or 'no other field'}"
        )
    items = list(benchmark.items)
    for place in places:
        items[place] = items[place].with_(domains=(_value(items[place], field),))
    return replace(benchmark, items=items)


def _has(benchmark: Benchmark, field: str) -> bool:
    return any(_value(item, field) for item in benchmark.items)


def _value(item: Sample, field: str) -> str:
    value = item.extra.get(field)
    return "" if value is None else str(value)


def names_benchmark(text: str) -> bool:
    """Whether a text names a benchmark that is no file: registered, or a task of a harness."""
    known = registry.names("benchmark")
    return re.split("[@?]", text)[0] in known or text.startswith((LM_EVAL_PREFIX, INSPECT_PREFIX))


def named_code(name_or_path: "Benchmark | str | Sequence[str] | None") -> list[str]:
    """Return those of the named benchmarks that are programs which were not installed."""
    if name_or_path is None or isinstance(name_or_path, Benchmark):
        return []
    tasks = (LM_EVAL_PREFIX, INSPECT_PREFIX)
    return [one for one in _said(name_or_path) if one.startswith(tasks) and "@" in one]


def drawn_of(
    name_or_path: Benchmark | str | Sequence[str] | None, benchmark: Benchmark
) -> dict[str, Made]:
    """Return what was drawn for a benchmark that was loaded, by how it was asked for."""
    if name_or_path is None or isinstance(name_or_path, Benchmark):
        return {}
    made = {name: one for name, one in benchmark.made_anew.items() if one.drawn}
    return {
        said: made[name] for said in _said(name_or_path) if (name := said.partition("?")[0]) in made
    }
