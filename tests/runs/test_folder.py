"""One class writes a run folder and reads it again, whole, cut short or hostile."""

import json
from dataclasses import asdict, replace

import pytest

from sample_engineering.errors import RunError
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.runs import RunFolder
from sample_engineering.runs.config import RunConfig, UsedComponent
from sample_engineering.runs.format import MAIN
from sample_engineering.runs.protocol import protocol_of
from sample_engineering.runs.records import to_record
from tests.report.runs import DOMAINS, evaluation, metrics, rollouts, write_metrics, write_run


@pytest.fixture
def run(tmp_path):
    return write_run(tmp_path / "run", seeds=(0,), controls=False)


def test_what_was_written_is_read_back_by_attribute(run):
    folder = RunFolder.open(run)
    assert folder.problems == []
    assert folder.config.evaluation.domains == DOMAINS
    assert folder.config.recipe["lr"] == 1e-4
    assert list(folder.metrics) == metrics(MAIN, 0)
    assert folder.evaluations[SAMPLED][MAIN][0].table.equals(evaluation(
        (0.52, 0.55, 0.5, 0.48), seed=10, readable=0.95).table)  # fmt: skip
    assert folder.rollouts["step"].tolist() == [1, 1, 80, 80]
    assert folder.result.sampled.overall.n == 48
    assert folder.result.lifts.keys() == {SAMPLED}
    assert folder.result.protocol == folder.protocol
    assert folder.status.state == "finished"
    assert folder.status.message == folder.result.verdict


def test_a_wrong_line_is_named_by_its_place_and_the_others_are_kept(run):
    path = run / "metrics.jsonl"
    lines = path.read_text().splitlines()
    lines[11] = json.dumps(json.loads(lines[11]) | {"pass_rate": "high"})
    lines[12] = "[]"
    lines[13] = lines[13][:40]
    path.write_text("\n".join(lines) + "\n")
    folder = RunFolder.open(run)
    assert folder.problems == [
        "metrics.jsonl line 12: pass_rate is no number but 'high'",
        "metrics.jsonl line 13 holds no record",
        "metrics.jsonl line 14 is no JSON",
    ]
    assert [line.step for line in folder.metrics] == [*range(1, 12), *range(15, 81)]


def test_many_wrong_lines_are_counted_and_not_listed(run):
    (run / "metrics.jsonl").write_text('{"arm": 1}\n' * 10_000)
    problems = RunFolder.open(run).problems
    assert len(problems) < 10
    assert problems[-1] == "metrics.jsonl: 10000 of 10000 lines cannot be read"


def test_a_wrong_field_costs_that_field_only(run):
    path = run / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model": 3, "seeds": ["a"]}))
    folder = RunFolder.open(run)
    assert "config.json: model is no text but 3" in folder.problems
    assert "config.json: seeds[0] is no whole number but 'a'" in folder.problems
    assert folder.config.sample.id == "physics-position-0041"


def test_a_newer_format_is_said_to_be_one(run):
    path = run / "result.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99, "more": 1}))
    (problem,) = RunFolder.open(run).problems
    assert problem.startswith("result.json has format 99, which is newer than")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"format": ' + "9" * 5000 + "}", "null", '"x"', "\x00" * 1000]
)
@pytest.mark.parametrize("name", ["config.json", "result.json", "status.json", "metrics.jsonl"])
def test_hostile_json_is_a_problem_and_no_crash(run, name, text):
    (run / name).write_text(text)
    problems = RunFolder.open(run).problems
    assert problems
    assert all(len(problem) < 300 for problem in problems)


def test_an_evaluation_says_itself_whose_it_is(run, tmp_path):
    (run / "eval" / "after.parquet").rename(run / "eval" / "renamed.parquet")
    assert list(RunFolder.open(run).evaluations[SAMPLED]) == ["before", MAIN]


def test_a_copy_of_an_evaluation_does_not_count_as_another_seed(run):
    file = run / "eval" / "after.parquet"
    (run / "eval" / "copy.parquet").write_bytes(file.read_bytes())
    folder = RunFolder.open(run)
    assert len(folder.evaluations[SAMPLED][MAIN]) == 1
    assert folder.problems == [
        "eval/copy.parquet is left out: another file holds sample, seed 0, sampled"
    ]


