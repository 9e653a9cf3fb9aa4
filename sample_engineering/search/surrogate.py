"""A surrogate of lift: what a few trainings say of the candidates that were not trained on.

A Gaussian process over candidates, by hand, since all it needs is a linear model with a spread of
its own for each candidate:

    lift = level + slope * score + skills . effects + columns . effects + own part + noise

How large each part is, is not known beforehand; the models of a small grid of answers are averaged,
each with the weight that the lifts seen so far give it (Bayesian model averaging; Rasmussen and
Williams, Gaussian Processes for Machine Learning, chapters 2 and 5). So a first bad trial does not
make the surrogate sure of anything, and with no data at all it is the ranking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError
from sample_engineering.search.features import Features

if TYPE_CHECKING:
    import numpy as np

# Standard deviation of lift between candidates. From one point of accuracy, where which sample is
# trained on hardly matters, to sixteen: the first edition of the embedded world had 4 to 6 points,
# its second has natural samples from +12 to +24 (docs/lab/microcosm.md).
# Beforehand each counts in proportion to itself: with all alike, intervals were too short where
# candidates differ (docs/lab/search.md).
AMPLITUDES = (0.01, 0.02, 0.04, 0.08, 0.16)
# Noise of one training, beside the error over items, in amplitudes. In the embedded world two
# seeds of a sample differ by a tenth of what samples differ by (docs/lab/search.md).
NOISES = (0.1, 0.25, 0.5)
# Shares of the variance that the score leaves: skills, columns, and each candidate's own.
MIXES = ((0.7, 0.1, 0.2), (0.35, 0.15, 0.5), (0.1, 0.1, 0.8))
# The score of the ranking explains some of the lift, how much is uncertain: its slope in
# amplitudes, mean and standard deviation. Chosen by simulation (docs/lab/search.md): wider priors
# explore more than a good ranking deserves, and a bad one is found out all the same.
SLOPE, SLOPE_SPREAD = 0.6, 0.3
# Any level of lift is possible, in accuracy.
LEVEL_SPREAD = 0.3
# All trials answer the same items, so that part of the error of a lift moves all of them alike and
# says nothing of which is greater; half of its variance is taken to be each trial's own.
OWN_ERROR = 0.5


@dataclass(frozen=True)
class Observation:
    """The lift that one training had.

    Parameters
    ----------
    place : int
        Of the candidate, from 0.
    lift : float
        Accuracy after less before.
    error : float
        Its standard error over items; 0 where it has none.
    """

    place: int
    lift: float
    error: float = 0.0


@dataclass(frozen=True)
class Belief:
    """What is believed of the lift of each candidate.

    Parameters
    ----------
    mean : ndarray, shape (n,)
        Expected lift, in accuracy.
    covariance : ndarray, shape (n, n)
    noise : ndarray, shape (n,)
        Variance of one further training of a candidate, beside the uncertainty of its lift.
    """

    mean: "np.ndarray"
    covariance: "np.ndarray"
    noise: "np.ndarray"

    @cached_property
    def sd(self) -> "np.ndarray":
        """Standard deviation of the lift of each candidate, shape (n,)."""
        import numpy as np

        found: np.ndarray = np.sqrt(np.clip(np.diag(self.covariance), 0, None))
        return found


def believe(features: Features, observations: Sequence[Observation] = ()) -> Belief:
    """Return what is to be believed after some trainings.

    Parameters
    ----------
    features : Features
        Of the candidates.
    observations : sequence of Observation
        In any order; a candidate may have several, of different training seeds.

    Raises
    ------
    ConfigError
        If an observation is of no candidate, or no finite number.
    """
    import numpy as np

    places = np.array([one.place for one in observations], dtype=int)
    lifts = np.array([one.lift for one in observations], dtype=float)
    errors = np.array([one.error for one in observations], dtype=float)
    if ((places < 0) | (places >= len(features))).any():
        raise ConfigError(f"`observations`: a place lies outside 0..{len(features) - 1}")
    if not (np.isfinite(lifts).all() and np.isfinite(errors).all()):
        raise ConfigError("`observations` must be finite numbers; leave out what was not measured")
    usual = float(np.mean(errors**2)) if len(errors) else 0.0
    parts = _Parts.of(features)
    grid = list(product(AMPLITUDES, NOISES, MIXES))
    models = [_posterior(parts, *sizes, places, lifts, OWN_ERROR * errors**2) for sizes in grid]
    logs = np.array([model.evidence for model in models])
    logs += [np.log(amplitude) for amplitude, _, _ in grid]
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    means = np.array([model.mean for model in models])
    mean = weights @ means
    covariance = sum(
        weight * (model.covariance + np.outer(model.mean - mean, model.mean - mean))
        for weight, model in zip(weights, models, strict=True)
    )
    noise = sum(weight * model.noise for weight, model in zip(weights, models, strict=True))
    whole = np.full(len(features), float(noise) + OWN_ERROR * usual)
    return Belief(mean, np.asarray(covariance), whole)


@dataclass(frozen=True)
class _Posterior:
    mean: "np.ndarray"
    covariance: "np.ndarray"
    noise: float
    evidence: float  # logarithm of the density of the lifts


@dataclass(frozen=True)
class _Parts:
    """What the parts of the lifts of each two candidates have in common, each (n, n)."""

    score: "np.ndarray"  # (n,)
    scores: "np.ndarray"
    skills: "np.ndarray"
    columns: "np.ndarray"
    own: "np.ndarray"

    @classmethod
    def of(cls, features: Features) -> "_Parts":
        import numpy as np

        return cls(
            features.score,
            np.outer(features.score, features.score),
            features.skills @ features.skills.T,
            features.columns @ features.columns.T / max(features.columns.shape[1], 1),
            np.eye(len(features)),
        )

    def kernel(self, amplitude: float, mix: tuple[float, float, float]) -> "np.ndarray":
        """Covariance of lifts before anything is seen."""
        skills, columns, own = mix
        varied = SLOPE_SPREAD**2 * self.scores + skills * self.skills
        varied = varied + columns * self.columns + own * self.own
        found: np.ndarray = amplitude**2 * varied + LEVEL_SPREAD**2
        return found


def _posterior(
    parts: _Parts,
    amplitude: float,
    noise: float,
    mix: tuple[float, float, float],
    places: "np.ndarray",
    lifts: "np.ndarray",
    variances: "np.ndarray",
) -> _Posterior:
    """Return what one answer to how large each part is makes of the lifts."""
    import numpy as np
    from scipy.linalg import cho_factor, cho_solve

    prior = SLOPE * amplitude * parts.score
    kernel = parts.kernel(amplitude, mix)
    variance = (noise * amplitude) ** 2
    if not len(places):
        return _Posterior(prior, kernel, variance, 0.0)
    factor = cho_factor(kernel[np.ix_(places, places)] + np.diag(variance + variances), lower=True)
    rest = lifts - prior[places]
    across = kernel[:, places]
    solved = cho_solve(factor, rest)
    evidence = -0.5 * rest @ solved - np.log(np.diag(factor[0])).sum()
    return _Posterior(
        prior + across @ solved,
        kernel - across @ cho_solve(factor, across.T),
        variance,
        float(evidence),
    )
