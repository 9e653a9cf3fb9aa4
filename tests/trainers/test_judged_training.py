"""A training whose rewards a judge gives, from the sample to the page."""

import json
import re

import pandas

import sample_engineering as se
from sample_engineering.report import render_page
from sample_engineering.sample import Sample
from sample_engineering.trainers.validation import run_validation
from tests.generation.local_server import ScriptedServer
from tests.judging.judges import data_of
from tests.trainers.plans import RECIPE, plan_for
from tests.trainers.tiny import problem

# No rule reads this as a number, so whatever is in the box goes to the judge.
SPELLED = "three, as a digit or in words"


def test_a_judge_gives_the_rewards_and_the_page_says_for_how_many(taught_folder, tmp_path):
    def script(body):
        told = data_of(body)
        assert told["reference_answer"] == SPELLED
        return json.dumps({"verdict": "right" if told["answer"] == "3" else "wrong"})

    with ScriptedServer(script, models=["judge"]) as server:
        recipe = RECIPE.with_(
            group_size=16, micro_batch=8, reward="hybrid", judge=f"judge@{server.url}"
        )
        plan = plan_for(
            taught_folder,
            tmp_path / "run",
            steps=2,
            recipe=recipe,
            sample=Sample("1+2", problem(1, 2), SPELLED),
            controls="none",
        )
        (training,) = run_validation(plan).trainings
        asked = {data_of(body)["answer"] for body in server.bodies}
        assert len(server.bodies) == len(asked)  # equal answers once
    assert 0 < training.first_pass_rate < 1
    assert training.progress.informative_steps == 2
    assert training.judged > 8
    assert training.abstained == 0
    run = se.open_run(tmp_path / "run")
    rows = run.folder.rollouts
    assert isinstance(rows, pandas.DataFrame)
    judged = rows[rows["decided_by"] == "judge"]
    assert (judged["correct"] == (judged["extracted"].str.strip() == "3")).all()
    assert sum(line.judged for line in run.folder.metrics) == training.judged
    page = render_page(run)
    cells = page.partition('id="who-decided"')[2].partition("</table>")[0]
    assert str(training.judged) in re.sub("<[^>]*>", " ", cells).split()
