"""Sets: which few candidates complement each other, where one is not enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.pool.names import value_at
from sample_engineering.registry import suggestion
from sample_engineering.sample import Sample
from sample_engineering.selectors.category_rule import UNNAMED, category_of, family_of
from sample_engineering.selectors.evidence import Evidence, number_of
from sample_engineering.selectors.facility_location import Choice, choose_greedily, objective
from sample_engineering.selectors.pair_rule import best_pair, said
from sample_engineering.selectors.similarity import cosine, embeddings_in, weighted_jaccard
from sample_engineering.selectors.table import Ranking
from sample_engineering.selectors.wish import Wish, plain

if TYPE_CHECKING:
    import numpy

# So many candidates of the best quality may be chosen, and so many, evenly spaced in the ranking,
# must be represented: 2,000 x 20,000 similarities are 160 MB.
MOST_CHOOSABLE = 2_000
MOST_REPRESENTED = 20_000


def choose(ranking: Ranking, evidence: Evidence, wish: Wish) -> Ranking:
    """Put a set of candidates that complement each other first.

    The set maximises, greedily, sum over j of max over i in the set of q_i s_ij: q is the quality
    of the candidate, its score, or its percentile in another column that sorts; s its similarity
    to candidate j, by skills (weighted Jaccard), and the mean of that and the cosine where there
    are embeddings. Candidates without a quality, such as those that a gate stops, are left out.

    Parameters
    ----------
    ranking : Ranking
        Of the candidates to choose from.
    evidence : Evidence
        Of their pool.

    Returns
    -------
    Ranking
        The set in the order of choice, then the others as they were; columns ``chosen`` (from 1),
        ``marginal_gain``, ``objective`` after each, and ``chosen_family``.

    Raises
    ------
    ConfigError
        If no candidate has a quality, a family of the quota is not there, or there is no pair.
    """
    import numpy as np

    quality = _quality(ranking)
    eligible = [place for place in range(len(ranking)) if quality[place] == quality[place]]
    if not len(ranking):
        raise ConfigError("`choose`: no candidate is left; loosen `where`")
    if not eligible:
        raise ConfigError(
            f"`choose`: no candidate has a value in {ranking.sorted_by}; sort by another column"
        )
    best = sorted(eligible, key=lambda place: (-quality[place], place))
    rows = sorted(best[:MOST_CHOOSABLE])
    families = [_family(ranking[place], evidence) for place in rows]
    _check_families(wish, families)
    first = _pair(ranking, evidence, rows, families, wish) if wish.pair else []
    clients = eligible[:: -(-len(eligible) // MOST_REPRESENTED)]
    similar = _similarity(ranking, evidence, rows, clients, wish)
    worth = similar * np.array([quality[place] for place in rows], dtype=np.float32)[:, None]
    choice = choose_greedily(
        worth, wish.k, first=first, classes=[plain(one) for one in families], limits=wish.limits
    )
    notes = [
        _account(choice, wish, objective(worth, range(len(rows))), len(eligible)),
        *_cuts(len(eligible), len(rows), len(clients)),
        *([said(_said_pair(ranking, evidence, rows, first))] if first else []),
        *_short(wish, choice, families),
    ]
    return _in_order(ranking, rows, choice, families).noting(notes)


def _quality(ranking: Ranking) -> list[float]:
    """Return the quality of each candidate in (0, 1], NaN where it has none."""
    import numpy as np
    from scipy import stats

    name = ranking.sorted_by.removeprefix("-")
    given = ranking.columns.get(name, [value_at(sample.extra, name) for sample in ranking.samples])
    values = np.array([number_of(value) for value in given])
    if name == "score":
        return [float(value) for value in values]
    known = ~np.isnan(values)
    sign = -1.0 if ranking.sorted_by.startswith("-") else 1.0
    values[known] = stats.rankdata(sign * values[known]) / max(known.sum(), 1)
    return [float(value) for value in values]


def _family(sample: Sample, evidence: Evidence) -> str:
    return category_of(sample) or family_of(evidence.tags[sample.id]) or UNNAMED


def _check_families(wish: Wish, families: Sequence[str]) -> None:
    there = list(dict.fromkeys(plain(one) for one in families))
    for name in wish.quota or ():
        if name not in there:
            raise ConfigError(f"`quota`: no candidate is of {name!r}; {suggestion(name, there)}")


def _similarity(
    ranking: Ranking,
    evidence: Evidence,
    rows: Sequence[int],
    clients: Sequence[int],
    wish: Wish,
) -> "numpy.ndarray":
    import numpy as np

    tags = [evidence.tags[sample.id] for sample in ranking.samples]
    similar = weighted_jaccard([tags[i] for i in rows], [tags[j] for j in clients])
    if wish.embeddings is not None:
        if wish.asks_model:
            vectors = evidence.weights.embeddings(ranking.samples)
        else:
            vectors = embeddings_in(ranking.samples, wish.embeddings)
        similar = (similar + cosine(vectors[list(rows)], vectors[list(clients)])) / 2
    where = {j: column for column, j in enumerate(clients)}
    for row, place in enumerate(rows):  # also of a candidate without any skill
        if place in where:
            similar[row, where[place]] = 1.0
    return np.asarray(similar, dtype=np.float32)


def _pair(
    ranking: Ranking,
    evidence: Evidence,
    rows: Sequence[int],
    families: Sequence[str],
    wish: Wish,
) -> list[int]:
    """Return the rows of the positive and the negative candidate, within the limits."""
    limits = wish.limits
    of = {ranking[place].id: plain(one) for place, one in zip(rows, families, strict=True)}
    room = {
        name: limits if isinstance(limits, int) else 2 if limits is None else limits.get(name, 0)
        for name in of.values()
    }
    rates = {i: evidence.pass_rates[i] for i in of if i in evidence.pass_rates and room[of[i]]}
    pair = best_pair(rates)
    if pair is not None and room[of[pair[0][0]]] < 2:  # its family is full
        hard = pair[0][0]
        pair = best_pair({i: one for i, one in rates.items() if i == hard or of[i] != of[hard]})
    if pair is None:
        raise ConfigError(
            "`pair` needs two candidates with a pass rate between 0 and 1 in the families that are "
            "allowed; give `model` or `rates`, or leave it out"
        )
    return [list(of).index(id_) for id_, _ in pair]


def _said_pair(
    ranking: Ranking, evidence: Evidence, rows: Sequence[int], first: Sequence[int]
) -> Any:
    ids = [ranking[rows[row]].id for row in first]
    return tuple((id_, evidence.pass_rates[id_].rate) for id_ in ids)


def _account(choice: Choice, wish: Wish, greatest: float, n: int) -> str:
    reached = choice.objectives[-1] if choice.gains else 0.0
    share = reached / greatest if greatest else 0.0
    by = "skills" if wish.embeddings is None else f"skills and {wish.embeddings}"
    return (
        f"chosen {len(choice.members)} of {n:,} by facility location over {by}: objective "
        f"{reached:.3f} of the {greatest:.3f} that all reach ({share:.0%}); marginal gains "
        + ", ".join(f"{gain:.3f}" for gain in choice.gains[:12])
        + (" ..." if len(choice.gains) > 12 else "")
    )


def _cuts(eligible: int, choosable: int, represented: int) -> list[str]:
    notes = []
    if choosable < eligible:
        notes.append(f"chosen among the {choosable:,} of best quality, of {eligible:,}")
    if represented < eligible:
        notes.append(f"{represented:,} of {eligible:,} candidates, evenly spaced, stand for all")
    return notes


def _short(wish: Wish, choice: Choice, families: Sequence[str]) -> list[str]:
    """Say where the set is smaller than what was wished."""
    if len(choice.members) == wish.k:
        return []
    taken = Counter(plain(families[row]) for row in choice.members)
    lacking = [
        f"{name} {taken[name]} of {count}"
        for name, count in (wish.quota or {}).items()
        if taken[name] < count
    ]
    why = f" ({', '.join(lacking)})" if lacking else ""
    return [f"only {len(choice.members)} of {wish.k} could be chosen{why}"]


def _in_order(
    ranking: Ranking, rows: Sequence[int], choice: Choice, families: Sequence[str]
) -> Ranking:
    members = [rows[row] for row in choice.members]
    those = frozenset(members)
    order = [*members, *(place for place in range(len(ranking)) if place not in those)]
    rest = [None] * (len(order) - len(members))
    columns: dict[str, Sequence[Any]] = {
        "rank": list(range(1, len(order) + 1)),
        "id": [ranking.columns["id"][place] for place in order],
        "chosen": [*range(1, len(members) + 1), *rest],
        "marginal_gain": [*choice.gains, *rest],
        "objective": [*choice.objectives, *rest],
        "chosen_family": [*(families[row] for row in choice.members), *rest],
    }
    for name, values in ranking.columns.items():
        columns.setdefault(name, [values[place] for place in order])
    return replace(
        ranking,
        samples=tuple(ranking[place] for place in order),
        columns=columns,
        sorted_by="chosen",
    )
