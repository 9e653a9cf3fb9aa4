"""The folder of a search: everything that it did, written so that it goes on after any accident.

``plan.json``
    The candidates in the order of their ranking, their features, and the numbers of the plan.
``base/trials``, ``base/confirmation``
    Run folders with the evaluation of the base model; they also say how trials are made.
``journal.jsonl``
    One line a finished trial or confirmation (`Trial`, `Confirmation`), and one that names the
    composed candidates that were let in.
``trials/NNN``, ``confirmation/N``
    A run folder each, as of `se validate`.
``chosen.json``
    The sample that was chosen.
``search.json``
    The result.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError
from sample_engineering.files import Journal, write_json
from sample_engineering.runs import RunFolder
from sample_engineering.runs.claims import claim
from sample_engineering.runs.free import check_free
from sample_engineering.runs.planned import plan_in, unfinished
from sample_engineering.runs.records import from_record, to_record
from sample_engineering.sample import Sample
from sample_engineering.search.features import Features
from sample_engineering.search.plan import SearchPlan
from sample_engineering.search.trials import Confirmation, Trial
from sample_engineering.trainers.plan import ValidationPlan

FORMAT_VERSION = 1
PLAN, JOURNAL, CHOSEN, RESULT = "plan.json", "journal.jsonl", "chosen.json", "search.json"
_BASE_TRIALS, _BASE_CONFIRMATION = "base/trials", "base/confirmation"
_PATIENCE = 5.0  # seconds; a process that was killed takes a moment to end
_LET_IN = "let_in"


class SearchFolder:
    """The folder of a search that is written to.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trials: list[Trial] = []
        self.confirmations: list[Confirmation] = []
        self.let_in: tuple[str, ...] | None = None
        self._journal: Journal | None = None
        self._claim: Callable[[], object] | None = None

    @classmethod
    def create(cls, plan: SearchPlan) -> "SearchFolder":
        """Make the folder of a new search.

        Raises
        ------
        RunError
            If it holds something already, or cannot be written to.
        """
        check_free(plan.out, "search")
        folder = cls(plan.out)
        for own in (plan.trials, plan.confirmation):
            if own is not None:
                RunFolder.share(own.out, own.to_config(), own.to_inputs()).close()
        record = {"format": FORMAT_VERSION, **plan.to_record()}
        write_json(folder.path / PLAN, record)  # last: a folder without it is no search
        folder._open()
        return folder

    @classmethod
    def reopen(cls, plan: SearchPlan) -> "SearchFolder":
        """Open the folder of a search to go on; RunError if it is damaged, or is written to."""
        folder = cls(plan.out)
        folder._open()
        known = {sample.id for sample in plan.candidates}
        assert folder._journal is not None
        try:
            for number, entry in enumerate(folder._journal.entries(), 1):
                folder._read(entry, f"{folder.path / JOURNAL} line {number}", known)
        except ValueError as error:
            folder.close()
            raise RunError(
                f"{folder.path / JOURNAL} is damaged ({error}); start the search anew"
            ) from error
        except RunError:
            folder.close()
            raise
        return folder

    def _open(self) -> None:
        self._claim = claim(self, self.path, patience=_PATIENCE)
        self._journal = Journal(self.path / JOURNAL)

    def _read(self, entry: Any, place: str, known: set[str]) -> None:
        faults: list[str] = []
        if isinstance(entry, Mapping) and _LET_IN in entry:
            named = entry[_LET_IN]
            if not isinstance(named, list) or not set(map(str, named)) <= known:
                raise RunError(f"{place} names candidates that there are not; start anew")
            self.let_in = tuple(map(str, named))
            return
        kind: Any = Trial if isinstance(entry, Mapping) and "number" in entry else Confirmation
        read = from_record(kind, entry, place, faults.append)
        if faults or read is None or read.id not in known:
            told = "; ".join(faults) or f"{place} is of no candidate"
            raise RunError(f"{told}; start the search anew")
        (self.trials if kind is Trial else self.confirmations).append(read)

    def add(self, done: Trial | Confirmation) -> None:
        """Note that something is done."""
        assert self._journal is not None
        self._journal.append(to_record(done))
        if isinstance(done, Trial):
            self.trials.append(done)
        else:
            self.confirmations.append(done)

    def add_let_in(self, ids: tuple[str, ...]) -> None:
        """Note which composed candidates may be tried from now on."""
        assert self._journal is not None
        self._journal.append({_LET_IN: list(ids)})
        self.let_in = ids

    def finish(self, chosen: Sample | None, record: Mapping[str, Any]) -> None:
        """Write what was chosen, then the result."""
        if chosen is not None:
            write_json(self.path / CHOSEN, chosen.to_dict())
        write_json(self.path / RESULT, {"format": FORMAT_VERSION, **record})

    def close(self) -> None:
        """Let others write; what was written stays."""
        if self._journal is not None:
            self._journal.close()
        if self._claim is not None:
            self._claim()


def done_in(plan: SearchPlan) -> tuple[list[Trial], list[Confirmation]]:
    """Return what the folder of a search says is done, without opening it for writing.

    Only to tell how much is left: what cannot be read is left out, and `SearchFolder.reopen` says
    what is wrong with it.
    """
    folder = SearchFolder(plan.out)
    known = {sample.id for sample in plan.candidates}
    with suppress(OSError, ValueError, RunError):
        for line in (plan.out / JOURNAL).read_text(encoding="utf-8").splitlines():
            folder._read(json.loads(line), JOURNAL, known)
    return folder.trials, folder.confirmations


def base_folder(path: Path, *, confirms: bool) -> Path:
    """Return where the base model's evaluation lies, for trials or for confirming."""
    return path / (_BASE_CONFIRMATION if confirms else _BASE_TRIALS)


def read_plan(path: Path, device: str | None = None) -> SearchPlan:
    """Return the plan of a search, to go on with it.

    Parameters
    ----------
    path : Path
        Its folder.
    device : str, optional
        Another device than before.

    Raises
    ------
    RunError
        If there is no search, it is finished, or its files are damaged.
    """
    place = unfinished(path, PLAN, RESULT, "search")
    with plan_in(place, FORMAT_VERSION, "search") as record:
        confirm = int(record["confirm"])
        return SearchPlan(
            candidates=[Sample.from_dict(one) for one in record["candidates"]],
            features=Features.from_dict(record["features"]),
            trials=_shared(base_folder(path, confirms=False), device),
            confirmation=_shared(base_folder(path, confirms=True), device) if confirm else None,
            budget=int(record["budget"]),
            confirm=confirm,
            composed=frozenset(map(str, record["composed"])),
            compose=int(record["compose"]),
            seed=int(record["seed"]),
            out=path,
            notes=tuple(map(str, record["notes"])),
        )


def _shared(path: Path, device: str | None) -> ValidationPlan:
    return replace(ValidationPlan.from_folder(path, device), resume=False)
