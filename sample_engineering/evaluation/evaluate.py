"""Ask a model the items of a benchmark and grade what it writes."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError, GenerationError, RunError
from sample_engineering.evaluation.benchmark import Benchmark, domain_of, split_of
from sample_engineering.files import write_whole
from sample_engineering.generation import Sampling
from sample_engineering.generation.protocol import Generator, Prompt
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Columns of the table of an evaluation, in order, with their pandas types.
COLUMNS = {
    "item": "object",
    "domain": "object",
    "split": "object",
    "sample_index": "int64",
    "completion": "object",
    "tokens": "int64",
    "finish_reason": "object",
    "readable": "bool",
    "correct": "bool",
    "rule": "object",
    "timed_out": "bool",
    "problem": "object",
    "answer": "object",
}
# Columns that only show what was asked; a table without them is still an evaluation.
_SHOWN_ONLY = ("problem", "answer")
_INFO_KEY = b"sample_engineering"


@dataclass(frozen=True)
class Evaluation:
    """Every completion of every item, graded.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a completion: ``item, domain, split, sample_index, completion, tokens,
        finish_reason, readable, correct, rule, timed_out, problem, answer``. Rows of an item stand
        together, items in the order of the benchmark.
    info : mapping
        Model, benchmark, its digest, seed, samples per item, temperature and the like.
    """

    table: "pd.DataFrame"
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        """Mean over items of the share of correct completions."""
        return float(self.table.groupby("item", sort=False)["correct"].mean().mean())

    @property
    def samples_per_item(self) -> int:
        """Largest number of completions of one item."""
        return int(self.table.groupby("item", sort=False).size().max())

    def item_means(self, column: str = "correct") -> "pd.Series":
        """Mean of a column over each item's completions, indexed by item."""
        return self.table.groupby("item", sort=False)[column].mean()

    def summary(self) -> "pd.DataFrame":
        """Accuracy with standard error, avg@k and pass@k per domain and overall."""
        from sample_engineering.evaluation.summary import summarise

        return summarise(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a Parquet file, whole or not at all; `info` goes into its schema.

        Raises
        ------
        RunError
            If the file cannot be written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(self.table, preserve_index=False)
        info = json.dumps(dict(self.info), default=str).encode()
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _INFO_KEY: info})
        with write_whole(path, "wb") as stream:
            pq.write_table(table, stream, compression="zstd")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Evaluation":
        """Read a file that `save` wrote.

        Raises
        ------
        RunError
            If there is no such file, or it is damaged or not an evaluation.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        if not Path(path).is_file():
            raise RunError(f"no evaluation at {path}; run the evaluation first")
        try:
            with Path(path).open("rb") as stream:
                arrow = pq.read_table(stream)
            table = arrow.to_pandas()
            info = json.loads((arrow.schema.metadata or {}).get(_INFO_KEY, b"{}"))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise RunError(
                f"{path} is damaged or not a Parquet file ({type(error).__name__}); "
                "run the evaluation again"
            ) from error
        for name in _SHOWN_ONLY:
            if name not in table.columns:
                table[name] = ""
        missing = [name for name in COLUMNS if name not in table.columns]
        if missing or table.empty:
            what = f"lacks the columns {', '.join(missing)}" if missing else "has no rows"
            raise RunError(f"{path} {what}; it is no evaluation, run the evaluation again")
        try:
            table = table[list(COLUMNS)].astype(COLUMNS)
        except (ValueError, TypeError) as error:
            raise RunError(
                f"{path} has values of another type ({error}); run the evaluation again"
            ) from error
        return cls(table, info if isinstance(info, dict) else {})

    def __repr__(self) -> str:
        items = self.table["item"].nunique()
        return f"Evaluation({items} items, {len(self.table)} completions, {self.accuracy:.3f})"

    def _repr_html_(self) -> str:
        return self.summary().to_html(escape=True, index=False, float_format="{:.3f}".format)


def evaluate(
    generator: Generator,
    benchmark: Benchmark,
    *,
    samples_per_item: int = 4,
    seed: int = 0,
    greedy: bool = False,
    in_context: Sample | None = None,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Sample completions of every item and grade them.

    Parameters
    ----------
    generator : Generator
        The model.
    benchmark : Benchmark
        Items with form, template, length and temperature.
    samples_per_item : int
        Completions of each item; 1 when `greedy`.
    seed : int
        Passed to the generator: the same generator, benchmark and seed give the same table.
    greedy : bool
        Temperature 0 and one completion an item.
    in_context : Sample, optional
        A solved problem shown before each item: the control that needs no training. An item with
        the same id or problem is asked without it.
    progress : callable, optional
        Called with the number of items finished since the last call.

    Returns
    -------
    Evaluation

    Raises
    ------
    ConfigError
        If `samples_per_item` is not positive.
    GoldError
        If a gold answer cannot be read.
    GenerationError
        If the model fails, or returns too few completions.
    """
    from sample_engineering.grading import grade_batch

    if samples_per_item < 1:
        raise ConfigError(f"samples per item must be at least 1, not {samples_per_item}")
    golds = benchmark.golds
    number = 1 if greedy else samples_per_item
    temperature = 0.0 if greedy else benchmark.temperature
    groups = generator.generate(
        build_prompts(benchmark, in_context),
        Sampling(n=number, max_tokens=benchmark.max_tokens, temperature=temperature, seed=seed),
        progress=progress,
    )
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
                _storable(completion.text),
                completion.tokens,
                completion.finish_reason,
                grade.readable,
                grade.correct,
                grade.rule,
                grade.timed_out,
                _storable(item.problem),
                _storable(item.answer),
            )
        )
    info = {
        "model": generator.name,
        "benchmark": benchmark.name,
        "benchmark_digest": benchmark.digest,
        "items": len(benchmark.items),
        "samples_per_item": number,
        "seed": seed,
        "temperature": temperature,
        "max_tokens": benchmark.max_tokens,
        "form": benchmark.form,
        "template": benchmark.template,
        "in_context": in_context.id if in_context is not None else None,
    }
    return Evaluation(table_of(rows), info)


def table_of(rows: Sequence[Sequence[Any]]) -> "pd.DataFrame":
    """Build the table of an evaluation from rows in the order of `COLUMNS`."""
    import pandas as pd

    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def build_prompts(benchmark: Benchmark, in_context: Sample | None = None) -> list[Prompt]:
    """Render the prompt of every item, after the solved `in_context` problem if one is given."""
    from sample_engineering.generation.prompts import render

    prompts = [render(item.problem, benchmark.template) for item in benchmark.items]
    if in_context is None:
        return prompts
    shown = render(in_context.problem, benchmark.template)
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


def _storable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 and so Parquet cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def correct_counts(evaluation: Evaluation) -> tuple["np.ndarray", "np.ndarray"]:
    """Number of completions and of correct ones of each item, two int arrays (n_items,)."""
    grouped = evaluation.table.groupby("item", sort=False)["correct"]
    return grouped.size().to_numpy(), grouped.sum().to_numpy().astype("int64")
