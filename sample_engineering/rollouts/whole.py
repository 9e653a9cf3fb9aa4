"""Files of whole histories: a list in a record, a column a checkpoint, a column a problem."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool.names import reach
from sample_engineering.pool.written import unpacked
from sample_engineering.rollouts.columns import (
    COUNTS,
    REWARDS,
    STEPS,
    TEXTS,
    Columns,
    find_columns,
    is_id,
    is_rate,
    plain_name,
)
from sample_engineering.rollouts.logs import Log
from sample_engineering.rollouts.naming import Keys, keys_besides
from sample_engineering.rollouts.rewards import number_of
from sample_engineering.rollouts.rollout import Asked, LogFile, Refusals, Track
from sample_engineering.rollouts.rows import record_of
from sample_engineering.rollouts.shapes import wide_columns
from sample_engineering.rollouts.steps import Step, step_of
from sample_engineering.rollouts.tables import Item

_SERIES = (
    *("accuracy", "history", "accuracies", "history_accuracy", "accs", "acc", "pass_rates"),
    *("solve_rates", "accuracy_history", "trajectory", "rewards", "scores", "correctness"),
    *("mean_rewards", "values", "correct", "reward", "score"),
)
# What wandb keeps beside a chart, and charts that are of no problem.
_NO_PROBLEM = re.compile(
    r"^_|__(?:MIN|MAX)$|(?:^|/)(?:loss|lr|learning_rate|kl|entropy|grad_norm|reward|reward_std|epoch"
    r"|runtime|timestamp|num_tokens|global_step)$"
)
_SERIES_STEPS = ("steps", "step", "checkpoints", "global_steps", "epochs")


class WholeReader:
    """Reads a file of whole histories, if it is one.

    Parameters
    ----------
    log : Log
    asked : Asked
    refusals : Refusals
    """

    def __init__(self, log: Log, asked: Asked, refusals: Refusals) -> None:
        self.log, self.asked, self.refusals = log, asked, refusals
        self.name = str(log.path)

    def open(
        self, records: Sequence[Mapping[str, Any]], items: Iterable[Item], *, numbered: bool
    ) -> LogFile | None:
        """Return what the file yields; None if it holds no whole histories.

        Parameters
        ----------
        records : sequence of mapping
            The first ones.
        items : iterable of Item
            All of them.
        numbered : bool
            See `reading.open_log`.

        Raises
        ------
        ConfigError
            If a step was named, which would be ignored.
        """
        found = self._open(records, items, numbered)
        if found is not None and self.asked.step is not None:
            raise ConfigError(
                f"`step_column` would be ignored: {self.name} holds whole histories; leave it out"
            )
        return found

    def _open(
        self, records: Sequence[Mapping[str, Any]], items: Iterable[Item], numbered: bool
    ) -> LogFile | None:
        turned = self._turned_of_pool(records)
        if turned is not None:
            return self._turned_file(items, *turned)
        series = self._series(records, numbered)
        if series is not None:
            name, steps, counts = series
            tracks = self._tracks(items, name, steps, counts, records)
            return LogFile(self.log, None, name, is_rate(name), tracks, shape="histories")
        wide = self._wide(records)
        if wide:
            label = f"{next(iter(wide))} ... {list(wide)[-1]}"
            tracks = self._wide_tracks(items, wide, records)
            rates = not any("reward" in n.lower() or "score" in n.lower() for n in wide)
            return LogFile(self.log, None, label, rates, tracks, shape="a column a checkpoint")
        turned = self._turned(records)
        return None if turned is None else self._turned_file(items, *turned)

    def _turned_file(self, items: Iterable[Item], by: str, names: list[str]) -> LogFile:
        tracks = self._turned_tracks(items, by, names)
        label = f"{names[0]} ... {names[-1]}"
        return LogFile(self.log, None, label, True, tracks, shape="a column a problem")

    def _turned_of_pool(self, records: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]] | None:
        """Return the step's column and the problems', where columns are named as candidates."""
        every = list(dict.fromkeys(name for record in records for name in record))
        names = [name for name in every if name in self.asked.known]
        others = [name for name in every if name not in self.asked.known]
        step = next((name for name in others if plain_name(name) in STEPS), None)
        if step is None and len(others) == 1 and len(names) > 1:
            step = others[0]
        return (step, names) if step is not None and len(names) > 1 else None

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
            if any(_dated(record.get(name)) for record in records):
                return name, None, None
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
            isinstance(reach(r, done), list) and len(reach(r, done)) == len(r.get(name) or ())
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
        keys = self._keys(records, {name, steps, counts})
        for item in items:
            record = record_of(item, self.refusals)
            if record is None:
                continue
            key = self._key(item.line, record, keys)
            if key is None:
                continue
            given = record.get(name)
            dated = _dated(given)
            if dated is not None:
                yield Track(item.line, key[0], key[1], *dated, None, key[2])
                continue
            values = given if isinstance(given, list) else _list_of(given)
            if not isinstance(values, list):
                self.refusals.add(
                    item.line, "not a list of accuracies" if given is not None else "no list"
                )
                continue
            if not values:
                self.refusals.add(item.line, "an empty list")
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

    def _wide(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Step]:
        if self.asked.reward is not None:
            return {}
        keys = {name for r in records for name in r if (is_id(name) or plain_name(name) in TEXTS)}
        if self.asked.id:
            keys.add(self.asked.id)
        if not keys:
            return {}
        found = wide_columns(records, frozenset(keys), all_of_them=False)
        if found:
            return found
        columns = find_columns_or_none(records, self.name, self.asked)
        if columns is None:  # several columns of numbers, none of which is called a reward
            if any(plain_name(name) in STEPS for record in records for name in record):
                return {}
        elif columns.step or columns.reward or columns.right:
            return {}
        return wide_columns(records, frozenset(keys), all_of_them=True)

    def _wide_tracks(
        self,
        items: Iterable[Item],
        wide: Mapping[str, Step],
        records: Sequence[Mapping[str, Any]],
    ) -> Iterator[Track]:
        keys = self._keys(records, set(wide))
        steps = tuple(wide.values())
        for item in items:
            record = record_of(item, self.refusals)
            key = None if record is None else self._key(item.line, record, keys)
            if record is not None and key is not None:
                values = [record.get(name) for name in wide]
                of = next((record[n] for n in record if plain_name(n) in COUNTS), None)
                if of is not None:
                    values = _shares(values, of)
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
        every = dict.fromkeys(name for record in records for name in record)
        names = [name for name in every if name != step[0] and not _NO_PROBLEM.search(name)]
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
            record = record_of(item, self.refusals)
            if record is not None:
                steps.append(step_of(record.get(step)))
                for name in names:
                    cells[name].append(record.get(name))
        common = _common_start(names)
        for name, values in cells.items():
            last = re.split(r"[/ ]", name)[-1]
            ids = tuple(dict.fromkeys((name, name[len(common) :], last)))
            yield Track(1, name[len(common) :], None, values, tuple(steps), None, ids)

    def _keys(self, records: Sequence[Mapping[str, Any]], but: set[str | None]) -> Keys:
        return keys_besides(records, self.name, but, self.asked.id, self.asked.known)

    def _key(
        self, line: int, record: Mapping[str, Any], keys: Keys
    ) -> tuple[str | None, str | None, tuple[str, ...]] | None:
        found = keys.read(record)
        if found is None:
            self.refusals.add(line, "no id")
        return found


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
        (is_id(name) or plain_name(name) in TEXTS)
        or (isinstance(value, Mapping) and plain_name(name) in ("doc", "extra_info", "info"))
        for record in records
        for name, value in record.items()
    )


def _list_of(value: Any) -> list[Any] | None:
    """Return a list of cells, also one that a table wrote as text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = unpacked(value)
    if not isinstance(value, list):
        return None
    dated = _dated(value)
    if dated is not None:
        return dated[0]
    if any(isinstance(item, dict | str) and number_of(item) is None for item in value[:4]):
        return None
    return value


