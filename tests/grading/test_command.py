"""`se grade`, as a person uses it."""

import csv
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sample_engineering.commands.grade import grade
from sample_engineering.errors import ConfigError, GoldError, PoolError

app = typer.Typer()
app.command()(grade)


def run(*arguments: str, text: str | None = None):
    return CliRunner().invoke(app, list(arguments), input=text)


def write_rows(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_one_answer_says_why() -> None:
    result = run("--gold", "0.5", "so it is \\boxed{\\frac12}")
    assert result.exit_code == 0
    assert result.output.startswith("correct")
    assert "\\frac12" in result.output
    assert "number" in result.output


def test_one_answer_needs_no_box() -> None:
    assert run("-g", "5 m/s", "18 km/h").output.startswith("correct")
    assert run("-g", "12", "11=12").output.startswith("wrong")
    assert run("-g", "12", "--form", "boxed", "12").output.startswith("wrong")


def test_one_answer_as_json_and_from_standard_input() -> None:
    result = run(
        "--gold", "9.81", "--unit", "m/s^2", "--tolerance", "0.01", "--json", "-", text="9.8"
    )
    record = json.loads(result.output)
    assert record["correct"] is True
    assert record["kind"] == "quantity"


def test_file(tmp_path: Path) -> None:
    source = write_rows(
        tmp_path / "rows.jsonl",
        [
            {"gold": "12", "prediction": "\\boxed{12}", "id": "a"},
            {"gold": "12", "prediction": "\\boxed{13}"},
            {"gold": "0.5", "prediction": "\\boxed{0.502}", "tolerance": 0.01},
            {"gold": "5", "prediction": "\\boxed{5000 mm}", "unit": "m"},
            {"gold": "", "prediction": "\\boxed{1}"},
            {"gold": "7", "prediction": None, "kind": "hostile"},
        ],
    )
    out = tmp_path / "graded" / "out.jsonl"
    result = run(str(source), "-o", str(out))
    assert result.exit_code == 0, result.output
    assert "6 rows: 3 correct" in result.output
    assert "0 timed out" in result.output
    assert "rows.jsonl:5" in result.output
    graded = [json.loads(line) for line in out.open()]
    assert [row["correct"] for row in graded] == [True, False, True, True, False, False]
    assert graded[0]["id"] == "a"
    assert {"correct", "rule", "extracted", "seconds", "timed_out"} <= graded[0].keys()


def test_csv(tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    with source.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["gold", "prediction", "tolerance"], ["3", "\\boxed{3}", ""]])
    result = run(str(source), "--json")
    assert json.loads(result.output)["correct"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json\n", "not JSON"),
        ("[1, 2]\n", "not a JSON object"),
        ('{"gold": "1"}\n', "no column prediction"),
        ("", "no rows"),
        ('{"gold": "1", "prediction": "1", "tolerance": "much"}\n', "no number"),
    ],
)
def test_bad_files_are_errors(tmp_path: Path, content: str, message: str) -> None:
    source = tmp_path / "bad.jsonl"
    source.write_text(content)
    result = run(str(source), "-o", str(tmp_path / "out.jsonl"))
    assert isinstance(result.exception, PoolError)
    assert message in str(result.exception)
    assert not (tmp_path / "out.jsonl").exists()


def test_bad_options_are_errors(tmp_path: Path) -> None:
    assert isinstance(run("--gold", "", "x").exception, GoldError)
    assert isinstance(run("--gold", "1", "--kind", "nonsense", "x").exception, ConfigError)
    assert isinstance(run("--gold", "1", "--form", "nonsense", "x").exception, ConfigError)
    assert isinstance(run("--gold", "1", "--tolerance", "2", "x").exception, ConfigError)
    assert isinstance(run(str(tmp_path / "absent.jsonl")).exception, PoolError)
