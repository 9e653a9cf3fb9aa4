"""`se microcosm`: the embedded small world; rebuild its base model, write its problems."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.command import Command, Group
from sample_engineering.commands.options import Format, FormatOption, shared
from sample_engineering.text import count_of

if TYPE_CHECKING:
    from sample_engineering.sample import Sample

microcosm = typer.Typer(
    name="microcosm",
    cls=Group,
    help="The embedded small world: base model, problems, benchmark.",
    no_args_is_help=True,
)
_EVERY = 100  # steps between two lines of progress
_Out = Annotated[
    Path | None,
    shared("out", "As .jsonl, ...; default: standard output."),
]
_Seed = Annotated[int, shared("seed")]


@microcosm.command("build", cls=Command)
def build(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for tokenizer and weights.")
    ] = Path("microcosm-model"),
    seed: _Seed = 0,
    size: Annotated[
        str, typer.Option(help="small (the shipped model) or large (for a GPU).")
    ] = "small",
    steps: Annotated[
        int | None, typer.Option(min=1, help="Optimizer steps; default: the size's.")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda or mps.")] = "cpu",
    format: FormatOption = Format.table,
) -> None:
    """Pretrain the base model from nothing (about half an hour on two cores).

    \b
    se microcosm build -o my-model --steps 2000
    """
    from sample_engineering.microcosm.pretraining import build as pretrain
    from sample_engineering.microcosm.pretraining import reporter

    progress = reporter(_EVERY, output.tell)
    built = pretrain(out, seed=seed, size=size, steps=steps, device=device, progress=progress)
    if format is Format.json:
        output.record({"model": str(built), "seed": seed, "size": size})
    else:
        output.line(f"wrote {built}; try: se validate --model {built}")


@microcosm.command("pool", cls=Command)
def pool(
    out: _Out = None,
    per_template: Annotated[int, typer.Option(min=1, help="Samples of each template.")] = 1,
    seed: _Seed = 0,
    format: FormatOption = Format.table,
) -> None:
    """Write natural single-domain candidates, e.g. for `se rank`.

    \b
    se microcosm pool -o candidates.jsonl
    """
    from sample_engineering.microcosm import natural_pool

    _write(natural_pool(per_template=per_template, seed=seed), out, format)


@microcosm.command("benchmark", cls=Command)
def benchmark(
    out: _Out = None,
    split: Annotated[
        str | None, typer.Option(help="seen or unseen; default: half of each.")
    ] = None,
    per_domain: Annotated[int | None, shared("per-domain", "Default: 80.")] = None,
    seed: _Seed = 0,
    format: FormatOption = Format.table,
) -> None:
    """Write the held-out problems that lift is measured on.

    \b
    se microcosm benchmark --split unseen --per-domain 20 -o unseen.jsonl
    """
    from sample_engineering.microcosm import benchmark as make

    _write(make(split=split, n_per_domain=per_domain, seed=seed), out, format)


@microcosm.command("info", cls=Command)
def info(format: FormatOption = Format.table) -> None:
    """Show what the world holds and what the shipped base model is.

    \b
    se microcosm info
    """
    from sample_engineering.microcosm import world_info

    found = world_info()
    if format is Format.json:
        output.record(asdict(found) | {"sample": found.sample.to_dict()})
    else:
        output.line(found)


def _write(samples: "Sequence[Sample]", out: Path | None, format: Format) -> None:
    if format is Format.json and out is None:
        output.record([sample.to_dict() for sample in samples])
        return
    if out is None:  # as a pool: se microcosm pool | se rank -
        output.records(sample.to_dict() for sample in samples)
        return
    from sample_engineering.api import save_pool

    save_pool(samples, out)
    if format is Format.json:
        output.record({"samples": len(samples), "out": str(out)})
    else:
        output.line(f"wrote {count_of(len(samples), 'sample')} to {out}")
