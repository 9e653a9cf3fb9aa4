"""What was asked under different conditions is not compared, and the error says what differs."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Benchmark, Evaluation, compare, evaluate
from sample_engineering.evaluation.contrast import lift_values
from sample_engineering.generation import Protocol

from .test_evaluate import Ruled, _doubling, _items

OLD_RUN = Path(__file__).parents[1] / "runs" / "data" / "format_1"


def asked(**settings):
    return evaluate(Ruled(_doubling), Benchmark("sums", _items(), **settings), rollouts=2)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temperature": 0.3}, "temperature 0.6 / 0.3"),
        ({"max_tokens": 9}, "max_tokens 1024 / 9"),
        ({"template": "boxed"}, "template plain / boxed"),
        ({"stop": ["###"]}, r"stop \[\] / \[.###.\]"),
        ({"top_k": 5, "top_p": 0.9}, "top_p 1 / 0.9; top_k null / 5"),
    ],
)
def test_evaluations_under_different_conditions_are_refused_by_name(settings, said):
    before, after = asked(), asked(**settings)
    for refused in (lambda: compare(before, after), lambda: lift_values([before], [after])):
        with pytest.raises(ConfigError, match=f"under different conditions: {said}; evaluate both"):
            refused()
    assert compare(before, after, across_protocols=True).overall.n == 6


def test_a_template_that_is_the_same_text_is_the_same_condition():
    assert compare(asked(), asked(template="text:{problem}")).overall.lift == 0


def test_an_evaluation_of_an_older_version_is_compared_as_before():
    older = asked()
    older = replace(older, info={k: v for k, v in older.info.items() if k != "protocol"})
    assert compare(older, asked(temperature=0.3)).overall.n == 6


def test_conditions_survive_the_file(tmp_path):
    found = asked(system="Be brief.", template="chat", stop=["Q:"])
    found.save(tmp_path / "found.parquet")
    record = Evaluation.load(tmp_path / "found.parquet").info["protocol"]
    protocol = Protocol.from_dict(record)
    assert (protocol.system, protocol.stop, protocol.template) == ("Be brief.", ("Q:",), "chat")
    assert record["digest"] == protocol.digest


def _run(folder, protocol):
    """A finished run whose evaluations say how the model was asked."""
    shutil.copytree(OLD_RUN, folder)
    for path in (folder / "eval").glob("*.parquet"):
        found = Evaluation.load(path)
        info = dict(found.info) | ({} if protocol is None else {"protocol": protocol.record()})
        replace(found, info=info).save(path)
    return str(folder)


def test_runs_under_different_conditions_are_not_compared(tmp_path):
    one, other = Protocol(), Protocol(temperature=0, system="Be brief.", template="chat")
    first, second = _run(tmp_path / "one", one), _run(tmp_path / "two", other)
    done = CliRunner().invoke(app, ["compare", first, second])
    assert done.exit_code == 1
    told = " ".join(f"{done.output}{done.exception}".split())
    assert "the models of one and two were asked under different conditions: " in told
    assert "template boxed / chat; system null / Be brief.; temperature 1 / 0" in told


@pytest.mark.parametrize(
    ("protocols", "noted"), [((None, None), False), ((Protocol(), None), True)]
)
def test_runs_that_do_not_say_their_conditions_are_compared_with_a_note(tmp_path, protocols, noted):
    runs = [_run(tmp_path / str(place), one) for place, one in enumerate(protocols)]
    done = CliRunner().invoke(app, ["compare", *runs, "--format", "json"])
    assert done.exit_code == 0, done.output
    notes = " ".join(json.loads(done.stdout)["notes"])
    assert ("1 does not say how the model was asked (an older version)" in notes) == noted
