"""A protocol is all that decides how a model is asked, and its digest says so."""

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.generation import Loading, Protocol
from sample_engineering.generation.asking import Asked, differing
from sample_engineering.generation.prompts import TEMPLATES, Question

VALUES = {
    "template": st.sampled_from(["boxed", "chat", "qwen-math", "{problem}, please"]),
    "system": st.sampled_from([None, "", "Be brief."]),
    "chat_template_kwargs": st.sampled_from([{}, {"enable_thinking": False}, {"level": [1, "a"]}]),
    "temperature": st.sampled_from([0.6, 1]),
    "top_p": st.sampled_from([1, 0.95]),
    "top_k": st.sampled_from([None, 20]),
    "max_tokens": st.sampled_from([64, 3072]),
    "stop": st.sampled_from([(), ("</s>",), ["###", "Q:"]]),
    "form": st.sampled_from(["boxed", "last"]),
}
protocols = st.builds(Protocol, **VALUES) | st.builds(Protocol, **VALUES).map(Protocol.greedy)


def test_every_setting_of_a_protocol_is_in_the_generator():
    assert set(VALUES) == {field.name for field in fields(Asked)}


@given(protocols)
def test_a_protocol_survives_a_file(protocol):
    record = json.loads(json.dumps(protocol.record()))
    assert Protocol.from_dict(record) == protocol
    assert record["digest"] == protocol.digest == Protocol.from_dict(record).digest
    assert not protocol.differences(Protocol.from_dict(record))


@given(protocols, protocols)
def test_digests_are_equal_exactly_where_prompts_and_sampling_are(first, second):
    def meaning(protocol):
        return (
            protocol.prompt(Question("What is 1 + 1?", ())),
            protocol.sampling(2, 0),
            protocol.form,
        )

    alike = meaning(first) == meaning(second)
    assert (first.digest == second.digest) == alike
    assert bool(first.differences(second)) != alike


@given(protocols, st.sampled_from(sorted(VALUES)), st.data())
def test_a_difference_names_the_setting(protocol, name, data):
    if protocol.temperature == 0 and name in ("top_p", "top_k"):
        return
    other = protocol.with_(**{name: data.draw(VALUES[name])})
    told = protocol.differences(other)
    assert not told or [line.split()[0] for line in told] == [name]


def test_a_template_is_its_wording_not_its_name():
    named = Protocol(template="boxed")
    assert Protocol(template=TEMPLATES["boxed"].user).digest == named.digest
    system = TEMPLATES["qwen-math"].system
    assert Protocol(template="chat", system=system).digest == Protocol(template="qwen-math").digest
    older = named.record() | {"digest": "of another wording"}
    assert differing(older, named.record()) == ["wording of the template of that name"]


def test_a_record_of_fewer_settings_is_compared_by_what_it_holds():
    older = {"template": "boxed", "temperature": 0.6, "max_tokens": 1024, "form": "boxed"}
    now = Protocol(temperature=0.6)
    assert differing(older, now.record()) == []
    assert differing(older, now.with_(max_tokens=99).record()) == ["max_tokens 1024 / 99"]


def test_greedy_takes_one_answer_and_leaves_the_nucleus_out():
    sampling = Protocol(temperature=0.6, top_p=0.9).sampling(4, 7, greedy=True)
    assert (sampling.n, sampling.temperature, sampling.top_p, sampling.seed) == (1, 0, 1, 7)
    assert Protocol(top_k=5).with_(temperature=0).top_k is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"template": "boxd"}, "`template` 'boxd'"),
        ({"template": "plain", "system": "so"}, "`system` would be ignored"),
        ({"template": "plain", "chat_template_kwargs": {"a": 1}}, "would be ignored"),
        ({"chat_template_kwargs": {"messages": []}}, "may not set messages"),
        ({"chat_template_kwargs": {"a": {1, 2}}}, "what JSON cannot"),
        ({"chat_template_kwargs": {"a": float("nan")}}, "what JSON cannot"),
        ({"chat_template_kwargs": [1]}, "must be a mapping"),
        ({"chat_template_kwargs": {"a b": 1}}, "must be a mapping of names"),
        ({"temperature": -1}, "`temperature`"),
        ({"top_p": 0}, "`top_p`"),
        ({"top_k": 0}, "`top_k`"),
        ({"temperature": 0, "top_p": 0.9}, "`top_p` and `top_k` would be ignored"),
        ({"temperature": 0, "top_k": 9}, "`top_p` and `top_k` would be ignored"),
        ({"max_tokens": 0}, "`max_tokens`"),
        ({"stop": ("",)}, "`stop`"),
        ({"form": ""}, "`form`"),
        ({"system": 3}, "`system` 3"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(wrong, said):
    with pytest.raises(ConfigError, match=said.replace("(", r"\(")):
        Protocol(**wrong)


def test_a_record_with_a_setting_that_no_protocol_has_is_refused():
    with pytest.raises(ConfigError, match="no field 'beams'"):
        Protocol.from_dict({"beams": 4})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dtype": "int4"}, "`dtype` 'int4' is none of"),
        ({"model_init_kwargs": {"use_safetensors": False}}, "only safetensors"),
        ({"model_init_kwargs": {"trust_remote_code": True}}, "parameter of its own"),
        ({"model_init_kwargs": {"device_map": "auto"}}, "`device`"),
        ({"model_init_kwargs": 3}, "must be a mapping"),
    ],
)
def test_loading_refuses_what_it_would_ignore_or_must_not_load(wrong, said):
    with pytest.raises(ConfigError, match=said):
        Loading(**wrong)


def test_loading_says_every_loader_the_same():
    loading = Loading(revision="abc", dtype="bfloat16", model_init_kwargs={"rope_scaling": None})
    assert loading.model_kwargs == {
        "revision": "abc",
        "dtype": "bfloat16",
        "rope_scaling": None,
        "trust_remote_code": False,
        "use_safetensors": True,
    }
    assert loading.tokenizer_kwargs == {"revision": "abc", "trust_remote_code": False}
