"""Serving: the grader as an HTTP reward server."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sample_engineering.api.typed import typed

if TYPE_CHECKING:
    from sample_engineering.serving import RewardServer


@typed
def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    form: str = "boxed",
    timeout: float = 60.0,
    queue: int = 16_384,
    max_batch: int = 4096,
    max_body: float = 8.0,
    judge: str | None = None,
    judge_options: Mapping[str, Any] | None = None,
) -> "RewardServer":
    """Serve rewards by HTTP, until `RewardServer.stop`.

    ``with se.serve(port=0) as server:`` starts one for a block; ``server.url`` is its address.
    The paths and what they take are in docs/serve.md.

    Parameters
    ----------
    host : str
        Address to listen on; the default is reached from this machine only.
    port : int
        0 lets the system choose.
    workers : int, optional
        Worker processes that grade; one a processor by default.
    form : str
        Name of the answer form in which completions state their final answer.
    timeout : float
        Seconds that a request may take, from its first byte to its answer.
    queue : int
        Rewards that may wait; a request that exceeds it is told to come back (503).
    max_batch : int
        Rewards in one request.
    max_body : float
        Largest request, in MiB.
    judge : str, optional
        Model that decides what no rule reads, ``MODEL@URL`` or a local model. An answer that it
        leaves undecided has no reward, as one whose gold cannot be read.
    judge_options : mapping, optional
        How it is asked, see `judging.JudgeSettings`.

    Returns
    -------
    RewardServer
        Started: rewards can be asked for.

    Raises
    ------
    ConfigError
        If a value cannot be used, the address is taken, or no worker starts.
    MissingExtraError
        If the extra ``serve`` is not installed.
    """
    from sample_engineering.judging import JudgeSettings
    from sample_engineering.serving import MEBIBYTE, RewardServer, ServeSettings

    settings = ServeSettings(
        host=host,
        port=port,
        workers=workers,
        form=form,
        timeout=timeout,
        queue=queue,
        max_batch=max_batch,
        max_body=round(max_body * MEBIBYTE),
        judge=JudgeSettings.of(judge, judge_options),
    )
    return RewardServer(settings).start()