def test_an_evaluation_lies_in_the_reading_that_it_is(run):
    folder = RunFolder(run)
    one = evaluation((0.6,) * 4, samples=1)
    greedy = replace(one, info={**one.info, "reading": "greedy"})
    folder.add_evaluation(greedy, MAIN)
    folder.close()
    assert (run / "eval" / "after-greedy.parquet").is_file()
    folder = RunFolder.open(run)
    assert folder.evaluation(MAIN, 0, GREEDY).table.equals(one.table)
    assert folder.evaluation(MAIN).rollouts == 4
    assert folder.evaluations[GREEDY].keys() == {MAIN}
    # A file whose name says otherwise is what it says itself.
    (run / "eval" / "after-greedy.parquet").replace(run / "eval" / "after.parquet")
    assert RunFolder.open(run).evaluation(MAIN) is None


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"sample": None}, True),
        ({"model": "another"}, True),
        ({"seeds": (7, 8)}, True),
        ({"recipe": {"name": "mine", "group_size": 64, "steps": 80, "lr": 1e-4, "note": ""}}, True),
        ({"recipe": {"group_size": 64, "steps": 40, "lr": 1e-4, "note": ""}}, False),
        ({"evaluation": {"rollouts": 8}}, False),
        ({"evaluation": {"seed": 1}}, False),
        ({"evaluation": {"readings": (GREEDY, SAMPLED)}}, False),
        ({"evaluation": {"readings": (GREEDY,), "rollouts": 8}}, False),
        ({"hashes": {"benchmark": "2" * 64}}, False),
        ({"hashes": {"sample": "2" * 64}}, True),
    ],
)
def test_the_protocol_is_how_it_was_trained_and_asked_and_nothing_else(run, change, same):
    config = RunFolder.open(run).config
    given = {
        name: value
        if name in ("recipe",) or not isinstance(value, dict)
        else replace(getattr(config, name), **value)
        for name, value in change.items()
    }
    other = replace(config, **given)
    assert (protocol_of(other).digest == protocol_of(config).digest) == same


def test_how_often_is_asked_says_nothing_of_what_is_asked_once(run):
    config = RunFolder.open(run).config
    once = [
        replace(config, evaluation=replace(config.evaluation, readings=(GREEDY,), rollouts=number))
        for number in (4, 8)
    ]
    assert len({protocol_of(one).digest for one in once}) == 1


def test_the_name_of_an_arm_cannot_leave_the_folder(run):
    with pytest.raises(RunError, match="cannot name a file"):
        RunFolder(run).add_evaluation(evaluation((0.5,) * 4), "../../outside")


def test_a_run_goes_on_with_the_same_settings_only(run):
    config = RunFolder.open(run).config
    RunFolder.reopen(run, config).close()
    with pytest.raises(RunError, match=r"made with another recipe \(lr\); give the same settings"):
        RunFolder.reopen(run, replace(config, recipe={**config.recipe, "lr": 1.0}))


def test_steps_that_will_be_written_again_are_forgotten(tmp_path):
    folder = RunFolder(tmp_path / "run")
    write_metrics(folder, metrics("sample", 0, steps=6) + metrics("other", 0, steps=6))
    place = folder.training("sample", 0)
    for step in (2, 6):
        (place.snapshot(step)).mkdir(parents=True)
    place.add_rollouts(rollouts(("a", "b"), [3, 4]))
    place.add_rollouts(rollouts(("a", "b"), [5, 6]))
    place.drop_after(4)
    assert [line.step for line in place.lines()] == [1, 2, 3, 4]
    assert [step for step, _ in place.snapshots] == [2]
    assert [part.stem for part in place.rollout_parts] == ["000003-000004"]
    assert len(folder.training("other", 0).lines()) == 6


def test_a_line_cut_short_by_a_crash_is_written_again(tmp_path):
    folder = RunFolder(tmp_path / "run").training("sample", 0)
    first, second, third = metrics("sample", 0, steps=3)
    folder.add_metrics(first)
    folder.add_metrics(second)
    folder.close()
    path = tmp_path / "run" / "training" / "sample.0" / "metrics.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    folder.add_metrics(third)
    folder.close()
    assert [line.step for line in folder.lines()] == [1, 3]


def test_the_components_of_other_packages_are_kept(tmp_path):
    from sample_engineering.registry import register, unregister
    from sample_engineering.runs.provenance import used_components

    register("reward", "brevity", "somewhere.else:brevity")
    try:
        used = used_components([("reward", "brevity"), ("reward", "correctness"), ("arm", "x")])
    finally:
        unregister("reward", "brevity")
    assert used == (UsedComponent("reward", "brevity", "", ""),)
    run = write_run(tmp_path / "run", seeds=(0,), controls=False)
    config = replace(RunFolder.open(run).config, components=used)
    (run / "config.json").write_text(json.dumps(to_record(config)))
    assert RunFolder.open(run).config.components == used
    assert isinstance(config, RunConfig)
    assert asdict(used[0])["kind"] == "reward"


def test_one_process_writes_at_a_time(run, tmp_path):
    old = RunFolder.open(run)
    config, inputs = old.config, old.read_inputs()
    first = RunFolder.create(tmp_path / "new", config, inputs)
    before = (tmp_path / "new" / "status.json").read_bytes()
    with pytest.raises(RunError, match=r"another process writes to .*new"):
        RunFolder.reopen(tmp_path / "new", config)
    assert (tmp_path / "new" / "status.json").read_bytes() == before
    first.close()
    RunFolder.reopen(tmp_path / "new", config).close()
