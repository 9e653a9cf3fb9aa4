"""`se rank`: which of these candidates is worth training on, and why."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.errors import ConfigError

if TYPE_CHECKING:
    from sample_engineering.selectors.table import Explanation, Ranking

_DEFAULT_TOP = 20
_NOTE_WIDTH = 100
_REASONS = 2
_ID_WIDTH = 24
_LONG_ID_WIDTH = 13  # an id longer than that is a hash, known by its beginning


class Format(StrEnum):
    """How the result is printed."""

    table = "table"
    json = "json"


class OnError(StrEnum):
    """What a bad line does."""

    skip = "skip"
    fail = "fail"


def rank(
    pool: Annotated[
        str,
        typer.Argument(
            metavar="POOL",
            help="Candidates: .jsonl, .json, .csv (plain, .gz, .zst), .parquet, "
            "or hf:owner/name[:config][:split].",
        ),
    ],
    history: Annotated[
        Path | None,
        typer.Option(help="Accuracies at successive checkpoints: records of id and accuracy."),
    ] = None,
    rates: Annotated[
        Path | None,
        typer.Option(help="Pass rates, as a probe writes them: records of id, n, correct."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column to sort by, greatest first (-COLUMN: least first); default: score.",
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(metavar="EXPR", help="Keep some: 'lim >= 0.6 and answer_kind == \"number\"'."),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(metavar="DOMAINS", help="Domains that training shall help: physics,biology."),
    ] = None,
    demand: Annotated[
        str | None,
        typer.Option(
            metavar="BENCHMARK",
            help="Benchmark by name or file, or a pool, whose problems show which skills are "
            "wanted. Default: packaged weights; with --model microcosm, its own problems.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="BENCHMARK",
            help="Benchmark by name or file, or a pool, whose near-copies rank last.",
        ),
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="How many to keep and show.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Write all columns: .jsonl, .parquet or .csv."),
    ] = None,
    format: Annotated[Format, typer.Option(help="What to print.")] = Format.table,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Show everything known of one candidate.")
    ] = None,
    on_error: Annotated[
        OnError, typer.Option(help="Skip and count bad lines, or fail on the first.")
    ] = OnError.skip,
    model: Annotated[
        str | None,
        typer.Option(help="Probe the candidates first with this model: path, name, or microcosm."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Probe through an OpenAI-compatible server."),
    ] = None,
    rollouts: Annotated[int, typer.Option(min=1, help="Rollouts per candidate when probing.")] = 8,
    template: Annotated[
        str | None,
        typer.Option(help="Prompt template when probing, by name or as text with {problem}."),
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Longest completion when probing, in tokens.")
    ] = None,
    group_size: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Rollouts per group in training, for dead-group chances; default: 8, or the "
            "microcosm's.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the probe's sampling.")] = 0,
) -> None:
    """Rank candidates: which is worth training on, and why.

    Text alone says what a candidate exercises; only measurements (--history, --rates, --model) say
    whether a model learns from it. The column tier names the evidence behind each score.
    """
    from sample_engineering.api import load_demand
    from sample_engineering.api import rank as rank_candidates
    from sample_engineering.defaults import probe_settings
    from sample_engineering.pool import read_pool
    from sample_engineering.pool.sources import format_of

    if out is not None:
        format_of(out)  # a wrong ending fails before the work, not after
    candidates = read_pool(pool, on_error=on_error.value)
    measured: Any = rates
    probes = model is not None or server is not None
    if probes:
        group_size = group_size or probe_settings(model, server)["group_size"]
        if rates is not None:
            raise ConfigError("--rates and --model/--server both give pass rates; use one")
        measured = _probe(
            candidates,
            model,
            server,
            n=rollouts,
            template=template,
            max_tokens=max_tokens,
            group_size=group_size,
            seed=seed,
        )
    ranking = rank_candidates(
        candidates,
        by=by,
        history=history,
        rates=measured,
        target=target,
        demand=load_demand(demand, model, server),
        against=against,
        where=where,
        group_size=group_size,
        on_error=on_error.value,
    )
    if explain is not None:
        _print_explanation(ranking.explain(explain), format)
        return
    kept = ranking if top is None else ranking.top(top)
    if out is not None:
        kept.write(out)
    if format is Format.json:
        _print_json(kept if top is not None or out is None else kept.top(_DEFAULT_TOP))
    else:
        _print_table(kept if top is not None else kept.top(_DEFAULT_TOP), ranking)
        for bad in list(candidates.problems)[:3]:
            sys.stderr.write(f"skipped {bad}\n")
        if candidates.problems.skipped > 3:
            sys.stderr.write(f"... and {candidates.problems.skipped - 3:,} more\n")
    if out is not None:
        sys.stderr.write(f"wrote {len(kept):,} candidates to {out}\n")


def _probe(candidates: Any, model: str | None, server: str | None, **settings: Any) -> Any:
    """Roll the model out on every candidate; return the probe."""
    from sample_engineering.api import probe

    found = probe(
        candidates, model=model, server=server, progress=_progress(len(candidates)), **settings
    )
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    sys.stderr.write(f"probed {found.model}: {found.account()}\n")
    for note in found.notes:
        sys.stderr.write(f"note: {note}\n")
    return found


def _progress(total: int) -> Any:
    done = 0

    def report(count: int) -> None:
        nonlocal done
        done += count
        if sys.stderr.isatty():
            sys.stderr.write(f"\rprobing: {done:,} groups of rollouts on {total:,} candidates")
            sys.stderr.flush()

    return report


def _print_json(ranking: "Ranking") -> None:
    record = {
        "sorted_by": ranking.sorted_by,
        "total": ranking.total,
        "notes": list(ranking.notes),
        "candidates": list(ranking.records()),
    }
    json.dump(record, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


def _print_explanation(explanation: "Explanation", format: Format) -> None:
    if format is Format.json:
        record = {**explanation.record, **explanation.sample.to_dict()}
        json.dump(record, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for label, text in explanation.lines:
        grid.add_row(label, Text(text))
    _console().print(grid)


def _print_table(shown: "Ranking", whole: "Ranking") -> None:
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from sample_engineering.selectors.declared import find_selectors, strongest_first
    from sample_engineering.selectors.table import short
    from sample_engineering.selectors.table import shown as cell

    sorted_by = shown.sorted_by.removeprefix("-")
    headings = {
        one.name: one.heading
        for one in strongest_first(find_selectors())
        if one.heading and any(value is not None for value in shown.columns.get(one.name, ()))
    }
    if sorted_by not in headings and sorted_by != "score":
        headings = {sorted_by: sorted_by.replace("_", " "), **headings}
    if any(value is not None for value in shown.columns["score"]):
        headings = {"score": "score", **headings}
    console = _console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, padding=(0, 1, 0, 0))
    table.add_column("rank", justify="right", no_wrap=True)
    longest = max((len(sample.id) for sample in shown), default=0)
    width = longest if longest <= _ID_WIDTH else _LONG_ID_WIDTH
    table.add_column("id", width=width, overflow="ellipsis", no_wrap=True)
    for heading in headings.values():
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("tier", no_wrap=True)
    table.add_column("why", ratio=1)
    for place, sample in enumerate(shown):
        columns = {name: values[place] for name, values in shown.columns.items()}
        problem = Text(short(sample.problem), style="dim", no_wrap=True, overflow="ellipsis")
        why = Group(problem, Text(short(_why(str(columns["reasons"])), 500)))
        numbers = (columns.get(name, sample.extra.get(name)) for name in headings)
        table.add_row(
            str(columns["rank"]),
            Text(short(sample.id)),
            *(Text(cell(value)) for value in numbers),
            str(columns["tier"]),
            why,
        )
    console.print(table)
    count = f"{len(shown):,} of {len(whole):,} candidates shown, by {short(shown.sorted_by)}. "
    console.print(Text(count + _meaning(shown.columns["tier"]), style="bold"))
    for note in whole.notes:
        console.print(Text(f"- {short(note, 500)}"))


def _console() -> Any:
    """Return a console; output that is not a terminal gets a width that fits most logs."""
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_NOTE_WIDTH)


def _why(reasons: str) -> str:
    """Keep the first reasons only, the strongest: the table must stay readable."""
    return "; ".join(reasons.split("; ")[:_REASONS])


def _meaning(tiers: Any) -> str:
    if set(tiers) <= {"text"}:
        return (
            "Tier text: what a candidate exercises, not a promise of learning; "
            "measure with --model, --server, --rates or --history."
        )
    return "Tiers: validated > history > probed > text."
