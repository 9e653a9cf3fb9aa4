"""`se grade --audit`: where Math-Verify and sympy see our verdicts in another light."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from sample_engineering import api
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, PoolError

# Gold, completion, other columns; what the disagreement is about and who accepts, or None.
CASES: list[tuple[str, str, dict[str, Any], tuple[str, str] | None]] = [
    ("12", "so \\boxed{12}", {}, None),
    ("12", "so \\boxed{13}", {}, None),
    ("\\frac12", "so \\boxed{0.5}", {}, None),
    ("x^2+2x+1", "so \\boxed{(x+1)^2}", {}, None),
    ("5 m/s", "so \\boxed{18 \\text{ km/h}}", {}, ("unit or words", "only we accept")),
    ("100.0", "so \\boxed{102}", {"tolerance": 0.05}, ("tolerance", "only we accept")),
    ("12", "first it is 3. The answer is 12.", {}, ("no answer in this form", "only others")),
    ("7", "\\boxed{6} or \\boxed{7}", {}, ("several answers", "only others")),
    ("252", "\\boxed{\\binom{10}{5}}", {}, ("number not written out", "only others")),
    ("\\begin{cases}2", "\\boxed{1}", {}, None),
    ("12", "", {}, None),
]


def write(path: Path, cases: Any = CASES) -> Path:
    rows = [
        {"id": f"row-{index}", "answer": gold, "completion": text, **columns}
        for index, (gold, text, columns, _) in enumerate(cases)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_rows_that_disagree_say_who_and_about_what(tmp_path: Path) -> None:
    source = write(tmp_path / "rows.jsonl")
    audit = tmp_path / "audit.jsonl"
    summary = api.grade_file(source, form="boxed", audit=audit)
    found = {row["id"]: row for row in read(audit)}
    for index, (gold, text, _, expected) in enumerate(CASES):
        row = found.pop(f"row-{index}", None)
        if expected is None:
            assert row is None, (gold, text)
            continue
        assert row is not None, (gold, text)
        about, accepts = expected
        assert row["about"] == about
        assert row["direction"].startswith(accepts)
        assert row["line"] == index + 1
        assert row["gold"] == gold
        assert row["rule"]
        assert row["correct"] == (accepts == "only we accept")
        assert (not row["correct"]) in (row["math_verify"], row["sympy"])
    assert not found
    asked = summary.audit
    assert asked is not None
    assert asked.rows == len(CASES)
    for counts in asked.engines.values():
        total = counts.agrees + counts.accepts_alone + counts.refuses_alone + counts.no_opinion
        assert total == len(CASES)
        assert sum(counts.reasons.values()) == counts.no_opinion


def test_another_answer_found_in_the_completion_is_told_apart_from_another_value(
    tmp_path: Path,
) -> None:
    cases = [("12", "\\boxed{12}\n\nNow $x=12$ gives Answer: 5 \\boxed{13}", {}, None)]
    source = write(tmp_path / "rows.jsonl", cases)
    api.grade_file(source, form="number", audit=tmp_path / "a.jsonl")
    assert read(tmp_path / "a.jsonl") == []
    # Our form takes the first line here, Math-Verify the box.
    cases = [("5", "Answer: 5\n\nwhich I write as \\boxed{6}", {}, None)]
    api.grade_file(write(source, cases), form="answer", audit=tmp_path / "a.jsonl")
    [row] = read(tmp_path / "a.jsonl")
    assert (row["about"], row["direction"]) == ("another answer is found", "only we accept")
    assert row["math_verify_read"] == "6"
    assert row["sympy"] is True


def test_who_has_no_opinion_says_why(tmp_path: Path) -> None:
    cases = [
        ("5 m", "\\boxed{6 m}", {}, None),
        ("\\begin{cases}2", "\\boxed{1}", {}, None),
        ("12", "no idea at all", {}, None),
    ]
    source = write(tmp_path / "rows.jsonl", cases)
    asked = api.grade_file(source, form="boxed", audit=tmp_path / "a.csv").audit
    assert asked is not None
    sympy = asked.engines["sympy"]
    assert sympy.reasons == {
        "a gold of kind quantity is no expression": 1,
        "there is no gold": 1,
        "there is no answer": 1,
    }
    assert asked.engines["math-verify"].reasons["no answer is found or can be read"] == 1


def test_sympy_is_told_numbers_as_it_reads_them(tmp_path: Path) -> None:
    cases = [
        ("3\\times10^8", "\\boxed{3.0e8}", {}, None),
        ("2.5e-3", "\\boxed{0.0025}", {}, None),
        ("2.5e-3", "\\boxed{0.0026}", {}, None),
        ("1010_2", "\\boxed{1010_3}", {}, None),
    ]
    source = write(tmp_path / "rows.jsonl", cases)
    asked = api.grade_file(source, audit=tmp_path / "a.jsonl").audit
    assert asked is not None
    assert asked.engines["sympy"].agrees == 3
    assert asked.engines["sympy"].reasons == {"another base": 1}


def test_answers_that_make_others_hang_are_stopped_and_counted(tmp_path: Path) -> None:
    cases = [("10", "\\boxed{9^{9^{9^9}}}", {}, None), ("12", "\\boxed{12}", {}, None)]
    source = write(tmp_path / "rows.jsonl", cases)
    asked = api.grade_file(source, form="boxed", audit=tmp_path / "a.jsonl").audit
    assert asked is not None
    assert asked.engines["math-verify"].timed_out == 1
    assert asked.engines["math-verify"].agrees == 1  # the worker is there again
    reasons = asked.engines["math-verify"].reasons
    assert reasons["time limit"] == asked.engines["math-verify"].timed_out


def test_all_formats_hold_the_same_rows_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    source = write(tmp_path / "rows.jsonl")
    for ending in ("jsonl", "csv", "parquet"):
        for name in ("a", "b"):
            api.grade_file(source, form="boxed", audit=tmp_path / f"{name}.{ending}")
        first, again = (tmp_path / f"{name}.{ending}" for name in ("a", "b"))
        assert first.read_bytes() == again.read_bytes()
    lines = read(tmp_path / "a.jsonl")
    assert [row["line"] for row in lines] == list(pd.read_csv(tmp_path / "a.csv")["line"])
    assert [row["gold"] for row in lines] == list(pd.read_parquet(tmp_path / "a.parquet")["gold"])


def test_hidden_characters_of_a_completion_cannot_hide_in_the_rows(tmp_path: Path) -> None:
    cases = [("5 m/s", "\x1b[2J\u202e\\boxed{18 \\text{ km/h}}\u202c\x00 done", {}, None)]
    source = write(tmp_path / "rows.jsonl", cases)
    done = CliRunner().invoke(app, ["grade", str(source), "--audit", str(tmp_path / "a.jsonl")])
    [row] = read(tmp_path / "a.jsonl")
    for shown in (row["ending"], done.output):
        assert not {"\x1b", "\u202e", "\u202c", "\x00"} & set(shown)


def test_conversations_as_trl_logs_them(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "step": [1, 1],
            "prompt": [[{"role": "user", "content": "How fast?"}]] * 2,
            "completion": [
                [{"role": "assistant", "content": "so \\boxed{18 \\text{ km/h}}"}],
                [{"role": "assistant", "content": "so \\boxed{4}"}],
            ],
            "correctness_reward": [1.0, 0.0],
            "solution": ["5 m/s", "4"],
        }
    )
    frame.to_parquet(tmp_path / "completions_00001.parquet")
    audit = tmp_path / "a.jsonl"
    summary = api.grade_file(tmp_path / "completions_00001.parquet", audit=audit)
    assert (summary.rows, summary.correct) == (2, 2)
    assert [row["line"] for row in read(audit)] == [1]


def test_the_command_prints_both_directions_and_where_the_rows_are(tmp_path: Path) -> None:
    source, audit = write(tmp_path / "rows.jsonl"), tmp_path / "a.csv"
    line = ["grade", str(source), "--form", "boxed", "--audit", str(audit)]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    assert f"second opinions: 5 of {len(CASES)} rows disagree" in done.output
    assert "2 right there and wrong here, 2 wrong there and right here" in done.output
    assert "line 5: gold 5 m/s" in done.output
    assert f"wrote {audit}" in done.output
    counts = json.loads(CliRunner().invoke(app, [*line, "--format", "json"]).stdout)["audit"]
    assert counts["disagree"] == 5
    assert counts["engines"]["math-verify"]["refuses_alone"] == 2
    assert sum(counts["about"].values()) == 5


@pytest.mark.parametrize(
    ("audit", "out", "named"),
    [
        ("rows.jsonl", None, "rows.jsonl is the input file; choose another for `audit`"),
        ("x.jsonl", "x.jsonl", "is the file of `out`; choose another for `audit`"),
        ("x.jsonl", "rows.jsonl", "rows.jsonl is the input file; choose another for `out`"),
    ],
)
def test_a_file_is_not_written_twice_or_over_the_input(
    tmp_path: Path, audit: str, out: str | None, named: str
) -> None:
    source = write(tmp_path / "rows.jsonl")
    before = source.read_bytes()
    with pytest.raises(ConfigError, match=named.replace("(", "\\(")):
        api.grade_file(
            source, None if out is None else tmp_path / out, form="boxed", audit=tmp_path / audit
        )
    assert source.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


def test_an_ending_that_no_format_has_is_an_error_before_the_work(tmp_path: Path) -> None:
    source = write(tmp_path / "rows.jsonl")
    with pytest.raises(PoolError, match="the format is not clear"):
        api.grade_file(source, tmp_path / "out.jsonl", audit=tmp_path / "audit.txt")
    assert not (tmp_path / "out.jsonl").exists()
