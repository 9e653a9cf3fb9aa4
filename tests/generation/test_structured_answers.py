"""JSON of a given shape, from servers that enforce it and servers that do not."""

import json

import pytest

from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.structured import read_json, schema_problem, text_problem

from .local_server import ScriptedServer

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "integer"}},
    "required": ["answer"],
    "additionalProperties": False,
}
CHAT = [{"role": "user", "content": "What is 2 + 3?"}]


def test_a_server_with_json_schema_is_asked_once():
    def script(body):
        assert body["response_format"]["json_schema"]["schema"] == SCHEMA
        return '{"answer": 5}'

    with ScriptedServer(script) as server:
        generator = OpenAIGenerator(server.url, "m")
        ((item,),) = generator.generate([CHAT], Sampling(), schema=SCHEMA)
    assert json.loads(item.text) == {"answer": 5}
    assert generator.features.json_schema is True
    assert sum(server.asked.values()) == 1


def test_ignored_json_schema_is_noticed_and_the_schema_spelt_out():
    def script(body):
        return '{"answer": 5}' if "JSON schema" in body["messages"][-1]["content"] else "It is 5."

    with ScriptedServer(script) as server:
        generator = OpenAIGenerator(server.url, "m")
        ((item,),) = generator.generate([CHAT], Sampling(seed=1), schema=SCHEMA)
    assert json.loads(item.text) == {"answer": 5}
    assert generator.usage.faults == {"schema": 1}
    assert any("ignored json_schema" in note for note in generator.features.notes)


def test_refused_json_schema_is_left_out():
    def script(body):
        if "response_format" in body:
            return 400, {"error": {"message": "response_format is not supported"}}, {}
        return '```json\n{"answer": 5}\n```'

    with ScriptedServer(script) as server:
        generator = OpenAIGenerator(server.url, "m")
        ((item,),) = generator.generate([CHAT], Sampling(), schema=SCHEMA)
    assert read_json(item.text) == {"answer": 5}
    assert generator.features.json_schema is False


def test_a_model_that_never_obeys_is_asked_a_bounded_number_of_times():
    with ScriptedServer(lambda _: "no") as server:
        generator = OpenAIGenerator(server.url, "m")
        ((item,),) = generator.generate([CHAT], Sampling(), schema=SCHEMA)
    assert item.text == "no"
    assert sum(server.asked.values()) == 3


@pytest.mark.parametrize(
    "text",
    [
        '{"answer": 5}',
        '  {"answer": 5}\n',
        '```json\n{"answer": 5}\n```',
        '<think>{"answer": 4}?</think>{"answer": 5}',
        'Here it is: {"answer": 5}. Good luck!',
    ],
)
def test_json_is_found_in_what_models_write(text):
    assert read_json(text) == {"answer": 5}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "five",
        '{"answer": NaN}',
        '{"answer": -Infinity}',
        '{"answer": 1e999}',
        '{"answer": 1, "answer": 2}',
        '{"answer": 5',
        "[" * 5000 + "]" * 5000,
        "9" * 5000,
        '{"answer": "' + "x" * 300_000 + '"}',
    ],
)
def test_what_is_not_plain_json_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        read_json(text)
    assert text_problem(text, SCHEMA).startswith("not JSON")


def test_the_reason_names_the_place():
    nested = {"type": "object", "properties": {"a": {"type": "array", "items": SCHEMA}}}
    assert schema_problem({"a": [{"answer": "x"}]}, nested).startswith("a/0/answer: ")
    assert schema_problem({"a": [{"answer": 1}]}, nested) is None
