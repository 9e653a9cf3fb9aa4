"""Do equal or nearly equal problems carry different labels?"""

# ruff: noqa: SIM905 (tables of words read best as words)

import re
from collections.abc import Iterator

from sample_engineering.audit.claims import Claim, Claims
from sample_engineering.audit.findings import Finding
from sample_engineering.grading import grade
from sample_engineering.selectors.overlap import OverlapIndex, tokens_of

# Words that may differ between two tellings of one problem.
_EMPTY = frozenset(
    """a an the is are was be find compute determine calculate what evaluate please then so that
    which it its if let suppose given we have there express give write your answer in as form
    simplest simplified decimal number value of""".split()
)
_DRAWING = "[asy]"
_SPACE = re.compile(r"\s+")


class Conflict:
    """The same problem has several labels, or a near-copy of it has another."""

    name = "conflict"
    summary = "the same problem, or a near-copy of it, has another label"
    needs = "pool"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield a severe finding for equal problems, a warning for near-copies."""
        known: dict[tuple[str, frozenset[str], tuple[str, ...]], list[Claim]] = {}
        index = OverlapIndex()
        places: list[Claim] = []
        for claim in claims:
            if claim.gold is None:
                continue
            shown = tuple(image.digest for image in claim.sample.images)
            same = known.setdefault((_plain(claim), _options(claim), shown), [])
            rivals = [other for other in same if not _agree(claim, other)]
            for other in rivals[:1]:
                yield self._severe(claim, other)
                yield self._severe(other, claim)
            if not same:
                tokens = tokens_of(claim.problem)
                match = index.nearest(tokens)
                if match is not None and match.kind in ("copy", "near-copy"):
                    yield from self._near(claim, places[match.index], match.similarity)
                index.add(tokens)
                places.append(claim)
            same.append(claim)

    def _severe(self, claim: Claim, other: Claim) -> Finding:
        return Finding(
            self.name,
            "severe",
            claim.sample.id,
            f"the same problem has the label {claim.sample.answer} here and "
            f"{other.sample.answer} in {other.sample.id}",
            {
                "label": claim.sample.answer,
                "other": other.sample.id,
                "other_label": other.sample.answer,
            },
        )

    def _near(self, claim: Claim, other: Claim, similarity: float) -> Iterator[Finding]:
        if not _says_the_same(claim, other) or _agree(claim, other):
            return
        for one, two in ((claim, other), (other, claim)):
            yield Finding(
                self.name,
                "warning",
                one.sample.id,
                f"a near-copy, {two.sample.id}, has the label "
                f"{two.sample.answer} instead of {one.sample.answer}",
                {
                    "label": one.sample.answer,
                    "other": two.sample.id,
                    "other_label": two.sample.answer,
                    "similarity": round(similarity, 3),
                },
            )


def _options(claim: Claim) -> frozenset[str]:
    """The options in whatever order: with others it is another question."""
    return frozenset(_SPACE.sub(" ", text).strip() for text in claim.sample.choices or ())


def _chosen(claim: Claim) -> str | None:
    """The text of the option that the label names."""
    assert claim.gold is not None
    if claim.gold.kind != "choice" or not claim.sample.choices:
        return None
    place = ord(str(claim.gold.value)) - ord("A")
    text = claim.sample.choices[place] if 0 <= place < len(claim.sample.choices) else ""
    return _SPACE.sub(" ", text).strip()


def _plain(claim: Claim) -> str:
    return _SPACE.sub(" ", claim.sample.problem).strip()


def _says_the_same(one: Claim, two: Claim) -> bool:
    """Whether two problems differ in words that carry no meaning, and in no drawing."""
    if _options(one) != _options(two) or one.sample.images != two.sample.images:
        return False
    if _DRAWING in one.sample.problem or _DRAWING in two.sample.problem:
        return False
    first, second = (
        [token for token in tokens_of(claim.problem) if token not in _EMPTY] for claim in (one, two)
    )
    return first == second


def _agree(one: Claim, two: Claim) -> bool:
    """Whether the grader takes either label for the other."""
    assert one.gold is not None
    assert two.gold is not None
    chosen = _chosen(one), _chosen(two)
    if None not in chosen:
        return chosen[0] == chosen[1]
    return bool(
        grade(f"\\boxed{{{two.sample.answer}}}", one.gold)
        or grade(f"\\boxed{{{one.sample.answer}}}", two.gold)
    )
