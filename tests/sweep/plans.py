"""A sweep on sums with a tiny model, and a crew that trains in the test's own process."""

from dataclasses import replace

import sample_engineering as se
from sample_engineering.sweep.crew import Outcome
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.validation import run_piece
from tests.trainers.tiny import sums

SMALL = {
    "max_tokens": 16,
    "group_size": 16,
    "micro_batch": 16,
    "lr": 3e-4,
    "template": "plain",
    "save_every": 1,
}
POOL = sums()[1:9]


def plan(model, out, pool=POOL, **changes):
    """Candidates with two seeds of two steps."""
    asked = {
        "benchmark": se.Benchmark("sums", sums()[::3], template="plain", max_tokens=16),
        "recipe": "microcosm",
        "settings": SMALL,
        "device": "cpu",
        "steps": 2,
        "seeds": [0, 1],
        "readings": "greedy",
        "top": 3,
    }
    return se.plan_sweep(pool, model=str(model), out=out, **asked | changes)


class HereCrew:
    """Does one job at a time in this process, and notes which; some fail or are lost at first."""

    places = 1
    holds = (1.0, "CPU")

    def __init__(self, fails=(), lost=(), stops_after=None):
        self.done, self.began = [], []
        self._fails, self._lost = list(fails), list(lost)
        self._stops_after = stops_after
        self._ended = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def start(self, job):
        piece = job.piece
        self.began.append(piece)
        if self._stops_after is not None and len(self.done) >= self._stops_after:
            raise KeyboardInterrupt
        for listed, lost in ((self._fails, False), (self._lost, True)):
            if piece in listed:
                listed.remove(piece)
                self._ended.append(Outcome(piece, "it broke", lost=lost))
                return
        made = ValidationPlan.from_folder(__import__("pathlib").Path(job.run), "cpu")
        run_piece(replace(made, piece=(piece.arm, piece.seed), inline=True))
        self.done.append(piece)
        self._ended.append(Outcome(piece, seconds=1.0))

    def wait(self, seconds):
        ended, self._ended = self._ended, []
        return ended
