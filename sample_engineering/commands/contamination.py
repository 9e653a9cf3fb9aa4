"""`se contamination`: how much of a benchmark does a model know by heart?"""

from pathlib import Path
from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    AttnImplementation,
    Benchmarks,
    Concurrency,
    Device,
    Dtype,
    Engine,
    EngineOptions,
    Format,
    FormatOption,
    MaxCost,
    MaxTokens,
    ModelInitKwargs,
    OnError,
    OnErrorOption,
    Prices,
    ReportPage,
    Revision,
    Seed,
    Server,
    TrustRemoteCode,
    read_mapping,
    shared,
)
from sample_engineering.commands.paper import tell_page
from sample_engineering.commands.progress import counted
from sample_engineering.errors import ConfigError
from sample_engineering.text import visible

_PIPED_WIDTH = 140


def contamination(
    model: Annotated[
        str | None, shared("model", "A base model; default: the microcosm's, or that of --run.")
    ] = None,
    benchmark: Benchmarks = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="RUN",
            help="A run folder: its base model on its benchmark; its report says what was found.",
        ),
    ] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BENCHMARK",
            help="What the model cannot know, e.g. a file of paraphrases. Default: as many "
            "problems of fresh.",
        ),
    ] = None,
    shares: Annotated[
        str | None,
        typer.Option(help="Parts of the text that are shown. Default: 0.4,0.6,0.8."),
    ] = None,
    items: Annotated[
        int, typer.Option(help="At most so many problems of the benchmark, at random.", min=1)
    ] = 200,
    max_tokens: MaxTokens = None,
    server: Server = None,
    engine: Engine = None,
    engine_options: EngineOptions = None,
    device: Device = None,
    revision: Revision = None,
    dtype: Dtype = None,
    attn_implementation: AttnImplementation = None,
    trust_remote_code: TrustRemoteCode = False,
    model_init_kwargs: ModelInitKwargs = None,
    concurrency: Concurrency = None,
    prices: Prices = None,
    max_cost: MaxCost = None,
    on_error: OnErrorOption = OnError.fail,
    seed: Seed = 0,
    out: Annotated[Path | None, shared("out", "The record, as .json.")] = None,
    report: ReportPage = None,
    format: FormatOption = Format.table,
) -> None:
    """Say how much of a benchmark a model knows by heart.

    It is given the beginning of each problem and continues: how often does the rest come word for
    word, and the right answer without the question? Beside problems that it cannot know.

    \b
    se contamination -m Qwen/Qwen2.5-Math-1.5B -b math500@copy.jsonl -o known.json
    se contamination --run runs/mine
    """
    from sample_engineering import api
    from sample_engineering.generation.engines import read_options

    with counted("continuing", "texts") as progress:
        found = api.contamination(
            model,
            benchmark=benchmark,
            run=run,
            control=control,
            shares=_shares(shares),
            items=items,
            max_tokens=max_tokens,
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
            on_error=on_error.value,
            seed=seed,
            out=out,
            report=report,
            progress=progress,
        )
    if format is Format.json:
        output.record(found.to_dict())
    else:
        from rich.table import Table

        rows = found.table()
        table = Table(box=None, pad_edge=False)
        for heading in rows[0]:
            table.add_column(heading, justify="left" if heading == "of" else "right", no_wrap=True)
        for row in rows:
            table.add_row(*(visible(cell) for cell in row.values()))
        output.console(piped_width=_PIPED_WIDTH).print(table)
        output.line(visible(found.verdict))
        output.line(visible(found.answers))
    for note in found.notes:
        output.tell(f"note: {visible(note)}")
    tell_page(report)
    from sample_engineering.runs.format import CONTAMINATION

    written = out if out is not None or run is None else run / CONTAMINATION
    if written is not None:
        output.tell(f"wrote {written}")


def _shares(text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(
            f"`shares` {text!r:.80} are not numbers; write them as 0.4,0.6,0.8"
        ) from None
