"""Ask a model the items of a benchmark and grade what it writes."""

import os
from collections.abc import Callable

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.evaluation.benchmark import Benchmark, domain_of, split_of
from sample_engineering.evaluation.table import Evaluation, table_of
from sample_engineering.generation import Sampling
from sample_engineering.generation.journaled import JournaledGenerator
from sample_engineering.generation.protocol import Generator, Prompt
from sample_engineering.sample import Sample
from sample_engineering.text import storable


def evaluate(
    generator: Generator,
    benchmark: Benchmark,
    *,
    rollouts: int = 4,
    seed: int = 0,
    greedy: bool = False,
    in_context: Sample | None = None,
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
        Items with form, template, length and temperature.
    rollouts : int
        Completions of each item; 1 when `greedy`.
    seed : int
        Passed to the generator: the same generator, benchmark and seed give the same table.
    greedy : bool
        Temperature 0 and one completion an item.
    in_context : Sample, optional
        A solved problem shown before each item: the control that needs no training. An item with
        the same id or problem is asked without it.
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
                progress=progress,
            )
    from sample_engineering.grading import grade_batch

    golds = benchmark.golds
    sampling = sampling_of(benchmark, rollouts=rollouts, seed=seed, greedy=greedy)
    number = sampling.n
    prompts = build_prompts(benchmark, in_context)
    groups = generator.generate(prompts, sampling, progress=progress)
    short = sum(len(group) != number for group in groups)
    if len(groups) != len(benchmark.items) or short:
        raise GenerationError(
            f"{generator.name} returned {len(groups)} groups for {len(benchmark.items)} items, "
            f"{short} of them without {number} completions; check the model or server"
        )
    texts = [completion.text for group in groups for completion in group]
    grades = grade_batch(
        texts, [gold for gold in golds for _ in range(number)], form=benchmark.form
    )
    rows = []
    for index, completion in enumerate(c for group in groups for c in group):
        item, grade = benchmark.items[index // number], grades[index]
        rows.append(
            (
                item.id,
                domain_of(item),
                split_of(item),
                index % number,
                storable(completion.text),
                completion.tokens,
                completion.finish_reason,
                grade.readable,
                grade.correct,
                grade.rule,
                grade.timed_out,
                storable(item.problem),
                storable(item.answer),
            )
        )
    asked = benchmark.protocol.greedy() if greedy else benchmark.protocol
    info = {
        "model": generator.name,
        "benchmark": benchmark.name,
        "benchmark_digest": benchmark.digest,
        "items": len(benchmark.items),
        "rollouts": number,
        "seed": seed,
        "temperature": sampling.temperature,
        "max_tokens": benchmark.max_tokens,
        "form": benchmark.form,
        "template": benchmark.template,
        "protocol": asked.record(),
        "in_context": in_context.id if in_context is not None else None,
        "left_out": list(benchmark.left_out),
        "notes": list(generator.notes),
    }
    return Evaluation(table_of(rows), info)


def sampling_of(
    benchmark: Benchmark, *, rollouts: int = 4, seed: int = 0, greedy: bool = False
) -> Sampling:
    """Return how the items of a benchmark are sampled; see `evaluate`.

    Raises
    ------
    ConfigError
        If a setting cannot be used.
    """
    if rollouts < 1:
        raise ConfigError(f"`rollouts` must be at least 1, not {rollouts}")
    return benchmark.protocol.sampling(rollouts, seed, greedy=greedy)


def build_prompts(benchmark: Benchmark, in_context: Sample | None = None) -> list[Prompt]:
    """Render the prompt of every item, after the solved `in_context` problem if one is given."""
    protocol = benchmark.protocol
    prompts = [protocol.prompt(item.problem) for item in benchmark.items]
    if in_context is None:
        return prompts
    shown = protocol.prompt(in_context.problem)
    solved = in_context.solution or f"\\boxed{{{in_context.answer}}}"
    return [
        prompt
        if item.id == in_context.id or item.problem == in_context.problem
        else _after_example(shown, solved, prompt)
        for item, prompt in zip(benchmark.items, prompts, strict=True)
    ]


def _after_example(shown: Prompt, solved: str, prompt: Prompt) -> Prompt:
    if isinstance(shown, str) and isinstance(prompt, str):
        gap = "" if shown.endswith((" ", "\n")) else " "
        return f"{shown}{gap}{solved.strip()}\n\n{prompt}"
    assert not isinstance(shown, str)
    assert not isinstance(prompt, str)
    turns = [turn for turn in prompt if turn.get("role") != "system"]
    return [*shown, {"role": "assistant", "content": solved}, *turns]
