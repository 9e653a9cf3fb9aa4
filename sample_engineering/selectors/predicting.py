"""Does a selector predict anything? Its values against measured outcomes, with the doubt stated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook
from sample_engineering.errors import ConfigError
from sample_engineering.multiplicity import holm
from sample_engineering.selectors.declared import find_selectors
from sample_engineering.selectors.evidence import number_of
from sample_engineering.selectors.outcomes import Outcomes
from sample_engineering.selectors.rank_correlation import (
    FEWEST,
    LEVEL,
    POWER,
    Correlation,
    critical_rho,
    detectable_rho,
    spearman_of_each,
)
from sample_engineering.selectors.table import Ranking

if TYPE_CHECKING:
    import numpy
    import pandas

# Columns beside the selectors' own values: the plain measurement that many of them transform.
_FURTHER = ("score", "pass_rate")


@dataclass(frozen=True)
class Prediction:
    """One order of the candidates against their outcomes.

    Parameters
    ----------
    selector : str
        Column that orders.
    same_order : tuple of str
        Further columns that order the candidates in the same way; they are no tests of their own.
    tier : str
        What it rests on; empty for the score.
    n : int
        Candidates with a value and an outcome.
    rho, p_value, low, high : float
        Spearman's rho, its p by permutation, and the 95 % interval of its bootstrap.
    p_holm : float
        p corrected for the number of orders tried.
    critical, detectable : float
        Smallest |rho| that is significant at 5 % with this n, and that is found with 80 % power.
    """

    selector: str
    same_order: tuple[str, ...]
    tier: str
    n: int
    rho: float
    p_value: float
    p_holm: float
    low: float
    high: float
    critical: float
    detectable: float


@dataclass(frozen=True)
class SelectorEvaluation(Sequence[Prediction]):
    """How well each selector that could run predicts measured outcomes; largest |rho| first.

    Attributes
    ----------
    predictions : tuple of Prediction
    outcomes, column : str
        Where the outcomes are from, and what was measured.
    n : int
        Candidates that have one.
    silent : mapping of str to str
        Selectors that say nothing of these candidates, and why.
    notes : tuple of str
    """

    predictions: tuple[Prediction, ...]
    outcomes: str
    column: str
    n: int
    silent: dict[str, str]
    notes: tuple[str, ...] = ()

    def __getitem__(self, place: Any) -> Any:
        return self.predictions[place]

    def __len__(self) -> int:
        return len(self.predictions)

    @property
    def verdict(self) -> str:
        """What it comes to, in a sentence or two."""
        shown = [f"{one.selector} ({one.rho:+.2f})" for one in self if one.p_holm < LEVEL]
        tried = len(self)
        if not tried:
            return "No selector says anything of these candidates."
        power = (
            f"{self.n} outcomes show |rho| from {critical_rho(self.n):.2f} on, and find a true one "
            f"of {detectable_rho(self.n):.2f} in {POWER:.0%} of studies"
        )
        if shown:
            return (
                f"Related, after Holm's correction for {tried} orders: {', '.join(shown)}; "
                f"{power}. A negative rho ranks the wrong way round."
            )
        least = min(one.p_value for one in self)
        return (
            f"None predicts: of {tried} orders the smallest p is {least:.2f}, {power}. "
            "That is no proof that there is nothing to predict."
        )

    def to_record(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "outcomes": self.outcomes,
            "column": self.column,
            "n": self.n,
            "verdict": self.verdict,
            "selectors": [asdict(one) | {"same_order": list(one.same_order)} for one in self],
            "silent": self.silent,
            "notes": list(self.notes),
        }

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one row per order."""
        import pandas

        rows = [asdict(one) | {"same_order": ", ".join(one.same_order)} for one in self]
        return pandas.DataFrame(rows, columns=list(Prediction.__dataclass_fields__))

    @property
    def lines(self) -> Iterator[str]:
        """What is told beside the table."""
        yield self.verdict
        for name, why in self.silent.items():
            yield f"{name}: {why}"
        yield from self.notes

    def __repr__(self) -> str:
        rows = [
            f"{one.selector:<24} {one.rho:+.2f}  p {one.p_value:.2f}  n {one.n}" for one in self
        ]
        head = f"<SelectorEvaluation against {self.outcomes} ({self.column})>"
        return "\n".join((head, *rows, self.verdict))

    def _repr_html_(self) -> str:
        rows = [asdict(one) | {"same_order": ", ".join(one.same_order)} for one in self]
        return notebook.page(
            notebook.heading(f"Selectors against {self.outcomes}", self.column),
            notebook.records(rows, most=len(rows)),
            notebook.notes(self.lines),
        )


