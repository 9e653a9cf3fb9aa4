"""What is known of candidates before any of them is trained on, as numbers for a regression."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

    from sample_engineering.selectors.evidence import Evidence
    from sample_engineering.selectors.table import Ranking

# Columns of the ranking that say something of lift beside the score that is made of others.
_COLUMNS = ("written_operations", "learnability")


@dataclass(frozen=True)
class Features:
    """Candidates as a surrogate of lift sees them.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Normal scores of the ranking: the ranks of `se rank` as quantiles of a standard normal
        distribution, the first choice highest. Ranks, since the score has no unit.
    skills : ndarray, shape (n, s)
        How much of the targets' demand each skill of a candidate covers, scaled so that the mean
        square length of a row is 1 (0 where no candidate shows a skill that is wanted).
    columns : ndarray, shape (n, c)
        Further measures, each of mean 0 and variance 1; 0 where one is unknown.

    Raises
    ------
    ConfigError
        If the parts are not of one length, or hold something that is no finite number.
    """

    score: "np.ndarray"
    skills: "np.ndarray"
    columns: "np.ndarray"

    def __post_init__(self) -> None:
        import numpy as np

        for name in ("score", "skills", "columns"):
            values = np.asarray(getattr(self, name), dtype=float)
            if len(values) != len(self.score) or not np.isfinite(values).all():
                raise ConfigError(f"`{name}` must hold finite numbers, as many as candidates")
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.score)

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers, ready for JSON."""
        return {name: getattr(self, name).tolist() for name in ("score", "skills", "columns")}

    @classmethod
    def from_dict(cls, record: Any) -> "Features":
        """Read what `to_dict` gave; ConfigError if it is no such record."""
        import numpy as np

        try:
            score = np.array(record["score"], dtype=float)
            parts = [np.array(record[name], dtype=float) for name in ("skills", "columns")]
            skills, columns = (part.reshape(len(score), -1) for part in parts)
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise ConfigError(f"`features` are damaged ({error}); start anew") from error
        return cls(score, skills, columns)


def describe(evidence: "Evidence", ranking: "Ranking") -> Features:
    """Describe candidates, in the order of a ranking.

    Parameters
    ----------
    evidence : Evidence
        What is known of the pool that was ranked.
    ranking : Ranking
        By score, whole or a part, at least one candidate.
    """
    import numpy as np

    from sample_engineering.selectors.demand import mean_shares

    shares = mean_shares(evidence.demand, evidence.targets)
    tags = [evidence.tags[sample.id] for sample in ranking]
    names = sorted({name for one in tags for name in one if shares.get(name, 0.0) > 0})
    # What one skill can add to lift grows with the share of the problems that need it.
    skills = np.array([[one.get(name, 0.0) * shares[name] for name in names] for one in tags])
    skills = skills.reshape(len(ranking), len(names))
    length = np.mean((skills**2).sum(axis=1))
    columns = [_standard(ranking.columns.get(name), len(ranking)) for name in _COLUMNS]
    return Features(
        normal_scores(ranking.columns["score"]),
        skills / np.sqrt(length) if length > 0 else skills,
        np.stack(columns, axis=1),
    )


def normal_scores(values: Sequence[float | None]) -> "np.ndarray":
    """Return ranks as normal quantiles, the greatest highest; ties share, unknown ones are last."""
    import numpy as np
    from scipy.stats import norm, rankdata

    known = np.array([-np.inf if value is None else float(value) for value in values])
    scores: np.ndarray = norm.ppf((rankdata(known) - 0.5) / max(len(known), 1))
    return scores


def _standard(values: Sequence[Any] | None, count: int) -> "np.ndarray":
    """Return values with mean 0 and variance 1; all 0 where nothing is known or all are alike."""
    import numpy as np

    found = np.full(count, np.nan)
    for place, value in enumerate(values or ()):
        found[place] = np.nan if value is None else float(value)
    known = np.isfinite(found)
    if known.sum() < 2 or (spread := found[known].std()) == 0:
        return np.zeros(count)
    return np.where(known, (found - found[known].mean()) / spread, 0.0)
