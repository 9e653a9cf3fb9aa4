"""What a server counts, in Prometheus' text format."""

import mmap
from collections.abc import Iterable, Sequence

from sample_engineering.extras import require
from sample_engineering.grading.grader import ABSTAINED, JUDGED
from sample_engineering.grading.rows import Verdict
from sample_engineering.serving.graders import Graders

# Seconds: a grade takes a fraction of a millisecond, a queue up to a minute.
_BUCKETS = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
)


class Metrics:
    """Counters of one server, in a registry of their own."""

    def __init__(self, graders: Graders) -> None:
        prometheus = require("prometheus_client", "serve")
        self._text = prometheus.generate_latest
        self.content_type: str = prometheus.CONTENT_TYPE_LATEST
        self._registry = registry = prometheus.CollectorRegistry()
        prometheus.ProcessCollector(namespace="se", registry=registry)
        self._rewards = prometheus.Counter(
            "se_rewards", "Rewards given, by verdict.", ["verdict"], registry=registry
        )
        self._decided = prometheus.Counter(
            "se_decided", "Rewards given, by who decided.", ["by"], registry=registry
        )
        self._requests = prometheus.Counter(
            "se_requests", "Requests, by path and status.", ["path", "status"], registry=registry
        )
        self._refused = prometheus.Counter(
            "se_refused", "Requests without a reward, by reason.", ["reason"], registry=registry
        )
        self._seconds = prometheus.Histogram(
            "se_request_seconds",
            "From the first byte of a request to its answer.",
            buckets=_BUCKETS,
            registry=registry,
        )
        self._grading = prometheus.Histogram(
            "se_grading_seconds", "Grading of one answer.", buckets=_BUCKETS, registry=registry
        )
        prometheus.Gauge(
            "se_waiting_rewards", "Rewards in the queue.", registry=registry
        ).set_function(lambda: graders.waiting)
        prometheus.Gauge(
            "se_worker_restarts", "Workers replaced after a limit or a death.", registry=registry
        ).set_function(lambda: graders.restarts)
        prometheus.Gauge(
            "se_worker_memory_bytes", "Resident memory of all workers.", registry=registry
        ).set_function(lambda: resident_bytes(graders.process_ids()))
        self.given = 0
        self.turned_away = 0

    def count_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Count the rewards of one request."""
        self.given += len(verdicts)
        for verdict in verdicts:
            self._rewards.labels(_word(verdict)).inc()
            self._decided.labels("judge" if verdict.rule in (JUDGED, ABSTAINED) else "rule").inc()
            self._grading.observe(verdict.seconds)

    def count_request(self, path: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.observe(seconds)

    def count_refusal(self, reason: str) -> None:
        """Count a request that got no reward."""
        self.turned_away += 1
        self._refused.labels(reason).inc()

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        text: bytes = self._text(self._registry)
        return text


def _word(verdict: Verdict) -> str:
    if verdict.rule == ABSTAINED:
        return "undecided"
    if verdict.score is None:
        return "unreadable_gold"
    if verdict.timed_out:
        return "timed_out"
    return "right" if verdict.correct else "wrong"


def resident_bytes(process_ids: Iterable[int]) -> int:
    """Return the resident memory of some processes; 0 for one that is gone or not told."""
    total = 0
    for process_id in process_ids:
        try:
            with open(f"/proc/{process_id}/statm", "rb") as stream:
                total += int(stream.read().split()[1]) * mmap.PAGESIZE
        except (OSError, ValueError, IndexError):
            continue
    return total
