"""From a run folder to tables, figures and one HTML page."""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
