"""GPUs by name: memory, bandwidth and speed of those that are known."""

import difflib
import re
from dataclasses import dataclass

from sample_engineering.errors import ConfigError
from sample_engineering.trainers.machine import Gpu

GIB = 2**30


@dataclass(frozen=True)
class Card:
    """A kind of GPU.

    Parameters
    ----------
    name : str
    pattern : str
        Regular expression that its driver's name matches, in lower case.
    gib : float
        Memory that torch can use, in GiB: a little less than what is printed on it.
    bandwidth : float
        Of its memory, bytes a second.
    flops : float
        Dense matrix products in bfloat16 (float16 where it has none), operations a second.
    bf16 : bool
        Whether it computes in bfloat16.
    """

    name: str
    pattern: str
    gib: float
    bandwidth: float
    flops: float
    bf16: bool = True

    @property
    def gpu(self) -> Gpu:
        """One of them with nothing on it."""
        size = int(self.gib * GIB)
        return Gpu(self.name, size, size, self.bf16)


# From the makers' data sheets: dense tensor operations with float32 accumulation, no sparsity.
CARDS: tuple[Card, ...] = (
    Card("b200", r"b200", 178.3, 8.0e12, 2250e12),
    Card("h200", r"h200|gh200", 139.8, 4.8e12, 989e12),
    Card("h100", r"h100(?!.*pcie)|h800", 79.1, 3.35e12, 989e12),
    Card("h100-pcie", r"h100.*pcie", 79.1, 2.0e12, 756e12),
    Card("a100-80", r"a[18]00.*80", 79.2, 1.94e12, 312e12),
    Card("a100-40", r"a100", 39.4, 1.56e12, 312e12),
    Card("mi300x", r"mi300", 191.5, 5.3e12, 1307e12),
    Card("l40s", r"l40s", 44.4, 0.86e12, 362e12),
    Card("a6000", r"rtx a6000|rtx 6000 ada|a6000", 47.4, 0.77e12, 155e12),
    Card("a40", r"\ba40\b", 44.4, 0.70e12, 150e12),
    Card("a10", r"\ba10g?\b", 22.1, 0.60e12, 70e12),
    Card("l4", r"\bl4\b", 22.0, 0.30e12, 121e12),
    Card("rtx5090", r"5090", 31.4, 1.79e12, 209e12),
    Card("rtx4090", r"4090", 23.6, 1.01e12, 165e12),
    Card("rtx3090", r"3090", 23.6, 0.94e12, 71e12),
    Card("v100-32", r"v100.*32", 31.7, 0.90e12, 112e12, bf16=False),
    Card("v100-16", r"v100", 15.8, 0.90e12, 112e12, bf16=False),
    Card("t4", r"\bt4\b", 14.6, 0.32e12, 65e12, bf16=False),
)


def card_named(name: str) -> Card:
    """Return the card of this name.

    Raises
    ------
    ConfigError
        If it is not known.
    """
    wanted = name.lower().replace("_", "-").replace(" ", "")
    for card in CARDS:
        if card.name == wanted:
            return card
    names = [card.name for card in CARDS]
    near = difflib.get_close_matches(wanted, names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose of {', '.join(names)}"
    raise ConfigError(f"`gpu` {name!r} is not known; {hint} (or give its GiB with `memory`)")


def card_of(gpu: Gpu) -> Card | None:
    """Return the kind of a GPU, None where it is not known."""
    name = gpu.name.lower()
    return next(
        (card for card in CARDS if card.name == name or re.search(card.pattern, name)), None
    )
