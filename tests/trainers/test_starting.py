"""What the libraries raise and warn of reaches the user as a sentence."""

import logging
import warnings

import pytest
import torch

from sample_engineering.errors import RunError, TrainingError
from sample_engineering.extras import quiet
from sample_engineering.trainers.starting import memory_in_words, start_in_words


class Odd(BaseException):
    pass


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("A is wrong.\nAnd so on"), "TRL cannot start: A is wrong; change the recipe"),
        (RuntimeError(""), "TRL cannot start: RuntimeError: RuntimeError; change"),
        (AssertionError("no NCCL"), "AssertionError: no NCCL"),
        (NotImplementedError("not here"), "NotImplementedError: not here"),
        (KeyError("qwen9"), "KeyError: 'qwen9'"),
        (TypeError("unexpected keyword"), "TypeError: unexpected keyword"),
        (ImportError("vLLM is not there", name="vllm"), "a package vllm cannot be used"),
        (OSError("gated repository"), "OSError: gated repository"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB"), "GPU's memory: CUDA out of"),
        (RuntimeError("CUDA error: out of memory"), "does not fit into the GPU's memory"),
        (ValueError("Free memory on device (3 GiB) is less"), "does not fit into the GPU's memory"),
        (ValueError("X does not support `nn.DataParallel`, which"), "CUDA_VISIBLE_DEVICES"),
    ],
)
def test_whatever_stops_the_start_is_a_sentence(error, message):
    with pytest.raises(TrainingError) as caught, start_in_words():
        raise error
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_error_that_comes_through_vllm_names_it():
    frame = {"__name__": "vllm.engine", "__builtins__": __builtins__}
    exec("def start():\n    raise RuntimeError('no kernel for this card')", frame)
    with (
        pytest.raises(TrainingError, match="vLLM cannot start: no kernel for this card"),
        start_in_words(),
    ):
        frame["start"]()


@pytest.mark.parametrize("error", [RunError("lost"), OSError(28, "No space left"), Odd()])
def test_our_own_errors_full_disks_and_interrupts_pass(error):
    with pytest.raises(type(error)) as caught, start_in_words():
        raise error
    assert caught.value is error


def test_a_full_gpu_while_training_is_a_sentence_and_nothing_else_is():
    with pytest.raises(TrainingError, match="lower `micro_batch`"), memory_in_words():
        raise torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(ZeroDivisionError), memory_in_words():
        1 / 0  # noqa: B018


LOSING = [
    "You passed `model_init_kwargs`, but your model is loaded. They will be ignored.",
    "vLLM 0.40 is not supported by this version.",
    "Some weights were newly initialized: lm_head",
    "The server runs with raw_logprobs, which biases the correction.",
]
CHATTER = ["Set a pad token for generation.", "Using slow image processor"]


@pytest.mark.parametrize("speak", ["trl.trainer.grpo_trainer", "transformers.modeling_utils", None])
def test_warnings_about_what_was_asked_for_are_passed_on_once(speak, capsys):
    told = []
    with quiet(told.append):
        for text in [*LOSING, *CHATTER, *LOSING]:
            if speak is None:
                warnings.warn(text, UserWarning, stacklevel=1)
            else:
                logging.getLogger(speak).warning(text)
    assert told == LOSING
    assert capsys.readouterr().err == ""


def test_what_will_go_one_day_is_not_about_this_run(capsys):
    told = []
    with quiet(told.append):
        warnings.warn("`x` is deprecated and will be ignored in v9", FutureWarning, stacklevel=1)
    assert told == []
    assert capsys.readouterr().err == ""


def test_errors_are_shown_and_the_loggers_are_as_before(capsys):
    loggers = [logging.getLogger(name) for name in ("trl", "transformers")]
    before = [(one.level, one.propagate, list(one.handlers)) for one in loggers]
    seen = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())
    logging.getLogger().addHandler(handler)
    try:
        with quiet():
            logging.getLogger("trl.any").error("broken")
            logging.getLogger("trl.any").warning("not shown")
    finally:
        logging.getLogger().removeHandler(handler)
    assert seen == ["broken"]
    assert [(one.level, one.propagate, list(one.handlers)) for one in loggers] == before
