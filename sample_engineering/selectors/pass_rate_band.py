"""Pass-rate band: keep what is neither too hard nor too easy."""

from sample_engineering.errors import ConfigError
from sample_engineering.selectors.of_pass_rate import OfPassRate
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.settings import number


class PassRateBand(OfPassRate):
    """1 where low <= p <= high, else 0; `difficulty_prior` is its soft form.

    Parameters
    ----------
    low, high : float
        Ends of the band, 0 <= low < high <= 1.

    References
    ----------
    The offline filter of many recipes, e.g. volcengine/verl issue 2791 (0.2 to 0.8).
    """

    name = "pass_rate_band"
    summary = "1 for pass rates from low to high (0.2 to 0.8), else 0"
    place = 64

    def __init__(self, *, low: float = 0.2, high: float = 0.8) -> None:
        self.low, self.high = number("low", low, 0, 1), number("high", high, 0, 1)
        if not self.low < self.high:
            raise ConfigError(
                f"`settings`: the band from {low} to {high} is empty; give low < high"
            )

    def of(self, known: PassRate, group_size: int) -> float:
        return float(self.low <= known.rate <= self.high)
