"""`se rank` as a user meets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sample_engineering as package
from sample_engineering.cli import app
from sample_engineering.errors import PoolError
from sample_engineering.pool import read_pool

RECORDS = [
    {
        "id": "a",
        "problem": "A cart of 4 kg moves at 6 m/s. Find its momentum.",
        "answer": "24",
        "pass_rate": 0.5,
        "n": 8,
    },
    {"id": "b", "problem": "Find the sum of 3 and 4.", "answer": "7", "pass_rate": 1.0, "n": 64},
    {"id": "c", "problem": "Half of 46?", "answer": "23", "pass_rate": 0.125, "n": 8},
]


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.jsonl"
    lines = [json.dumps(record) for record in RECORDS] + ["not json"]
    path.write_text("\n".join(lines) + "\n")
    return path


def se(*arguments):
    program = "from sample_engineering.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "rank", *map(str, arguments)],
        capture_output=True,
        text=True,
    )


def test_the_table_fits_100_columns_and_reports_bad_lines(pool):
    run = se(pool)
    assert run.returncode == 0, run.stderr
    assert max(map(len, run.stdout.splitlines())) <= 100
    assert f"skipped {pool}:4: not JSON" in run.stderr
    assert run.stdout.index("A cart of 4 kg") < run.stdout.index("Half of 46")
    assert "probed" in run.stdout


def test_bad_lines_can_be_fatal(pool):
    run = se(pool, "--on-error", "fail")
    assert run.returncode == 1
    assert run.stderr.startswith(f"error: {pool}:4: not JSON")


def test_json_output_and_where(pool):
    run = se(pool, "--where", "pass_rate < 1 and rank <= 2", "--format", "json")
    record = json.loads(run.stdout)
    assert [one["id"] for one in record["candidates"]] == ["a", "c"]
    assert record["candidates"][0]["dead_group_chance"] < 0.2


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "jsonl.zst"])
def test_output_files(pool, tmp_path, ending):
    out = tmp_path / f"ranked.{ending}"
    run = se(pool, "--top", "2", "-o", out)
    assert run.returncode == 0, run.stderr
    assert read_pool(out).ids == ("a", "c")


def test_explain(pool):
    run = se(pool, "--explain", "a")
    assert "momentum conservation" in run.stdout.replace("_", " ")
    assert "4 of 8 rollouts right" in run.stdout
    assert se(pool, "--explain", "zzz").stderr.startswith("error: no candidate has the id 'zzz'")


def test_benchmarks_are_named_alike_here_and_in_a_notebook(pool, tmp_path):
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps({"problem": RECORDS[0]["problem"], "answer": "24"}) + "\n")
    for against in (items, f"math500@{items}"):
        ranked = [sample.id for sample in package.rank(pool, against=str(against))]
        assert ranked[-1] == "a"
        run = se(pool, "--against", against, "--format", "json")
        assert [one["id"] for one in json.loads(run.stdout)["candidates"]] == ranked
    with pytest.raises(PoolError, match="'mth500' is no file and no benchmark; did you"):
        package.rank(pool, against="mth500")


def test_a_filter_by_what_nobody_knows_says_what_would_fill_it(pool):
    run = se(pool, "--where", "lim >= 0.6")
    assert run.stdout.startswith("0 of 0 candidates shown")  # and no empty table
    assert "lim is not known of any candidate; give --history, or" in " ".join(run.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--by", "nothing"], "no such column"),
        (["--where", "lim >> 1"], "--where 'lim >> 1'"),
        (["--target", "alchemy"], "unknown domain 'alchemy'"),
        (["-o", "ranked.txt"], "format is not clear"),
        (["--history", "nothing.jsonl"], "nothing.jsonl is not there"),
        (["--against", "nothing.jsonl"], "nothing.jsonl is not there"),
        (["--explain", "a", "--top", "2"], "--top is not for --explain; leave one of them out"),
        (["--explain", "a", "-o", "ranked.csv"], "--out is not for --explain"),
        (["--explain", "z"], "no candidate has the id 'z'"),
        (["--selectors", "novelti"], "--selectors: none is called 'novelti'; did you mean"),
        (["--rollouts", "4"], "--rollouts is for probing; give --model, or leave it out"),
        (["--by", "learnability", "--target", "math"], "--target changes nothing that is asked"),
        (["--tagger", "llm"], "--tagger 'llm' asks a model; give --model"),
        (["--server", "http://127.0.0.1:1"], "--server needs --model"),
    ],
)
def test_mistakes_are_one_line(pool, arguments, why):
    run = se(pool, *arguments)
    assert run.returncode == 1
    assert run.stderr.startswith("error: ")
    assert why in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_rank_imports_no_torch_pandas_or_sympy(pool):
    script = (
        "import sys\nfrom sample_engineering.cli import app\n"
        f"app(['rank', {str(pool)!r}], standalone_mode=False)\n"
        "heavy = {'torch', 'transformers', 'pandas', 'sympy', 'datasets', 'pyarrow', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.stderr.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize(("width", "left_out"), [(80, True), (140, False)])
def test_a_narrow_table_keeps_its_reasons_readable(width, left_out, monkeypatch):
    monkeypatch.setattr("sample_engineering.commands.rank_evaluation.NOTE_WIDTH", width)
    monkeypatch.delenv("COLUMNS", raising=False)
    pool = str(Path(__file__).parents[2] / "examples" / "pool.jsonl")
    told = CliRunner().invoke(app, ["rank", pool, "--choose", "2"]).stdout
    assert ("Left out for room: p(1-p)." in " ".join(told.split())) == left_out
    assert "rollouts" in told  # no word of the reasons is cut
    assert max(map(len, told.splitlines())) <= width
