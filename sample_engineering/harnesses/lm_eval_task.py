"""A task of lm-evaluation-harness: any benchmark of ours, with our prompts and our grader.

    lm_eval run --model hf --model_args pretrained=MODEL --tasks sample_engineering \\
        --include_path "$(python -m sample_engineering.harnesses)" \\
        --metadata '{"benchmark": "math500@copy.jsonl"}' --apply_chat_template

The functions are named by the YAML files in ``tasks/``; the harness calls them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.extras import require
from sample_engineering.harnesses.offered import composed_name, graded, offered


def documents(
    benchmark: str | None = None,
    per_domain: int | None = None,
    seed: int = 0,
    on_error: str = "fail",
    template: str | None = None,
    **_: Any,
) -> dict[str, Any]:
    """Return the problems of a benchmark as the harness's data set, split ``test``.

    Parameters
    ----------
    benchmark, per_domain, seed, on_error, template
        See `offered`; from ``--metadata``.
    **_
        What else the harness knows of the model.

    Raises
    ------
    ConfigError
        If no benchmark is named, or its prompts have a system message, which only the harness can
        give (``--system_instruction``).
    """
    problems = offered(
        benchmark, per_domain=per_domain, seed=seed, on_error=on_error, template=template
    )
    if any(problem.system for problem in problems):
        raise ConfigError(
            "the template has a system message, which a task cannot give; take another `template`, "
            "and --system_instruction for its message"
        )
    rows = [
        {
            "id": problem.item.id,
            "domain": problem.domain,
            "prompt": problem.prompt,
            "answer": problem.item.answer,
            "gold": problem.gold,
        }
        for problem in problems
    ]
    return {"test": require("datasets", "hub").Dataset.from_list(rows)}


def composed(
    n: int = 50, seed: int | None = None, domains: str | None = None, **others: Any
) -> dict[str, Any]:
    """Return freshly composed problems as the harness's data set.

    Parameters
    ----------
    n : int
        How many.
    seed : int, optional
        None draws one, which stands in the ids of the problems.
    domains : str, optional
        Subjects with a plus between them; None: all.
    **others
        As in `documents`.
    """
    return documents(composed_name(n, seed, domains), on_error=others.get("on_error", "fail"))


def results(document: Mapping[str, Any], completions: Sequence[str]) -> dict[str, float]:
    """Return the metrics of one document: whether its answer is right, and can be read."""
    found = graded(document["gold"], completions[0])
    return {"accuracy": float(found.correct), "readable": float(found.readable)}
