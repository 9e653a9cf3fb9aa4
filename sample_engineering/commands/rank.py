"""`se rank`: which of these candidates is worth training on, and why."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    DEFAULT_ENGINE,
    DEFAULT_OF_RECIPE,
    Adaptive,
    Demand,
    Map,
    OnError,
    OnErrorOption,
    RatesFile,
    RayCpus,
    RayGpus,
    RecipeOfProbe,
    ReportPage,
    TableFormat,
    TableFormatOption,
    in_panels,
    read_columns,
    shared,
)
from sample_engineering.commands.paper import for_paper, print_paper, tell_page
from sample_engineering.commands.progress import counted, when_begun
from sample_engineering.commands.rank_evaluation import (
    print_notes,
    show_evaluation,
    wide_console,
)
from sample_engineering.commands.skipped import show_skipped
from sample_engineering.errors import ConfigError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.selectors.table import Explanation, Ranking


class Copies(StrEnum):
    """What is done with copies of one problem."""

    fold = "fold"
    mark = "mark"
    keep = "keep"


_PANELS = {  # "Options" is what is asked and what is shown
    "Input": ("mapping", "on_error", "resume"),
    "Evidence": ("history", "rates", "truncate_history", "group_size"),
    "What is computed": (
        "selectors",
        "settings",
        "target",
        "demand",
        "tagger",
        "tags",
        "development",
    ),
    "Contamination and copies": ("against", "copies"),
    "A set instead of one": ("choose", "pair", "per_family", "quota", "embeddings", "ladder"),
    "Probing first": (
        *("model", "server", "engine", "engine_options", "device", "trust_remote_code"),
        *("concurrency", "prices", "max_cost", "rollouts", "adaptive", "confirm"),
        *("recipe", "template", "max_tokens", "temperature", "seed"),
    ),
    "On several machines": ("ray", "gpus", "cpus"),
}
_DEFAULT_TOP = 20
_REASONS = 2
_ID_WIDTH = 24
_LEAST_WHY = 24  # characters a line for the reasons; measurements make room for them
_FIXED = 16  # characters of rank, tier and what lies between
_LONG_ID_WIDTH = 13  # an id longer than that is a hash, known by its beginning


@in_panels(_PANELS)
def rank(
    context: typer.Context,
    pool: Annotated[
        list[str],
        typer.Argument(
            metavar="POOL...",
            help="Candidates: .jsonl, .json, .csv, .tsv (plain, .gz, .zst, .bz2, .xz, .zip), "
            ".parquet, .arrow; several files, a folder, a pattern, - for standard input, or "
            "hf:owner/name[:config][:split], or rg:NAME?n=100&seed=1 of reasoning-gym.",
        ),
    ],
    mapping: Map = None,
    history: Annotated[
        Path | None,
        typer.Option(
            help="Accuracies at successive checkpoints: records of id and accuracy, or a log of a "
            "training, file or folder, as se history reads it."
        ),
    ] = None,
    rates: RatesFile = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column to sort by, greatest first (-COLUMN: least first); default: score. "
            "Only what it needs is computed.",
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(metavar="EXPR", help="Keep some: 'lim >= 0.6 and answer_kind == \"number\"'."),
    ] = None,
    selectors: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Selectors to run, with commas, or all: @(selector). Default: those that --by and "
            "--where name, else those of the score that the evidence allows.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME.SETTING=VALUE",
            help="A setting of a selector that runs: mopps.decay=0.7; may be given again.",
        ),
    ] = None,
    choose: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="Choose K candidates that complement each other, by skills and quality; they are "
            "shown and written unless --top says how many.",
        ),
    ] = None,
    pair: Annotated[
        bool,
        typer.Option(
            "--pair",
            help="Begin with one that is rarely solved and one that is rarely failed.",
        ),
    ] = False,
    per_family: Annotated[
        int | None,
        typer.Option(metavar="N", help="At most N of each family."),
    ] = None,
    quota: Annotated[
        str | None,
        typer.Option(
            metavar="FAMILIES",
            help="Most of each family, and none of others: algebra=2,geometry=1.",
        ),
    ] = None,
    embeddings: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Compare by embeddings in a column of the pool as well, or by hidden states of "
            "--model: model.",
        ),
    ] = None,
    ladder: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Order by pass rate from easy to hard, in N steps of equal size, those that are "
            "sometimes solved; for a training in this order.",
        ),
    ] = None,
    evaluate: Annotated[
        str | None,
        typer.Option(
            metavar="OUTCOMES",
            help="Does a selector predict anything? Correlate all that can run with measured "
            "outcomes: FILE or FILE#COLUMN with ids, a folder of runs, one-shot-rlvr or "
            "polymath.",
        ),
    ] = None,
    target: Annotated[str | None, shared("target", "Default: all.")] = None,
    demand: Demand = None,
    tagger: Annotated[str | None, shared("tagger", "Default: builtin; llm asks --model.")] = None,
    tags: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With a tagger that asks --model: its answers are kept here, and not asked again.",
        ),
    ] = None,
    development: Annotated[
        str | None,
        typer.Option(
            metavar="BENCHMARK",
            help="Benchmark by name or file, or a pool, that training shall help with, for "
            "gradient_alignment.",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BENCHMARK",
            help="Benchmark by name or file, or a pool, whose near-copies rank last; repeatable.",
        ),
    ] = None,
    copies: Annotated[
        Copies | None,
        typer.Option(
            help="Copies of one problem: fold them into the best, mark them, or keep them as they "
            "are. Default: fold, where copies are looked for.",
        ),
    ] = None,
    top: Annotated[
        int | None,
        shared("top", "Default: 20, or the set. With --out: how many to keep; default: all."),
    ] = None,
    out: Annotated[Path | None, shared("out", "All columns: .jsonl, .parquet or .csv.")] = None,
    report: ReportPage = None,
    format: TableFormatOption = TableFormat.table,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Show everything known of one candidate.")
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Keep finished parts of a large pool here; the same command goes on from there.",
        ),
    ] = None,
    on_error: OnErrorOption = OnError.skip,
    group_size: Annotated[
        int | None,
        shared("group-size", "For the chance of a dead group; default: 8, or the recipe's."),
    ] = None,
    truncate_history: Annotated[
        bool,
        typer.Option("--truncate-history", help="Cut histories to the shortest for the variance."),
    ] = False,
    model: Annotated[
        str | None, shared("model", "The candidates are probed with it first.")
    ] = None,
    server: Annotated[str | None, shared("server")] = None,
    engine: Annotated[str | None, shared("engine", DEFAULT_ENGINE)] = None,
    engine_options: Annotated[list[str] | None, shared("engine-option")] = None,
    device: Annotated[str | None, shared("device")] = None,
    trust_remote_code: Annotated[bool, shared("trust-remote-code")] = False,
    concurrency: Annotated[int | None, shared("concurrency")] = None,
    prices: Annotated[Path | None, shared("prices")] = None,
    max_cost: Annotated[float | None, shared("max-cost")] = None,
    ray: Annotated[
        str | None,
        shared("ray", "Its tasks score parts of the pool; with --model its actors probe."),
    ] = None,
    gpus: RayGpus = None,
    cpus: RayCpus = None,
    rollouts: Annotated[int | None, shared("rollouts", "Default: 8.")] = None,
    adaptive: Adaptive = False,
    confirm: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="How many of the first are rolled out anew, so that none is first by luck. "
            "Default: a tenth of the candidates, at most 10.",
        ),
    ] = None,
    recipe: RecipeOfProbe = None,
    template: Annotated[str | None, shared("template", DEFAULT_OF_RECIPE)] = None,
    max_tokens: Annotated[int | None, shared("max-tokens", DEFAULT_OF_RECIPE)] = None,
    temperature: Annotated[float | None, shared("temperature", DEFAULT_OF_RECIPE)] = None,
    seed: Annotated[
        int | None, shared("seed", "Of what selectors draw as well; default: 0.")
    ] = None,
) -> None:
    """Rank candidates: which is worth training on, and why.

    \b
    se rank pool.jsonl --top 5
    se rank pool.jsonl --rates probed.jsonl --against math500 -o ranked.jsonl
    se rank pool.jsonl --where 'pass_rate >= 0.2' --report rank.html

    Text alone says what a candidate exercises; only measurements (--history, --rates, --model) say
    whether a model learns from it. The column tier names the evidence behind each score.
    """
    from sample_engineering import api
    from sample_engineering.generation.engines import read_options
    from sample_engineering.pool.sources import format_of
    from sample_engineering.selectors.settings import read_settings

    if explain is not None:
        paper = format if for_paper(format) else None
        for name, value in (("top", top), ("out", out), (f"format={paper}", paper)):
            if value is not None:
                raise ConfigError(f"`{name}` is not for `explain`; leave one of them out")
    if evaluate is not None and top is not None:
        raise ConfigError("`top` is not for `evaluate`; leave one of them out")
    if out is not None:
        format_of(out)  # a wrong ending fails before the work, not after
    probing = (
        counted("probing", "rollouts") if model is not None else when_begun("ranking", "candidates")
    )
    with probing as progress:
        ranking = api.rank(
            pool if len(pool) > 1 else pool[0],
            mapping=read_columns(mapping),
            by=by,
            where=where,
            explain=explain,
            selectors=selectors,
            settings=read_settings(settings),
            choose=choose,
            pair=pair,
            per_family=per_family,
            quota=quota,
            embeddings=embeddings,
            ladder=ladder,
            evaluate=evaluate,
            history=history,
            rates=rates,
            target=target,
            demand=demand,
            tagger=tagger,
            tags=tags,
            against=against or None,
            copies=None if copies is None else copies.value,
            development=development,
            group_size=group_size,
            truncate_history=truncate_history,
            model=model,
            server=server,
            engine=engine,
            engine_options=read_options(engine_options, engine, server),
            device=device,
            trust_remote_code=trust_remote_code,
            concurrency=concurrency,
            prices=prices,
            max_cost=max_cost,
            ray=ray,
            gpus=gpus,
            cpus=cpus,
            rollouts=rollouts,
            adaptive=adaptive,
            confirm=confirm,
            recipe=recipe,
            template=template,
            max_tokens=max_tokens,
            temperature=temperature,
            seed=seed,
            resume=resume,
            report=report,
            on_error=on_error.value,
            progress=progress,
        )
    if explain is not None:
        _print_explanation(ranking.explain(explain), format)
        return
    if ranking.evaluation is not None:
        show_evaluation(ranking, out, format, context)
        tell_page(report)
        return
    if top is None and "chosen" in ranking.columns:
        top = sum(number is not None for number in ranking.columns["chosen"])
    if top is None and ladder is not None:
        top = sum(number is not None for number in ranking.columns["ladder_step"])
    kept = ranking if top is None else ranking.top(top)
    if out is not None:
        kept.write(out)
    if format is TableFormat.json:
        _print_json(kept if top is not None or out is None else kept.top(_DEFAULT_TOP))
    elif for_paper(format):
        print_paper(kept, format, top=len(kept) if top is not None else _DEFAULT_TOP)
    else:
        _print_table(kept if top is not None else kept.top(_DEFAULT_TOP), ranking, context)
        show_skipped(ranking.problems)
    tell_page(report)
    if out is not None:
        output.tell(f"wrote {count_of(len(kept), 'candidate')} to {out}")


def _print_json(ranking: "Ranking") -> None:
    record = {
        "sorted_by": ranking.sorted_by,
        "total": ranking.total,
        "notes": list(ranking.notes),
        "candidates": list(ranking.records()),
    }
    output.record(record)


def _print_explanation(explanation: "Explanation", format: TableFormat) -> None:
    if format is TableFormat.json:
        output.record(explanation.to_dict())
        return
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for label, text in explanation.lines:
        grid.add_row(label, Text(text))
    wide_console().print(grid)


def _print_table(shown: "Ranking", whole: "Ranking", context: typer.Context) -> None:
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.pool.names import value_at
    from sample_engineering.selectors.headed import headings
    from sample_engineering.selectors.table import short
    from sample_engineering.selectors.table import shown as cell

    sorted_by, named = shown.sorted_by.removeprefix("-"), headings(shown)
    console = wide_console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, padding=(0, 1, 0, 0))
    table.add_column("rank", justify="right", no_wrap=True)
    longest = max((len("id"), *(len(sample.id) for sample in shown)))
    width = longest if longest <= _ID_WIDTH else _LONG_ID_WIDTH
    left_out = _without_room(named, sorted_by, shown, console.width - width)
    if left_out and console.width - width - _widths(named, shown) < _LEAST_WHY:
        width = min(width, _LONG_ID_WIDTH)
    table.add_column("id", width=width, overflow="ellipsis", no_wrap=True)
    for heading in named.values():
        table.add_column(Text(short(heading)), justify="right", no_wrap=True)
    table.add_column("tier", no_wrap=True)
    table.add_column("why", ratio=1)
    for place, sample in enumerate(shown):
        columns = {name: values[place] for name, values in shown.columns.items()}
        problem = Text(short(sample.problem), style="dim", no_wrap=True, overflow="ellipsis")
        why = Group(problem, Text(short(_why(str(columns["reasons"])), 500)))
        numbers = (columns.get(name, value_at(sample.extra, name)) for name in named)
        table.add_row(
            str(columns["rank"]),
            Text(short(sample.id)),
            *(Text(cell(value)) for value in numbers),
            str(columns["tier"]),
            why,
        )
    if len(shown):
        console.print(table)
    count = f"{len(shown):,} of {len(whole):,} candidates shown, {_order(shown.sorted_by)}. "
    meaning = _meaning(shown.columns["tier"], shown.columns.get("skills_from", ()))
    if left_out:
        meaning += f" Left out for room: {short(', '.join(left_out))}."
    console.print(Text(count + meaning, style="bold"))
    print_notes(console, whole.notes, context)


def _widths(headings: dict[str, str], shown: "Ranking") -> int:
    """Return the characters that all columns but id and reasons take."""
    from sample_engineering.selectors.table import shown as cell

    return _FIXED + sum(
        1 + max((len(heading), *(len(cell(value)) for value in shown.columns.get(name, ()))))
        for name, heading in headings.items()
    )


def _without_room(
    headings: dict[str, str], sorted_by: str, shown: "Ranking", room: int
) -> list[str]:
    """Take columns off, the weakest evidence first, until reasons are readable; return them."""
    always = {"score", "chosen_family", "marginal_gain", sorted_by}
    left_out: list[str] = []
    for name in reversed([name for name in headings if name not in always]):
        if room - _widths(headings, shown) < _LEAST_WHY:
            left_out.insert(0, headings.pop(name))
    return left_out


def _order(sorted_by: str) -> str:
    from sample_engineering.selectors.table import short

    if sorted_by == "ladder_step":
        return "from easy to hard"
    return "as chosen for the set" if sorted_by == "chosen" else f"by {short(sorted_by)}"


def _why(reasons: str) -> str:
    """Keep the first reasons only, the strongest: the table must stay readable."""
    return "; ".join(reasons.split("; ")[:_REASONS])


def _meaning(tiers: Any, skills_from: Any) -> str:
    """Say what the evidence is worth; skills that are only guessed are related to nothing."""
    if set(tiers) <= {"text"}:
        guessed = "text" in skills_from or not skills_from
        said = (
            "seems to exercise, which is related to no measured learning"
            if guessed
            else "exercises, not what a model learns from it"
        )
        return (
            f"Tier text: what a candidate {said}; measure with --model, --server, --rates or "
            "--history."
        )
    return "Tiers: validated > history > probed > text."
