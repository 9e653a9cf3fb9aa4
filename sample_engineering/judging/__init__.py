"""A judge model for answers that no rule reads, the hybrid of both, and the judge's own audit."""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
