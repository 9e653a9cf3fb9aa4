"""The folder of a run: everything that it did, written so that it goes on after any accident.

``plan.json``
    What is done (`PolymathPlan`).
``parents.jsonl``, ``prices.json``
    Problems that a move starts from, and the price table, as they were given.
``journal/composed.jsonl``
    Symbolic problems as they were composed.
``journal/model-N.jsonl``, ``journal/target.jsonl``
    Every answer of a model, as it came; what stands there is not asked again.
``journal/candidates.jsonl``
    One line a candidate with its fate: refused with stage and reason, kept, or chosen.
``funnel.json``
    How many reached which stage, and why the others did not.
``chosen.json``
    The prime and the specialists, as samples.
``cards/NN.md``
    The card of each of them.
``polymath.json``, ``report.html``
    The result, for programs and for people.

A run that was killed is done again from the beginning: what is cheap is computed anew and comes out
the same, what is dear stands in a journal.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sample_engineering.files import Journal, write_json, write_whole
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.plan import PolymathPlan
from sample_engineering.pool import read_pool, write_pool
from sample_engineering.runs.claims import claim
from sample_engineering.runs.free import check_free
from sample_engineering.runs.planned import unfinished
from sample_engineering.sample import Sample

PLAN, FUNNEL, CHOSEN, RESULT = "plan.json", "funnel.json", "chosen.json", "polymath.json"
PAGE, PRICES, PARENTS, JOURNAL = "report.html", "prices.json", "parents.jsonl", "journal"
CARDS = "cards"
COMPOSED, CANDIDATES = f"{JOURNAL}/composed.jsonl", f"{JOURNAL}/candidates.jsonl"
RESPONSES = f"{JOURNAL}/responses.sqlite"
_PATIENCE = 5.0  # seconds; a process that was killed takes a moment to end


class PolymathFolder:
    """The folder of a run that is written to; claimed by this process until `close`.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._claim: Callable[[], object] | None = claim(self, path, patience=_PATIENCE)

    @classmethod
    def create(
        cls,
        plan: PolymathPlan,
        prices: Mapping[str, Any] | None = None,
        parents: Sequence[Sample] = (),
    ) -> "PolymathFolder":
        """Make the folder of a new run.

        Raises
        ------
        RunError
            If it holds something already, or cannot be written to.
        """
        check_free(plan.out, "run")
        if parents:
            write_pool(parents, plan.out / PARENTS)
        if prices is not None:
            write_json(plan.out / PRICES, prices)
        write_json(plan.out / PLAN, plan.to_record())
        return cls(plan.out)

    def parents(self) -> list[Sample]:
        """Return the problems that a move starts from."""
        return list(read_pool(self.path / PARENTS, on_error="fail"))

    def composed(self, compose: Callable[[], Iterable[Sample]]) -> list[Sample]:
        """Return the composed samples, from the journal where they stand there already."""
        place = self.path / COMPOSED
        if not place.exists():
            write_pool(compose(), place)
        return list(read_pool(place, on_error="fail"))

    def settle(self, candidates: Iterable[Candidate]) -> None:
        """Write down the fate of every candidate that has one and is not written yet.

        To be called in the same order each time: what an earlier process wrote is not repeated.
        """
        with Journal(self.path / CANDIDATES) as journal:
            known = {entry["number"] for entry in journal.entries()}
            for one in candidates:
                if one.number not in known:
                    journal.append(one.to_record())

    def write_chosen(self, samples: Iterable[Sample]) -> None:
        """Write the chosen samples as one JSON list."""
        with write_whole(self.path / CHOSEN) as stream:
            json.dump([one.to_dict() for one in samples], stream, indent=2, ensure_ascii=False)
            stream.write("\n")

    def write_cards(self, cards: Sequence[str]) -> None:
        """Write the cards of the chosen samples, numbered as they stand in ``chosen.json``."""
        for number, card in enumerate(cards, 1):
            with write_whole(self.path / CARDS / f"{number:02}.md") as stream:
                stream.write(card)

    def finish(self, funnel: Mapping[str, Any], record: Mapping[str, Any], page: str) -> None:
        """Write the results, the one that says that the run is finished last."""
        write_json(self.path / FUNNEL, funnel)
        with write_whole(self.path / PAGE) as stream:
            stream.write(page)
        write_json(self.path / RESULT, record)
        (self.path / RESPONSES).unlink(missing_ok=True)

    def discard(self) -> None:
        """Take away what a run wrote that cannot begin."""
        for name in (PARENTS, PRICES, PLAN):
            (self.path / name).unlink(missing_ok=True)
        for place in (self.path / JOURNAL, self.path):
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()

    def close(self) -> None:
        """Let others write; what was written stays."""
        if self._claim is not None:
            self._claim()
            self._claim = None


def read_plan(path: Path) -> PolymathPlan:
    """Return the plan of a run, to go on with it.

    Raises
    ------
    RunError
        If there is none, it is finished, or its plan is damaged.
    """
    return PolymathPlan.read(unfinished(path, PLAN, RESULT, "run"))
