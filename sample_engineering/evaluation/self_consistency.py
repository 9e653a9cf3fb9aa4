"""Self-consistency: what a model says by majority, of completions that were sampled anyway.

Wang et al. (arXiv 2203.11171). A trained model may be right more often because it writes more; the
base model may spend as many tokens on several answers and let them vote.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.readings import READING_KEY, SAMPLED, WAY_KEY
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.generation.asking import FORM

# Of two answers that differ neither wins, so two votes are one.
FEWEST_VOTES = 3


def self_consistency(before: Evaluation, trained: Sequence[Evaluation]) -> Evaluation:
    """Let the completions of each item vote, at the tokens that a trained model spends.

    Parameters
    ----------
    before : Evaluation
        Sampled completions of the base model.
    trained : sequence of Evaluation
        Of the trained model, one for each training seed. What it spends on an item is the mean
        length of its completions: each answers by itself.

    Returns
    -------
    Evaluation
        One row an item, the first completion that gives the winning answer, with the tokens of all
        that voted. As many vote as reach the trained model's tokens, rounded up in favour of the
        base model, and at least `FEWEST_VOTES`; all, where fewer were sampled, which is noted.

    Raises
    ------
    ConfigError
        If nothing was trained, or an item has fewer than `FEWEST_VOTES` completions.
    """
    from sample_engineering.grading import majority_vote

    if not trained:
        raise ConfigError("there is no evaluation of a trained model to spend as many tokens as")
    spent = sum(float(each.table["tokens"].mean()) for each in trained) / len(trained)
    groups = list(before.table.sort_values("sample_index").groupby("item", sort=False))
    there = min(len(rows) for _, rows in groups)
    if there < FEWEST_VOTES:
        raise ConfigError(
            f"self-consistency needs at least {FEWEST_VOTES} sampled completions of each item, and "
            f"there are {there}; set `rollouts` to {FEWEST_VOTES} or more, or leave the arm out of "
            "`controls`"
        )
    each = max(float(before.table["tokens"].mean()), 1.0)
    wanted = max(FEWEST_VOTES, math.ceil(spent / each))
    rows, tokens = [], 0
    for _, completions in groups:
        voting = completions.head(wanted)
        form = _form(before.info, str(voting["benchmark"].iloc[0]))
        vote = majority_vote(voting["completion"].astype(str).tolist(), form=form)
        chosen = voting.iloc[vote.winner or 0].copy()
        chosen["tokens"], chosen["sample_index"] = int(voting["tokens"].sum()), 0
        tokens += int(chosen["tokens"])
        rows.append(chosen)
    filled = {name: [row[name] for row in rows] for name in before.table.columns}
    table = before.table.head(0).reindex(range(len(rows))).assign(**filled)
    table = table.astype(before.table.dtypes.to_dict())
    note = (
        f"majority of {min(wanted, there)} sampled completions an item, {tokens / len(rows):.0f} "
        f"tokens; the trained model spends {spent:.0f}"
    )
    if there < wanted:
        note += f", for which {wanted} completions would be needed (`rollouts`)"
    info: dict[str, Any] = {
        **before.info,
        READING_KEY: SAMPLED,
        WAY_KEY: "self-consistency",
        "rollouts": 1,
        "notes": [*before.info.get("notes", []), note],
    }
    return replace(before, table=_in_order(table, before), info=info)


def _in_order(table: Any, before: Evaluation) -> Any:
    order = {name: number for number, name in enumerate(before.table["item"].unique())}
    return table.sort_values("item", key=lambda names: names.map(order)).reset_index(drop=True)


def _form(info: Any, benchmark: str) -> str:
    """Return where the final answer of a benchmark's completions stands."""
    member = (info.get("members") or {}).get(benchmark, info)
    asked = member.get("protocol") or member
    return str(asked.get("form", FORM))
