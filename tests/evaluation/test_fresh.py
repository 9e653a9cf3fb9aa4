"""Benchmarks that are made anew, and what they say of a lift."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Benchmark, compare, evaluate, load_benchmark
from sample_engineering.evaluation.benchmark import joined
from sample_engineering.evaluation.clean_lift import clean_lift
from sample_engineering.evaluation.made import GeneratedBenchmark, Made, recalled
from sample_engineering.fresh import fresh
from sample_engineering.generation import BaseGenerator, Completion
from sample_engineering.grading import grade
from sample_engineering.gym import score
from sample_engineering.sample import Sample

_COMPACT = "fresh?dialect=compact&n=14"


def test_a_seed_makes_the_same_problems_and_no_seed_others():
    first, again = (load_benchmark(f"{_COMPACT}&seed=7") for _ in range(2))
    assert first.digest == again.digest
    assert first.made.recipe == "fresh?n=14&dialect=compact&seed=7"
    assert not first.made.drawn
    drawn, other = load_benchmark(_COMPACT), load_benchmark(_COMPACT)
    assert drawn.made.drawn
    assert "no model that was published before" in str(drawn.made)
    assert {one.problem for one in drawn.items} != {one.problem for one in other.items}
    assert load_benchmark(drawn.made.recipe).digest == drawn.digest


_MIXED = "fresh?n=9&seed=3&domains=logic+computer_science+economics"


def test_problems_are_spread_over_domains_and_ways_and_have_right_answers():
    made = load_benchmark(_MIXED)
    counts = {name: sum(one.domains == (name,) for one in made.items) for name in made.domains}
    assert counts == {"logic": 3, "computer_science": 3, "economics": 3}
    ways = [(one.domains[0], one.kind == "scored") for one in made.items]
    assert ways.count(("logic", True)) == 3
    assert ways.count(("computer_science", True)) == 2
    assert ways.count(("economics", True)) == 0
    for one, gold in zip(made.items, made.golds, strict=True):
        if one.kind == "scored":
            assert score(one.unit, one.answer) == 1.0
        assert grade(f"\\boxed{{{one.answer}}}", gold).correct, one


def test_the_same_problems_in_another_process():
    program = (
        "from sample_engineering.evaluation import load_benchmark\n"
        f"print(load_benchmark({_MIXED!r}).digest)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "3"},
    )  # fmt: skip
    assert done.stdout.strip() == load_benchmark(_MIXED).digest


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("fresh?m=3", "no setting 'm'"),
        ("fresh?n=3&n=4", "sets n twice"),
        ("fresh?n=0", "n is '0'"),
        ("fresh?n=2", "fewer than the 8 domains"),
        ("fresh?seed=-1", "seed is '-1'"),
        ("fresh?seed=99999999999", "seed is"),
        ("fresh?domains=maths", "domains 'maths' is not known"),
        ("fresh?domains=", "names none"),
        ("fresh?from=nowhere", "from 'nowhere'"),
        ("fresh?from=composed&domains=logic", "domains 'logic' is not known"),
        ("fresh?dialect=compact&from=composed", "from would be ignored"),
        ("fresh?n", "write settings as"),
        ("math500?n=3", "math500 has no settings"),
        ("fresh,fresh?n=8", "given twice"),
        ("fresk?n=3", "did you mean"),
    ],
)
def test_a_setting_that_cannot_be_used_is_an_error(asked, told):
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        load_benchmark(asked)


def test_another_package_makes_one_too():
    def make(settings, seed):
        return [Sample(f"s{i}", f"What is {seed} + {i}?", str(seed + i)) for i in range(3)]

    sums = GeneratedBenchmark("sums", make, (), "sums", "here", "MIT")
    items, made = sums.load("seed=4")
    assert items[1].answer == "5"
    assert made.recipe == "sums?seed=4"
    with pytest.raises(ConfigError, match="no setting 'n'"):
        sums.load("n=4")


class Knowing(BaseGenerator):
    """Answers right what it knows, and some of the rest."""

    def __init__(self, golds, share, known=()):
        super().__init__("knowing")
        self.golds, self.share, self.known = golds, share, known

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        rng = np.random.default_rng(1)
        said = []
        for prompt in prompts:
            text = prompt if isinstance(prompt, str) else prompt[-1]["content"]
            problem = next(p for p in self.golds if p in text)
            right = problem in self.known or rng.random() < self.share
            text = f"\\boxed{{{self.golds[problem] if right else -1}}}"
            said.append([Completion(text, tokens=1, finish_reason="stop")] * sampling.n)
        return said


def _sums(name, count, made=None):
    items = [Sample(f"{i}", f"{name}: {i} + {i + 1}", str(2 * i + 1)) for i in range(count)]
    return Benchmark(name, items, template="plain", made=made)


@pytest.mark.parametrize(
    ("count", "knows", "told"),
    [
        (60, "old", "is not found on fresh"),
        (60, "both", "is found on fresh too"),
        (3, "old", "is not shown on fresh, nor is it ruled out"),
    ],
)
def test_a_lift_of_what_is_known_by_heart_is_told_from_one_that_carries_over(count, knows, told):
    made = Made("fresh?seed=1", "2026-11-27", True)
    both = joined("set", [_sums("old", 60), _sums("fresh", count, made)])
    golds = {one.problem: one.answer for one in both.items}
    before = evaluate(Knowing(golds, 0.2), both, greedy=True)
    known = {p for i, p in enumerate(golds) if i % 3 and (knows == "both" or "old" in p)}
    after = evaluate(Knowing(golds, 0.2, known), both, greedy=True)
    assert after.made == {"fresh": made}
    sentences = clean_lift(compare(before, after), after.made)
    assert told in sentences[0]
    assert sentences[1].startswith("fresh?seed=1, made on 2026-11-27 from a seed drawn then")
    assert clean_lift(compare(before, after), {}) == []


def test_a_killed_evaluation_asks_the_same_drawn_items_again(tmp_path):
    asked = []

    class Dying(BaseGenerator):
        def generate(self, prompts, sampling, *, schema=None, progress=None):
            asked.append(list(prompts))
            raise KeyboardInterrupt

    journal = tmp_path / "journal"
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            se.evaluate(Dying("dying"), benchmark=_COMPACT, greedy=True, journal=journal)
    assert asked[0] == asked[1]
    assert recalled(journal)[_COMPACT].drawn
    assert json.loads(journal.read_text().splitlines()[0])


def test_what_it_states_is_true():
    assert fresh.settings == ("n", "domains", "from", "dialect")
    assert len(fresh.make({"n": "9", "from": "composed", "domains": "economics"}, 1)) == 9
