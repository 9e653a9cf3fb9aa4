"""Adapters merged into their base say what base and adapters say together."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from sample_engineering.errors import GenerationError
from sample_engineering.evaluation import evaluate
from sample_engineering.evaluation.readings import GREEDY
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.transformers_engine import TransformersGenerator, load_model
from sample_engineering.trainers.merging import has_adapters, merge_adapters, merge_in_place
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import RECIPE, plan_for
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


def test_adapters_are_replaced_by_whole_weights_where_they_lie(base, adapters):
    folder, _ = adapters
    assert has_adapters(folder)
    merge_in_place(str(base), folder)
    assert not has_adapters(folder)
    assert (folder / "model.safetensors").exists()
    assert (folder / "tokenizer.json").exists()
    assert not [path for path in folder.parent.iterdir() if path.name.startswith(".")]


def test_adapters_of_another_model_are_refused(adapters, tmp_path):
    folder, _ = adapters
    other = save(random_model(width=16), tmp_path / "other")
    with pytest.raises(GenerationError, match="give the model that they were trained on"):
        merge_adapters(str(other), folder, tmp_path / "merged")


@pytest.mark.parametrize("merge", [False, True])
def test_a_validation_keeps_adapters_or_what_they_come_to(taught_folder, tmp_path, merge):
    recipe = RECIPE.with_(lora_rank=4, lora_lr=1e-2)
    plan = plan_for(taught_folder, tmp_path / "run", steps=2, recipe=recipe, rollouts=1)
    options = replace(plan.options, save_model=True, merge=merge)
    result = run_validation(replace(plan, options=options))
    kept = result.folder / "model" / "seed-0"
    assert has_adapters(kept) != merge
    # Either way it is what was evaluated, and can be loaded.
    again = evaluate(
        TransformersGenerator(kept, loading=Loading(dtype="float32")),
        plan.benchmark,
        rollouts=1,
        seed=plan.eval_seed,
        greedy=plan.headline == GREEDY,
    )
    assert again.table["correct"].tolist() == result.after[0].table["correct"].tolist()
