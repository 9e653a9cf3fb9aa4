"""The pair rule: one prompt that is rarely solved, and one that is rarely failed."""

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.of_pass_rate import OfPassRate
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.protocol import Scores

POSITIVE, NEGATIVE = "positive", "negative"


class PairRule(OfPassRate):
    """How well a candidate plays its role in a pair, in [0, 1]: 2|p - 1/2| for 0 < p < 1, else 0.

    The positive anchor q+ is the hard one that is still solved (lowest p > 0), the negative q- the
    easy one that is still failed (highest p < 1): rare successes of the one and rare failures of
    the other carry the largest advantages. The column ``pair_role`` names the role that a candidate
    is nearer to, ``positive`` up to p = 1/2 and ``negative`` above; none for p = 0 or 1, which can
    play neither. A note names the pair; `choose` with `pair` takes it.

    References
    ----------
    Sheng et al. 2026, "Beyond Variance: Prompt-Efficient RLVR via Rare-Event Amplification and
    Bidirectional Pairing", arXiv 2602.03452.
    """

    name = "pair_rule"
    summary = "2|p - 1/2| for 0 < p < 1: rarely solved or rarely failed (arXiv 2602.03452)"
    columns = ("pair_role",)
    place = 67

    def of(self, known: PassRate, group_size: int) -> float:
        return 2 * abs(known.rate - 0.5) if role_of(known) else 0.0

    def score(self, evidence: Evidence) -> Scores:
        found = super().score(evidence)
        rates = {sample.id: evidence.pass_rates.get(sample.id) for sample in evidence.pool}
        roles = [None if known is None else role_of(known) for known in rates.values()]
        pair = best_pair({id_: known for id_, known in rates.items() if known is not None})
        notes = (*found.notes, *(() if pair is None else (said(pair),)))
        return Scores(found.values, found.reasons, {"pair_role": roles}, notes)


def role_of(known: PassRate) -> str | None:
    """Return the role that a candidate is nearer to; None where it can play neither."""
    if not 0 < known.rate < 1:
        return None
    return POSITIVE if known.rate <= 0.5 else NEGATIVE


Pair = tuple[tuple[str, float], tuple[str, float]]


def best_pair(rates: "dict[str, PassRate]") -> Pair | None:
    """Return (id, p) of q+ and q-, of equals the first; None where there are no two.

    Where one candidate is both the hardest and the easiest that is mixed, the next one takes the
    other role.
    """
    mixed = [(id_, known.rate) for id_, known in rates.items() if role_of(known)]
    if len(mixed) < 2:
        return None
    hard = min(mixed, key=lambda one: one[1])
    easy = max((one for one in mixed if one[0] != hard[0]), key=lambda one: one[1])
    return hard, easy


def said(pair: Pair) -> str:
    """Return a pair in words."""
    (hard, low), (easy, high) = pair
    return f"positive-negative pair: q+ {hard} (pass rate {low:.3g}), q- {easy} ({high:.3g})"
