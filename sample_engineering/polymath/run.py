"""A run from beginning to end: compose, refuse, list, choose, write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sample_engineering.errors import SynthesisError
from sample_engineering.polymath.candidate import Candidate
from sample_engineering.polymath.cards import cards_of
from sample_engineering.polymath.choosing import choose
from sample_engineering.polymath.drafting import (
    DRAFTING,
    NOVEL,
    SAME,
    check_novelty,
    check_same_answer,
    draft,
)
from sample_engineering.polymath.folder import PolymathFolder
from sample_engineering.polymath.funnel import funnel
from sample_engineering.polymath.funnel import to_record as funnel_record
from sample_engineering.polymath.judging import (
    AUDIT,
    CONSTRAINTS,
    SKILLS,
    WINDOW,
    check_constraints,
    check_labels,
    check_window,
    list_skills,
    standing,
)
from sample_engineering.polymath.models import Models
from sample_engineering.polymath.page import page_of
from sample_engineering.polymath.plan import MODELS, PolymathPlan
from sample_engineering.polymath.result import PolymathResult
from sample_engineering.polymath.solving import AGREE, solve
from sample_engineering.text import count_of
from sample_engineering.trainers.interrupts import going_on

Tell = Callable[[str], None]


def run(plan: PolymathPlan, folder: PolymathFolder, tell: Tell | None = None) -> PolymathResult:
    """Carry out a plan in its folder, from its beginning or from where it was interrupted.

    Parameters
    ----------
    plan : PolymathPlan
        Of the way ``symbolic`` or ``models``.
    folder : PolymathFolder
        Closed in the end.
    tell : callable, optional
        Told what is going on.

    Raises
    ------
    SynthesisError
        If fewer than the asked problems can be composed.
    BudgetError
        If the budget is spent; the run goes on with more.
    GenerationError
        If a model or server fails for good.
    """
    say = tell or (lambda _: None)
    with (
        going_on(plan.out, "run", folder.close, hopeless=SynthesisError),
        _nothing_left_of(folder),
    ):
        models = Models(plan, folder.path, tell)
        if plan.way == MODELS:
            kept = (SAME,) if plan.move == "harder" else ()
            stages: tuple[str, ...] = (
                *(*DRAFTING, CONSTRAINTS, *kept, NOVEL, AGREE, AUDIT, SKILLS),
            )
            candidates = _by_models(plan, folder, models, say)
        else:
            stages = (CONSTRAINTS, AUDIT, SKILLS)
            candidates = _symbolic(plan, folder, say)
            check_constraints(candidates, plan)
        say("auditing the labels")
        check_labels(candidates)
        say("listing skills")
        list_skills(candidates, plan, models)
        if plan.model is not None:
            stages = (*stages, WINDOW)
            say(f"probing {plan.model}")
            check_window(candidates, plan, models)
        choices = choose([one for one in candidates if one.stands])
        folder.settle(candidates)
        result = PolymathResult(
            plan,
            tuple(candidates),
            choices,
            funnel(candidates, stages),
            models.costs(),
            tuple(models.notes),
        )
        finish(result, folder)
        return result


def finish(result: PolymathResult, folder: PolymathFolder) -> None:
    """Write everything that a run came to."""
    samples = result.samples()
    folder.write_chosen(samples)
    folder.write_cards(cards_of(result))
    folder.finish(funnel_record(result.funnel, len(samples)), result.to_record(), page_of(result))


def _by_models(
    plan: PolymathPlan, folder: PolymathFolder, models: Models, say: Tell
) -> list[Candidate]:
    """Let the models write, look at what can be seen without them, and let them all solve it."""
    say(f"{count_of(len(plan.composers), 'model')} write {count_of(plan.n, 'candidate')}")
    parents = folder.parents() if plan.move is not None else ()
    candidates = draft(plan, models, parents)
    check_constraints(candidates, plan)
    if plan.move == "harder":
        check_same_answer(candidates, parents)
    check_novelty(candidates)
    say(f"all solve {count_of(len(standing(candidates)), 'candidate')}")
    solve(candidates, plan, models)
    return candidates


def _symbolic(plan: PolymathPlan, folder: PolymathFolder, say: Tell) -> list[Candidate]:
    from sample_engineering.polymath.moves import make
    from sample_engineering.synthesis import compose

    if plan.move is not None:
        move = plan.move
        say(f"making {count_of(plan.n, 'candidate')} by {move}")
        made = folder.composed(lambda: make(move, folder.parents(), plan.n, plan.seed))
        return [Candidate(number, move, sample) for number, sample in enumerate(made)]
    say(f"composing {plan.n:,} candidates")
    # All answers of the compact dialect are whole numbers.
    whole = plan.answers == "integer" and plan.dialect == "english"
    samples = folder.composed(
        lambda: compose(
            plan.domains,
            n=plan.n,
            steps=plan.steps,
            answers="integer" if whole else None,
            seed=plan.seed,
            dialect=plan.dialect,
        )
    )
    return [Candidate(number, plan.way, sample) for number, sample in enumerate(samples)]


@contextmanager
def _nothing_left_of(folder: PolymathFolder) -> Iterator[None]:
    """Take the folder away where the same again would fail again."""
    try:
        yield
    except SynthesisError:
        folder.discard()
        raise
