"""Ask a model the items of a benchmark and grade what it writes."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.evaluation.benchmark import Benchmark, Member, domain_of, split_of
from sample_engineering.evaluation.readings import GREEDY, READING_KEY, SAMPLED
from sample_engineering.evaluation.table import Evaluation, table_of
from sample_engineering.generation import Completion, Sampling
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.context import token_bound
from sample_engineering.generation.journaled import JournaledGenerator
from sample_engineering.generation.protocol import Generator, Prompt
from sample_engineering.sample import Sample
from sample_engineering.text import storable

if TYPE_CHECKING:
    from sample_engineering.grading import Gold, Grade

_ANY_FORM = "auto"  # a box or a mark if there is one, else the last expression of the text


def evaluate(
    generator: Generator,
    benchmark: Benchmark,
    *,
    rollouts: int = 4,
    seed: int = 0,
    greedy: bool = False,
    in_context: Sample | None = None,
    before: str = "",
    otherwise: Mapping[str, Any] | None = None,
    journal: str | os.PathLike[str] | None = None,
    identity: str = "",
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Sample completions of every item and grade them.

    Parameters
    ----------
    generator : Generator
        The model.
    benchmark : Benchmark
        Items with form, template, length and temperature. The members of a set are asked one after
        the other, each in its own way.
    rollouts : int
        Completions of each item; 1 where it is asked greedily, and what a member of a set sets for
        its own.
    seed : int
        Passed to the generator: the same generator, benchmark and seed give the same table.
    greedy : bool
        Temperature 0 and one completion an item.
    in_context : Sample, optional
        A solved problem shown before each item: the control that needs no training. An item with
        the same id or problem is asked without it.
    before : str
        A text before each problem: what a model that was trained to be asked so expects.
    otherwise : mapping, optional
        Fields of the protocol that shall not be the benchmark's, ``{"temperature": 0.3}`` say.
    journal : path-like, optional
        Every answered item is appended here; a killed evaluation resumes from it.
    identity : str
        What tells the model from others of the same name, in the journal; see
        `generation.journaled.weights_mark`.
    progress : callable, optional
        Called with the number of items finished since the last call.

    Returns
    -------
    Evaluation

    Raises
    ------
    ConfigError
        If `rollouts` is not positive.
    GoldError
        If a gold answer cannot be read.
    GenerationError
        If the model fails, or returns too few completions.
    """
    if journal is not None:
        with JournaledGenerator(generator, journal, identity) as kept:
            return evaluate(
                kept,
                benchmark,
                rollouts=rollouts,
                seed=seed,
                greedy=greedy,
                in_context=in_context,
                before=before,
                otherwise=otherwise,
                progress=progress,
            )
    golds = benchmark.golds
    _ = checked(benchmark, rollouts=rollouts, seed=seed, greedy=greedy, in_context=in_context)
    rows_of: dict[int, list[tuple[object, ...]]] = {}
    members: dict[str, dict[str, Any]] = {}
    for member, places in benchmark.parts:
        items = [benchmark.items[place] for place in places]
        protocol = member.protocol.with_(**(otherwise or {}))
        number = member.completions(rollouts, greedy=greedy)
        sampling = protocol.sampling(number, seed, greedy=greedy)
        groups = generator.generate(
            build_prompts(protocol, items, in_context, before), sampling, progress=progress
        )
        own = [golds[place] for place in places]
        graded = _graded(generator.name, member, items, own, groups, sampling)
        rows_of.update(zip(places, graded, strict=True))
        asked = protocol.greedy() if greedy else protocol
        members[member.name] = {
            "items": len(items),
            "rollouts": sampling.n,
            "protocol": asked.record(),
        }
        if member.made is not None:
            members[member.name]["made"] = asdict(member.made)
    table = table_of([row for place in sorted(rows_of) for row in rows_of[place]])
    info: dict[str, Any] = {
        "model": generator.name,
        READING_KEY: GREEDY if greedy or benchmark.asked_greedily else SAMPLED,
        "revision": getattr(generator, "revision", None),
        "benchmark": benchmark.name,
        "benchmark_digest": benchmark.digest,
        "items": len(benchmark.items),
        "rollouts": max(member["rollouts"] for member in members.values()),
        "seed": seed,
        "in_context": in_context.id if in_context is not None else None,
        "left_out": list(benchmark.left_out),
        "notes": [*generator.notes, *map(str, benchmark.made_anew.values())],
    }
    if before:
        info["before"] = before
    if benchmark.members:
        info["members"] = members
    else:
        (only,) = members.values()
        record = only["protocol"]
        names = ("temperature", "max_tokens", "form", "template")
        info |= {name: record[name] for name in names} | {"protocol": record}
        info |= {"made": only["made"]} if "made" in only else {}
    return Evaluation(table, info)


