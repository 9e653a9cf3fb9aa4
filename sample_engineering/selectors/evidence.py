"""What is known of a pool, gathered once; each part is read or computed when first asked for."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from math import fsum
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool import BadLine, Pool, Report, read_pool
from sample_engineering.pool.names import value_at
from sample_engineering.registry import suggestion
from sample_engineering.rollouts.histories import HistoryTable
from sample_engineering.sample import Sample
from sample_engineering.selectors.answers import AnswerCounts, answers_of_pool
from sample_engineering.selectors.demand import Demand, demand_of, domains_of, read_demand
from sample_engineering.selectors.history import History, joined, read_history
from sample_engineering.selectors.instructions import Instructions, without_format
from sample_engineering.selectors.joining import by_id, id_in, matched
from sample_engineering.selectors.overlap import OverlapIndex
from sample_engineering.selectors.pass_rates import (
    PassRate,
    asked_in,
    rates_of_pool,
    read_measured,
    read_rates,
)
from sample_engineering.selectors.posterior import GROUP_SIZE
from sample_engineering.selectors.weights import Weights
from sample_engineering.skills import Tagger, check_domains, find_tagger, tag, taxonomy
from sample_engineering.skills.named import named_skills

Made = TypeVar("Made")
PathLike = str | os.PathLike[str]


class Recorded(Protocol):
    """What can be written as a record, as that of a probe."""

    def to_dict(self) -> Mapping[str, Any]:
        """Return the record."""
        ...


Measured = Mapping[str, Mapping[str, Any]] | Iterable[Mapping[str, Any] | Recorded]
Rates = Measured | PathLike | Callable[[], Measured]
Histories = History | Mapping[str, Sequence[float | None]] | PathLike

# What a selector may need, see `Selector.needs`; and a numeric field of the pool, "pool.NAME".
PARTS = (
    "history",
    "pass_rates",
    "against",
    "answers",
    "lim_scores",
    "weights",
    "development",
)
# What a selector may heed, see `Selector.reads`.
PARAMETERS = (
    "history",
    "target",
    "demand",
    "tagger",
    "against",
    "copies",
    "rates",
    "group_size",
    "truncate_history",
    "seed",
    "development",
)
# Who named a candidate's skills, see `Evidence.skills_from`.
DECLARED, MODEL, GUESSED = "sample", "model", "text"
# What is done with copies of one problem: one candidate, ranked beside each other and marked, or
# nothing.
COPIES = ("fold", "mark", "keep")
FOLD, MARK, KEEP = COPIES
Problems = Iterable[Sample] | PathLike
_FIELD = "pool."
# What is computed from the candidates.
_OF_THE_POOL = frozenset(
    (
        *("history", "measured", "pass_rates", "answers", "tags", "skills_from"),
        *("instructions", "overlap", "_bare", "_once"),
    )
)
_LARGEST_GROUP = 100_000


class Evidence:
    """A pool and what is known of it.

    Parameters
    ----------
    pool : Pool, samples or path
        The candidates.
    history : History, mapping or path, optional
        Accuracies of the candidates at successive checkpoints; or a log of a training, see
        `rollouts.read_histories`, whose problems are found by id or by text.
    rates : records, mapping or path, optional
        Pass rates, or a function that measures them, called when they are first read; they
        override those among the pool's fields.
    demand : samples, optional
        Reference problems of the domains, or a function that returns them, called when they are
        first read; the packaged weights by default.
    target : str or sequence of str, optional
        Domains that training shall help; all whose demand is known by default.
    against : samples or path, several of these, or a mapping from names, optional
        Benchmarks of whose items no candidate may be a near-copy.
    copies : {"keep", "mark", "fold"}
        What is done with copies of one problem.
    group_size : int
        Rollouts per group in the training to come.
    truncate_history : bool
        Cut histories to the shortest one.
    tagger : str or Tagger
        Who names the skills of candidates that do not name their own.
    seed : int
        Of what a selector draws.
    history_rates : bool
        Whether the mean of a candidate's history stands for its pass rate where none is known.
    weights : callable, optional
        Opens the model at hand, called when a selector first looks inside.
    development : samples, optional
        Problems that training shall help with, for the direction of their gradients.
    on_error : {"skip", "fail"}
        What a bad line of a file does.

    Attributes
    ----------
    untagged : tuple of str
        Candidates of which the tagger could say nothing, known with `tags`.
    rates_problems : Report
        What reading the file of pass rates met, known with `pass_rates`.
    rates_notes : list of str
        From which column the pass rates are, and whose they are not, known with `pass_rates`.

    Raises
    ------
    PoolError
        If a file cannot be read, or the history or the rates are of other candidates.
    ConfigError
        If a domain, the tagger or the group size is not known or usable.
    """

    def __init__(
        self,
        pool: Iterable[Sample] | PathLike,
        *,
        history: Histories | None = None,
        rates: Rates | None = None,
        demand: Iterable[Sample] | Callable[[], Iterable[Sample]] | None = None,
        target: str | Iterable[str] | None = None,
        against: "Problems | Iterable[Problems] | Mapping[str, Iterable[Sample]] | None" = None,
        copies: str = KEEP,
        group_size: int = GROUP_SIZE,
        truncate_history: bool = False,
        tagger: "str | Tagger" = "builtin",
        seed: int = 0,
        history_rates: bool = False,
        weights: Callable[[], Weights] | None = None,
        development: Iterable[Sample] | None = None,
        on_error: str = "skip",
    ) -> None:
        if not 2 <= group_size <= _LARGEST_GROUP:
            raise ConfigError(
                f"`group_size` {group_size}: a group has at least 2 rollouts; give 2 to "
                f"{_LARGEST_GROUP:,}"
            )
        self.group_size = group_size
        self.truncate_history = truncate_history
        self.seed = seed
        self._history_rates = history_rates
        self._weights = weights
        self.development = () if development is None else tuple(development)
        self._target = None if target is None else check_domains(target, "target")
        self._tagger = find_tagger(tagger) if isinstance(tagger, str) else tagger
        self._on_error = on_error
        self._history = history
        self._rates = rates
        self._demand = demand
        self._against = against
        if copies not in COPIES:
            raise ConfigError(f"`copies` is {copies!r}; use {', '.join(COPIES)}")
        self.copies = copies
        self.pool = as_pool(pool, on_error)
        self.untagged: tuple[str, ...] = ()
        self.rates_problems = Report()
        self.rates_notes: list[str] = []
        self.rates_asked = ""  # how the model was asked for them, where a probe says it

    def has(self, part: str) -> bool:
        """Whether a part of `PARTS`, or the field ``pool.NAME``, is there for any candidate.

        Raises
        ------
        ConfigError
            If there is no such part.
        """
        if part.startswith(_FIELD):
            return any(value is not None for value in self.field(part.removeprefix(_FIELD)))
        if part not in PARTS:
            raise ConfigError(f"{part!r} is no part of the evidence; {suggestion(part, PARTS)}")
        if part == "history":
            return self._history is not None
        if part == "pass_rates":
            return callable(self._rates) or bool(self.pass_rates)
        if part == "answers":
            return callable(self._rates) or bool(self.answers)
        if part == "lim_scores":
            return self._history is not None or self.has(_FIELD + "lim")
        if part == "weights":
            return self._weights is not None
        if part == "development":
            return bool(self.development)
        return bool(self.against)

    @cached_property
    def weights(self) -> Weights:
        """The model at hand.

        Raises
        ------
        ConfigError
            If there is none, or it is not in this process.
        """
        if self._weights is None:
            raise ConfigError("no model at hand; give `model`")
        return self._weights()

    @cached_property
    def history(self) -> History:
        """The accuracy histories; empty where none was given."""
        given = self._history
        if given is None:
            return History({})
        if isinstance(given, str | os.PathLike):
            return read_history(given, self.pool, on_error=self._on_error)
        if isinstance(given, HistoryTable):
            return joined(given, self.pool)
        if not isinstance(given, Mapping):
            raise ConfigError(
                f"`history` is of type {type(given).__name__}; give a path, or accuracies by id"
            )
        if not isinstance(given, History):
            given = History(by_id(given, "history"))
        matched(given, self.pool.ids, "history")  # raises where none is of a candidate
        return given

    @cached_property
    def pass_rates(self) -> dict[str, PassRate]:
        """Pass rates by id: measured ones, then those among the fields of the pool.

        Raises
        ------
        PoolError
            If none is of a candidate.
        ConfigError
            If a probe measured them under different conditions.
        """
        given = self.measured
        if given is None:
            known = rates_of_pool(self.pool, notes=self.rates_notes)
            return self._means() | known if self._history_rates else known
        here, notes = matched(given, self.pool.ids, "rates")
        if not callable(self._rates):
            self.rates_notes.extend(notes)
        if not callable(self._rates) and not read_rates(here)[0]:
            raise PoolError(
                "`rates` holds no pass rate of any candidate; give records of id, n and correct, "
                "as a probe writes them"
            )
        self.rates_asked = asked_in(here.values())
        return rates_of_pool(self.pool, here, self.rates_notes)

    def _means(self) -> dict[str, PassRate]:
        """The mean accuracy of each candidate that has a history, as its pass rate."""
        means = {}
        for sample in self.pool:
            seen = [one for one in self.history.get(sample.id, ()) if one == one]
            if seen:
                means[sample.id] = PassRate(fsum(seen) / len(seen))
        return means

    @cached_property
    def measured(self) -> Mapping[str, Mapping[str, Any]] | None:
        """The records of the pass rates that were given, by id; None where none were."""
        given = self._rates() if callable(self._rates) else self._rates
        if given is None:
            return None
        if isinstance(given, Mapping):
            return by_id({key: _of_number(one) for key, one in given.items()}, "rates")
        if isinstance(given, str | os.PathLike):
            return read_measured(given, on_error=self._on_error, problems=self.rates_problems)
        rows = [_record(one) for one in given] if isinstance(given, Iterable) else [_record(given)]
        found: dict[str, Mapping[str, Any]] = {}
        for place, row in enumerate(rows, 1):
            id_ = id_in(row)
            if id_ is None or id_ in found:
                fault = "no id" if id_ is None else f"duplicate id {id_!r}"
                self.rates_problems.add(BadLine("rates", place, fault))
            else:
                found[id_] = row
                self.rates_problems.read += 1
        return found

    @cached_property
    def answers(self) -> dict[str, AnswerCounts]:
        """How often which final answer was given, by id: of measured rollouts, then the pool's."""
        if self.measured is not None:
            _ = self.pass_rates  # refuses records of other candidates
        return answers_of_pool(self.pool, self.measured)

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The target domains."""
        problems = self._references
        known = tuple(read_demand()) if problems is None else domains_of(problems)
        if self._target is None:
            return known
        missing = [domain for domain in self._target if domain not in known]
        if missing:
            raise ConfigError(
                f"`target`: the demand says nothing about {', '.join(missing)}; give reference "
                f"problems of it in `demand`, or choose from {', '.join(known)}"
            )
        return self._target

    @cached_property
    def demand(self) -> Mapping[str, Demand]:
        """What each domain demands, by name."""
        return read_demand() if self._references is None else demand_of(self._references)

    @cached_property
    def _references(self) -> tuple[Sample, ...] | None:
        given = self._demand() if callable(self._demand) else self._demand
        return None if given is None else tuple(given)

    @cached_property
    def tags(self) -> dict[str, Mapping[str, float]]:
        """Weight in [0, 1] of each skill of a candidate, by id; strongest first.

        Where a candidate names its skills, those and no others, with weight 1: whoever composed it
        knows better than a tagger, which takes every sign of a worked solution for a skill. In the
        microcosm this is the difference between a salience that correlates with lift and one that
        does not (docs/lab/microcosm.md). Where the tagger gave nothing readable (`untagged`), the
        built-in one names them.
        """
        known = taxonomy()
        tags: dict[str, Mapping[str, float]] = {
            one.id: dict.fromkeys((name for name in one.skills if name in known), 1.0)
            for one in self.pool
        }
        unnamed = [one for one in self.pool if not tags[one.id]]
        for one, found in zip(unnamed, named_skills(self._tagger, unnamed), strict=True):
            if found is None:
                self.untagged += (one.id,)
            tags[one.id] = tag(one.problem, one.solution) if found is None else found
        return tags

    @property
    def tagger_asks_model(self) -> bool:
        """Whether a model names the skills of candidates that do not name theirs."""
        return bool(self._tagger.asks_model)

    @property
    def concepts(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """What the tagger's model named in its own words, by id and category; known with `tags`."""
        found: Mapping[str, Mapping[str, Sequence[str]]] = getattr(self._tagger, "concepts", {})
        return found

    @cached_property
    def skills_from(self) -> list[str]:
        """Who named each candidate's skills: ``sample``, ``model``, or guessed from ``text``."""
        known, tags = taxonomy(), self.tags
        unread, asked = frozenset(self.untagged), self._tagger.asks_model
        return [
            DECLARED
            if any(name in known for name in one.skills)
            else MODEL
            if asked and one.id not in unread and tags[one.id]
            else GUESSED
            for one in self.pool
        ]

    @cached_property
    def _benchmarks(self) -> dict[str, Pool]:
        """The benchmarks of `against` by name; one without a name is called ''."""
        given = self._against
        if given is None:
            return {}
        if isinstance(given, Mapping):
            return {name: as_pool(items, self._on_error) for name, items in given.items()}
        several: list[Problems] = []
        if isinstance(given, str | os.PathLike | Pool):
            several.append(given)
        else:
            samples: list[Sample] = []
            for one in given:
                if isinstance(one, Sample):
                    samples.append(one)
                else:
                    several.append(one)
            if samples and several:
                raise ConfigError("`against` mixes samples and benchmarks; give one or the other")
            several = several or [samples]
        found: dict[str, Pool] = {}
        for number, one in enumerate(several, 1):
            name = Path(one).stem if isinstance(one, str | os.PathLike) else ""
            if len(several) > 1 and (not name or name in found):
                name = f"{name or 'benchmark'} {number}"
            found[name] = as_pool(one, self._on_error)
        return found

    @cached_property
    def against(self) -> tuple[Sample, ...]:
        """Problems of which no candidate may be a near-copy; empty where none were given."""
        return tuple(item for items in self._benchmarks.values() for item in items)

    @cached_property
    def against_names(self) -> tuple[str, ...]:
        """Benchmark and id of each of `against`, as ``NAME:ID``."""
        return tuple(
            f"{name}:{item.id}" if name else item.id
            for name, items in self._benchmarks.items()
            for item in items
        )

    @cached_property
    def instructions(self) -> Instructions:
        """What the texts of the pool and the benchmarks share, beside their problems."""
        return self._learnt([sample.problem for sample in self.pool])

    def _learnt(self, problems: Sequence[str]) -> Instructions:
        others = ([item.problem for item in items] for items in self._benchmarks.values())
        return Instructions.learn(problems, *others)

    @cached_property
    def overlap(self) -> OverlapIndex:
        """The problems of `against` without instructions, to compare others with."""
        wholes = [self.instructions.without_prompt(item.problem) for item in self.against]
        return OverlapIndex(map(without_format, wholes), wholes)

    def once(self, what: str, make: Callable[[], Made]) -> Made:
        """Return what several selectors share of this pool, made when it is first asked for."""
        if what not in self._once:
            self._once[what] = make()
        found: Made = self._once[what]
        return found

    @cached_property
    def _once(self) -> dict[str, Any]:
        return {}

    def remeasured(self, records: Mapping[str, Mapping[str, Any]]) -> "Evidence":
        """Return a copy in which these records stand for what was measured of their candidates."""
        again = copy(self)
        for part in ("measured", "pass_rates", "answers"):
            again.__dict__.pop(part, None)
        again._rates = {**(self.measured or {}), **records}
        return again

    def of_part(self, pool: Pool) -> "Evidence":
        """Return the evidence of another pool, or a part of this one, under the same conditions."""
        again = copy(self)
        for part in set(vars(self)) & _OF_THE_POOL:
            del again.__dict__[part]
        again.pool = pool
        again.untagged, again.rates_notes, again.rates_asked = (), [], ""
        again.rates_problems = Report()
        return again

    def learn_from(self, problems: Sequence[str]) -> None:
        """Learn the instructions of a pool whose problems are elsewhere."""
        self.__dict__["instructions"] = self._learnt(problems)
        self.__dict__.pop("overlap", None)

    @cached_property
    def _bare(self) -> bool:
        """Whether no candidate has a field beside those of a sample."""
        return not any(sample.extra for sample in self.pool)

    def field(self, name: str) -> list[float | None]:
        """Return a numeric field of the candidates; None where absent or no number."""
        if self._bare:
            return [None] * len(self.pool)
        numbers = (number_of(value_at(sample.extra, name)) for sample in self.pool)
        return [None if number != number else number for number in numbers]


