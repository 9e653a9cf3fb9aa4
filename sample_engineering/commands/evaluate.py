"""`se evaluate`: accuracy of a model on a benchmark, with errors."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sample_engineering.commands.options import shared
from sample_engineering.errors import ConfigError


def evaluate(
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", help="Path or Hugging Face name; default: the microcosm's."),
    ] = None,
    benchmark: Annotated[
        str | None,
        typer.Option(
            "--benchmark",
            "-b",
            help="math500, aime24, aime25, amc23, minerva, gpqa-diamond, scibench, mmlu-pro, "
            "supergpqa, mmlu-stem (NAME@PATH reads a copy), a pool file, hf:OWNER/NAME, "
            "lm-eval:TASK; default: the microcosm's.",
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(help="OpenAI-compatible server; --model is then the model's name there."),
    ] = None,
    backend: Annotated[str | None, shared("backend")] = None,
    samples: Annotated[int, typer.Option(help="Completions of each item.", min=1)] = 4,
    greedy: Annotated[
        bool, typer.Option("--greedy", help="Temperature 0, one completion an item.")
    ] = False,
    in_context: Annotated[
        Path | None, typer.Option(help="File with a solved sample to show before each item.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="An earlier evaluation (.parquet) of the same items: print the lift."),
    ] = None,
    per_domain: Annotated[
        int | None, typer.Option(help="At most so many items of each domain, at random.", min=1)
    ] = None,
    group_by: Annotated[
        str | None, typer.Option(help="Field that shall serve as domain, e.g. subject.")
    ] = None,
    on_error: Annotated[
        str, typer.Option(help="fail or skip at items that cannot be read or graded.")
    ] = "fail",
    template: Annotated[str | None, typer.Option(help="Prompt template.")] = None,
    max_tokens: Annotated[
        int | None, typer.Option(help="Longest completion in tokens.", min=1)
    ] = None,
    temperature: Annotated[float | None, typer.Option(help="Sampling temperature.", min=0)] = None,
    device: Annotated[str | None, typer.Option(help="E.g. cpu, cuda:0.")] = None,
    seed: Annotated[int, typer.Option(help="Of sampling and of the random subset.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Keep every completion (.parquet).")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """Ask a model a benchmark: accuracy with standard errors, avg@k and pass@k, per domain."""
    from rich.console import Console

    from sample_engineering.defaults import embedded_benchmark, open_generator
    from sample_engineering.evaluation import Evaluation, compare, load_benchmark
    from sample_engineering.evaluation import evaluate as run
    from sample_engineering.report.progress import counted

    if format_ not in ("table", "json"):
        raise ConfigError(f"--format {format_!r} is not known; use table or json")
    if out is not None and out.suffix != ".parquet":
        raise ConfigError(f"{out} is no .parquet file; name it so, e.g. -o {out.stem}.parquet")
    settings: dict[str, Any] = {
        "template": template,
        "max_tokens": max_tokens,
        "temperature": temperature,
    }
    if benchmark is None:
        chosen = embedded_benchmark(per_domain, seed=seed, **settings)
    else:
        chosen = load_benchmark(
            benchmark,
            on_error=on_error,
            per_domain=per_domain,
            group_by=group_by,
            seed=seed,
            **settings,
        )
    earlier = Evaluation.load(against) if against is not None else None
    example = _one_sample(in_context) if in_context is not None else None
    generator = open_generator(model, server=server, backend=backend, device=device)
    console = Console()
    with counted(len(chosen), "evaluating") as progress:
        evaluation = run(
            generator,
            chosen,
            rollouts=samples,
            seed=seed,
            greedy=greedy,
            in_context=example,
            progress=progress,
        )
    if out is not None:
        evaluation.save(out)
    lift = compare(earlier, evaluation) if earlier is not None else None
    if format_ == "json":
        import json

        record = {"info": dict(evaluation.info)}
        record["left_out"] = list(chosen.left_out)  # type: ignore[assignment]
        record["summary"] = json.loads(evaluation.summary().to_json(orient="records"))
        if lift is not None:
            record["lift"] = json.loads(lift.to_frame().to_json(orient="records"))
        typer.echo(json.dumps(record, indent=2, default=str))
        return
    from sample_engineering.report.terminal import lift_table, summary_table

    number = evaluation.samples_per_item
    title = f"{generator.name} on {chosen.name}, {number} completion{'s'[: number > 1]} an item"
    console.print(summary_table(evaluation.summary(), title))
    if lift is not None:
        console.print()
        console.print(lift_table(lift, f"Against {against}, in percentage points"))
    if chosen.left_out:
        first = chosen.left_out[0]
        console.print(f"{len(chosen.left_out)} items left out, the first: {first}", markup=False)
    if out is not None:
        console.print(f"every completion: {out}", markup=False)


def _one_sample(path: Path) -> Any:
    from sample_engineering.pool import read_pool

    pool = list(read_pool(str(path), on_error="fail"))
    if len(pool) != 1:
        raise ConfigError(f"{path} holds {len(pool)} samples; --in-context takes a file with one")
    return pool[0]
