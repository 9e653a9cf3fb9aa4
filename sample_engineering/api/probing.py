"""Probing: rollouts of a model on every candidate."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, beside
from sample_engineering.api.pools import candidates
from sample_engineering.api.reaching import Reach, closed_if_named
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed
from sample_engineering.defaults import probe_plan
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.generation import Generator
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.probing import Probe
    from sample_engineering.trainers.recipes import Recipe


@typed
def probe(
    pool: "Candidates",
    *,
    mapping: Mapping[str, str] | None = None,
    model: "str | Generator | None" = None,
    models: "Sequence[str | Generator] | None" = None,
    server: str | None = None,
    engine: str | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    cache: PathLike | None = None,
    engine_options: Mapping[str, Any] | None = None,
    ray: str | None = None,
    gpus: float | None = None,
    cpus: float | None = None,
    rollouts: int | None = None,
    adaptive: bool = False,
    recipe: "Recipe | str | None" = None,
    template: str | None = None,
    system: str | None = None,
    chat_template_kwargs: Mapping[str, Any] | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    top_k: int | None = None,
    stop: Sequence[str] | None = None,
    seed: int | None = None,
    forced: bool | None = None,
    group_size: int | None = None,
    journal: PathLike | None = None,
    out: PathLike | None = None,
    report: PathLike | None = None,
    on_error: str = "skip",
    progress: Callable[[int, int], None] | None = None,
) -> "Probe":
    """Sample rollouts of a model on every candidate: pass rates, and what they say of training.

    The result goes into ``rank(pool, rates=...)``.

    Parameters
    ----------
    pool : samples, path, several paths, table or records
        The candidates, see `load_pool`.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    model : str or Generator, optional
        Path or Hugging Face name, or with `server` the name there; None or ``microcosm`` is the
        embedded model. Or a generator that is open already.
    models : sequence of str or Generator, optional
        Successive checkpoints instead, oldest first: the records hold a history as well.
    server : str, optional
        Address of an OpenAI-compatible server; prompts that it refuses are left out and noted.
    engine : str, optional
        A name of `components("engine")`; None: ``server`` where one is given, else
        ``transformers``.
    device : str, optional
        ``cpu``, ``cuda``, ``cuda:1`` or ``mps``; None takes a GPU if there is one.
    revision, dtype, attn_implementation, model_init_kwargs : optional
        How the weights are loaded, see `generation.Loading`.
    trust_remote_code : bool
        Run code that comes with the model.
    concurrency : int, optional
        Requests in flight at a server.
    prices : path, optional
        Dollars per million tokens: JSON ``{"MODEL": {"input": 0.15, "output": 0.6}}``.
    max_cost : float, optional
        Stop before spending more than this, in dollars.
    cache : path, optional
        File in which a server's answers are kept and found again.
    engine_options : mapping, optional
        Further options of the engine by name, e.g. ``{"dtype": "bfloat16"}``.
    ray : str, optional
        Hold the model in actors of a Ray cluster, each of which takes blocks of candidates:
        ``local``, ``auto`` or an address. The records are the same.
    gpus, cpus : float, optional
        That each actor asks of Ray; default one GPU where the cluster has any, `device` is not cpu
        and no `server` is asked, and one CPU.
    rollouts : int, optional
        Rollouts of each candidate; default: 8.
    adaptive : bool
        About 60 % of the rollouts: fewer on candidates surely too easy or too hard.
    recipe : Recipe or str, optional
        The training to come, or the name or YAML file of its recipe: the model is asked as it will
        be there. None: the recipe that `validate` takes where none is named.
    template, system, chat_template_kwargs, max_tokens, temperature, top_p, top_k, stop : optional
        How the model is asked, see `generation.Protocol`; None: as the recipe says.
    seed : int, optional
        Same seed, same rollouts; default: 0.
    forced : bool, optional
        Also measure answers that start inside the box; so by default.
    group_size : int, optional
        Rollouts per group in the training to come; None: as the recipe says.
    journal : path, optional
        Every graded rollout is appended here; a killed probe resumes from it.
    out : path, optional
        Write the records here. While the probe runs, ``OUT.journal`` lies beside it (unless
        `journal` names another), and a server's answers in ``OUT.responses.sqlite`` (unless `cache`
        does); a finished probe deletes its journal.
    report : path-like, optional
        Write a page here, with every rate and all candidates: one .html file.
    on_error : {"skip", "fail"}
        What a bad line of a file does.
    progress : callable, optional
        Called with the number of rollouts done since the last call, and about how many there will
        be.

    Raises
    ------
    PoolError
        If the pool cannot be read.
    ConfigError
        If something that was given cannot be used, or would be ignored.
    GenerationError
        If the model fails for good.
    """
    from sample_engineering.generation.context import token_bound
    from sample_engineering.generation.engines import takes
    from sample_engineering.pool.sources import format_of
    from sample_engineering.probing import probe_checkpoints

    if models is not None and model is not None:
        raise ConfigError("`model` and `models` both say what is probed; leave one out")
    page = page_for(report)
    names = [model] if models is None else list(models)
    if not names:
        raise ConfigError("`models` is empty; name at least one")
    plan = probe_plan(
        names[0],
        server,
        recipe=recipe,
        rollouts=rollouts,
        adaptive=adaptive,
        template=template,
        system=system,
        chat_template_kwargs=chat_template_kwargs,
        max_tokens=max_tokens,
        temperature=temperature,
        top_p=top_p,
        top_k=top_k,
        stop=stop,
        seed=seed,
        forced=forced,
        group_size=group_size,
    )
    kept = journal
    if out is not None:
        format_of(Path(out))  # a wrong ending fails before the work, not after
        kept = beside(out, ".journal") if journal is None else journal
        named = isinstance(names[0], str | None)
        if cache is None and named and ray is None and takes("cache", engine, server):
            cache = beside(out, ".responses.sqlite")
    samples = tuple(candidates(pool, mapping=mapping, on_error=on_error))
    asked = (plan.protocol.prompt(sample) for sample in samples)
    longest = token_bound(asked, plan.max_tokens)
    reach = Reach(
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
        engine_options=engine_options,
        ray=ray,
        gpus=gpus,
        cpus=cpus,
    )

    def opened() -> "Iterator[Generator]":
        for name in names:
            opening = reach.open(name, skips_refused=True, longest=longest)
            with closed_if_named(name, opening) as generator:
                yield generator

    found = probe_checkpoints(
        samples,
        opened(),
        plan,
        identities=[reach.identity(name) for name in names] if kept is not None else None,
        history=len(names) > 1,
        journal=kept,
        progress=None
        if progress is None
        else lambda number, total: progress(number, total * len(names)),
    )
    if out is not None:
        found.write(out)
        if journal is None:
            beside(out, ".journal").unlink(missing_ok=True)
    return page.of(found, samples)
