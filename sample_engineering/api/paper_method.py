"""The polymath paper's method: from nothing, or from a pool, to a prime and its specialists."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, ignored, names_in, refuse
from sample_engineering.api.pools import candidates
from sample_engineering.api.typed import typed
from sample_engineering.api.validating import default_folder
from sample_engineering.defaults import is_embedded
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.polymath.plan import PolymathPlan
    from sample_engineering.polymath.result import PolymathResult
    from sample_engineering.pool.sources import Candidates
    from sample_engineering.selectors.evidence import Histories

_SYMBOLIC = "symbolic"


@typed
def polymath(
    *,
    composer: str | Sequence[str] | None = None,
    n: int | None = None,
    domains: str | Sequence[str] | None = None,
    answers: str | None = None,
    move: str | None = None,
    parents: "Candidates | None" = None,
    dialect: str | None = None,
    steps: int | tuple[int, int] | None = None,
    attempts: int | None = None,
    agreement: float | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    tagger: str | None = None,
    tagger_model: str | None = None,
    model: str | None = None,
    window: tuple[float, float] | None = None,
    rollouts: int | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    mapping: Mapping[str, str] | None = None,
    natural: "Candidates | None" = None,
    history: "Histories | None" = None,
    min_lim: float | None = None,
    seed: int | None = None,
    out: PathLike | None = None,
    resume: PathLike | None = None,
    trust_remote_code: bool = False,
    progress: Callable[[str], None] | None = None,
) -> "PolymathResult":
    """Carry out the method of the polymath paper: compose, refuse, list skills, choose.

    Everything lies in one folder, and a run that was killed goes on from it (`resume`).

    Parameters
    ----------
    composer : str or sequence of str, optional
        ``symbolic``, the default, needs no model. Else the models that write the candidates in
        turn and all solve each of them: a path or Hugging Face name, or ``MODEL@URL`` for a model
        at an OpenAI-compatible server.
    n : int, optional
        Candidates; default 40 (the paper: about 500).
    domains : str or sequence of str, optional
        Subjects that each joins; default physics, chemistry, biology.
    answers : {"integer", "any"}, optional
        Whether answers must be exact whole numbers from 1 to 1,000, as in the paper. Default:
        ``integer``, but ``any`` where a move keeps the answers of its parents.
    move : str, optional
        Make the candidates of `parents` instead: ``chain`` and ``masked`` without a model;
        ``harder``, ``recombine`` and ``concept-rationale`` by the composers.
    parents : samples, path, several paths, table or records, optional
        The problems that a move starts from.
    dialect : {"english", "compact"}, optional
        Of symbolic problems; ``compact`` is that of the embedded model.
    steps : int or (int, int), optional
        Relations that a symbolic problem joins; default 3 to 4.
    attempts : int, optional
        Solutions of each model for each candidate; default 2.
    agreement : float, optional
        Share of the attempts of each single model that must reach the answer; default one half.
    temperature, max_tokens : optional
        Of drafts and solutions; default 1, and 3,000 and 4,096 tokens. The tokens are also those
        of the rollouts of `model`; default: as its recipe says, polymath or the embedded model's.
    tagger : str, optional
        Who lists the skills: ``declared``, as the composer states them (default for symbolic
        ones), or a tagger by name; ``llm`` where models compose.
    tagger_model : str, optional
        The model that such a tagger asks; default: the first composer.
    model : str, optional
        The model that shall be trained, ``MODEL`` or ``MODEL@URL``: it is probed, and candidates
        outside the `window` are refused. None: not probed.
    window : (float, float), optional
        Pass rates that are taken, ends included; default 0.2 to 0.8.
    rollouts : int, optional
        Of that model for each candidate; default 8.
    engine, engine_options, device : optional
        How models that are at no server are run, see `probe`.
    concurrency, prices, max_cost : optional
        For models at servers, see `probe`; `max_cost` is for all together.
    mapping : mapping of str to str, optional
        Which column of `natural` or `parents` is what, see `load_pool`.
    natural : samples, path, several paths, table or records, optional
        A pool instead: of each category, the problem with the lowest LIM score that is still at
        least `min_lim` (selector ``category_rule``).
    history : optional
        Training trajectories of its problems, see `rank`; without, the pool must have a field
        ``lim``.
    min_lim : float, optional
        Lowest LIM score that passes; default 0.6.
    seed : int, optional
        Same seed, same files; default 0.
    out : path-like, optional
        The folder; None: a new one below ``runs``.
    resume : path-like, optional
        Go on with an interrupted run, as it was planned; only `device`, `max_cost` and
        `trust_remote_code` may be given beside it.
    trust_remote_code : bool, optional
        With `resume`: run the interpreter or code that the folder's `engine_options` name.
    progress : callable, optional
        Called with what is going on, in words.

    Returns
    -------
    PolymathResult
        ``result.prime``, ``result.specialists``; shows itself as a table.

    Raises
    ------
    ConfigError
        If something that was given cannot be used, or would be ignored.
    SampleEngineeringError
        If the pool cannot be read, too few problems can be composed, or a model fails for good.

    References
    ----------
    Li et al. 2026, "One Sample to Rule Them All: Extreme Data Efficiency in RL Scaling", arXiv
    2601.03111.
    """
    from sample_engineering.foreign_code import PARAMETER, settle
    from sample_engineering.polymath.folder import PRICES, PolymathFolder, read_plan
    from sample_engineering.polymath.models import read_price_table
    from sample_engineering.polymath.run import run

    composing: dict[str, Any] = {
        "composer": composer,
        "n": n,
        "domains": domains,
        "answers": answers,
        "move": move,
        "parents": parents,
        "dialect": dialect,
        "steps": steps,
        "attempts": attempts,
        "agreement": agreement,
        "temperature": temperature,
        "max_tokens": max_tokens,
        "tagger": tagger,
        "tagger_model": tagger_model,
        "model": model,
        "window": window,
        "rollouts": rollouts,
        "engine": engine,
        "engine_options": engine_options or None,
        "concurrency": concurrency,
        "prices": prices,
        "seed": seed,
    }
    picking = {"natural": natural, "history": history, "min_lim": min_lim}
    if resume is not None:
        ignored(
            composing | picking | {"mapping": mapping, "out": out},
            "`resume` takes everything from the folder of the run",
        )
        plan = read_plan(Path(resume))
        settle(plan.named_code, trust_remote_code, resume)
        if device is not None:
            plan = replace(plan, device=device)
        plan = replace(plan, max_cost=max_cost)
        _reachable(plan, {"device": device, "max_cost": max_cost})
        if max_cost is not None:
            _priced(plan, read_price_table(plan.out / PRICES))
        return run(plan, PolymathFolder(plan.out), progress)
    ignored({PARAMETER: trust_remote_code or None}, "it is for what a folder names, with `resume`")
    place = Path(out) if out is not None else default_folder("polymath")
    if natural is not None:
        idle = composing | {"device": device, "max_cost": max_cost}
        ignored(idle, "`natural` composes nothing and asks no model")
        return _natural(natural, mapping, history, min_lim, place)
    ignored({"history": history, "min_lim": min_lim}, "they are for `natural`, a pool of problems")
    if (move is None) != (parents is None):
        given, wanted = ("parents", "move") if move is None else ("move", "parents")
        raise ConfigError(f"`{given}` needs `{wanted}`; give both, or leave it out")
    if mapping is not None and parents is None:
        raise ConfigError("`mapping` is for columns of `natural` or `parents`; leave it out")
    used = [] if move is None or parents is None else _parents(move, parents, mapping)
    plan = _plan(place, **composing | {"device": device, "max_cost": max_cost, "parents": used})
    table = None if prices is None else read_price_table(prices)
    if table is not None and max_cost is not None:
        _priced(plan, table)
    return run(plan, PolymathFolder.create(plan, table, used), progress)


def _plan(
    place: Path,
    *,
    composer: str | Sequence[str] | None,
    domains: str | Sequence[str] | None,
    answers: str | None,
    move: str | None,
    parents: Sequence[Sample],
    steps: int | tuple[int, int] | None,
    tagger: str | None,
    tagger_model: str | None,
    model: str | None,
    window: tuple[float, float] | None,
    prices: PathLike | None,
    **others: Any,
) -> "PolymathPlan":
    """Resolve what was left open; nothing is composed or asked."""
    from sample_engineering.polymath.constraints import ANSWERS
    from sample_engineering.polymath.moves import find_move
    from sample_engineering.polymath.plan import DECLARED, MODELS, PolymathPlan
    from sample_engineering.runs.free import check_free
    from sample_engineering.skills import asks_model, check_domains
    from sample_engineering.synthesis.composition import DIALECTS

    check_free(place, "run")
    given = {name: value for name, value in others.items() if value is not None}
    named = names_in(composer) or [_SYMBOLIC]
    made = move is not None and not find_move(move).asks_model
    if move is not None and find_move(move).asks_model == (named == [_SYMBOLIC]):
        wanted = "needs models in `composer`" if not made else "needs no `composer`; leave it out"
        raise ConfigError(f"`move` {move} {wanted}")
    if made and composer is not None:
        raise ConfigError(f"`composer` would be ignored: `move` {move} needs none; leave it out")
    if _SYMBOLIC in named and len(named) > 1:
        raise ConfigError("`composer` symbolic composes alone; leave it or the models out")
    symbolic = named == [_SYMBOLIC]
    if domains is not None:
        given["domains"] = check_domains(domains)
    elif made or move == "harder":  # those of the parents
        given["domains"] = ()
    _one_of("answers", answers, ANSWERS)
    _one_of("dialect", given.get("dialect"), DIALECTS)
    for name, least in (("n", 1), ("attempts", 1), ("rollouts", 1), ("max_tokens", 1)):
        if name in given and given[name] < least:
            raise ConfigError(f"`{name}` is {given[name]}; give {least} or more")
    if not 0 < given.get("agreement", 1) <= 1:
        raise ConfigError(f"`agreement` is {given['agreement']}; give a share above 0, at most 1")
    if given.get("temperature", 0) < 0 or given.get("max_cost", 0) < 0:
        raise ConfigError("`temperature` and `max_cost` are 0 or more; mend what is less")
    if window is not None:
        if not 0 <= window[0] <= window[1] <= 1:
            raise ConfigError(f"`window` {window[0]} to {window[1]}: give 0 <= low <= high <= 1")
        given["window"] = tuple(window)
    if steps is not None:
        given["steps"] = (steps, steps) if isinstance(steps, int) else tuple(steps)
    if move == "masked" and answers == "integer":
        raise ConfigError("`answers` integer would refuse all: `move` masked asks for a letter")
    if move is not None:
        refuse(
            {"dialect": given.get("dialect"), "steps": steps},
            f"would be ignored: `move` {move} starts from `parents`; leave it out",
        )
    if symbolic:
        refuse(
            {name: given.get(name) for name in ("attempts", "agreement", "temperature")},
            "is for models that compose; name them with `composer`, or leave it out",
        )
        if model is None:
            why = "is for models that compose or are probed; name one, or leave it out"
            refuse({"max_tokens": given.get("max_tokens")}, why)
    else:
        refuse(
            {"dialect": given.get("dialect"), "steps": steps},
            "is for the symbolic composer; leave it out, or the models in `composer`",
        )
    if model is None:
        refuse({"window": window, "rollouts": given.get("rollouts")}, "needs `model` to probe")
    declared = symbolic and all(one.skills for one in parents)
    who = tagger or (DECLARED if declared else "builtin" if symbolic else "llm")
    if who == DECLARED and not declared:
        raise ConfigError(
            "`tagger` declared is for problems that state their skills; name another, e.g. llm"
        )
    asks = who != DECLARED and asks_model(who)
    if tagger_model is not None and not asks:
        raise ConfigError(
            f"`tagger_model` would be ignored: `tagger` {who} asks none; leave it out"
        )
    if asks and tagger_model is None:
        if symbolic:
            raise ConfigError(f"`tagger` {who} asks a model; name it with `tagger_model`")
        tagger_model = named[0]
    plan = PolymathPlan(
        out=place,
        way=_SYMBOLIC if symbolic else MODELS,
        # A move keeps the answers of its parents, but where composers write new problems.
        answers=answers or ("any" if made or move == "harder" else "integer"),
        move=move,
        composers=() if symbolic else tuple(dict.fromkeys(named)),
        tagger=who,
        tagger_model=tagger_model if asks else None,
        model=model,
        priced=prices is not None,
        **given,
    )
    if model is not None and is_embedded(model) and plan.dialect != "compact":
        raise ConfigError(
            f"`model` {model} reads the compact dialect only, and would solve none of these; give "
            "`dialect` compact, or another `model`"
        )
    reach = ("engine", "engine_options", "device", "concurrency", "max_cost")
    _reachable(plan, {name: given.get(name) for name in reach} | {"prices": prices})
    return plan


def _reachable(plan: "PolymathPlan", given: Mapping[str, Any]) -> None:
    """Refuse what says how a model is reached where there is none of that kind."""
    from sample_engineering.generation.server_address import read_name

    remote = [read_name(name).server is not None for name in plan.models]
    if all(remote):
        refuse(
            {name: given.get(name) for name in ("engine", "engine_options", "device")},
            "is for models that are at no server, and there is none; leave it out",
        )
    if not any(remote):
        refuse(
            {name: given.get(name) for name in ("concurrency", "prices", "max_cost")},
            "is for models at servers, written MODEL@URL, and there is none; leave it out",
        )
    if given.get("max_cost") is not None and not plan.priced:
        raise ConfigError("`max_cost` needs `prices`, a table with what each model costs")


def _priced(plan: "PolymathPlan", table: Mapping[str, Any]) -> None:
    """Refuse a budget that could not be held, before anything is spent."""
    from sample_engineering.generation.server_address import read_name

    asked = [read_name(name) for name in plan.models]
    unknown = [one.model for one in asked if one.server is not None and one.model not in table]
    if unknown:
        raise ConfigError(
            f"`max_cost` needs the price of every model; `prices` lacks {', '.join(unknown)}"
        )


def _one_of(name: str, value: str | None, known: Sequence[str]) -> None:
    if value is not None and value not in known:
        raise ConfigError(f"`{name}` is {value!r:.40}; give {' or '.join(known)}")


def _parents(move: str, given: "Candidates", mapping: Mapping[str, str] | None) -> list[Sample]:
    """Return the problems that a move can start from."""
    from sample_engineering import registry
    from sample_engineering.polymath.moves import KIND, find_move
    from sample_engineering.polymath.moves.prompting import able

    registry.check(KIND, move, "move")
    found = list(candidates(given, mapping=mapping))
    return able(move, found) if find_move(move).asks_model else found


def _natural(
    natural: "Candidates",
    mapping: Mapping[str, str] | None,
    history: "Histories | None",
    threshold: float | None,
    place: Path,
) -> "PolymathResult":
    from sample_engineering.polymath.natural import pick

    return pick(candidates(natural, mapping=mapping), history, threshold, place)
