"""How much of a benchmark a model knows by heart."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, at_least, ignored
from sample_engineering.api.reaching import Reach, closed_if_named
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed
from sample_engineering.defaults import is_embedded, local_model
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.evaluation import Benchmark
    from sample_engineering.evaluation.contamination import Contamination
    from sample_engineering.generation import Generator

_MOST_MADE = 200  # problems of a control that is made


@typed
def contamination(
    model: "str | Generator | None" = None,
    *,
    benchmark: "Benchmark | str | Sequence[str] | None" = None,
    run: PathLike | None = None,
    control: "Benchmark | str | Sequence[str] | None" = None,
    shares: Sequence[float] | None = None,
    items: int = 200,
    max_tokens: int | None = None,
    server: str | None = None,
    engine: str | None = None,
    engine_options: Mapping[str, Any] | None = None,
    device: str | None = None,
    revision: str | None = None,
    dtype: str | None = None,
    attn_implementation: str | None = None,
    trust_remote_code: bool = False,
    model_init_kwargs: Mapping[str, Any] | None = None,
    concurrency: int | None = None,
    prices: PathLike | None = None,
    max_cost: float | None = None,
    on_error: str = "fail",
    seed: int = 0,
    out: PathLike | None = None,
    report: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> "Contamination":
    """Say how much of a benchmark a model knows by heart.

    It is given the first words of each problem and continues; see `evaluation.contamination` for
    what is counted. The verdict is of the difference from problems that it cannot know.

    Parameters
    ----------
    model : str or Generator, optional
        A base model: path or Hugging Face name; with `server`, the name there. None: the embedded
        one, or that of `run`.
    benchmark : Benchmark, str or sequence of str, optional
        As for `evaluate`. It, or `run`, must be given.
    run : path-like, optional
        A run folder instead: its base model and its benchmark (without what was made anew). The
        record is written into it, and its report says what was found.
    control : Benchmark, str or sequence of str, optional
        What the model cannot know: paraphrases, or problems made anew. None: as many problems of
        ``fresh``, in the dialect that the model reads.
    shares : sequence of float, optional
        Of the words that are shown; 0.4, 0.6 and 0.8 by default.
    items : int
        At most so many problems of the benchmark, drawn by `seed`.
    max_tokens : int, optional
        Longest continuation; 512 by default.
    server, engine, engine_options, device, revision, dtype, attn_implementation,
    trust_remote_code, model_init_kwargs, concurrency, prices, max_cost
        How the model is reached, see `probe`.
    on_error : {"fail", "skip"}
        What items do that cannot be read or graded.
    seed : int
        Of the problems that are drawn, and of a control that is made.
    out : path-like, optional
        Where the record is written (.json).
    report : path-like, optional
        Write a page here: one .html file.
    progress : callable, optional
        Called with the number of continuations finished since the last call, and that of all.

    Returns
    -------
    Contamination
        ``.verdict``, ``.rows()``, ``.by_heart()``.

    Raises
    ------
    ConfigError
        If neither or both of `benchmark` and `run` are given, or something would be ignored.
    SampleEngineeringError
        If the benchmark or the run cannot be read, or the model fails.
    """
    from sample_engineering.evaluation import Benchmark, load_benchmark
    from sample_engineering.evaluation.contamination import MAX_TOKENS, SHARES, measure
    from sample_engineering.evaluation.loaders import named_code
    from sample_engineering.files import write_json
    from sample_engineering.runs.format import CONTAMINATION

    at_least(1, {"items": items, "max_tokens": max_tokens})
    page = page_for(report)
    if out is not None and Path(out).suffix != ".json":
        raise ConfigError(f"`out` is no .json file: {out}; call it {Path(out).stem}.json")
    if run is not None:
        ignored({"model": model, "benchmark": benchmark}, "`run` names both")
        model, measured = _of_run(Path(run))
        out = Path(run) / CONTAMINATION if out is None else out
    elif benchmark is None:
        raise ConfigError("give `benchmark`: which problems may be known by heart? (or `run`)")
    elif isinstance(benchmark, Benchmark):
        measured = benchmark
    else:
        measured = load_benchmark(
            benchmark, on_error=on_error, seed=seed, trust_remote_code=trust_remote_code
        )
    if len(measured) > items:
        measured = measured.drawn(items, seed=seed)
    chosen = SHARES if shares is None else tuple(shares)
    if control is None:
        embedded = is_embedded(model, server) or model == local_model(None)
        dialect = "&dialect=compact" if embedded else ""
        number = max(8, min(len(measured), _MOST_MADE))
        control = f"fresh?n={number}&seed={seed}{dialect}"
    beside = (
        control
        if isinstance(control, Benchmark)
        else load_benchmark(
            control, on_error=on_error, seed=seed, trust_remote_code=trust_remote_code
        )
    )
    _ = measured.golds, beside.golds
    code = named_code(benchmark) or named_code(control)
    is_open = model is not None and not isinstance(model, str)
    of_benchmark = bool(code) and (is_open or server is not None)
    reach = Reach(
        server=server,
        engine=engine,
        engine_options=engine_options,
        device=device,
        revision=revision,
        dtype=dtype,
        attn_implementation=attn_implementation,
        trust_remote_code=trust_remote_code and not of_benchmark,
        model_init_kwargs=model_init_kwargs,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
    )
    total = len(chosen) * (len(measured) + len(beside))
    with closed_if_named(model, reach.open(model)) as generator:
        found = measure(
            generator,
            measured,
            beside,
            shares=chosen,
            max_tokens=MAX_TOKENS if max_tokens is None else max_tokens,
            progress=None if progress is None else lambda number: progress(number, total),
        )
    if out is not None:
        write_json(out, found.to_dict())
    return page.of(found)


def _of_run(folder: Path) -> "tuple[str, Benchmark]":
    """Return the base model of a run and what of its benchmark was published."""
    from sample_engineering.runs.folder import RunFolder
    from sample_engineering.trainers.plan import benchmark_of

    run = RunFolder.open(folder)
    benchmark, model = benchmark_of(run.read_inputs()), run.read_config().model
    made = benchmark.made_anew
    items = [
        benchmark.items[place]
        for member, places in benchmark.parts
        if member.name not in made
        for place in places
    ]
    if not items:
        raise ConfigError(f"the benchmark of {folder} was made anew; nobody knows it by heart")
    named = ",".join(member.name for member, _ in benchmark.parts if member.name not in made)
    return model, benchmark.with_(items=items, name=named)
