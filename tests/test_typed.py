"""The types that public functions write out are kept: a wrong one is refused by name."""

import inspect
import math
from pathlib import Path

import numpy as np
import pytest

import sample_engineering as se
from sample_engineering import api
from sample_engineering.errors import ConfigError

_POOL = Path(__file__).resolve().parents[1] / "examples" / "pool.jsonl"
_CHECKED = sorted(name for name in api.__all__ if hasattr(getattr(api, name), "__wrapped__"))
_PARAMETERS = [
    (name, parameter)
    for name in _CHECKED
    for parameter in inspect.signature(getattr(api, name)).parameters
]


def test_what_a_notebook_calls_is_checked():
    public = {name for name in se.__all__ if hasattr(api, name)} - {"grade"}
    assert public <= set(_CHECKED)


@pytest.mark.parametrize("value", [b"x", 1j, math.nan], ids=repr)
@pytest.mark.parametrize(("function", "parameter"), _PARAMETERS)
def test_a_value_of_another_type_is_refused_by_name(function, parameter, value):
    with pytest.raises(ConfigError, match=rf"^`{parameter}` is .*; give ") as refused:
        getattr(api, function)(**{parameter: value})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seed": "zero"}, "`seed` is 'zero'; give a whole number"),
        ({"seed": True}, "`seed` is True; give a whole number"),
        ({"n": 2.5}, "`n` is 2.5; give a whole number"),
        ({"skills": 0}, "`skills` is 0; give a text or a list of texts, or leave it out"),
        ({"kinds": " "}, "`kinds` is ' '; give a text or a list of texts, or leave it out"),
        ({"skills": ["force", 3]}, "`skills` is a list; give a text or a list of texts, or"),
        ({"out": ""}, "`out` is ''; give a path, or leave it out"),
        ({"against": 3}, "`against` is 3; give a list of Samples or a path, or leave it out"),
        ({"seed": -1}, "`seed` is -1; give 0 or more"),
        ({"seed": 10**30}, "`seed` is 1000000000000000000000000000000; give a whole number"),
        ({"out": "a\0.jsonl"}, "`out` is 'a\\x00.jsonl'; give a path, or leave it out"),
        ({"progress": 3}, "`progress` is 3; give a function, or leave it out"),
        ({"steps": (2, "3")}, "`steps` is a tuple; give a whole number or a pair of whole numbers"),
    ],
)
def test_the_message_says_what_to_give(given, told):
    with pytest.raises(ConfigError) as refused:
        se.synthesize("physics", **given)
    assert str(refused.value).startswith(told)


def test_numbers_of_numpy_and_iterables_serve_like_plain_ones():
    plain = se.synthesize(["biology", "physics"], n=2, steps=2, seed=3)
    other = se.synthesize(
        iter(["biology", "physics"]), n=np.int64(2), steps=np.int32(2), seed=np.int64(3)
    )
    assert list(other) == list(plain)


def test_a_set_of_names_is_sorted_and_a_set_of_numbers_has_no_order():
    one, other = (
        se.synthesize(domains, n=1, steps=2)
        for domains in ({"physics", "biology"}, "biology,physics")
    )
    assert list(one) == list(other)
    with pytest.raises(ConfigError, match="`seeds` is a set; give a list of whole numbers"):
        se.plan_validation(seeds={1, 0})


def test_an_unknown_keyword_is_a_type_error_that_names_the_function():
    with pytest.raises(TypeError, match=r"rank\(\) got an unexpected keyword argument 'tpo'"):
        se.rank(_POOL, tpo=3)


def test_an_object_of_another_class_is_refused_and_a_path_is_a_name():
    for given in ({"model": object()}, {"benchmark": object()}, {"benchmark": se.Sampling()}):
        with pytest.raises(
            ConfigError, match=r"is an? \w+; give a (text or a )?(Generator|Benchmark)"
        ):
            se.evaluate(**given)
    with pytest.raises(se.SampleEngineeringError, match=r"^`benchmark` .* is no file"):
        se.plan_validation(benchmark=Path("nowhere.jsonl"))


@pytest.mark.parametrize("function", ["probe", "evaluate"])
def test_an_answer_may_end_at_a_blank_line_and_a_system_message_be_empty(function, tmp_path):
    asked = {"probe": {"pool": _POOL}, "evaluate": {"benchmark": str(_POOL)}}[function]
    with pytest.raises(se.SampleEngineeringError) as refused:  # further on: there is no such model
        getattr(api, function)(
            **asked, model=str(tmp_path / "no model"), stop=["\n\n"], system="", template="chat"
        )
    assert "`stop`" not in str(refused.value)
    assert "`system`" not in str(refused.value)
    assert "no model" in str(refused.value)
