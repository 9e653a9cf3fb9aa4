"""Whoever makes a prompt of a problem shows its images, or refuses in one sentence."""

import inspect

import pytest

from sample_engineering.audit.solutions import _prompt as audited
from sample_engineering.errors import SampleEngineeringError
from sample_engineering.evaluation import Benchmark
from sample_engineering.evaluation.evaluate import build_prompts
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.prompts import Question, for_tokenizer, has_images, render
from sample_engineering.generation.vision import images_in
from sample_engineering.harnesses.offered import offered
from sample_engineering.sample import Sample
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.preflight.trial import Question as Asked
from sample_engineering.trainers.preflight.trial import _tokenizer
from sample_engineering.trainers.recipes import load_recipe, override
from sample_engineering.trainers.settings import training_rows
from sample_engineering.trainers.warm_start import WARM_STARTS, warm_start_fault
from sample_engineering.trainers.warm_start.supervised import Text, rows_of
from sample_engineering.trainers.warm_start.warming import Rollouts, chosen
from tests.vision.tiny_vision import SIZE, processor, sample

CHAT = Protocol(template="chat")
RECIPE = load_recipe("microcosm").with_(template="chat", max_tokens=6)
SEEN = sample("red")
WORDS = Sample("words", "which colour is it ?", "red", kind="text")


def _offered(one):
    return [turn.prompt for turn in offered(Benchmark("seen", [one], template="chat"))]


def _warmed(one):
    recipe = override(RECIPE, {"warm_start": "critiques"})
    found = Rollouts(("so",), (False,), (0,), 1)
    texts = chosen(Arm("a", samples=(one,)), recipe, found)
    rows_of(texts, recipe, processor().tokenizer)
    return [CHAT.prompt(text.posed) for text in texts]


def _learnt(one):
    return rows_of([Text(one, "so")], RECIPE, processor().tokenizer)


def _flat(one):
    words = processor().tokenizer
    words.chat_template = None
    return [for_tokenizer(CHAT.prompt(one), words)]


USERS = {
    "a protocol": lambda one: [CHAT.prompt(one), CHAT.prompt(one, before="so ")],
    "a template": lambda one: [render(one, "boxed")],
    "a template without chat": lambda one: [render(one, "plain")],
    "evaluation": lambda one: build_prompts(CHAT, [one]),
    "evaluation after a text": lambda one: build_prompts(CHAT, [one], None, "so "),
    "evaluation after an example": lambda one: build_prompts(CHAT, [one], WORDS),
    "an example with an image": lambda one: build_prompts(CHAT, [WORDS.with_(id="w")], one),
    "audit": lambda one: [audited(one, "boxed")],
    "audit of a choice": lambda one: [audited(one.with_(choices=("red", "blue"), kind="choice",
                                                       answer="A"), "boxed")],
    "other harnesses": _offered,
    "critiques": _warmed,
    "supervision": _learnt,
    "a tokenizer without a chat template": _flat,
}  # fmt: skip


REFUSING = (
    *("a template without chat", "other harnesses", "critiques", "supervision"),
    "a tokenizer without a chat template",
)


@pytest.mark.parametrize("user", [one for one in USERS if one not in REFUSING])
def test_a_prompt_shows_the_images(user):
    prompts = USERS[user](SEEN)
    assert prompts
    for prompt in prompts:
        assert images_in(prompt) == list(SEEN.images)


@pytest.mark.parametrize("user", REFUSING)
def test_who_reads_texts_only_refuses_images_and_takes_texts(user):
    with pytest.raises(SampleEngineeringError, match=r"\A[^\n]*image[^\n]*\Z"):
        USERS[user](SEEN)
    assert USERS[user](WORDS)


def test_images_have_no_default_where_a_text_is_posed():
    for posing in (Question, Text):
        for parameter in inspect.signature(posing).parameters.values():
            assert parameter.default is parameter.empty
    with pytest.raises((AttributeError, TypeError)):
        CHAT.prompt("which colour is it ?")


@pytest.mark.parametrize("kind", [one for one in WARM_STARTS if one != "none"])
def test_a_warm_start_refuses_images_beforehand(kind):
    recipe = override(RECIPE, {"warm_start": kind})
    assert "see-red shows images" in warm_start_fault(recipe, 1, [WORDS, SEEN])
    assert warm_start_fault(recipe, 1, [WORDS]) == ""
    assert warm_start_fault(RECIPE, 1, [SEEN]) == ""


def test_training_rows_carry_the_images():
    rows = training_rows([SEEN], RECIPE, processor().tokenizer)
    assert [len(row["images"]) for row in rows] == [1] * len(rows)


def test_the_longest_prompt_is_counted_with_its_images(seeing_folder):
    def longest(prompt):
        facts, fault = _tokenizer(Asked(RECIPE, model=str(seeing_folder), prompts=[(prompt, {})]))
        assert not fault, fault
        return facts.longest_prompt

    words = longest(CHAT.prompt(WORDS))
    assert longest(CHAT.prompt(SEEN)) >= words + (SIZE // 8) ** 2
    assert has_images(CHAT.prompt(SEEN))
