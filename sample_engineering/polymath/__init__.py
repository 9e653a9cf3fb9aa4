"""The method of the polymath paper as one run: from nothing to a prime and its specialists.

Candidates are composed (by the symbolic composer, or by language models that also solve each
other's), refused for a counted reason or kept, listed with their skills family by family, and one
specialist a family and the prime are chosen; or natural ones are picked from a pool by the paper's
rule. `plan` says what is done, `run` does it, `folder` keeps it, `result` and `page` show it.

References
----------
Li et al. 2026, "One Sample to Rule Them All: Extreme Data Efficiency in RL Scaling", arXiv
2601.03111.
"""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
