"""Ranking: which candidate is worth training on."""

import functools
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, at_least, ignored, refuse
from sample_engineering.api.pools import begin_candidates, load_demand, load_reference, references
from sample_engineering.api.reaching import Reach, closed_if_named
from sample_engineering.api.typed import typed
from sample_engineering.defaults import EMBEDDED, probe_plan
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.cluster import Share
    from sample_engineering.generation import Generator
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.probing import Probe, ProbePlan
    from sample_engineering.selectors.evidence import Histories, Rates
    from sample_engineering.selectors.protocol import Selector
    from sample_engineering.selectors.question import Question
    from sample_engineering.selectors.table import Ranking
    from sample_engineering.skills import Tagger
    from sample_engineering.trainers.recipes import Recipe


@typed
def rank(
    pool: "Candidates",
    *,
    mapping: Mapping[str, str] | None = None,
    by: str | None = None,
    where: str | None = None,
    explain: str | None = None,
    selectors: str | Iterable[str] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    choose: int | None = None,
    pair: bool = False,
    per_family: int | None = None,
    quota: str | Mapping[str, int] | None = None,
    embeddings: str | None = None,
    ladder: int | None = None,
    evaluate: PathLike | Mapping[str, float] | None = None,
    history: "Histories | None" = None,
    rates: "Rates | None" = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | PathLike | None = None,
    tagger: "str | Tagger | None" = None,
    tags: PathLike | None = None,
    against: Iterable[Sample] | PathLike | Iterable[PathLike] | None = None,
    copies: str | None = None,
    group_size: int | None = None,
    truncate_history: bool = False,
    development: Iterable[Sample] | PathLike | None = None,
    model: "str | Generator | None" = None,
    server: str | None = None,
    engine: str | None = None,
    device: str | None = None,
    trust_remote_code: bool = False,
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
    confirm: int | None = None,
    recipe: "Recipe | str | None" = None,
    template: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    seed: int | None = None,
    forced: bool | None = None,
    journal: PathLike | None = None,
    resume: PathLike | None = None,
    report: PathLike | None = None,
    on_error: str = "skip",
    progress: Callable[[int, int], None] | None = None,
) -> "Ranking":
    """Rank candidates by what is known of them; with a model, probe them first.

    Only what is asked is computed: a question that needs no pass rates probes nothing, and is told
    so where a model is given for it.

    Parameters
    ----------
    pool : samples, path, several paths, table or records
        The candidates, see `load_pool`.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    by : str, optional
        Column to sort by, greatest first; with a leading ``-`` least first. Without it: ``score``.
    where : str, optional
        Keep some, e.g. ``'lim >= 0.6 and answer_kind == "number"'``.
    explain : str, optional
        Id of a candidate that is going to be explained (`Ranking.explain`): all that is known of it
        is computed.
    selectors : str or iterable of str, optional
        Names of `components("selector")`, or ``all``. By default those that `by` and `where` name,
        else all that the evidence allows.
    settings : mapping, optional
        Settings of selectors that run, by selector and name: ``{"mopps": {"decay": 0.7}}``.
    choose : int, optional
        Put a set of so many candidates that complement each other first: greedy facility location
        over their skills, weighted by what sorts (`selectors.choosing.choose`). Columns ``chosen``,
        ``marginal_gain``, ``objective`` and ``chosen_family`` tell it.
    pair : bool
        Begin the set with a positive-negative pair by pass rates.
    per_family : int, optional
        At most so many of the set of each category or family of skills.
    quota : str or mapping, optional
        At most so many of each family that is named, and none of others: ``algebra=2,geometry=1``;
        without `choose` as many as it allows.
    embeddings : str, optional
        Field of the candidates with embeddings, by which they are compared beside the skills;
        ``model`` for the mean hidden states of their prompts in `model`, a local one.
    ladder : int, optional
        Put the candidates that are sometimes solved first, from easy to hard by pass rate, in so
        many steps of equal size (`selectors.ladder.climb`); column ``ladder_step`` tells it.
    evaluate : path, str or mapping, optional
        Measured outcomes to hold every selector that can run against (`Ranking.evaluation`): a file
        of ``id`` and an outcome, a folder of runs, ``one-shot-rlvr`` or ``polymath``, or numbers by
        id; ``#COLUMN`` behind a file or name says which outcome. Where pass rates are not known and
        histories are, the mean of each history stands for its pass rate.
    history : History, mapping or path, optional
        Accuracies of the candidates at successive checkpoints: lists by id, or records of ``id``
        and ``accuracy``.
    rates : Probe, records, mapping or path, optional
        Pass rates: records of ``id``, ``n`` and ``correct``, as `probe` gives them.
    target : str or iterable of str, optional
        Domains that training shall help; all whose demand is known by default.
    group_size : int, optional
        Rollouts of a group in the training to come, for the chance of a dead group; with a model,
        as its recipe says by default, else 8.
    truncate_history : bool
        Cut histories to the shortest before taking the variance.
    demand : samples, path or name of a benchmark, optional
        Problems that show which skills are wanted; ``microcosm`` for those of the embedded world,
        which are meant where its model is probed.
    tagger : str or Tagger, optional
        Who names the skills. One that asks a model asks `model`; with `rates` as well, the model
        names skills and is not probed.
    tags : path, optional
        Where the answers of a tagger's model are kept, by model, prompt and settings; what stands
        there is not asked again.
    against : samples, path or name of a benchmark, or several paths or names, optional
        Problems whose near-copies rank last.
    copies : {"fold", "mark", "keep"}, optional
        What is done with copies of one problem: folded into the best of them, ranked and marked, or
        nothing. By default folded, where copies are looked for at all.
    development : samples, path or name of a benchmark, optional
        Problems that training shall help with; ``gradient_alignment`` compares gradients with
        theirs. ``microcosm`` for those of the embedded world.
    model, server, engine, device, trust_remote_code, concurrency, prices, max_cost, cache,
    engine_options
        The model to probe, see `probe`; selectors that look inside it need a local one.
    ray : str, optional
        Work on a Ray cluster: ``local``, ``auto`` or an address. With a model its actors probe, see
        `probe`; without one its tasks score parts of the pool. The ranking is the same.
    gpus, cpus : float, optional
        That each actor or task asks of Ray; tasks ask for no GPU.
    rollouts, adaptive, recipe, template, max_tokens, temperature, forced, journal
        How it is probed, see `probe`.
    confirm : int, optional
        How many of the first are rolled out anew and ranked by the fresh rollouts, so that none is
        first by luck (`selectors.second_look`); default: a tenth of the candidates, at most 10.
    seed : int, optional
        Of the probe, and of what selectors draw; default: 0.
    resume : path, optional
        Folder in which finished parts of a large pool are kept: the same call goes on from there.
    report : path-like, optional
        Write a page here, with every score, skills by domain and all candidates: one .html file.
    on_error : {"skip", "fail"}
        What a bad line of a file does.
    progress : callable, optional
        Called with the number of candidates of a large pool, or of rollouts of the probe, done
        since the last call, and about how many there will be.

    Raises
    ------
    PoolError
        If a file cannot be read, or no candidate has the id `explain`.
    ConfigError
        If a name is unknown, or something that was given would be ignored.
    GenerationError
        If the model fails for good.
    """
    from sample_engineering.api.outcomes import outcomes_of
    from sample_engineering.api.showing import page_for
    from sample_engineering.generation.journaled import JournaledGenerator, weights_mark
    from sample_engineering.pool import Pool
    from sample_engineering.pool.reading import Begun
    from sample_engineering.probing import probe_pool
    from sample_engineering.selectors import parted
    from sample_engineering.selectors.choosing import choose as choose_set
    from sample_engineering.selectors.evidence import Evidence, copies_meant
    from sample_engineering.selectors.ladder import BY, check_known, check_steps, climb
    from sample_engineering.selectors.predicting import predictions
    from sample_engineering.selectors.question import read_question
    from sample_engineering.selectors.ranking import answer
    from sample_engineering.selectors.second_look import (
        SECOND_LOOK,
        by_rollouts,
        looked_at_twice,
        rank_again,
    )
    from sample_engineering.selectors.weights import Weights
    from sample_engineering.selectors.wish import read_wish
    from sample_engineering.skills import asks_model, find_tagger

    named = model is not None or server is not None
    actors: dict[str, Any] = {"ray": ray, "gpus": gpus, "cpus": cpus} if named else {}
    reach = Reach(
        server=server,
        engine=engine,
        device=device,
        trust_remote_code=trust_remote_code,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        cache=cache,
        engine_options=engine_options,
        **actors,
    )
    sampled = {
        "rollouts": rollouts,
        "adaptive": adaptive or None,
        "confirm": confirm,
        "recipe": recipe,
        "template": template,
        "max_tokens": max_tokens,
        "temperature": temperature,
        "forced": forced,
        "journal": journal,
    }
    asks = isinstance(tagger, str) and asks_model(tagger)
    if not named:
        refuse(reach.given | sampled, "is for probing; give `model`, or leave it out")
    probes = named and rates is None
    if report is not None and explain is not None:
        raise ConfigError("`report` is not for `explain`; leave one of them out")
    page = page_for(report)
    if evaluate is not None and explain is not None:
        raise ConfigError("`evaluate` is not for `explain`; leave one of them out")
    wish = read_wish(choose, pair=pair, per_family=per_family, quota=quota, embeddings=embeddings)
    if wish is not None and evaluate is not None:
        raise ConfigError("`choose` is not for `evaluate`; leave one of them out")
    steps = check_steps(ladder)
    if steps is not None:
        refuse(
            {
                **{"by": by, "choose": wish and wish.k, "evaluate": evaluate},
                **{"explain": explain, "confirm": confirm},
            },
            "is not for a `ladder`, which orders all by pass rate; leave one of them out",
        )
        by = BY
    outcomes = None if evaluate is None else outcomes_of(evaluate)

    at_least(0, {"confirm": confirm})
    plan = None
    if named:
        plan = probe_plan(
            model,
            server,
            recipe=recipe,
            rollouts=rollouts,
            adaptive=adaptive,
            template=template,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            forced=forced,
            group_size=group_size,
        )
    found: list[Probe] = []
    if tags is not None and not asks:
        raise ConfigError("`tags` keeps the answers of a model that is a `tagger`; give one")

    @functools.cache
    def opened() -> "Generator":
        return reach.open(model, skips_refused=True)

    def asked_for_tags() -> "Generator":
        if tags is None:
            return opened()
        mark = weights_mark(model) if isinstance(model, str | os.PathLike) else ""
        return JournaledGenerator(opened(), tags, mark)

    def measure() -> "Probe":
        found.append(probe_pool(evidence.pool, opened(), plan, journal=journal, progress=progress))
        return found[0]

    measured = {
        **{"rates": rates, "history": history, "evaluate": outcomes, "explain": explain},
        **{"choose": wish, "ladder": steps, "development": development},
    }
    text_alone = not named and all(one is None for one in measured.values())
    share = None if named else _share(ray, gpus, cpus, measured)
    most = parted.LARGE if text_alone else None
    begun = begin_candidates(pool, most=most, mapping=mapping, on_error=on_error)
    rest = begun if isinstance(begun, Begun) and len(begun.first) == most else None
    held = begun if isinstance(begun, Pool) else begun.whole() if rest is None else rest.known()
    evidence = Evidence(
        held,
        history=history,
        rates=measure if probes else rates,
        demand=_demand(demand, model, server),
        target=target,
        against=references(against, on_error),
        copies=copies_meant(copies, explain, evaluates=evaluate is not None),
        group_size=_group_size(group_size, plan if probes else None),
        truncate_history=truncate_history,
        tagger=find_tagger(tagger or "builtin", asked_for_tags if named else None)
        if tagger is None or isinstance(tagger, str)
        else tagger,
        seed=seed or 0,
        weights=(lambda: Weights(opened(), plan.protocol)) if plan is not None else None,
        development=_development(development, on_error),
        history_rates=outcomes is not None and history is not None and rates is None and not probes,
        on_error=on_error,
    )
    if steps is not None:
        check_known(evidence)
    heeds = {
        "history": history,
        "target": target,
        "demand": demand,
        "tagger": tagger,
        "against": against,
        "copies": copies,
        "rates": rates,
        "group_size": group_size,
        "truncate_history": truncate_history or None,
        "seed": None if probes or outcomes is not None else seed,
        "development": development,
    }
    given = {name: name for name, value in heeds.items() if value is not None}
    looks_inside = wish is not None and wish.asks_model
    if probes and not asks and not looks_inside:
        given["rates"] = "model"

    def asked() -> "Question":
        return read_question(
            evidence,
            by=by,
            where=where,
            explain=explain,
            selectors=selectors,
            settings=settings,
            evaluates=outcomes is not None,
            given=given,
        )

    question = asked()
    if rest is not None or share is not None:
        whole = parted.needs_whole(question, evidence)
        if not whole:
            return page.of(
                parted.answer_in_parts(
                    question,
                    evidence,
                    held if rest is None else rest.samples(),
                    held.problems,
                    name=held.name,
                    share=share,
                    resume=None if resume is None else Path(resume),
                    progress=progress,
                )
            )
        if share is not None:
            raise ConfigError(
                f"`ray` scores parts of the pool, and {', '.join(whole)} need all of it at once; "
                "leave `ray` out, or ask for other `selectors`"
            )
        assert rest is not None
        evidence = evidence.of_part(rest.whole())
        question = asked()
    if resume is not None:
        raise ConfigError(
            f"`resume` is for what is ranked in parts: more than {parted.LARGE:,} candidates and "
            "nothing measured; leave it out"
        )

    looks_inside |= any("weights" in question.selectors[name].needs for name in question.asked)
    if looks_inside and ray is not None:
        raise ConfigError(
            "what is asked looks inside the model, which must be in this process; leave `ray` out"
        )
    if named and rates is not None and not looks_inside:
        if not asks:
            raise ConfigError("`rates` and `model` both give pass rates; leave one out")
        refuse(sampled, "is for probing, and `rates` is given; leave one of them out")
    if looks_inside and (rates is not None or not any(map(_rolls_out, _running(question)))):
        refuse(
            {name: sampled[name] for name in ("rollouts", "adaptive", "forced", "journal")},
            "is for probing, and nothing that is asked probes; leave it out",
        )

    def used(ranking: "Ranking") -> "Ranking":
        """Choose a set of it, or hold it against outcomes, where that was asked."""
        if wish is not None:
            return choose_set(ranking, evidence, wish)
        if steps is not None:
            return climb(ranking, evidence, steps)
        if outcomes is None:
            return ranking
        return replace(ranking, evaluation=predictions(ranking, outcomes, seed or 0))

    if not named:
        return page.of(used(answer(question, evidence)))
    twice = 0
    if probes and outcomes is None and steps is None and by_rollouts(question):
        twice = looked_at_twice(len(evidence.pool)) if confirm is None else confirm
    elif confirm:
        why = "beside `evaluate`" if outcomes else f"in an order by {question.column}"
        raise ConfigError(f"`confirm` changes nothing {why}; leave it out")

    def measure_again(samples: Sequence[Sample]) -> list[dict[str, Any]]:
        assert plan is not None
        fresh = replace(plan, seed=plan.seed + SECOND_LOOK)
        found.append(probe_pool(samples, opened(), fresh, journal=journal, progress=progress))
        return list(found[-1].to_records())

    with closed_if_named(model, opened()):  # what cannot be opened fails before any work
        ranking = answer(question, evidence)
        if twice:
            ranking = rank_again(ranking, question, evidence, twice, measure_again)
        ranking = used(ranking)
    return page.of(
        ranking.noting(
            note
            for one in found
            for note in (f"probed {one.model}: {one.account()}", *one.notes, *one.usage)
        )
    )


