"""A selector of another package: one class, one line in the registry, and all that ours get."""

import json
import sys

import numpy as np
import pytest

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.selectors import Scores, Selector, rank_pool
from tests.foreign import se, write_package

POOL = [
    Sample("long", "What is the sum of the first three odd numbers?", "9"),
    Sample("short", "What is 2 + 2?", "4"),
    Sample("rude", "What is 3 + 3, fool?", "6"),
]

FOREIGN = '''
"""Votes of readers."""

import numpy as np

from sample_engineering.selectors import Scores, Selector


class Votes(Selector):
    """How many readers liked a problem."""

    name = "votes"
    heading = "liked"
    tier = "history"
    bounds = (0.0, 1.0)
    columns = ("votes_against",)
    gates = True
    place = 0

    def score(self, evidence):
        n = len(evidence.pool)
        stops = np.array(["fool" in sample.problem for sample in evidence.pool])
        values = np.array([1 / (place + 1) for place in range(n)])
        reasons = [
            "rude" if stop else f"liked by {value:.0%}" for stop, value in zip(stops, values)
        ]
        return Scores(values, reasons, {"votes_against": list(range(n))}, ("votes counted",), stops)

    def learned(self, scores, evidence):
        return scores.values
'''


@pytest.fixture
def ranked(tmp_path):
    """Run `se rank` where a package with the selector is installed."""
    package = write_package(tmp_path / "site", "votes", FOREIGN, {"selector": {"votes": "Votes"}})
    pool = tmp_path / "pool.jsonl"
    pool.write_text("".join(json.dumps(sample.to_dict()) + "\n" for sample in POOL))

    def rank(*options):
        run = se(package, "rank", pool, *options)
        assert run.returncode == 0, run.stderr
        return run.stdout

    return rank


def test_it_has_its_column_reason_gate_tier_and_share_in_the_score(ranked):
    record = json.loads(ranked("--format", "json"))
    by_id = {one["id"]: one for one in record["candidates"]}
    assert by_id["long"]["votes"] == 1
    assert by_id["short"]["votes_against"] == 1
    assert by_id["long"]["reasons"].startswith("liked by 100%; seems to exercise")
    assert by_id["long"]["tier"] == "history"
    assert by_id["long"]["score"] == 1
    assert by_id["rude"]["score"] is None
    assert by_id["rude"]["reasons"].startswith("rude")
    assert [one["id"] for one in record["candidates"]] == ["long", "short", "rude"]
    assert "votes counted" in record["notes"]


def test_it_has_its_heading_and_can_be_sorted_and_filtered_by(ranked):
    assert "liked" in ranked()
    assert "liked" in ranked("--by", "votes")
    record = json.loads(ranked("--by=-votes", "--where", "votes_against < 2", "--format", "json"))
    assert [one["id"] for one in record["candidates"]] == ["short", "long"]


class Length(Selector):
    """Length of the problem."""

    name = "length"
    bounds = (0.0, float("inf"))

    def score(self, evidence):
        values = np.array([float(len(sample.problem)) for sample in evidence.pool])
        return Scores(values, [f"{value:.0f} characters" for value in values])


@pytest.fixture
def register():
    done = []

    def one(selector):
        registry.register("selector", selector.name, selector)
        done.append(selector.name)

    yield one
    for name in done:
        registry.unregister("selector", name)


def test_one_registered_by_a_program_is_run_until_taken_back(register):
    register(Length)
    ranking = rank_pool(POOL, by="length")
    assert ranking.best.id == "long"
    assert ranking.columns["reasons"][0] == "47 characters"
    registry.unregister("selector", "length")
    with pytest.raises(ConfigError, match="no such column"):
        rank_pool(POOL, by="length")


def variant(**changes):
    return type("Length", (Length,), changes)


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        (variant(columns=("lim",)), "has a column 'lim', and so has the selector 'lim'"),
        (variant(columns=("score",)), "has a column 'score', and so has the ranking"),
        (variant(tier="felt"), "tier 'felt'; choose from text"),
        (variant(score=lambda self, evidence: [1, 2, 3]), "returns no Scores"),
        (
            variant(score=lambda self, evidence: Scores(np.ones(2), [None] * 3)),
            "one value and one reason for each of 3",
        ),
        (
            variant(score=lambda self, e: Scores(np.ones(3), [None] * 3, {"x": [1, 2, 3]})),
            "does not declare its columns x",
        ),
        (
            variant(score=lambda self, e: Scores(np.ones(3), [None] * 3, stops=np.ones(3, bool))),
            "does not declare that it gates",
        ),
        (
            variant(tier="probed", learned=lambda self, scores, evidence: scores.values),
            "states learning outside",
        ),
        (variant(bounds=(0.0, 40.0)), r"has values outside its bounds \[0, 40\]"),
        (
            variant(score=lambda self, evidence: 1 / 0),
            r"fails \(ZeroDivisionError: .* by zero\)",
        ),
        (variant(score=lambda self, evidence: sys.exit(3)), r"fails \(SystemExit: 3\)"),
        (
            variant(score=lambda self, e: Scores(np.ones((3, 2)), [None] * 3)),
            "one number for each of 3",
        ),
        (
            variant(score=lambda self, e: Scores(np.array(["a", "b", "c"]), [None] * 3)),
            "one number for each of 3",
        ),
        (variant(score=lambda self, e: Scores(np.ones(3), [1, 2, 3])), "reasons that are no texts"),
        (
            variant(
                gates=True, score=lambda self, e: Scores(np.ones(3), [None] * 3, stops=np.ones(2))
            ),
            "does not say of each of 3",
        ),
        (variant(tier="probed", learned=lambda self, *_: 1 / 0), "fails"),
        (variant(tier="probed", learned=lambda self, *_: np.ones(2)), "one number for each of 3"),
        (variant(tier="probed", tempers=lambda self, *_: np.ones(2)), "one number for each of 3"),
        (variant(bounds=(1, 0)), r"has the bounds \(1, 0\)"),
        (variant(bounds=3), "has the bounds 3"),
        (variant(needs="history"), "`needs` as a text"),
        (variant(needs=("histori",)), "'histori' is no part of the evidence; did you mean"),
    ],
)
def test_a_wrong_declaration_is_an_error_that_names_the_selector(register, selector, why):
    register(selector)
    with pytest.raises(ConfigError, match=why):
        rank_pool(POOL)


def test_what_is_no_selector_is_refused():
    registry.register("selector", "plain", object())
    try:
        with pytest.raises(ConfigError, match="'plain' is not a class made from"):
            rank_pool(POOL)
    finally:
        registry.unregister("selector", "plain")


def test_of_one_tier_the_first_that_knows_counts_and_others_temper(register):
    class Half(Selector):
        """Halves what was learned."""

        name = "half"
        tier = "history"

        def score(self, evidence):
            return Scores(np.full(3, 0.5), [None] * 3)

        def tempers(self, scores, evidence):
            return scores.values

    history = {"long": [0.0, 1.0], "short": [0.5, 0.5]}
    before = rank_pool(POOL, history=history)
    register(Half)
    after = rank_pool(POOL, history=history)
    place = [list(r.columns["id"]).index("long") for r in (before, after)]
    assert before.columns["score"][place[0]] - after.columns["score"][place[1]] == 0.5
