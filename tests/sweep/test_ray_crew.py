"""A sweep on a Ray cluster of three nodes on this machine, one of which is killed."""

import json
import sys
import threading

import pytest

import sample_engineering as se
from sample_engineering.cluster import Share
from sample_engineering.errors import ConfigError
from sample_engineering.sweep.loop import run_sweep
from sample_engineering.sweep.ray_crew import RayCrew
from sample_engineering.trainers.interrupts import TrainingInterrupted
from tests.sweep.plans import HereCrew, plan

STEPS = [1, 2, 3]


@pytest.mark.slow
def test_a_node_that_is_killed_costs_no_training_and_none_is_done_twice(
    ray_nodes, taught_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(sys.modules[run_sweep.__module__], "_AFTER_A_LOSS", 2.0)
    out = tmp_path / "sweep"
    with pytest.raises(TrainingInterrupted):  # the base model is evaluated, and no more
        run_sweep(
            plan(taught_folder, out, top=2, seeds=[0], steps=len(STEPS)), HereCrew(stops_after=1)
        )
    killed, over = [], threading.Event()

    def kill():
        """Kill a node once both have a job, and one of them has trained a step."""
        while not over.wait(0.05):
            busy = list(out.glob("runs/*/.piece-sample.0.log"))
            trained = list(out.glob("runs/*/training/sample.0/metrics.jsonl"))
            if len(busy) >= 2 and trained:
                ray_nodes.kill_one()
                killed.append(True)
                return

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        crew = RayCrew(Share(ray_nodes.address, gpus=0.0))
        result = run_sweep(se.plan_sweep(resume=out, device="cpu"), crew, resume=True)
    finally:
        over.set()
        thread.join()
    assert killed
    assert [one.state for one in result.entries] == ["validated"] * 2, result.to_record()
    assert result.lost >= 1, "the loss was noticed"
    for place in (out / "runs").iterdir():
        steps = [json.loads(line) for line in (place / "metrics.jsonl").read_text().splitlines()]
        assert [one["step"] for one in steps] == STEPS, "no step is done twice"


def test_a_cluster_without_room_is_said_before_anything_is_done(ray_nodes, tmp_path):
    with (
        pytest.raises(ConfigError, match="never has 64 CPU"),
        RayCrew(Share(ray_nodes.address, cpus=64.0)),
    ):
        pass
