"""se report, se compare, se leaderboard, se evaluate from the command line."""

import io
import json
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.report.leaderboard import leaderboard
from sample_engineering.report.ranking import compare_runs
from sample_engineering.report.run import Run
from sample_engineering.report.terminal import domains_table
from sample_engineering.runs.format import BEFORE
from sample_engineering.text import HIDDEN
from tests.report.runs import HOSTILE_NAME, write_run

_RUNNER = CliRunner()


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    root = tmp_path_factory.mktemp("sweep")
    plain = {"controls": False}
    write_run(root / "good", sample_id="good", **plain)
    write_run(root / "fair" / "seed-0", sample_id="fair", after=(0.4,) * 4, seeds=(0,), **plain)
    write_run(root / "fair" / "seed-1", sample_id="fair", after=(0.4,) * 4, seeds=(5,), **plain)
    write_run(root / "bad", sample_id="bad", after=(0.08,) * 4, seeds=(0,), **plain)
    write_run(root / "dead", sample_id="dead", trained=False, **plain)
    return root


def _run(*arguments):
    return _RUNNER.invoke(app, [str(argument) for argument in arguments])


def test_the_report_is_a_card_and_a_page(tmp_path):
    run = write_run(tmp_path / "run")
    result = _run("report", run)
    assert result.exit_code == 0, result.output
    for words in (
        "These 2 runs lifted the model",
        "How the model writes",
        "random-reward",
        "report.html",
    ):
        assert words in result.output
    assert (run / "report.html").is_file()
    record = json.loads(_run("report", run, "--no-page", "--format", "json").output)
    assert record["verdict"]["kind"] == "lifts"
    assert [row["name"] for row in record["lifts"]["sampled"]][-1] == "overall"


def test_figures_are_written_and_the_same_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    run = write_run(tmp_path / "run")
    for folder in ("a", "b"):
        assert _run("report", run, "--no-page", "--figures", tmp_path / folder).exit_code == 0
    names = {path.name for path in (tmp_path / "a").iterdir()}
    assert names == {f"{n}.{k}" for n in ("lift", "arms", "training") for k in ("svg", "png")}
    assert (tmp_path / "a" / "lift.png").read_bytes().startswith(b"\x89PNG")
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_runs_are_compared_pairwise_on_equal_items(sweep):
    found = compare_runs([sweep / "good", sweep / "bad", sweep / "dead"])
    assert found.runs["run"].tolist() == ["good", "bad", "dead"]
    assert repr(found).startswith("<RunsCompared, points of lift: good +")
    assert repr(found).endswith("; dead has none>")
    assert repr(leaderboard(sweep)) == "<Leaderboard: 3 samples in 1 table, 1 run left out>"
    assert len(found.differences) == 1
    row = found.differences.iloc[0]
    assert row["paired"]
    assert row["ci_high"] < 0
    assert row["p_holm"] < 0.01
    assert any(note.startswith("dead: Not trained: 12 of 12") for note in found.notes)
    result = _run("compare", sweep / "good", sweep / "bad")
    assert result.exit_code == 0, result.output
    assert "Differences of sampled lift" in result.output
    assert "paired" in result.output
    assert json.loads(_run("compare", sweep / "good", sweep / "bad", "--format", "json").output)


def test_arms_of_folders_stand_beside_each_other(tmp_path):
    one, two = write_run(tmp_path / "one"), write_run(tmp_path / "two", sample_id="two")
    alone = compare_runs([one], arms="all", baseline="one")
    assert alone.runs["arm"].tolist() == ["sample", "format-only", "in-context", "random-reward"]
    assert alone.runs["run"].tolist()[1:] == [f"one {arm}" for arm in alone.runs["arm"][1:]]
    assert set(alone.differences["first"]) == {"one"}
    assert len(alone.differences) == 3
    run = Run.open(one)
    for arm, lift in zip(alone.runs["arm"], alone.runs["lift"], strict=True):
        arms = run.findings.evaluations["sampled"]
        mean = {
            name: sum(e.item_means().mean() for e in arms[name]) / len(arms[name])
            for name in (BEFORE, arm)
        }
        assert lift == pytest.approx(mean[arm] - mean[BEFORE])
    assert alone.runs.set_index("arm")["algorithm"]["in-context"] == ""
    some = compare_runs([one, two], arms=["sample", "format-only"], baseline="two format-only")
    assert some.runs["run"].tolist() == ["one", "one format-only", "two", "two format-only"]
    assert some.differences["second"].tolist() == ["one", "one format-only", "two"]
    assert compare_runs([one, two]).runs["run"].tolist() == ["one", "two"]  # as it was
    for options, why in (
        ({"arms": "formatonly"}, "did you mean 'format-only'"),
        ({"arms": " , "}, "names none"),
        ({"baseline": "three"}, "nothing is called 'three'"),
        ({"arms": "format-only", "baseline": "one"}, "nothing is called 'one'"),
    ):
        with pytest.raises(ConfigError, match=why):
            compare_runs([one, two], **options)
    with pytest.raises(ConfigError, match="only one format-only to compare"):
        compare_runs([one], arms="format-only")
    shown = _run("compare", one, "--arms", "all", "--baseline", "one")
    assert shown.exit_code == 0, shown.output
    assert max(map(len, shown.output.splitlines())) <= 80
    for row in alone.runs.to_dict("records"):  # no interval is cut off at the edge
        assert f"{100 * row['ci_low']:+.1f} to {100 * row['ci_high']:+.1f}" in shown.output


