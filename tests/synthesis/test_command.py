"""`se synthesize` as a user meets it."""

import json

import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import SampleEngineeringError


def run(*arguments):
    return CliRunner().invoke(app, ["synthesize", *map(str, arguments)])


def test_same_seed_same_bytes(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        options = ("--domains", "physics,math", "--n", 5, "--seed", 7)
        assert run(*options, "-o", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert len(records) == 5
    assert all(record["provenance"]["verification"] for record in records)


def test_prime_writes_one_sample_with_reasons(tmp_path):
    out = tmp_path / "prime.jsonl"
    options = ("--domains", "physics,math", "--n", 8, "--select", "prime")
    result = run(*options, "--target", "math,physics", "-o", out)
    assert result.exit_code == 0
    assert "prime:" in result.output
    assert len(out.read_text().splitlines()) == 1


def test_list_shows_the_library():
    result = run("--list", "--domains", "physics")
    assert "kinetic-energy" in result.output
    assert "larger-root" not in result.output


@pytest.mark.parametrize(
    "options",
    [
        ("--domains", "alchemy"),
        (),
        ("--domains", "physics", "--skills", "telepathy"),
        ("--domains", "physics", "--steps", "two"),
        ("--domains", "physics", "--select", "best"),
    ],
)
def test_bad_input_is_one_clear_error_and_writes_nothing(tmp_path, options):
    out = tmp_path / "none.jsonl"
    result = run(*options, "-o", out)
    assert isinstance(result.exception, SampleEngineeringError)
    assert not out.exists()
