"""The first by rollouts are rolled out anew: chosen on one sample, measured on another."""

import re
from collections import Counter

import numpy as np
import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.generation.base import BaseGenerator
from sample_engineering.generation.protocol import Capabilities, Completion
from sample_engineering.sample import Sample
from sample_engineering.selectors.second_look import looked_at_twice

N = 16


class Chance(BaseGenerator):
    """A model that solves each problem with a chance that is known."""

    capabilities = Capabilities(seed=True)

    def __init__(self, rates):
        super().__init__("chance")
        self.rates = rates
        self.asked = Counter()
        self.seeds = []

    def generate(self, prompts, sampling, *, schema=None, progress=None):
        self.seeds.append(sampling.seed)
        groups = []
        for prompt in prompts:
            number = int(re.search(r"number (\d+)\.", str(prompt)).group(1))
            self.asked[number] += 1
            draws = np.random.default_rng([sampling.seed, number]).random(sampling.n)
            groups.append(
                [
                    Completion(f"\\boxed{{{7 if draw < self.rates[number] else 8}}}", 5, "stop")
                    for draw in draws
                ]
            )
        return groups


def pool_of(rates):
    return [Sample(str(i), f"Find the sum of 3 and 4 in problem number {i}.", "7") for i in rates]


@pytest.fixture
def model():
    """One of 150 is solved at times, the others hardly ever."""
    return Chance({i: 0.2 if i == 70 else 0.03 for i in range(150)})


def ranked(model, **options):
    options = {"rollouts": N, "forced": False, "group_size": 8, **options}
    return se.rank(pool_of(model.rates), model=model, **options)


def test_the_first_by_luck_are_not_first(model):
    once = ranked(model, confirm=0)
    twice = ranked(model)
    rates = dict(zip(once.columns["id"], once.columns["pass_rate"], strict=True))
    lucky = [i for i in once.columns["id"][:10] if i != "70"]
    again = dict(zip(twice.columns["id"], twice.columns["pass_rate"], strict=True))
    assert np.mean([rates[i] for i in lucky]) > 0.1
    assert np.mean([again[i] for i in lucky]) < 0.06
    assert twice.best.id == "70"


def test_each_of_the_first_was_measured_anew_and_nobody_twice(model):
    ranking = ranked(model, confirm=5)
    assert set(model.asked.values()) <= {1, 2}
    assert all(model.asked[int(i)] == 2 for i in ranking.columns["id"][:5])
    assert len(set(model.seeds)) > 1
    notes = [note for note in ranking.notes if "rolled out anew" in note]
    assert notes
    assert notes[0].startswith(f"{sum(n == 2 for n in model.asked.values())} candidates")


def test_without_a_second_look_everything_is_asked_once(model):
    ranking = ranked(model, confirm=0)
    assert set(model.asked.values()) == {1}
    assert not any("rolled out anew" in note for note in ranking.notes)


def test_more_than_there_are_looks_at_all_of_them(model):
    ranked(model, confirm=1_000)
    assert set(model.asked.values()) == {2}


def test_by_default_a_tenth_at_most_ten():
    assert [looked_at_twice(n) for n in (1, 9, 10, 43, 100, 5000)] == [0, 0, 1, 4, 10, 10]


def test_the_same_seed_gives_the_same_ranking(model):
    first = ranked(model)
    assert ranked(model).columns["pass_rate"] == first.columns["pass_rate"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"by": "skill_salience", "tagger": "llm", "group_size": None},
            "`confirm` changes nothing in an order by",
        ),
        ({"confirm": -1}, "`confirm` is -1; give 0 or more"),
    ],
)
def test_a_second_look_that_would_do_nothing_is_refused(model, options, why):
    with pytest.raises(ConfigError, match=why):
        ranked(model, **{"confirm": 3, **options})


def test_it_is_for_probing():
    with pytest.raises(ConfigError, match="`confirm` is for probing"):
        se.rank(pool_of([1]), confirm=3)
