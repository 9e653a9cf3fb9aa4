"""What is meant where nothing is named: the embedded microcosm's model, benchmark and settings."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.cluster import Share
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.generation import Generator
    from sample_engineering.probing import ProbePlan
    from sample_engineering.trainers.recipes import Recipe

EMBEDDED = "microcosm"  # name of the embedded model, and of its recipe
EMBEDDED_NAME = "the microcosm's base model"  # as it is shown, and stands in records
DEFAULT_RECIPE = "one-shot-rlvr"


def is_embedded(model: "str | Generator | None", server: str | None = None) -> bool:
    """Whether the microcosm's base model is meant: no model named, or ``microcosm``."""
    return server is None and model in (None, EMBEDDED)


def open_generator(
    model: str | None = None,
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
    prices: str | os.PathLike[str] | None = None,
    max_cost: float | None = None,
    cache: str | os.PathLike[str] | None = None,
    refused: str | None = None,
    name: str | None = None,
    longest: int | None = None,
    engine_options: Mapping[str, Any] | None = None,
    share: "Share | None" = None,
) -> "Generator":
    """Return what samples completions: a server's model, a local one, or the embedded one.

    Parameters
    ----------
    model : str, optional
        Path or Hugging Face name; with `server`, the name there. None or ``microcosm``: the
        embedded model.
    server : str, optional
        Base URL of an OpenAI-compatible server.
    engine, device, revision, dtype, attn_implementation, trust_remote_code, model_init_kwargs,
    concurrency, prices, max_cost, cache, refused, name, longest, engine_options, share
        See `generation.opening.open_generator`.

    Raises
    ------
    ConfigError
        If a server is given without a model, or something that the engine does not take.
    MissingExtraError
        If a local model is asked for and torch is not installed.
    """
    from sample_engineering.generation import opening

    if server is not None and model is None:
        raise ConfigError("`server` needs `model`: the model's name at that server")
    if name is None and is_embedded(model, server):
        name = EMBEDDED_NAME
    return opening.open_generator(
        str(model) if server is not None else local_model(model),
        server=server,
        engine=engine,
        device=device,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn_implementation,
        trust_remote_code=trust_remote_code,
        model_init_kwargs=model_init_kwargs,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        cache=cache,
        refused=refused,
        name=name,
        longest=longest,
        engine_options=engine_options,
        share=share,
    )


def probe_plan(
    model: "str | Generator | None" = None,
    server: str | None = None,
    *,
    recipe: "Recipe | str | None" = None,
    **settings: Any,
) -> "ProbePlan":
    """Return how a model is probed: as a recipe will train it, but for what is given.

    A pass rate is of use for the training whose condition it describes.

    Parameters
    ----------
    model, server : str, optional
        See `open_generator`.
    recipe : Recipe or str, optional
        The training to come; None is the recipe that is meant where none is named.
    **settings
        See `probing.ProbePlan`; None is not given.
    """
    from sample_engineering.probing import ProbePlan

    if recipe is None:
        recipe = recipe_for(model, server)
    chosen = find_recipe(recipe) if isinstance(recipe, str) else recipe
    given = {name: value for name, value in settings.items() if value is not None}
    suited = {**vars(chosen.protocol), "group_size": chosen.group_size}
    return ProbePlan(**suited | given)


def recipe_for(model: "str | Generator | None", server: str | None = None) -> str:
    """Return the name of the recipe that is meant for a model where none is named."""
    return EMBEDDED if is_embedded(model, server) else DEFAULT_RECIPE


def embedded_benchmark(
    per_domain: int | None = None,
    *,
    recipe: "Recipe | None" = None,
    seed: int = 0,
    **settings: Any,
) -> "Benchmark":
    """Return the microcosm's benchmark, asked as `recipe` trains (default: the microcosm's).

    Parameters
    ----------
    per_domain : int, optional
        Items of each domain.
    recipe : Recipe, optional
    seed : int
        Same seed, same items.
    **settings
        As in `Benchmark`; None keeps the recipe's.
    """
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.evaluation.loaders import with_settings
    from sample_engineering.microcosm import benchmark

    chosen = find_recipe(EMBEDDED) if recipe is None else recipe
    size: dict[str, Any] = {} if per_domain is None else {"n_per_domain": per_domain}
    asked = chosen.protocol.to_dict()
    return with_settings(Benchmark(EMBEDDED, benchmark(seed=seed, **size), **asked), **settings)


def local_model(model: str | None) -> str:
    """Return the path or name to load; that of the embedded model if none is named."""
    from sample_engineering.microcosm import model_path

    return str(model_path()) if model in (None, EMBEDDED) else str(model)


def find_recipe(name: str, settings: Mapping[str, Any] | None = None) -> "Recipe":
    """Return a recipe by name or file, with some fields set."""
    from sample_engineering.trainers.recipes import load_recipe

    return load_recipe(name, dict(settings or {}))
