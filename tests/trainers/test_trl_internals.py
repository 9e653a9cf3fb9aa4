"""What the trainer overrides in TRL is still there, and still looks the same.

`OneShotGRPOTrainer` overrides private methods. Another TRL may call them otherwise, and would then
train wrongly without a word: so the version is pinned to one minor release, and this test says what
to look at when the pin moves.
"""

import inspect
from importlib.metadata import version

import pytest
from trl import GRPOTrainer

from sample_engineering.registry import find_all
from sample_engineering.trainers import grpo, steered
from sample_engineering.trainers.building import trainer_class

CHECKED = "1.16"  # the release whose source `trainers/grpo.py` was written against
ADVICE = (
    f"trainers/grpo.py was written for TRL {CHECKED}: compare GRPOTrainer's own source, mend the "
    "override, run tests/trainers/test_fast_path.py, and then change this test and the pin"
)
OVERRIDDEN = {
    "_generate_single_turn": [
        "self", "prompt_ids", "images", "multimodal_fields", "num_generations", "has_tool_images",
    ],
    "_prepare_inputs": ["self", "generation_batch"],
    "compute_loss": ["self", "model", "inputs", "return_outputs", "num_items_in_batch"],
    "_get_per_token_logps_and_entropies": [
        "self", "model", "input_ids", "attention_mask", "logits_to_keep", "batch_size",
        "compute_entropy", "compute_aux_loss", "pixel_values", "image_grid_thw", "num_images",
        "pixel_attention_mask", "spatial_shapes", "num_tiles", "image_sizes", "token_type_ids",
        "mm_token_type_ids", "image_position_ids",
    ],
}  # fmt: skip
# Of the algorithms, which steer the trainer: `steered.py` and the modules of single algorithms.
STEERED = {
    "_generate_and_score_completions": ["self", "inputs"],
    "_calculate_rewards": ["self", "inputs", "prompts", "completions", "completion_ids_list"],
    "_compute_loss": ["self", "model", "inputs"],
    "_save_checkpoint": ["self", "model", "trial"],
    "_load_from_checkpoint": ["self", "resume_from_checkpoint", "model"],
}


def test_trl_has_the_version_that_the_overrides_were_written_for():
    found = version("trl")
    assert found.rpartition(".")[0] == CHECKED, f"TRL is {found}; {ADVICE}"


@pytest.mark.parametrize(("name", "parameters"), [*OVERRIDDEN.items(), *STEERED.items()])
def test_a_method_that_is_overridden_or_called_has_its_parameters(name, parameters):
    method = getattr(GRPOTrainer, name, None)
    assert method is not None, f"GRPOTrainer.{name} is gone; {ADVICE}"
    found = list(inspect.signature(method).parameters)
    assert found == parameters, f"GRPOTrainer.{name} takes {found}; {ADVICE}"


def overrides(trainer):
    """What a class overrides of TRL's trainer."""
    theirs = {name for name in vars(trainer) if hasattr(GRPOTrainer, name)}
    return {name for name in theirs if not name.startswith("__")}


def test_every_override_is_checked_here():
    assert overrides(grpo.OneShotGRPOTrainer) == set(OVERRIDDEN)
    steering = {trainer_class(one) for one in find_all("algorithm").values()}
    found = set().union(*map(overrides, {steered.SteeredTrainer, *steering}))
    assert found == set(STEERED)
