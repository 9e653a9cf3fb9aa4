"""A few development items along a training, and when their loss is no chance."""

import numpy as np
import pytest

from sample_engineering.evaluation import Benchmark
from sample_engineering.evaluation.benchmark import joined
from sample_engineering.evaluation.curve import development_items
from sample_engineering.evaluation.development import (
    FALSE_ALARMS,
    FEWEST,
    LOOKS,
    development_point,
    look_steps,
    watched_items,
)
from sample_engineering.sample import Sample


def benchmark(name="b", **counts):
    return Benchmark(
        name,
        [
            Sample(f"{domain}-{number}", f"What is {number}?", "1", domains=(domain,))
            for domain, count in counts.items()
            for number in range(count)
        ],
    )


def right(wrong, items=70):
    return {str(item): item not in wrong for item in range(items)}


def test_the_items_are_of_the_development_half_and_of_every_domain_alike():
    whole = benchmark(math=40, physics=40, chemistry=6)
    chosen = watched_items(whole, 20)
    half = development_items([(item.id, f"b\n{item.domains[0]}") for item in whole.items])
    assert {item.id for item in chosen} <= half
    counts = {name: sum(name in item.domains for item in chosen) for name in whole.domains}
    assert counts == {"math": 9, "physics": 8, "chemistry": 3}
    assert len(watched_items(whole, 1000)) == 43
    assert watched_items(whole, 20) == chosen
    assert watched_items(whole, 20, seed=1) != chosen
    order = [item.id for item in whole.items]
    assert sorted((item.id for item in chosen), key=order.index) == [item.id for item in chosen]


def test_where_every_domain_has_one_item_none_is_left_to_watch():
    assert watched_items(benchmark(math=1, physics=1), 20) == []


def test_the_half_is_that_of_the_curve():
    from sample_engineering.evaluation.curve import _strata
    from sample_engineering.evaluation.table import table_of

    whole = joined("both", [benchmark("one", math=9, physics=7), benchmark("two", math=8)])
    rows = [
        (item.id, item.domains[0], "test", 0, "", 1, "stop", True, True, "", False, "", "",
         item.id.partition("/")[0])
        for item in whole.items
    ]  # fmt: skip
    table = table_of(rows)
    half = development_items(zip(table["item"], _strata(table), strict=True))
    assert {item.id for item in watched_items(whole, 1000)} == half


def test_what_changed_is_counted_and_tested_by_coins():
    point = development_point(5, right({0, 1}, 10), right({1, 2, 3, 4}, 10))
    assert (point.step, point.items, point.accuracy) == (5, 10, 0.6)
    assert (point.lost, point.gained) == (3, 1)
    assert point.p_value == 5 / 16
    assert development_point(5, right(set()), right(set())).p_value == 1


def test_as_few_items_as_could_show_anything():
    before = right(set(), FEWEST)
    assert development_point(1, before, right(set(range(FEWEST)), FEWEST)).alarming
    before = right(set(), FEWEST - 1)
    assert not development_point(1, before, right(set(range(FEWEST)), FEWEST - 1)).alarming


@pytest.mark.parametrize("churn", [0.05, 0.2, 0.5])
def test_trainings_without_harm_are_seldom_called_harmful(churn):
    rng = np.random.default_rng(int(100 * churn))
    runs, alarms = 3_000, 0
    for _ in range(runs):
        base = rng.random(70) < 0.4
        state = base.copy()
        before = dict(enumerate(base))
        called = False
        for step in range(len(LOOKS)):
            # Who changes is drawn again; as many are gained as lost, but for luck.
            moved = rng.random(70) < churn
            state = np.where(moved, rng.random(70) < 0.4, state)
            called |= development_point(step, before, dict(enumerate(state))).alarming
        alarms += called
    # `state` drifts back to the mean of the base, which is its own: no item has a harm of its own.
    assert alarms / runs <= FALSE_ALARMS + 3 * np.sqrt(FALSE_ALARMS / runs)


def test_a_loss_of_a_fifth_is_mostly_found():
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(500):
        before = rng.random(70) < 0.7
        after = np.where(rng.random(70) < 0.35, False, before) | (rng.random(70) < 0.04)
        found += development_point(1, dict(enumerate(before)), dict(enumerate(after))).alarming
    assert found / 500 > 0.8


@pytest.mark.parametrize(
    ("steps", "looks"), [(1, (1,)), (2, (1, 2)), (8, (1, 2, 4, 8)), (80, (10, 20, 40, 80))]
)
def test_a_training_is_looked_at_early_and_at_its_end(steps, looks):
    assert look_steps(steps) == looks
