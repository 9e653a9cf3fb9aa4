"""What a chat template does is read off the template itself, never off a model's name."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers")

from sample_engineering.errors import ConfigError
from sample_engineering.generation.begun_answer import begin_answer, encode_begun
from sample_engineering.generation.chat_template import (
    answered_conversation,
    check_template_kwargs,
    conditions_fault,
    end_in_tokens,
    end_of_turn,
    end_tokens,
    generation_prompt_fault,
    system_fault,
)
from sample_engineering.generation.prompts import Question, encode, render

from .templates import ENDS, SWITCH, ChatTemplate, templates, tokenizer_with

CHAT = [{"role": "user", "content": "what is 1 + 2?"}]


@settings(deadline=None)
@given(templates(), st.sampled_from(ENDS))
def test_the_token_after_an_assistants_turn_ends_it_whatever_the_tokenizer_declares(template, own):
    tokenizer = tokenizer_with(template, own)
    marker = tokenizer.convert_tokens_to_ids(template.closing)
    assert end_of_turn(tokenizer).ids == (marker,)
    declared = SimpleNamespace(generation_config=SimpleNamespace(eos_token_id=[1]))
    assert end_tokens(declared, tokenizer) == sorted({1, marker, tokenizer.eos_token_id})


def test_a_marker_that_is_no_token_ends_a_turn_as_text():
    tokenizer = tokenizer_with(ChatTemplate(closing=" [over]"))
    assert end_of_turn(tokenizer).ids == ()
    assert end_of_turn(tokenizer).texts == ("[over]",)


@settings(deadline=None)
@given(templates(), st.sampled_from(ENDS))
def test_a_servers_tokens_show_the_end_of_a_turn_as_the_template_does(template, own):
    tokenizer = tokenizer_with(template, own)
    ids = tokenizer.apply_chat_template(answered_conversation(), return_dict=True)["input_ids"]
    texts = tokenizer.convert_ids_to_tokens(ids)
    assert end_in_tokens(ids, texts) == end_of_turn(tokenizer)


@pytest.mark.parametrize(
    ("ids", "texts", "end"),
    [
        ([7, 8, 9], ["Qxjzwvkq", "\u010a", "</s>"], (9,)),  # a line feed as bytes are written
        ([7, 8, 9], ["Qxjz", "wvkq", "<|eot|>"], (9,)),
        ([7, 8], ["Qxjzwvkq", "Q"], ()),
        ([7, 8], ["<bos>", "hi"], ()),
        ([], [], ()),
    ],
)
def test_only_a_marker_right_after_the_answer_ends_it(ids, texts, end):
    assert end_in_tokens(ids, texts).ids == end


def test_the_heading_of_the_next_answer_ends_no_turn():
    tokenizer = tokenizer_with(None)
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}so "
    assert end_of_turn(tokenizer).ids == end_of_turn(tokenizer).texts == ()


@pytest.mark.parametrize("template", [None, ChatTemplate(closing="")])
def test_without_a_template_or_a_marker_nothing_ends_a_turn(template):
    tokenizer = tokenizer_with(template)
    assert end_of_turn(tokenizer).ids == end_of_turn(tokenizer).texts == ()
    assert end_tokens(None, tokenizer) == [tokenizer.eos_token_id]


@pytest.mark.parametrize(
    "text", ["{{ raise_exception('no') }}", "{% if %}", "{{ 1 / 0 }}", "{{ messages[9].content }}"]
)
def test_a_template_that_fails_ends_nothing_and_is_found_faulty(text):
    tokenizer = tokenizer_with(None)
    tokenizer.chat_template = text
    assert end_of_turn(tokenizer).ids == ()
    assert "use a plain template" in generation_prompt_fault(tokenizer)


@settings(deadline=None)
@given(templates())
def test_a_switch_that_the_template_knows_reaches_the_prompt_and_another_is_refused(template):
    tokenizer = tokenizer_with(template)
    asked, begun = CHAT, begin_answer(CHAT, "so")
    if not template.switch:
        for refused in ({SWITCH: False}, {"enable_thinkin": False}):
            with pytest.raises(ConfigError, match="does not use it"):
                check_template_kwargs(tokenizer, refused)
            for prompt in (asked, begun):
                with pytest.raises(ConfigError, match="would be ignored"):
                    encode_begun([prompt], tokenizer, refused)
        return
    plain, told = encode(asked, tokenizer), encode(asked, tokenizer, {SWITCH: False})
    assert told == [*plain, tokenizer.convert_tokens_to_ids("<no>")]
    with pytest.raises(ConfigError, match="did you mean 'enable_thinking'"):
        encode(asked, tokenizer, {"enable_thinkin": False})


def test_without_a_chat_template_there_is_nothing_to_tell():
    with pytest.raises(ConfigError, match="has no chat template"):
        encode(CHAT, tokenizer_with(None), {SWITCH: False})
    assert encode("so", tokenizer_with(None), {})


@settings(deadline=None)
@given(templates(), st.booleans())
def test_a_template_that_opens_no_turn_for_the_answer_is_found(template, opens):
    from dataclasses import replace

    fault = generation_prompt_fault(tokenizer_with(replace(template, opens=opens)))
    assert (fault is None) == opens
    assert opens or "add_generation_prompt" in fault


def test_a_template_whose_answers_have_no_heading_needs_to_open_none():
    assert generation_prompt_fault(tokenizer_with(ChatTemplate(opening="", opens=False))) is None
    assert generation_prompt_fault(tokenizer_with(None)) is None


def test_a_template_that_leaves_the_system_message_out_or_refuses_it_is_found():
    tokenizer = tokenizer_with(ChatTemplate())
    assert system_fault(tokenizer) is None
    for line, said in (
        ("{% for m in messages if m['role'] != 'system' %}{{ m['content'] }}{% endfor %}", "out"),
        ("{% if messages[0]['role'] == 'system' %}{{ raise_exception('no') }}{% endif %}", "refus"),
    ):
        tokenizer.chat_template = line
        assert said in system_fault(tokenizer)


def test_what_would_not_reach_the_model_is_found_before_it_is_asked():
    closed = tokenizer_with(ChatTemplate(opens=False))
    deaf = tokenizer_with(None)
    deaf.chat_template = (
        "{% for m in messages if m['role'] != 'system' %}[{{ m['content'] }}]{% endfor %}"
    )
    chat, spoken = render(Question("1 + 1", ()), "chat"), render(Question("1 + 1", ()), "qwen-math")
    assert conditions_fault(closed, [("1 + 1", {}), ("2", {})]) is None  # texts pass it by
    assert "add_generation_prompt" in conditions_fault(closed, [("1", {}), (chat, {})])
    assert "leaves a system message out" in conditions_fault(deaf, [(spoken, {})])
    assert conditions_fault(tokenizer_with(ChatTemplate()), [(spoken, {}), (chat, {})]) is None
    told = conditions_fault(tokenizer_with(ChatTemplate()), [(chat, {SWITCH: False})])
    assert "does not use it" in told
    assert "has no chat template" in conditions_fault(tokenizer_with(None), [(chat, {"a": 1})])


def test_a_system_message_may_be_replaced_and_left_out():
    own = render(Question("1 + 1", ()), "qwen-math")
    assert [m["role"] for m in own] == ["system", "user"]
    assert render(Question("1 + 1", ()), "qwen-math", "Be brief.")[0]["content"] == "Be brief."
    assert [m["role"] for m in render(Question("1 + 1", ()), "qwen-math", "")] == ["user"]
    with pytest.raises(ConfigError, match="`system` would be ignored"):
        render(Question("1 + 1", ()), "plain", "Be brief.")
