"""The notebook API: resolves defaults and joins the wings.

What is left open becomes the embedded microcosm: its model, benchmark, recipe, pool and sample.
Nothing below this module knows that there is one.
"""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
