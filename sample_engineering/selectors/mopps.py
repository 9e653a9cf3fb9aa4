"""MoPPS: the pass rate to expect next, by a posterior that forgets."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.history_variance import missing_note
from sample_engineering.selectors.protocol import ASKED, Scores, Selector
from sample_engineering.selectors.settings import number

if TYPE_CHECKING:
    import numpy


class MoPPS(Selector):
    """-(r - target)^2 with r the posterior mean of the pass rate, in [-1, 0].

    Each visit with share s right of n rollouts moves the posterior Beta(a, b) to

        a <- d a + (1 - d) a0 + s n,    b <- d b + (1 - d) b0 + (1 - s) n,

    so that the past fades by d a visit towards the prior Beta(a0, b0). Columns: ``mopps_rate``, the
    mean a / (a + b), and ``mopps_draw``, the same objective for one draw of Thompson sampling, by
    `seed`. n is `group_size`. Missing visits are left out.

    In the code published at thu-rllab/MoPPS (commit a883f51, lines 77 and 78) the condition on
    ``rollout.n`` takes in the whole sum, so that n = 1 resets both parameters to 8; not so here.

    Parameters
    ----------
    decay : float
        d, in [0, 1]; 1 forgets nothing.
    target : float
        The pass rate wanted.
    prior : float
        a0 = b0, above 0; 1 is the uniform prior of the paper.

    References
    ----------
    Qu et al. 2025, "Can Prompt Difficulty be Online Predicted for Accelerating RL Finetuning of
    Reasoning Models?", arXiv 2507.04632.
    """

    name = "mopps"
    summary = "-(r - 1/2)^2, r the pass rate by a posterior that forgets (arXiv 2507.04632)"
    tier = "history"
    needs = ("history",)
    mend = "give `history`"
    reads = ("group_size", "seed")
    bounds = (-1.0, 0.0)
    columns = ("mopps_rate", "mopps_draw")
    place = 60
    when = ASKED

    def __init__(self, *, decay: float = 0.5, target: float = 0.5, prior: float = 1.0) -> None:
        self.decay = number("decay", decay, 0, 1)
        self.target = number("target", target, 0, 1)
        self.prior = number("prior", prior, 1e-6, 1e6)

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        pool, history = evidence.pool, evidence.history
        posteriors = [
            None if (visits := history.get(sample.id)) is None
            else self.posterior(visits, evidence.group_size)
            for sample in pool
        ]  # fmt: skip
        known = np.array([(np.nan, np.nan) if one is None else one for one in posteriors])
        known = known.reshape(-1, 2)
        mean = known[:, 0] / known.sum(axis=1)
        there = ~np.isnan(mean)
        drawn = np.full(len(pool), np.nan)
        # One draw for each candidate in the order of the pool, whatever the others are.
        rng = np.random.default_rng(evidence.seed)
        drawn[there] = rng.beta(known[there, 0], known[there, 1])
        columns = {"mopps_rate": _listed(mean), "mopps_draw": _listed(self._nearness(drawn))}
        nothing = [None] * len(pool)
        return Scores(self._nearness(mean), nothing, columns, missing_note(pool, history))

    def posterior(self, visits: Iterable[float], rollouts: int) -> tuple[float, float]:
        """Return the parameters of the posterior after all visits, NaN for a missing one."""
        a = b = self.prior
        for share in visits:
            if share == share:
                faded = (1 - self.decay) * self.prior
                a = self.decay * a + faded + share * rollouts
                b = self.decay * b + faded + (1 - share) * rollouts
        return a, b

    def _nearness(self, rates: "numpy.ndarray") -> "numpy.ndarray":
        near: numpy.ndarray = -((rates - self.target) ** 2)
        return near


def _listed(values: "numpy.ndarray") -> list[float | None]:
    return [None if value != value else float(value) for value in values]
