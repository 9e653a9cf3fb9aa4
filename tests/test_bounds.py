"""A number that cannot be is refused by the name that the caller gave it."""

import inspect
import math
from pathlib import Path

import pytest

import sample_engineering as se
from sample_engineering.errors import SampleEngineeringError

POOL = str(Path(__file__).resolve().parents[1] / "examples" / "microcosm_pool.jsonl")
# What each function is given beside the number; nothing of it may be worked on.
GIVEN = {
    "plan_validation": {},
    "plan_search": {"pool": POOL},
    "probe": {"pool": POOL, "model": "microcosm"},
    "rank": {"pool": POOL, "model": "microcosm"},
    "evaluate": {"model": "microcosm"},
}
# Any whole number seeds.
FREE = {"seed"}


def numbers(function):
    for name, one in inspect.signature(getattr(se, function)).parameters.items():
        kinds = str(one.annotation).replace(" ", "").split("|")
        if name not in FREE and {"int", "float"} & set(kinds):
            yield name


CASES = [(function, name) for function in GIVEN for name in numbers(function)]


def test_there_are_numbers_to_refuse():
    assert len(CASES) > 20


@pytest.mark.parametrize(("function", "name"), CASES)
@pytest.mark.parametrize("value", [-1, math.nan])
def test_a_number_that_cannot_be_is_refused_by_its_name(function, name, value, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SampleEngineeringError, match=f"`{name}`"):
        getattr(se, function)(**GIVEN[function], **{name: value})
