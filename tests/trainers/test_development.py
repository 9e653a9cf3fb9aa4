"""A training is watched on a few development items, and goes the same way whether or not."""

import json
from contextlib import contextmanager

import pytest

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.evaluation import evaluate
from sample_engineering.evaluation.development import watched_items
from sample_engineering.generation.transformers_engine import TransformersGenerator
from sample_engineering.grading import extract
from sample_engineering.runs import RunFolder
from sample_engineering.runs.records import to_record
from sample_engineering.runs.training_folder import TrainingFolder
from sample_engineering.trainers.development import Development
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import RECIPE, plan_for
from tests.trainers.tiny import random_model, tokenizer


def validate(model, out, benchmark=None, **changes):
    notices = []
    own = {} if benchmark is None else {"benchmark": benchmark}

    def told(event):
        if event.stage == "notice":
            notices.append(event.message)

    result = run_validation(plan_for(model, out, recipe=RECIPE.with_(**changes), **own), told)
    return result.trainings[0], RunFolder.open(out), notices


def measured(folder):
    lines = [to_record(line) for line in folder.metrics]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def test_a_training_goes_the_same_way_whether_it_is_watched_or_not(taught_folder, tmp_path):
    watched, with_looks, notices = validate(taught_folder, tmp_path / "watched")
    unwatched, without, _ = validate(taught_folder, tmp_path / "unwatched", watch_items=0)
    assert measured(with_looks) == measured(without)
    assert [point.step for point in watched.development] == [1, 2, 4, 8]
    assert unwatched.development == ()
    assert {point.items for point in watched.development} == {12}
    assert not any("development" in text for text in notices)
    record = json.loads((with_looks.path / "result.json").read_text())
    assert record["trainings"][0]["development"][0]["step"] == 1
    assert with_looks.result.trainings[0].development == watched.development


def what_it_says(model):
    """The sums with the answers that a model gives, so that it has all of them right."""
    asked = plan_for(model, "nowhere").benchmark
    generator = TransformersGenerator(str(model), device="cpu")
    texts = evaluate(generator, asked, greedy=True).table["completion"]
    said = [extract(text).answers for text in texts]
    items = [
        item.with_(answer=answers[-1])
        for item, answers in zip(asked.items, said, strict=True)
        if answers
    ]
    return asked.with_(items=items)


def test_a_training_that_takes_away_what_the_model_had_is_warned_of(taught_folder, tmp_path):
    known = what_it_says(taught_folder)
    training, folder, notices = validate(taught_folder, tmp_path / "run", known, lr=0.05)
    assert training.development[-1].alarming
    told = [text for text in notices if "development items has fallen" in text]
    assert len(told) == 1
    assert "lower `lr`" in told[0]
    assert any("development items has fallen" in text for text in folder.result.warnings)


def test_too_few_items_are_not_asked(taught_folder, tmp_path):
    training, _, _ = validate(taught_folder, tmp_path / "run", watch_items=6)
    assert training.development == ()


def test_the_number_of_items_is_checked():
    with pytest.raises(ConfigError, match="`watch_items` must be at least 0"):
        Recipe(watch_items=-1)


def watcher(tmp_path, model, **changes):
    asked = plan_for("none", tmp_path / "run").benchmark
    items = asked.with_(items=watched_items(asked, 12))
    told = []
    folder = TrainingFolder(tmp_path, "sample", 0)
    made = Development(
        **{
            "benchmark": items, "steps": 8, "folder": folder, "model": model,
            "tokenizer": tokenizer(), "ranks": Ranks(), "tell": told.append, **changes,
        }
    )  # fmt: skip
    return made, told


def test_where_it_cannot_look_the_training_goes_on_unwatched(tmp_path):
    calls = []

    @contextmanager
    def broken():
        calls.append(1)
        if len(calls) > 1:
            raise RuntimeError("out of\nmemory")
        yield random_model()

    one, told = watcher(tmp_path, broken)
    one.begin(0)
    for step in range(1, 9):
        one.after(step, last=step == 8)
    assert len(calls) == 2
    assert one.points == []
    (text,) = told
    assert "not watched" in text
    assert "out of memory" in text
    assert "`watch_items`=0" in text


def test_a_training_that_goes_on_knows_what_was_seen(tmp_path):
    @contextmanager
    def model():
        yield random_model()

    one, _ = watcher(tmp_path, model)
    one.begin(0)
    for step in (1, 2, 3):
        one.after(step, last=False)
    assert [point.step for point in one.points] == [1, 2]
    again, _ = watcher(tmp_path, model)
    assert again.points == one.points
    again.after(4, last=False)
    assert [point.step for point in again.points] == [1, 2, 4]
    folder = TrainingFolder(tmp_path, "sample", 0)
    folder.drop_after(1)
    assert list(folder.looks()) == [0, 1]


def test_a_training_that_began_unwatched_stays_so(tmp_path):
    @contextmanager
    def model():
        raise AssertionError
        yield

    one, told = watcher(tmp_path, model)
    one.begin(5)  # of a resumed training: this is not the base model
    one.after(8, last=True)
    assert one.points == []
    assert told == []


def test_damaged_looks_are_named(tmp_path):
    folder = TrainingFolder(tmp_path, "sample", 0)
    folder.add_look(0, {"a": True})
    place = folder.path / "development.jsonl"
    place.write_text(place.read_text() + '{"step": 2, "ri')  # cut short by a crash
    assert folder.looks() == {0: {"a": True}}
    place.write_text("[1]\n")
    with pytest.raises(RunError, match=r"development.jsonl is damaged .*remove it"):
        folder.looks()


def test_each_process_asks_its_share_and_all_know_the_whole(tmp_path):
    @contextmanager
    def model():
        yield random_model()

    whole, _ = watcher(tmp_path / "whole", model)
    whole.begin(0)
    shares = []
    for rank in range(3):

        class Alone(Ranks):
            def gather(self, value):
                shares.append(value)
                return [value]

        one, _ = watcher(tmp_path / str(rank), model, ranks=Alone(rank, 3))
        one.begin(0)
    joined = {name: right for share in shares for name, right in share.items()}
    assert joined == whole._before
    assert [len(share) for share in shares] == [4, 4, 4]
