"""Tokenizer and base model of the microcosm."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.errors import ConfigError
from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.microcosm import benchmark, default_sample, model_path, natural_pool
from sample_engineering.microcosm.pretraining import build
from sample_engineering.microcosm.tokenizer import END, make_tokenizer, vocabulary
from sample_engineering.skills import DOMAINS, known_skills

LARGEST_PACKAGE = 8_000_000  # bytes


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer()


def test_text_survives_the_tokenizer(tokenizer) -> None:
    for item in [*benchmark(n_per_domain=6), *natural_pool()]:
        text = f"{item.problem}\n{item.solution}"
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


@given(text=st.text(max_size=60))
def test_any_text_survives_the_tokenizer(tokenizer, text: str) -> None:
    if END in text or "<pad>" in text or "<unknown>" in text:
        return
    text = text.encode("utf-8", "replace").decode()
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_the_world_needs_no_byte_fallback(tokenizer) -> None:
    words = len(vocabulary()) + 3
    for item in benchmark(n_per_domain=6):
        assert max(tokenizer(f"{item.problem}\n{item.solution}")["input_ids"]) < words


def test_digits_are_single_tokens_and_the_box_is_literal(tokenizer) -> None:
    assert tokenizer.tokenize("48 + 37. \\boxed{85}")[-4:] == ["Ġ\\boxed{", "8", "5", "}"]


def test_chat_template_is_the_problem_and_a_line_end(tokenizer) -> None:
    chat = [{"role": "user", "content": "a car moves."}]
    text = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert text == "a car moves.\n"


def test_shipped_model_fits_the_package_and_matches_its_tokenizer(tokenizer) -> None:
    from transformers import AutoTokenizer

    assert sum(file.stat().st_size for file in model_path().iterdir()) <= LARGEST_PACKAGE
    shipped = AutoTokenizer.from_pretrained(model_path())
    assert shipped.get_vocab() == tokenizer.get_vocab()
    assert shipped.chat_template == tokenizer.chat_template


def test_shipped_model_solves_more_greedily_than_it_shows() -> None:
    import torch
    from transformers import AutoModelForCausalLM

    tokenizer = make_tokenizer()
    model = AutoModelForCausalLM.from_pretrained(model_path()).eval()
    tokenizer.padding_side = "left"
    items = benchmark(split="seen", n_per_domain=12)
    batch = tokenizer([item.problem + "\n" for item in items], padding=True, return_tensors="pt")
    torch.manual_seed(0)
    rates = {}
    for sampled in (False, True):
        tokens = model.generate(**batch, do_sample=sampled, top_k=0, max_new_tokens=120)
        texts = tokenizer.batch_decode(
            tokens[:, batch["input_ids"].shape[1] :], skip_special_tokens=True
        )
        right = [
            text.endswith(f"\\boxed{{{item.answer}}}")
            for text, item in zip(texts, items, strict=True)
        ]
        rates[sampled] = np.mean(right)
    assert 0.1 < rates[True] < 0.5
    assert rates[False] > rates[True] + 0.2


def test_shipped_sample_is_readable() -> None:
    sample = default_sample()
    gold = read_sample_gold(sample)
    assert grade(sample.solution, gold).correct
    assert not grade(sample.solution.replace(sample.answer, "1"), gold).correct
    assert set(sample.skills) <= set(known_skills())
    assert set(sample.domains) <= set(DOMAINS)
    assert sample.problem not in {item.problem for item in [*benchmark(), *natural_pool()]}


def test_building_is_deterministic_for_a_seed(tmp_path: Path) -> None:
    losses: list[list[float]] = []
    for name in ("first", "second"):
        seen: list[float] = []
        build(tmp_path / name, steps=3, progress=lambda step, steps, loss, s=seen: s.append(loss))
        losses.append(seen)
    assert losses[0] == losses[1]
    first, second = (tmp_path / name / "model.safetensors" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()


def test_unknown_size_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="small, half, large"):
        build(tmp_path, size="huge")
