"""vLLM asks and ends as transformers does: its own knowledge of end tokens is not enough.

Run by scripts/test_vllm.sh, like test_vllm.py.
"""

import sys
from pathlib import Path

import pytest

pytest.importorskip("vllm", reason="vLLM is not installed here; run: make test-vllm")

from sample_engineering.generation import Sampling, open_generator
from sample_engineering.generation.transformers_engine import TransformersGenerator, load_model

from .templates import SWITCH, ChatTemplate, tokenizer_with
from .vllm_server import serving

pytestmark = [pytest.mark.vllm, pytest.mark.slow]

CHAT = [{"role": "user", "content": "What is 2 + 3?"}]
TOLD = Sampling(max_tokens=24, temperature=0, chat_template_kwargs={SWITCH: False})
PLACE = 4  # of the token that is made an end of turn


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A base model: it declares <|endoftext|>, its template ends a turn with <|im_end|>.

    Greedily it writes <|im_end|> where it would have written its token number `PLACE`.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    path = tmp_path_factory.mktemp("base")
    tokenizer = tokenizer_with(ChatTemplate(switch=True), "<|endoftext|>")
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=512,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
            pad_token_id=0,
        )
    )
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    with torch.no_grad():
        model.lm_head.weight *= 8
        ids = tokenizer.apply_chat_template(
            CHAT, add_generation_prompt=True, return_dict=True, enable_thinking=False
        )["input_ids"]
        written = model.generate(torch.tensor([ids]), max_new_tokens=8, do_sample=False)[0]
        turned = written[len(ids) + PLACE]
        end = tokenizer.convert_tokens_to_ids("<|im_end|>")
        model.lm_head.weight[end] = model.lm_head.weight[turned] * 1.01
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def expected(folder):
    generator = TransformersGenerator(load_model(folder, device="cpu"), None)
    ((item,),) = generator.generate([CHAT], TOLD)
    assert item.finish_reason == "stop"
    assert item.tokens <= PLACE + 1
    ((free,),) = generator.generate([CHAT], TOLD.with_(chat_template_kwargs={}))
    assert free.prompt_tokens == item.prompt_tokens - 1
    return item


def test_vllm_reads_and_ends_as_transformers_does(folder, expected):
    options = {"llm_options": {"enforce_eager": True}, "max_model_len": 256}
    with open_generator(
        str(folder), engine="vllm", dtype="float32", engine_options=options
    ) as generator:
        ((item,),) = generator.generate([CHAT], TOLD)
        assert (item.text, item.tokens, item.prompt_tokens, item.finish_reason) == (
            expected.text,
            expected.tokens,
            expected.prompt_tokens,
            "stop",
        )
        with pytest.raises(Exception, match="does not use it"):
            generator.generate([CHAT], TOLD.with_(chat_template_kwargs={"thinking": 1}))


def test_a_served_model_reads_and_ends_as_transformers_does(folder, expected, tmp_path):
    options = ("--dtype", "float32", "--max-model-len", "256")
    log = tmp_path / "server.txt"
    with (
        serving(Path(sys.executable).parent, str(folder), "base", log, *options) as url,
        open_generator("base", server=url) as generator,
    ):
        ((item,),) = generator.generate([CHAT], TOLD)
        assert (item.text, item.prompt_tokens, item.finish_reason) == (
            expected.text,
            expected.prompt_tokens,
            "stop",
        )
        assert item.tokens == expected.tokens
        assert generator.notes == ()
        generator.generate([CHAT], TOLD.with_(chat_template_kwargs={"thinking": 1}))
        assert "may ignore them" in generator.notes[0]
