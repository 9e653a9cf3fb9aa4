"""Scores, ranks and columns of the example pool, as they were when written down."""

import json
from pathlib import Path

import pytest

from sample_engineering.selectors import rank_pool
from tests.selectors.evidence_of_the_examples import rankings

GOLDEN = json.loads((Path(__file__).parent / "data" / "golden.json").read_text("utf-8"))
_SINCE = (
    "lift",
    "sound_label",
    "findings",
    "other_gold_in",
    "copies",
)  # columns of selectors that came later
RANKINGS = {name: (pool, options) for name, pool, options in rankings()}


@pytest.mark.parametrize("name", GOLDEN)
def test_rankings_stay_as_they_are(name):
    pool, options = RANKINGS[name]
    ranking, golden = rank_pool(pool, **options), GOLDEN[name]
    assert [n for n in ranking.columns if n not in _SINCE] == [
        n for n in golden["names"] if n not in _SINCE
    ]
    assert list(ranking.notes) == golden["notes"]
    for column, values in golden["columns"].items():
        found = ranking.columns[column]
        for new, old in zip(found, values, strict=True):
            assert new == (pytest.approx(old, abs=1e-9) if isinstance(old, float) else old), column
