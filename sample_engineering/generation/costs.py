"""Counting tokens and money, and stopping before a budget is overrun."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sample_engineering.errors import BudgetError, ConfigError

TOKENS_PER_PRICE = 1_000_000  # prices are per million tokens, as all vendors quote them
CHARS_PER_TOKEN = 2.5  # low on purpose: English has about 4, so estimates err to the costly side


@dataclass(frozen=True, slots=True)
class Price:
    """Price of a model in US dollars per million tokens.

    Parameters
    ----------
    input, output : float
        Price of a million prompt and completion tokens.
    """

    input: float
    output: float

    def __post_init__(self) -> None:
        for name in ("input", "output"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise ConfigError(f"the {name} price {value!r} is not a number of dollars; mend it")

    def cost(self, prompt_tokens: float, completion_tokens: float) -> float:
        """Return the dollars that so many tokens cost."""
        total = prompt_tokens * self.input + completion_tokens * self.output
        return total / TOKENS_PER_PRICE


def read_prices(path: str | os.PathLike[str]) -> dict[str, Price]:
    """Read a price table: JSON like ``{"MODEL": {"input": 0.15, "output": 0.6}}``.

    Prices are US dollars per million tokens. None are shipped, since they change.

    Raises
    ------
    ConfigError
        If the file cannot be read or has another shape.
    """
    shape = 'use {"MODEL": {"input": 0.15, "output": 0.6}}, dollars per million tokens'
    try:
        table = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read the price table {path}: {error}; {shape}") from error
    return prices_from(table, f"the price table {path}", shape)


def prices_from(table: object, name: str, shape: str) -> dict[str, Price]:
    """Check a price table and return it by model."""
    if not isinstance(table, Mapping):
        raise ConfigError(f"{name} is not an object; {shape}")
    prices = {}
    for model, entry in table.items():
        if not isinstance(entry, Mapping) or not {"input", "output"} <= set(entry):
            raise ConfigError(f"{name} has no input and output price for {model}; {shape}")
        prices[str(model)] = Price(entry["input"], entry["output"])
    return prices


@dataclass(slots=True)
class Usage:
    """What was asked of a model and what it cost.

    `requests` were answered with something usable; `retries` were not and were sent again;
    `cached` completions came from the response cache and cost nothing. `wasted_tokens` of
    unusable answers are part of the tokens counted, because servers charge for them. `local`: the
    model runs here and nobody charges; its requests are prompts.
    """

    requests: int = 0
    retries: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    wasted_tokens: int = 0
    price: Price | None = None
    faults: dict[str, int] = field(default_factory=dict)
    local: bool = False

    @property
    def cost(self) -> float | None:
        """Dollars spent, or None where the model's price is not known."""
        if self.price is None:
            return None
        return self.price.cost(self.prompt_tokens, self.completion_tokens)

    def count(self, requests: int, prompt_tokens: int, completion_tokens: int) -> None:
        """Count requests that were answered, and their tokens."""
        self.requests += requests
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens

    def count_fault(self, kind: str) -> None:
        """Count one failed attempt by its kind."""
        self.faults[kind] = self.faults.get(kind, 0) + 1

    def to_dict(self) -> dict[str, object]:
        """Return a JSON-ready record."""
        return {
            "requests": self.requests,
            "retries": self.retries,
            "cached": self.cached,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "wasted_tokens": self.wasted_tokens,
            "cost_usd": self.cost,
            "faults": dict(self.faults),
        }

    def __str__(self) -> str:
        parts = [
            f"{self.requests:,} {'prompts' if self.local else 'requests'}",
            f"{self.prompt_tokens:,} prompt and {self.completion_tokens:,} completion tokens",
        ]
        if self.cached:
            parts.append(f"{self.cached:,} completions from the cache")
        if self.retries:
            kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items()))
            parts.append(f"{self.retries:,} retries ({kinds})")
        cost = self.cost
        if not self.local:
            parts.append("price not set" if cost is None else f"${cost:,.4f}")
        return "; ".join(parts)


_COUNTS = ("requests", "retries", "cached", "prompt_tokens", "completion_tokens", "wasted_tokens")


def used_since(before: Usage, now: Usage) -> Usage:
    """Return what was used between two states of a usage."""
    faults = {kind: count - before.faults.get(kind, 0) for kind, count in now.faults.items()}
    return replace(
        now,
        **{name: getattr(now, name) - getattr(before, name) for name in _COUNTS},
        faults={kind: count for kind, count in faults.items() if count},
    )


def add_usage(usage: Usage, more: Usage) -> None:
    """Count what was used elsewhere."""
    for name in _COUNTS:
        setattr(usage, name, getattr(usage, name) + getattr(more, name))
    for kind, count in more.faults.items():
        usage.faults[kind] = usage.faults.get(kind, 0) + count


class Budget:
    """Reserves the worst case of each request before it is sent.

    Parameters
    ----------
    max_cost : float or None
        Dollars that may be spent; None is no bound.
    usage : Usage
        Where the real cost is counted.

    Raises
    ------
    ConfigError
        If there is a bound but no price to hold it with.
    """

    def __init__(self, max_cost: float | None, usage: Usage) -> None:
        if max_cost is not None and usage.price is None:
            raise ConfigError(
                "`max_cost` needs the model's price; pass `prices`={MODEL: Price(input, output)} "
                "or the path of a price table"
            )
        if max_cost is not None and not max_cost >= 0:
            raise ConfigError(f"`max_cost` {max_cost} is not a number of dollars; use 0 or more")
        self.max_cost = max_cost
        self.usage = usage
        self.reservations: list[float] = []

    def reserve(self, amount: float) -> None:
        """Hold `amount` for a request that is sent now."""
        self.reservations.append(amount)

    def release(self, amount: float) -> None:
        """Let go of what was held; the real cost is in the usage by now."""
        self.reservations.remove(amount)

    def worst_case(self, prompt_chars: int, completions: int, max_tokens: int) -> float:
        """Return the most that one request can cost, in dollars."""
        if self.usage.price is None:
            return 0.0
        return self.usage.price.cost(prompt_chars / CHARS_PER_TOKEN, completions * max_tokens)

    def fits(self, amount: float) -> bool:
        """Whether `amount` more could be spent beside what is spent and reserved."""
        if self.max_cost is None:
            return True
        return (self.usage.cost or 0.0) + sum(self.reservations) + amount <= self.max_cost

    def refuse(self, amount: float) -> BudgetError:
        """Return the error for a request that no longer fits."""
        return BudgetError(
            f"${self.usage.cost or 0.0:.4f} of max_cost ${self.max_cost:.4f} are spent and the "
            f"next request may cost ${amount:.4f}; raise `max_cost` to go on from here"
        )
