"""The curves of a training run that the page and the figures draw."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sample_engineering.runs.rows import MetricsLine


@dataclass(frozen=True)
class Curve:
    """One figure of the training steps.

    Parameters
    ----------
    title : str
    figure : callable
        Of a line of the metrics; None or NaN where it is not known.
    share : bool
        Whether it lies between 0 and 1.
    needs_change : bool
        Whether it says nothing where it is 0 throughout.
    """

    title: str
    figure: Callable[[MetricsLine], float | None]
    share: bool = False
    needs_change: bool = False

    def values(self, lines: Iterable[MetricsLine]) -> list[float]:
        """Return one value a line, NaN where it is not known."""
        found = (self.figure(line) for line in lines)
        return [math.nan if value is None else float(value) for value in found]

    def shows(self, lines: Iterable[MetricsLine]) -> bool:
        """Whether there is anything to draw."""
        known = [value for value in self.values(lines) if math.isfinite(value)]
        return any(known) if self.needs_change else bool(known)


CURVES = (
    Curve("Pass rate of the rollouts", lambda line: line.pass_rate, share=True),
    Curve("Informative groups", lambda line: line.informative_share, share=True),
    Curve("Entropy, nats a token", lambda line: line.entropy),
    Curve("KL from the base model", lambda line: line.kl, needs_change=True),
    Curve("Length, tokens", lambda line: line.length),
    Curve("Written steps", lambda line: line.written_steps),
    Curve("Readable answers", lambda line: line.readable, share=True),
    Curve("Distinct completions", lambda line: line.distinct, share=True),
)
