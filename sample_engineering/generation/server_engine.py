"""The engine ``server``: a model behind an OpenAI-compatible server."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from sample_engineering.generation.costs import Price, read_prices
from sample_engineering.generation.openai_generator import (
    CONCURRENCY,
    MAX_N,
    TIMEOUT,
    OpenAIGenerator,
)
from sample_engineering.generation.retries import RetryPolicy


@dataclass(frozen=True)
class ServerEngine:
    """A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp or a hosted one.

    Parameters
    ----------
    server : str
        Its address.
    prices : path or mapping of model to Price, optional
        A price table.
    concurrency, timeout, max_n, max_cost, cache, extra_body, refused, retry
        See `OpenAIGenerator`. The key is taken from the environment variable OPENAI_API_KEY.
    """

    remote: ClassVar[bool] = True

    server: str
    concurrency: int = CONCURRENCY
    prices: str | os.PathLike[str] | Mapping[str, Price] | None = None
    max_cost: float | None = None
    cache: str | os.PathLike[str] | None = None
    refused: Literal["raise", "skip"] = "raise"
    timeout: float = TIMEOUT
    max_n: int = MAX_N
    extra_body: Mapping[str, Any] | None = None
    retry: RetryPolicy | None = None

    def portable(self) -> "ServerEngine":
        """Return the engine with its price table read; see `engines.Engine`."""
        if isinstance(self.prices, str | os.PathLike):
            return replace(self, prices=read_prices(self.prices))
        return self

    def open(self, model: str, name: str | None = None) -> OpenAIGenerator:
        """Return a generator; the server is first spoken to when something is asked."""
        prices = self.portable().prices
        assert not isinstance(prices, str | os.PathLike)
        return OpenAIGenerator(
            self.server,
            model,
            concurrency=self.concurrency,
            timeout=self.timeout,
            retry=self.retry,
            cache=self.cache,
            prices=prices,
            max_cost=self.max_cost,
            max_n=self.max_n,
            extra_body=self.extra_body,
            refused=self.refused,
            name=name,
        )
