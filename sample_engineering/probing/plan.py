"""What a probe asks of a model."""

from dataclasses import dataclass

from sample_engineering.errors import ConfigError
from sample_engineering.generation.prompts import render
from sample_engineering.probing.schedule import AdaptiveSchedule, FixedSchedule
from sample_engineering.selectors.posterior import GROUP_SIZE

_LONGEST = 1024  # tokens of a rollout; a longer one counts as truncated


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """How every candidate is rolled out.

    Parameters
    ----------
    rollouts : int
        Rollouts of each candidate, at most where `adaptive`.
    template : str
        Prompt template, see `generation.prompts`.
    max_tokens : int
        Longest rollout, in tokens.
    temperature : float
        Of the sampling; 0 is greedy.
    seed : int
        Same seed, same rollouts.
    adaptive : bool
        Spend about 60 % of the rollouts: few on candidates that are surely too easy or too hard.
    forced : bool
        Also measure answers that start inside the box.
    group_size : int
        Rollouts per group in the training to come, for the chance of a dead group.

    Raises
    ------
    ConfigError
        If a number is out of range, or the template is unknown.
    """

    rollouts: int = 8
    template: str = "boxed"
    max_tokens: int = _LONGEST
    temperature: float = 1.0
    seed: int = 0
    adaptive: bool = False
    forced: bool = True
    group_size: int = GROUP_SIZE

    def __post_init__(self) -> None:
        for name, least in (("rollouts", 1), ("max_tokens", 1), ("group_size", 2)):
            if getattr(self, name) < least:
                raise ConfigError(f"`{name}` {getattr(self, name)}: give at least {least}")
        if not self.temperature >= 0:
            raise ConfigError(f"`temperature` {self.temperature}: give 0 or more")
        render("", self.template)  # raises for an unknown template

    @property
    def schedule(self) -> AdaptiveSchedule | FixedSchedule:
        """How many rollouts each candidate gets, round by round."""
        return (AdaptiveSchedule if self.adaptive else FixedSchedule)(self.rollouts)
