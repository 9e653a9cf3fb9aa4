"""Independent solutions of a model: how often they reach the label, and what else they reach."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from sample_engineering.answers import with_options
from sample_engineering.audit.claims import Claim
from sample_engineering.errors import GoldError
from sample_engineering.generation.begun_answer import begin_all
from sample_engineering.generation.prompts import Question, render
from sample_engineering.generation.protocol import Generator, Prompt
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.grading import Grade, grade, read_gold
from sample_engineering.probing.prober import BOX, FORCED_TOKENS, closed
from sample_engineering.sample import Sample

ROLLOUTS = 8


@dataclass(frozen=True)
class Solutions:
    """What a model made of one problem.

    Parameters
    ----------
    texts : tuple of str
        Its solutions.
    grades : tuple of Grade
        Each held against the label.
    guesses : tuple of Grade
        Answers that had to be given at once, without a solution; empty where that was not asked.
    """

    texts: tuple[str, ...]
    grades: tuple[Grade, ...]
    guesses: tuple[Grade, ...] = ()

    @property
    def right(self) -> int:
        """How many reach the label."""
        return sum(item.correct for item in self.grades)

    def rivals(self, sample: Sample) -> list[tuple[str, list[int]]]:
        """Return the other answers, each with the places of its solutions, most frequent first.

        Equal answers in different spelling count as one.
        """
        groups: list[tuple[str, list[int]]] = []
        for place, item in enumerate(self.grades):
            if item.correct or item.extracted is None or not item.extracted.strip():
                continue
            for answer, places in groups:
                if _same(answer, item.extracted, sample):
                    places.append(place)
                    break
            else:
                groups.append((item.extracted, [place]))
        return sorted(groups, key=lambda group: (-len(group[1]), group[1]))

    def agreement(self, sample: Sample) -> float:
        """Return the share of pairs of solutions that reach the same answer."""
        total = len(list(combinations(self.grades, 2)))
        sizes = [self.right, *(len(places) for _, places in self.rivals(sample))]
        return sum(size * (size - 1) // 2 for size in sizes) / total if total else 0.0


def solve(
    claims: Sequence[Claim],
    generator: Generator,
    sampling: Sampling,
    *,
    template: str = "boxed",
    guess: bool = True,
    progress: Callable[[int], None] | None = None,
) -> tuple[dict[str, Solutions], list[str]]:
    """Let a model solve every problem whose label can be read.

    Parameters
    ----------
    claims : sequence of Claim
    generator : Generator
    sampling : Sampling
        `sampling.n` solutions of each problem.
    template : str
        Prompt template, see `generation.prompts`.
    guess : bool
        Also ask for answers without a solution.
    progress : callable, optional
        Called with the number of problems solved since the last call.

    Returns
    -------
    solutions, notes : dict of Solutions by sample id, list of str
    """
    asked = [claim for claim in claims if claim.gold is not None]
    prompts = [_prompt(claim.sample, template) for claim in asked]
    texts = _ask(generator, prompts, sampling, progress)
    notes = list(generator.notes)
    guesses: Mapping[int, list[str]] = {}
    if guess and prompts:
        begun, why_not = begin_all(generator, prompts, BOX)
        if begun is None:
            notes.append(f"no answers were forced: {why_not}")
        else:
            short = sampling.with_(max_tokens=FORCED_TOKENS)
            guesses = _ask(generator, begun, short, None)
    refused = sum(not texts.get(place) for place in range(len(asked)))
    if refused:
        notes.append(f"not solved: {refused:,} problems that the model refused")
    found = {}
    for place, claim in enumerate(asked):
        written = tuple(texts.get(place, ()))
        if written:
            begun_texts = (closed(BOX + text) for text in guesses.get(place, ()))
            found[claim.sample.id] = Solutions(
                written, _graded(claim, written), _graded(claim, tuple(begun_texts))
            )
    return found, notes


def _prompt(sample: Sample, template: str) -> Prompt:
    problem = with_options(sample.problem, sample.choices) if sample.choices else sample.problem
    return render(Question(problem, sample.images), template)


def _ask(
    generator: Generator,
    prompts: Sequence[Prompt],
    sampling: Sampling,
    progress: Callable[[int], None] | None,
) -> dict[int, list[str]]:
    found = {}
    for place, completions in generator.stream(prompts, sampling):
        found[place] = [item.text for item in completions]
        if progress is not None:
            progress(1)
    return found


def _graded(claim: Claim, texts: tuple[str, ...]) -> tuple[Grade, ...]:
    assert claim.gold is not None
    return tuple(grade(text, claim.gold) for text in texts)


def _same(one: str, two: str, sample: Sample) -> bool:
    if one.strip() == two.strip():
        return True
    try:
        gold = read_gold(
            one,
            kind=sample.kind,
            unit=sample.unit,
            tolerance=sample.tolerance,
            choices=sample.choices,
        )
    except GoldError:
        return False
    return bool(grade(f"\\boxed{{{two}}}", gold))
