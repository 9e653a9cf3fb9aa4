"""Sweeps: what many samples are worth, each validated, on as many machines as there are.

`plan` says what is to be done, `schedule` which piece may be done next and which candidates go on,
a crew (`local_crew`, `ray_crew`) does pieces side by side, `folder` keeps what was done, and `loop`
goes round. A piece is one training of one candidate with its evaluation, and lies in the run folder
of that candidate, so that any crew finds what another one left.
"""

from sample_engineering.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, __file__)
