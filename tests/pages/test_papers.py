"""`--format markdown` and `--format latex` of every command that has tables for a paper."""

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from tests.report.runs import HOSTILE_NAME

_ROOT = Path(__file__).resolve().parents[2]
_POOL = str(_ROOT / "examples" / "pool.jsonl")
_RUN = str(_ROOT / "tests" / "runs" / "data" / "format_1")
_OLDER = str(_ROOT / "tests" / "runs" / "older" / "format_2")
_HOSTILE = "a_b | $x$ 50% \\input{x} #{^~} [c](d) <e> " + HOSTILE_NAME


def _run(*arguments):
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def _tables(text):
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    cells = [token.content for token in tokens if token.type == "inline"]
    return sum(token.type == "table_open" for token in tokens), cells


_COMMANDS = {
    "rank": (["rank", _POOL, "--top", "5"], lambda: se.rank(_POOL).top(5), 1),
    "a set": (["rank", _POOL, "--choose", "3"], lambda: se.rank(_POOL, choose=3).top(3), 1),
    "audit": (["audit", _POOL], lambda: se.audit(_POOL), 2),
    "report": (["report", _RUN, "--no-page"], lambda: se.open_run(_RUN), 1),
    "compare": (["compare", _RUN, _OLDER], lambda: se.compare([_RUN, _OLDER]), None),
    "leaderboard": (
        ["leaderboard", _ROOT / "tests" / "runs"],
        lambda: se.leaderboard(_ROOT / "tests" / "runs"),
        None,
    ),
    "outcomes": (
        ["rank", _POOL, "--evaluate", f"{_POOL}#pass_rate"],
        lambda: se.rank(_POOL, evaluate=f"{_POOL}#pass_rate").evaluation,
        1,
    ),
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_a_command_prints_what_the_function_gives(name):
    arguments, result, number = _COMMANDS[name]
    found = result()
    printed = {form: _run(*arguments, "--format", form) for form in ("markdown", "latex")}
    for form, text in printed.items():
        assert text == se.paper_table(found, format=form)
    tables, cells = _tables(printed["markdown"])
    assert tables >= 1
    assert number in (None, tables)
    assert printed["latex"].count(r"\begin{tabular}") == tables
    assert all(cell == cell.strip() for cell in cells)


def test_evaluation_and_probe_and_their_lift(tmp_path):
    pytest.importorskip("torch")
    asked = ["evaluate", "--per-domain", "1", "--rollouts", "2"]
    _run(*asked, "-o", tmp_path / "before.parquet", "--format", "json")
    text = _run(*asked, "--before", tmp_path / "before.parquet", "--format", "markdown")
    tables, cells = _tables(text)
    assert tables == 2
    assert "**overall**" in cells
    few = tmp_path / "few.jsonl"
    few.write_text("".join(Path(_POOL).read_text(encoding="utf-8").splitlines(True)[:3]))
    probe = ["probe", few, "--model", "microcosm", "-n", "2", "-o", tmp_path / "probed.jsonl"]
    tables, cells = _tables(_run(*probe, "--format", "markdown"))
    assert tables == 1
    assert "pass rate %" in cells
    record = json.loads(_run(*probe, "--format", "json"))
    assert [one["id"] for one in record["records"]] == [sample.id for sample in se.load_pool(few)]


@pytest.mark.parametrize("command", ["rank", "audit"])
def test_hostile_names_stay_names(command, tmp_path):
    pool = tmp_path / "pool.jsonl"
    sample = {"id": _HOSTILE, "problem": f"What is $2 + 2$? {_HOSTILE}", "answer": "5"}
    pool.write_text(json.dumps(sample) + "\n")
    latex = _run(command, pool, "--format", "latex")
    assert r"a\_b \textbar{} \$x\$ 50\% \textbackslash{}input\{x\}" in latex
    assert "\x1b" not in latex
    _, cells = _tables(_run(command, pool, "--format", "markdown"))
    assert any(cell.startswith(r"a\_b | \$x\$ 50% \\input{x} #{^\~} \[c\](d)") for cell in cells)


def test_a_format_that_would_be_ignored_is_refused():
    for arguments in (
        ["rank", _POOL, "--explain", "math-linear-tickets", "--format", "latex"],
        ["validate", "--dry-run", "--format", "latex"],
    ):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code != 0
        assert "--format" in str(done.exception)
