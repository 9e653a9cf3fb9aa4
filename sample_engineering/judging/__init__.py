"""A judge model for answers that no rule reads, the hybrid of both, and the judge's own audit."""

from sample_engineering.judging.asking import Case
from sample_engineering.judging.auditing import JudgeAudit, audit_judge
from sample_engineering.judging.hybrid import HybridGrader
from sample_engineering.judging.judge import Judge, Ruling
from sample_engineering.judging.settings import JudgeSettings

__all__ = [
    "Case",
    "HybridGrader",
    "Judge",
    "JudgeAudit",
    "JudgeSettings",
    "Ruling",
    "audit_judge",
]
