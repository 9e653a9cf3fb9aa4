"""Auditing: is a label right?"""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, names_in, path_and_id
from sample_engineering.api.pools import candidates, load_pool
from sample_engineering.api.reaching import Reach
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed
from sample_engineering.defaults import probe_plan
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.audit import Audit
    from sample_engineering.pool.sources import Candidates


@typed
def audit(
    samples: "Candidates",
    *,
    mapping: Mapping[str, str] | None = None,
    checks: str | Iterable[str] | None = None,
    model: str | None = None,
    server: str | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    ray: str | None = None,
    gpus: float | None = None,
    cpus: float | None = None,
    rollouts: int | None = None,
    template: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    report: PathLike | None = None,
    progress: Callable[[int], None] | None = None,
    on_error: str = "skip",
) -> "Audit":
    """Hold labels against their own problems and solutions, and list what does not fit.

    Parameters
    ----------
    samples : samples, Sample, path, several paths, table or records
        What to audit, see `load_pool`; ``FILE#ID`` picks one of a pool.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    checks : str or iterable of str, optional
        Names of checks, see ``components("check")``; all by default, those that need a model only
        where one is given.
    model, server : str, optional
        A model whose independent solutions the labels are held against, ``microcosm`` for the
        embedded one; with `server`, the name at that OpenAI-compatible server. None: no model.
    engine, engine_options, device, concurrency, prices, max_cost
        How the model is run, see `generation.opening.open_generator`.
    ray : str, optional
        Hold the model in actors of a Ray cluster, each of which takes blocks of problems:
        ``local``, ``auto`` or an address. The findings are the same.
    gpus, cpus : float, optional
        That each actor asks of Ray; default one GPU where the cluster has any, `device` is not cpu
        and no `server` is asked, and one CPU.
    rollouts : int, optional
        Independent solutions of each problem, and forced guesses; default 8.
    template, max_tokens : optional
        Prompt template and longest solution in tokens; by default what suits the model.
    temperature : float, optional
        Sampling temperature; default 1.
    seed : int, optional
        Of the sampling; default 0.
    report : path-like, optional
        Write a page here, with the counts and all findings: one .html file.
    progress : callable, optional
        Called with the number of problems solved since the last call.
    on_error : {"skip", "fail"}
        What a bad line of a file does.

    Returns
    -------
    Audit
        Findings, worst first; ``audit.severe`` says whether any is severe.

    Raises
    ------
    ConfigError
        If a check is unknown, or an option would be ignored.
    PoolError
        If the file cannot be read.

    Examples
    --------
    >>> found = audit(Sample("1", "What is $7 \\cdot 8$?", "54"))
    >>> found.severe, found[0].check
    (True, 'stated')

    """
    from sample_engineering.audit.run import audit_samples, find_checks

    asked = names_in(checks)
    reach = Reach(
        server=server,
        engine=engine,
        engine_options=engine_options,
        device=device,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        ray=ray,
        gpus=gpus,
        cpus=cpus,
    )
    sampled = {
        "rollouts": rollouts,
        "template": template,
        "max_tokens": max_tokens,
        "temperature": temperature,
        "seed": seed,
    }
    solved = model is not None or server is not None
    idle = [f"`{name}`" for name, value in (reach.given | sampled).items() if value is not None]
    if idle and not solved:
        raise ConfigError(
            f"{', '.join(idle)} would be ignored without a model; pass `model`, or leave it out"
        )
    page = page_for(report)
    find_checks(asked, model=solved)  # a slip in a name fails before any work
    notes: tuple[str, ...] = ()
    if isinstance(samples, Sample):
        samples = [samples]
    elif isinstance(samples, str | os.PathLike):
        path, id_ = path_and_id(samples)
        pool = load_pool(path, mapping=mapping, on_error=on_error)
        if pool.problems.skipped and not id_:
            notes = (f"not audited: {pool.problems.skipped:,} lines that are no sample",)
        samples = [pool.by_id(id_)] if id_ else pool
    else:
        samples = candidates(samples, mapping=mapping, on_error=on_error)
    if not solved:
        return page.of(audit_samples(samples, checks=asked, notes=notes), samples)
    from sample_engineering.audit.solutions import ROLLOUTS
    from sample_engineering.generation.sampling_settings import Sampling

    suited = probe_plan(model, server, template=template, max_tokens=max_tokens)
    with closing(reach.open(model, skips_refused=True)) as generator:
        found = audit_samples(
            samples,
            checks=asked,
            generator=generator,
            sampling=Sampling(
                n=ROLLOUTS if rollouts is None else rollouts,
                max_tokens=suited.max_tokens,
                temperature=1.0 if temperature is None else temperature,
                seed=0 if seed is None else seed,
            ),
            template=suited.template,
            progress=progress,
            notes=notes,
        )
    return page.of(found, samples)


def doubts(sample: Sample) -> tuple[str, ...]:
    """Return in words what the cheap part of an audit says against a label."""
    from sample_engineering.audit.run import audit_samples, checks_of_one

    found = audit_samples([sample], checks=checks_of_one())
    return tuple(
        f"label ({item.severity}, {item.check}): {item.message}"
        for item in found
        if item.severity != "note"
    )
