"""YAML of strangers is read in bounded time and room, and holds values only."""

import time

import pytest

from sample_engineering.plain_yaml import read_yaml


def _bomb():
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for last, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{last}'] * 9)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    ["a: [", "&a [*a]", _bomb(), "[" * 999_999, "{a: " * 200_000, "- " * 20_000, "x" * 2_000_000,
     "a: 1\n b: 2", "!!python/object/apply:os.system [true]", "a: !own 3", "2026-99-99",
     "9" * 5000, "\x00"],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_told_in_a_line(text):
    began = time.process_time()
    with pytest.raises(ValueError) as error:  # noqa: PT011
        read_yaml(text)
    assert time.process_time() - began < 5
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("1e-5", "1e-5"), ("[1, a]", [1, "a"]), ("a: {b: null}", {"a": {"b": None}})],
)
def test_values(text, value):
    assert read_yaml(text) == value
