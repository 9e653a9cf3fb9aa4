"""A tagger of another package is held against what taggers promise."""

import math

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.sample import Sample
from sample_engineering.selectors import rank_pool

POOL = [Sample("a", "What is 1 + 1?", "2"), Sample("b", "What is 2 + 2?", "4")]


def tagger(answer):
    """A tagger that answers with what a function returns."""
    return type("Odd", (), {"asks_model": False, "tag": lambda self, samples: answer(samples)})()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (lambda samples: 1 / 0, r"fails \(ZeroDivisionError"),
        (lambda samples: None, r"fails \(TypeError"),
        (lambda samples: [], "answers for 0 of 2 samples"),
        (lambda samples: ["addition"] * 2, "returns a str for a sample"),
        (
            lambda samples: [{"additon": 1.0}] * 2,
            "names a skill 'additon' .*; did you mean 'addition'",
        ),
        (lambda samples: [None, {"addition": 5}], "gives 'addition' the weight 5"),
        (lambda samples: [None, {"addition": math.nan}], "gives 'addition' the weight nan"),
        (lambda samples: [None, {"addition": "much"}], "gives 'addition' the weight 'much'"),
    ],
)
def test_what_is_not_promised_is_an_error_that_names_the_tagger(answer, why):
    with pytest.raises(ConfigError, match=f"the tagger Odd {why}"):
        rank_pool(POOL, tagger=tagger(answer), by="skill_salience")
