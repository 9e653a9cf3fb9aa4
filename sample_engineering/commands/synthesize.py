"""`se synthesize`: compose new multidisciplinary problems with verified answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import given, refuse
from sample_engineering.commands.options import Format, FormatOption, ReportPage, shared
from sample_engineering.commands.paper import tell_page
from sample_engineering.errors import INTERRUPTED_STATUS, ConfigError
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.synthesis import Composition
    from sample_engineering.synthesis.language_model import ModelComposition

DEFAULT_OUT = Path("composed.jsonl")  # where what was paid for is kept, if no file is named
_SHOWN = 3  # problems printed when no output file is named
_PANEL = "Composing with a language model"
_BOTH = ("domains", "n", "skills", "against", "seed", "out", "report")
_SYMBOLIC = (
    "steps",
    "kinds",
    "difficulty",
    "distractors",
    "answers",
    "target",
    "select",
    "dialect",
    "relations",
    "language",
    "rejects",
)
_BY_MODEL = (
    *("server", "engine", "engine_options", "device", "trust_remote_code"),
    *("concurrency", "prices", "max_cost"),
    *(
        "solver",
        "solver_server",
        "attempts",
        "agreement",
        "rewrite",
        "originals",
        "examples",
        "tagger",
    ),
    *("temperature", "max_tokens", "max_drafts"),
)


def _of_model(help_: str, *spellings: str, **limits: Any) -> Any:
    return typer.Option(*spellings, help=help_, rich_help_panel=_PANEL, **limits)


def synthesize(
    context: typer.Context,
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
        str,
        typer.Option(help="Kinds of answer: number, quantity, choice, expression, set, interval."),
    ] = "number,quantity",
    difficulty: Annotated[
        str | None, typer.Option(help="How hard to solve: easy, medium or hard.")
    ] = None,
    distractors: Annotated[int, typer.Option(help="Idle facts in each problem.")] = 0,
    answers: Annotated[
        str | None,
        typer.Option(help="'integer': whole numbers from 1 to 999, round numbers on the way."),
    ] = None,
    target: Annotated[
        str | None, shared("target", "Problems are sorted by how well their skills cover them.")
    ] = None,
    select: Annotated[
        str | None, typer.Option(help="'prime': keep only the best sample, and say why.")
    ] = None,
    dialect: Annotated[
        str, typer.Option(help="english, or compact (the dialect of the microcosm).")
    ] = "english",
    relations: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of relations of your own, as .toml files."),
    ] = None,
    language: Annotated[
        str, typer.Option(help="Language of problems and solutions, by its code.")
    ] = "en",
    check: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Check relations of your own, show what they give, stop."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Pool, or benchmark by name, that no problem may nearly repeat."),
    ] = None,
    seed: Annotated[int, shared("seed")] = 0,
    out: Annotated[Path | None, shared("out", "The samples, as .jsonl, .parquet or .csv.")] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Write rejected problems with reasons here, in the same formats."),
    ] = None,
    report: ReportPage = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the relations of the library and stop.")
    ] = False,
    gallery: Annotated[
        Path | None,
        typer.Option(help="Write the gallery page of the docs and stop.", hidden=True),
    ] = None,
    model: Annotated[str | None, shared("model", panel=_PANEL)] = None,
    server: Annotated[str | None, shared("server", panel=_PANEL)] = None,
    engine: Annotated[str | None, shared("engine", panel=_PANEL)] = None,
    engine_options: Annotated[list[str] | None, shared("engine-option", panel=_PANEL)] = None,
    device: Annotated[str | None, shared("device", panel=_PANEL)] = None,
    trust_remote_code: Annotated[bool, shared("trust-remote-code", panel=_PANEL)] = False,
    concurrency: Annotated[int | None, shared("concurrency", panel=_PANEL)] = None,
    prices: Annotated[Path | None, shared("prices", panel=_PANEL)] = None,
    max_cost: Annotated[float | None, shared("max-cost", panel=_PANEL)] = None,
    rewrite: Annotated[
        bool,
        _of_model("Rewrite symbolic problems into richer prose; numbers are kept.", "--rewrite"),
    ] = False,
    originals: Annotated[
        str | None, _of_model("Pool of problems to --rewrite; default: symbolic ones.")
    ] = None,
    examples: Annotated[str | None, _of_model("Pool of samples to show the model.")] = None,
    solver: Annotated[
        str | None, _of_model("Another model that solves the problems; default: the composer.")
    ] = None,
    solver_server: Annotated[
        str | None, _of_model("Server of the solver; default: --server.", metavar="URL")
    ] = None,
    attempts: Annotated[int, shared("attempts", "0: none.", panel=_PANEL)] = 4,
    agreement: Annotated[float, shared("agreement", panel=_PANEL)] = 0.5,
    tagger: Annotated[str, shared("tagger", panel=_PANEL)] = "builtin",
    temperature: Annotated[float, shared("temperature", panel=_PANEL)] = 1.0,
    max_tokens: Annotated[
        int | None,
        shared("max-tokens", "Of a draft and of a solution; default: 3000 and 4096.", panel=_PANEL),
    ] = None,
    max_drafts: Annotated[
        int | None, _of_model("Drafts at most; default: four for each problem.", min=1)
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """Compose multidisciplinary problems with verified answers.

    \b
    se synthesize --domains physics,chemistry -n 1 --seed 3
    se synthesize --domains physics,biology --model qwen \\
        --server http://localhost:8000/v1

    The symbolic composer needs no model: every problem is read back from its text and solved again
    on an independent path. With --model a language model composes, and every draft passes a funnel
    of checks. What fails is counted and kept with its reason.
    """
    every = (*_BOTH, *_SYMBOLIC, *_BY_MODEL, "model")
    if check is not None:
        others = {*every, "gallery", "list_"}
        refuse(context, others, "would be ignored by `check`; leave it out")
        _check(check)
        return
    if list_:
        others = {*every, "gallery"} - {"domains", "relations"}
        refuse(context, others, "would be ignored by `list`; leave it out")
        _list(domains, relations, format)
        return
    if gallery is not None:
        refuse(
            context, {*every, "format"} - {"seed"}, "would be ignored by `gallery`; leave it out"
        )
        _gallery(gallery, seed)
        return
    if not domains:
        from sample_engineering.skills import DOMAINS

        raise ConfigError(
            "no domains given; run: se synthesize --domains physics,chemistry "
            f"(known: {', '.join(DOMAINS)})"
        )
    # What was not given is left to the defaults of the API.
    asked = {name: context.params[name] for name in given(context) if name in every}
    if model is not None:
        from sample_engineering.api import compose

        if "engine_options" in asked:
            from sample_engineering.generation.engines import read_options

            asked["engine_options"] = read_options(engine_options, engine, server)
        refuse(context, _SYMBOLIC, "is for composing without a model; leave it out, or `model`")
        composed = compose(**{"out": DEFAULT_OUT} | asked)
        _report_model(composed, out or DEFAULT_OUT, format)
        tell_page(report)
        return
    from sample_engineering.api import synthesize as compose_symbolic

    refuse(context, _BY_MODEL, "needs `model`: the language model that composes")
    from sample_engineering.synthesis import Interrupted

    made = [path.parent for path in (out, rejects) if path and not path.parent.exists()]
    try:
        composition = compose_symbolic(**asked | {"steps": _steps(steps)})
    except Interrupted as stopped:
        kept = stopped.composition
        if kept and out is not None:
            _report(kept, out, rejects, made, format)
        lost = "" if out else "; nothing is kept without -o FILE"
        found = count_of(stopped.verified, "sample")
        output.warn(f"interrupted: {found} of {n} had been verified{lost}")
        raise typer.Exit(INTERRUPTED_STATUS) from None
    _report(composition, out, rejects, made, format)
    tell_page(report)


def _steps(text: str) -> tuple[int, int]:
    low, mark, high = text.partition("-")
    try:
        return int(low), int(high if mark else low)
    except ValueError as error:
        raise ConfigError(f"`steps` is {text!r}: write a number or a range such as 2-5") from error


def _report(
    composition: "Composition",
    out: Path | None,
    rejects: Path | None,
    made: list[Path],
    format: Format,
) -> None:
    if format is Format.json:
        output.record(composition.to_dict())
        return
    output.line("funnel")
    for name, count in sorted(composition.funnel.items(), key=_stage):
        output.line(f"  {count:>8}  {name}")
    output.line()
    prime = composition.prime
    for sample in composition[:_SHOWN] if out is None or prime else composition[:1]:
        output.line(f"{sample.id}  [{', '.join(sample.domains)}]")
        output.line(sample.problem)
        output.line(f"answer: {sample.answer}\n")
    for reason in prime.reasons if prime else ():
        output.line(f"prime: {reason}")
    if out is not None:
        output.line(f"wrote {count_of(len(composition), 'sample')} to {out}")
    elif len(composition) > _SHOWN:
        output.line(f"{len(composition) - _SHOWN} more; write them all with -o problems.jsonl")
    for folder in dict.fromkeys(made):
        output.line(f"made the folder {folder}")
    if rejects is not None:
        output.line(f"wrote {count_of(len(composition.rejected), 'rejected problem')} to {rejects}")


def _stage(item: tuple[str, int]) -> tuple[int, int, str]:
    """Put what was tried first and what passed last, and what fell out by its number between."""
    name, count = item
    place = {"plans tried": 0, "composed": 1, "verified": 3}.get(name, 2)
    return place, -count, name


def _report_model(found: "ModelComposition", out: Path, format: Format) -> None:
    if format is Format.json:
        output.record(found.to_dict())
        return
    output.line(found.account())
    if found.funnel.rejections:
        output.line(f"rejected drafts with their reasons: {found.funnel.path}")
    output.line(f"wrote {count_of(len(found), 'sample')} to {out}")


def _gallery(path: Path, seed: int) -> None:
    from sample_engineering.synthesis.gallery import write_gallery

    written = write_gallery(path, seed=seed)
    output.line(f"wrote {written.relations} relations and {written.problems} problems to {path}")


def _check(folder: Path) -> None:
    from sample_engineering.api import check_relations
    from sample_engineering.errors import SynthesisError

    try:
        found = check_relations(folder)
    except SynthesisError as error:  # the same folder, by the name of this option
        raise SynthesisError(str(error).replace("`relations`", "`check`", 1)) from error
    for fault in found.faults:
        output.warn(fault)
    for name, samples in found.examples.items():
        for sample in samples:
            output.line(f"{name}\n{sample.problem}\nanswer: {sample.answer}\n")
    output.line(found.account())
    if not found.passed:
        raise typer.Exit(1)


def _list(domains: str | None, folder: Path | None, format: Format) -> None:
    from sample_engineering.skills import DOMAINS, check_domains
    from sample_engineering.synthesis import relations

    wanted = check_domains(domains) if domains else DOMAINS
    library = relations()
    if folder is not None:
        from sample_engineering.synthesis.own_relations import own_relations

        library = (*library, *own_relations(folder, library))
    shown = [item for item in library if item.domain in wanted]
    if format is Format.json:
        output.record(
            [
                {"name": item.name, "domain": item.domain, "equation": str(item.equation)}
                | {"field": item.field_}
                for item in shown
            ]
        )
        return
    for domain in dict.fromkeys(item.domain for item in shown):
        own = [item for item in shown if item.domain == domain]
        output.line(f"{domain} ({count_of(len(own), 'relation')})")
        for item in own:
            output.line(f"  {item.name:<28} {item.equation:<44} {item.field_}")
    output.line(f"{count_of(len(shown), 'relation')} in all")
