"""`se synthesize` as a user meets it."""

import json

import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import PoolError, SampleEngineeringError
from sample_engineering.pool import read_pool


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


def test_pools_are_written_in_the_format_of_the_name(tmp_path):
    options = ("--domains", "physics,chemistry", "--n", 5)
    pools = []
    for name in ("a.jsonl", "b.jsonl.gz", "c.parquet", "d.csv"):
        assert run(*options, "-o", tmp_path / name).exit_code == 0
        pools.append(list(read_pool(tmp_path / name)))
    assert len(pools[0]) == 5
    for pool in pools[1:]:
        assert [item.problem for item in pool] == [item.problem for item in pools[0]]
        assert [item.domains for item in pool] == [item.domains for item in pools[0]]


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


@pytest.mark.parametrize("option", ["--out", "--rejects"])
def test_an_unknown_ending_fails_before_the_work(tmp_path, option):
    result = run("--domains", "physics", "--n", 10**6, option, tmp_path / "problems.txt")
    assert isinstance(result.exception, PoolError)
    assert ".jsonl" in str(result.exception)
    assert not any(tmp_path.iterdir())


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
