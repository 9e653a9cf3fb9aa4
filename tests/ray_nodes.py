"""One small Ray cluster on this machine, shared by all tests of a session that ask for it."""

import os

import pytest


class Nodes:
    """A head without room for tasks, and two nodes for one each.

    Parameters
    ----------
    cluster : ray.cluster_utils.Cluster
    """

    def __init__(self, cluster):
        self._cluster = cluster
        self.address = cluster.address
        self._nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]

    def kill_one(self):
        """Kill a node with all that runs on it."""
        self._cluster.remove_node(self._nodes.pop(), allow_graceful=False)

    def complete(self):
        """Have two nodes again."""
        while len(self._nodes) < 2:
            self._nodes.append(self._cluster.add_node(num_cpus=1))


@pytest.fixture(scope="session")
def ray_cluster():
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("PYTHONPATH", os.getcwd())
        cluster = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
        )
        nodes = Nodes(cluster)
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield nodes
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture
def ray_nodes(ray_cluster):
    """The cluster, which this process has joined, with both nodes."""
    ray_cluster.complete()
    return ray_cluster
