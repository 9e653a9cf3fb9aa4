"""One evaluation in figures: accuracy with standard error, avg@k and pass@k."""

from typing import TYPE_CHECKING

import numpy as np

from sample_engineering.evaluation.evaluate import Evaluation
from sample_engineering.evaluation.passk import ks, pass_at_k

if TYPE_CHECKING:
    import pandas as pd


def summarise(evaluation: Evaluation) -> "pd.DataFrame":
    """Summarise per domain, per split where there are several, and overall.

    Returns
    -------
    pandas.DataFrame
        Columns ``kind`` (domain, split, macro, overall), ``name``, ``n`` items, ``accuracy``
        (avg@k), ``se`` (standard error clustered by item, NaN for a single item), ``readable``,
        ``truncated``, ``timed_out`` (shares), ``tokens`` (mean), and ``pass@k``.
    """
    import pandas as pd

    table = evaluation.table
    grouped = table.assign(
        truncated=table["finish_reason"].eq("length"), total=table["correct"]
    ).groupby("item", sort=False)
    items = grouped.agg(
        domain=("domain", "first"),
        split=("split", "first"),
        total=("correct", "size"),
        correct=("correct", "sum"),
        readable=("readable", "mean"),
        truncated=("truncated", "mean"),
        timed_out=("timed_out", "mean"),
        tokens=("tokens", "mean"),
    )
    total, correct = items["total"].to_numpy(), items["correct"].to_numpy()
    items["accuracy"] = correct / total
    shown = [k for k in ks(int(total.min())) if k > 1]
    for k in shown:
        items[f"pass@{k}"] = pass_at_k(total, correct, k)
    figures = ["readable", "truncated", "timed_out", "tokens", *(f"pass@{k}" for k in shown)]

    def row(kind: str, name: str, part: "pd.DataFrame") -> dict[str, object]:
        n = len(part)
        error = float(part["accuracy"].std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")
        first = {"kind": kind, "name": name, "n": n, "accuracy": part["accuracy"].mean()}
        return first | {"se": error} | {figure: part[figure].mean() for figure in figures}

    rows = [row("domain", str(name), part) for name, part in items.groupby("domain", sort=False)]
    domains = rows[:]
    if items["split"].nunique() > 1:
        rows += [row("split", str(name), part) for name, part in items.groupby("split", sort=False)]
    if len(domains) > 1:
        frame = pd.DataFrame(domains)
        macro = {"kind": "macro", "name": "mean over domains", "n": len(items)}
        macro |= {c: frame[c].mean() for c in ("accuracy", *figures)}
        macro["se"] = float(np.sqrt((frame["se"] ** 2).sum(skipna=False)) / len(frame))
        rows.append(macro)
    rows.append(row("overall", "overall", items))
    return pd.DataFrame(rows)
