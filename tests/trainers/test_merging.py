"""Adapters merged into their base say what base and adapters say together."""

import json

import pytest
import torch
from safetensors.torch import load_file

from sample_engineering.errors import GenerationError
from sample_engineering.generation.transformers_engine import load_model
from sample_engineering.trainers.merging import has_adapters, merge_adapters, whole_weights
from tests.trainers.tiny import random_model, save, tokenizer


@pytest.fixture
def base(tmp_path):
    return save(random_model().to(torch.bfloat16), tmp_path / "base")


@pytest.fixture
def adapters(base, tmp_path):
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(
        load_model(base, dtype="float32"), LoraConfig(r=4, target_modules="all-linear")
    )
    torch.manual_seed(1)
    for name, weight in model.named_parameters():
        if "lora_B" in name:  # zero before any training
            torch.nn.init.normal_(weight, std=0.5)
    folder = tmp_path / "adapters"
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder, model.eval()


def test_the_merged_model_is_base_and_adapters_in_the_bases_dtype(base, adapters, tmp_path):
    folder, together = adapters
    merge_adapters(str(base), folder, tmp_path / "merged")
    merged = load_model(tmp_path / "merged", dtype="float32")
    ids = torch.arange(3, 20)[None]
    with torch.no_grad():
        wanted = together(ids).logits.log_softmax(-1)
        plain = load_model(base, dtype="float32")(ids).logits.log_softmax(-1)
        got = merged(ids).logits.log_softmax(-1)
    assert (got - wanted).abs().max() < 0.05 * (plain - wanted).abs().max()
    assert {t.dtype for t in load_file(tmp_path / "merged" / "model.safetensors").values()} == {
        torch.bfloat16
    }
    assert json.loads((tmp_path / "merged" / "config.json").read_text())["dtype"] == "bfloat16"
    assert (tmp_path / "merged" / "tokenizer.json").exists()
    assert not has_adapters(tmp_path / "merged")


def test_whole_weights_are_lent_and_taken_back(base, adapters):
    folder, _ = adapters
    assert has_adapters(folder)
    with whole_weights(folder, str(base)) as place:
        assert (place / "model.safetensors").exists()
        assert place != folder
    assert not place.exists()
    with whole_weights(folder, str(base), merged=False) as place:
        assert place == folder
    with whole_weights(base, str(base)) as place:
        assert place == base
    assert base.exists()


def test_adapters_of_another_model_are_refused(adapters, tmp_path):
    folder, _ = adapters
    other = save(random_model(width=16), tmp_path / "other")
    with pytest.raises(GenerationError, match="give the model that they were trained on"):
        merge_adapters(str(other), folder, tmp_path / "merged")
