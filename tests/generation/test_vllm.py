"""vLLM for real: `vllm serve` on this machine's CPU, and vLLM in this process.

Run by scripts/test_vllm.sh in the environment that scripts/make_vllm_env.sh makes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("vllm", reason="vLLM is not installed here; run: make test-vllm")

from sample_engineering.errors import GenerationError
from sample_engineering.generation import Sampling
from sample_engineering.generation.openai_generator import OpenAIGenerator
from sample_engineering.generation.retries import RetryPolicy

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


def test_vllm_in_this_process(tiny_model_path, tmp_path):
    """In a process of its own, since vLLM keeps its engine until the process ends."""
    script = Path(__file__).with_name("vllm_in_process.py")
    environment = os.environ | {
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    result = tmp_path / "result.json"
    done = subprocess.run(
        [sys.executable, str(script), str(tiny_model_path), str(result)],
        env=environment, capture_output=True, text=True, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(result.read_text())
    assert found["greedy"] == found["expected"]
    assert found["top_1"] == found["expected"]
    assert found["streamed"] == found["groups"]
    assert found["stopped"] == found["stopped_expected"] != found["expected"]
    assert found["distinct"] > 4
    assert found["same_seed"]
    assert found["copies_differ"]
    assert found["logprobs_fit"]
    assert found["progress"] == 3
    assert found["json_ok"] >= 1
    assert found["begun"] == found["begun_expected"]
    assert "vLLM cannot run" in found["error"]
    assert not found["environment_kept"]
