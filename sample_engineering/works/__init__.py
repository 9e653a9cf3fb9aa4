"""What is known of the works that stand beside this toolkit: a file each, and what is built of it.

The files are data, ``ARXIV.toml``; `work.py` reads them. Tables, pages and ``docs/neighbours.md``
are made from them, so that what was reproduced of a paper, and what was not, is said in one place.
"""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
