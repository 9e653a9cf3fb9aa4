"""Train a tiny model for three steps whose rollouts vLLM samples, and print what TRL logged.

python -m tests.trainers.vllm_step FOLDER
"""

import json
import sys
from pathlib import Path


def leave_weights_as_they_are() -> None:
    """Let vLLM's CPU build keep its linear layers as loaded.

    It packs them for its own products and throws the original away, so that nothing could put the
    trained weights in; on a GPU nothing is packed.
    """
    import torch
    from vllm.model_executor.layers import utils

    def plain(layer: torch.nn.Module, remove_weight: bool) -> None:
        layer.cpu_linear = torch.nn.functional.linear

    utils.dispatch_cpu_unquantized_gemm = plain


def main(folder: Path) -> None:
    from sample_engineering.grading import read_sample_gold
    from sample_engineering.runs.config import RunOptions
    from sample_engineering.trainers.arms import Arm
    from sample_engineering.trainers.building import build_trainer
    from sample_engineering.trainers.recipes import Recipe
    from tests.trainers.tiny import random_model, save, sums

    leave_weights_as_they_are()
    sample = sums()[0]
    recipe = Recipe(
        steps=3,
        group_size=16,
        micro_batch=4,
        max_tokens=24,
        template="plain",
        lr=1e-2,
        loss_type="bnpo",
        beta=0.05,
        entropy_coef=0.001,
        reward="random",
        stop=("car",),
        vllm=True,
    )
    built = build_trainer(
        str(save(random_model(width=64), folder / "model")),  # heads of 32, the least there is
        Arm("sample", samples=(sample,)),
        recipe,
        [read_sample_gold(sample)],
        output=folder / "out",
        device="cpu",
        options=RunOptions(),
    )
    trainer = built.trainer
    trainer.train()
    logged = [line for line in trainer.state.log_history if "grad_norm" in line]
    told = {
        "obstacle": trainer.obstacle(),
        "cuts": trainer.cuts,
        "weighs": trainer.may_weigh,
        "room": trainer.args.vllm_max_model_length,
        "texts": list(built.rewarder.last.texts),
        "logged": logged,
    }
    print("TOLD " + json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
