"""The filter language: exact, safe, and clear about mistakes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.selectors.where import parse_where

ROW = {
    "lim": 0.6,
    "tier": "text",
    "rank": 3,
    "none": None,
    "kind": "it's",
    "skills_found": ["addition", "friction"],
    "flag": True,
    "csv": "0.75",
    "info": {"split": "dev", "n": 2},
    "history_variance": float("nan"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lim >= 0.6", True),
        ("lim > 0.6", False),
        ("lim = 0.6", True),
        ("lim >= 6e-1 and rank == 3", True),
        ("lim < 0.5 or rank < 5", True),
        ("not lim < 0.5", True),
        ("not (lim >= 0.6 and tier == 'text')", False),
        ("lim<0.5 or rank==3 and tier=='none'", False),
        ("tier in ('text', \"probed\")", True),
        ("rank not in (1, 2)", True),
        ("none >= 0", False),
        ("none != 0", False),
        ("none is null", True),
        ("lim is not null", True),
        ("history_variance is null", True),
        ("history-variance >= 0", False),
        ("skills_found contains 'friction'", True),
        ("tier contains 'EX'", True),
        ("tier not contains 'ex'", False),
        ('kind == "it\'s"', True),
        (r"kind == 'it\'s'", True),
        ("flag == true", True),
        ("flag == 1", False),
        ("csv > 0.5", True),
        ("tier > 1", False),
        ("tier != 1", True),
        ("info.split == 'dev' and info.n >= 2", True),
        ("info.split.deeper == 'dev'", False),
        ("lim >= -1", True),
        ("rank == 3 AND lim >= 0.6", True),
    ],
)
def test_conditions(text, expected):
    assert parse_where(text, list(ROW))(ROW) is expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("lim", "ends where a comparison"),
        ("lim >=", "ends where a value"),
        ("lim >= high", "put text in quotes"),
        ("limm >= 0.6", "no column is called 'limm'"),
        ("lim >= 0.6 rank", "did not expect 'rank'"),
        ("(lim >= 0.6", r"a '\)' is missing"),
        ("lim ~ 0.6", "cannot read"),
        ("lim is 0.6", "'null' or 'not null'"),
        ("__import__('os')", "no column is called"),
        ("lim == 'open", "cannot read"),
        ("0.6 <= lim", "not a column name"),
        ("(" * 5000 + "lim > 0" + ")" * 5000, "longer than"),
        ("not " * 5000 + "lim > 0", "longer than"),
    ],
)
def test_mistakes_are_explained(text, why):
    with pytest.raises(ConfigError, match=why):
        parse_where(text, list(ROW))


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(text):
    with suppress(SampleEngineeringError):
        parse_where(text, list(ROW))(ROW)
