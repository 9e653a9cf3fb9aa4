"""Evaluating: how well a model does on a benchmark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, at_least, beside, ignored
from sample_engineering.api.pools import one_sample
from sample_engineering.api.reaching import Reach, closed_if_named
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed
from sample_engineering.defaults import EMBEDDED, embedded_benchmark, find_recipe
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.evaluation import Benchmark, Evaluation
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.evaluation.made import Made
    from sample_engineering.generation import Generator
    from sample_engineering.trainers.recipes import Recipe
    from sample_engineering.trainers.untrained import WayOptions

ROLLOUTS = 4  # completions of a benchmark item in a first look


@typed
def evaluate(
    model: "str | Generator | None" = None,
    *,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    recipe: "Recipe | str | None" = None,
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
    rollouts: int | None = None,
    greedy: bool = False,
    temperature: float | None = None,
    max_tokens: int | None = None,
    template: str | None = None,
    system: str | None = None,
    chat_template_kwargs: Mapping[str, Any] | None = None,
    top_p: float | None = None,
    top_k: int | None = None,
    stop: Sequence[str] | None = None,
    per_domain: int | None = None,
    group_by: str | None = None,
    on_error: str = "fail",
    in_context: Sample | PathLike | None = None,
    way: str | None = None,
    way_options: Mapping[str, Any] | None = None,
    before: "Evaluation | PathLike | None" = None,
    contamination: "Contamination | PathLike | None" = None,
    seed: int = 0,
    journal: PathLike | None = None,
    out: PathLike | None = None,
    report: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> "Evaluation":
    """Ask a model the items of a benchmark and grade what it writes.

    Everything that can be refused is refused before a model is loaded.

    Parameters
    ----------
    model : str or Generator, optional
        Path or Hugging Face name; with `server`, the name there; None: the embedded one.
    benchmark : Benchmark, str or sequence of str, optional
        Or the name (``math500``, ``math500@PATH``, ``polymath``), file or reference of one, or
        several, which are asked in one run, each in its own way; None: the microcosm's.
    recipe : Recipe or str, optional
        Ask each benchmark as this recipe evaluates it: template, temperature, completions and so
        on. Without one, as the benchmark says.
    server, engine, device, revision, dtype, attn_implementation, trust_remote_code,
    model_init_kwargs, concurrency, prices, max_cost, cache, engine_options
        How the model is reached, see `probe`.
    rollouts : int, optional
        Completions of each item; 4 by default, 1 where it is asked greedily.
    greedy : bool
        Temperature 0 and one completion an item.
    temperature, max_tokens, template, system, chat_template_kwargs, top_p, top_k, stop
        How the items are asked, those of all benchmarks alike, see `generation.Protocol`; None: as
        the recipe or the benchmark says.
    per_domain : int, optional
        At most so many items of each domain, drawn by `seed`.
    group_by : str, optional
        Field of the items that shall serve as domain, e.g. ``subject``.
    on_error : {"fail", "skip"}
        What items do that cannot be read or graded; those left out are in ``info["left_out"]``.
    in_context : Sample or path, optional
        A solved problem shown before each item; ``FILE#ID`` picks one of a pool.
    way : {"power-sampling"}, optional
        Draw completions from a power of the model's distribution over whole completions, by
        Metropolis-Hastings, instead of token by token ("Reasoning with Sampling", arXiv
        2510.14901). It takes about ten times the tokens, which ``info["tokens_spent_each"]`` says,
        so one completion an item is the default.
    way_options : mapping, optional
        Its ``alpha`` (the power, 4), ``blocks`` (4) and ``steps`` after each (5).
    before : Evaluation or path, optional
        An earlier evaluation that the result shall be compared with (`evaluation.compare`): other
        items are refused at once.
    contamination : Contamination or path, optional
        What `contamination` found of this benchmark: the notes then say the verdict, how often the
        problems that the model completes word for word are answered right and how often the others
        are, and, with `before`, what is left of the lift without them.
    seed : int
        Of sampling and of the random subset.
    journal : path, optional
        Every answered item is appended here; a killed evaluation resumes from it.
    out : path-like, optional
        Where every completion is kept (.parquet). While the evaluation runs, ``OUT.journal`` lies
        beside it (unless `journal` names another); a finished one deletes its journal.
    report : path-like, optional
        Also write a page, one .html file.
    progress : callable, optional
        Called with the number of items finished since the last call, and that of all.

    Returns
    -------
    Evaluation
        Shows itself as a table; ``.summary()`` is one row a domain, with standard errors.

    Raises
    ------
    ConfigError
        If something is unknown, does not go together, or would be ignored.
    PoolError, GoldError
        If the benchmark cannot be read.
    GenerationError
        If the model cannot be loaded or fails.
    """
    from sample_engineering import evaluation as room
    from sample_engineering.evaluation.by_heart import require_items, told
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.evaluation.evaluate import checked, longest_of
    from sample_engineering.evaluation.loaders import drawn_of, named_code
    from sample_engineering.evaluation.made import recalled, remember
    from sample_engineering.evaluation.same_items import require_items_of, require_protocols_of
    from sample_engineering.trainers.untrained import counted, spent_each

    page = page_for(report)
    if greedy:
        refused = {
            "rollouts": rollouts not in (None, 1),
            "temperature": bool(temperature),
            "top_p": top_p is not None,
            "top_k": top_k is not None,
        }
        if names := [f"`{name}`" for name, given in refused.items() if given]:
            raise ConfigError(
                f"{' and '.join(names)} would be ignored: `greedy` is one completion an item at "
                "temperature 0; leave out one or the other"
            )
    power = _power(way, way_options, greedy, temperature, top_p, top_k)
    if out is not None and Path(out).suffix != ".parquet":
        raise ConfigError(f"`out` is no .parquet file: {out}; call it {Path(out).stem}.parquet")
    at_least(1, {"per_domain": per_domain})
    is_open = model is not None and not isinstance(model, str)
    # With a model that has no code here, it is said of the benchmark alone.
    of_benchmark = bool(named_code(benchmark)) and (is_open or server is not None)
    reach = Reach(
        server=server,
        engine=engine,
        device=device,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn_implementation,
        trust_remote_code=trust_remote_code and not of_benchmark,
        model_init_kwargs=model_init_kwargs,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        cache=cache,
        engine_options=engine_options,
    )
    if is_open:
        reach.heeded("`model` is a generator")
    kept = beside(out, ".journal") if journal is None and out is not None else journal
    drawn = recalled(kept)
    chosen = _evaluated(
        benchmark,
        drawn=drawn,
        recipe=find_recipe(recipe) if isinstance(recipe, str) else recipe,
        per_domain=per_domain,
        group_by=group_by,
        on_error=on_error,
        seed=seed,
        trust_remote_code=trust_remote_code,
        settings={
            "template": template,
            "system": system,
            "chat_template_kwargs": chat_template_kwargs,
            "max_tokens": max_tokens,
            "temperature": temperature,
            "top_p": top_p,
            "top_k": top_k,
            "stop": stop,
            **({} if power is None else {"temperature": power.otherwise["temperature"]}),
        },
    )
    if before is not None:
        if not isinstance(before, room.Evaluation):
            before = room.Evaluation.load(before)
        require_items_of(chosen, before)
        require_protocols_of(chosen, before, greedy=greedy)
    if contamination is not None:
        if not isinstance(contamination, Contamination):
            contamination = Contamination.load(contamination)
        require_items([item.id for item in chosen.items], contamination)
    example = in_context if isinstance(in_context, Sample | None) else one_sample(in_context)
    number = (1 if greedy or power else ROLLOUTS) if rollouts is None else rollouts
    if rollouts is not None:
        chosen = with_rollouts(chosen, rollouts)
    checked(chosen, rollouts=number, seed=seed, greedy=greedy, in_context=example)
    total = len(chosen)
    if kept is not None and not drawn:
        remember(kept, drawn_of(benchmark, chosen))
    with closed_if_named(
        model, reach.open(model, longest=longest_of(chosen, example))
    ) as generator:
        asked = generator if power is None else power.sampler(generator)
        spent_before = counted(asked)
        result = room.evaluate(
            asked,
            chosen,
            rollouts=number,
            seed=seed,
            greedy=greedy,
            in_context=example,
            otherwise=None if power is None else power.otherwise,
            journal=kept,
            # Answers of other settings of the sampler are other answers.
            identity=reach.identity(model) + ("" if power is None else f", {power.note}"),
            progress=None if progress is None else lambda number: progress(number, total),
        )
        if power is not None:
            result = _said(result, power, spent_each(asked, spent_before))
    if contamination is not None:
        result = told(result, contamination, before)
    if out is not None:
        result.save(out)
        if journal is None:
            beside(out, ".journal").unlink(missing_ok=True)
    lift = None if page.path is None or before is None else room.compare(before, result)
    return page.of(result, lift=lift)


def _power(
    way: str | None,
    options: Mapping[str, Any] | None,
    greedy: bool,
    temperature: float | None,
    top_p: float | None,
    top_k: int | None,
) -> "WayOptions | None":
    """Return how power sampling goes, if it was asked for."""
    from sample_engineering.trainers.untrained import WayOptions
    from sample_engineering.trainers.ways import POWER

    if way is None:
        ignored({"way_options": options or None}, "no `way` is asked for")
        return None
    if way != POWER:
        raise ConfigError(f"`way` {way!r} is not known; it is {POWER}, or leave it out")
    given: dict[str, Any] = {
        "greedy": greedy or None,
        "temperature": temperature,
        "top_p": top_p,
        "top_k": top_k,
    }
    ignored(given, "`way` draws from a power of the whole distribution, see `way_options`")
    return WayOptions.of(options or {})


def _said(result: "Evaluation", power: "WayOptions", spent: float | None) -> "Evaluation":
    """Return an evaluation that says in which way it was asked, and what that took."""
    from sample_engineering.evaluation.readings import SPENT_KEY, WAY_KEY
    from sample_engineering.trainers.ways import POWER

    notes = [*result.info["notes"], power.note]
    info = {**result.info, WAY_KEY: POWER}
    if spent is not None:
        info[SPENT_KEY] = spent
        kept = result.table["tokens"].mean()
        notes.append(
            f"{spent:,.0f} tokens were drawn for each answer, {spent / kept:.1f} times those kept"
        )
    return replace(result, info={**info, "notes": notes})


def with_rollouts(benchmark: "Benchmark", rollouts: int) -> "Benchmark":
    """Return a benchmark whose members leave the number of completions to who asks.

    Raises
    ------
    ConfigError
        If there is none that is sampled, and so more than one completion would be all alike.
    """
    if rollouts > 1 and all(member.temperature == 0 for member, _ in benchmark.parts):
        raise ConfigError(
            f"`rollouts` {rollouts} would be all alike: {benchmark.name} is asked greedily; leave "
            "it out, or set a temperature"
        )
    members = [replace(member, rollouts=None) for member in benchmark.members]
    return benchmark.with_(members=members)


def _evaluated(
    benchmark: "Benchmark | str | Sequence[str] | None",
    *,
    drawn: "Mapping[str, Made]",
    recipe: "Recipe | None",
    per_domain: int | None,
    group_by: str | None,
    on_error: str,
    seed: int,
    trust_remote_code: bool,
    settings: Mapping[str, Any],
) -> "Benchmark":
    """Return the benchmark to ask, with its gold answers read."""
    from sample_engineering.evaluation import Benchmark, load_benchmark
    from sample_engineering.evaluation.loaders import prepared, with_settings

    if recipe is not None and isinstance(benchmark, Benchmark):
        ignored({"recipe": recipe.name}, "`benchmark` is one already; change it itself")
    if benchmark is not None and not isinstance(benchmark, Benchmark):
        return load_benchmark(
            benchmark,
            asked=None if recipe is None else recipe.asked_of,
            on_error=on_error,
            per_domain=per_domain,
            group_by=group_by,
            seed=seed,
            drawn=drawn,
            trust_remote_code=trust_remote_code,
            **settings,
        )
    if benchmark is None:
        size = None if group_by is not None else per_domain  # by another field: drawn from all
        asked = {} if recipe is None else recipe.asked_of(EMBEDDED)
        asked |= {name: value for name, value in settings.items() if value is not None}
        asked.pop("rollouts", None)
        benchmark = embedded_benchmark(size, recipe=recipe, seed=seed, **asked)
        per_domain = None if group_by is None else per_domain
    else:
        benchmark = with_settings(benchmark, **settings)
    return prepared(
        benchmark, on_error=on_error, per_domain=per_domain, group_by=group_by, seed=seed
    )