def _of_number(one: Any) -> Mapping[str, Any]:
    """A measured record, also from a bare pass rate."""
    if isinstance(one, int | float) and not isinstance(one, bool):
        return {"pass_rate": one}
    return _record(one)


def copies_meant(copies: str | None, explain: str | None, *, evaluates: bool = False) -> str:
    """Return what is done with copies where nobody said: they are folded.

    Not where one of them is going to be explained, and not where values are held against measured
    outcomes, which may be of any of them.
    """
    if copies is not None:
        return copies
    return KEEP if evaluates else FOLD if explain is None else MARK


def _record(one: Any) -> Mapping[str, Any]:
    """A measured record as a mapping."""
    record = one if isinstance(one, Mapping) else getattr(one, "to_dict", dict)()
    if not isinstance(record, Mapping) or not record:
        raise ConfigError(
            f"`rates` holds something of type {type(one).__name__}; give a path, or records of id, "
            "n and correct"
        )
    return record


def as_pool(samples: Iterable[Sample] | PathLike, on_error: str) -> Pool:
    """Return a pool of samples, read from a file if need be."""
    if isinstance(samples, Pool):
        return samples
    if isinstance(samples, str | os.PathLike):
        return read_pool(samples, on_error=on_error)
    return Pool(samples)


def number_of(value: Any) -> float:
    """Return a number as float; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    try:
        return float(value)
    except OverflowError:
        return float("nan")
