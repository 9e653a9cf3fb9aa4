"""Every gold in the ways in which people write it, and beside wrong answers that look like it.

A sample of the golds runs each time; SE_SLOW=1 runs all of them, a minute or two.
`python -m tests.grading.table` prints the table of docs/grading-ways.md.
"""

import os
from collections import Counter
from pathlib import Path

import pytest

from sample_engineering.errors import GoldError
from sample_engineering.grading import Gold, grade, read_gold
from tests.grading.misses import misses
from tests.grading.pools import FILES, composed_golds, golds_of, letter_golds, own_golds
from tests.grading.ways import ways

WHOLE = os.environ.get("SE_SLOW") == "1"
# Every so many golds of a real pool: the sample takes a few seconds.
EVERY = {"pools/math8k.jsonl": 60, "pools/dsr_sub.jsonl": 20}
LEAST_WAYS = 40
LEAST_MISSES = 20
ACCEPTED = 0.995


def check(golds: list[tuple[str, Gold]]) -> None:
    """Right answers are accepted in 99.5 %, wrong ones never; nothing raises."""
    total = 0
    refused: list[str] = []
    for answer, gold in golds:
        for name, text in ways(answer, gold):
            total += 1
            if not grade(text, gold).correct:
                refused.append(f"{gold.kind}, {name}: {answer!r} as {text!r}")
    assert len(refused) <= (1 - ACCEPTED) * total, refused[:20]
    taken = [
        f"{gold.kind}, {name}: {answer!r} as {text!r}"
        for answer, gold in golds
        for name, text in misses(answer, gold)
        if grade(text, gold).correct
    ]
    assert taken == []


def test_golds_of_every_kind() -> None:
    golds = own_golds()
    kinds = Counter(gold.kind for _, gold in golds)
    assert len(kinds) == 11, kinds
    check(golds)


def test_letters() -> None:
    check(letter_golds())


def test_answers_of_composed_problems() -> None:
    check(composed_golds(100 if WHOLE else 6))


@pytest.mark.parametrize("name", FILES)
def test_golds_of_real_pools(shared_data: Path, name: str) -> None:
    answers = list(golds_of(shared_data / name))
    golds = []
    for answer in answers[:: 1 if WHOLE else EVERY.get(name, 10)]:
        try:
            golds.append((answer, read_gold(answer)))
        except GoldError:
            continue
    assert golds
    check(golds)


def test_there_are_many_ways_and_many_misses() -> None:
    golds = [*own_golds(), *letter_golds()]
    few = {answer: len(list(ways(answer, gold))) for answer, gold in golds}
    assert {answer: n for answer, n in few.items() if n < LEAST_WAYS} == {}
    few = {answer: len(list(misses(answer, gold))) for answer, gold in golds}
    assert {answer: n for answer, n in few.items() if n < LEAST_MISSES} == {}
