"""What a warm start and a way of sampling took stands beside what the training took."""

import json
from dataclasses import replace

from sample_engineering.evaluation.readings import READINGS, SAMPLED, SPENT_KEY
from sample_engineering.report import Run
from sample_engineering.report.conditions import condition_of, method_of, without_algorithm
from sample_engineering.report.facts import facts
from sample_engineering.runs.result import WarmStart
from tests.report.runs import write_run

WARM = WarmStart("primitives", 512, 17, 34_503, 5, 10, 20, 10_040)


def _run(tmp_path):
    return Run.open(write_run(tmp_path / "run", readings=READINGS), resamples=100)


def test_a_warm_start_is_counted_and_the_base_stays_the_base(tmp_path):
    run = _run(tmp_path)
    assert "warm start" not in dict(facts(run))
    first, *others = run.findings.trainings
    run.findings.trainings = (replace(first, warm_start=WARM), *others)
    told = dict(facts(run))["warm start"]
    assert "20 steps on 5 texts with 10 reasoning primitives (10,040 tokens learnt)" in told
    assert "512 rollouts of the base model (34,503 tokens), 17 right" in told
    assert told.endswith("The base of every lift is the model that was not warmed up")
    none = replace(WARM, right=0, texts=0, primitives=0, steps=0, trained_tokens=0)
    run.findings.trainings = (replace(first, warm_start=none), *others)
    assert "nothing to warm up on in 512 rollouts" in dict(facts(run))["warm start"]


def test_what_power_sampling_drew_stands_beside_what_the_training_took(tmp_path):
    run = _run(tmp_path)
    assert "tokens" not in dict(facts(run))
    arms = run.findings.evaluations[SAMPLED]
    before = arms["before"][0]
    arms["power-sampling"] = [replace(before, info={**before.info, SPENT_KEY: 405.2})]
    told = dict(facts(run))["tokens"]
    lines = [line for line in run.folder.metrics if line.arm == "sample"]
    seeds = {line.seed for line in lines}
    spent = sum(line.length * line.rollouts for line in lines) / len(seeds)
    assert told.startswith("power-sampling drew 405 for each answer, the trained model ")
    assert told.endswith(f"after {spent:,.0f} tokens of rollouts in each training")


def test_methods_are_set_beside_each_other_and_named(tmp_path):
    plain = write_run(tmp_path / "plain")
    warm = write_run(tmp_path / "warm")
    record = json.loads((warm / "config.json").read_text())
    record["recipe"] |= {"warm_start": "primitives", "warm_steps": 7, "reward": "concise"}
    (warm / "config.json").write_text(json.dumps(record))
    first, second = (Run.open(folder, resamples=100) for folder in (plain, warm))
    assert method_of(first) == "grpo"
    assert method_of(second) == "grpo + warm_start primitives + reward concise"
    one, two = (condition_of(run, SAMPLED) for run in (first, second))
    assert one.differences(two)  # they are not pooled
    alike = without_algorithm(one, first), without_algorithm(two, second)
    assert not alike[0].differences(alike[1])  # and they are compared
