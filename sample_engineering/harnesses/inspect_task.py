"""Tasks and a scorer of inspect_ai: any benchmark of ours, with our prompts and our grader.

    inspect eval sample_engineering/benchmark -T benchmark=math500@copy.jsonl --model ...
    inspect eval sample_engineering/composed -T n=50 -T seed=7 --model ...
    inspect score LOG --scorer sample_engineering/final_answer

inspect_ai finds this module through the entry point of this package.
"""

from collections.abc import Mapping
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Score,
    Scorer,
    Target,
    accuracy,
    grouped,
    scorer,
    stderr,
)
from inspect_ai.solver import TaskState, generate

from sample_engineering.errors import ConfigError
from sample_engineering.grading.columns import OPTION_COLUMNS
from sample_engineering.harnesses.offered import Offered, composed_name, graded, offered

_GOLD = "sample_engineering"  # among the metadata of a sample of ours


@scorer(metrics=[accuracy(), stderr()])  # type: ignore[untyped-decorator, unused-ignore]
def final_answer(form: str = "boxed") -> Scorer:
    """Score the final answer of a completion as sample-engineering grades it.

    Parameters
    ----------
    form : str
        Where it is looked for, see `sample_engineering.grading`; samples of our tasks say it.

    Notes
    -----
    Fits any task with a final answer: the target is the gold, several targets are each right, and
    ``kind``, ``unit``, ``tolerance``, ``choices`` and ``units_allowed`` among the metadata of a
    sample say how it is read.
    """

    async def score(state: TaskState, target: Target) -> Score:
        metadata: Mapping[str, Any] = state.metadata or {}
        told = {name: metadata[name] for name in OPTION_COLUMNS if name in metadata}
        gold = {**told, "answer": list(target), "problem": state.input_text, "form": form}
        found = graded(metadata.get(_GOLD) or gold, state.output.completion)
        return Score(
            value=CORRECT if found.correct else INCORRECT,
            answer=found.extracted,
            explanation=found.rule,
        )

    return score


@task  # type: ignore[untyped-decorator, unused-ignore]
def benchmark(
    benchmark: str | list[str] | None = None,
    per_domain: int | None = None,
    seed: int = 0,
    on_error: str = "fail",
    template: str | None = None,
) -> Task:
    """Ask any benchmark of sample-engineering; see `offered` for the parameters."""
    return _task(
        offered(benchmark, per_domain=per_domain, seed=seed, on_error=on_error, template=template)
    )


@task  # type: ignore[untyped-decorator, unused-ignore]
def composed(n: int = 50, seed: int | None = None, domains: str | None = None) -> Task:
    """Ask problems composed when it is run; see `lm_eval_task.composed` for the parameters."""
    return _task(offered(composed_name(n, seed, domains)))


def _task(problems: list[Offered]) -> Task:
    asked = problems[0].protocol
    if any(problem.protocol.with_(template=asked.template) != asked for problem in problems):
        raise ConfigError(
            "the benchmarks of this set are asked at different settings, and a task has one; ask "
            "each in a task of its own"
        )
    return Task(
        dataset=MemoryDataset([_sample(problem) for problem in problems]),
        solver=generate(),
        scorer=final_answer(form=asked.form),
        metrics=[accuracy(), stderr(), grouped(accuracy(), "domain", all=False)],
        config=GenerateConfig(
            max_tokens=asked.max_tokens,
            temperature=asked.temperature,
            top_p=asked.top_p if asked.top_p < 1 else None,
            top_k=asked.top_k,
            stop_seqs=list(asked.stop) or None,
        ),
    )


def _sample(problem: Offered) -> Sample:
    turns: list[Any] = [ChatMessageUser(content=problem.prompt)]
    if problem.system:
        turns.insert(0, ChatMessageSystem(content=problem.system))
    return Sample(
        id=problem.item.id,
        input=turns,
        target=problem.item.answer,
        metadata={"domain": problem.domain, _GOLD: problem.gold},
    )