def _dated(value: Any) -> tuple[list[Any], tuple[Step | None, ...]] | None:
    """Return accuracies and steps of a list of records, a visit each; None for other lists."""
    if not isinstance(value, list) or not value or not all(isinstance(v, Mapping) for v in value):
        return None
    names = list(value[0])
    step = next((name for name in names if plain_name(name) in STEPS), None)
    rate = next((name for name in names if is_rate(name)), None)
    rate = rate or next((name for name in names if plain_name(name) in REWARDS), None)
    if step is None or rate is None:
        return None
    return [one.get(rate) for one in value], tuple(step_of(one.get(step)) for one in value)


def _shares(values: list[Any], of: Any) -> list[Any]:
    """Return counts out of so many rollouts as shares; other values as they are."""
    many = number_of(of)
    numbers = [number_of(value) for value in values]
    known = [number[0] for number in numbers if number is not None and number[0] == number[0]]
    if many is None or not many[0] >= 1 or len(known) < 1 or not all(n.is_integer() for n in known):
        return values
    if max(known) > many[0]:
        return values
    return [
        None if n is None or n[0] != n[0] else n[0] if n[0] < 0 else n[0] / many[0] for n in numbers
    ]


def _labels(value: Any) -> list[Any] | None:
    """Return a list of steps, also one that a table wrote as text."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = unpacked(value)
    return value if isinstance(value, list) else None


def _common_start(names: Sequence[str]) -> str:
    """Return what all names begin with, up to a mark: ``acc/``."""
    start = names[0]
    for name in names:
        while not name.startswith(start):
            start = start[:-1]
    cut = max(start.rfind(mark) for mark in "/ .:-_")
    return start[: cut + 1]
