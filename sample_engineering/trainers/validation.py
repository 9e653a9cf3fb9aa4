"""A validation: evaluate, train on one sample, evaluate again, compare with controls."""

import os
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.evaluation import Evaluation, evaluate
from sample_engineering.extras import quiet
from sample_engineering.runs import RunFolder
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN
from sample_engineering.runs.result import Training
from sample_engineering.trainers.arms import Arm
from sample_engineering.trainers.interrupts import (
    StopRequest,
    TrainingInterrupted,
    write_errors_in_words,
)
from sample_engineering.trainers.one_shot import train_one_shot
from sample_engineering.trainers.plan import ProgressEvent, ValidationPlan
from sample_engineering.trainers.preflight import preflight
from sample_engineering.trainers.ranks import Ranks
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.result import ValidationResult
from sample_engineering.trainers.watch import why_untrained


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
    PreflightError
        If something is known beforehand that would make it fail; see `preflight`.
    RunError
        If the run folder cannot be used, or was made with other settings.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    tell = progress or (lambda event: None)
    if os.environ.get("RANK", "0") == "0":
        found = preflight(plan)
        found.require()
        for warning in found.warnings:
            tell(ProgressEvent("notice", message=f"warning: {warning}"))
    ranks = Ranks.of_environment(plan.options.device)
    for doubt in plan.doubts:
        tell(ProgressEvent("notice", message=f"warning: {doubt}"))
    if not ranks.first:
        folder = RunFolder(plan.out, writes=False)
    elif plan.resume and (plan.out / CONFIG).exists():
        folder = RunFolder.reopen(plan.out, plan.to_config())
    else:
        folder = RunFolder.create(plan.out, plan.to_config(), plan.to_inputs())
    ranks.wait()
    stop = StopRequest(lambda text: tell(ProgressEvent("notice", message=text)))
    with stop.listening():
        try:
            with write_errors_in_words(plan.out):
                return _Validation(plan, folder, stop, tell, ranks).run()
        except (TrainingInterrupted, KeyboardInterrupt):
            message = f"interrupted; go on with `resume={plan.out}`"
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
        before = self._base(Arm(BEFORE, ""))
        arms = self.plan.arms
        mine = [(arm, *self._arm(arm)) for arm in arms if arm.name == MAIN]
        trained = any(evaluation is not None for _, _, evaluation in mine)
        # Controls say what a lift is worth: without training there is none.
        others = [(arm, *self._arm(arm)) for arm in arms if arm.name != MAIN and trained]
        trainings = tuple(training for _, training, _ in mine + others if training is not None)
        evaluations: dict[str, list[Evaluation]] = {BEFORE: [before]}
        for arm, _, evaluation in mine + others:
            if evaluation is not None:
                evaluations.setdefault(arm.name, []).append(evaluation)
        cause = None if trained else why_untrained(trainings[0].progress)
        result = ValidationResult(
            plan=self.plan,
            findings=Findings(evaluations, trained=trained, cause=cause, trainings=trainings),
            before=before,
            after=tuple(evaluations.get(MAIN, ())),
            trainings=trainings,
            seconds=time.perf_counter() - self.started,
        )
        self.folder.finish(result.to_record())
        return result

    def _arm(self, arm: Arm) -> tuple[Training | None, Evaluation | None]:
        """Train an arm and evaluate it, or load what an interrupted run did of it."""
        if not arm.trains:
            return None, self._base(arm)
        training = self.folder.training(arm.name, arm.seed)
        evaluation = self.folder.evaluation(arm.name, arm.seed)
        self.ranks.wait()  # nobody writes before all have looked
        if training is not None and (evaluation is not None or not training.trained):
            return training, evaluation
        model, tokenizer, training = train_one_shot(
            self.plan.model,
            arm,
            self.plan.recipe,
            self.folder,
            options=self.plan.options,
            resume=self.plan.resume,
            stop=self.stop,
            progress=lambda line: self.tell(
                ProgressEvent("train", arm.name, arm.seed, line.step, self.plan.recipe.steps, line)
            ),
            notice=lambda text: self.tell(ProgressEvent("notice", message=f"warning: {text}")),
        )
        evaluation = None
        if training.trained:
            evaluation = self._evaluate(model, tokenizer, arm)
            self.folder.add_evaluation(evaluation, arm.name, arm.seed)
            if self.plan.options.save_model and arm.name == MAIN and self.ranks.first:
                with quiet():
                    model.save_pretrained(self.folder.model_place(arm.seed))
                    tokenizer.save_pretrained(self.folder.model_place(arm.seed))
        self.folder.add_training(training)
        self.ranks.wait()
        self.folder.drop_checkpoints(arm.name, arm.seed)
        return training, evaluation

    def _base(self, arm: Arm) -> Evaluation:
        """Evaluate the base model, or load the evaluation of an interrupted run."""
        kept = self.folder.evaluation(arm.name, arm.seed)
        self.ranks.wait()
        if kept is not None:
            return kept
        from sample_engineering.generation.transformers_engine import load_model, load_tokenizer

        name, options = self.plan.model, self.plan.options
        loading = options.loading
        with quiet():
            model = load_model(name, loading, device=options.device, dtype="float32")
            tokenizer = load_tokenizer(name, loading)
        evaluation = self._evaluate(model, tokenizer, arm)
        self.folder.add_evaluation(evaluation, arm.name, arm.seed)
        return evaluation

    def _evaluate(self, model: Any, tokenizer: Any, arm: Arm) -> Evaluation:
        from sample_engineering.generation.transformers_engine import TransformersGenerator

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


def _autocast(model: Any, recipe: Recipe) -> Any:
    """The precision of the rollouts, so that before, during and after agree."""
    import torch

    device = model.get_input_embeddings().weight.device.type
    if recipe.bf16 and device == "cuda":
        return torch.autocast(device, dtype=torch.bfloat16)
    return nullcontext()