def predictions(ranking: Ranking, outcomes: Outcomes, seed: int = 0) -> SelectorEvaluation:
    """Correlate every column of a selector with the outcomes.

    Parameters
    ----------
    ranking : Ranking
        Of a pool that holds the samples whose outcomes were measured.
    outcomes : Outcomes
    seed : int
        Of permutations and resamples.

    Raises
    ------
    PoolError
        If no candidate has an outcome.
    ConfigError
        If too few have one.
    """
    import numpy as np

    measured = outcomes.of(ranking.samples)
    places = [place for place, value in enumerate(measured) if value is not None]
    y = np.array([measured[place] for place in places], dtype=float)
    if len(y) < FEWEST:
        raise ConfigError(
            f"`evaluate`: {len(y)} candidates have an outcome, and fewer than {FEWEST} show "
            "nothing; give more outcomes, or the pool of these samples"
        )
    selectors = find_selectors()
    tiers = {name: one.tier for name, one in selectors.items()}
    found: dict[bytes, tuple[str, list[str], Correlation]] = {}
    silent: dict[str, str] = {}
    named = {
        name: np.array([number_of(ranking.columns[name][place]) for place in places])
        for name in (*selectors, *_FURTHER)
        if any(value is not None for value in ranking.columns.get(name, ()))
    }
    for name, correlation in _correlated(named, y, seed).items():
        known = ~np.isnan(named[name])
        x = named[name][known]
        if correlation is None:
            silent[name] = _why_silent(x)
            continue
        order = known.tobytes() + _order(x)
        found.setdefault(order, (name, [], correlation))[1].append(name)
    corrected = holm([one[2].p_value for one in found.values()])
    rows = [
        Prediction(
            name,
            tuple(names[1:]),
            tiers.get(name, ""),
            one.n,
            one.rho,
            one.p_value,
            p_holm,
            one.low,
            one.high,
            critical_rho(one.n),
            detectable_rho(one.n),
        )
        for (name, names, one), p_holm in zip(found.values(), corrected, strict=True)
    ]
    rows.sort(key=lambda one: -abs(one.rho))
    left = len(outcomes.values) - len(y)
    notes = (
        *((f"outcomes without a candidate in the pool: {left}",) if left else ()),
        *outcomes.notes,
    )
    return SelectorEvaluation(tuple(rows), outcomes.name, outcomes.column, len(y), silent, notes)


def _correlated(
    named: Mapping[str, "numpy.ndarray"], y: "numpy.ndarray", seed: int
) -> dict[str, Correlation | None]:
    """Correlate columns with outcomes, those that know the same candidates together."""
    import numpy as np

    groups: dict[bytes, list[str]] = {}
    for name, values in named.items():
        groups.setdefault(np.isnan(values).tobytes(), []).append(name)
    found: dict[str, Correlation | None] = {}
    for names in groups.values():
        known = ~np.isnan(named[names[0]])
        rows = np.stack([named[name][known] for name in names])
        found |= dict(zip(names, spearman_of_each(rows, y[known], seed), strict=True))
    return {name: found[name] for name in named}


def _order(x: Any) -> bytes:
    from scipy import stats

    # What differs by rounding only is the same order.
    ranks: bytes = stats.rankdata(x.round(12)).tobytes()
    return ranks


def _why_silent(x: Any) -> str:
    if len(x) < FEWEST:
        return f"known of {len(x)} of these candidates"
    return "the same for all of these candidates"
