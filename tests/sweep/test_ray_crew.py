"""A sweep on a Ray cluster of three nodes on this machine, one of which is killed."""

import json
import os
import sys
import threading

import pytest

from sample_engineering.errors import ConfigError
from sample_engineering.sweep.loop import run_sweep
from sample_engineering.sweep.ray_crew import RayCrew
from tests.sweep.plans import plan

ray = pytest.importorskip("ray")


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    """A head without room for trainings, and two nodes for one training each."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    nodes = [made.add_node(num_cpus=1) for _ in range(2)]
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    yield made, nodes
    ray.shutdown()
    made.shutdown()


@pytest.mark.slow
def test_a_node_that_is_killed_costs_no_training_and_none_is_done_twice(
    cluster, taught_folder, tmp_path, monkeypatch
):
    made, nodes = cluster
    monkeypatch.setattr(sys.modules[run_sweep.__module__], "_AFTER_A_LOSS", 2.0)
    out = tmp_path / "sweep"
    sweep = plan(taught_folder, out, top=3, seeds=[0], steps=4)
    killed, over = [], threading.Event()

    def kill():
        """Kill a node once both have a job, and one of them has trained a step."""
        while not over.wait(0.05):
            busy = list(out.glob("runs/*/.piece-sample.0.log"))
            trained = list(out.glob("runs/*/training/sample.0/metrics.jsonl"))
            if len(busy) >= 2 and trained:
                made.remove_node(nodes[1], allow_graceful=False)
                killed.append(True)
                return

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        result = run_sweep(sweep, RayCrew(made.address, gpus=0.0))
    finally:
        over.set()
        thread.join()
    assert killed
    assert [one.state for one in result.entries] == ["validated"] * 3, result.to_record()
    assert result.lost >= 1, "the loss was noticed"
    for place in (out / "runs").iterdir():
        steps = [json.loads(line) for line in (place / "metrics.jsonl").read_text().splitlines()]
        assert [one["step"] for one in steps] == [1, 2, 3, 4], "no step is done twice"


@pytest.mark.slow
def test_a_cluster_without_room_is_said(cluster, taught_folder, tmp_path):
    made, _ = cluster
    sweep = plan(taught_folder, tmp_path / "sweep", top=1, seeds=[0])
    with pytest.raises(ConfigError, match="never has 64 CPU"):
        run_sweep(sweep, RayCrew(made.address, cpus=64.0))


def test_a_cluster_that_is_not_there_is_said(monkeypatch):
    with pytest.raises(ConfigError, match="cannot be reached"), RayCrew("ray://127.0.0.1:1"):
        pass
