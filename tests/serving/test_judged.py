"""The reward server with a judge: rule in the workers, the judge for what they leave open."""

import httpx2
import pytest

import sample_engineering as se
from tests.judging import judges

Q = "What is conserved in every collision of an isolated system, elastic or not?"
GOLD, SAME, OTHER = "the total momentum", "total linear momentum", "the total kinetic energy"
ESSAY = "Because " + "it is so, and " * 60 + "no other way."


def asked(server, answers, golds):
    body = {
        "completions": [f"\\boxed{{{answer}}}" for answer in answers],
        "answer": golds,
        "problem": [Q] * len(golds),
    }
    return httpx2.post(f"{server.url}/reward", json=body, timeout=60)


@pytest.fixture(scope="module")
def sound():
    with judges.server(judges.sound) as server:
        yield server


def test_rule_and_judge_give_rewards_and_are_counted(sound):
    judge = f"judge@{sound.url}"
    with se.serve(port=0, workers=1, judge=judge) as server:
        answers = ["5", "4", SAME, OTHER, ":", "anything"]
        reply = asked(server, answers, ["4", "4", GOLD, GOLD, GOLD, ESSAY]).json()
        metrics = httpx2.get(f"{server.url}/metrics", timeout=60).text
    assert reply["rewards"] == [0, 1, 1, 0, 0, 0]
    by = [grade["rule"] == "judge" for grade in reply["grades"]]
    assert by == [False, False, True, True, False, True]
    assert 'se_decided_total{by="judge"} 3.0' in metrics


def test_a_judge_that_is_down_refuses_or_leaves_undecided():
    down = "judge@http://127.0.0.1:9/v1"
    with se.serve(port=0, workers=1, judge=down) as server:
        assert asked(server, [SAME], [GOLD]).status_code == 503
        assert asked(server, ["4"], ["4"]).json()["rewards"] == [1]
    options = {"down": "abstain"}
    with se.serve(port=0, workers=1, judge=down, judge_options=options) as server:
        reply = asked(server, [SAME, "4"], [GOLD, "4"]).json()
    assert reply["rewards"] == [None, 1]
    assert "undecided" in reply["grades"][0]["why"]
