"""`se polymath`: the polymath paper's method as one command."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    Concurrency,
    Device,
    EngineOptions,
    Format,
    FormatOption,
    Map,
    Prices,
    TrustRemoteCode,
    in_panels,
    read_columns,
    shared,
)
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.polymath.result import PolymathResult

_PANELS = {
    "Composing by symbols": ("dialect", "steps"),
    "Moves": ("move", "parents"),
    "Composing with models": ("attempts", "agreement", "temperature", "max_tokens"),
    "Listing skills": ("tagger", "tagger_model"),
    "The model that shall be trained": ("model", "window", "rollouts"),
    "How models are reached": (
        *("engine", "engine_options", "device", "concurrency", "prices", "max_cost"),
    ),
    "Natural samples": ("natural", "history", "min_lim"),
}
_FIRST = ("chosen as", "sample", "answer")  # columns before the rest of a line


@in_panels(_PANELS)
def polymath(
    composer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL[@URL]",
            help="Who writes and solves the candidates: symbolic, which needs no model (default), "
            "or models, several times for several: a path or Hugging Face name, or MODEL@URL at a "
            "server.",
        ),
    ] = None,
    n: Annotated[
        int | None, typer.Option("--n", "-n", help="Candidates; default: 40.", min=1)
    ] = None,
    domains: Annotated[
        str | None,
        typer.Option(help="Subjects that each joins; default: physics,chemistry,biology."),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(
            help="integer: exact whole numbers from 1 to 1,000 only (default, but where a move "
            "keeps the answers of its parents); or any."
        ),
    ] = None,
    move: Annotated[
        str | None,
        typer.Option(
            help="Make candidates of --parents instead: @(move). chain (Composition-RL) and masked "
            "(Golden Goose) need no model; harder (SynthRL), recombine (SwS) and "
            "concept-rationale (PromptCoT) are written by the composers.",
        ),
    ] = None,
    parents: Annotated[
        str | None, typer.Option(metavar="POOL", help="The problems that a move starts from.")
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option(help="english, or compact (the dialect of the microcosm); default: english."),
    ] = None,
    steps: Annotated[
        str | None, typer.Option(help="Relations to join, e.g. 3 or 3-5; default: 3-4.")
    ] = None,
    attempts: Annotated[
        int | None, shared("attempts", "Each model solves every candidate; default: 2.")
    ] = None,
    agreement: Annotated[float | None, shared("agreement", "Default: 0.5.")] = None,
    temperature: Annotated[float | None, shared("temperature", "Default: 1.")] = None,
    max_tokens: Annotated[
        int | None,
        shared(
            "max-tokens",
            "Of a draft, a solution and a rollout; default: 3000, 4096 and as the recipe says.",
        ),
    ] = None,
    tagger: Annotated[
        str | None,
        shared(
            "tagger",
            "Or declared, as the symbolic composer states them. Default: declared; llm where "
            "models compose.",
        ),
    ] = None,
    tagger_model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL[@URL]",
            help="The model that such a tagger asks; default: the first composer.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="MODEL[@URL]",
            help="Path or Hugging Face name of the model that shall be trained, microcosm for the "
            "embedded one, or MODEL@URL at a server: it is probed.",
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            metavar="LOW-HIGH",
            help="Its pass rates that are taken, ends included; default: 0.2-0.8.",
        ),
    ] = None,
    rollouts: Annotated[
        int | None, typer.Option(help="Of it for each candidate; default: 8.", min=1)
    ] = None,
    engine: Annotated[
        str | None, shared("engine", "Default: transformers; server for MODEL@URL.")
    ] = None,
    engine_options: EngineOptions = None,
    device: Device = None,
    concurrency: Concurrency = None,
    prices: Prices = None,
    max_cost: Annotated[float | None, shared("max-cost", "For all models together.")] = None,
    mapping: Map = None,
    natural: Annotated[
        str | None,
        typer.Option(
            metavar="POOL",
            help="Compose nothing: of each category of this pool, take the problem with the lowest "
            "LIM score that is still at least --min-lim.",
        ),
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(
            help="Training trajectories of its problems, as se history writes them; default: the "
            "pool's field lim."
        ),
    ] = None,
    min_lim: Annotated[
        float | None, typer.Option(help="Lowest LIM score that passes; default: 0.6.")
    ] = None,
    seed: Annotated[int | None, shared("seed", "Default: 0.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder; default: runs/polymath-TIME.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with an interrupted run, as it was planned.")
    ] = None,
    trust_remote_code: TrustRemoteCode = False,
    format: FormatOption = Format.table,
) -> None:
    """Compose candidates, choose the prime and a specialist a family.

    \b
    se polymath --n 40 -o runs/polymath
    se polymath --composer qwen@http://localhost:8000/v1 --n 40 \\
        --model Qwen/Qwen2.5-Math-7B

    The method of the polymath paper (arXiv 2601.03111), with the symbolic composer or with any
    models; docs/polymath.md tells each stage. Everything lies in one folder.
    """
    from sample_engineering import api
    from sample_engineering.generation.engines import read_options

    result = api.polymath(
        composer=composer,
        n=n,
        domains=domains,
        answers=answers,
        move=move,
        parents=parents,
        dialect=dialect,
        steps=_steps(steps),
        attempts=attempts,
        agreement=agreement,
        temperature=temperature,
        max_tokens=max_tokens,
        tagger=tagger,
        tagger_model=tagger_model,
        model=model,
        window=_window(window),
        rollouts=rollouts,
        engine=engine,
        engine_options=read_options(engine_options, engine) if engine_options else None,
        device=device,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        mapping=read_columns(mapping),
        natural=natural,
        history=history,
        min_lim=min_lim,
        seed=seed,
        out=out,
        resume=resume,
        trust_remote_code=trust_remote_code,
        progress=_tell,
    )
    _show(result, format)
    if not result.choices:
        raise typer.Exit(1)


def _tell(message: str) -> None:
    output.tell(message)


def _steps(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    low, mark, high = text.partition("-")
    try:
        return int(low), int(high if mark else low)
    except ValueError as error:
        raise ConfigError(
            f"`steps` is {text!r:.40}: write a number or a range such as 3-5"
        ) from error


def _window(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    low, _, high = text.partition("-")
    try:
        return float(low), float(high)
    except ValueError as error:
        raise ConfigError(f"`window` is {text!r:.40}: write a range such as 0.2-0.8") from error


def _show(result: "PolymathResult", format: Format) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.polymath.folder import CHOSEN, PAGE
    from sample_engineering.text import visible

    if format is Format.json:
        record: dict[str, Any] = result.to_record() | {
            "funnel": [
                {"stage": one.name, "entered": one.entered, "refused": one.refused}
                | {"reasons": dict(one.reasons)}
                for one in result.funnel
            ]
        }
        output.record(record)
        return
    console = output.console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("stage")
    table.add_column("entered", justify="right")
    table.add_column("refused", justify="right")
    table.add_column("why", overflow="fold")
    for one in result.funnel:
        table.add_row(one.name, f"{one.entered:,}", f"{one.refused:,}", Text(visible(one.words)))
    table.add_row("kept", f"{result.kept:,}", "", "")
    console.print(table)
    rows = list(result.rows())
    widths = {key: max((len(visible(row[key])) for row in rows), default=0) for key in _FIRST}
    for row in rows:
        first = "  ".join(visible(row[key]).ljust(width) for key, width in widths.items())
        known = row.get("pass rate") or row.get("LIM") or ""
        told = f"{first}  {known:>4}  {row['why']}" if known else f"{first}  {row['why']}"
        console.print(Text(visible(told)), soft_wrap=True)
    if rows:
        console.print()
    for name, cost in result.costs.items():
        money = "" if cost["cost_usd"] is None else f"; ${cost['cost_usd']:,.4f}"
        told = (
            f"{name}: {cost['prompts']:,} prompts, {cost['prompt_tokens']:,} prompt and "
            f"{cost['completion_tokens']:,} completion tokens{money}"
        )
        console.print(Text(visible(told)), soft_wrap=True)
    told_last = (
        *(f"note: {note}" for note in result.notes),
        result.sentence,
        f"chosen: {result.folder / CHOSEN}   report: {result.folder / PAGE}",
        f"next: {result.next_command}",
    )
    for text in told_last:
        console.print(Text(visible(text)), soft_wrap=True)
