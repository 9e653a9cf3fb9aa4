"""What a probe asks of a model."""

from dataclasses import dataclass

from sample_engineering.errors import ConfigError
from sample_engineering.generation.asking import Asked
from sample_engineering.probing.schedule import AdaptiveSchedule, FixedSchedule
from sample_engineering.selectors.posterior import GROUP_SIZE


@dataclass(frozen=True)
class ProbePlan(Asked):
    """How every candidate is rolled out, and how the model is asked (see `Asked`).

    Parameters
    ----------
    rollouts : int
        Rollouts of each candidate, at most where `adaptive`.
    seed : int
        Same seed, same rollouts.
    adaptive : bool
        Spend about 60 % of the rollouts: few on candidates that are surely too easy or too hard.
    forced : bool
        Also measure answers that start inside the box.
    group_size : int
        Rollouts per group in the training to come, for the chance of a dead group.
    **asked
        The settings of `Asked`: template, system, temperature, max_tokens, stop ...

    Raises
    ------
    ConfigError
        If a number is out of range, or the template is unknown.
    """

    rollouts: int = 8
    seed: int = 0
    adaptive: bool = False
    forced: bool = True
    group_size: int = GROUP_SIZE

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, least in (("rollouts", 1), ("group_size", 2)):
            if getattr(self, name) < least:
                raise ConfigError(f"`{name}` {getattr(self, name)}: give at least {least}")

    @property
    def schedule(self) -> AdaptiveSchedule | FixedSchedule:
        """How many rollouts each candidate gets, round by round."""
        return (AdaptiveSchedule if self.adaptive else FixedSchedule)(self.rollouts)
