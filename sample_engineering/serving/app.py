"""The application: a request in, its rewards out, or why there are none."""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import GenerationError
from sample_engineering.extras import require
from sample_engineering.grading.rows import Row, Verdict
from sample_engineering.judging import Judge
from sample_engineering.serving.bodies import Bodies
from sample_engineering.serving.graders import Batch, Full, Graders
from sample_engineering.serving.judged import settle
from sample_engineering.serving.metrics import Metrics
from sample_engineering.serving.refusals import GONE, Refused
from sample_engineering.serving.settings import ServeSettings
from sample_engineering.serving.shapes import SHAPES, Shape
from sample_engineering.text import visible
from sample_engineering.version import __version__

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_LOG = logging.getLogger(__name__)
# Statuses after which the same request may well succeed; verl tries again after 5xx only.
_LATER = frozenset({408, 503})


class RewardApp:
    """What a server does with its requests.

    Parameters
    ----------
    settings : ServeSettings
    graders : Graders
        Started already.
    metrics : Metrics
    judge : Judge, optional
    """

    def __init__(
        self,
        settings: ServeSettings,
        graders: Graders,
        metrics: Metrics,
        judge: Judge | None = None,
    ) -> None:
        self._judge = judge
        self._settings = settings
        self._graders = graders
        self._metrics = metrics
        self._bodies = Bodies(settings.max_body)
        self._response = require("starlette.responses", "serve").Response
        self.stopping = False

    def asgi(self) -> "Starlette":
        """Return the ASGI application."""
        routing = require("starlette.routing", "serve")
        routes = [
            routing.Route(shape.path, self._endpoint(shape), methods=["POST"]) for shape in SHAPES
        ]
        # NeMo Gym's agents announce a rollout before they ask; there is nothing to remember of it.
        routes.append(routing.Route("/seed_session", self._nothing, methods=["POST"]))
        routes.append(routing.Route("/health", self._health, methods=["GET"]))
        routes.append(routing.Route("/metrics", self._show_metrics, methods=["GET"]))
        found: Starlette = require("starlette.applications", "serve").Starlette(
            routes=routes, exception_handlers={404: self._unknown, 405: self._method}
        )
        return found

    def _endpoint(self, shape: Shape) -> Any:
        async def answer(request: "Request") -> "Response":
            started = time.monotonic()
            try:
                reply = self._json(200, await self._rewards(shape, request, started))
            except Refused as refused:
                self._metrics.count_refusal(refused.reason)
                reply = self._refusal(refused)
            except Exception as error:  # a defect; the server goes on
                _LOG.exception("a request failed")
                self._metrics.count_refusal("defect")
                reply = self._json(500, {"error": f"the server fails ({type(error).__name__})"})
            self._metrics.count_request(shape.path, reply.status_code, time.monotonic() - started)
            return reply

        return answer

    async def _rewards(self, shape: Shape, request: "Request", started: float) -> Any:
        ends = started + self._settings.timeout
        body, size = await self._bodies.read(request, self._settings.timeout)
        try:
            rows = shape.read(body, self._settings.form)
            if self._judge is not None:
                rows = [replace(row, free_text=True) for row in rows]
            if len(rows) > self._settings.max_batch:
                raise Refused(
                    413,
                    f"{len(rows)} rewards in one request; send {self._settings.max_batch} at most",
                    "batch",
                )
            try:
                batch = self._graders.submit(rows)
            except Full:
                raise self._busy() from None
            verdicts = await self._graded(batch, request, ends)
            if self._judge is not None:
                verdicts = await self._judged(self._judge, rows, verdicts, ends)
            self._metrics.count_verdicts(verdicts)
            for verdict in verdicts:
                if verdict.why:
                    _tell(visible(verdict.why))
            return shape.write(body, verdicts)
        finally:
            self._bodies.release(size)

    async def _graded(self, batch: Batch, request: "Request", ends: float) -> list[Verdict]:
        """Wait for the verdicts, as long as somebody waits for the reply."""
        gone = asyncio.ensure_future(_disconnected(request))
        try:
            await asyncio.wait(
                (batch.done, gone),
                timeout=max(0.0, ends - time.monotonic()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if batch.done.done():
                return [verdict for verdict in batch.verdicts if verdict is not None]
            self._graders.drop(batch)
            if gone.done():
                raise Refused(GONE, "the client closed the connection", "gone")
            raise Refused(503, "the rewards were not ready in time; send them again", "timeout")
        finally:
            gone.cancel()

    async def _judged(
        self, judge: Judge, rows: Sequence[Row], verdicts: Sequence[Verdict], ends: float
    ) -> list[Verdict]:
        """Put what is left open to the judge, in a thread: it waits for another server."""
        try:
            return await asyncio.wait_for(
                asyncio.to_thread(settle, judge, rows, verdicts),
                max(0.0, ends - time.monotonic()),
            )
        except TimeoutError:
            raise Refused(503, "the judge was not ready in time; send it again", "judge") from None
        except GenerationError as error:
            _tell(visible(str(error)))
            raise Refused(503, "the judge gives no verdicts; see the log", "judge") from error

    def _busy(self) -> Refused:
        if self.stopping:
            return Refused(503, "the server is being stopped", "stopping")
        return Refused(
            503, f"{self._graders.waiting} rewards are waiting; send these again later", "full"
        )

    def _refusal(self, refused: Refused) -> "Response":
        reply = self._json(refused.status, {"error": refused.message})
        if refused.status in _LATER:
            reply.headers["Retry-After"] = str(self._graders.retry_seconds)
        return reply

    def _json(self, status: int, content: Any) -> "Response":
        # Escaped, since a lone surrogate that a request had cannot be written as UTF-8.
        reply: Response = self._response(
            json.dumps(content, allow_nan=False, separators=(",", ":")),
            status_code=status,
            media_type="application/json",
        )
        return reply

    async def _health(self, request: "Request") -> "Response":
        return self._json(
            503 if self.stopping else 200,
            {
                "status": "stopping" if self.stopping else "ok",
                "version": __version__,
                "workers": len(self._graders.process_ids()),
                "waiting": self._graders.waiting,
                "form": self._settings.form,
            },
        )

    async def _nothing(self, request: "Request") -> "Response":
        return self._json(200, {})

    async def _show_metrics(self, request: "Request") -> "Response":
        reply: Response = self._response(
            self._metrics.text(), headers={"Content-Type": self._metrics.content_type}
        )
        return reply

    async def _unknown(self, request: "Request", error: Exception) -> "Response":
        paths = ", ".join(shape.path for shape in SHAPES)
        return self._json(
            404, {"error": f"there is nothing here; POST to {paths}, or GET /health, /metrics"}
        )

    async def _method(self, request: "Request", error: Exception) -> "Response":
        return self._json(405, {"error": "rewards are asked for by POST"})


async def _disconnected(request: "Request") -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


@lru_cache(maxsize=1024)
def _tell(why: str) -> None:
    """Say once what is wrong with a gold: a trainer that needs a number was given 0."""
    _LOG.warning("no reward: %s", why)
