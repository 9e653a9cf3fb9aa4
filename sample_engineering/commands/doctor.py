"""`se doctor`: is all ready, does it fit, and what would make it fit."""

from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    Device,
    Engine,
    Format,
    FormatOption,
    TrustRemoteCode,
    shared,
)


def doctor(
    model: Annotated[
        str | None, shared("model", "Without it, the machine alone is looked at.")
    ] = None,
    recipe: Annotated[
        str | None,
        shared("recipe", "Default: one-shot-rlvr, or microcosm with the embedded model."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change any field of the recipe, or of TRL's GRPOConfig; may be repeated.",
        ),
    ] = None,
    lora: Annotated[
        int | None, typer.Option(help="Train LoRA adapters of this rank instead of all weights.")
    ] = None,
    vllm: Annotated[bool, typer.Option("--vllm", help="Sample rollouts with vLLM.")] = False,
    gpu: Annotated[
        str | None,
        typer.Option(help="A kind of GPU that need not be here: @(gpu)."),
    ] = None,
    gpus: Annotated[
        int | None, typer.Option(help="GPUs that train together, a process each.", min=1)
    ] = None,
    memory: Annotated[
        float | None, typer.Option(help="GiB of a GPU of which no more is known.")
    ] = None,
    sharding: Annotated[
        str | None,
        typer.Option(help="How several GPUs share what is kept: none, zero2, zero3 or fsdp."),
    ] = None,
    engine: Engine = None,
    device: Device = None,
    trust_remote_code: TrustRemoteCode = False,
    format: FormatOption = Format.table,
) -> None:
    """Check versions, GPUs and a model: can it be trained here?

    \b
    se doctor --model Qwen/Qwen2.5-Math-1.5B --vllm
    se doctor --model Qwen/Qwen2.5-Math-7B --gpu h100 --lora 32

    Or on a GPU that is not here: --gpu, --memory.

    Nothing is generated, trained or written. If it does not fit, the settings are named with which
    it would. The status is 1 where something refuses.
    """
    from sample_engineering import api
    from sample_engineering.report.readiness import diagnosis_page
    from sample_engineering.trainers.recipes import parse_settings

    found = api.doctor(
        model,
        recipe=recipe,
        settings=parse_settings(settings) if settings else None,
        lora=lora,
        vllm=vllm,
        gpu=gpu,
        gpus=gpus,
        memory=memory,
        sharding=sharding,
        engine=engine,
        device=device,
        trust_remote_code=trust_remote_code,
    )
    if format is Format.json:
        output.record(found.to_dict())
    else:
        output.console().print(diagnosis_page(found, model))
    if not found.ready:
        raise typer.Exit(1)
