"""Step gain: how strongly training on a candidate would push towards writing its steps."""

from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.protocol import Scores
from sample_engineering.selectors.written_operations import WrittenOperations

Rollouts = Sequence[tuple[str, bool]]  # completion and whether it is right


class StepGain:
    """Written steps times the group-normalised advantage, averaged over rollouts.

    Group-relative training adds to the log-probability of a rollout in proportion to its advantage
    ``(r - mean) / sd``. So, to first order, the mean of advantage times written steps is the change
    in the number of steps that the first update asks for: positive where right rollouts write more
    than wrong ones, large where that difference is reliable and both kinds are common, zero where
    all rollouts are right or all wrong. It lies between plus and minus the standard deviation of
    the number of steps.

    Parameters
    ----------
    rollouts : mapping of str to sequence of (str, bool)
        Sampled completions of each candidate by id, each with whether it is right.
    """

    name = "step_gain"
    needs = "rollouts"
    tier = "probed"
    bounds = (float("-inf"), float("inf"))

    def __init__(self, rollouts: Mapping[str, Rollouts]) -> None:
        self.rollouts = rollouts

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        values = np.full(len(pool), np.nan)
        reasons: list[str | None] = [None] * len(pool)
        counter = WrittenOperations({})
        for place, sample in enumerate(pool):
            known = self.rollouts.get(sample.id)
            if not known:
                continue
            right = np.array([correct for _, correct in known], dtype=float)
            # The completion stands where a solution would, so that steps are counted alike.
            written = [sample.with_(solution=text or " ") for text, _ in known]
            steps = counter.score(written).values
            spread = right.std()
            if spread == 0:
                values[place] = 0.0
                reasons[place] = "all rollouts alike, nothing to push"
                continue
            values[place] = float(np.mean((right - right.mean()) * steps) / spread)
            more = steps[right == 1].mean() - steps[right == 0].mean()
            reasons[place] = f"right rollouts write {more:+.1f} steps beside wrong ones"
        return Scores(self.name, values, reasons)
