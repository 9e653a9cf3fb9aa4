"""The language-model composer: draft, verify, keep, until enough problems stand."""

import os
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sample_engineering.errors import BudgetError, SynthesisError
from sample_engineering.generation import Sampling
from sample_engineering.generation.protocol import Generator, Prompt
from sample_engineering.grading import grade_batch, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.selectors.overlap import OverlapIndex
from sample_engineering.skills import tag
from sample_engineering.synthesis.language_model.asking import Asker
from sample_engineering.synthesis.language_model.checks import (
    Draft,
    check_content,
    check_coverage,
    check_gold,
    check_program,
    check_schema,
    check_texts,
)
from sample_engineering.synthesis.language_model.drafts import (
    COMPOSE_SCHEMA,
    REWRITE_SCHEMA,
    compose_prompt,
    rewrite_prompt,
)
from sample_engineering.synthesis.language_model.funnel import (
    COMPOSE_STAGES,
    REWRITE_STAGES,
    Funnel,
)
from sample_engineering.synthesis.language_model.hostile import hostile_content
from sample_engineering.synthesis.language_model.kept_numbers import lost_or_added
from sample_engineering.synthesis.language_model.model_composition import ModelComposition
from sample_engineering.synthesis.language_model.options import check_options

DRAFT_TOKENS = 3_000  # room for a problem, its solution and its program
SOLVER_TOKENS = 4_096
SOLVER_TEMPLATE = "boxed"
EXAMPLES_SHOWN = 3
DRAFTS_PER_SAMPLE = 4  # drafts asked for at most, for each problem wanted
SMALLEST_ROUND = 4


