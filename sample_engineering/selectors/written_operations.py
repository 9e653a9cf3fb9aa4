"""Written operations: an estimate of how many steps of calculation a solution takes."""

import re
from collections.abc import Mapping, Sequence

from sample_engineering.sample import Sample
from sample_engineering.selectors.protocol import Scores
from sample_engineering.skills import SHOWN, taxonomy

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
# One step: an operator between two operands, as in "12 * 4 = 48" or LaTeX.
_STEP = re.compile(r"(?<=[\w)}])\s*(?:[*/×÷+-]|\\times|\\cdot|\\div|\\frac)\s*(?=[\w({\\])")
_EQUALS = re.compile(r"(?<![<>!=])=(?!=)")
_ARITHMETIC = "arithmetic"


class WrittenOperations:
    """Steps that a worked solution writes out, at least 0.

    With a solution: its equals signs, or its operators between operands if there are more. Without
    one: numbers given in the problem less one (each is used once, joined by an operation), plus the
    arithmetic skills that the text shows by name. An estimate of effort more than of worth: in the
    embedded microcosm its Spearman correlation with lift is 0.26 (95 % interval -0.10 to 0.58) over
    24 natural samples, 0.79 over 22 of which half are composed and long (docs/lab/microcosm.md).

    Parameters
    ----------
    tags : mapping of str to mapping of str to float
        Skills of each candidate by id (`skills.tag`).
    """

    name = "written_operations"
    needs = "text"
    tier = "text"
    bounds = (0.0, float("inf"))

    def __init__(self, tags: Mapping[str, Mapping[str, float]]) -> None:
        self.tags = tags

    def score(self, pool: Sequence[Sample]) -> Scores:
        import numpy as np

        counts = [self._count(sample) for sample in pool]
        return Scores(self.name, np.array(counts, dtype=float), [None] * len(pool))

    def _count(self, sample: Sample) -> int:
        if sample.solution:
            return max(len(_EQUALS.findall(sample.solution)), len(_STEP.findall(sample.solution)))
        given = len(_NUMBER.findall(sample.problem))
        skills = taxonomy()
        named = sum(
            weight >= SHOWN and skills[name].family == _ARITHMETIC
            for name, weight in self.tags.get(sample.id, {}).items()
            if name in skills
        )
        return max(given - 1, 0) + named
