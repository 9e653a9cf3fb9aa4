"""Skills named by a model, and their agreement with the built-in tagger on composed problems."""

import json

import pytest

from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.sample import Sample
from sample_engineering.skills import tag
from sample_engineering.skills.llm_tagger import agreement, tag_with_model
from sample_engineering.synthesis import compose
from tests.generation.local_server import ScriptedServer

# What a tagging model of little wit would go by.
WORDS = {
    "molar mass": "molar_mass",
    "J/mol": "enthalpy",
    "kJ": "enthalpy",
    "specific heat": "heat_capacity",
    "power": "electric_power",
    "percent": "percentage",
}


def by_words(body):
    text = body["messages"][-1]["content"].split("The problem as JSON data: ")[1]
    return json.dumps({"skills": sorted({s for word, s in WORDS.items() if word in text})})


def test_reads_skills_and_drops_unknown_ones():
    # A server that does not enforce the schema: an unknown name is asked again, then dropped.
    with ScriptedServer(lambda _: '{"skills": ["molar_mass", "juggling"]}') as server:
        found = tag_with_model_once(OpenAIGenerator(server.url, "m"), 0)
    assert found == [{"molar_mass": 1.0}]


def tag_with_model_once(generator, number):
    return tag_with_model(generator, [Sample(str(number), "What is the molar mass?", "1")])


def test_an_unreadable_answer_is_none():
    with ScriptedServer(lambda _: "no idea") as server:
        assert tag_with_model_once(OpenAIGenerator(server.url, "m"), 0) == [None]


def test_agreement_on_composed_problems():
    samples = list(compose(["physics", "chemistry"], n=10, seed=3))
    with ScriptedServer(by_words) as server:
        named = tag_with_model(OpenAIGenerator(server.url, "m"), samples)
    found = agreement([tag(s.problem, s.solution) for s in samples], named)
    assert found.samples == 10
    assert 0 < found.recall < found.precision <= 1
    assert 0 < found.kappa < 1


def test_agreement_of_a_tagging_with_itself_is_whole():
    tags = [{"molar_mass": 1.0, "enthalpy": 0.9}, {"percentage": 1.0}]
    found = agreement(tags, tags)
    assert (found.f1, found.jaccard, found.kappa) == (1, 1, pytest.approx(1))
    apart = agreement(tags, [{"halving": 1.0}, None])
    assert (apart.samples, apart.unread, apart.f1) == (1, 1, 0)
