"""Open the generator that a user names: a server, a local model with transformers, or vLLM."""

import os
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.generation.costs import read_prices
from sample_engineering.generation.protocol import Generator

BACKENDS = ("transformers", "vllm")


def open_generator(
    model: str,
    *,
    server: str | None = None,
    backend: str = "transformers",
    concurrency: int | None = None,
    prices: str | os.PathLike[str] | None = None,
    max_cost: float | None = None,
    cache: str | os.PathLike[str] | None = None,
    device: str | None = None,
    name: str | None = None,
    **options: Any,
) -> Generator:
    """Return a generator for `model`.

    Parameters
    ----------
    model : str
        A folder or Hugging Face name, or with `server` the model's name there.
    server : str, optional
        Address of an OpenAI-compatible server.
    backend : {"transformers", "vllm"}
        How a local model is run.
    concurrency, prices, max_cost, cache
        For a server, see `OpenAIGenerator`; `prices` is the path of a price table.
    device : str, optional
        ``cpu`` or ``cuda`` for a local model run by transformers; None takes a GPU if there is one.
    name : str, optional
        What is shown, and stands in records; None is `model`.
    **options
        Further options of `OpenAIGenerator`; ignored for local models.

    Raises
    ------
    ConfigError
        If the backend is unknown.
    GenerationError
        If a local model cannot be loaded. A server is first spoken to when something is asked.
    """
    if server is not None:
        from sample_engineering.generation.openai_backend import CONCURRENCY, OpenAIGenerator

        return OpenAIGenerator(
            server,
            model,
            concurrency=concurrency or CONCURRENCY,
            prices=read_prices(Path(prices)) if prices is not None else None,
            max_cost=max_cost,
            cache=cache,
            name=name,
            **options,
        )
    if backend == "vllm":
        from sample_engineering.generation.vllm_backend import VLLMGenerator

        return VLLMGenerator(model, name=name)
    if backend != "transformers":
        raise ConfigError(f"backend {backend!r} is not one of {', '.join(BACKENDS)}")
    from sample_engineering.extras import require

    require("torch", "train")
    require("transformers", "train")
    from sample_engineering.generation.transformers_backend import TransformersGenerator

    return TransformersGenerator(model, device=device, name=name)
