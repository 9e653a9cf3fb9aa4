"""What no training gives: ways of asking the base model that cost more or other tokens.

Each is an arm without training, with one reading, and is set beside the trained model decoded
greedily. Power sampling is a way of evaluating any model too, see `WayOptions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.generation.power_sampling import ALPHA, BLOCKS, STEPS, PowerSampler
from sample_engineering.generation.protocol import Generator
from sample_engineering.registry import suggestion
from sample_engineering.sample import Sample
from sample_engineering.trainers.ways import LOW_TEMPERATURE, POWER

# What sharpens a model without training it; between greedy decoding and the temperature of 0.6 that
# 1-shot RLVR and others sample at.
COOL = 0.3
# What stands where an example would, and says nothing: the content-free input of "Calibrate Before
# Use" (Zhao et al., arXiv 2102.09690).
NOTHING = Sample("no-example", "N/A", "N/A")


@dataclass(frozen=True)
class WayOptions:
    """How power sampling goes.

    Parameters
    ----------
    alpha : float
        The power, at least 1.
    blocks : int
        Blocks of a completion.
    steps : int
        Metropolis-Hastings steps after each.

    Raises
    ------
    ConfigError
        If a value cannot be used.
    """

    alpha: float = ALPHA
    blocks: int = BLOCKS
    steps: int = STEPS

    def __post_init__(self) -> None:
        for name, least in (("alpha", 1), ("blocks", 1), ("steps", 0)):
            value = getattr(self, name)
            if not least <= value < float("inf"):
                raise ConfigError(f"`{name}` must be at least {least}, not {value}")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "WayOptions":
        """Read options by name, numbers or texts.

        Raises
        ------
        ConfigError
            If a name is unknown, or a value is no number.
        """
        known = {item.name: type(item.default) for item in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in given.items():
            if name not in known:
                raise ConfigError(f"`way_options` {name!r} is not known; {suggestion(name, known)}")
            try:
                number = float("nan") if isinstance(value, bool) else float(value)
                whole = known[name] is int
                values[name] = int(number) if whole else number
                if whole and number != values[name]:
                    raise ValueError
            except (TypeError, ValueError, OverflowError) as error:
                wanted = "a whole number" if known[name] is int else "a number"
                raise ConfigError(f"`{name}` must be {wanted}, not {value!r}") from error
        return cls(**values)

    @property
    def otherwise(self) -> dict[str, Any]:
        """What of the protocol it changes."""
        # Of the power of the whole distribution; what it draws token by token is this temperature.
        return {"temperature": 1 / self.alpha, "top_p": 1.0, "top_k": None}

    @property
    def note(self) -> str:
        """What was done, in words."""
        return (
            f"power sampling (arXiv 2510.14901): by p^{self.alpha:g}, {self.blocks} blocks, "
            f"{self.steps} Metropolis-Hastings steps after each"
        )

    def sampler(self, generator: Generator) -> PowerSampler:
        """Return what samples so; ConfigError if the engine of the generator cannot."""
        return PowerSampler(generator, blocks=self.blocks, steps=self.steps)


def asked_otherwise(way: str | None) -> dict[str, Any] | None:
    """Return what of the protocol a way of asking changes, or None."""
    changes: Mapping[str | None, dict[str, Any]] = {
        LOW_TEMPERATURE: {"temperature": COOL},
        POWER: WayOptions().otherwise,
    }
    return changes.get(way)


def sampler_of(way: str | None, generator: Generator) -> Generator:
    """Return what samples in a way of asking.

    Raises
    ------
    ConfigError
        If the engine of the generator cannot.
    """
    return WayOptions().sampler(generator) if way == POWER else generator


def note_of(way: str | None) -> str | None:
    """Say what a way of asking did that its protocol does not tell."""
    return WayOptions().note if way == POWER else None


def spent_each(generator: Generator, before: tuple[int, int]) -> float | None:
    """Return the tokens that a generator has drawn for each completion since `counted`.

    Those that were thrown away are counted too; None where it completed nothing.
    """
    requests, tokens = counted(generator)
    asked = requests - before[0]
    return (tokens - before[1]) / asked if asked > 0 else None


def counted(generator: Generator) -> tuple[int, int]:
    """Return how many completions a generator gave so far, and the tokens that it drew."""
    return generator.usage.requests, generator.usage.completion_tokens
