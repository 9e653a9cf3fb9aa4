"""What no training gives: ways of asking the base model that cost more or other tokens.

Each is an arm without training, with one reading, and is set beside the trained model decoded
greedily.
"""

from collections.abc import Mapping
from typing import Any

from sample_engineering.generation.power_sampling import ALPHA, BLOCKS, STEPS, PowerSampler
from sample_engineering.generation.protocol import Generator
from sample_engineering.sample import Sample
from sample_engineering.trainers.ways import LOW_TEMPERATURE, POWER

# What sharpens a model without training it; between greedy decoding and the temperature of 0.6 that
# 1-shot RLVR and others sample at.
COOL = 0.3
# What stands where an example would, and says nothing: the content-free input of "Calibrate Before
# Use" (Zhao et al., arXiv 2102.09690).
NOTHING = Sample("no-example", "N/A", "N/A")


def asked_otherwise(way: str | None) -> dict[str, Any] | None:
    """Return what of the protocol a way of asking changes, or None."""
    changes: Mapping[str | None, dict[str, Any]] = {
        LOW_TEMPERATURE: {"temperature": COOL},
        # Of the power of the whole distribution; what it draws token by token is this temperature.
        POWER: {"temperature": 1 / ALPHA, "top_p": 1.0, "top_k": None},
    }
    return changes.get(way)


def sampler_of(way: str | None, generator: Generator) -> Generator:
    """Return what samples in a way of asking.

    Raises
    ------
    ConfigError
        If the engine of the generator cannot.
    """
    return PowerSampler(generator) if way == POWER else generator


def note_of(way: str | None) -> str | None:
    """Say what a way of asking did that its protocol does not tell."""
    if way != POWER:
        return None
    return (
        f"power sampling (arXiv 2510.14901): by p^{ALPHA:g}, {BLOCKS} blocks, {STEPS} "
        "Metropolis-Hastings steps after each"
    )
