"""Composition of compact problems over several domains by linking templates."""

from collections.abc import Callable, Sequence

import numpy as np

from sample_engineering.errors import SynthesisError
from sample_engineering.registry import suggestion
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact.problem import LINK_NAMES, Problem, draw_problem
from sample_engineering.synthesis.compact.templates import (
    Template,
    compact_domains,
    compact_skills,
    templates,
)

CHAIN_TRIES = 400  # chains drawn for each problem asked for, before giving up
# An answer of one digit is guessed too often: what such problems lift is less, in two samples of 24
# (docs/lab/synthesis.md).
LEAST_ANSWER = 10


def compose_compact(
    domains: Sequence[str],
    *,
    n: int = 20,
    skills: Sequence[str] | None = None,
    steps: tuple[int, int] = (2, 3),
    seed: int = 0,
    accept: Callable[[Sample], bool] | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Sample]:
    """Compose problems of the microcosm's dialect that link templates of the asked domains.

    Parameters
    ----------
    domains : sequence of str
        Subjects; every problem uses as many of them as its number of templates allows.
    n : int
        Number of problems.
    skills : sequence of str, optional
        Skills that every problem must exercise.
    steps : (int, int)
        Fewest and most templates to link, between 1 and 4.
    seed : int
        Same seed, same problems.
    accept : callable, optional
        Tells whether a problem may be handed out; another is drawn in its place if not.
    progress : callable, optional
        Called with the number of problems so far.

    Returns
    -------
    list of Sample
        Whole-number answers, of two digits at least where problems are chained, kind
        ``"number"``, with solution, domains, skills and provenance (templates, formulas, steps,
        written operations).

    Raises
    ------
    SynthesisError
        If a domain or skill is unknown, or no chain fits.
    """
    _check("domain", domains, compact_domains())
    _check("skill", skills or (), compact_skills())
    if not domains:
        raise SynthesisError(f"no domain asked for; known: {', '.join(compact_domains())}")
    low, high = steps
    if not 1 <= low <= high <= len(LINK_NAMES):
        raise SynthesisError(f"`steps` {low}-{high} must lie within 1-{len(LINK_NAMES)}")
    rng, wanted = np.random.default_rng([seed, n]), set(skills or ())
    found: dict[str, Sample] = {}
    for _ in range(n * CHAIN_TRIES):
        if len(found) == n:
            break
        chain = draw_chain(domains, int(rng.integers(low, high + 1)), rng)
        if not wanted <= {skill for item in chain for skill in item.skills}:
            continue
        problem = draw_problem(chain, rng)
        if problem is None or not wanted <= set(problem.skills):
            continue
        if problem.text in found or (len(chain) > 1 and problem.answer < LEAST_ANSWER):
            continue
        sample = _name(problem, len(found), seed)
        if accept is not None and not accept(sample):
            continue
        found[problem.text] = sample
        if progress is not None:
            progress(len(found))
    if len(found) < n:
        raise SynthesisError(
            f"found {len(found)} of {n} problems over {', '.join(domains)} with skills "
            f"{', '.join(skills or ('any',))} in {low}-{high} steps; ask for fewer problems or "
            "skills, or more steps"
        )
    return list(found.values())


def draw_chain(
    domains: Sequence[str], length: int, rng: np.random.Generator, *, held_out: bool = False
) -> list[Template]:
    """Draw templates for a chain over different domains as far as there are enough of them."""
    order: list[str] = []
    while len(order) < length:
        order += [domains[i] for i in rng.permutation(len(domains))]
    chain = []
    for domain in order[:length]:
        choices = [
            item
            for item in templates()
            if item.domain == domain and (held_out or not item.held_out) and item not in chain
        ]
        chain.append(choices[int(rng.integers(len(choices)))])
    return chain


def _name(problem: Problem, index: int, seed: int) -> Sample:
    return problem.to_sample(f"compact-{seed}-{index:03d}", seed=seed)


def _check(what: str, asked: Sequence[str], known: Sequence[str]) -> None:
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise SynthesisError(
            f"`{what}s`: the compact dialect does not know {', '.join(map(repr, unknown))}; "
            f"{suggestion(unknown[0], known)}"
        )
