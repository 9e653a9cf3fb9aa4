r"""How completions are written: do they verify, turn back, go step by step, use code, end readably.

Each measure is a plain pattern, so it says that the words occur and no more. All patterns run in
RE2 (through pyarrow), whose time is linear in the text whatever the text is.

References
----------
Gandhi et al. (2025), Cognitive behaviors that enable self-improving reasoners, arXiv 2503.01307:
verification, backtracking and subgoals as the behaviours that reinforcement learning amplifies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sample_engineering.evaluation.intervals import (
    DEFAULT_RESAMPLES,
    Statistic,
    random_stream,
    resample,
    spread,
)
from sample_engineering.evaluation.same_items import require_same_items
from sample_engineering.evaluation.table import Evaluation

if TYPE_CHECKING:
    import pandas as pd

_VERIFIES = (
    r"\b(?:verif(?:y|ies|ied|ying|ication)|(?:double|cross|re)-?\s?check(?:s|ed|ing)?"
    r"|(?:let me|let's|let us|to|we can|now|i'll) check|check(?:ing)?\s?(?:that|:|our|my|the)"
    r"|sanity check|confirm(?:s|ed|ing)?|plug(?:ging)?\b.{0,40}\bback|makes sense)\b"
)
_TURNS_BACK = (
    r"\b(?:wait[,.!:]|wait (?:no|but|that|actually|maybe|let|i)\b|hmm+\b|hold on\b"
    r"|on second thought|let me (?:re-?think|reconsider|try again|start over"
    r"|redo)|i made (?:a|an) (?:mistake|error)|that(?:'s| is) (?:wrong|not right|incorrect)"
    r"|this is (?:wrong|incorrect)|actually,|no,|scratch that|try(?:ing)? (?:another|a different)"
    r"|go(?:ing)? back|instead, (?:let|we|i))"
)
_STEP_WORDS = (
    r"\b(?:step by step|step \d|first,|firstly|second,|secondly|next,|then,|finally,)"
    r"|(?:^|\n)\s{0,4}(?:\d{1,2}[.)]|[-*]) "
)
_CODE = (
    r"```|\b(?:def \w{1,60}\(|import [a-z]\w{0,60}|from \w{1,60} import|print\(|for \w{1,30} in |"
    r"return \w)|#include\b|\\begin\{(?:lstlisting|verbatim)"
)
# Comparisons, assignments of programs and arrows are not equations.
_NOT_EQUATIONS = r"={2,}|[<>!:+*/-]=|=>"


@dataclass(frozen=True)
class Measure:
    """One column of the behaviour table.

    Parameters
    ----------
    label : str
        Name for tables.
    meaning : str
        What it says, in a sentence.
    share : bool
        A share in [0, 1]; else a count.
    """

    label: str
    meaning: str
    share: bool = True


MEASURES: dict[str, Measure] = {
    "readable": Measure("readable answer", "The grader found and read a final answer."),
    "steps": Measure("written steps", "Equations written, mean a completion.", share=False),
    "stepwise": Measure(
        "step by step", "Two or more equations, or words or a list that number the steps."
    ),
    "unreasoned": Measure("answer at once", "A readable answer with no equation before it."),
    "verifies": Measure("verifies", "Words of checking the result."),
    "turns_back": Measure("turns back", "Words of withdrawing a step or starting over."),
    "code": Measure("uses code", "A code block or statements of a program."),
    "tokens": Measure("length in tokens", "Mean tokens a completion.", share=False),
    "truncated": Measure("cut off", "The completion reached the length limit."),
    "distinct": Measure(
        "distinct completions", "Different texts among the completions of an item, as a share."
    ),
}


def measure_texts(texts: Sequence[str]) -> "pd.DataFrame":
    """Measure what can be told from the text alone.

    Parameters
    ----------
    texts : sequence of str
        Completions.

    Returns
    -------
    pandas.DataFrame
        Columns ``steps`` (int), ``stepwise``, ``verifies``, ``turns_back``, ``code`` (bool), one
        row a text.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pa.array([str(text) for text in texts], pa.large_string())

    def has(pattern: str) -> np.ndarray:
        found = pc.match_substring_regex(column, pattern, ignore_case=True)
        flags: np.ndarray = found.to_numpy(zero_copy_only=False)
        return flags

    equations = pc.replace_substring_regex(column, _NOT_EQUATIONS, " ")
    steps = pc.count_substring(equations, "=").to_numpy(zero_copy_only=False)
    return pd.DataFrame(
        {
            "steps": steps,
            "stepwise": (steps >= 2) | has(_STEP_WORDS),
            "verifies": has(_VERIFIES),
            "turns_back": has(_TURNS_BACK),
            "code": has(_CODE),
        }
    )


def behaviour_by_item(evaluation: Evaluation) -> "pd.DataFrame":
    """Mean of every measure over the completions of each item.

    Returns
    -------
    pandas.DataFrame
        Indexed by item, columns as in `MEASURES`; ``distinct`` is NaN where an item has a single
        completion.
    """
    table = evaluation.table
    measured = measure_texts(table["completion"].tolist())
    measured["item"] = table["item"].to_numpy()
    measured["readable"] = table["readable"].to_numpy()
    measured["unreasoned"] = measured["readable"] & (measured["steps"] == 0)
    measured["tokens"] = table["tokens"].to_numpy()
    measured["truncated"] = table["finish_reason"].eq("length").to_numpy()
    measured["text"] = table["completion"].str.split().str.join(" ").to_numpy()
    grouped = measured.groupby("item", sort=False)
    means = grouped[[name for name in MEASURES if name != "distinct"]].mean()
    size = grouped.size()
    means["distinct"] = (grouped["text"].nunique() / size).where(size > 1)
    return means[list(MEASURES)]


def behaviour(
    before: Evaluation | Sequence[Evaluation],
    after: Evaluation | Sequence[Evaluation],
    *,
    resamples: int = DEFAULT_RESAMPLES,
    seed: int = 0,
) -> "pd.DataFrame":
    """Compare how completions are written before and after.

    Parameters
    ----------
    before, after : Evaluation or sequence of Evaluation
        As in `sample_engineering.evaluation.compare`.
    resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row a measure: ``measure, label, before, after, change, ci_low, ci_high``, means over
        items with paired 95 % intervals; NaN where a measure is not known.

    Raises
    ------
    ConfigError
        If the two sides do not hold the same items.
    """
    import pandas as pd

    sides = [[side] if isinstance(side, Evaluation) else list(side) for side in (before, after)]
    require_same_items([evaluation for side in sides for evaluation in side])
    frames = [[behaviour_by_item(evaluation) for evaluation in side] for side in sides]
    items = frames[0][0].index
    arrays = [
        np.stack([frame.loc[items].to_numpy(dtype=float) for frame in side]) for side in frames
    ]
    drawn = resample(arrays[0], arrays[1], random_stream(seed, "behaviour"), resamples)
    freedoms = spread(arrays[0], arrays[1])[1]
    rows = []
    for column, (name, measure) in enumerate(MEASURES.items()):
        values = [array[:, :, column] for array in arrays]
        means = [float(value.mean()) for value in values]
        change = means[1] - means[0]
        if np.isnan(change):
            low = high = float("nan")
        else:
            bound = 1.0 if measure.share else float(max(1.0, *(v.max() for v in values)))
            replicates = drawn.after[:, column] - drawn.before[:, column]
            found = Statistic(replicates, change, len(items), float(freedoms[column]), bound)
            low, high = found.interval()
        rows.append((name, measure.label, *means, change, low, high))
    columns = ["measure", "label", "before", "after", "change", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)
