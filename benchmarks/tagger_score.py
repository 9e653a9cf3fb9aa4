"""How good a tagger is on the 200 problems labelled by reading.

    python -m benchmarks.tagger_score

prints one JSON object with totals only, each with a 95 % interval: nobody who works on the tagger
shall see which problem it got wrong. Needs ../shared/data.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.tagger_labels import Label, data_absent, labelled
from sample_engineering.skills import SHOWN
from sample_engineering.skills.tagger import BuiltInTagger

RESAMPLES = 10_000
_LEVEL = 95
# Each figure is a sum over problems over another: (what is counted, of how many).
_FIGURES = {
    "precision": ("right", "tags"),
    "strict_precision": ("found", "tags"),
    "recall": ("found", "skills"),
    "central": ("central_found", "with_central"),
}


def counts(tags: Mapping[str, float] | None, label: Label) -> dict[str, int]:
    """Return what the tags of one problem got right; None is no tag."""
    shown = {name for name, weight in (tags or {}).items() if weight >= SHOWN}
    return {
        "tags": len(shown),
        "right": len(shown & (label.skills | label.allowed)),
        "skills": len(label.skills),
        "found": len(shown & label.skills),
        "with_central": int(bool(label.central)),
        "central_found": int(bool(shown & label.central)),
    }


def score(
    tags: Sequence[Mapping[str, float] | None], labels: Sequence[Label], *, seed: int = 0
) -> dict[str, Any]:
    """Return the totals of a tagger, each with a bootstrap interval over problems.

    Parameters
    ----------
    tags : sequence of mapping or None
        Of each problem skill to weight in (0, 1]; those of at least `SHOWN` count.
    labels : sequence of Label
        In the same order.
    seed : int
        Of the `RESAMPLES` resamples.

    Returns
    -------
    dict
        ``precision``: tags that are needed or allowed, of all tags; ``strict_precision``: tags that
        are needed, of all tags; ``recall``: needed skills that are tagged, of all needed;
        ``central``: problems with a central skill tagged, of those that have one. Each is
        ``[value, low, high]``, None where there is nothing to divide by. And the sums themselves.

    Raises
    ------
    ValueError
        If there are not as many tags as labels, or none.
    """
    import numpy as np

    rows = [counts(*pair) for pair in zip(tags, labels, strict=True)]
    if not rows:
        raise ValueError("there are no problems to score")
    generator = np.random.default_rng(seed)
    times = generator.multinomial(len(rows), [1 / len(rows)] * len(rows), size=RESAMPLES)
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    result: dict[str, Any] = {"problems": len(rows)}
    for figure, (part, whole) in _FIGURES.items():
        below = times @ columns[whole]
        if columns[whole].sum() == 0:
            result[figure] = None
            continue
        shares = (times @ columns[part])[below > 0] / below[below > 0]
        ends = np.percentile(shares, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2])
        value = columns[part].sum() / columns[whole].sum()
        result[figure] = [round(float(number), 3) for number in (value, *ends)]
    return result | {name: int(column.sum()) for name, column in columns.items()}


def main() -> None:
    """Score the built-in tagger."""
    absent = data_absent()
    if absent:
        print(f"skipped: {absent}", file=sys.stderr)
        return
    samples, labels = zip(*labelled(), strict=True)
    print(json.dumps(score(BuiltInTagger().tag(samples), labels), indent=1))


if __name__ == "__main__":
    main()
