"""What a request that cannot be met is told: the true cause, and what to ask for instead."""

from collections.abc import Mapping, Sequence

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.effort import steps_possible
from sample_engineering.synthesis.operations import exercising
from sample_engineering.synthesis.planner import MOST_STEPS
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.request import HANDLING_SKILLS, Request
from sample_engineering.synthesis.systems import SKILL, couples

_SHOWN = 4  # examples in a message

# What an attempt came to most often -> what to do about it. The first that fits is told.
_REMEDIES = (
    ("no plan: the relations do not link", "{more_steps}name other domains"),
    ("no plan: the structure was composed before", "{more_steps}name other domains"),
    ("no plan: an asked skill is absent", "ask for fewer skills at once, or for more steps"),
    ("no plan: no expression in symbols", "add another of `kinds` (number, quantity, choice)"),
    ("no plan: the answer is a ", "add that kind to `kinds`"),
    ("no plan: a symbol cancels", "add another of `kinds` (number, quantity, choice)"),
    ("no plan: too few idle facts", "ask for fewer `distractors`"),
    ("no options", "add another of `kinds` (number, quantity)"),
    ("not of the asked difficulty", "leave `difficulty` out, or ask for other `steps`"),
    ("no numbers", "{more_steps}name other domains"),
    ("repeats", "{more_steps}name other domains"),
    ("failed: novel", "compare with a smaller pool (`against`), or {more_steps}name other domains"),
    ("failed", "read why in the file of `rejects`"),
)


def check_skills(
    skills: Sequence[str], domains: Sequence[str], library: Sequence[Relation]
) -> None:
    """Raise SynthesisError unless relations of the domains exercise each skill in their solution.

    The message names the relations of other domains that do, or says that none does.
    """
    for skill in skills:
        if skill in HANDLING_SKILLS:
            continue
        able = exercising(skill, library)
        if any(relation.domain in domains for relation, _ in able):
            continue
        if skill == SKILL and couples(tuple(library), tuple(domains)):
            continue
        if not able:
            raise SynthesisError(
                f"`skills`: no relation takes {skill!r} in its solution yet; leave it out"
            )
        homes = ", ".join(dict.fromkeys(relation.domain for relation, _ in able))
        shown = ", ".join(f"{relation.name} for {unknown}" for relation, unknown in able[:_SHOWN])
        raise SynthesisError(
            f"`skills`: no relation of {', '.join(domains)} takes {skill!r} in its solution; add "
            f"one of {homes} to `domains` ({shown}{', ...' if len(able) > _SHOWN else ''})"
        )


def check_difficulty(difficulty: str | None, steps: tuple[int, int], distractors: int) -> None:
    """Raise SynthesisError if no problem with so many steps can be as hard, or as easy."""
    if difficulty is None:
        return
    possible = [
        count
        for count in range(1, MOST_STEPS + 1)
        if steps_possible(difficulty, count, distractors)
    ]
    if not any(steps[0] <= count <= steps[1] for count in possible):
        raise SynthesisError(
            f"`difficulty`: no problem of {_range(steps)} steps is {difficulty}; ask for "
            f"`steps`={possible[0]}-{possible[-1]}, or for another difficulty"
        )


def _range(steps: tuple[int, int]) -> str:
    return f"{steps[0]} to {steps[1]}" if steps[0] < steps[1] else str(steps[0])


def shortage(request: Request, counts: Mapping[str, int], n: int, found: int) -> str:
    """Return what to tell where fewer problems than asked could be composed."""
    causes = {
        name: count
        for name, count in counts.items()
        if name.startswith(("no ", "not ", "failed", "repeats"))
    }
    if found:  # linking fails in most attempts even where all goes well
        causes.pop("no plan: the relations do not link", None)
    cause = max(causes, key=lambda name: (causes[name], name), default="")
    more = "allow more steps, or " if request.steps[1] < MOST_STEPS else ""
    if cause == "no plan: the relations do not link" and not more:
        remedy = f"{MOST_STEPS} is the most; name fewer domains"
    else:
        remedy = next((text for start, text in _REMEDIES if cause.startswith(start)), "")
        remedy = (remedy or "{more_steps}name other domains").format(more_steps=more)
    wish = f"{' + '.join(request.domains)}, {_range(request.steps)} steps"
    if request.skills:
        wish += f", skills {', '.join(request.skills)}"
    if request.difficulty:
        wish += f", {request.difficulty}"
    told = f" (most often: {cause})" if cause else ""
    return (
        f"only {found} of {n} different problems could be composed for {wish}{told}; "
        f"{f'ask for `n`={found} at most, or ' if found else ''}{remedy}"
    )
