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
    unit : str
        Of the figure, where it is no share.
    window : int
        Steps whose mean is taken, up to each one.
    """

    title: str
    figure: Callable[[MetricsLine], float | None]
    share: bool = False
    needs_change: bool = False
    unit: str = ""
    window: int = 1

    def values(self, lines: Iterable[MetricsLine]) -> list[float]:
        """Return one value a line, NaN where it is not known."""
        found = (self.figure(line) for line in lines)
        values = [math.nan if value is None else float(value) for value in found]
        if self.window == 1:
            return values
        return [_mean(values[max(0, at - self.window) : at]) for at in range(1, len(values) + 1)]

    def shows(self, lines: Iterable[MetricsLine]) -> bool:
        """Whether there is anything to draw."""
        known = [value for value in self.values(lines) if math.isfinite(value)]
        return any(known) if self.needs_change else bool(known)


def _mean(values: list[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan


# Where a step has one group, each of its own is 0 or 1: a fence, and no curve.
INFORMATIVE_WINDOW = 10
CURVES = (
    Curve("Pass rate of the rollouts", lambda line: line.pass_rate, share=True),
    Curve(
        "Informative groups",
        lambda line: line.informative_share,
        share=True,
        window=INFORMATIVE_WINDOW,
    ),
    Curve("Entropy", lambda line: line.entropy, unit="nats a token"),
    Curve("KL from the base model", lambda line: line.kl, needs_change=True, unit="nats a token"),
    Curve("Length", lambda line: line.length, unit="tokens"),
    Curve("Written steps", lambda line: line.written_steps, unit="a completion"),
    Curve("Readable answers", lambda line: line.readable, share=True),
    Curve("Distinct completions", lambda line: line.distinct, share=True),
)
