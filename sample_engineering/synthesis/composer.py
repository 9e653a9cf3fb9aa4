"""The symbolic composer: from a plan with numbers to a verified sample."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from sample_engineering.errors import GoldError, SampleError
from sample_engineering.grading import read_gold
from sample_engineering.sample import Sample
from sample_engineering.synthesis import expressions, mistakes, units
from sample_engineering.synthesis.numbers import significant, whole
from sample_engineering.synthesis.plan import Node, Planner
from sample_engineering.synthesis.relation import fill
from sample_engineering.synthesis.solution import in_unit, worked_solution
from sample_engineering.synthesis.solving import fill_numbers
from sample_engineering.synthesis.text import (
    Story,
    answer_sentence,
    constants_sentence,
    tell,
)
from sample_engineering.synthesis.verification import verify
from sample_engineering.version import __version__

KINDS = ("number", "quantity", "choice", "expression")
DIFFICULTIES = ("easy", "medium", "hard")
COMPOSER = "symbolic"
ANSWER_DIGITS = 3
ANSWER_TOLERANCE = 0.01  # relative: a third figure that is off by rounding on the way still counts
OPTIONS = 4
_LONG = 4  # steps from which on a plan is worth keeping: about 20 are tried for one that works
_PLANS_BEFORE_REUSE = 50  # none is used twice before so many different ones were found
_REUSED_SHARE = 0.85
_ATTEMPTS_PER_PLAN = 2
_NUMBER_UNITS = ("", "percent", "degree", "dollar")  # asked "in degrees": the answer is a number
_MEDIUM_FROM, _HARD_FROM = 3.0, 4.5  # effort, see `effort`
_CHOICE_LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A problem that was composed and failed the check.

    Parameters
    ----------
    check : str
        The part of the check that it failed.
    reason : str
        What was wrong.
    relations : tuple of str
        What it was composed from.
    problem : str
        Its text.
    """

    check: str
    reason: str
    relations: tuple[str, ...]
    problem: str


@dataclass(slots=True)
class Request:
    """What is to be composed; see `compose`."""

    domains: tuple[str, ...]
    skills: tuple[str, ...]
    steps: tuple[int, int]
    kinds: tuple[str, ...]
    difficulty: str | None
    distractors: int
    seed: int


