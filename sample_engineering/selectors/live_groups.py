"""Live-group rate: how many groups of the training to come will teach something."""

from sample_engineering.selectors.of_pass_rate import OfPassRate
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.posterior import dead_group_chance


class LiveGroupRate(OfPassRate):
    """Expected share of groups with both right and wrong rollouts, in [0, 1].

    1 - E[x^G] - E[(1 - x)^G] for groups of G, x ~ Beta(1/2 + right, 1/2 + wrong): what is left of
    `dead_group_chance`. Times the groups of a step it is the batch that counts.

    References
    ----------
    The Beta-binomial distribution with Jeffreys' prior; the dead groups are those that DAPO's
    dynamic sampling drops, arXiv 2503.14476, section 3.2.
    """

    name = "live_group_rate"
    summary = "1 - E[x^G] - E[(1 - x)^G], x ~ Beta(1/2 + right, 1/2 + wrong): groups with gradient"
    reads = ("rates", "group_size")
    place = 62

    def of(self, known: PassRate, group_size: int) -> float:
        return 1.0 - dead_group_chance(known, group_size)
