"""Evaluations inside a validation: what was answered is kept until the evaluation is written."""

import pytest

pytest.importorskip("trl", reason="needs the extra 'train'")

from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.generation.transformers_engine import TransformersGenerator
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.measuring import Evaluator

from .plans import plan_for


class Stopped(Exception):
    pass


def test_an_evaluation_that_was_stopped_goes_on_with_the_items_that_are_left(
    random_folder, tmp_path, monkeypatch
):
    plan = plan_for(random_folder, tmp_path / "run", engine_options={"batch_tokens": 200})
    base = Arm(BEFORE, "")
    done = []

    def stop_soon(number):
        done.append(number)
        if len(done) == 20:
            raise Stopped

    with Evaluator(plan) as evaluator, pytest.raises(Stopped):
        evaluator.evaluate(base, None, SAMPLED, stop_soon)
    journal = RunFolder(plan.out, writes=False).answers_journal(BEFORE)
    assert len(journal.read_bytes().splitlines()) == 20

    asked = []
    stream = TransformersGenerator.stream

    def watched(self, prompts, sampling, **options):
        asked.extend(prompts)
        return stream(self, prompts, sampling, **options)

    monkeypatch.setattr(TransformersGenerator, "stream", watched)
    with Evaluator(plan) as evaluator:
        resumed = evaluator.evaluate(base, None, SAMPLED)
    assert len(asked) == len(plan.benchmark) - 20
    with Evaluator(plan_for(random_folder, tmp_path / "other")) as evaluator:
        whole = evaluator.evaluate(base, None, SAMPLED)
    columns = ["item", "sample_index", "correct"]
    assert resumed.table[columns].equals(whole.table[columns])

    folder = RunFolder.create(tmp_path / "written", plan.to_config(), plan.to_inputs())
    kept, other = (folder.answers_journal(BEFORE, reading=name) for name in (SAMPLED, GREEDY))
    kept.parent.mkdir(exist_ok=True)
    for journal in (kept, other):
        journal.write_text("")
    folder.add_evaluation(resumed, BEFORE)
    assert not kept.exists()  # what is written needs no journal
    assert other.exists()
    folder.close()
