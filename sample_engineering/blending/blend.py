"""Mix a pool by ratio: filter, one form, and a draw of each part."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook
from sample_engineering.blending.forms import CHOICE, OPEN, OPTIONS, as_choice, as_open, form_of
from sample_engineering.blending.ratio import counts, largest
from sample_engineering.blending.verifiable import MOST_WORDS, Unfit, verified
from sample_engineering.errors import ConfigError
from sample_engineering.grading import read_sample_gold
from sample_engineering.registry import suggestion
from sample_engineering.sample import Sample
from sample_engineering.skills import DOMAINS, domain_of_subject, domains_of_sample
from sample_engineering.text import count_of

if TYPE_CHECKING:
    import pandas

BY = ("domain", "form", "source", "kind")
_UNNAMED = "none"


@dataclass(frozen=True)
class Part:
    """One part of a blend.

    Parameters
    ----------
    name : str
    share : float
        Of the whole, as wanted.
    there : int
        How many the pool has.
    wanted, drawn : int
    """

    name: str
    share: float
    there: int
    wanted: int
    drawn: int

    @property
    def short(self) -> int:
        """How many are missing."""
        return self.wanted - self.drawn


@dataclass(frozen=True)
class Blend(Sequence[Sample]):
    """Samples in the order in which they are to be trained on, and how they were chosen.

    Parameters
    ----------
    samples : tuple of Sample
    parts : tuple of Part
    by : str
        What the parts are: one of `BY`.
    read : int
        Samples of the pool.
    left_out : mapping of str to int
        How many could not be used, by reason.
    remade : int
        How many were brought into the other form.
    notes : tuple of str
    """

    samples: tuple[Sample, ...]
    parts: tuple[Part, ...]
    by: str
    read: int
    left_out: Mapping[str, int] = field(default_factory=dict, hash=False)
    remade: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, place: Any) -> Any:
        return self.samples[place]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    @property
    def short(self) -> int:
        """How many samples are missing for what was wanted."""
        return sum(part.short for part in self.parts)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record of how it was chosen, without the samples."""
        return {
            "samples": len(self.samples),
            "by": self.by,
            "read": self.read,
            "remade": self.remade,
            "short": self.short,
            "parts": [{**asdict(part), "short": part.short} for part in self.parts],
            "left_out": dict(self.left_out),
            "notes": list(self.notes),
        }

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a table, a row for each sample."""
        import pandas

        return pandas.DataFrame([sample.to_dict() for sample in self.samples])

    def __repr__(self) -> str:
        told = ", ".join(f"{part.name} {part.drawn}" for part in self.parts)
        return f"<Blend of {count_of(len(self.samples), 'sample')} by {self.by}: {told}>"

    def _repr_html_(self) -> str:
        rows = [{**asdict(part), "short": part.short} for part in self.parts]
        reasons = [f"left out: {count:,}, {why}" for why, count in self.left_out.items()]
        return notebook.page(
            notebook.heading("Blend", f"{count_of(len(self.samples), 'sample')} of {self.read:,}"),
            notebook.records(rows, most=len(rows)),
            notebook.notes([*reasons, *self.notes]),
        )


def blend(
    samples: Iterable[Sample],
    shares: Mapping[str, Fraction] | None = None,
    *,
    by: str = "domain",
    n: int | None = None,
    form: str | None = None,
    options: int = OPTIONS,
    most_words: int = MOST_WORDS,
    seed: int = 0,
) -> Blend:
    """Filter, bring into one form, and draw by shares, without replacement.

    Parameters
    ----------
    samples : iterable of Sample
    shares : mapping of str to Fraction, optional
        Of each part, adding to 1; as the pool has them by default.
    by : str
        What the parts are, one of `BY`. A sample of several domains counts for the first of them
        that the shares name.
    n : int, optional
        Samples of the blend; by default as many as leave no part short.
    form : {"open", "choice"}, optional
        The form of all; as they are by default. What cannot be brought into it is left out.
    options : int
        Of a multiple choice that is made.
    most_words : int
        Of an open answer.
    seed : int
        Of the draw, the order and the wrong options.

    Raises
    ------
    ConfigError
        If a share names what no sample is.
    """
    pool = list(samples)
    left_out: Counter[str] = Counter()
    fit = list(_fit(pool, form, options, most_words, seed, left_out))
    remade = sum(made is not old for made, old in fit)
    named = None if shares is None else _known_names(shares, by, fit)
    groups: dict[str, list[Sample]] = {}
    for sample, _ in fit:
        groups.setdefault(_part_of(sample, by, named), []).append(sample)
    if shares is None:
        total = sum(map(len, groups.values()))
        shares = {name: Fraction(len(group), total) for name, group in groups.items()}
    elif rest := sum(len(group) for name, group in groups.items() if name not in shares):
        left_out[f"of no {by} that the ratio names"] += rest
    there = {name: len(groups.get(name, ())) for name in shares}
    size = largest(shares, there) if n is None and shares else n or 0
    wanted = counts(shares, size)
    drawn: list[Sample] = []
    parts = []
    for name, share in shares.items():
        some = _draw(groups.get(name, []), wanted[name], f"{seed} {name}")
        drawn += some
        parts.append(Part(name, float(share), there[name], wanted[name], len(some)))
    Random(f"{seed} order").shuffle(drawn)
    notes = [
        f"{part.name} is short of {part.short:,}: {part.wanted:,} wanted, {part.there:,} there"
        for part in parts
        if part.short
    ]
    reasons = dict(sorted(left_out.items(), key=lambda item: (-item[1], item[0])))
    return Blend(tuple(drawn), tuple(parts), by, len(pool), reasons, remade, tuple(notes))


def _draw(group: Sequence[Sample], number: int, seed: str) -> list[Sample]:
    if number >= len(group):
        return list(group)
    places = sorted(Random(seed).sample(range(len(group)), number))
    return [group[place] for place in places]


def _fit(
    pool: Sequence[Sample],
    form: str | None,
    options: int,
    most_words: int,
    seed: int,
    left_out: Counter[str],
) -> Iterator[tuple[Sample, Sample]]:
    """Yield what can be used, in the form that is asked for, with what it was made from."""
    places = _places(options, seed)
    place = next(places)
    answers = _answers(pool) if form == CHOICE else {}
    for sample in pool:
        try:
            if form == OPEN:
                yield as_open(sample, most_words=most_words), sample
            elif form == CHOICE:
                made = as_choice(
                    sample,
                    place,
                    Random(f"{seed} {sample.id}"),
                    options=options,
                    others=answers.get(_like(sample), ()),
                    most_words=most_words,
                )
                if made is not sample:
                    place = next(places)
                yield made, sample
            else:
                verified(sample, most_words)
                yield sample, sample
        except Unfit as why:
            left_out[str(why)] += 1


def _places(options: int, seed: int) -> Iterator[int]:
    """Yield where right options stand: each place once a round, the rounds in any order."""
    rng = Random(f"{seed} places")
    while True:
        deck = list(range(options))
        rng.shuffle(deck)
        yield from deck


def _answers(pool: Sequence[Sample]) -> dict[tuple[str, str | None], list[str]]:
    found: dict[tuple[str, str | None], list[str]] = {}
    for sample in pool:
        if form_of(sample) == OPEN:
            found.setdefault(_like(sample), []).append(sample.answer)
    return found


def _like(sample: Sample) -> tuple[str, str | None]:
    """Return what the answers of two samples must share to stand in for each other."""
    return (sample.domains[0] if sample.domains else "", sample.kind)


def _names(sample: Sample, by: str) -> list[str]:
    if by == "domain":
        return domains_of_sample(sample) or list(sample.domains)
    if by == "form":
        return [form_of(sample)]
    if by == "source":
        return [sample.source] if sample.source else []
    return [sample.kind or read_sample_gold(sample).kind]


def _part_of(sample: Sample, by: str, named: Mapping[str, str] | None) -> str:
    names = _names(sample, by)
    if named is None:
        return names[0] if names else _UNNAMED
    return next((named[name] for name in names if name in named), names[0] if names else _UNNAMED)


def _known_names(
    shares: Mapping[str, Fraction], by: str, fit: Iterable[tuple[Sample, Sample]]
) -> dict[str, str]:
    """Return what samples call each part that the ratio names."""
    there = {name: name for sample, _ in fit for name in _names(sample, by)}
    known = list(dict.fromkeys([*there, *(DOMAINS if by == "domain" else ())]))
    named = {}
    for name in shares:
        own = (domain_of_subject(name) or name) if by == "domain" else name
        if own not in there and own not in known:
            raise ConfigError(f"`ratio`: no sample is of {by} {name!r}; {suggestion(name, known)}")
        named[own] = name
    return named
