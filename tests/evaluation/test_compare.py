"""Lift with paired intervals: known answers, coverage, and the edges."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.evaluation.compare import compare
from sample_engineering.evaluation.decomposition import Gates, split_lift
from sample_engineering.evaluation.intervals import Statistic, resample, spread
from sample_engineering.evaluation.passk import ks, pass_at_k
from tests.evaluation.tables import evaluation


def test_lift_is_the_difference_of_mean_item_accuracies():
    before = evaluation([[1, 0], [0, 0], [1, 1]], domains=["math", "math", "physics"])
    after = evaluation([[1, 1], [0, 1], [1, 1]], domains=["math", "math", "physics"])
    result = compare(before, after, resamples=500)
    assert (result.overall.before, result.overall.after) == (0.5, pytest.approx(5 / 6))
    assert result.domains["math"].lift == pytest.approx(0.5)
    assert result.domains["physics"].lift == 0
    assert result.macro.lift == pytest.approx(0.25)
    assert list(result.domains) == ["math", "physics"]
    assert result.overall.n == 3


def test_standard_errors_are_clustered_by_item():
    rng = np.random.default_rng(0)
    correct = rng.integers(0, 2, (50, 1)).repeat(8, axis=1)  # completions of an item all agree
    result = compare(evaluation(correct), evaluation(correct), resamples=500)
    item_means = correct[:, 0]
    assert result.overall.before_se == pytest.approx(item_means.std(ddof=1) / np.sqrt(50))


def test_the_interval_agrees_with_the_paired_t_interval_on_many_items():
    rng = np.random.default_rng(1)
    before, after = rng.random((400, 4)) < 0.3, rng.random((400, 4)) < 0.5
    result = compare(evaluation(before), evaluation(after)).overall
    differences = after.mean(1) - before.mean(1)
    error = differences.std(ddof=1) / 20
    assert result.lift_se == pytest.approx(error)
    assert result.ci_low == pytest.approx(differences.mean() - 1.966 * error, abs=0.1 * error)
    assert result.ci_high == pytest.approx(differences.mean() + 1.966 * error, abs=0.1 * error)
    assert result.excludes_zero
    assert result.p_value < 0.001


def test_the_same_seed_gives_the_same_intervals_and_another_nearly_the_same():
    rng = np.random.default_rng(2)
    before, after = evaluation(rng.random((60, 2)) < 0.4), evaluation(rng.random((60, 2)) < 0.6)
    first, again = compare(before, after, resamples=999), compare(before, after, resamples=999)
    other = compare(before, after, resamples=999, seed=5)
    assert first == again
    assert first.overall.ci_low != other.overall.ci_low
    assert first.overall.ci_low == pytest.approx(other.overall.ci_low, abs=0.02)


def test_a_domain_has_the_same_interval_whatever_other_domains_there_are():
    rng = np.random.default_rng(3)
    before, after = rng.random((40, 2)) < 0.4, rng.random((40, 2)) < 0.6
    both = ["math"] * 20 + ["physics"] * 20
    whole = compare(evaluation(before, domains=both), evaluation(after, domains=both))
    alone = compare(
        evaluation(before[:20], domains=both[:20]), evaluation(after[:20], domains=both[:20])
    )
    assert whole.domains["math"].ci_low == pytest.approx(alone.domains["math"].ci_low)


def _coverage(n_items, n_samples, seeds, seed_sd, trials, rng):
    """Share of simulated studies whose interval holds the true lift."""
    held = 0
    for _ in range(trials):
        skill = rng.beta(1, 2, n_items)  # items differ a lot in difficulty
        gain = rng.uniform(0, 0.5, n_items)
        before = rng.binomial(n_samples, skill, (1, n_items)) / n_samples
        shift = rng.normal(0, seed_sd, (seeds, 1)) if seed_sd else 0
        chance = np.clip(skill + gain * (1 - skill) + shift, 0, 1)
        after = rng.binomial(n_samples, chance, (seeds, n_items)) / n_samples
        drawn = resample(before[..., None], after[..., None], rng, 400)
        lift = (after.mean(0) - before.mean(0)).mean()
        freedom = float(spread(before[..., None], after[..., None])[1][0])
        replicates = (drawn.after - drawn.before)[:, 0]
        low, high = Statistic(replicates, lift, n_items, freedom).interval()
        held += low <= 0.25 * 2 / 3 <= high  # E[gain] E[1 - skill]
    return held / trials


@pytest.mark.parametrize(
    ("n_items", "n_samples", "seeds", "seed_sd"),
    [(10, 4, 1, 0.0), (40, 4, 1, 0.0), (40, 1, 1, 0.0), (60, 4, 3, 0.05)],
)
def test_the_interval_holds_the_true_lift_nineteen_times_in_twenty(
    n_items, n_samples, seeds, seed_sd
):
    # 300 trials: the standard error of a share of 0.95 is 0.013.
    rng = np.random.default_rng(4)
    share = _coverage(n_items, n_samples, seeds, seed_sd, 300, rng)
    assert 0.91 <= share <= 0.995


def test_treating_completions_as_items_would_be_too_sure():
    rng = np.random.default_rng(5)
    before = rng.integers(0, 2, (30, 1)).repeat(8, axis=1)
    after = rng.integers(0, 2, (30, 1)).repeat(8, axis=1)
    clustered = compare(evaluation(before), evaluation(after)).overall
    flat = compare(evaluation(before.reshape(-1, 1)), evaluation(after.reshape(-1, 1))).overall
    width, naive = clustered.ci_high - clustered.ci_low, flat.ci_high - flat.ci_low
    assert width > 2.3 * naive  # the square root of 8 is 2.8


def test_seeds_that_differ_widen_the_interval():
    rng = np.random.default_rng(6)
    before = evaluation(rng.random((200, 4)) < 0.3)
    alike = [evaluation(rng.random((200, 4)) < 0.5) for _ in range(3)]
    apart = [evaluation(rng.random((200, 4)) < p) for p in (0.3, 0.5, 0.7)]
    narrow, wide = compare(before, alike).overall, compare(before, apart).overall
    assert wide.ci_high - wide.ci_low > 3 * (narrow.ci_high - narrow.ci_low)
    assert narrow.excludes_zero
    assert not wide.excludes_zero  # three seeds from .3 to .7 are no proof


def test_one_item_proves_nothing():
    result = compare(evaluation([[0, 0]]), evaluation([[1, 1]])).overall
    assert result.lift == 1
    assert result.ci_low < 0
    assert np.isnan(result.lift_se)
    assert result.p_value == 1


@pytest.mark.parametrize(("n", "most"), [(5, 0.53), (100, 0.037), (1000, 0.0037)])
def test_items_that_all_agree_leave_room_for_those_not_seen(n, most):
    result = compare(evaluation(np.zeros((n, 2))), evaluation(np.zeros((n, 2)))).overall
    assert result.lift == 0
    assert result.ci_high == pytest.approx(1 - 0.025 ** (1 / n))
    assert 0 < result.ci_high < most
    assert result.ci_low == -result.ci_high


def test_other_items_are_a_clear_error():
    with pytest.raises(ConfigError, match=r"different items.*1 items.*\(q2\).*same benchmark"):
        compare(evaluation([[1], [0], [1]]), evaluation([[1], [0]]))


def test_too_few_resamples_or_no_evaluation_is_an_error():
    with pytest.raises(ConfigError, match="at least 100"):
        compare(evaluation([[1]]), evaluation([[1]]), resamples=10)
    with pytest.raises(ConfigError, match="no evaluation after"):
        compare(evaluation([[1]]), [])


def test_the_order_of_items_does_not_matter():
    rng = np.random.default_rng(7)
    before, after = evaluation(rng.random((20, 2)) < 0.4), evaluation(rng.random((20, 2)) < 0.6)
    turned = type(after)(after.table.iloc[::-1].reset_index(drop=True), after.info)
    assert compare(before, turned) == compare(before, after)


def test_greedy_can_be_compared_with_sampling():
    result = compare(evaluation([[1, 0, 0, 1]] * 3), evaluation([[1]] * 3))
    assert result.overall.lift == pytest.approx(0.5)
    assert list(result.overall.pass_at) == [1]


def test_format_and_reasoning_gain_add_up_to_the_lift():
    rng = np.random.default_rng(8)
    right0, right1 = rng.random((80, 4)) < 0.5, rng.random((80, 4)) < 0.6
    read0, read1 = rng.random((80, 4)) < 0.6, rng.random((80, 4)) < 0.95
    result = compare(
        evaluation(right0 & read0, read0), evaluation(right1 & read1, read1), resamples=500
    )
    for effect in (result.overall, result.macro):
        assert effect.format_gain + effect.reasoning_gain == pytest.approx(effect.lift)
        assert effect.format_ci_low <= effect.format_gain <= effect.format_ci_high
    assert result.overall.format_ci_low > 0.1
    assert result.overall.format_gain > result.overall.reasoning_gain


def _gates(accuracy, readable):
    """Nothing was cut off, and no answer was right in another form."""
    return Gates.of(*(np.array(x, float) for x in (1.0, readable, accuracy, accuracy)))


@pytest.mark.parametrize(
    ("before", "after", "form", "reasoning"),
    [
        ((0.25, 0.5), (0.5, 1.0), 0.25, 0),  # accuracy among readable stays one half
        ((0.25, 1.0), (0.5, 1.0), 0, 0.25),  # every answer is readable throughout
        ((0.0, 0.0), (0.4, 0.8), 0.4, 0),  # nothing was readable: no evidence of better reasoning
        ((0.0, 0.0), (0.0, 0.0), 0, 0),
    ],
)
def test_a_lift_from_the_format_alone_is_format_gain_and_one_without_it_is_reasoning(
    before, after, form, reasoning
):
    gains = split_lift(_gates(*before), _gates(*after))
    assert gains.format == pytest.approx(form)
    assert gains.reasoning == pytest.approx(reasoning)


def test_each_gate_has_the_gain_of_what_it_alone_changed():
    alike = (0.9, 0.8, 0.4, 0.3)
    shares = [1.0, *alike]
    steps = [after / before for before, after in pairwise(shares)]
    for place, name in enumerate(("truncation", "extraction", "reasoning", "form")):
        raised = [step * 1.1 if i == place else step for i, step in enumerate(steps)]
        gains = split_lift(Gates.of(*np.cumprod(steps)), Gates.of(*np.cumprod(raised)))
        assert getattr(gains, name) == pytest.approx(0.3 * 0.1)
        assert sum(gains) == pytest.approx(getattr(gains, name))


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=2, max_size=2))
def test_the_four_gains_are_the_lift_whatever_the_shares(sides):
    before, after = (Gates.of(*map(np.asarray, np.cumprod(side))) for side in sides)
    gains, back = split_lift(before, after), split_lift(after, before)
    assert sum(gains) == pytest.approx(float(after.right - before.right), abs=1e-12)
    for gain, other in zip(gains, back, strict=True):
        assert gain == pytest.approx(-other, abs=1e-12)


def test_an_answer_in_another_form_is_told_from_no_answer_and_from_a_wrong_one():
    rng = np.random.default_rng(11)
    right = rng.random((200, 4)) < 0.5
    boxed = rng.random((200, 4)) < 0.4
    before = evaluation(right & boxed, boxed)  # half are right, most stand outside the box
    before.table["extracted"] = True
    before.table["extracted_right"] = right.ravel()
    result = compare(before, evaluation(right), resamples=300).overall
    assert result.form_gain == pytest.approx(result.lift)
    assert result.right_if_extracted_before == result.right_if_extracted_after
    assert result.form_ci_low > 0
    assert result.extraction_gain == result.truncation_gain == 0
    assert result.readable_before == pytest.approx(boxed.mean())
    cut = evaluation(right & boxed, boxed, finish_reason="length")  # what has no box was cut off
    result = compare(cut, evaluation(right), resamples=300).overall
    assert result.truncation_gain > 0.2
    assert (result.truncated_before, result.truncated_after) == (1, 0)
    assert result.format_gain == pytest.approx(result.truncation_gain)


def test_a_seed_that_moves_all_domains_at_once_widens_their_mean_as_much_as_the_whole():
    rng = np.random.default_rng(12)
    domains = [f"d{i}" for i in range(7) for _ in range(80)]
    before = evaluation(rng.random((560, 4)) < 0.3, domains=domains)
    after = [evaluation(rng.random((560, 4)) < p, domains=domains) for p in (0.35, 0.45, 0.55)]
    result = compare(before, after, resamples=300)
    assert result.macro.lift_se == pytest.approx(result.overall.lift_se, rel=0.1)
    assert result.macro.ci_low < 0 < result.macro.lift


def test_a_control_that_was_trained_once_borrows_the_variation_of_its_seeds():
    rng = np.random.default_rng(13)
    control = evaluation(rng.random((300, 4)) < 0.35)
    sample = [evaluation(rng.random((300, 4)) < p) for p in (0.41, 0.45, 0.49)]
    alone = compare(control, sample, resamples=300).overall
    borrowed = compare(control, sample, resamples=300, both_trained=True).overall
    assert borrowed.lift == alone.lift
    assert borrowed.lift_se > 1.5 * alone.lift_se
    one = compare(control, sample[:1], resamples=300, both_trained=True).overall
    assert one == compare(control, sample[:1], resamples=300).overall  # nothing to borrow from


def test_pass_at_k_is_unbiased_and_exact():
    assert pass_at_k(np.array([4]), np.array([2]), 2) == pytest.approx(1 - 1 / 6)
    assert pass_at_k(np.array([4, 4]), np.array([0, 4]), 4).tolist() == [0, 1]
    rng = np.random.default_rng(9)
    drawn = rng.binomial(8, 0.3, 20_000)
    estimate = pass_at_k(np.full(20_000, 8), drawn, 3).mean()
    assert estimate == pytest.approx(1 - 0.7**3, abs=0.006)
    with pytest.raises(ConfigError, match="pass@9"):
        pass_at_k(np.array([8]), np.array([2]), 9)
    assert ks(4) == (1, 2, 4)
    assert ks(6) == (1, 2, 4, 6)
    assert ks(1) == (1,)


def test_splits_have_their_own_lifts():
    splits = ["seen", "unseen"] * 10
    after = np.tile([[1], [0]], (10, 1))
    result = compare(evaluation(np.zeros((20, 1)), splits=splits), evaluation(after, splits=splits))
    assert result.splits["seen"].lift == 1
    assert result.splits["unseen"].lift == 0
    assert result.cells["math/seen"].n == 10
    frame = result.to_frame()
    assert frame["kind"].tolist() == ["domain", "split", "split", "overall"]
    assert "<table" in result._repr_html_()
