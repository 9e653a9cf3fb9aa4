"""Gradient alignment: would a step on the candidate go where the development set wants to go."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sample_engineering.errors import ConfigError, GoldError
from sample_engineering.grading import Gold, grade_batch, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.last_layer import LastLayer
from sample_engineering.selectors.protocol import NAMED, Scores, Selector
from sample_engineering.selectors.settings import number
from sample_engineering.selectors.weights import Weights

if TYPE_CHECKING:
    import numpy

ROLLOUTS, SOLUTION = "rollouts", "solution"


class GradientAlignment(Selector):
    """Cosine of the candidate's gradient and the development set's, times p(1 - p); in [-1/4, 1/4].

    The gradient is GRPO's: of `group_size` rollouts, each weighted by its advantage (reward minus
    the group's mean, over its deviation), mean over tokens, by the model's output layer only
    (`last_layer`). That of the development set is the mean of its items'. A dead group has no
    gradient, so value 0. Columns: ``gradient_cosine`` and ``gradient_dot`` (GradAlign's modes sim
    and dot; the value is its mode align, which is LearnAlign), ``gradient_pass_rate``, the share of
    right rollouts.

    Parameters
    ----------
    of : {"rollouts", "solution"}
        What gradients are of; the worked solutions (or answers) need no rollouts and have a
        gradient also where a model never succeeds; p(1 - p) is then 1/4 for all.
    items : int
        At most so many items of the development set, evenly spaced.

    References
    ----------
    Li et al. 2025, "LearnAlign", arXiv 2506.11480; Yang et al. 2026, "GradAlign", arXiv 2602.21492.
    Both take gradients of more of the model (adapters, or all); an output layer is what fits.
    """

    name = "gradient_alignment"
    summary = "cosine of policy gradients with a development set's times p(1 - p) (LearnAlign)"
    tier = "probed"
    needs = ("weights", "development")
    mend = "give `model`, a local one, and `development`"
    reads = ("group_size", "seed")
    bounds = (-0.25, 0.25)
    columns = ("gradient_cosine", "gradient_dot", "gradient_pass_rate")
    place = 83
    when = NAMED

    def __init__(self, *, of: str = ROLLOUTS, items: int = 32) -> None:
        if of not in (ROLLOUTS, SOLUTION):
            raise ConfigError(f"`settings`: of {of!r}; choose from {ROLLOUTS}, {SOLUTION}")
        self.of = of
        self.items = int(number("items", items, 1, 10_000))

    def score(self, evidence: Evidence) -> Scores:
        import numpy as np

        wanted = list(evidence.development)
        wanted = wanted[:: -(-len(wanted) // self.items)]
        layer = LastLayer(evidence.weights, len(wanted) + len(evidence.pool), evidence.seed)
        towards, rates = self._gradients(layer, wanted, evidence, evidence.seed + 1)
        target = towards.mean(axis=0)
        if not target.any():
            raise ConfigError(
                "`development`: no item has both right and wrong rollouts, so it has no gradient; "
                "give easier or more items, or set gradient_alignment.of=solution"
            )
        mine, rates = self._gradients(layer, evidence.pool, evidence, evidence.seed)
        dots = mine @ target
        lengths = np.linalg.norm(mine, axis=1)
        live = lengths > 0
        cosine = np.where(live, dots / np.where(live, lengths, 1) / np.linalg.norm(target), 0.0)
        uncertain = np.full(len(rates), 0.25) if self.of == SOLUTION else rates * (1 - rates)
        columns: dict[str, list[float | None]] = {
            "gradient_cosine": [
                float(c) if on else None for c, on in zip(cosine, live, strict=True)
            ],
            "gradient_dot": [float(d) for d in dots],
            "gradient_pass_rate": [None if r != r else float(r) for r in rates],
        }
        dead = int((~live).sum())
        notes = (f"no gradient, as all rollouts got the same reward: {dead:,}",) if dead else ()
        values = np.clip(cosine * np.nan_to_num(uncertain), -0.25, 0.25)
        return Scores(values, [None] * len(rates), columns, notes)

    def _gradients(
        self, layer: LastLayer, samples: Sequence[Sample], evidence: Evidence, seed: int
    ) -> tuple["numpy.ndarray", "numpy.ndarray"]:
        """Return the gradient of each sample, and its pass rate; NaN where none was measured."""
        import numpy as np

        weights = evidence.weights
        prompts = weights.prompts(samples)
        if self.of == SOLUTION:
            said = [[sample.solution or sample.answer] for sample in samples]
            shares = [[1.0]] * len(samples)
            rates = np.full(len(samples), np.nan)
        else:
            said, rewards = _rollouts(weights, samples, evidence.group_size, seed)
            shares = [advantages(group) for group in rewards]
            rates = np.array([float(np.mean(group)) if group else np.nan for group in rewards])
        rows, starts, flat, of = [], [], [], []
        for place, (texts, group) in enumerate(zip(said, shares, strict=True)):
            for text, share in zip(texts, group, strict=True):
                rows.append([*prompts[place], *weights.tokens(text)])
                starts.append(len(prompts[place]))
                flat.append(share)
                of.append(place)
        found = layer.gradients(rows, starts, flat, of)
        missing = len(samples) - len(found)
        return np.pad(found, ((0, missing), (0, 0))), rates


def advantages(rewards: Sequence[float]) -> list[float]:
    """Return GRPO's advantages of a group: reward minus mean, over the deviation; 0 if equal."""
    import numpy as np

    array = np.asarray(rewards, dtype=float)
    if array.size == 0 or array.std() == 0:
        return [0.0] * len(array)
    return [float(one) for one in (array - array.mean()) / array.std()]


def _rollouts(
    weights: Weights, samples: Sequence[Sample], n: int, seed: int
) -> tuple[list[list[str]], list[list[float]]]:
    """Return texts and rewards of n rollouts of each sample; none of one that cannot be graded."""
    protocol = weights.protocol
    golds: list[Gold | None] = []
    for sample in samples:
        try:
            golds.append(read_sample_gold(sample))
        except GoldError:
            golds.append(None)
    asked = [place for place, gold in enumerate(golds) if gold is not None]
    told = weights.generator.generate(
        [weights.asked(samples[place]) for place in asked],
        protocol.sampling(n, seed),
    )
    texts: list[list[str]] = [[] for _ in samples]
    rewards: list[list[float]] = [[] for _ in samples]
    for place, group in zip(asked, told, strict=True):
        gold = golds[place]
        assert gold is not None
        texts[place] = [one.text for one in group]
        grades = grade_batch(texts[place], [gold] * len(group), form=protocol.form)
        rewards[place] = [float(grade.correct) for grade in grades]
    return texts, rewards
