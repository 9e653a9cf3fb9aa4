"""vLLM for real, on this machine's CPU: `vllm serve`, and the engine in a process of its own.

Run by scripts/test_vllm.sh in the environment that scripts/make_vllm_env.sh makes.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

pytest.importorskip("vllm", reason="vLLM is not installed here; run: make test-vllm")

import torch
from transformers import AutoModelForCausalLM

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation import Sampling, open_generator
from sample_engineering.generation.begun_answer import begin_answer
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.retries import RetryPolicy
from sample_engineering.generation.transformers_engine import TransformersGenerator
from sample_engineering.generation.vllm_engine import CPU_CACHE_VARIABLE
from sample_engineering.generation.worker_process import Worker

from .vllm_server import serving

pytestmark = [pytest.mark.vllm, pytest.mark.slow]

CHAT = [{"role": "user", "content": "What is 2 + 3?"}]
SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "integer", "minimum": 0, "maximum": 99}},
    "required": ["answer"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def vllm_url(tiny_model_path, tmp_path_factory):
    """A running `vllm serve`, stopped afterwards."""
    log = tmp_path_factory.mktemp("vllm") / "server.txt"
    options = ("--dtype", "float32", "--max-model-len", "512")
    with serving(Path(sys.executable).parent, str(tiny_model_path), "tiny", log, *options) as url:
        yield url


@pytest.fixture(scope="module")
def served(vllm_url):
    with OpenAIGenerator(vllm_url, "tiny", retry=RetryPolicy(attempts=3)) as generator:
        yield generator


@pytest.fixture(scope="module")
def reference(tiny_model_path):
    from sample_engineering.generation.transformers_engine import TransformersGenerator

    return TransformersGenerator(str(tiny_model_path))


def test_served_chat_is_what_transformers_says(served, reference):
    ((item,),) = served.generate([CHAT], Sampling(max_tokens=12, temperature=0))
    ((expected,),) = reference.generate([CHAT], Sampling(max_tokens=12, temperature=0))
    assert (item.text, item.tokens) == (expected.text, expected.tokens)
    assert item.prompt_tokens == expected.prompt_tokens


def test_served_text_is_continued(served, reference):
    ((item,),) = served.generate(["2 + 3 ="], Sampling(max_tokens=12, temperature=0))
    ((expected,),) = reference.generate(["2 + 3 ="], Sampling(max_tokens=12, temperature=0))
    assert item.text == expected.text


def test_served_n_in_one_request_with_a_seed(served):
    before = served.usage.requests
    (first,) = served.generate([CHAT], Sampling(n=6, max_tokens=16, seed=3))
    (again,) = served.generate([CHAT], Sampling(n=6, max_tokens=16, seed=3))
    assert served.usage.requests == before + 2
    assert len({item.text for item in first}) > 3
    assert [item.text for item in first] == [item.text for item in again]
    assert served.features.n is True


def test_served_logprobs_are_those_of_transformers(served, reference):
    ((item,),) = served.generate([CHAT], Sampling(max_tokens=10, temperature=0, logprobs=True))
    ((expected,),) = reference.generate([CHAT], Sampling(max_tokens=10, temperature=0))
    assert item.text == expected.text
    assert len(item.logprobs) == item.tokens
    ((plain,),) = served.generate(
        ["2 + 3 ="], Sampling(max_tokens=10, temperature=1, logprobs=True)
    )
    assert len(plain.logprobs) == plain.tokens
    assert all(value <= 0 for value in (*item.logprobs, *plain.logprobs))


def test_served_json_schema_is_enforced(served):
    groups = served.generate([CHAT] * 4, Sampling(max_tokens=60, seed=1), schema=SCHEMA)
    whole = [item for (item,) in groups if item.finish_reason == "stop"]
    assert whole
    assert all(0 <= json.loads(item.text)["answer"] <= 99 for item in whole)
    assert served.features.json_schema is True


def test_served_top_k_and_stop_texts_are_honoured(served, reference):
    ((greedy,),) = reference.generate([CHAT], Sampling(max_tokens=12, temperature=0))
    ((narrow,),) = served.generate([CHAT], Sampling(max_tokens=12, top_k=1))
    assert narrow.text == greedy.text
    stop = greedy.text[-1]
    ((item,),) = served.generate([CHAT], Sampling(max_tokens=12, temperature=0, stop=(stop,)))
    assert item.text == greedy.text[: greedy.text.find(stop)]
    assert item.finish_reason == "stop"
    assert served.notes == ()


def test_served_begun_answer_is_continued(served, reference):
    begun = [*CHAT, {"role": "assistant", "content": "It is \\boxed{"}]
    assert served.can_prefill(begun)
    ((item,),) = served.generate([begun], Sampling(max_tokens=6, temperature=0))
    text = reference.tokenizer.apply_chat_template(
        begun, tokenize=False, continue_final_message=True
    )
    ((expected,),) = reference.generate([text], Sampling(max_tokens=6, temperature=0))
    assert item.text == expected.text


def test_served_prompt_beyond_the_context_is_refused(served):
    with pytest.raises(GenerationError, match="does not fit the model's context of 512"):
        served.generate([[{"role": "user", "content": "a" * 3000}]], Sampling(n=2))


def test_served_limit_beyond_the_context_is_fitted(vllm_url):
    with OpenAIGenerator(vllm_url, "tiny") as generator:
        for asked in (500, 5000):  # vLLM cuts the first by itself and refuses the second
            ((item,),) = generator.generate([CHAT], Sampling(max_tokens=asked, seed=1))
            assert item.tokens + item.prompt_tokens <= 512
            if item.finish_reason == "length":
                assert any("context (512 tokens)" in note for note in generator.notes)


def test_unknown_model_is_named(vllm_url):
    with pytest.raises(GenerationError, match=r"no model 'huge'; it has: tiny"):
        OpenAIGenerator(vllm_url, "huge").generate([CHAT], Sampling())


# No further process inside the worker and no compiled graphs: starts in a sixth of the time.
QUICK = {"enforce_eager": True, "distributed_executor_backend": "uni"}


def opened(model, **options):
    return open_generator(
        str(model),
        engine="vllm",
        engine_options={"dtype": "float32", "llm_options": QUICK} | options,
    )


@pytest.fixture(scope="module")
def vllm(tiny_model_path):
    """The engine, in a process of its own."""
    with opened(tiny_model_path, longest=300) as generator:
        yield generator


PROMPTS = [CHAT, "2 + 3 =", CHAT]


def texts(groups):
    return [[item.text for item in group] for group in groups]


def test_the_engine_says_what_transformers_says(vllm, reference):
    greedy = Sampling(max_tokens=12, temperature=0)
    expected = texts(reference.generate(PROMPTS, greedy))
    assert texts(vllm.generate(PROMPTS, greedy)) == expected
    assert texts(vllm.generate(PROMPTS, Sampling(max_tokens=12, top_k=1))) == expected
    twice = vllm.generate(PROMPTS, greedy.with_(n=2))
    assert texts(twice) == [[text, text] for (text,) in expected]
    stops = tuple(text[-1] for (text,) in expected)
    stopped = greedy.with_(stop=stops)
    assert texts(vllm.generate(PROMPTS, stopped)) == texts(reference.generate(PROMPTS, stopped))
    begun = begin_answer(CHAT, "It is \\boxed{")
    assert vllm.can_prefill(begun)
    assert texts(vllm.generate([begun], greedy)) == texts(reference.generate([begun], greedy))


def test_what_is_drawn_depends_on_the_prompt_and_the_seed_alone(vllm):
    sampling = Sampling(n=6, max_tokens=16, seed=1)
    told = []
    groups = vllm.generate(PROMPTS, sampling, progress=told.append)
    assert sum(told) == 3
    assert len({item.text for item in groups[0]}) > 4
    assert texts(groups)[0] != texts(groups)[2]  # a copy is no repetition
    assert texts(vllm.generate(PROMPTS, sampling)) == texts(groups)
    # So a job that was killed and asks for the rest gets what it would have got.
    assert texts(vllm.generate(PROMPTS[1:2], sampling)) == texts(groups)[1:2]
    streamed = dict(vllm.stream(PROMPTS, sampling))
    assert texts([streamed[index] for index in range(3)]) == texts(groups)
    assert texts(vllm.generate(PROMPTS, sampling.with_(seed=2))) != texts(groups)


def test_the_engine_gives_logprobs_and_holds_to_a_schema(vllm):
    scored = vllm.generate([CHAT], Sampling(max_tokens=9, logprobs=True, n=2))[0]
    assert all(len(item.logprobs) == item.tokens and max(item.logprobs) <= 0 for item in scored)
    groups = vllm.generate([CHAT] * 4, Sampling(max_tokens=60, seed=2), schema=SCHEMA)
    whole = [item for (item,) in groups if item.finish_reason == "stop"]
    assert whole
    assert all(0 <= json.loads(item.text)["answer"] <= 99 for item in whole)


def test_a_prompt_beyond_the_length_is_told_and_the_engine_goes_on(vllm):
    assert vllm.generate(["2 + 3 ="], Sampling(max_tokens=290))  # 300 tokens were asked for
    with pytest.raises(GenerationError, match="a prompt of 400 tokens does not fit"):
        vllm.generate(["2 + 3 =", "2" * 400], Sampling(n=2, max_tokens=8))
    assert len(vllm.generate(PROMPTS, Sampling(n=2, max_tokens=8))) == 3


def test_weights_that_were_trained_take_the_place_of_the_base(vllm, tiny_model_path, tmp_path):
    """Two engines one after the other in one command, and a third that is killed."""
    trained = tmp_path / "trained"
    shutil.copytree(tiny_model_path, trained)
    model = AutoModelForCausalLM.from_pretrained(trained)
    with torch.no_grad():
        model.lm_head.weight.copy_(model.lm_head.weight.flip(0))
    model.save_pretrained(trained)
    greedy = Sampling(max_tokens=12, temperature=0)
    expected = texts(TransformersGenerator(str(trained)).generate(PROMPTS, greedy))
    assert expected != texts(vllm.generate(PROMPTS, greedy))
    with Worker() as worker:
        options = {"dtype": "float32", "llm_options": QUICK}
        first = worker.open(tiny_model_path, "vllm", options)
        assert texts(first.generate(PROMPTS, greedy)) == texts(vllm.generate(PROMPTS, greedy))
        pid = worker.pid
        second = worker.open(trained, "vllm", options)
        assert worker.pid != pid
        assert not Path(f"/proc/{pid}").exists()  # all that it held is free
        assert texts(second.generate(PROMPTS, greedy)) == expected
        os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(GenerationError, match="was ended by SIGKILL"):
            second.generate(PROMPTS, greedy)


def test_what_cannot_run_is_told_by_name(tiny_model_path, tmp_path):
    with pytest.raises(GenerationError, match=r"vLLM cannot run .*absent"):
        opened(f"{tiny_model_path}-absent")
    with pytest.raises(ConfigError, match="`device` cuda: the vLLM that is installed is a build"):
        opened(tiny_model_path, device="cuda")
    with pytest.raises(ConfigError, match="'attn_implementation' is no option"):
        opened(tiny_model_path, attn_implementation="sdpa")
    assert os.environ.get(CPU_CACHE_VARIABLE) is None
