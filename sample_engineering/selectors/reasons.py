"""Reasons of a candidate, in the order in which people want them."""

from collections.abc import Iterable, Iterator, Mapping

from sample_engineering.selectors.declared import strongest_first
from sample_engineering.selectors.protocol import Scores, Selector


def reason_parts(
    selectors: Mapping[str, Selector], found: Mapping[str, Scores], n: int
) -> Iterator[list[tuple[int, int, str]]]:
    """Yield the reasons of each candidate with what orders them, see `Selector.place`.

    Yields
    ------
    list of tuple
        0 for what stops it, 1 for what marks it, else 2; the selector's place; the reason.
    """
    told = reasons_by_place(selectors, found)
    for candidate in range(n):
        yield parts_of(told, candidate)


def reasons_by_place(
    selectors: Mapping[str, Selector], found: Mapping[str, Scores]
) -> list[tuple[int, Scores]]:
    """Return what selectors yielded, with where its reasons come."""
    places = reason_places(selectors)
    return [(place, found[name]) for name, place in places.items() if name in found]


def parts_of(told: Iterable[tuple[int, Scores]], candidate: int) -> list[tuple[int, int, str]]:
    """Return the reasons of one candidate, see `reason_parts`."""
    return [
        (rank_of(scores, candidate), place, str(reason))
        for place, scores in told
        if (reason := scores.reasons[candidate])
    ]


def reason_places(selectors: Mapping[str, Selector]) -> dict[str, int]:
    """Return for each selector where its reasons come among those of one rank."""
    ordered = strongest_first(dict(sorted(selectors.items(), key=lambda item: item[1].place)))
    return {one.name: place for place, one in enumerate(ordered)}


def rank_of(scores: Scores, candidate: int) -> int:
    """Return how early a reason comes: 0 if it stops the candidate, 1 if it marks it, else 2."""
    if scores.stops is not None and scores.stops[candidate]:
        return 0
    return 1 if scores.marks is not None and scores.marks[candidate] else 2


def joined_reasons(parts: Iterable[tuple[int, int, str]]) -> str:
    """Join the reasons of a candidate in the order in which people want them."""
    return "; ".join(text for _, _, text in sorted(parts, key=lambda part: part[:2]))