def _group_size(given: int | None, plan: "ProbePlan | None") -> int:
    """Return the rollouts of a group: as the probe has them, else as given, else as published."""
    from sample_engineering.selectors.posterior import GROUP_SIZE

    if plan is not None:
        return plan.group_size
    return GROUP_SIZE if given is None else given


def _running(question: "Question") -> "list[Selector]":
    return [question.selectors[name] for name in question.asked]


def _rolls_out(one: "Selector") -> bool:
    """Whether a selector reads what a probe measures."""
    return not {"pass_rates", "answers"}.isdisjoint(one.needs)


def _development(
    given: Iterable[Sample] | PathLike | None, on_error: str
) -> Iterable[Sample] | None:
    """Return the problems of the development set."""
    if given == EMBEDDED:
        return load_demand(EMBEDDED)
    if isinstance(given, str | os.PathLike):
        return load_reference(given, on_error=on_error)
    return given


def _share(
    ray: str | None, gpus: float | None, cpus: float | None, measured: Mapping[str, Any]
) -> "Share | None":
    """Return who scores parts of the pool where no model is named."""
    if ray is None:
        ignored({"gpus": gpus, "cpus": cpus}, "they are asked of `ray`")
        return None
    from sample_engineering.cluster import Share

    beside = [f"`{name}`" for name, value in measured.items() if value is not None]
    if beside:
        raise ConfigError(
            f"`ray` would be ignored beside {' and '.join(beside)}: only what the text alone says "
            "is scored in parts; leave it out"
        )
    ignored({"gpus": gpus}, "parts of a pool are scored on CPUs")
    return Share(ray, 0.0, 1.0 if cpus is None else cpus)


def _demand(
    demand: Iterable[Sample] | PathLike | None,
    model: "str | Generator | None",
    server: str | None,
) -> Iterable[Sample] | Callable[[], Iterable[Sample]] | None:
    """Resolve whose demand is meant: that of the embedded world where its model is probed."""
    if demand is None and server is None and model == EMBEDDED:
        return lambda: load_demand(EMBEDDED)
    return load_demand(demand) if isinstance(demand, str | os.PathLike) else demand