def _graded(
    model: str,
    member: Member,
    items: Sequence[Sample],
    golds: Sequence["Gold"],
    groups: Sequence[Sequence[Completion]],
    sampling: Sampling,
) -> list[list[tuple[object, ...]]]:
    """Return the rows of each item."""
    from sample_engineering.grading import grade_batch

    number = sampling.n
    short = sum(len(group) != number for group in groups)
    if len(groups) != len(items) or short:
        raise GenerationError(
            f"{model} returned {len(groups)} groups for {len(items)} items, "
            f"{short} of them without {number} completions; check the model or server"
        )
    texts = [completion.text for group in groups for completion in group]
    own = [gold for gold in golds for _ in range(number)]
    found = grade_batch(texts, own, form=member.form)
    elsewhere = _in_any_form([c for group in groups for c in group], own, found)
    grades = iter(zip(found, elsewhere, strict=True))
    return [
        [
            (
                item.id,
                domain_of(item),
                split_of(item),
                index,
                storable(completion.text),
                completion.tokens,
                completion.finish_reason,
                grade.readable,
                grade.correct,
                grade.rule,
                grade.timed_out,
                storable(item.problem),
                storable(item.answer),
                member.name,
                *anywhere,
            )
            for index, (completion, (grade, anywhere)) in enumerate(
                zip(group, grades, strict=False)
            )
        ]
        for item, group in zip(items, groups, strict=True)
    ]


def _in_any_form(
    completions: Sequence[Completion], golds: Sequence["Gold"], grades: Sequence["Grade"]
) -> list[tuple[bool, bool]]:
    """Whether an answer could be read in whatever form, and whether it is right.

    A completion that was cut off has one in the asked form only: the last number in it is no
    answer.
    """
    from sample_engineering.grading import grade_batch

    found = [(grade.readable or grade.correct, grade.correct) for grade in grades]
    again = [
        place
        for place, (completion, (extracted, _)) in enumerate(zip(completions, found, strict=True))
        if not extracted and completion.finish_reason != "length"
    ]
    texts = [completions[place].text for place in again]
    others = grade_batch(texts, [golds[place] for place in again], form=_ANY_FORM)
    for place, grade in zip(again, others, strict=True):
        found[place] = (grade.readable, grade.correct)
    return found


def checked(
    benchmark: Benchmark,
    *,
    rollouts: int = 4,
    seed: int = 0,
    greedy: bool = False,
    in_context: Sample | None = None,
) -> int:
    """Raise what `evaluate` would raise for its settings, and return the number of completions.

    Raises
    ------
    ConfigError
        If a setting cannot be used.
    """
    if rollouts < 1:
        raise ConfigError(f"`rollouts` must be at least 1, not {rollouts}")
    for member, places in benchmark.parts:
        _sampling(member, rollouts, seed, greedy)
        build_prompts(member.protocol, [benchmark.items[place] for place in places], in_context)
    return benchmark.completions(rollouts, greedy=greedy)


def longest_of(benchmark: Benchmark, in_context: Sample | None = None, before: str = "") -> int:
    """Return how many tokens a prompt of a benchmark and its completion have at most."""
    return max(
        token_bound(
            build_prompts(
                member.protocol, [benchmark.items[i] for i in places], in_context, before
            ),
            member.protocol.max_tokens,
        )
        for member, places in benchmark.parts
    )


def _sampling(member: Member, rollouts: int, seed: int, greedy: bool) -> Sampling:
    number = member.completions(rollouts, greedy=greedy)
    return member.protocol.sampling(number, seed, greedy=greedy)


def build_prompts(
    protocol: Protocol,
    items: Sequence[Sample],
    in_context: Sample | None = None,
    before: str = "",
) -> list[Prompt]:
    """Render the prompt of every item, after the solved `in_context` problem if one is given.

    `before` stands before each problem, where the problem does.
    """
    prompts = [protocol.prompt(item, before=before) for item in items]
    if in_context is None:
        return prompts
    shown = protocol.prompt(in_context)
    solved = in_context.solution or f"\\boxed{{{in_context.answer}}}"
    return [
        prompt
        if item.id == in_context.id or _same(item, in_context)
        else _after_example(shown, solved, prompt)
        for item, prompt in zip(items, prompts, strict=True)
    ]


def _same(one: Sample, two: Sample) -> bool:
    return one.problem == two.problem and one.images == two.images


def _after_example(shown: Prompt, solved: str, prompt: Prompt) -> Prompt:
    if isinstance(shown, str) and isinstance(prompt, str):
        gap = "" if shown.endswith((" ", "\n")) else " "
        return f"{shown}{gap}{solved.strip()}\n\n{prompt}"
    assert not isinstance(shown, str)
    assert not isinstance(prompt, str)
    turns = [turn for turn in prompt if turn.get("role") != "system"]
    return [*shown, {"role": "assistant", "content": solved}, *turns]
