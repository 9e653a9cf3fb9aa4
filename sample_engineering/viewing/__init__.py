"""A folder of runs in the browser: which there are, what each found, live while one is going."""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
