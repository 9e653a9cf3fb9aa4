"""`se grade`, as a person uses it."""

import csv
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sample_engineering import api
from sample_engineering.commands.grade import grade
from sample_engineering.errors import ConfigError, GoldError, PoolError
from sample_engineering.grading import grade as grade_answer
from sample_engineering.grading import read_gold

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
        "--gold",
        "9.81",
        "--unit",
        "m/s^2",
        "--tolerance",
        "0.01",
        "--format",
        "json",
        "-",
        text="9.8",
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
    result = run(str(source), "--format", "json")
    assert json.loads(result.output)["correct"] == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json\n", "not JSON"),
        ("[1, 2]\n", "not an object"),
        ('{"gold": "1"}\n', "no column prediction"),
        ("", "is empty"),
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


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"kind": "choice", "unit": "m"}, "unit"),
        ({"kind": "number", "unit": "m"}, "unit"),
        ({"kind": "text", "tolerance": 0.1}, "tolerance"),
        ({"kind": "choice", "tolerance": 0.1}, "tolerance"),
        ({"kind": "formula", "tolerance": 0.1}, "tolerance"),
        ({"kind": "numbr"}, "kind"),
        ({"tolerance": 1.5}, "tolerance"),
        ({"form": "boxd"}, "form"),
    ],
)
def test_an_option_that_cannot_count_is_an_error_that_names_it(
    tmp_path: Path, options: dict[str, object], named: str
) -> None:
    source = write_rows(tmp_path / "rows.jsonl", [{"gold": "1", "prediction": "1"}])
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    for call in (
        lambda: api.grade("1", "1", **options),
        lambda: api.grade_file(source, **options),
    ):
        with pytest.raises(ConfigError, match=f"`{named}`"):
            call()
    assert isinstance(run(str(source), *words).exception, ConfigError)
    assert isinstance(run("--gold", "1", "1", *words).exception, ConfigError)


def test_options_of_a_gold_that_was_read_are_an_error() -> None:
    gold = read_gold("5", tolerance=0.1)
    with pytest.raises(ConfigError, match="`tolerance` would be ignored"):
        grade_answer("5", gold, tolerance=0.5)


def test_columns_of_a_table_may_be_empty_in_a_row(tmp_path: Path) -> None:
    source = tmp_path / "rows.csv"
    source.write_text("gold,prediction,unit\n0.50,\\boxed{0.5},\n7,,\n5,500 cm,m\n")
    summary = api.grade_file(source)
    assert (summary.rows, summary.correct) == (3, 2)
    source.write_text("gold,answer\n1,1\n")
    with pytest.raises(PoolError, match="no column prediction"):
        api.grade_file(source)


def test_choices_and_forbidden_units_are_columns_too(tmp_path: Path) -> None:
    source = write_rows(
        tmp_path / "rows.jsonl",
        [
            {"gold": "B", "prediction": "\\boxed{blue}", "choices": ["red", "blue"]},
            {"gold": "12", "prediction": "\\boxed{12 N}", "units_allowed": False},
            {"gold": "12", "prediction": "\\boxed{12 N}"},
        ],
    )
    assert api.grade_file(source).correct == 2
    assert api.grade_file(source, units_allowed=False).correct == 1
