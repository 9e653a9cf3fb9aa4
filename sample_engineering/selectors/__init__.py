"""Selectors: one value and one reason per candidate, and the ranking that combines them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOME = {
    "CrossDomain": "cross_domain",
    "DifficultyPrior": "difficulty",
    "Explanation": "table",
    "Gradability": "gradability",
    "History": "history",
    "HistoryVariance": "history_variance",
    "LIM": "lim",
    "Learnability": "learnability",
    "Novelty": "novelty",
    "OverlapIndex": "overlap",
    "PassRate": "pass_rates",
    "Ranking": "table",
    "ReasoningDependence": "reasoning_dependence",
    "Scores": "protocol",
    "Selector": "protocol",
    "SkillSalience": "skill_salience",
    "TIERS": "protocol",
    "WrittenOperations": "written_operations",
    "rank_pool": "ranking",
    "read_history": "history",
}

__all__ = [
    "LIM",
    "TIERS",
    "CrossDomain",
    "DifficultyPrior",
    "Explanation",
    "Gradability",
    "History",
    "HistoryVariance",
    "Learnability",
    "Novelty",
    "OverlapIndex",
    "PassRate",
    "Ranking",
    "ReasoningDependence",
    "Scores",
    "Selector",
    "SkillSalience",
    "WrittenOperations",
    "rank_pool",
    "read_history",
]

if TYPE_CHECKING:
    from sample_engineering.selectors.cross_domain import CrossDomain
    from sample_engineering.selectors.difficulty import DifficultyPrior
    from sample_engineering.selectors.gradability import Gradability
    from sample_engineering.selectors.history import History, read_history
    from sample_engineering.selectors.history_variance import HistoryVariance
    from sample_engineering.selectors.learnability import Learnability
    from sample_engineering.selectors.lim import LIM
    from sample_engineering.selectors.novelty import Novelty
    from sample_engineering.selectors.overlap import OverlapIndex
    from sample_engineering.selectors.pass_rates import PassRate
    from sample_engineering.selectors.protocol import TIERS, Scores, Selector
    from sample_engineering.selectors.ranking import rank_pool
    from sample_engineering.selectors.reasoning_dependence import ReasoningDependence
    from sample_engineering.selectors.skill_salience import SkillSalience
    from sample_engineering.selectors.table import Explanation, Ranking
    from sample_engineering.selectors.written_operations import WrittenOperations


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