class Composer:
    """Composes problems one after the other; counts what happened on the way.

    Parameters
    ----------
    request : Request
        What is wanted; checked by `compose`.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.rng = Random(f"{COMPOSER} {request.seed}")
        self.planner = Planner(request.domains, request.skills)
        self.counts: Counter[str] = Counter()
        self.rejected: list[Rejected] = []
        self._long_plans: dict[int, list[Node]] = {}

    def _plan(self) -> Node | None:
        """Draw a plan; long ones, which are hard to find, are used again with new numbers."""
        steps = self.rng.randint(*self.request.steps)
        kept = self._long_plans.setdefault(steps, [])
        if (
            steps >= _LONG
            and len(kept) >= _PLANS_BEFORE_REUSE
            and self.rng.random() < _REUSED_SHARE
        ):
            return self.rng.choice(kept)
        return self.planner.draw(self.rng, steps)

    def attempt(self) -> Sample | None:
        """Try to compose one problem; None where it did not come off (see `counts`)."""
        request, rng = self.request, self.rng
        self.counts["plans tried"] += 1
        root = self._plan()
        if root is None:
            self.counts["no plan: the relations do not link"] += 1
            return None
        if not _skills_present(root, request.skills):
            self.counts["no plan: an asked skill is absent"] += 1
            return None
        kinds = list(request.kinds)
        kind = rng.choice(kinds)
        if kind == "expression" and expressions.symbols_for(root) is None:
            if len(kinds) == 1:
                self.counts["no plan: no expression in symbols"] += 1
                return None
            kind = rng.choice([item for item in kinds if item != "expression"])
        conversions = request.difficulty != "easy" and kind != "expression"
        trouble = ""
        for _ in range(_ATTEMPTS_PER_PLAN):
            trouble = fill_numbers(root, rng, conversions, self.planner.fits)
            if not trouble:
                break
        if trouble:
            self.counts[f"no numbers: {trouble}"] += 1
            return None
        if kind == "expression":
            made = self._expression(root)
        else:
            made = self._numeric(root, kind)
        if made is None:
            return None
        sample, check = made
        self.counts["composed"] += 1
        if request.difficulty and sample.extra["difficulty"] != request.difficulty:
            self.counts["not of the asked difficulty"] += 1
            return None
        verdict = verify(sample, check["relations"], request.domains, expression=check.get("expr"))
        if verdict.failed:
            self.counts[f"failed: {verdict.failed}"] += 1
            names = tuple(item.name for item in check["relations"])
            self.rejected.append(Rejected(verdict.failed, verdict.reason, names, sample.problem))
            return None
        self.counts["verified"] += 1
        kept = self._long_plans.setdefault(len(root.nodes()), [])
        if len(root.nodes()) >= _LONG and all(root is not plan for plan in kept):
            kept.append(root)
        provenance = dict(sample.provenance or {}, verification=dict(verdict.record))
        return sample.with_(provenance=provenance)

    def _numeric(self, root: Node, kind: str) -> tuple[Sample, dict[str, Any]] | None:
        quantity = root.relation.by_name[root.unknown]
        unit = self._answer_unit(root)
        natural = "quantity" if _gradable(unit) else "number"
        if kind != "choice" and kind != natural:
            if natural not in self.request.kinds:
                self.counts[f"no plan: the answer is a {natural}"] += 1
                return None
            kind = natural
        size = in_unit(root.result, unit)
        exact = quantity.whole
        number = whole(size) if exact else significant(size, ANSWER_DIGITS)
        story = tell(root, self.rng, distractors=self.request.distractors)
        question = fill(self.rng.choice(quantity.ask), root.case.words)
        sentences = [*story.sentences, question]
        constants = constants_sentence(root.nodes())
        choices = None
        letter = ""
        if kind == "choice":
            wrong = mistakes.options(root, unit, OPTIONS - 1)
            if wrong is None:
                self.counts["no options: too few wrong answers far enough apart"] += 1
                return None
            sentences += [constants] if constants else []
            listed, letter, choices, slips = self._options(number, size, exact, unit, wrong)
            problem = " ".join(sentences) + "\n" + listed
        else:
            last = answer_sentence(unit, None if exact else ANSWER_DIGITS, exact)
            sentences += [text for text in (constants, last) if text]
            problem = " ".join(sentences)
            slips = None
        shown = f"{number}{units.latex(unit)}"
        plain_unit = kind == "number" and unit not in ("", "percent", "degree")
        final = rf"\text{{{letter}}}" if kind == "choice" else number if plain_unit else shown
        solution, handling = worked_solution(root, unit, final)
        if kind == "choice":
            box = rf"The answer is $\boxed{{{final}}}$."
            solution = solution.removesuffix(box) + (
                f"To three significant figures this is ${shown}$, option {letter}. "
                rf"The answer is $\boxed{{{letter}}}$."
                if not exact
                else rf"This is option {letter}. The answer is $\boxed{{{letter}}}$."
            )
        plain_number = _plain(number)
        if kind == "choice":
            answer = letter
        elif kind == "quantity":
            answer = f"{plain_number} {unit}"
        else:
            answer = plain_number + ("%" if unit == "percent" else "")
        sample = self._sample(
            root,
            story,
            handling,
            problem=problem,
            answer=answer,
            kind=kind,
            unit=unit if kind == "quantity" else None,
            tolerance=None if exact or kind == "choice" else ANSWER_TOLERANCE,
            choices=choices,
            solution=solution,
            extra={"slips": slips} if slips else {},
        )
        if sample is None:
            return None
        return sample, {"relations": tuple(node.relation for node in root.nodes())}

    def _options(self, number, size, exact, unit, wrong):
        entries = [(size, number, "")]
        for other, slip in wrong:
            text = whole(other) if exact else significant(other, ANSWER_DIGITS)
            entries.append((other, text, slip))
        entries.sort(key=lambda item: item[0])
        lines, texts, slips, letter = [], [], {}, ""
        for mark, (_, text, slip) in zip(_CHOICE_LETTERS, entries, strict=False):
            shown = f"${text}{units.latex(unit)}$"
            lines.append(f"{mark}. {shown}")
            texts.append(shown)
            if slip:
                slips[mark] = slip
            else:
                letter = mark
        return "\n".join(lines), letter, tuple(texts), slips

    def _expression(self, root: Node) -> tuple[Sample, dict[str, Any]] | None:
        symbols = expressions.symbols_for(root)
        assert symbols is not None
        story = tell(root, self.rng, show=lambda node, name: f"${symbols[id(node), name]}$")
        latex, answer, atoms = expressions.expression(root, symbols)
        names = tuple(dict.fromkeys(symbols.values()))
        if not all(answer.has(atom) for atom in atoms.values()):
            self.counts["no plan: a symbol cancels"] += 1
            return None
        quantity = root.relation.by_name[root.unknown]
        question = fill(self.rng.choice(quantity.ask), root.case.words)
        problem = " ".join([*story.sentences, question, expressions.ask(list(names), self.rng)])
        sizes = expressions.sizes_of(root, symbols)
        # A second set of sizes, a little off the first: two formulas that agree at both are equal.
        others = {
            name: size * (1 + 0.01 * (index + 1))
            for index, (name, size) in enumerate(sizes.items())
        }
        check = {
            "relations": tuple(node.relation for node in root.nodes()),
            "expr": (
                names,
                [sizes, others],
                lambda trial: expressions.evaluate_at(answer, atoms, trial),
            ),
        }
        solution = expressions.solution(root, symbols, latex)
        sample = self._sample(
            root,
            story,
            {"formula_rearrangement": True},
            problem=problem,
            answer=latex,
            kind="expression",
            unit=None,
            tolerance=None,
            choices=None,
            solution=solution,
            extra={},
        )
        return None if sample is None else (sample, check)

    def _answer_unit(self, root: Node) -> str:
        """Return the unit that shows the answer with the fewest zeros."""
        quantity = root.relation.by_name[root.unknown]
        best = quantity.unit
        for unit in (quantity.unit, *quantity.units):
            size = abs(in_unit(root.result, unit))
            if 0.1 <= size < 1e4:
                return unit
        return best

    def _sample(
        self,
        root: Node,
        story: Story,
        handling: dict[str, bool],
        *,
        extra: dict[str, Any],
        **fields,
    ) -> Sample | None:
        nodes = root.nodes()
        skills = dict.fromkeys(skill for node in nodes for skill in node.relation.skills)
        skills |= dict.fromkeys(name for name, used in handling.items() if used)
        present = {node.relation.domain for node in nodes}
        digest = hashlib.sha256(fields["problem"].encode()).hexdigest()[:12]
        provenance = {
            "composer": COMPOSER,
            "version": __version__,
            "seed": self.request.seed,
            "relations": [node.relation.name for node in nodes],
            "unknowns": [node.unknown for node in nodes],
            "links": _links(root),
            "steps": len(nodes),
        }
        try:
            return Sample(
                id=f"sym-{digest}",
                domains=tuple(name for name in self.request.domains if name in present),
                skills=tuple(skills),
                source="sample-engineering symbolic composer",
                license="Apache-2.0",
                provenance=provenance,
                extra={"difficulty": difficulty(nodes, handling, len(story.extras)), **extra},
                **fields,
            )
        except SampleError as error:
            self.counts[f"failed: schema ({error})"] += 1
            return None


@lru_cache(maxsize=512)
def _gradable(unit: str) -> bool:
    """Can the grader read a quantity in this unit? If not, the answer is asked as a number."""
    if unit in _NUMBER_UNITS:
        return False
    try:
        read_gold(f"1.23 {unit}", kind="quantity", unit=unit)
    except GoldError:
        return False
    return True


def _links(root: Node) -> list[dict[str, str]]:
    return [
        {
            "from": f"{child.relation.name}.{child.unknown}",
            "to": f"{node.relation.name}.{name}",
            "by": "number" if name in node.symbols else "meaning",
        }
        for node in root.nodes()
        for name, child in node.links.items()
    ]


def _skills_present(root: Node, skills: Sequence[str]) -> bool:
    found = {skill for node in root.nodes() for skill in node.relation.skills}
    handled = {"unit_conversion", "formula_rearrangement", "significant_figures"}
    return set(skills) - handled <= found


def _plain(number: str) -> str:
    mantissa, mark, power = number.partition(r"\times10^{")
    return f"{mantissa}e{power[:-1]}" if mark else number


def effort(nodes: Sequence[Node], handling: dict[str, bool], distractors: int) -> float:
    """Return how much a problem asks of the reader, in steps of reasoning.

    One for each relation, half for each that must be solved backwards, half for a conversion of
    units, 0.3 for each idle fact, half for a join (a relation that takes up two results).
    """
    total = float(len(nodes))
    for node in nodes:
        sides = [side.strip() for side in node.relation.equation.split("=")]
        total += 0.5 * (node.unknown not in sides)
        total += 0.5 * (len(node.links) > 1)
    return total + 0.5 * bool(handling.get("unit_conversion")) + 0.3 * distractors


def difficulty(nodes: Sequence[Node], handling: dict[str, bool], distractors: int) -> str:
    """Return easy, medium or hard."""
    size = effort(nodes, handling, distractors)
    return "easy" if size < _MEDIUM_FROM else "medium" if size < _HARD_FROM else "hard"
