"""Evaluating in a way that costs more tokens: power sampling of any model here."""

import math

import pytest

pytest.importorskip("torch")

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.trainers.untrained import WayOptions


def test_power_sampling_says_what_it_did_and_what_it_took(tmp_path):
    once = {"alpha": 3, "blocks": 2, "steps": 1}
    out = tmp_path / "power.parquet"
    found = se.evaluate(per_domain=1, way="power-sampling", way_options=once, out=out)
    assert found.rollouts == 1
    assert found.info["way"] == "power-sampling"
    assert found.info["temperature"] == pytest.approx(1 / 3)
    # The answer itself is drawn, then some of it anew after each block.
    spent, kept = found.info["tokens_spent_each"], found.table["tokens"].mean()
    assert kept < spent < 4 * kept
    assert "by p^3, 2 blocks, 1 Metropolis-Hastings steps after each" in found.info["notes"][-2]
    assert f"{spent:,.0f} tokens were drawn for each answer" in found.info["notes"][-1]
    assert se.Evaluation.load(out).info["tokens_spent_each"] == spent


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"way": "powersampling"}, "it is power-sampling"),
        ({"way": "power-sampling", "greedy": True}, "`greedy` would be ignored"),
        ({"way": "power-sampling", "temperature": 0.5}, "`temperature` would be ignored"),
        ({"way_options": {"alpha": 2}}, "no `way` is asked for"),
        ({"way": "power-sampling", "way_options": {"alfa": 2}}, "did you mean 'alpha'"),
        ({"way": "power-sampling", "way_options": {"alpha": 0.5}}, "`alpha` must be at least 1"),
        ({"way": "power-sampling", "way_options": {"alpha": math.inf}}, "`alpha` must be"),
        ({"way": "power-sampling", "way_options": {"steps": 1.5}}, "a whole number"),
        ({"way": "power-sampling", "way_options": {"steps": True}}, "a whole number"),
        ({"way": "power-sampling", "way_options": {"blocks": "many"}}, "a whole number"),
    ],
)
def test_what_says_nothing_is_refused_before_a_model_is_loaded(given, message):
    with pytest.raises(ConfigError, match=message):
        se.evaluate("no-such-model", **given)


def test_options_are_read_from_texts():
    assert WayOptions.of({"alpha": "2", "blocks": "8", "steps": "0"}) == WayOptions(2.0, 8, 0)
