"""Readings: ways of asking the same items, which are never mixed.

*Greedy* is one completion an item at temperature 0, the protocol of the papers (1-shot RLVR,
arXiv 2504.20571, for all but its smallest benchmarks). *Sampled* is as the benchmark says, several
completions at a temperature above 0. What one says the other need not: a training that only makes
a model surer of what it says most raises sampled accuracy and leaves greedy accuracy where it was.
So a lift, a lead and an interval are always of one reading.
"""

from collections.abc import Collection, Container, Mapping
from typing import Any

from sample_engineering.evaluation.same_items import protocols_of

GREEDY, SAMPLED = "greedy", "sampled"
READINGS = (GREEDY, SAMPLED)
READING_KEY = "reading"  # in the description of an evaluation
SPENT_KEY = (
    "tokens_spent_each"  # there too: tokens drawn for an answer, those thrown away with them
)
# And: in which way a base model was asked instead of being trained. Such an evaluation is of
# no reading that a trained model has, and is set beside the one that headlines are of.
WAY_KEY = "way"


def headline(readings: Container[str]) -> str:
    """Return the reading that headlines are of: greedy where there is one, else sampled."""
    return GREEDY if GREEDY in readings else SAMPLED


def nearest(readings: Collection[str], asked: str) -> str | None:
    """Return the reading that is asked for where it is there, else the first; None without any."""
    return asked if asked in readings else next(iter(readings), None)


def reading_of(info: Mapping[str, Any]) -> str:
    """Return the reading that an evaluation's `info` says it is.

    In files of older versions the temperatures say it: greedy is 0 throughout.

    >>> reading_of({"reading": "greedy"}), reading_of({"temperature": 0.6})
    ('greedy', 'sampled')
    """
    if (said := info.get(READING_KEY)) in READINGS:
        return str(said)
    records = protocols_of(info)
    asked = [info] if records is None else list(records.values())
    return GREEDY if all(one.get("temperature") == 0 for one in asked) else SAMPLED
