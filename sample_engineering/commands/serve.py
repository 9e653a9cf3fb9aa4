"""`se serve`: the grader as an HTTP reward server."""

from typing import Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import JudgeModel, JudgeOptions, read_mapping


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; the default is for this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 8000,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes that grade; default: one a processor.", show_default=False),
    ] = None,
    form: Annotated[
        str, typer.Option(help="Where the final answer of a completion stands: @(answer_form).")
    ] = "boxed",
    timeout: Annotated[float, typer.Option(help="Seconds that a request may take.")] = 60.0,
    queue: Annotated[
        int, typer.Option(help="Rewards that may wait; more are told to come back (503).")
    ] = 16_384,
    max_batch: Annotated[int, typer.Option(help="Rewards in one request.")] = 4096,
    max_body: Annotated[float, typer.Option(help="Largest request, in MiB.")] = 8.0,
    judge: JudgeModel = None,
    judge_options: JudgeOptions = None,
) -> None:
    """Serve rewards by HTTP, as verl, OpenRLHF, TRL and NeMo Gym ask.

    \b
    se serve
    se serve --port 8001 --form boxed --workers 8

    \b
    POST /reward         columns, as TRL's reward functions get them
    POST /get_reward     OpenRLHF
    POST /compute_score  verl
    POST /verify         NeMo Gym
    GET  /health, /metrics

    Each answer is graded in a worker process with limits of time and memory. Ctrl-C and SIGTERM
    answer what was taken and end it. docs/serve.md says how each trainer is pointed here.
    """
    import signal
    import threading

    from sample_engineering import api

    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked_to_stop.set())
    server = api.serve(
        host=host,
        port=port,
        workers=workers,
        form=form,
        timeout=timeout,
        queue=queue,
        max_batch=max_batch,
        max_body=max_body,
        judge=judge,
        judge_options=read_mapping(judge_options, "judge_options"),
    )
    output.line(f"serving rewards on {server.url}; Ctrl-C ends it")
    asked_to_stop.wait()
    server.stop()
    output.line(f"stopped; {server.rewards} rewards given, {server.refused} requests refused")
