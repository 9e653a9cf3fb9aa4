"""`se synthesize`: compose new multidisciplinary problems with verified answers."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from sample_engineering.commands.options import shared
from sample_engineering.errors import ConfigError

_SHOWN = 3  # problems printed when no output file is named
_MODEL_PANEL = "Composing with a language model"


def synthesize(
    domains: Annotated[
        str | None,
        typer.Option(help="Subjects that every problem joins, e.g. physics,chemistry."),
    ] = None,
    n: Annotated[int, typer.Option("--n", "-n", help="How many problems.")] = 20,
    skills: Annotated[
        str | None, typer.Option(help="Skills that every problem exercises, comma-separated.")
    ] = None,
    steps: Annotated[str, typer.Option(help="Relations to join, e.g. 3 or 2-5.")] = "2-3",
    kinds: Annotated[
        str | None,
        typer.Option(help="Kinds of answer: number,quantity,choice,expression."),
    ] = None,
    difficulty: Annotated[str | None, typer.Option(help="easy, medium or hard.")] = None,
    distractors: Annotated[int, typer.Option(help="Idle facts in each problem.")] = 0,
    target: Annotated[
        str | None, typer.Option(help="Sort by how well the skills cover these domains.")
    ] = None,
    select: Annotated[
        str | None, typer.Option(help="'prime': keep only the best sample, and say why.")
    ] = None,
    dialect: Annotated[
        str, typer.Option(help="english, or compact (the dialect of the microcosm).")
    ] = "english",
    against: Annotated[
        str | None,
        typer.Option(help="Pool, or benchmark by name, that no problem may nearly repeat."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the samples here: .jsonl, .parquet or .csv."),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Write rejected problems with reasons here, in the same formats."),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the relations of the library and stop.")
    ] = False,
    gallery: Annotated[
        Path | None, typer.Option(help="Write the gallery page of the docs and stop.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="Compose with this language model: a name at --server, or a path or name to load.",
            rich_help_panel=_MODEL_PANEL,
        ),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="OpenAI-compatible server, e.g. http://localhost:8000/v1.",
            rich_help_panel=_MODEL_PANEL,
        ),
    ] = None,
    backend: Annotated[str | None, shared("backend", panel=_MODEL_PANEL)] = None,
    rewrite: Annotated[
        bool,
        typer.Option(
            "--rewrite",
            help="Rewrite symbolic problems into richer prose; every number is kept.",
            rich_help_panel=_MODEL_PANEL,
        ),
    ] = False,
    examples: Annotated[
        Path | None,
        typer.Option(help="Pool of samples to show the model.", rich_help_panel=_MODEL_PANEL),
    ] = None,
    solver: Annotated[
        str | None,
        typer.Option(
            help="Another model that solves the problems; default: the composer.",
            rich_help_panel=_MODEL_PANEL,
        ),
    ] = None,
    solver_server: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Server of the solver; default: --server.",
            rich_help_panel=_MODEL_PANEL,
        ),
    ] = None,
    k: Annotated[
        int,
        typer.Option("--k", min=1, help="Independent solutions.", rich_help_panel=_MODEL_PANEL),
    ] = 4,
    agreement: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="Share of them that must agree with the answer.",
            rich_help_panel=_MODEL_PANEL,
        ),
    ] = 0.5,
    tagger: Annotated[
        str,
        typer.Option(help="Who names the skills: builtin or llm.", rich_help_panel=_MODEL_PANEL),
    ] = "builtin",
    concurrency: Annotated[int | None, shared("concurrency", panel=_MODEL_PANEL)] = None,
    prices: Annotated[
        Path | None, typer.Option(help="Price table (JSON).", rich_help_panel=_MODEL_PANEL)
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(help="Stop before spending more, in dollars.", rich_help_panel=_MODEL_PANEL),
    ] = None,
) -> None:
    """Compose multidisciplinary problems with verified answers.

    The symbolic composer needs no model: every problem is read back from its text and solved again
    on an independent path. With --model a language model composes, and every draft passes a funnel
    of checks. What fails is counted and kept with its reason.
    """
    if list_:
        _list(domains)
        return
    if gallery is not None:
        from sample_engineering.synthesis.gallery import write_gallery

        count = write_gallery(gallery, seed=seed)
        typer.echo(f"wrote {count} relations and 50 problems to {gallery}")
        return
    if not domains:
        from sample_engineering.skills import DOMAINS

        raise ConfigError(
            f"no domains given; run: se synthesize --domains physics,chemistry "
            f"(known: {', '.join(DOMAINS)})"
        )
    if select not in (None, "prime"):
        raise ConfigError(f"--select {select}: the only choice is prime")
    if server is not None and model is None:
        raise ConfigError("--server needs --model: the model's name at that server")
    from sample_engineering.pool import write_pool, write_records
    from sample_engineering.pool.sources import format_of

    for path in (out, rejects):
        if path is not None:
            format_of(path)  # a wrong ending fails before the work, not after
    if model is not None:
        from sample_engineering.commands.synthesize_model import DEFAULT_OUT, run_model_composer

        run_model_composer(
            _names(domains),
            model=model,
            server=server,
            backend=backend,
            solver=solver,
            solver_server=solver_server,
            n=n,
            skills=_names(skills) or None,
            examples=_pool(examples) or (),
            against=_pool(against) or (),
            rewrite=rewrite,
            k=k,
            agreement=agreement,
            tagger=tagger,
            concurrency=concurrency,
            prices=prices,
            max_cost=max_cost,
            seed=seed,
            out=out or DEFAULT_OUT,
        )
        return
    from sample_engineering.api import synthesize as compose

    composition = compose(
        _names(domains),
        n=n,
        skills=_names(skills) or None,
        steps=_steps(steps),
        kinds=_names(kinds) or None,
        difficulty=difficulty,
        distractors=distractors,
        target=_names(target) or None,
        dialect=dialect,
        against=against,
        seed=seed,
    )
    samples = list(composition)
    reasons: tuple[str, ...] = ()
    if select == "prime":
        from sample_engineering.api import load_demand
        from sample_engineering.defaults import EMBEDDED
        from sample_engineering.synthesis import select_prime

        wanted = load_demand(EMBEDDED) if dialect == "compact" else None
        prime = select_prime(samples, _names(target) or None, wanted)
        samples, reasons = [prime.sample], prime.reasons
    if rejects is not None:
        write_records((asdict(item) for item in composition.rejected), rejects)
    if out is not None:
        write_pool(samples, out)
    _report(composition, samples, reasons, out, rejects)


def _names(text: str | None) -> list[str]:
    return [item.strip() for item in (text or "").split(",") if item.strip()]


def _steps(text: str) -> tuple[int, int]:
    low, mark, high = text.partition("-")
    try:
        return int(low), int(high if mark else low)
    except ValueError as error:
        raise ConfigError(f"--steps {text}: write a number or a range such as 2-5") from error


def _pool(name: str | Path | None):
    if name is None:
        return None
    from sample_engineering.api import load_reference

    return load_reference(name)


def _report(
    composition: Any,
    samples: list[Any],
    reasons: tuple[str, ...],
    out: Path | None,
    rejects: Path | None,
) -> None:
    typer.echo("funnel")
    for name, count in sorted(composition.funnel.items(), key=lambda item: (-item[1], item[0])):
        typer.echo(f"  {count:>8}  {name}")
    typer.echo("")
    for sample in samples[:_SHOWN] if out is None or reasons else samples[:1]:
        typer.echo(f"{sample.id}  [{', '.join(sample.domains)}]")
        typer.echo(sample.problem)
        typer.echo(f"answer: {sample.answer}\n")
    for reason in reasons:
        typer.echo(f"prime: {reason}")
    if out is not None:
        plural = "" if len(samples) == 1 else "s"
        typer.echo(f"wrote {len(samples)} sample{plural} to {out}")
    elif len(samples) > _SHOWN:
        typer.echo(f"{len(samples) - _SHOWN} more; write them all with -o problems.jsonl")
    if rejects is not None:
        typer.echo(f"wrote {len(composition.rejected)} rejected problems to {rejects}")


def _list(domains: str | None) -> None:
    from sample_engineering.synthesis import relations
    from sample_engineering.synthesis.composition import known_names

    wanted = _names(domains)
    if wanted:
        from sample_engineering.skills import DOMAINS

        known_names("domain", wanted, DOMAINS)
    shown = [item for item in relations() if not wanted or item.domain in wanted]
    for domain in dict.fromkeys(item.domain for item in shown):
        own = [item for item in shown if item.domain == domain]
        typer.echo(f"{domain} ({len(own)} relations)")
        for item in own:
            typer.echo(f"  {item.name:<28} {item.equation:<44} {item.field_}")
    typer.echo(f"{len(shown)} relations in all")
