"""Benchmark items with the settings under which they are asked and graded."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, GoldError, PoolError, SampleEngineeringError
from sample_engineering.generation.asking import Asked, Protocol
from sample_engineering.sample import Sample
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.evaluation.made import Made
    from sample_engineering.grading import Gold

# Domain of an item that names none, and split of an item that names none.
NO_DOMAIN = "all"
NO_SPLIT = "test"
# One-Shot-RLVR (arXiv 2504.20571, appendix on evaluation) samples small benchmarks at 0.6.
DEFAULT_TEMPERATURE = 0.6
# How many unreadable golds an error message lists.
_SHOWN = 5
# Field of an item of a set that names its member.
MEMBER = "benchmark"


@dataclass(frozen=True, kw_only=True)
class Member(Asked):
    """One benchmark of a set: how its items are asked (see `Asked`).

    Parameters
    ----------
    name : str
        As it is called on its own.
    rollouts : int, optional
        Completions of each of its items; None leaves it to who asks. Greedy is always one.
    made : Made, optional
        How its problems were made, where they are made anew.
    **asked
        The settings of `Asked`.
    """

    name: str
    rollouts: int | None = None
    made: "Made | None" = None

    def completions(self, rollouts: int, *, greedy: bool = False) -> int:
        """Return how many completions of an item are asked for: `rollouts` where it sets none."""
        if greedy or self.temperature == 0:
            return 1
        return self.rollouts or rollouts


@dataclass(frozen=True)
class Benchmark(Asked):
    """Problems with known answers, and how they are asked and graded (see `Asked`).

    Parameters
    ----------
    name : str
        Shown in tables and kept in the run folder.
    items : sequence of Sample
        The problems; ids are unique. `Sample.domains` names the domain of an item (several are
        joined with ``+``), ``extra["split"]`` its split, e.g. ``seen`` or ``unseen``.
    template, temperature
        As in `Asked`; ``plain`` and 0.6 by default.
    tolerance : float, optional
        Relative tolerance of answers whose item sets none; None leaves it to the grader.
    left_out : sequence of str
        What was wrong with the items that were left out when it was loaded.
    members : sequence of Member
        Of a set, see `joined`: each asks its own items, which name it in ``extra["benchmark"]``.
        The settings of the set itself are then those of nobody.
    made : Made, optional
        How its problems were made, where they are made anew (`made.GeneratedBenchmark`).
    **asked
        The other settings of `Asked`: system, max_tokens, stop, form ...

    Raises
    ------
    PoolError
        If there are no items, or two share an id.
    ConfigError
        If a setting cannot be used.
    """

    name: str
    items: Sequence[Sample]
    template: str = field(default="plain", kw_only=True)
    temperature: float = field(default=DEFAULT_TEMPERATURE, kw_only=True)
    tolerance: float | None = None
    left_out: Sequence[str] = ()
    members: Sequence[Member] = field(default=(), kw_only=True)
    made: "Made | None" = field(default=None, kw_only=True)

    def __repr__(self) -> str:
        return f"<Benchmark {self.name}: {count_of(len(self.items), 'item')}>"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "items", tuple(self.items))
        object.__setattr__(self, "members", tuple(self.members))
        if not self.items:
            raise PoolError(f"benchmark {self.name} has no items; give a file with some problems")
        twice = [id_ for id_, times in Counter(item.id for item in self.items).items() if times > 1]
        if twice:
            raise PoolError(
                f"benchmark {self.name} has {len(twice)} repeated ids, the first is {twice[0]!r}; "
                "give every item its own id"
            )
        known = {member.name for member in self.members}
        if known and (lost := [i.id for i in self.items if i.extra.get(MEMBER) not in known]):
            raise PoolError(
                f"benchmark {self.name}: {len(lost)} items belong to none of its members, the "
                f"first is {lost[0]!r}; join benchmarks with `joined`"
            )

    @property
    def protocol(self) -> Protocol:
        """How the model is asked; ConfigError for a set whose members are asked differently."""
        if not self.members:
            return super().protocol
        first, *others = [member.protocol for member in self.members]
        if any(other.digest != first.digest for other in others):
            raise ConfigError(
                f"the members of {self.name} are asked in different ways; ask each in its own "
                "(`parts`)"
            )
        return first

    @cached_property
    def parts(self) -> tuple[tuple[Member, tuple[int, ...]], ...]:
        """The members with the places of their items; of a single benchmark, itself with all."""
        if not self.members:
            asked = {item.name: getattr(self, item.name) for item in fields(Asked)}
            only = Member(name=self.name, made=self.made, **asked)
            return ((only, tuple(range(len(self.items)))),)
        places: dict[str, list[int]] = {member.name: [] for member in self.members}
        for place, item in enumerate(self.items):
            places[str(item.extra[MEMBER])].append(place)
        found = ((member, tuple(places[member.name])) for member in self.members)
        return tuple((member, own) for member, own in found if own)

    @property
    def made_anew(self) -> "dict[str, Made]":
        """How the problems of members (or its own) were made, where they were made anew."""
        return {member.name: member.made for member, _ in self.parts if member.made is not None}

    @property
    def asked_greedily(self) -> bool:
        """Whether all of it is asked at temperature 0."""
        return all(member.temperature == 0 for member, _ in self.parts)

    def completions(self, rollouts: int, *, greedy: bool = False) -> int:
        """Return how many completions are asked for, of all items together."""
        return sum(member.completions(rollouts, greedy=greedy) * len(places)
                   for member, places in self.parts)  # fmt: skip

    def with_asked(self, **settings: Any) -> "Benchmark":
        """Return a copy that is asked otherwise, in every member alike."""
        asked = {item.name for item in fields(Asked)}
        own = {name: value for name, value in settings.items() if name in asked}
        members = [replace(member, **own) for member in self.members]
        return replace(self, members=members, **settings)

    @cached_property
    def golds(self) -> tuple["Gold", ...]:
        """The gold answers as the grader reads them, one an item; read once.

        Raises
        ------
        GoldError
            If some answers cannot be read; the message lists the first of them.
        """
        golds, faults = self._read_golds()
        if faults:
            shown = "; ".join(list(faults.values())[:_SHOWN])
            more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
            raise GoldError(
                f"benchmark {self.name}: {len(faults)} of {len(self.items)} gold answers cannot be "
                f"read ({shown}{more}); correct them, set their kind, or leave these items out "
                "with `on_error`=skip"
            )
        return tuple(golds.values())

    def _read_golds(self) -> tuple[dict[str, "Gold"], dict[str, str]]:
        """Read the golds: those that can be read, and what is wrong with the others, by id."""
        from sample_engineering.grading import read_sample_gold

        golds, faults = {}, {}
        for item in self.items:
            if item.tolerance is None and self.tolerance is not None:
                item = item.with_(tolerance=self.tolerance)
            try:
                golds[item.id] = read_sample_gold(item)
            except SampleEngineeringError as error:
                faults[item.id] = f"{item.id}: {error}"
        return golds, faults

    def without_unreadable(self) -> "Benchmark":
        """Leave out the items whose gold answers cannot be read; `left_out` tells which."""
        golds, faults = self._read_golds()
        if not faults:
            return self
        items = [item for item in self.items if item.id in golds]
        return replace(self, items=items, left_out=(*self.left_out, *faults.values()))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of items and settings: equal for equal benchmarks, whatever their names."""
        asked, usual = super().protocol.to_dict(), Protocol().to_dict()
        always = ("form", "template", "max_tokens", "temperature")
        content = {
            "items": [item.to_dict() for item in self.items],
            "settings": [*(asked.pop(name) for name in always), self.tolerance],
        }
        # Only where they say something, so that a benchmark without them keeps its digest.
        content |= {name: value for name, value in asked.items() if value != usual[name]}
        if self.members:
            content["settings"] = [
                [member.name, member.rollouts, member.protocol.record()["digest"]]
                for member in self.members
            ]
        text = json.dumps(content, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def domains(self) -> tuple[str, ...]:
        """Names of the domains, in the order in which they first occur."""
        return tuple(dict.fromkeys(domain_of(item) for item in self.items))

    def subset(self, per_domain: int, *, seed: int = 0) -> "Benchmark":
        """Return a random subset with at most `per_domain` items of each domain, in order.

        In a set, of each domain of each member.
        """
        import numpy as np

        if per_domain < 1:
            raise ConfigError(f"{per_domain} items of each domain measure nothing; give 1 or more")

        rng = np.random.default_rng(seed)
        by_domain: dict[tuple[str, str], list[int]] = {}
        for member, places in self.parts:
            for index in places:
                by_domain.setdefault((member.name, domain_of(self.items[index])), []).append(index)
        kept: list[int] = []
        for indices in by_domain.values():
            size = min(per_domain, len(indices))
            kept.extend(int(i) for i in rng.choice(indices, size=size, replace=False))
        return replace(self, items=[self.items[index] for index in sorted(kept)])

    def drawn(self, at_most: int, *, seed: int = 0) -> "Benchmark":
        """Return a random subset of at most so many items, in order."""
        import numpy as np

        if at_most < 1:
            raise ConfigError(f"{at_most} items measure nothing; give 1 or more")
        size = min(at_most, len(self.items))
        kept = np.random.default_rng(seed).choice(len(self.items), size=size, replace=False)
        return replace(self, items=[self.items[index] for index in sorted(kept)])

    def with_(self, **changes: Any) -> "Benchmark":
        """Return a copy with some settings changed."""
        return replace(self, **changes)

    def __len__(self) -> int:
        return len(self.items)


def joined(
    name: str, benchmarks: Sequence[Benchmark], rollouts: Mapping[str, int] | None = None
) -> Benchmark:
    """Join benchmarks into a set that is asked in one run, each member in its own way.

    Parameters
    ----------
    name : str
        Of the set.
    benchmarks : sequence of Benchmark
        At least two, of different names; their items are called ``NAME/ID``.
    rollouts : mapping from benchmark name to int, optional
        Completions of each item, where a member has a number of its own.

    Raises
    ------
    ConfigError
        If two share a name, or one is a set itself.
    """
    names = [one.name for one in benchmarks]
    if twice := [one for one, times in Counter(names).items() if times > 1]:
        raise ConfigError(f"the benchmark {twice[0]!r} is given twice; give each once")
    items, members, left_out = [], [], []
    for one in benchmarks:
        if one.members:
            raise ConfigError(f"{one.name} is a set of benchmarks; give its members themselves")
        asked = {item.name: getattr(one, item.name) for item in fields(Asked)}
        number = (rollouts or {}).get(one.name)
        members.append(Member(name=one.name, rollouts=number, made=one.made, **asked))
        left_out += [f"{one.name}/{text}" for text in one.left_out]
        for item in one.items:
            if item.tolerance is None and one.tolerance is not None:
                item = item.with_(tolerance=one.tolerance)
            extra = {**item.extra, MEMBER: one.name}
            items.append(item.with_(id=f"{one.name}/{item.id}", extra=extra))
    longest = max(member.max_tokens for member in members)
    return Benchmark(name, items, left_out=left_out, members=members, max_tokens=longest)


def domain_of(item: Sample) -> str:
    """Name of the item's domain; several are joined with ``+``."""
    return "+".join(item.domains) or NO_DOMAIN


def split_of(item: Sample) -> str:
    """Name of the item's split, ``test`` where it has none."""
    return str(item.extra.get("split") or NO_SPLIT)
