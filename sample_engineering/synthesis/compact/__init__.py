"""The compact dialect: word problems over small whole numbers, for the microcosm."""

from sample_engineering.synthesis.compact.composing import compose_compact, draw_chain
from sample_engineering.synthesis.compact.problem import (
    HELD_OUT_NUMBERS,
    Problem,
    draw_problem,
    must_draw,
)
from sample_engineering.synthesis.compact.templates import (
    Template,
    compact_domains,
    compact_skills,
    templates,
)

__all__ = [
    "HELD_OUT_NUMBERS",
    "Problem",
    "Template",
    "compact_domains",
    "compact_skills",
    "compose_compact",
    "draw_chain",
    "draw_problem",
    "must_draw",
    "templates",
]
