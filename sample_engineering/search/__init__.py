"""Search: which sample of a pool is worth training on, found out by training on a few.

The two wings meet here: `features` reads what is known of candidates before training, `training`
what the package's own validation found of some; `surrogate` joins them into a belief of the lift of
all, and `proposing` says which to train on next. `loop` goes round, `folder` keeps what was done.
"""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
