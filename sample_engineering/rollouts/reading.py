"""From the files of a log to rollouts and whole histories, one reader for all of them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.pool import BadLine, Report
from sample_engineering.rollouts.columns import (
    IDS,
    TEXTS,
    Columns,
    Path,
    find_columns,
    is_rate,
    plain_name,
    shown,
    value_at,
)
from sample_engineering.rollouts.completions import completion_texts, was_cut
from sample_engineering.rollouts.logs import Log
from sample_engineering.rollouts.prompts import literal, prompt_text
from sample_engineering.rollouts.rewards import number_of
from sample_engineering.rollouts.run_rows import run_lookup
from sample_engineering.rollouts.shapes import wide_columns
from sample_engineering.rollouts.steps import Step, step_of
from sample_engineering.rollouts.tables import Item, items_of, kind_of, parquet_rows

_HEAD = 64  # records from which the columns are told
_LONG_TEXTS = 1024  # rows of Parquet at a time where completions are read
_SHORT_TEXTS = 16384
_LEAST_WORDS = 4  # of an id that is a text
_SERIES = (
    *("accuracy", "history", "accuracies", "history_accuracy", "accs", "acc", "pass_rates"),
    *("solve_rates", "accuracy_history", "trajectory", "rewards", "scores", "correctness"),
    *("mean_rewards", "values", "correct", "reward", "score"),
)
_SERIES_STEPS = ("steps", "step", "checkpoints", "global_steps", "epochs")


@dataclass(slots=True)
class Rollout:
    """One rollout, or several of one problem at one step of which only the mean is known.

    Parameters
    ----------
    line : int
    id, text : str or None
        Of the problem: its id, and the prompt.
    step : int, float, str or None
    reward : float
        As it is written; NaN where there is none.
    n : int
        Rollouts that it stands for.
    completion : str or None
        Where completions are wanted.
    gold : object
        The gold answer that stands in the log.
    tokens : float or None
    cut : bool or None
        Whether it was cut off at the longest length.
    record : mapping or None
        The whole record, where completions are wanted.
    part : int
        Its place in the record, where that holds several.
    """

    line: int
    id: str | None
    text: str | None
    step: Step | None
    reward: float
    n: int = 1
    completion: str | None = None
    gold: Any = None
    tokens: float | None = None
    cut: bool | None = None
    record: Mapping[str, Any] | None = None
    part: int = 0
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Track:
    """A whole history of one problem.

    Parameters
    ----------
    line : int
    id, text : str or None
    values : sequence
        As they are written, the oldest first.
    steps : tuple or None
        One a value; None where they are only numbered.
    counts : tuple of int or None
        Rollouts behind each value.
    """

    line: int
    id: str | None
    text: str | None
    values: Sequence[Any]
    steps: tuple[Step | None, ...] | None = None
    counts: tuple[int, ...] | None = None
    ids: tuple[str, ...] = ()


@dataclass
class Asked:
    """What a caller wants of a log.

    Parameters
    ----------
    reward, step, id : str or None
        Columns that the user names.
    completions : bool
        Whether completions and whole records are wanted.
    rates : bool
        Whether of a record that has both, pass rates are wanted and not its history.
    known : frozenset of str
        Ids of the pool.
    on_error : {"skip", "fail"}
    """

    reward: str | None = None
    step: str | None = None
    id: str | None = None
    completions: bool = False
    rates: bool = False
    known: frozenset[str] = frozenset()
    on_error: str = "skip"


@dataclass
class LogFile:
    """One file that is being read.

    Attributes
    ----------
    log : Log
    columns : Columns or None
        What its columns are; None for histories.
    reward : str
        Name of the column of rewards.
    rates : bool
        Whether its name says that it holds shares.
    items : iterator of Rollout or Track
    """

    log: Log
    columns: Columns | None
    reward: str
    rates: bool
    items: Iterator[Rollout | Track] = field(repr=False)
    step_name: str = ""
    shape: str = "rollouts"


class NoRewards(PoolError):
    """A file holds nothing that could be a reward."""


def open_log(log: Log, asked: Asked, problems: Report, *, numbered: bool) -> LogFile:
    """Look at the first records of a file, and return it with what it yields.

    Parameters
    ----------
    log : Log
    asked : Asked
    problems : Report
        Told what cannot be read.
    numbered : bool
        Whether the log is of several files whose names say the steps: then a list of rewards is
        of the rollouts at that step, and no history.

    Raises
    ------
    NoRewards
        If nothing in it could be a reward.
    PoolError
        If it cannot be read, or its columns are ambiguous.
    """
    reader = _Reader(log, asked, problems)
    return reader.open(numbered)


class _Reader:
    def __init__(self, log: Log, asked: Asked, problems: Report) -> None:
        self.log, self.asked, self.problems = log, asked, problems
        self.name = str(log.path)
        self.parquet = kind_of(log.path) == "parquet"

    def open(self, numbered: bool) -> LogFile:
        run = run_lookup(self.log.path)
        head, rest = self._begin()
        records = [item.record for item in head if isinstance(item.record, dict)]
        if not records:
            fault = next((item.fault for item in head if item.fault), "it holds no record")
            raise NoRewards(f"{self.name}: {fault}; give a log of rollouts or accuracies")
        if run is not None:
            records = [record | run(record) for record in records]
        series = self._series(records, numbered)
        if series is not None:
            name, steps, counts = series
            tracks = self._tracks(itertools.chain(head, rest), name, steps, counts, records)
            return LogFile(self.log, None, name, is_rate(name), tracks, shape="histories")
        wide = self._wide(records)
        if wide:
            label = f"{next(iter(wide))} ... {list(wide)[-1]}"
            tracks = self._wide_tracks(itertools.chain(head, rest), wide, records)
            rates = not any("reward" in n.lower() or "score" in n.lower() for n in wide)
            return LogFile(self.log, None, label, rates, tracks, shape="a column a checkpoint")
        turned = self._turned(records)
        if turned is not None:
            by, names_of = turned
            tracks = self._turned_tracks(itertools.chain(head, rest), by, names_of)
            label = f"{names_of[0]} ... {names_of[-1]}"
            return LogFile(self.log, None, label, True, tracks, shape="a column a problem")
        columns = find_columns(
            records,
            self.name,
            reward=self.asked.reward,
            step=self.asked.step,
            id=self.asked.id,
        )
        if columns.reward is None and columns.right is None and not self.asked.completions:
            names = ", ".join(map(str, list(records[0])[:12]))
            raise NoRewards(
                f"{self.name}: no column of rewards or accuracies (the columns are {names}); name "
                "it in `reward`"
            )
        if columns.id is None and columns.text is None and not _by_id(columns, records):
            names = ", ".join(map(str, list(records[0])[:12]))
            raise NoRewards(
                f"{self.name}: no column says which problem a row is of (the columns are {names}); "
                "name it in `id`"
            )
        columns = self._best_id(columns, records)
        if self.parquet:
            rest = self._projected(columns, len(head), run is not None)
        items = self._rows(itertools.chain(head, rest), columns, run)
        reward = columns.reward or columns.right or ("",)
        return LogFile(
            self.log,
            columns,
            shown(reward),
            is_rate(reward[-1]) or columns.right is not None,
            items,
            "" if columns.step is None else shown(columns.step),
        )

    def _begin(self) -> tuple[list[Item], Iterator[Item]]:
        stream = self._items()
        return list(itertools.islice(stream, _HEAD)), stream

    def _items(self) -> Iterator[Item]:
        if self.parquet:
            size = _LONG_TEXTS if self.asked.completions else _HEAD
            line = 0
            for batch in parquet_rows(self.log.path, None, size):
                for record in batch:
                    line += 1
                    yield Item(line, record)
            return
        yield from items_of(self.log.path, self.asked.known)

    def _projected(self, columns: Columns, skip: int, run: bool) -> Iterator[Item]:
        """Yield the rows after the first ones, with the columns that are needed."""
        names = None
        size = _LONG_TEXTS
        if not self.asked.completions:
            wanted = [*columns.ids, columns.text, columns.reward, columns.step]
            wanted += [columns.count, columns.right]
            names = list(dict.fromkeys(path[0] for path in wanted if path is not None))
            names += [name for name in ("filter",) if name not in names]
            if run:
                names += [n for n in ("arm", "seed", "sample_index", "step") if n not in names]
            import pyarrow.parquet

            there = pyarrow.parquet.read_schema(self.log.path).names
            names = [name for name in names if name in there]
            size = _SHORT_TEXTS
        line = 0
        for batch in parquet_rows(self.log.path, names, size):
            for record in batch:
                line += 1
                if line > skip:
                    yield Item(line, record)

    def _bad(self, line: int, reason: str) -> None:
        bad = BadLine(self.name, line, reason)
        if self.asked.on_error == "fail":
            raise PoolError(f"{bad}; mend the line, or give `on_error` skip")
        self.problems.add(bad)

    # HistoryTable, one a record.

    def _series(
        self, records: Sequence[Mapping[str, Any]], numbered: bool
    ) -> tuple[str, str | None, str | None] | None:
        """Return the columns of a history, its steps and counts, if the records hold histories."""
        if self.asked.rates and any("pass_rate" in record for record in records):
            return None
        if _keyed(records) is False:
            return None
        names = {plain_name(name): name for record in records for name in record}
        wanted = [self.asked.reward] if self.asked.reward else list(_SERIES)
        for plain in wanted:
            name = names.get(plain_name(plain))
            if name is None:
                continue
            lists = [_list_of(record.get(name)) for record in records]
            known = [one for one in lists if one is not None]
            if 2 * len(known) < len([record for record in records if record.get(name) is not None]):
                continue
            if not known:
                continue
            steps = next(
                (
                    names[s]
                    for s in _SERIES_STEPS
                    if s in names and any(_labels(r.get(names[s])) for r in records)
                ),
                None,
            )
            if steps is None and (numbered or self._are_rollouts(records, names, name)):
                return None
            counts = names.get("rollouts") or names.get("counts")
            return name, steps, counts
        return None

    def _are_rollouts(
        self, records: Sequence[Mapping[str, Any]], names: Mapping[str, str], name: str
    ) -> bool:
        """Whether the list in a record is of the rollouts at one step."""
        columns = find_columns(
            records, self.name, reward=name, step=self.asked.step, id=self.asked.id
        )
        if columns.step is not None:
            return True
        done = columns.completion
        return done is not None and any(
            isinstance(value_at(r, done), list) and len(value_at(r, done)) == len(r.get(name) or ())
            for r in records
        )

    def _tracks(
        self,
        items: Iterable[Item],
        name: str,
        steps: str | None,
        counts: str | None,
        records: Sequence[Mapping[str, Any]],
    ) -> Iterator[Track]:
        ids, text = self._keys(records, {name, steps, counts})
        for item in items:
            record = self._record(item)
            if record is None:
                continue
            key = self._key(item.line, record, ids, text)
            if key is None:
                continue
            given = record.get(name)
            values = given if isinstance(given, list) else _list_of(given)
            if not isinstance(values, list):
                self._bad(item.line, "not a list of accuracies" if given is not None else "no list")
                continue
            if not values:
                self._bad(item.line, "an empty list")
                continue
            labels = _labels(record.get(steps)) if steps else None
            told = tuple(map(step_of, labels)) if labels and len(labels) == len(values) else None
            n = _list_of(record.get(counts)) if counts else None
            whole = (
                tuple(n)
                if n and len(n) == len(values) and all(isinstance(k, int) for k in n)
                else None
            )
            yield Track(item.line, key[0], key[1], values, told, whole, key[2])

    def _keys(
        self, records: Sequence[Mapping[str, Any]], but: set[str | None]
    ) -> tuple[tuple[Path, ...], Path | None]:
        slim = [{k: v for k, v in record.items() if k not in but} for record in records]
        columns = find_columns(slim, self.name, id=self.asked.id, reward=None)
        columns = self._best_id(columns, slim)
        return columns.ids, columns.text

    def _key(
        self, line: int, record: Mapping[str, Any], ids: Sequence[Path], text: Path | None
    ) -> tuple[str | None, str | None, tuple[str, ...]] | None:
        # Another column than the one that most rows have in the pool would join by chance.
        id_ = next((i for path in ids if (i := id_text(value_at(record, path))) is not None), None)
        found = () if id_ is None else (id_,)
        words = None if text is None else prompt_text(value_at(record, text))
        if words is None and id_ is not None and len(id_.split()) >= _LEAST_WORDS:
            return None, id_, ()  # keyed by the problem itself
        if not found and words is None:
            self._bad(line, "no id")
            return None
        return id_, words, found

    # A column for each checkpoint, or for each problem.

    def _wide(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Step]:
        if self.asked.reward is not None:
            return {}
        keys = {name for r in records for name in r if plain_name(name) in (*IDS, *TEXTS)}
        if self.asked.id:
            keys.add(self.asked.id)
        if not keys:
            return {}
        found = wide_columns(records, frozenset(keys), all_of_them=False)
        if found:
            return found
        columns = find_columns_or_none(records, self.name, self.asked)
        if columns is not None and (columns.step or columns.reward or columns.right):
            return {}
        return wide_columns(records, frozenset(keys), all_of_them=True)

    def _wide_tracks(
        self,
        items: Iterable[Item],
        wide: Mapping[str, Step],
        records: Sequence[Mapping[str, Any]],
    ) -> Iterator[Track]:
        ids, text = self._keys(records, set(wide))
        steps = tuple(wide.values())
        for item in items:
            record = self._record(item)
            key = None if record is None else self._key(item.line, record, ids, text)
            if record is not None and key is not None:
                values = [record.get(name) for name in wide]
                yield Track(item.line, key[0], key[1], values, steps, None, key[2])

    def _turned(self, records: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]] | None:
        """Return the step's column and the problems', where each row is a checkpoint."""
        if _keyed(records) is not False or self.asked.reward or self.asked.id:
            return None
        columns = find_columns_or_none(records, self.name, self.asked)
        step = None if columns is None else columns.step
        if step is None or len(step) > 1:
            step = next(((n,) for n in records[0] if plain_name(n) in ("step", "steps")), None)
        if step is None:
            return None
        names = [name for name in records[0] if name != step[0]]
        if len(names) < 2 or not all(
            number_of(r.get(n)) is not None for r in records for n in names
        ):
            return None
        return step[0], names

    def _turned_tracks(
        self, items: Iterable[Item], step: str, names: Sequence[str]
    ) -> Iterator[Track]:
        steps: list[Step | None] = []
        cells: dict[str, list[Any]] = {name: [] for name in names}
        for item in items:
            record = self._record(item)
            if record is not None:
                steps.append(step_of(record.get(step)))
                for name in names:
                    cells[name].append(record.get(name))
        common = _common_start(names)
        for name, values in cells.items():
            ids = (name, name[len(common) :]) if common else (name,)
            yield Track(1, ids[-1], None, values, tuple(steps), None, ids)

    # One rollout, or some, a record.

    def _best_id(self, columns: Columns, records: Sequence[Mapping[str, Any]]) -> Columns:
        """Of several ids, put that first which the pool has most of."""
        if self.asked.id is not None or len(columns.ids) < 2 or not self.asked.known:
            return columns
        from dataclasses import replace

        known = self.asked.known
        hits = {
            path: sum(id_text(value_at(record, path)) in known for record in records)
            for path in columns.ids
        }
        return replace(columns, ids=tuple(sorted(columns.ids, key=lambda path: -hits[path])))

    def _record(self, item: Item) -> dict[str, Any] | None:
        if isinstance(item.record, dict):
            return item.record
        self._bad(item.line, item.fault or f"a {type(item.record).__name__}, not an object")
        return None

    def _rows(self, items: Iterable[Item], columns: Columns, run: Any) -> Iterator[Rollout]:
        first_filter: Any = None
        for item in items:
            record = self._record(item)
            if record is None:
                continue
            if run is not None:
                told = run(record)
                if told.get("skip"):
                    self.problems.notes[told["skip"]] += 1
                    continue
                record = record | told
            if "filter" in record and "resps" in record:  # lm-eval: a record for each filter
                first_filter = first_filter or record["filter"]
                if record["filter"] != first_filter:
                    self.problems.notes[f"rows of another filter than {first_filter!s:.40}"] += 1
                    continue
            yield from self._rollouts(item.line, record, columns)

    def _rollouts(self, line: int, record: dict[str, Any], columns: Columns) -> Iterator[Rollout]:
        reward = None if columns.reward is None else value_at(record, columns.reward)
        step = None if columns.step is None else step_of(value_at(record, columns.step))
        if isinstance(reward, Mapping) and "value" not in reward:
            for key, value in reward.items():  # accuracies by id, a step a record
                yield from self._one(line, record, columns, step, value, id_=str(key))
            return
        ids = None if columns.id is None else value_at(record, columns.id)
        if isinstance(reward, str) and reward.lstrip().startswith("["):
            reward = literal(reward.strip()) or reward
        if isinstance(ids, list) and isinstance(reward, list) and len(ids) == len(reward):
            for id_, value in zip(ids, reward, strict=True):
                yield from self._one(line, record, columns, step, value, id_=id_text(id_))
            return
        yield from self._one(line, record, columns, step, reward)

    def _one(
        self,
        line: int,
        record: dict[str, Any],
        columns: Columns,
        step: Step | None,
        reward: Any,
        *,
        id_: str | None = None,
    ) -> Iterator[Rollout]:
        if id_ is None:
            key = self._key(line, record, columns.ids, columns.text)
            if key is None:
                return
            id_, text, ids = key
        else:
            text, ids = None, (id_,)
        rewards = reward if isinstance(reward, list) else [reward]
        n = 1
        if columns.count is not None:
            counted = number_of(value_at(record, columns.count))
            n = int(counted[0]) if counted and counted[0] == counted[0] else 1
        texts: list[str | None] = [None] * len(rewards)
        if self.asked.completions and columns.completion is not None:
            texts = list(completion_texts(value_at(record, columns.completion)))
            if columns.reward is None:
                rewards = [None] * len(texts)
            if len(texts) != len(rewards):
                texts = [texts[0] if texts else None] * len(rewards) if len(rewards) == 1 else texts
            if len(texts) != len(rewards):
                self._bad(line, f"{len(texts)} completions but {len(rewards)} rewards")
                return
        for part, value in enumerate(rewards):
            read = number_of(value)
            if read is None:
                self._bad(line, f"reward {value!s:.40} is no number")
                continue
            number, of = read
            if columns.right is not None and columns.right in (columns.reward, None):
                if not 0 <= number <= n or n < 1:
                    if n == 0 and number == 0:
                        number, n = float("nan"), 1
                    else:
                        self._bad(line, f"{number:g} of {n} are right")
                        continue
                else:
                    number = number / n
            made = Rollout(line, id_, text, step, number, n if n > 1 else of, ids=ids)
            if self.asked.completions:
                self._add_completion(made, record, columns, texts[part], part)
            yield made

    def _add_completion(
        self,
        rollout: Rollout,
        record: dict[str, Any],
        columns: Columns,
        text: str | None,
        part: int,
    ) -> None:
        rollout.completion = text
        rollout.record = record
        rollout.part = part
        if columns.gold is not None:
            rollout.gold = value_at(record, columns.gold)
        if columns.length is not None:
            tokens = value_at(record, columns.length)
            if isinstance(tokens, list):
                tokens = tokens[part] if part < len(tokens) else None
            number = number_of(tokens)
            rollout.tokens = None if number is None or number[0] != number[0] else number[0]
        if columns.ending is not None:
            ending = value_at(record, columns.ending)
            if isinstance(ending, list):
                ending = ending[part] if part < len(ending) else None
            rollout.cut = was_cut(ending)


def id_text(value: Any) -> str | None:
    """Return an id as pools write it: ``3``, ``3.0`` and ``"3"`` are one."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, int):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def find_columns_or_none(
    records: Sequence[Mapping[str, Any]], name: str, asked: Asked
) -> Columns | None:
    """Return the columns; None where several could be the reward."""
    try:
        return find_columns(records, name, reward=asked.reward, step=asked.step, id=asked.id)
    except PoolError:
        return None


def _keyed(records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the records say which problem each is of."""
    return any(
        plain_name(name) in (*IDS, *TEXTS)
        or (isinstance(value, Mapping) and plain_name(name) in ("doc", "extra_info", "info"))
        for record in records
        for name, value in record.items()
    )


def _labels(value: Any) -> list[Any] | None:
    """Return a list of steps, also one that a table wrote as text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = literal(value.strip())
    return value if isinstance(value, list) else None


def _by_id(columns: Columns, records: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the rewards of a record are a map from ids."""
    path = columns.reward
    return path is not None and any(isinstance(value_at(r, path), Mapping) for r in records)


def _list_of(value: Any) -> list[Any] | None:
    """Return a list of cells, also one that a table wrote as text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = literal(value.strip())
    if not isinstance(value, list):
        return None
    if any(isinstance(item, dict | str) and number_of(item) is None for item in value[:4]):
        return None
    return value


def _common_start(names: Sequence[str]) -> str:
    """Return what all names begin with, up to a mark: ``acc/``."""
    start = names[0]
    for name in names:
        while not name.startswith(start):
            start = start[:-1]
    cut = max(start.rfind(mark) for mark in "/ .:-_")
    return start[: cut + 1]
