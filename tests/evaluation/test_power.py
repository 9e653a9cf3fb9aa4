"""The minimum detectable effect is what studies of that design detect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.intervals import Statistic, resample, spread
from sample_engineering.evaluation.power import Design, items_needed, minimum_detectable


def _detected(design, lift, studies, rng):
    """Share of simulated studies of a design whose interval excludes zero."""
    found = 0
    total = 1 / design.between_items - 1  # of the parameters of a Beta distribution

    def chances(mean, number):
        return rng.beta(mean * total, (1 - mean) * total, number)

    for _ in range(studies):
        n, k = design.items, design.completions
        item = chances(design.accuracy, n)
        before = rng.binomial(k, item, (1, n)) / k
        # A training leaves an item's place among the items, or draws it anew.
        raised = np.sort(chances(design.accuracy + lift, n))[item.argsort().argsort()]
        moved = np.where(rng.random(n) < design.kept, raised, rng.permutation(raised))
        shifts = rng.normal(0, design.noise, (design.seeds, 1)) if design.seeds > 1 else 0.0
        after = rng.binomial(k, np.clip(moved + shifts, 0, 1), (design.seeds, n)) / k
        sides = before[..., None], after[..., None]
        drawn = resample(*sides, rng, 300)
        replicates = (drawn.after - drawn.before)[:, 0]
        point = float(after.mean() - before.mean())
        low, _ = Statistic(replicates, point, n, float(spread(*sides)[1][0])).interval()
        found += low > 0
    return found / studies


@pytest.mark.parametrize(
    "design",
    [
        Design(200, 1, 0.35, seeds=1),
        Design(200, 4, 0.12, seeds=1),
        Design(200, 1, 0.35, seeds=3),
        Design(400, 4, 0.5, seeds=5, noise=0.01),
    ],
)
def test_a_lift_of_that_size_is_shown_four_times_in_five(design):
    # 200 studies: the standard error of a share of .8 is .028.
    lift = minimum_detectable(design)
    share = _detected(design, lift, 200, np.random.default_rng(3))
    assert 0.68 <= share <= 0.92
    assert _detected(design, lift / 3, 100, np.random.default_rng(4)) < 0.45


_SEEDS = st.sampled_from([1, 3, 5])


@given(st.integers(2, 3000), st.integers(1, 8), st.floats(0.02, 0.9), _SEEDS)
def test_more_items_and_completions_show_smaller_lifts(items, completions, accuracy, seeds):
    design = Design(items, completions, accuracy, seeds)
    found = minimum_detectable(design)
    # Where seeds vary more than items they have fewer degrees of freedom: a per cent, at most.
    most = 1.01 * found
    assert minimum_detectable(Design(items + 50, completions, accuracy, seeds)) <= most
    assert minimum_detectable(Design(items, completions + 1, accuracy, seeds)) <= most
    assert minimum_detectable(Design(items, completions, accuracy, seeds, tests=7)) >= found
    assert 0 < found <= 1 - accuracy or found == float("inf")


@given(st.floats(0.03, 0.4), _SEEDS, st.integers(1, 7))
def test_the_number_of_items_is_the_smallest_that_will_do(lift, seeds, tests):
    design = Design(2, 4, 0.3, seeds, tests)
    items = items_needed(design, lift)
    if items is None:  # the training seeds alone hide it
        assert minimum_detectable(Design(10**7, 4, 0.3, seeds, tests)) > lift
    else:
        assert minimum_detectable(Design(items, 4, 0.3, seeds, tests)) <= lift
        if items > 2:
            assert minimum_detectable(Design(items - 1, 4, 0.3, seeds, tests)) > lift


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: Design(1), "`items` 1 is below 2"),
        (lambda: Design(9, accuracy=1.5), "`accuracy` 1.5 is no share"),
        (lambda: minimum_detectable(Design(9), power=1.0), "`power` 1.0"),
        (lambda: items_needed(Design(9, accuracy=0.9), 0.2), "`lift` 0.2"),
    ],
)
def test_what_cannot_be_is_a_clear_error(call, told):
    with pytest.raises(ConfigError, match=told):
        call()
