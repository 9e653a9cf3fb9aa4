"""Stored rollouts and histories, as trainers and evaluations write them: one reader for all."""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
