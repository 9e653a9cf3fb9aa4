r"""Train a tiny model for two steps in any number of processes, and save what came of it.

python -m torch.distributed.run --nproc-per-node 2 -m tests.trainers.shared_step \
        MODEL OUT LOSS
"""

import sys
from pathlib import Path

LIVE, DEAD = "what is 1 + 2 ?", "what is 3 + 4 ?"


def reward(prompts, completions, completion_ids, **columns):
    """Differs within the groups of one prompt, and not within those of the other."""
    return [
        1.0 if prompt == DEAD else float(len(ids) % 3 == 0)
        for prompt, ids in zip(prompts, completion_ids, strict=True)
    ]


def train(model: str, out: str, loss: str, processes: int = 1) -> None:
    import torch
    from accelerate.utils import gather_object
    from datasets import Dataset
    from trl import GRPOConfig

    from sample_engineering.generation.transformers_engine import load_model, load_tokenizer
    from sample_engineering.trainers.grpo import OneShotGRPOTrainer
    from sample_engineering.trainers.ranks import Ranks

    trainer = OneShotGRPOTrainer(
        model=load_model(model, device="cpu"),
        processing_class=load_tokenizer(model),
        args=GRPOConfig(
            output_dir=out,
            use_cpu=True,
            bf16=False,
            max_steps=2,
            num_generations=8,
            per_device_train_batch_size=4,
            gradient_accumulation_steps=8 // processes,
            max_completion_length=16,
            loss_type=loss,
            beta=0.1 if loss == "bnpo" else 0.0,
            optim="sgd",
            learning_rate=0.3,
            lr_scheduler_type="constant",
            shuffle_dataset=False,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
        ),
        reward_funcs=reward,
        train_dataset=Dataset.from_list([{"prompt": text} for text in (LIVE, DEAD, LIVE, DEAD)]),
    )
    sampled = []
    of_trl = trainer._generate_single_turn

    def noted(*arguments, **keywords):
        ids, more = of_trl(*arguments, **keywords)
        sampled.append(gather_object(ids))
        return ids, more

    trainer._generate_single_turn = noted
    trainer.train()
    skipped = gather_object([trainer.skipped_micro_batches])
    weights = torch.cat([p.detach().flatten() for p in trainer.model.parameters()])
    if trainer.accelerator.is_main_process:
        Path(out).mkdir(parents=True, exist_ok=True)
        torch.save((sampled, skipped, weights, trainer.rollout_entropy), Path(out) / "done.pt")
    Ranks.of_environment().part()


if __name__ == "__main__":
    import os

    train(*sys.argv[1:4], processes=int(os.environ.get("WORLD_SIZE", 1)))
