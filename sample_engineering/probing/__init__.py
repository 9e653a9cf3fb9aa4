"""Probing: roll a model out on every candidate, grade what it writes, and say what that shows."""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
