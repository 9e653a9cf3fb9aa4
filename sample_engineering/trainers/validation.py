"""A validation: evaluate, train on one sample, evaluate again, compare with controls."""

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.evaluation import Evaluation, compare, evaluate
from sample_engineering.evaluation.verdict import Verdict, judge
from sample_engineering.extras import quiet
from sample_engineering.grading import read_sample_gold
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.interrupts import (
    StopRequest,
    TrainingInterrupted,
    write_errors_in_words,
)
from sample_engineering.trainers.one_shot import (
    Training,
    read_training,
    save_training,
    train_one_shot,
)
from sample_engineering.trainers.plan import MAIN, ProgressEvent, ValidationPlan
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.result import ValidationResult, warnings_of
from sample_engineering.trainers.run_folder import RunFolder

__all__ = ["ProgressEvent", "ValidationPlan", "ValidationResult", "run_validation"]


def run_validation(
    plan: ValidationPlan,
    progress: Callable[[ProgressEvent], None] | None = None,
) -> ValidationResult:
    """Find out what one sample is worth.

    Parameters
    ----------
    plan : ValidationPlan
    progress : callable, optional
        Called with what is going on.

    Returns
    -------
    ValidationResult

    Raises
    ------
    GoldError
        If the sample's gold answer, or one of the benchmark's, cannot be read.
    RunError
        If the run folder cannot be used, or was made with other settings.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    tell = progress or (lambda event: None)
    read_sample_gold(plan.sample)
    _ = plan.benchmark.golds
    config = plan.to_config()
    resume = plan.resume and (plan.out / "config.json").exists()
    ranks = Ranks.of_environment(plan.device)
    if not ranks.first:
        folder = RunFolder(plan.out, writes=False)
    elif resume:
        folder = RunFolder.reopen(plan.out, config)
    else:
        folder = RunFolder.create(plan.out, config, plan.to_inputs())
    ranks.wait()
    stop = StopRequest(lambda text: tell(ProgressEvent("notice", message=text)))
    with stop.listening():
        try:
            with write_errors_in_words(plan.out):
                return _Validation(plan, folder, stop, tell, ranks).run()
        except (TrainingInterrupted, KeyboardInterrupt):
            message = f"interrupted; go on with: se validate --resume {plan.out}"
            folder.set_status("interrupted", message)
            raise TrainingInterrupted(message) from None
        except SampleEngineeringError as error:
            _note_failure(folder, str(error))
            raise
        except Exception as error:
            _note_failure(folder, f"{type(error).__name__}: {error}")
            raise
        finally:
            folder.close()


def _note_failure(folder: RunFolder, message: str) -> None:
    # With a full disk or a lost folder this fails too: the first error is the one to show.
    with suppress(SampleEngineeringError):
        folder.set_status("failed", message)


class _Validation:
    def __init__(
        self,
        plan: ValidationPlan,
        folder: RunFolder,
        stop: StopRequest,
        tell: Callable[[ProgressEvent], None],
        ranks: Ranks,
    ) -> None:
        self.ranks = ranks
        self.plan = plan
        self.folder = folder
        self.stop = stop
        self.tell = tell
        self.started = time.perf_counter()

    def run(self) -> ValidationResult:
        before = self._base("before")
        mine = [(arm, *self._arm(arm)) for arm in self.plan.arms if arm.name == MAIN]
        trained = any(evaluation is not None for _, _, evaluation in mine)
        # Controls say what a lift is worth: without training there is none.
        others = [arm for arm in self.plan.arms if arm.name != MAIN and trained]
        outcomes = mine + [(arm, *self._arm(arm)) for arm in others]
        result = self._conclude(before, outcomes)
        self.folder.finish(result.to_record())
        return result

    def _arm(self, arm: Arm) -> tuple[Training | None, Evaluation | None]:
        if not arm.trains:
            return None, self._base(arm.name, arm)
        place = self.folder.training / f"{arm.name}.{arm.seed}.json"
        evaluated = self.folder.evaluations / f"{_file_name(arm, self.plan)}.parquet"
        training, kept = read_training(place), evaluated.exists()
        self.ranks.wait()  # nobody writes before all have looked
        if training is not None and (kept or not training.trained):
            return training, Evaluation.load(evaluated) if kept else None
        model, tokenizer, training = train_one_shot(
            self.plan.model,
            arm.samples,
            self.plan.recipe,
            self.folder,
            arm=arm.name,
            seed=arm.seed,
            reward=arm.reward,
            device=self.plan.device,
            resume=self.plan.resume,
            fast=self.plan.fast,
            report_to=self.plan.report_to,
            trust_remote_code=self.plan.trust_remote_code,
            stop=self.stop,
            progress=lambda line: self.tell(
                ProgressEvent(
                    "train", arm.name, arm.seed, line["step"], self.plan.recipe.steps, line
                )
            ),
        )
        evaluation = None
        if training.trained:
            evaluation = self._evaluate(model, tokenizer, arm)
            self._save(evaluation, evaluated)
            if self.plan.save_model and arm.name == MAIN and self.ranks.first:
                keep = self.folder.path / "model" / f"seed-{arm.seed}"
                with quiet():
                    model.save_pretrained(keep)
                    tokenizer.save_pretrained(keep)
        if self.ranks.first:
            save_training(place, training)
        self.ranks.wait()
        shutil.rmtree(self.folder.training / f"{arm.name}.{arm.seed}", ignore_errors=True)
        return training, evaluation

    def _base(self, name: str, arm: Arm | None = None) -> Evaluation:
        """Evaluate the base model, or load the evaluation of an interrupted run."""
        place = self.folder.evaluations / f"{name}.parquet"
        kept = place.exists()
        self.ranks.wait()
        if kept:
            return Evaluation.load(place)
        from sample_engineering.generation.transformers_backend import load_model, load_tokenizer

        plan = self.plan
        with quiet():
            model = load_model(
                plan.model,
                device=plan.device,
                dtype="float32",
                trust_remote_code=plan.trust_remote_code,
            )
            tokenizer = load_tokenizer(plan.model, trust_remote_code=plan.trust_remote_code)
        evaluation = self._evaluate(model, tokenizer, arm or Arm(name, ""))
        self._save(evaluation, place)
        return evaluation

    def _save(self, evaluation: Evaluation, place: Path) -> None:
        if self.ranks.first:
            evaluation.save(place)
        self.ranks.wait()

    def _evaluate(self, model: Any, tokenizer: Any, arm: Arm) -> Evaluation:
        from sample_engineering.generation.transformers_backend import TransformersGenerator

        plan, done = self.plan, 0
        items = plan.benchmark.items[self.ranks.rank :: self.ranks.world]
        share = plan.benchmark if self.ranks.world == 1 else plan.benchmark.with_(items=items)
        total = len(share)

        def advance(number: int) -> None:
            nonlocal done
            done += number
            self.tell(ProgressEvent("evaluate", arm.name, arm.seed, done, total))
            self.stop.check()

        advance(0)
        with _autocast(model, plan.recipe):
            mine = evaluate(
                TransformersGenerator(model, tokenizer),
                share,
                rollouts=plan.rollouts,
                seed=plan.eval_seed,
                greedy=arm.greedy,
                in_context=plan.sample if arm.in_context else None,
                progress=advance,
            )
        return mine if self.ranks.world == 1 else self._joined(mine)

    def _joined(self, mine: Evaluation) -> Evaluation:
        """Put the shares of all processes together, items in the order of the benchmark."""
        import pandas as pd

        table = pd.concat(self.ranks.gather(mine.table))
        order = {item.id: number for number, item in enumerate(self.plan.benchmark.items)}
        table = table.assign(order=table["item"].map(order))
        table = table.sort_values(["order", "sample_index"]).drop(columns="order")
        whole = {"benchmark_digest": self.plan.benchmark.digest, "items": len(order)}
        return Evaluation(table.reset_index(drop=True), {**mine.info, **whole})

    def _conclude(
        self,
        before: Evaluation,
        outcomes: Sequence[tuple[Arm, Training | None, Evaluation | None]],
    ) -> ValidationResult:
        from sample_engineering.evaluation.behaviour import behaviour

        trainings = [training for _, training, _ in outcomes if training is not None]
        mine = [training for training in trainings if training.arm == MAIN]
        after = [e for arm, _, e in outcomes if arm.name == MAIN and e is not None]
        others: dict[str, list[Evaluation]] = {}
        for arm, _, evaluation in outcomes:
            if arm.name != MAIN and evaluation is not None:
                others.setdefault(arm.name, []).append(evaluation)
        lift = compare(before, after) if after else None
        controls = {name: compare(es, after) for name, es in others.items()} if after else {}
        changes = behaviour(before, after) if after else None
        if lift is None:
            cause = mine[0].progress.why_untrained()
            verdict = Verdict(
                "not trained",
                f"Not trained: {cause}.",
                ("There is nothing to compare, and so no lift.",),
            )
        else:
            verdict = judge(lift, controls=controls, behaviour=changes)
        return ValidationResult(
            plan=self.plan,
            verdict=verdict,
            lift=lift,
            before=before,
            after=after,
            controls=controls,
            trainings=tuple(trainings),
            behaviour=changes,
            warnings=tuple(warnings_of(trainings)),
            seconds=time.perf_counter() - self.started,
        )


def _file_name(arm: Arm, plan: ValidationPlan) -> str:
    name = "after" if arm.name == MAIN else arm.name
    runs = sum(other.name == arm.name for other in plan.arms)
    return f"{name}-seed-{arm.seed}" if runs > 1 else name


def _autocast(model: Any, recipe: Recipe) -> Any:
    """The precision of the rollouts, so that before, during and after agree."""
    import torch

    device = model.get_input_embeddings().weight.device.type
    if recipe.bf16 and device == "cuda":
        return torch.autocast(device, dtype=torch.bfloat16)
    return nullcontext()