def test_samples_are_ranked_with_their_seeds_pooled(sweep, tmp_path):
    board = leaderboard(sweep)
    (frame,) = board.tables.values()
    assert frame["sample"].tolist() == ["good", "fair", "bad"]
    assert frame["seeds"].tolist() == [2, 2, 1]
    assert frame["verdict"].tolist() == ["lifts", "lifts", "harms"]
    assert [name for name, _ in board.left_out] == ["dead"]
    result = _run("leaderboard", sweep, "-o", tmp_path / "board.csv")
    assert result.exit_code == 0, result.output
    assert "left out dead: Not trained" in result.output
    assert pd.read_csv(tmp_path / "board.csv")["sample"].tolist() == ["good", "fair", "bad"]


@settings(max_examples=6, deadline=None)
@given(
    st.lists(st.sampled_from(["seed 0", "seed 1", "copy"]), min_size=1, max_size=4),
    st.sampled_from(["steps", "lr", "benchmark", None]),
)
def test_a_training_run_is_counted_once_and_only_beside_its_like(made, other):
    with TemporaryDirectory() as place:
        root, plain = Path(place), {"controls": False, "sample_id": "one"}
        write_run(root / "0", seeds=(0,), **plain)
        distinct = {0}
        for number, what in enumerate(made, 1):
            if what == "copy":
                shutil.copytree(root / "0", root / str(number))
            else:
                seed = int(what[-1])
                write_run(root / str(number), seeds=(seed,), **plain)
                distinct.add(seed)
        if other is not None:  # the same sample and seed, trained or asked otherwise
            shutil.copytree(root / "0", root / "other")
            config = json.loads((root / "other" / "config.json").read_text())
            if other == "benchmark":
                config["hashes"]["benchmark"] = "5" * 64
            else:
                config["recipe"][other] = 7
            (root / "other" / "config.json").write_text(json.dumps(config))
        board = leaderboard(root)
        seeds = sorted(frame["seeds"].tolist() for frame in board.tables.values())
        assert seeds == sorted([[len(distinct)]] + [[1]] * (other is not None))
        assert len(board.copies) == len(made) + 1 - len(distinct)
        folders = [root / str(number) for number in range(len(made) + 1)]
        found = compare_runs([*folders, root / "0"])  # the same folder twice is a copy too
        assert len(found.runs) == len(distinct)
        assert len(found.differences) == len(distinct) * (len(distinct) - 1) // 2
        assert sum("counted once" in note for note in found.notes) == len(board.copies) + 1
        if other is not None:
            apart = compare_runs([root / "0", root / "other"])
            assert len(apart.runs) == 2
            assert apart.differences.empty
            assert any("are not compared: " in note for note in apart.notes)


def test_wrong_input_is_a_clear_error(sweep, tmp_path):
    with pytest.raises(ConfigError, match="at least two"):
        compare_runs([sweep / "good"])
    with pytest.raises(RunError, match="no run folder in"):
        leaderboard(tmp_path)
    with pytest.raises(RunError, match="no folder"):
        leaderboard(tmp_path / "absent")


def test_the_commands_do_not_import_torch_or_sympy_for_help():
    code = (
        "import sys, sample_engineering.commands.compare, sample_engineering.commands.report,"
        "sample_engineering.commands.leaderboard, sample_engineering.commands.evaluate\n"
        "heavy = {'torch', 'sympy', 'pandas', 'pyarrow', 'numpy', 'matplotlib', 'datasets'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_embedded_model_is_evaluated_and_kept(tmp_path):
    pytest.importorskip("transformers")
    from sample_engineering import microcosm

    try:
        microcosm.model_path()
    except RunError:
        pytest.skip("this checkout has no weights; run: se microcosm build")
    path = tmp_path / "base.parquet"
    asked = ("evaluate", "--per-domain", 2, "--rollouts", 2)
    result = _run(*asked, "-o", path, "--format", "json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["summary"][-1]["name"] == "overall"
    assert path.is_file()
    result = _run(*asked, "--before", path)
    assert result.exit_code == 0, result.output
    assert "lift" in result.output


def test_names_of_strangers_do_not_drive_the_terminal(tmp_path):
    for number, name in enumerate(("first", "second")):
        write_run(
            tmp_path / f"{name}\x1b[31m",
            sample_id=name + HOSTILE_NAME,
            after=(0.9 - 0.3 * number,) * 4,
            hostile=True,
            readings=READINGS,
            seeds=(number,),
        )
    runs = sorted(tmp_path.iterdir())
    for arguments in (
        ["report", runs[0], "--no-page"],
        ["compare", *runs],
        ["leaderboard", tmp_path],
    ):
        result = _run(*arguments)
        assert result.exit_code == 0, result.output
        hidden = {c for c in result.output if unicodedata.category(c) in HIDDEN} - {"\n"}
        assert not hidden, arguments[0]
        assert "[red]" in result.output


def test_lifts_by_domain_say_whose_they_are_however_long_the_names():
    columns = {f"lift a domain of a long name, {number}": [0.1, -1.0] for number in range(4)}
    frame = pd.DataFrame({"run": ["first", "second"], "reading": ["greedy", "sampled"], **columns})
    out = io.StringIO()
    Console(file=out, width=80).print(domains_table(frame, "run", "reading"))
    told = [line.split() for line in out.getvalue().splitlines()]
    for whose, change in ((["first", "greedy"], "+10.0"), (["second", "sampled"], "-100.0")):
        rows = [line[2:] for line in told if line[:2] == whose]
        assert [cell for row in rows for cell in row] == [change] * 4
