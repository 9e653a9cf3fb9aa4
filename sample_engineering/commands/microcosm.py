"""`se microcosm`: the embedded small world; rebuild its base model, write its problems."""

from pathlib import Path

import typer

from sample_engineering.commands.command import Command
from sample_engineering.errors import ConfigError

microcosm = typer.Typer(
    name="microcosm",
    help="The embedded small world: its base model, problems and benchmark.",
    no_args_is_help=True,
)


@microcosm.command("build", cls=Command)
def build(
    out: Path = typer.Option(
        Path("microcosm-model"), "--out", "-o", help="Folder for tokenizer and weights."
    ),
    seed: int = typer.Option(0, min=0, help="Seed of documents and weights."),
    size: str = typer.Option("small", help="small (the shipped model) or large (for a GPU)."),
    steps: int | None = typer.Option(None, min=1, help="Optimizer steps; default: the size's."),
    device: str = typer.Option("cpu", help="cpu or cuda."),
) -> None:
    """Pretrain the base model from nothing (about half an hour on two cores)."""
    from sample_engineering.microcosm.pretraining import build as pretrain
    from sample_engineering.microcosm.pretraining import reporter

    shape = pretrain(
        out,
        seed=seed,
        size=size,
        steps=steps,
        device=device,
        progress=reporter(100, lambda line: typer.echo(line, err=True)),
    )
    typer.echo(f"wrote {shape}; try: se validate --model {shape}")


@microcosm.command("pool", cls=Command)
def pool(
    out: Path | None = typer.Option(
        None, "--out", "-o", help="JSONL file to write; default: standard output."
    ),
    per_template: int = typer.Option(1, min=1, help="Samples of each template."),
    seed: int = typer.Option(0, min=0, help="Same seed, same samples."),
) -> None:
    """Write natural single-domain candidates, e.g. for `se rank`."""
    from sample_engineering.microcosm import natural_pool

    _write([item.to_dict() for item in natural_pool(per_template=per_template, seed=seed)], out)


@microcosm.command("benchmark", cls=Command)
def benchmark(
    out: Path | None = typer.Option(
        None, "--out", "-o", help="JSONL file to write; default: standard output."
    ),
    split: str | None = typer.Option(None, help="seen or unseen; default: half of each."),
    items: int = typer.Option(40, min=1, help="Items of each domain."),
    seed: int = typer.Option(0, min=0, help="Same seed, same items."),
) -> None:
    """Write the held-out problems that lift is measured on."""
    from sample_engineering.microcosm import benchmark as make

    _write([item.to_dict() for item in make(split=split, n_per_domain=items, seed=seed)], out)


@microcosm.command("info", cls=Command)
def info() -> None:
    """Show what the world holds and what the shipped base model is."""
    import json

    from sample_engineering.microcosm import default_sample, model_path
    from sample_engineering.synthesis.compact import compact_domains, compact_skills, templates

    seen = [item for item in templates() if not item.held_out]
    path = model_path()
    config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    size = sum(file.stat().st_size for file in path.iterdir())
    sample = default_sample()
    typer.echo(
        f"domains      {', '.join(compact_domains())}\n"
        f"skills       {', '.join(compact_skills())}\n"
        f"templates    {len(seen)} shown in pretraining, {len(templates()) - len(seen)} held out\n"
        f"base model   {path}\n"
        f"             width {config['hidden_size']}, {config['num_hidden_layers']} layers, "
        f"vocabulary {config['vocab_size']}, {size / 1e6:.1f} MB\n"
        f"sample       {sample.id}: {sample.problem} [{sample.answer}]"
    )


def _write(records: list[dict], out: Path | None) -> None:
    import json

    from sample_engineering.files import write_whole

    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    if out is None:
        typer.echo("".join(lines), nl=False)
        return
    if out.is_dir():
        raise ConfigError(f"{out} is a folder; name a file, e.g. {out / 'pool.jsonl'}")
    with write_whole(out) as stream:
        stream.writelines(lines)
    typer.echo(f"wrote {len(lines)} samples to {out}")
