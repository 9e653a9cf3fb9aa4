"""How the records of one file are read: learnt from its first records, then used for all.

Learning once makes the order of trust explicit, lets the whole file decide what a single record
cannot (whether options count from 0 or 1, whether a column holds golds or split names), and makes
reading a record fast.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sample_engineering.errors import ConfigError, SampleError
from sample_engineering.pool.columns import (
    ANSWER_NAMES,
    LABELS,
    ROLES,
    Plan,
    at,
    listed,
    plan_of,
    shown,
)
from sample_engineering.pool.golds import read_gold
from sample_engineering.pool.ids import ID_NAMES, as_id, is_category
from sample_engineering.pool.names import path_of, squashed
from sample_engineering.pool.nested import leaf_names, lifted, lifts
from sample_engineering.pool.options import Options
from sample_engineering.pool.problems import PROBLEM_NAMES
from sample_engineering.pool.right_option import TEXTS, counting, number_in, place_of
from sample_engineering.pool.row import options_of, read_bare, read_row
from sample_engineering.sample import Sample

LOOK = 1000  # records from which a file's columns are learnt
_MOST_PLANS = 512
_TRIED = 50  # records
_COMPARED = 500  # characters of a problem by which it is told from others
_NO_LABEL = frozenset(
    (
        *("train", "test", "dev", "val", "valid", "validation", "eval", "easy", "medium", "hard"),
        *("simple", "difficult", "intermediate", "basic", "advanced", "true", "false", "low"),
        *("high", "good", "bad", "positive", "negative", "math", "algebra", "geometry"),
        *("very easy", "very hard", "middle", "challenging", "expert", "correct", "incorrect"),
    )
)


@dataclass
class Schema:
    """How the records of one file are read; plain data, so that other processes can use it.

    Attributes
    ----------
    mapping : mapping of str to str
        Role (`columns.ROLES`) to column, as the user said it.
    columns : tuple of str
        All that the first records have.
    no_ids : frozenset of str
        Columns that are called like ids and name classes.
    labels : frozenset of str
        Label-like columns that may hold golds.
    counts_from : mapping of str to (int or None, bool)
        For each column of golds: what its numbers count options from, see `options.counting`, and
        whether that is sure.
    has_ids : bool
        Whether the first records have ids of their own.
    float_text : frozenset of str
        Columns in which every text is a whole number with ``.0``, as pandas writes integers
        beside an empty cell.
    within : tuple of (str, path)
        Nested leaves that stand for columns, where the columns themselves say nothing.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    no_ids: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    counts_from: Mapping[str, tuple[int | None, bool]] = field(default_factory=dict)
    has_ids: bool = False
    float_text: frozenset[str] = frozenset()
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    _plans: dict[tuple[str, ...], Plan] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_plans": {}}

    @classmethod
    def learn(
        cls, records: Iterable[Mapping[str, Any]], mapping: Mapping[str, str] | None = None
    ) -> "Schema":
        """Learn from the first `LOOK` records of a file which column is what.

        Parameters
        ----------
        records : iterable of mapping
        mapping : mapping of str to str, optional
            Role to column, where the names do not say it; dots reach into objects.

        Raises
        ------
        ConfigError
            If `mapping` names an unknown role, or a column that no record has.
        """
        seen = list(islice(records, LOOK))
        said = _checked(mapping or {}, seen)
        schema = cls._learnt(seen, said)
        if ("problem" in said and "answer" in said) or not seen or schema._reads(seen):
            return schema
        chosen = lifts(seen)
        if not chosen:
            return schema
        inner = cls._learnt([lifted(record, chosen) for record in seen], said)
        inner.within = chosen
        return inner if inner._reads(seen) else schema

    def _reads(self, seen: Sequence[Mapping[str, Any]]) -> bool:
        """Whether any of the first few records is read."""
        for record in seen[:_TRIED]:
            try:
                read_row(self, record, 0)
            except (SampleError, TypeError):
                continue
            return True
        return False

    @classmethod
    def _learnt(cls, seen: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> "Schema":
        columns = tuple(dict.fromkeys(name for record in seen for name in record))
        schema = cls(said, columns)
        schema.labels = _credible_labels(seen, columns)
        schema.no_ids = schema._classes(seen)
        schema.float_text = _float_text(seen, columns)
        schema._plans.clear()  # they were made without what is known now
        schema.counts_from = schema._counting(seen)
        schema.has_ids = any(
            as_id(at(record, path)) is not None
            for record in seen
            for path in schema.plan(record).ids
        )
        return schema

    def sample(self, record: Mapping[str, Any], position: int = 0) -> Sample:
        """Return the candidate that a record holds.

        Parameters
        ----------
        record : mapping
        position : int
            Number of the row, from 0; its id where no record has one.

        Raises
        ------
        SampleError
            If there is no problem or no answer, or a field cannot be what it claims.
        """
        return read_row(self, record, position)[0]

    def read(self, record: Mapping[str, Any], position: int = 0) -> tuple[Sample, Sequence[str]]:
        """Return the candidate, and in words what else was there; otherwise as `sample`."""
        plan = self.plan(record)
        if plan.bare and not self.within and not self.float_text:
            sample = read_bare(record)
            if sample is not None:
                return sample, ()
        return read_row(self, record, position)

    def remarks(self) -> list[str]:
        """Say what was decided about the file as a whole."""
        said = [f"{role} is read from {column!r}" for role, column in self.mapping.items()]
        named = [
            ".".join(path)
            for name, path in self.within
            if squashed(name) in (*PROBLEM_NAMES, *ANSWER_NAMES)
        ]
        if named:
            said.append(f"no column says it, so what lies within others is read: {listed(named)}")
        for column, (base, sure) in self.counts_from.items():
            if base == TEXTS:
                said.append(f"numbers in {column!r} are texts of the options")
            elif base is not None:
                guess = "" if sure else ", a guess: no number says it"
                said.append(f"numbers in {column!r} count the options from {base}{guess}")
        said.extend(
            f"{column!r} names classes of problems, so it is no id"
            for column in self.columns
            if column in self.no_ids
        )
        return said

    def plan(self, record: Mapping[str, Any]) -> Plan:
        """Return what the columns of a record are."""
        keys = tuple(record)
        plan = self._plans.get(keys)
        if plan is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            plan = self._plans[keys] = plan_of(
                record, mapping=self.mapping, no_ids=self.no_ids, labels=self.labels
            )
        return plan

    def _classes(self, seen: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """Columns that are called like ids and hold the same few values for many problems."""
        found = set()
        for column in self.columns if "id" not in self.mapping else ():
            if squashed(column) not in ID_NAMES:
                continue
            pairs = [
                (id_, str(at(record, path))[:_COMPARED])
                for record in seen
                if (id_ := as_id(record.get(column))) is not None
                for path in self.plan(record).problems[:1]
            ]
            if is_category([id_ for id_, _ in pairs], [text for _, text in pairs]):
                found.add(column)
        return frozenset(found)

    def _counting(self, seen: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int | None, bool]]:
        numbers: dict[str, list[tuple[int, Options]]] = {}
        told: dict[str, list[int]] = {}
        for record in seen:
            plan = self.plan(record)
            options = options_of(record, plan)
            if options is None or options.right is not None:
                continue
            paths = (*(path for _, path in plan.golds), *plan.labels)
            values = [(shown(path), at(record, path)) for path in paths]
            places = {
                place
                for _, value in values
                if value is not None
                and number_in(value, options) is None
                and (place := place_of(value, options)) is not None
            }
            for column, value in values:
                number = number_in(value, options)
                if number is not None:
                    numbers.setdefault(column, []).append((number, options))
                    told.setdefault(column, []).extend(number - place for place in places)
        decided = {column: counting(pairs, told[column]) for column, pairs in numbers.items()}
        for column, (_, sure) in decided.items():
            if not sure and squashed(column) == "cop":  # MedMCQA on the hub counts from 0
                decided[column] = (0, False)
        return decided


def _checked(mapping: Mapping[str, str], seen: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    for role, column in mapping.items():
        if role not in ROLES:
            raise ConfigError(f"`mapping` has no role {role!r}; the roles are {', '.join(ROLES)}")
        if not isinstance(column, str) or not column.strip():
            raise ConfigError(f"`mapping` {role}={column!r} names no column; name one")
        if seen and not any(path_of(column, record) for record in seen):
            raise ConfigError(
                f"`mapping` {role}={column}: no record has that; the columns are "
                f"{listed(leaf_names(seen))}"
            )
    return dict(mapping)


def _credible_labels(seen: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> frozenset[str]:
    """Label-like columns but those that plainly hold split names, levels or truth values."""
    found = set()
    for column in columns:
        if squashed(column) in LABELS:
            golds = [read_gold(record[column]) for record in seen if column in record]
            texts = {gold.answer.lower() for gold in golds if gold.answer}
            if texts - _NO_LABEL:
                found.add(column)
    return frozenset(found)


def _float_text(seen: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> frozenset[str]:
    found = set()
    for column in columns:
        values = [record[column] for record in seen if record.get(column) is not None]
        if len(values) > 1 and all(
            isinstance(value, str) and value[-2:] == ".0" and value[:-2].lstrip("-").isdecimal()
            for value in values
        ):
            found.add(column)
    return frozenset(found)
