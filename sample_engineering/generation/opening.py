"""Open the generator that a user names: a server, or a local model with one of the engines."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sample_engineering.cluster import Share
from sample_engineering.errors import ConfigError
from sample_engineering.generation.base import BaseGenerator
from sample_engineering.generation.engines import choose_engine
from sample_engineering.generation.hub import commit_of
from sample_engineering.generation.protocol import Generator

Path = str | os.PathLike[str]


def open_generator(
    model: str,
    *,
    server: str | None = None,
    engine: str | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
    concurrency: int | None = None,
    prices: Path | None = None,
    max_cost: float | None = None,
    cache: Path | None = None,
    refused: str | None = None,
    name: str | None = None,
    longest: int | None = None,
    engine_options: Mapping[str, Any] | None = None,
    share: Share | None = None,
) -> Generator:
    """Return a generator for `model`.

    None is the engine's own default. An option that the engine does not take is an error.

    Parameters
    ----------
    model : str
        A folder or Hugging Face name, or with `server` the model's name there.
    server : str, optional
        Address of an OpenAI-compatible server.
    engine : str, optional
        Name of a registered engine: ours are ``transformers``, ``vllm`` and ``server``. None is
        ``server`` where a `server` is given, else ``transformers``.
    device : str, optional
        For transformers: ``cpu``, ``cuda``, ``cuda:1``, ``mps``; None takes cuda if there is one.
    revision, dtype, trust_remote_code
        For transformers and vllm: how the weights are loaded, see `asking.Loading`. A revision is
        resolved to a commit, which the generator then states; a folder has none.
    attn_implementation, model_init_kwargs
        For transformers, see `asking.Loading`.
    concurrency, max_cost, refused
        For a server, see `OpenAIGenerator`.
    prices : path, optional
        For a server: a price table, see `costs.read_prices`.
    cache : path, optional
        For a server: where answers are kept, see `OpenAIGenerator`.
    name : str, optional
        What is shown, and stands in records; None is `model`.
    longest : int, optional
        Tokens of the longest prompt and completion that will be asked, where known: for vllm, which
        reserves memory for it.
    engine_options : mapping, optional
        Further options of the engine by name: the fields of its class, such as `timeout` of
        ``server``, `tensor_parallel_size` of ``vllm``.
    share : Share, optional
        Open it in actors of a Ray cluster instead of here, see `ray_generator`.

    Raises
    ------
    ConfigError
        If the engine is unknown, does not take an option, or lacks one that it needs.
    GenerationError
        If a local model cannot be loaded. A server is first spoken to when something is asked.
    """
    given = {
        "server": server,
        "device": device,
        "revision": revision,
        "dtype": dtype,
        "attn_implementation": attn_implementation,
        "model_init_kwargs": model_init_kwargs or None,
        "trust_remote_code": True if trust_remote_code else None,
        "concurrency": concurrency,
        "prices": prices,
        "max_cost": max_cost,
        "cache": cache,
        "refused": refused,
    }
    chosen = choose_engine(engine, given, engine_options)
    if longest is not None and hasattr(chosen, "sized"):
        chosen = chosen.sized(longest)
    commit = None
    if hasattr(chosen, "revision"):
        commit = commit_of(model, chosen.revision)
        if commit is not None:  # weights and tokenizer of one commit, and one that can be named
            chosen = replace(chosen, revision=commit)  # type: ignore[type-var]
    if share is None:
        generator = chosen.open(model, name)
    else:
        from sample_engineering.generation.ray_generator import RayGenerator

        generator = RayGenerator(chosen, model, name, share)
    if not isinstance(generator, Generator):
        raise ConfigError(
            f"`engine` {engine!r} opened a {type(generator).__name__}, which is no generator; "
            "derive it from sample_engineering.generation.BaseGenerator"
        )
    if isinstance(generator, BaseGenerator):
        generator.revision = commit
    return generator
