"""`se probe`: how often does this model solve each candidate?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands.options import Concurrency, shared
from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.selectors.probing import Probe

_SHOWN = 10
_PROBLEM_WIDTH = 44
_PIPED_WIDTH = 140


def probe(
    pool: Annotated[
        str,
        typer.Argument(
            metavar="POOL", help="Candidates: .jsonl, .json, .csv, .parquet or hf:owner/name."
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Model to roll out: a folder or Hugging Face name, or with --server the name "
            "there. Several times: successive checkpoints, which give a history."
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="OpenAI-compatible server; the key is taken from OPENAI_API_KEY."
        ),
    ] = None,
    backend: Annotated[str | None, shared("backend")] = None,
    n: Annotated[int, typer.Option("-n", "--rollouts", min=1, help="Rollouts per candidate.")] = 8,
    adaptive: Annotated[
        bool,
        typer.Option(
            "--adaptive",
            help="About 60 % of the rollouts: fewer on candidates surely too easy or too hard. "
            "The first places hold, the order of the rest is coarser.",
        ),
    ] = False,
    template: Annotated[
        str | None,
        typer.Option(
            help="Prompt template, by name or as text with {problem}; default: boxed, or the "
            "microcosm's own."
        ),
    ] = None,
    max_tokens: Annotated[
        int | None,
        typer.Option(min=1, help="Longest rollout, in tokens; default: 1024, or the microcosm's."),
    ] = None,
    temperature: Annotated[float, typer.Option(min=0.0, help="Sampling temperature.")] = 1.0,
    group_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Rollouts per group in training, for dead-group chances; default: 8, or the "
            "microcosm's.",
        ),
    ] = None,
    forced: Annotated[
        bool, typer.Option(help="Also measure answers that start inside the box.")
    ] = True,
    concurrency: Concurrency = None,
    prices: Annotated[
        Path | None, typer.Option(help='JSON: {"MODEL": {"input": 0.15, "output": 0.6}}.')
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0.0, help="Stop before spending more than this, dollars.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the sampling.")] = 0,
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            help="Records: .jsonl, .csv or .parquet. A killed probe resumes from OUT.journal.",
        ),
    ] = Path("probed.jsonl"),
    on_error: Annotated[str, typer.Option(help="Bad lines: skip or fail.")] = "skip",
) -> None:
    """Roll a model out on every candidate: pass rates, learnability, reasoning dependence.

    The records feed the ranking: se rank POOL --rates probed.jsonl (or, from several checkpoints,
    --history probed.jsonl).
    """
    from sample_engineering.defaults import probe_settings
    from sample_engineering.pool import read_pool
    from sample_engineering.pool.sources import format_of
    from sample_engineering.pool.writing import write_records
    from sample_engineering.selectors.probing import probe_checkpoints, probe_pool

    if not model:
        raise ConfigError(
            "no model to probe; pass --model NAME (with --server URL if remote), "
            "or --model microcosm for the embedded one"
        )
    format_of(out)
    candidates = read_pool(pool, on_error=on_error)
    journal = out.with_name(out.name + ".journal")
    resumed = journal.exists() and journal.stat().st_size > 0
    suited = probe_settings(model[0], server)
    options: dict[str, Any] = {
        "n": n,
        "template": template or suited["template"],
        "max_tokens": max_tokens or suited["max_tokens"],
        "temperature": temperature,
        "seed": seed,
        "adaptive": adaptive,
        "group_size": group_size or suited["group_size"],
        "forced": forced,
        "journal": journal,
        "progress": _progress(),
    }
    if resumed:
        sys.stderr.write(f"resuming from {journal}\n")
    generators = [
        _open(name, server, backend, concurrency, prices, max_cost, out) for name in model
    ]
    if len(generators) == 1:
        found = probe_pool(candidates, generators[0], **options)
    else:
        found = probe_checkpoints(candidates, generators, **options)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    write_records(found, out)
    journal.unlink(missing_ok=True)
    _print(found, candidates, generators, out)


def _open(
    name: str,
    server: str | None,
    backend: str | None,
    concurrency: int | None,
    prices: Path | None,
    max_cost: float | None,
    out: Path,
) -> Any:
    from sample_engineering.defaults import open_generator
    from sample_engineering.generation.backends import takes

    cache = out.with_name(out.name + ".responses.sqlite")
    return open_generator(
        name,
        server=server,
        backend=backend,
        concurrency=concurrency,
        prices=prices,
        max_cost=max_cost,
        cache=cache if takes("cache", backend, server) else None,
        refused="skip" if takes("refused", backend, server) else None,
    )


def _progress() -> Any:
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done:,} groups of rollouts")
            sys.stderr.flush()

    return report


def _print(found: "Probe", candidates: Any, generators: list[Any], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    known = [record for record in found if record["n"]]
    best = sorted(known, key=lambda record: -record["learnability"])[:_SHOWN]
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "right", "rate", "90 %", "p(1-p)", "dead", "forced"):
        table.add_column(heading, justify="left" if heading == "id" else "right", no_wrap=True)
    table.add_column("problem", no_wrap=True)
    problems = {sample.id: " ".join(sample.problem.split()) for sample in candidates}
    for record in best:
        guess = record["forced_pass_rate"]
        table.add_row(
            record["id"],
            f"{record['correct']}/{record['n']}",
            f"{record['pass_rate']:.0%}",
            f"{record['beta_low']:.0%}-{record['beta_high']:.0%}",
            f"{record['learnability']:.3f}",
            f"{record['dead_group']:.0%}",
            "-" if guess is None else f"{guess:.0%}",
            problems[record["id"]][:_PROBLEM_WIDTH],
        )
    # Piped output has no width of its own; wrapped cells would be useless there.
    console = Console(width=None if sys.stdout.isatty() else _PIPED_WIDTH, highlight=False)
    console.print(f"Most learnable for {found.model}:", soft_wrap=True, markup=False)
    console.print(table)
    sys.stdout.write(found.account() + "\n")
    if known:
        never = sum(record["correct"] == 0 for record in known)
        always = sum(record["correct"] == record["n"] for record in known)
        sys.stdout.write(f"never right: {never:,}; always right: {always:,} of {len(known):,}\n")
    for note in found.notes:
        sys.stdout.write(f"note: {note}\n")
    for generator in generators:
        for note in generator.notes:
            sys.stdout.write(f"note: {note}\n")
        sys.stdout.write(f"{generator.name}: {generator.usage}\n")
    sys.stdout.write(f"wrote {len(found):,} records to {out}\n")
