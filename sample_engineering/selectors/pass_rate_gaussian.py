"""Gaussian pass-rate sampling: candidates near a pass rate that the curriculum is at."""

import math

from sample_engineering.selectors.of_pass_rate import OfPassRate
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.settings import number


class PassRateGaussian(OfPassRate):
    """exp(-(p - mu)^2 / (2 s^2)), in (0, 1]: the weight of a candidate relative to the best.

    A curriculum lets mu fall while it trains; rank anew with each mu.

    Parameters
    ----------
    mu, s : float
        Mean, in [0, 1], and standard deviation, in (0, 1], of the pass rates to draw. The
        sources publish no figures; 1/2 and 1/5 put the band from 0.3 to 0.7 within one deviation.

    References
    ----------
    Nemotron 3 Nano, technical report 2025 (curriculum by a Gaussian over pass rates with a falling
    mean); DEPO, arXiv 2509.01321 (normal difficulty).
    """

    name = "pass_rate_gaussian"
    summary = "exp(-(p - mu)^2 / (2 s^2)), mu = 0.5 and s = 0.2 unless set"
    place = 65

    def __init__(self, *, mu: float = 0.5, s: float = 0.2) -> None:
        self.mu, self.s = number("mu", mu, 0, 1), number("s", s, 1e-3, 1)

    def of(self, known: PassRate, group_size: int) -> float:
        return math.exp(-(((known.rate - self.mu) / self.s) ** 2) / 2)
