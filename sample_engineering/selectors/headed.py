"""Which columns of a ranking are shown as figures, and what they are called there."""

from sample_engineering.selectors.declared import find_selectors, strongest_first
from sample_engineering.selectors.table import Ranking


def headings(ranking: Ranking) -> dict[str, str]:
    """Return the name of each column that is shown: what sorts first, then the strongest evidence.

    Columns of which nothing is known are left out, rank, id, tier and reasons are not named.

    Parameters
    ----------
    ranking : Ranking
        Those of its candidates that are shown: what is known of none of them has no column.
    """
    sorted_by = ranking.sorted_by.removeprefix("-")
    named = {
        one.name: one.heading
        for one in strongest_first(find_selectors())
        if one.heading and any(value is not None for value in ranking.columns.get(one.name, ()))
    }
    if sorted_by not in named and sorted_by != "score":
        named = {sorted_by: sorted_by.replace("_", " "), **named}
    if "chosen" in ranking.columns:  # the number of the choice is the rank
        named.pop("chosen", None)
        named = {"chosen_family": "family", "marginal_gain": "gain", **named}
    if "ladder_step" in ranking.columns:
        named = {"ladder_step": "step", "pass_rate": "pass rate", **named}
    if any(value is not None for value in ranking.columns["score"]):
        named = {"score": "score", **named}
    return named
