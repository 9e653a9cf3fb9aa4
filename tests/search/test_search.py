"""Searches with real trainings of a tiny model, killed and resumed, and what is refused."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.commands.whole_work import of_search, of_validation
from sample_engineering.errors import ConfigError, PoolError, RunError
from sample_engineering.search.loop import run_search
from sample_engineering.search.plan import split_items
from tests.trainers.tiny import sums

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "max_tokens": 16,
    "group_size": 16,
    "micro_batch": 16,
    "lr": 3e-4,
    "template": "plain",
    "save_every": 1,
}
POOL = sums()[1:9]


def plan(model, out, pool=POOL, **changes):
    """A search on sums: trials of two steps, four items a trial."""
    asked = {
        "benchmark": se.Benchmark("sums", sums(), template="plain", max_tokens=16),
        "recipe": "microcosm",
        "settings": SMALL,
        "device": "cpu",
        "steps": 2,
        "per_domain": 2,
        "budget": 10,
    }
    made = se.plan_search(pool, model=str(model), out=out, **asked | changes)
    # One process for all of them: the tests of processes are the trainer's.
    confirmation = made.confirmation and replace(made.confirmation, inline=True)
    return replace(made, trials=replace(made.trials, inline=True), confirmation=confirmation)


def lines(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def searched(taught_folder, tmp_path_factory):
    """A finished search, which no test changes."""
    out = tmp_path_factory.mktemp("searched") / "search"
    told = []
    return run_search(plan(taught_folder, out), told.append), told


@pytest.mark.slow
def test_a_search_tries_learns_and_confirms(searched):
    result, told = searched
    assert [one.number for one in result.trials] == [1, 2, 3]
    assert result.steps == 10 == result.plan.budget
    assert result.trials[0].id == result.plan.candidates[0].id, "the ranking's first comes first"
    assert len({(one.id, one.seed) for one in result.trials}) == 3
    found = result.confirmed
    assert found.id == result.chosen.id == result.trials[-1].chosen
    assert not set(found.seeds) & {one.seed for one in result.trials}
    assert found.ci_low <= found.lift <= found.ci_high
    assert found.lift == pytest.approx(found.after - found.before)
    trials, confirmed = (
        part.benchmark.items for part in (result.plan.trials, result.plan.confirmation)
    )
    assert not {item.id for item in trials} & {item.id for item in confirmed}
    assert [event.message for event in told if event.message.startswith("trial 1:")]


@pytest.mark.slow
def test_its_folder_says_all_of_it(searched):
    result, _ = searched
    folder = result.folder
    record = json.loads((folder / "search.json").read_text())
    assert record["confirmed"]["lift"] == pytest.approx(result.confirmed.lift)
    assert record["chosen"]["id"] == result.chosen.id
    assert [one["id"] for one in record["trials"]] == [one.id for one in result.trials]
    assert se.Sample.from_dict(json.loads((folder / "chosen.json").read_text())) == result.chosen
    for one in (*result.trials, *result.confirmations):
        assert se.open_run(folder / one.run).sample_id == one.id
    assert result.next_command == f"se validate {folder / 'chosen.json'}"
    assert se.plan_validation(folder / "chosen.json").sample == result.chosen
    assert result.sentence in repr(result)
    assert len(result.to_pandas()) == 3


@pytest.mark.slow
def test_the_whole_search_is_counted_as_it_goes_and_when_it_goes_on(searched, tmp_path):
    result, told = searched
    plan = result.plan
    job = of_search(plan, resume=False)
    shares = []
    for event in told:
        if event.stage in ("train", "evaluate"):
            piece = (event.stage, event.arm, event.seed, event.reading)
            job.count(piece, event.reading or event.stage, event.done)
            shares.append(job.share)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert of_search(plan, resume=True).share == 1.0
    assert of_search(plan, resume=True).left == 0.0
    folder = tmp_path / "search"
    folder.mkdir()
    whole = (result.folder / "journal.jsonl").read_text().splitlines(keepends=True)
    (folder / "journal.jsonl").write_text(whole[0] + whole[1][:20])
    begun = of_search(replace(plan, out=folder), resume=True)
    assert 0.3 < begun.share < 0.8
    assert begun.left is None, "how fast it goes is not known yet"


@pytest.mark.slow
def test_a_run_that_goes_on_counts_what_its_folder_holds(searched, tmp_path):
    result, _ = searched
    first = result.trials[0]
    sample = next(one for one in result.plan.candidates if one.id == first.id)
    out = shutil.copytree(result.folder / first.run, tmp_path / "run")
    plan = replace(result.plan.trials, sample=sample, seeds=(first.seed,), out=out, piece=None)
    assert of_validation(plan).share == 0.0
    plan = replace(plan, resume=True)
    assert of_validation(plan).share == 1.0
    for file in (out / "eval").glob("after-*"):
        file.unlink()
    rest = of_validation(plan)
    assert rest.share == pytest.approx(0.4), "the base model was asked four items, of ten units"
    rest.count("training", "train", 0)
    rest.count("training", "train", plan.recipe.steps)
    rest.count("evaluation", plan.headline, 0)
    rest.count("evaluation", plan.headline, len(plan.benchmark))
    assert rest.share == 1.0
    assert of_validation(replace(plan, piece=("sample", first.seed))) is None


@pytest.mark.slow
def test_the_base_model_is_evaluated_once_for_all_trials(searched):
    result, told = searched
    bases = [event for event in told if event.stage == "evaluate" and event.arm == "before"]
    items = {event.total for event in bases}
    assert items == {len(p.benchmark) for p in (result.plan.trials, result.plan.confirmation)}
    assert sum(event.done == event.total for event in bases) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0, 1, 3])
def test_a_search_that_was_cut_short_ends_alike_and_trains_nothing_twice(searched, tmp_path, kept):
    """The journal lacks its last lines, as after a kill between a training and its line."""
    result, _ = searched
    folder = tmp_path / "search"
    shutil.copytree(result.folder, folder)
    (folder / "search.json").unlink()
    journal = folder / "journal.jsonl"
    whole = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(whole[:kept]) + whole[kept][:20])  # and half of a line
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/*/result.json")}
    again = se.search(resume=folder)
    assert [replace(one, run="") for one in again.trials] == [
        replace(one, run="") for one in result.trials
    ]
    assert again.confirmations == result.confirmations
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*/result.json")} == before
    assert lines(folder) == lines(result.folder)


@pytest.mark.slow
def test_a_killed_search_goes_on(taught_folder, tmp_path):
    pool, out = tmp_path / "sums.jsonl", tmp_path / "search"
    pool.write_text("".join(json.dumps(item.to_dict()) + "\n" for item in sums()))
    settings = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]
    started = subprocess.Popen(
        [
            *(sys.executable, "-m", "sample_engineering", "search", str(pool), "--budget", "4"),
            *("--steps", "2", "--per-domain", "1", "--confirm", "0", "--device", "cpu"),
            *("--model", str(taught_folder), "--benchmark", str(pool), "--recipe", "microcosm"),
            *("--out", str(out), *settings),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while not (out / "journal.jsonl").exists() or not lines(out):
        assert started.poll() is None
        time.sleep(0.1)
    first = lines(out)
    os.kill(started.pid, signal.SIGKILL)
    started.wait()
    done = CliRunner().invoke(app, ["search", "--resume", str(out), "--format", "json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found == {
        k: v for k, v in json.loads((out / "search.json").read_text()).items() if k != "format"
    }
    assert found["trials"][:1] == first
    assert len(found["trials"]) == 2
    assert found["steps"] <= 4
    assert found["confirmed"] is None


@pytest.mark.slow
def test_what_teaches_nothing_is_tried_once_and_never_chosen(taught_folder, tmp_path):
    """Their answers are out of reach: every group is dead, and a trial ends after a step."""
    hopeless = [sample.with_(answer="77") for sample in POOL[:3]]
    out = tmp_path / "search"
    result = run_search(
        plan(taught_folder, out, hopeless, steps=4, budget=20, settings={**SMALL, "dead_stop": 1})
    )
    assert sorted(one.id for one in result.trials) == sorted(one.id for one in hopeless)
    assert not any(one.trained for one in result.trials)
    assert result.steps == 3, "the early ends are not charged"
    assert result.chosen is None
    assert result.confirmations == ()
    assert "taught the model anything" in result.sentence
    assert not (out / "chosen.json").exists()


@pytest.mark.slow
def test_composed_candidates_are_let_in_when_half_of_the_trials_are_made(taught_folder, tmp_path):
    asked = plan(
        taught_folder, tmp_path / "search", compose=2, budget=8, confirm=0, target="physics"
    )
    assert len(asked.composed) >= 2
    result = run_search(asked)
    entries = lines(result.folder)
    places = [place for place, entry in enumerate(entries) if "let_in" in entry]
    assert places == [2], "after two of four trials"
    assert set(entries[2]["let_in"]) == set(result.let_in) <= asked.composed
    assert len(result.let_in) == 2
    assert not any(one.composed for one in result.trials[:2])


def test_a_plan_says_what_it_will_do_and_writes_nothing(random_folder, tmp_path):
    made = plan(random_folder, tmp_path / "search", budget=21)
    assert (made.most_trials, made.confirm_steps) == (8, 4)
    assert len(made.trials.benchmark.domains) == 2
    assert made.trials.recipe.watch_items == 0
    assert made.trials.readings == made.confirmation.readings == ("greedy",)
    assert "8 trials of 2 steps within 21" in repr(made)
    assert not (tmp_path / "search").exists()
    assert any("items of the benchmark: 8" in note for note in made.notes)


def test_items_are_parted_by_domain_and_none_twice():
    whole = se.Benchmark("sums", sums())
    first, second = split_items(whole, items=3, seed=0)
    ids = [{item.id for item in part.items} for part in (first, second)]
    assert not ids[0] & ids[1]
    assert [len(part) for part in (first, second)] == [6, 12]
    assert {item.id for item in split_items(whole, items=3, seed=1)[0].items} != ids[0]
    few = se.Benchmark("few", sums()[:2])
    with pytest.raises(ConfigError, match="`confirm` needs items that no trial has seen"):
        split_items(few.with_(items=[*sums()[:1], *sums()[-1:]]), items=1, seed=0)


def test_what_cannot_be_graded_is_left_out_and_told(random_folder, tmp_path):
    odd = POOL[0].with_(id="odd", answer="\\frac{", kind="number")
    made = plan(random_folder, tmp_path / "search", [*POOL, odd])
    assert "odd" not in {sample.id for sample in made.candidates}
    assert any("cannot be trained on: 1 candidate" in note for note in made.notes)
    with pytest.raises(PoolError, match="no candidate can be trained on"):
        plan(random_folder, tmp_path / "search", [odd])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"confirm": 3, "budget": 16},
            r"`confirm` 3 is more than can be tried: 2 trials .* 2 at most",
        ),
        ({"budget": 5}, r"`budget` 5 is too small: a trial and 2 confirming runs .* take 6"),
        ({"budget": 0}, "`budget` is 0; give 1 or more"),
        ({"steps": 0}, "`steps` is 0"),
        ({"confirm": -1}, "`confirm` is -1"),
        ({"compose": 1, "budget": 6}, "`compose` would be ignored: there is one trial"),
        ({"settings": {"steps": 3}}, "`settings` would set steps .* give `steps`"),
        ({"group_by": "split"}, "`group_by` would be ignored"),
        ({"resume": "x"}, "would be ignored: `resume` takes everything"),
        ({"target": "astrology"}, "astrology"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_made(
    random_folder, tmp_path, changes, message
):
    with pytest.raises(ConfigError, match=message):
        plan(random_folder, tmp_path / "search", **changes)
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_none_are_refused(random_folder, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    with pytest.raises(RunError, match=r"not an empty folder; go on .* with `resume`"):
        plan(random_folder, tmp_path / "full")
    with pytest.raises(RunError, match="no search at"):
        se.plan_search(resume=tmp_path)
    with pytest.raises(ConfigError, match="`pool` is missing"):
        se.plan_search()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("plan.json", "{", "plan.json is damaged"),
        ("plan.json", '{"format": 9}', "has format 9"),
        ("plan.json", '{"format": 1, "confirm": 0}', "plan.json is damaged"),
        ("journal.jsonl", '{"number": "x"}\n', "is no whole number but 'x'"),
        ("journal.jsonl", "nonsense\n", "journal.jsonl is damaged"),
        ("journal.jsonl", '{"let_in": ["nobody"]}\n', "names candidates that there are not"),
    ],
)
def test_a_damaged_folder_is_an_error_that_says_where(searched, tmp_path, file, text, message):
    folder = tmp_path / "search"
    shutil.copytree(searched[0].folder, folder)
    (folder / "search.json").unlink()
    (folder / file).write_text(text)
    with pytest.raises(RunError, match=message):
        se.search(resume=folder)


@pytest.mark.slow
def test_a_finished_search_is_not_begun_again(searched):
    with pytest.raises(RunError, match="is finished"):
        se.search(resume=searched[0].folder)


def test_a_dry_run_prints_the_plan_and_writes_nothing(random_folder, tmp_path):
    pool = tmp_path / "sums.jsonl"
    hostile = sums()[0].with_(id="[red]\x1b[2Jx")
    pool.write_text("".join(json.dumps(item.to_dict()) + "\n" for item in [hostile, *sums()[1:]]))
    asked = [
        *("search", str(pool), "--model", str(random_folder), "--benchmark", str(pool)),
        *("--recipe", "microcosm", "--device", "cpu", "--dry-run", "--set", "template=plain"),
        *("--set", "max_tokens=16", "--per-domain", "2", "--out", str(tmp_path / "search")),
    ]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert "at most 18 trials of 10 steps" in " ".join(done.output.split())
    assert "\x1b[2J" not in done.output
    found = CliRunner().invoke(app, [*asked, "--format", "json"])
    assert len(json.loads(found.stdout)["candidates"]) == 25
    assert sorted(tmp_path.iterdir()) == [pool]
