"""Which piece may be done next, and which candidates go on.

Nothing here trains or reads: it is told what was done, and answers. Candidates go on by optuna's
asynchronous successive halving, with the number of trained seeds as the resource: whoever has been
trained with one seed goes on to the next if the lower end of its lift is in the first share of all
that came so far. Equal ends are told apart by the lift itself, then by the place in the ranking:
optuna lets all go on that are as good as the last of that share, which of candidates that teach
nothing would be all. A candidate that goes on comes before a new one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sample_engineering.extras import require
from sample_engineering.sweep.plan import THE_BASE, Piece, SweepPlan


@dataclass
class Candidate:
    """How far a candidate is.

    Parameters
    ----------
    pieces : list of Piece
    done : set of Piece
    taught : set of Piece
        Trainings on the sample that taught something.
    running : set of Piece
    stopped : bool
        Whether it does not go on, having been trained with too little success.
    failure : str, optional
        Why a piece of it could not be done.
    """

    pieces: list[Piece]
    done: set[Piece] = field(default_factory=set)
    taught: set[Piece] = field(default_factory=set)
    running: set[Piece] = field(default_factory=set)
    stopped: bool = False
    failure: str | None = None

    @property
    def mains(self) -> list[Piece]:
        """Trainings on the sample itself."""
        return [piece for piece in self.pieces if piece.of_sample]

    @property
    def trained(self) -> int:
        """How many of them are done."""
        return sum(piece in self.done for piece in self.mains)

    @property
    def left_out(self) -> bool:
        """Whether nothing more is done of it."""
        return self.stopped or self.failure is not None

    @property
    def needs(self) -> list[Piece]:
        """What it takes to be whole: controls only where the sample taught something."""
        taught = bool(self.taught) or self.trained < len(self.mains)
        return [piece for piece in self.pieces if piece.of_sample or taught]

    @property
    def whole(self) -> bool:
        """Whether all that it takes is done."""
        return self.failure is None and all(piece in self.done for piece in self.needs)

    def ready(self, one_by_one: bool) -> Iterator[Piece]:
        """Yield what may be begun now.

        Parameters
        ----------
        one_by_one : bool
            Whether a seed waits for the one before, after which the candidate may be stopped.
        """
        if self.left_out:
            return
        mains = self.mains
        open_ = [p for p in mains if p not in self.done and p not in self.running]
        busy = any(piece in self.running for piece in mains)
        if one_by_one:
            yield from open_[: 0 if busy else 1]
        else:
            yield from open_
        # Controls say what a lift is worth, so they wait for it to be known that there is one; with
        # halving, that the candidate stays.
        if self.taught and (not one_by_one or self.trained == len(mains)):
            for piece in self.pieces:
                if not piece.of_sample and piece not in self.done and piece not in self.running:
                    yield piece


class Schedule:
    """The order of a sweep.

    Parameters
    ----------
    plan : SweepPlan
    """

    def __init__(self, plan: SweepPlan) -> None:
        self.plan = plan
        self.candidates = [Candidate(plan.pieces(n)) for n in range(len(plan.candidates))]
        self.base_done = False
        self._base_running = False
        self._halving = _Halving(plan.halving, len(self.candidates)) if plan.halving else None

    def next(self) -> Piece | None:
        """Return the piece to begin now; None where none may be."""
        if not self.base_done:
            return None if self._base_running else THE_BASE
        # Who goes on comes before who is new: its answer is nearer.
        order = sorted(self.candidates, key=lambda one: -one.trained)
        for candidate in order if self._halving else self.candidates:
            for piece in candidate.ready(self._halving is not None):
                return piece
        return None

    def begin(self, piece: Piece) -> None:
        """Say that a piece was begun."""
        if piece == THE_BASE:
            self._base_running = True
        else:
            self.candidates[piece.candidate].running.add(piece)

    def put_back(self, piece: Piece) -> None:
        """Say that a piece was begun and not done; it may be begun again."""
        if piece == THE_BASE:
            self._base_running = False
        else:
            self.candidates[piece.candidate].running.discard(piece)

    def finish(self, piece: Piece, taught: bool = True) -> None:
        """Say that a piece is done, and whether it taught something."""
        if piece == THE_BASE:
            self.base_done, self._base_running = True, False
            return
        candidate = self.candidates[piece.candidate]
        candidate.running.discard(piece)
        candidate.done.add(piece)
        if piece.of_sample and taught:
            candidate.taught.add(piece)

    def judge(self, number: int, seeds: int, value: float, second: float = 0.0) -> bool:
        """Say what a candidate is worth after so many seeds; returns whether it goes on.

        Parameters
        ----------
        number : int
            Of the candidate.
        seeds : int
            With which it has been trained.
        value : float
            The greater, the better: the lower end of the lift.
        second : float
            What tells equal values apart, the greater, the better: the lift. Where that is equal
            too, who was ranked first is ahead.
        """
        if self._halving is None or seeds >= len(self.candidates[number].mains):
            return True
        goes_on = self._halving.goes_on(number, seeds, distinct(value, second, number))
        self.candidates[number].stopped = not goes_on
        return goes_on

    def fail(self, piece: Piece, reason: str) -> None:
        """Say that a piece cannot be done."""
        self.put_back(piece)
        if piece != THE_BASE:
            self.candidates[piece.candidate].failure = reason

    @property
    def over(self) -> bool:
        """Whether nothing is running and nothing may be begun."""
        busy = self._base_running or any(one.running for one in self.candidates)
        return not busy and self.next() is None

    @property
    def not_run(self) -> Iterable[Piece]:
        """The pieces that halving saved."""
        for one in self.candidates:
            if one.stopped:
                yield from (piece for piece in one.pieces if piece not in one.done)


# A lift in shares of 1 differs from another by 1e-5 at least where it is not equal (100,000 graded
# completions), and floats of that size by 1e-17.
_SECOND, _THIRD = 1e-7, 1e-15


def distinct(value: float, second: float, place: int) -> float:
    """Return a value with the ties of others broken: by `second`, then by the lower place."""
    return value + _SECOND * second - _THIRD * place


class _Halving:
    """Asynchronous successive halving, as optuna does it."""

    def __init__(self, factor: int, candidates: int) -> None:
        optuna = require("optuna", "sweep")
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        pruner = optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=factor)
        study = optuna.create_study(direction="maximize", pruner=pruner)
        self._trials = [study.ask() for _ in range(candidates)]

    def goes_on(self, number: int, seeds: int, value: float) -> bool:
        trial = self._trials[number]
        trial.report(value, step=seeds)
        return not trial.should_prune()
