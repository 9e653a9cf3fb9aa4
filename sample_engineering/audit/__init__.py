"""Is this label right? Checks that hold a sample's label against its own text and a model's work.

A label is a claim. Each check is one short file in `checks`, declared in the registry under the
kind ``check``; other packages add theirs by an entry point of ``sample_engineering.check``.
"""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