def compose_with_model(
    generator: Generator,
    domains: str | Iterable[str],
    *,
    n: int = 20,
    skills: str | Iterable[str] | None = None,
    examples: Sequence[Sample] = (),
    solver: Generator | None = None,
    k: int = 4,
    agreement: float | None = None,
    rewrite: bool = False,
    originals: Sequence[Sample] | None = None,
    against: Iterable[Sample] | None = None,
    temperature: float = 1.0,
    max_tokens: int | None = None,
    max_drafts: int | None = None,
    seed: int = 0,
    journal: str | os.PathLike[str] | None = None,
    rejections: str | os.PathLike[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ModelComposition:
    """Compose problems with a language model and keep those that pass every check.

    Parameters
    ----------
    generator : Generator
        The composer.
    domains : str or sequence of str
        Subjects that each problem joins; a text may name several with commas.
    n : int
        Problems wanted; fewer come back where `max_drafts` or the budget end first.
    skills : sequence of str, optional
        Skills that each problem must exercise.
    examples : sequence of Sample
        Seed problems, some of which are shown with each request. Hostile ones are left out.
    solver : Generator, optional
        Solves each problem `k` times without seeing the answer; None is the composer itself.
    k : int
        Solutions per problem; 0 skips this check.
    agreement : float, optional
        Share of the `k` solutions that must reach the answer; one half by default.
    rewrite : bool
        Rewrite `originals` in richer prose with every number kept, instead of composing freely.
    originals : sequence of Sample, optional
        Verified problems to rewrite; None composes `n` symbolic ones first.
    against : iterable of Sample
        Problems that must not be repeated.
    temperature, seed
        Sampling; the same seed and answers give the same samples.
    max_tokens : int, optional
        Longest draft and longest solution, in tokens; None is `DRAFT_TOKENS` and `SOLVER_TOKENS`.
        Where the model's context has less room, they end there, which a note says.
    max_drafts : int, optional
        Drafts at most; None is four for each problem wanted.
    journal : path-like, optional
        Every answer is appended here; a killed run resumes from it and asks nothing twice.
    rejections : path-like, optional
        JSONL file that keeps every rejected draft with its stage and reason.
    progress : callable, optional
        Called with the number of drafts judged since the last call.

    Raises
    ------
    ConfigError
        If a domain is unknown, or something that is given would be ignored.
    SynthesisError
        If a skill is unknown or a number makes no sense.
    GenerationError
        If the model or server fails for good.
    """
    named, wanted, share = check_options(
        domains,
        n=n,
        skills=skills,
        k=k,
        agreement=agreement,
        rewrite=rewrite,
        examples=bool(examples),
        originals=bool(originals),
        solver=solver is not None,
    )
    most = DRAFTS_PER_SAMPLE * n if max_drafts is None else max_drafts
    if most < 1:
        raise SynthesisError(f"`max_drafts` {most}: give 1 or more")
    if rewrite and originals is None:
        from sample_engineering.synthesis.composition import compose

        originals = list(compose(named, n=n, skills=wanted or None, seed=seed))
    asker = Asker(journal)
    funnel = Funnel(rejections, REWRITE_STAGES if rewrite else COMPOSE_STAGES)
    work = _Work(
        generator, solver or generator, named, wanted, list(examples), rewrite,
        list(originals or ()), k, share, temperature,
        DRAFT_TOKENS if max_tokens is None else max_tokens,
        SOLVER_TOKENS if max_tokens is None else max_tokens, seed, funnel, asker,
        OverlapIndex(sample.problem for sample in against or ()),
    )  # fmt: skip
    try:
        samples, notes = work.run(n, most, progress)
    finally:
        asker.close()
        funnel.close()
    told = (*generator.notes, *(solver.notes if solver is not None else ()))
    return ModelComposition(samples, funnel, work.usage(), [*notes, *dict.fromkeys(told)])


@dataclass
class _Work:
    composer: Generator
    solver: Generator
    domains: tuple[str, ...]
    skills: tuple[str, ...]
    examples: list[Sample]
    rewrite: bool
    originals: list[Sample]
    k: int
    agreement: float
    temperature: float
    draft_tokens: int
    solver_tokens: int
    seed: int
    funnel: Funnel
    asker: Asker
    seen: OverlapIndex

    def run(
        self, n: int, most: int, progress: Callable[[int], None] | None
    ) -> tuple[list[Sample], list[str]]:
        """Draft in rounds until `n` samples stand; rounds make a resumed run repeat itself."""
        notes = []
        clean = [item for item in self.examples if hostile_content(item.problem) is None]
        if len(clean) < len(self.examples):
            dropped = len(self.examples) - len(clean)
            notes.append(f"{dropped} example(s) left out for hostile content")
            self.examples = clean
        samples: list[Sample] = []
        drafted = 0
        if self.rewrite:
            most = min(most, len(self.originals))
        while len(samples) < n and drafted < most:
            # As many as the yield so far makes likely to suffice.
            rate = max(len(samples) / drafted, 1 / DRAFTS_PER_SAMPLE) if drafted else 1.0
            size = max(SMALLEST_ROUND, int((n - len(samples)) / rate + 0.999))
            numbers = range(drafted, min(most, drafted + size))
            try:
                accepted = self._round(numbers, progress)
            except BudgetError as error:
                notes.append(f"stopped by the budget: {error}")
                break
            samples += accepted
            drafted = numbers.stop
        if len(samples) < n:
            notes.append(
                f"{len(samples)} of {n} problems stand after {drafted} drafts; see the rejections, "
                "or allow more drafts"
            )
        self.funnel.accepted = len(samples[:n])
        return samples[:n], notes

    def _round(self, numbers: range, progress: Callable[[int], None] | None) -> list[Sample]:
        prompts = [self._prompt(number) for number in numbers]
        schema = REWRITE_SCHEMA if self.rewrite else COMPOSE_SCHEMA
        texts = self.asker.ask(
            self.composer,
            [f"draft {number}" for number in numbers],
            prompts,
            Sampling(max_tokens=self.draft_tokens, temperature=self.temperature, seed=self.seed),
            # Where it cannot be enforced, the check of the schema rejects what breaks it.
            schema if self.composer.capabilities.schema else None,
        )
        standing = []
        for number, (answer, *_) in zip(numbers, texts, strict=True):
            self.funnel.drafts += 1
            parent = self.originals[number] if self.rewrite else None
            draft = Draft(number, answer.text, parent)
            if answer.finish_reason == "length":
                self.funnel.reject(number, "answered", "cut off: no room left", answer.text)
                continue
            self.funnel.passed("answered")
            if self._verified(draft, schema):
                standing.append(draft)
            if progress is not None:
                progress(1)
        return self._solved(standing)

    def _prompt(self, number: int) -> Prompt:
        if self.rewrite:
            return rewrite_prompt(self.originals[number])
        rng = random.Random(f"{self.seed}:{number}")
        shown = rng.sample(self.examples, min(EXAMPLES_SHOWN, len(self.examples)))
        return compose_prompt(self.domains, self.skills, shown, number)

    def _verified(self, draft: Draft, schema: Mapping[str, Any]) -> bool:
        """Run the checks that need no model, in order; the first that fails rejects."""
        stages: list[tuple[str, Callable[[], str | None]]] = [
            ("safe content", lambda: check_content(draft)),
            ("schema", lambda: check_schema(draft, schema)),
            ("safe content", lambda: check_texts(draft)),
        ]
        if not self.rewrite:
            id_ = f"lm-{_short_hash(draft.text)}"
            stages += [
                ("gradable gold", lambda: check_gold(draft, id_, self.domains)),
                ("program agrees", lambda: check_program(draft)),
                ("domains and skills", lambda: check_coverage(draft, self.domains, self.skills)),
            ]
        else:
            stages += [("numbers kept", lambda: self._rewritten(draft))]
        stages += [("novel", lambda: self._novel(draft))]
        content_read = False
        for stage, check in stages:
            reason = check()
            if reason is not None:
                self.funnel.reject(draft.number, stage, reason, draft.text)
                return False
            if stage != "safe content" or content_read:
                self.funnel.passed(stage)
            content_read = content_read or stage == "safe content"
        return True

    def _rewritten(self, draft: Draft) -> str | None:
        parent = draft.parent
        assert parent is not None
        text = draft.fields["problem"].strip()
        if text == parent.problem.strip():
            return "unchanged: the text is the original"
        reason = lost_or_added(parent.problem, text)
        if reason is None:
            draft.sample = parent.with_(id=f"{parent.id}-rewritten", problem=text)
        return reason

    def _novel(self, draft: Draft) -> str | None:
        assert draft.sample is not None
        match = self.seen.nearest(draft.sample.problem)
        if match is not None and match.is_copy:
            return f"{match.kind}: similarity {match.similarity:.2f}"
        self.seen.add(draft.sample.problem)
        return None

    def _solved(self, drafts: list[Draft]) -> list[Sample]:
        """Let the solver try each problem; keep those whose answer it reaches often enough."""
        if self.k and drafts:
            from sample_engineering.generation.prompts import render

            prompts = [render(d.sample, SOLVER_TEMPLATE) for d in drafts if d.sample]
            names = [f"solve {draft.number}" for draft in drafts]
            sampling = Sampling(
                n=self.k,
                max_tokens=self.solver_tokens,
                temperature=self.temperature,
                seed=self.seed,
            )
            groups = self.asker.ask(self.solver, names, prompts, sampling)
        else:
            groups = [[] for _ in drafts]
        accepted = []
        for draft, group in zip(drafts, groups, strict=True):
            assert draft.sample is not None
            gold = read_sample_gold(draft.sample)
            grades = grade_batch([item.text for item in group], [gold] * len(group))
            right = sum(grade.correct for grade in grades)
            if self.k and right < self.agreement * self.k:
                self.funnel.reject(
                    draft.number, "solvers agree",
                    f"too few agree: {right} of {self.k} reach {draft.sample.answer}", draft.text,
                )  # fmt: skip
                continue
            self.funnel.passed("solvers agree")
            accepted.append(self._finished(draft, right))
        return accepted

    def _finished(self, draft: Draft, right: int) -> Sample:
        sample = draft.sample
        assert sample is not None
        verification: dict[str, Any] = {"funnel": list(self.funnel.stages), **draft.record}
        if self.k:
            verification["solver"] = {
                "model": self.solver.name, "k": self.k, "agree": right, "asked": self.agreement
            }  # fmt: skip
        provenance: dict[str, Any] = {
            "composer": "language-model",
            "mode": "rewrite" if self.rewrite else "compose",
            "model": self.composer.name,
            "seed": self.seed,
            "draft": draft.number,
            "verification": verification,
        }
        if draft.parent is not None:
            provenance["parents"] = [draft.parent.id]
        else:
            verification["program"] = draft.fields["program"]
        return sample.with_(
            provenance=provenance,
            source="composed by a language model",
            skills=sample.skills or tuple(sorted(tag(sample.problem, sample.solution))),
        )

    def usage(self) -> dict[str, dict[str, Any]]:
        """Return what composer and solver counted."""
        found = {"composer": self.composer.usage.to_dict()}
        if self.solver is not self.composer:
            found["solver"] = self.solver.usage.to_dict()
        return found


def _short_hash(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=6).hexdigest()
