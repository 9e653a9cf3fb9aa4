"""The loop: propose, train a little, learn from it, propose again; then confirm the choice."""

from collections import Counter
from collections.abc import Sequence

from sample_engineering.errors import ConfigError
from sample_engineering.search.folder import SearchFolder
from sample_engineering.search.plan import CONFIRM_SEEDS, FRESH_SEED, SearchPlan
from sample_engineering.search.proposing import propose
from sample_engineering.search.result import SearchResult
from sample_engineering.search.surrogate import Belief, Observation, believe
from sample_engineering.search.training import evaluate_base, train_on
from sample_engineering.search.trials import Confirmation, Trial
from sample_engineering.text import visible
from sample_engineering.trainers.interrupts import going_on
from sample_engineering.trainers.nursery import kept
from sample_engineering.trainers.plan import ProgressEvent
from sample_engineering.trainers.preflight import preflight
from sample_engineering.trainers.together import Together
from sample_engineering.trainers.validation import Tell


@kept()
def run_search(
    plan: SearchPlan, progress: Tell | None = None, *, resume: bool = False
) -> SearchResult:
    """Carry out a search.

    Parameters
    ----------
    plan : SearchPlan
    progress : callable, optional
        Called with what is going on.
    resume : bool
        Whether to go on with what lies in the folder of the plan.

    Raises
    ------
    ConfigError
        If a launcher started several processes.
    PreflightError
        If something is known beforehand that would make the trainings fail.
    RunError
        If the folder cannot be used or is damaged.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    if Together.here().several:
        raise ConfigError("a search starts its own processes; start it without a launcher")
    if resume:
        folder = SearchFolder.reopen(plan)
    else:
        preflight(plan.trials).require()  # what is known beforehand fails before anything is made
        folder = SearchFolder.create(plan)
    with going_on(plan.out, "search", folder.close):
        search = _Search(plan, folder, progress)
        search.try_candidates()
        choices = search.choices()
        search.confirm(choices[: plan.confirm])
        result = SearchResult(
            plan,
            tuple(folder.trials),
            tuple(folder.confirmations),
            plan.candidates[choices[0]] if choices else None,
            folder.let_in or (),
        )
        folder.finish(result.chosen, result.to_record())
        return result


class _Search:
    """A search that is going on; all it knows lies in its folder."""

    def __init__(self, plan: SearchPlan, folder: SearchFolder, tell: Tell | None) -> None:
        self.plan, self.folder, self.tell = plan, folder, tell

    def try_candidates(self) -> None:
        """Make trials until a further one would not leave enough to confirm."""
        base = None
        while self._left >= self.plan.steps:
            self._let_in()
            place = self._next()
            if place is None:
                return
            base = base or evaluate_base(self.plan.trials, self.tell)
            sample, number = self.plan.candidates[place], len(self.folder.trials) + 1
            seed = self.plan.seed + Counter(one.id for one in self.folder.trials)[sample.id]
            name = f"trials/{number:03}"
            self._say(
                f"trial {number}: {visible(sample.id)}, seed {seed}; {self._left} steps are left"
            )
            found = train_on(
                self.plan.trials, sample, (seed,), self.plan.out / name, base, self.tell
            )
            seen = self._observations()
            if found.trained:
                seen.append(Observation(place, found.lift, found.error))
            belief = believe(self.plan.features, seen)
            best = _best(belief, {one.place for one in seen} or {place})[0]
            self.folder.add(
                Trial(
                    number=number,
                    id=sample.id,
                    rank=place + 1,
                    composed=sample.id in self.plan.composed,
                    seed=seed,
                    steps=found.steps,
                    trained=found.trained > 0,
                    items=found.items,
                    before=found.before,
                    after=found.after,
                    lift=found.lift,
                    ci_low=found.ci_low,
                    ci_high=found.ci_high,
                    error=found.error,
                    run=name,
                    chosen=self.plan.candidates[best].id,
                    expected=float(belief.mean[best]),
                    expected_sd=float(belief.sd[best]),
                )
            )

    def choices(self) -> list[int]:
        """Return the candidates that taught something, the one of greatest expected lift first."""
        seen = self._observations()
        return _best(believe(self.plan.features, seen), {one.place for one in seen})

    def confirm(self, places: Sequence[int]) -> None:
        """Train on the first choices anew, with fresh seeds, and evaluate on fresh items."""
        plan = self.plan
        if plan.confirmation is None:
            return
        first = plan.seed + FRESH_SEED
        seeds = tuple(range(first, first + CONFIRM_SEEDS))
        base = None
        for number, place in enumerate(places, 1):
            if any(one.place == number for one in self.folder.confirmations):
                continue
            base = base or evaluate_base(plan.confirmation, self.tell)
            sample, name = plan.candidates[place], f"confirmation/{number}"
            self._say(f"confirming {visible(sample.id)} with {len(seeds)} fresh seeds")
            found = train_on(plan.confirmation, sample, seeds, plan.out / name, base, self.tell)
            self.folder.add(
                Confirmation(
                    place=number,
                    id=sample.id,
                    seeds=seeds,
                    steps=found.steps,
                    trained=found.trained,
                    items=found.items,
                    before=found.before,
                    after=found.after,
                    lift=found.lift,
                    ci_low=found.ci_low,
                    ci_high=found.ci_high,
                    run=name,
                )
            )

    @property
    def _left(self) -> int:
        """Training steps that are left for trials."""
        spent = sum(one.steps for one in self.folder.trials)
        return self.plan.budget - self.plan.confirm_steps - spent

    def _observations(self) -> list[Observation]:
        """Return the lifts of the trials that taught something.

        The others say that a candidate was out of reach, or solved already, and nothing of what its
        skills are worth.
        """
        places = {sample.id: place for place, sample in enumerate(self.plan.candidates)}
        return [Observation(places[t.id], t.lift, t.error) for t in self.folder.trials if t.trained]

    def _next(self) -> int | None:
        """Return the candidate to try next; None where all were tried and taught nothing."""
        plan, trials = self.plan, self.folder.trials
        # What taught nothing once is not tried again: a trial that is dead costs few steps, and
        # there would be no end of them.
        idle = {one.id for one in trials if not one.trained}
        closed = idle | (plan.composed - set(self.folder.let_in or ()))
        may = [p for p, sample in enumerate(plan.candidates) if sample.id not in closed]
        seen = self._observations()
        if not may:
            return None
        return propose(believe(plan.features, seen), {one.place for one in seen}, may)

    def _let_in(self) -> None:
        """Choose the composed candidates that may be tried, once half of the trials are made."""
        plan = self.plan
        half = 2 * len(self.folder.trials) >= plan.most_trials
        if not plan.compose or self.folder.let_in is not None or not half:
            return
        belief = believe(plan.features, self._observations())
        hopes = belief.mean + belief.sd  # what may well be, since none of them was tried
        held = [p for p, sample in enumerate(plan.candidates) if sample.id in plan.composed]
        best = sorted(held, key=lambda place: -hopes[place])[: plan.compose]
        self.folder.add_let_in(tuple(plan.candidates[place].id for place in best))
        self._say(f"{len(best)} composed candidates may be tried from now on")

    def _say(self, message: str) -> None:
        if self.tell is not None:
            self.tell(ProgressEvent("notice", message=message))


def _best(belief: Belief, tried: set[int]) -> list[int]:
    """Return what was tried by expected lift, greatest first."""
    return sorted(tried, key=lambda place: (-belief.mean[place], place))
