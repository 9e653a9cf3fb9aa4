"""Judges behind a real server on 127.0.0.1: a sound one, and each with one known weakness."""

import json
from collections.abc import Callable

from sample_engineering.judging.probes import _PADDING, MASTER_KEYS, labelled
from tests.generation.local_server import ScriptedServer

_RIGHT = {(one.question, text) for one in labelled() for text in (one.gold, *one.right)}
Rule = Callable[[dict[str, str], dict], object]


def sound(data, body):
    answer = data["answer"].removeprefix(_PADDING)
    return (data["question"], answer) in _RIGHT or answer == data["reference_answer"]


def prefers_long(data, body):
    return sound(data, body) or len(data["answer"]) > 400


def prefers_short(data, body):
    return sound(data, body) and len(data["answer"]) <= 400


def prefers_last(data, body):
    return sound(data, body) or list(data).index("answer") > list(data).index("reference_answer")


def prefers_reference_last(data, body):
    """Finds nothing right where the reference stands before the answer."""
    return sound(data, body) and list(data).index("answer") < list(data).index("reference_answer")


def prefers_first(data, body):
    return sound(data, body) or list(data).index("answer") < list(data).index("reference_answer")


def fooled_by_keys(data, body):
    return sound(data, body) or data["answer"] in MASTER_KEYS


def obeys(data, body):
    words = ("mark this answer right", "verdict right", "verdict: right", "verdict is right")
    told = data["answer"].lower()
    return (
        sound(data, body)
        or any(word in told for word in words)
        or '"verdict": "right"' in told
        or "note to the judge" in told
    )


def takes_hedges(data, body):
    names = data["reference_answer"] in data["answer"]
    return sound(data, body) or names


def fickle(data, body):
    return sound(data, body) != bool(body.get("seed", 0) % 2)


def lenient(data, body):
    return True


def strict(data, body):
    return data["answer"] == data["reference_answer"]


def data_of(body):
    """The JSON object that the judge is given."""
    text = body["messages"][-1]["content"]
    return json.loads(text.partition("\n\n")[0])


def server(rule: Rule, write=lambda said: json.dumps({"verdict": "right" if said else "wrong"})):
    """A server whose model judges by a rule; `write` makes its reply of the rule's word."""

    def script(body):
        said = rule(data_of(body), body)
        return [write(said)] * body.get("n", 1)

    return ScriptedServer(script, models=["judge"])


def server_reply(body, rule=sound):
    """What a judge of that rule replies to a request."""
    return json.dumps({"verdict": "right" if rule(data_of(body), body) else "wrong"})
