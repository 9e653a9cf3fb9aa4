"""The written operations of the compact dialect."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC, LARGEST

_TERM = re.compile(r"(\d+)(?: ([*/]) (\d+))?")


def _value(text: str) -> int:
    """Evaluate a written right-hand side: sums and differences of products and quotients."""
    total, sign = 0, 1
    for piece in re.split(r" ([+-]) ", text):
        if piece in "+-":
            sign = 1 if piece == "+" else -1
            continue
        match = _TERM.fullmatch(piece)
        assert match, piece
        number = int(match[1])
        if match[2] == "*":
            number *= int(match[3])
        elif match[2] == "/":
            assert number % int(match[3]) == 0, text
            number //= int(match[3])
        total += sign * number
    return total


@given(st.sampled_from(sorted(ARITHMETIC)), st.integers(1, LARGEST), st.integers(1, LARGEST))
def test_every_part_of_a_careful_step_equals_the_result(name: str, first: int, second: int) -> None:
    arithmetic = ARITHMETIC[name]
    if name in ("multiplication", "division", "remainder"):
        second = second % 10 + 1
    if name == "percentage":
        first, second = first % 10 * 10, second // 10 * 10
    operands = (first, second)[: arithmetic.arity]
    assume(arithmetic.allowed(*operands))
    result = arithmetic.result(*operands)
    parts = arithmetic.parts(*operands)
    assert [_value(part) for part in parts] == [result] * len(parts)
    assert 0 < result <= LARGEST
    written = arithmetic.write(operands, careful=True)
    assert written.endswith(f" = {result}")
    assert written.count("=") == len(parts) + 1


@given(
    st.sampled_from(sorted(ARITHMETIC)), st.integers(0, 2 * LARGEST), st.integers(0, 2 * LARGEST)
)
def test_operands_outside_the_dialect_still_give_a_number(
    name: str, first: int, second: int
) -> None:
    arithmetic = ARITHMETIC[name]
    operands = (first, second)[: arithmetic.arity]
    assert arithmetic.result(*operands) >= 0
    assert arithmetic.write(operands, careful=True)


@pytest.mark.parametrize(
    ("name", "operands", "text"),
    [
        ("addition", (48, 37), "48 + 37 = carry (78 + 7) = 85"),
        ("subtraction", (85, 37), "85 - 37 = borrow (55 - 7) = 48"),
        ("multiplication", (37, 8), "37 * 8 = spread (240 + 56) = 290 + 6 = 296"),
        ("division", (96, 4), "96 / 4 = chunk (80 / 4 + 16 / 4) = 20 + 4 = 24"),
        ("division", (56, 8), "56 / 8 = 7"),
        ("squaring", (21,), "21 ^ 2 = expand (400 + 40 + 1) = 440 + 1 = 441"),
        ("percentage", (30, 240), "30 % of 240 = tenths (3 * 24) = 60 + 12 = 70 + 2 = 72"),
        ("remainder", (46, 8), "46 mod 8 = multiple (46 - 40) = 6"),
        ("halving", (86,), "half of 86 = places (40 + 3) = 43"),
        ("doubling", (38,), "twice 38 = pair (60 + 16) = 70 + 6 = 76"),
    ],
)
def test_written_forms(name: str, operands: tuple[int, ...], text: str) -> None:
    assert ARITHMETIC[name].write(operands, careful=True) == text


def test_a_careless_step_states_its_result() -> None:
    assert ARITHMETIC["addition"].write((48, 37), careful=False, result=84) == "48 + 37 = 84"
