"""Selectors: one value and one reason per candidate, and the ranking that combines them."""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
