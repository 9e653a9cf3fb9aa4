"""Is a lift found on problems that nobody can have seen? In sentences, with intervals.

A published benchmark may have been seen in pretraining, and a training may only bring out what a
model knows by heart ("Reasoning or Memorization?", arXiv 2507.10532). A lift on problems that were
made after the model was published cannot come from that. The opposite does not follow: other
problems may be lifted less for other reasons, which the sentences leave open.
"""

from collections.abc import Mapping

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.made import Made
from sample_engineering.evaluation.reasons import interval


def clean_lift(lift: Comparison, made: Mapping[str, Made]) -> list[str]:
    """Say whether the lift on published benchmarks is found on the fresh ones.

    Parameters
    ----------
    lift : Comparison
        Of a benchmark, or of a set.
    made : mapping from benchmark to Made
        Those whose problems were made anew.

    Returns
    -------
    list of str
        Empty where nothing was made anew.
    """
    if not made:
        return []
    published = {name: one for name, one in lift.benchmarks.items() if name not in made}
    fresh = {name: one for name, one in lift.benchmarks.items() if name in made}
    found = [
        _beside(old, seen, new, unseen)
        for old, seen in published.items()
        for new, unseen in fresh.items()
    ]
    return [sentence for sentence in found if sentence] + [f"{one}." for one in made.values()]


def _beside(old: str, seen: Effect, new: str, unseen: Effect) -> str:
    figures = f"{new} {interval(unseen)}, {old} {interval(seen)}"
    if seen.ci_low > 0 and unseen.ci_low > 0:
        return (
            f"The lift on {old} is found on {new} too: {figures}; having seen {old} does not "
            "explain it."
        )
    if seen.ci_low > 0 and unseen.ci_high < seen.lift:
        return (
            f"The lift on {old} is not found on {new}: {figures}. So large a lift is ruled out "
            f"there; the model may know {old} by heart, or {new} may ask for something else."
        )
    if seen.ci_low > 0:
        return (
            f"The lift on {old} is not shown on {new}, nor is it ruled out there: {figures}; ask "
            f"more problems ({new}?n=...)."
        )
    if unseen.ci_low > 0:
        return f"The lift on {new} is not shown on {old}: {figures}."
    return ""
