"""Shares become whole counts by the largest remainder, exactly."""

from fractions import Fraction
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering.blending.ratio import counts, largest, read_ratio
from sample_engineering.errors import ConfigError

WEIGHTS = st.dictionaries(
    st.sampled_from("abcdefg"),
    st.decimals("0.01", "99", places=2).map(str),
    min_size=1,
)


@given(WEIGHTS, st.integers(0, 5000))
def test_counts_add_up_and_lie_within_one_of_their_shares(weights, n):
    shares = read_ratio(weights)
    found = counts(shares, n)
    assert sum(shares.values()) == 1
    assert sum(found.values()) == n
    assert all(abs(found[name] - share * n) < 1 for name, share in shares.items())
    # Who got one more had no smaller remainder than who did not.
    more = [share * n % 1 for name, share in shares.items() if found[name] > share * n]
    fewer = [share * n % 1 for name, share in shares.items() if found[name] < share * n]
    assert not (more and fewer) or min(more) >= max(fewer)


@settings(max_examples=40, deadline=None)
@given(WEIGHTS, st.data())
def test_the_largest_blend_is_the_last_without_a_short_part(weights, data):
    shares = read_ratio(weights)
    there = {name: data.draw(st.integers(0, 12)) for name in shares}
    total = sum(there.values())
    sizes = [
        n for n in range(total + 1) if all(c <= there[k] for k, c in counts(shares, n).items())
    ]
    assert largest(shares, there) == max(sizes)


def test_of_equal_remainders_the_first_named_gets_one_more():
    assert counts(read_ratio("b=1,a=1"), 3) == {"b": 2, "a": 1}
    assert read_ratio({"x": 0.5}) == {"x": Fraction(1)}


@pytest.mark.parametrize(
    "text", ["math", "math=", "=2", "math=0", "math=-1", "math=1,math=2", "math=nan", "math=inf",
             "math=1/0", "", "math=1e999999999", "math=" + "9" * 40, ","],
)  # fmt: skip
def test_what_is_no_ratio_is_refused(text):
    with pytest.raises(ConfigError, match="`ratio`"):
        read_ratio(text)


def test_counts_take_no_time_for_many_samples():
    shares = read_ratio(",".join(f"d{i}={w}" for i, w in zip(range(50), count(1), strict=False)))
    assert sum(counts(shares, 10**9).values()) == 10**9
