"""`se probe`: how often does this model solve each candidate?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    DEFAULT_OF_RECIPE,
    Adaptive,
    AttnImplementation,
    ChatTemplateKwargs,
    Concurrency,
    Device,
    Dtype,
    Engine,
    EngineOptions,
    Map,
    MaxCost,
    ModelInitKwargs,
    OnError,
    OnErrorOption,
    Prices,
    RayAddress,
    RayCpus,
    RayGpus,
    RecipeOfProbe,
    ReportPage,
    Revision,
    Seed,
    Server,
    Stop,
    System,
    TableFormat,
    TableFormatOption,
    TopK,
    TopP,
    TrustRemoteCode,
    read_columns,
    read_mapping,
    shared,
)
from sample_engineering.commands.paper import for_paper, print_paper, tell_page
from sample_engineering.commands.progress import counted
from sample_engineering.errors import ConfigError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.pool import Pool
    from sample_engineering.probing import Probe

_SHOWN = 10
_PROBLEM_WIDTH = 44
_LEGEND = (
    "90 %: interval of the rate. dead: chance that a group gets one reward, so teaches nothing. "
    "forced: rate when answering at once."
)
_PIPED_WIDTH = 140


def probe(
    pool: Annotated[
        list[str],
        typer.Argument(metavar="POOL...", help="Candidates, in the formats of se rank."),
    ],
    mapping: Map = None,
    model: Annotated[
        list[str] | None,
        shared("model", "Several times: successive checkpoints, which give a history."),
    ] = None,
    server: Server = None,
    engine: Engine = None,
    engine_options: EngineOptions = None,
    device: Device = None,
    revision: Revision = None,
    dtype: Dtype = None,
    attn_implementation: AttnImplementation = None,
    trust_remote_code: TrustRemoteCode = False,
    model_init_kwargs: ModelInitKwargs = None,
    rollouts: Annotated[int | None, shared("rollouts", "Default: 8.")] = None,
    adaptive: Adaptive = False,
    recipe: RecipeOfProbe = None,
    template: Annotated[str | None, shared("template", DEFAULT_OF_RECIPE)] = None,
    system: System = None,
    chat_template_kwargs: ChatTemplateKwargs = None,
    max_tokens: Annotated[int | None, shared("max-tokens", DEFAULT_OF_RECIPE)] = None,
    temperature: Annotated[float | None, shared("temperature", DEFAULT_OF_RECIPE)] = None,
    top_p: TopP = None,
    top_k: TopK = None,
    stop: Stop = None,
    group_size: Annotated[
        int | None,
        shared("group-size", f"For the chance of a dead group. {DEFAULT_OF_RECIPE}"),
    ] = None,
    forced: Annotated[
        bool, typer.Option(help="Also measure answers that start inside the box.")
    ] = True,
    concurrency: Concurrency = None,
    prices: Prices = None,
    max_cost: MaxCost = None,
    ray: RayAddress = None,
    gpus: RayGpus = None,
    cpus: RayCpus = None,
    seed: Seed = 0,
    out: Annotated[
        Path,
        shared(
            "out", "Records: .jsonl, .csv or .parquet. A killed probe resumes from OUT.journal."
        ),
    ] = Path("probed.jsonl"),
    report: ReportPage = None,
    format: TableFormatOption = TableFormat.table,
    on_error: OnErrorOption = OnError.skip,
) -> None:
    """Roll a model out on every candidate: pass rates, learnability.

    \b
    se probe pool.jsonl --model microcosm -n 4 -o probed.jsonl
    se probe pool.jsonl -m Qwen/Qwen2.5-Math-1.5B --engine vllm --adaptive

    And how much the right answers depend on the written reasoning (see --forced).

    The records feed the ranking: se rank POOL --rates probed.jsonl (or, from several checkpoints,
    --history probed.jsonl).
    """
    from sample_engineering import api
    from sample_engineering.generation.engines import read_options

    if not model:
        raise ConfigError(
            "`model` names nothing to probe; give it (with `server` if remote), or `model` "
            "microcosm for the embedded one"
        )
    candidates = api.load_pool(
        pool if len(pool) > 1 else pool[0],
        mapping=read_columns(mapping),
        on_error=on_error.value,
    )
    with counted("probing", "rollouts") as progress:
        found = api.probe(
            candidates,
            models=model,
            server=server,
            engine=engine,
            engine_options=read_options(engine_options, engine, server),
            device=device,
            revision=revision,
            dtype=dtype,
            attn_implementation=attn_implementation,
            trust_remote_code=trust_remote_code,
            model_init_kwargs=read_mapping(model_init_kwargs, "model_init_kwargs"),
            concurrency=concurrency,
            prices=prices,
            max_cost=max_cost,
            ray=ray,
            gpus=gpus,
            cpus=cpus,
            rollouts=rollouts,
            adaptive=adaptive,
            recipe=recipe,
            template=template,
            system=system,
            chat_template_kwargs=read_mapping(chat_template_kwargs, "chat_template_kwargs"),
            max_tokens=max_tokens,
            temperature=temperature,
            top_p=top_p,
            top_k=top_k,
            stop=stop,
            seed=seed,
            forced=forced,
            group_size=group_size,
            out=out,
            report=report,
            progress=progress,
        )
    tell_page(report)
    if format is TableFormat.json:
        record = {
            "model": found.model,
            "account": found.account(),
            "protocol": None if found.protocol is None else found.protocol.record(),
            "notes": list(found.notes),
            "usage": list(found.usage),
            "records": list(found.to_records()),
        }
        output.record(record)
    elif for_paper(format):
        print_paper(found, format)
    else:
        _print(found, candidates, out)
        return
    output.tell(f"wrote {count_of(len(found), 'record')} to {out}")


def _print(found: "Probe", candidates: "Pool", out: Path) -> None:
    from rich.table import Table

    from sample_engineering.selectors.table import short

    known = [record for record in found if record.n]
    best = sorted(known, key=lambda record: -(record.learnability or 0.0))[:_SHOWN]
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "right", "rate", "90 %", "p(1-p)", "dead", "forced"):
        table.add_column(heading, justify="left" if heading == "id" else "right", no_wrap=True)
    table.add_column("problem", no_wrap=True)
    problems = {sample.id: " ".join(sample.problem.split()) for sample in candidates}
    for record in best:
        guess = record.forced_pass_rate
        table.add_row(
            record.id,
            f"{record.correct}/{record.n}",
            f"{record.pass_rate:.0%}",
            f"{record.pass_rate_low:.0%}-{record.pass_rate_high:.0%}",
            f"{record.learnability:.3f}",
            f"{record.dead_group_chance:.0%}",
            "-" if guess is None else f"{guess:.0%}",
            short(problems[record.id], _PROBLEM_WIDTH),
        )
    # Piped output has no width of its own; wrapped cells would be useless there.
    console = output.console(piped_width=_PIPED_WIDTH)
    console.print(f"Most learnable for {found.model}:", soft_wrap=True)
    console.print(table)
    output.line(f"{_LEGEND}")
    output.line(f"asked with {found.protocol}")
    output.line(found.account())
    if known:
        never = sum(record.correct == 0 for record in known)
        always = sum(record.correct == record.n for record in known)
        output.line(f"never right: {never:,}; always right: {always:,} of {len(known):,}")
    for note in found.notes:
        output.line(f"note: {note}")
    for line in found.usage:
        output.line(f"{line}")
    output.line(f"wrote {count_of(len(found), 'record')} to {out}")
