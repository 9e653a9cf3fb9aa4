"""Natural samples by the paper's rule: in each category, the lowest LIM score that still passes."""

from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.choosing import Choice
from sample_engineering.polymath.folder import PolymathFolder
from sample_engineering.polymath.funnel import funnel
from sample_engineering.polymath.plan import NATURAL, PolymathPlan
from sample_engineering.polymath.result import PolymathResult
from sample_engineering.polymath.run import finish
from sample_engineering.selectors.category_rule import CategoryRule, lim_of
from sample_engineering.selectors.evidence import Evidence

if TYPE_CHECKING:
    from sample_engineering.pool import Pool
    from sample_engineering.selectors.evidence import Histories

_KNOWN, _PASSES = "LIM score", "threshold"


def pick(
    pool: "Pool", history: "Histories | None", threshold: float | None, place: Path
) -> PolymathResult:
    """Pick one sample of each category, and write them as a run does.

    Parameters
    ----------
    pool : Pool
    history : optional
        See `Evidence`; None: the pool's own field ``lim``.
    threshold : float, optional
        Lowest LIM score that passes; None: the published one.
    place : Path
        The folder.

    Raises
    ------
    ConfigError
        If there is no LIM score at all.
    """
    rule = CategoryRule() if threshold is None else CategoryRule(threshold=threshold)
    evidence = Evidence(pool, history=history)
    if not evidence.has("lim_scores"):
        raise ConfigError("`natural` needs LIM scores: give `history`, or a pool with a field lim")
    found = rule.score(evidence)
    plan = PolymathPlan(
        place, NATURAL, n=len(pool), domains=(), threshold=rule.threshold, pool=pool.name
    )
    lims = lim_of(evidence)
    candidates = []
    members: dict[str, list[Candidate]] = {}
    for number, sample in enumerate(evidence.pool):
        one = Candidate(number, NATURAL, sample)
        candidates.append(one)
        place_ = found.columns["rule_place"][number]
        if lims[number] != lims[number]:
            one.refuse(_KNOWN, "unknown: no history of it")
            continue
        one.lim = round(float(lims[number]), 6)
        if place_ is None:
            one.refuse(_PASSES, f"below {rule.threshold:g}: {one.lim:.2f}")
            continue
        members.setdefault(str(found.columns["rule_category"][number]), []).append(one)
    choices = []
    for category, those in members.items():
        those.sort(key=lambda one: found.columns["rule_place"][one.number] or 0)
        best = those[0]
        tied = tuple(one.id for one in those[1:] if one.lim == best.lim)
        best.category = category
        why = f"lowest LIM of at least {rule.threshold:g}, of {len(those):,} in {category}"
        choices.append(Choice(f"natural of {category}", best, why, tied))
        best.roles.append(choices[-1].role)
    folder = PolymathFolder.create(plan)
    try:
        folder.settle(candidates)
        result = PolymathResult(
            plan, tuple(candidates), tuple(choices), funnel(candidates, (_KNOWN, _PASSES)), {}
        )
        finish(result, folder)
    finally:
        folder.close()
    return result
