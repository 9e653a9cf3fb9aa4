"""What only torch, transformers and TRL can say, asked of them in a process that then ends.

The process that conducts a validation stays light and holds no GPU memory. Where these libraries
are loaded already (a notebook, a test) they are asked there instead, which saves the start.

The libraries print as they please, so the answer is the last line of standard output.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.extras import install_command, quiet, require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.devices import default_device, has_mps
from sample_engineering.trainers.estimates.shape import ModelShape
from sample_engineering.trainers.estimates.timing import MeasuredSpeed
from sample_engineering.trainers.machine import Gpu, has_gpu
from sample_engineering.trainers.nursery import current
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.sharing import SMALL

_PATIENCE = 300  # seconds: a slow file system reads torch for the first time
# What a launcher tells its processes: a trial is one process, and joins no group.
_OF_LAUNCHERS = ("ACCELERATE_", "TORCHELASTIC_", "GROUP_", "ROLE_", "FSDP_")
_OF_GROUPS = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
_MARK = "trial: "


@dataclass(frozen=True)
class Question:
    """What is asked.

    Parameters
    ----------
    recipe : Recipe
        To build TRL's configuration from.
    model : str, optional
        Path or name of a model, to read its configuration and tokenizer.
    device : str, optional
        ``cpu``, ``cuda`` or ``mps``; None takes a GPU if there is one.
    loading : Loading
        How the model's files are read.
    report_to : sequence of str
        Trackers.
    prompts : sequence of (str or list of messages, mapping)
        What the model is asked, and what its chat template is told; counted in tokens.
    timed : bool
        Measure how fast this CPU is with the model, if it is to run on one and is not too large.
    side_by_side : bool
        Measure a small model with one thread, as it will run beside others.
    threads : int
        Measure how many times as fast so many threads are as one, if the model is to run on a CPU
        and is small; 1 measures nothing.
    """

    recipe: Recipe
    model: str | None = None
    device: str | None = None
    loading: Loading = field(default_factory=Loading)
    report_to: Sequence[str] = ()
    prompts: Sequence[Any] = ()
    timed: bool = False
    side_by_side: bool = False
    threads: int = 1


@dataclass(frozen=True)
class TokenizerFacts:
    """What a tokenizer says.

    Parameters
    ----------
    tokens : int
        Its highest token and one.
    end : bool
        Whether it has an end token.
    pad : bool
        Whether it has a padding token, or an end token to take its place.
    chat : bool
        Whether it has a chat template.
    template_fault : str
        What of the prompts asked about would not reach the model as it is meant; without prompts,
        what is wrong with how the chat template opens an answer. Empty where nothing is.
    longest_prompt : int
        Tokens of the longest of the prompts asked about.
    """

    tokens: int
    end: bool
    pad: bool
    chat: bool
    template_fault: str
    longest_prompt: int


@dataclass(frozen=True)
class Trial:
    """What was found; an error is one sentence, empty where there is none.

    Parameters
    ----------
    failure : str
        Why nothing else is known.
    gpus : tuple of Gpu
    mps : bool
        Whether there is a GPU of Apple's.
    settings_error, tracker_error, model_error, tokenizer_error : str
    shape : ModelShape or None
    tokenizer : TokenizerFacts or None
    speed : MeasuredSpeed or None
        Where it was asked for, and the model runs on a CPU.
    threads_gain : float or None
        How many times as fast the threads asked about are as one; where it was asked for.
    """

    failure: str = ""
    gpus: tuple[Gpu, ...] = ()
    mps: bool = False
    settings_error: str = ""
    tracker_error: str = ""
    model_error: str = ""
    tokenizer_error: str = ""
    shape: ModelShape | None = None
    tokenizer: TokenizerFacts | None = None
    speed: MeasuredSpeed | None = None
    threads_gain: float | None = None


def ask(question: Question, *, here: bool = False) -> Trial:
    """Return what the libraries say, in this process where they are loaded, else in another.

    With `here` in this process anyway: it will load them soon.

    Raises
    ------
    ConfigError
        If the libraries cannot even be loaded.
    """
    loaded = here or "trl.trainer.grpo_config" in sys.modules
    if loaded and int(os.environ.get("WORLD_SIZE", 1)) == 1:
        return answer(question)
    record = asdict(question)
    # A reward that is registered in this process only does not matter to TRL's configuration.
    record["recipe"] = question.recipe.with_(reward="correctness").to_dict()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in _OF_GROUPS and not name.startswith(_OF_LAUNCHERS)
    }
    package = str(Path(__file__).resolve().parents[3])
    paths = [package, *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    try:
        done = _elsewhere(json.dumps(record, default=str), environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(
            f"torch and TRL cannot be asked ({type(error).__name__}); see whether "
            f"`{Path(sys.executable).name} -c 'import trl'` works"
        ) from error
    lines = [line for line in done.stdout.splitlines() if line.startswith(_MARK)]
    if done.returncode or not lines:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ConfigError(
            f"torch and TRL cannot be loaded: {reason}; reinstall with {install_command('train')}"
        )
    return _read(json.loads(lines[-1].removeprefix(_MARK)))


def _elsewhere(question: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run this module in a process of its own: a fork, where there is no GPU to ask about."""
    nursery = None if has_gpu() else current()
    if nursery is not None:
        return nursery.run("trial", question, environment, _PATIENCE)
    return subprocess.run(
        [sys.executable, "-m", __name__],
        input=question,
        capture_output=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        env=environment,
    )


def _read(record: dict[str, Any]) -> Trial:
    gpus = tuple(Gpu(**gpu) for gpu in record.pop("gpus"))
    shape, tokenizer, speed = (record.pop(name) for name in ("shape", "tokenizer", "speed"))
    return Trial(
        gpus=gpus,
        shape=ModelShape(**shape) if shape else None,
        tokenizer=TokenizerFacts(**tokenizer) if tokenizer else None,
        speed=MeasuredSpeed(**speed) if speed else None,
        **record,
    )


def answer(question: Question) -> Trial:
    """Ask the libraries in this process."""
    require("trl", "train")
    with quiet():
        config, shape, model_error = _shape(question)
        tokenizer, tokenizer_error = _tokenizer(question)
        gpus = _gpus() if question.device != "cpu" else ()
        timed = question.timed and not gpus and shape is not None and shape.parameters < _LARGE
        return Trial(
            gpus=gpus,
            mps=has_mps(),
            settings_error=_settings_error(question),
            tracker_error=_tracker_error(question.report_to),
            model_error=model_error,
            tokenizer_error=tokenizer_error,
            shape=shape,
            tokenizer=tokenizer,
            speed=_speed(question, config, shape) if timed else None,
            threads_gain=None if gpus else _threads_gain(question, config, shape),
        )


def sentence(error: BaseException) -> str:
    """Return what a library's error says, as the beginning of one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    first = text.split(". ")[0].rstrip(".;:")
    return first if len(first) < _LONGEST else first[:_LONGEST] + "…"


_LONGEST = 300
_LARGE = (
    1_000_000_000  # parameters from which measuring a CPU takes minutes, and training on it days
)


def _gpus() -> tuple[Gpu, ...]:
    torch = require("torch", "train")
    if not torch.cuda.is_available():
        return ()
    found = []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        free, total = torch.cuda.mem_get_info(index)
        bf16 = bool(getattr(torch.version, "hip", None)) or properties.major >= 8
        found.append(Gpu(properties.name, int(total), int(free), bf16))
    return tuple(found)


def _settings_error(question: Question) -> str:
    """Return why TRL's configuration, or its trainer, cannot be built; empty where both can."""
    from sample_engineering.trainers.settings import grpo_config

    try:
        with tempfile.TemporaryDirectory() as folder, _undisturbed():
            config = grpo_config(
                question.recipe,
                seed=0,
                output=Path(folder),
                device=question.device or default_device(),
                loading=question.loading,
            )
            if wrong := _unknown_word(config):
                return f"TRL refuses the settings: {wrong}; change the recipe"
            _build_with_stand_in(question.recipe, config)
    except SampleEngineeringError as error:
        return str(error)
    except Exception as error:
        return f"TRL refuses the settings: {sentence(error)}; change the recipe"
    return ""


# Words that TRL 1.16 looks at in its first step only (grpo_trainer.py).
_WORDS = {
    "loss_type": ("grpo", "bnpo", "dr_grpo", "dapo", "luspo", "cispo", "sapo", "vespo"),
    "scale_rewards": ("group", "batch", "none", True, False),
    "importance_sampling_level": ("token", "sequence"),
    "multi_objective_aggregation": ("sum_then_normalize", "normalize_then_sum"),
    "vllm_importance_sampling_mode": (
        "token_truncate", "token_mask", "sequence_truncate", "sequence_mask",
    ),
}  # fmt: skip


def _unknown_word(config: Any) -> str:
    for name, words in _WORDS.items():
        value = getattr(config, name, words[0])
        if value not in words:
            known = ", ".join(word for word in words if isinstance(word, str))
            return f"`{name}` {value!r} is none of {known}"
    return ""


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the random numbers of this process as they would have been."""
    import random

    import numpy as np

    torch = require("torch", "train")
    kept = random.getstate()
    legacy = np.random.get_state()  # noqa: NPY002  # which transformers seeds
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(kept)
            np.random.set_state(legacy)  # noqa: NPY002


def _build_with_stand_in(recipe: Recipe, config: Any) -> None:
    """Build TRL's trainer with a model of a few numbers: it refuses what its settings do not."""
    transformers, trl, datasets = (require(n, "train") for n in ("transformers", "trl", "datasets"))
    tokenizers = require("tokenizers", "train")
    config.use_vllm = False  # starts an engine
    config.beta = 0.0  # loads a second model
    words = tokenizers.models.WordLevel({"<end>": 0, "one": 1}, unk_token="<end>")
    shape = transformers.LlamaConfig(
        vocab_size=2, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=1, pad_token_id=0, eos_token_id=0,
    )  # fmt: skip
    trl.GRPOTrainer(
        model=transformers.LlamaForCausalLM(shape),
        processing_class=transformers.PreTrainedTokenizerFast(
            tokenizer_object=tokenizers.Tokenizer(words),
            pad_token="<end>", eos_token="<end>", padding_side="left",
        ),
        args=config,
        reward_funcs=lambda completions, **_: [0.0] * len(completions),
        train_dataset=datasets.Dataset.from_list([{"prompt": "one"}] * recipe.groups),
    )  # fmt: skip


def _tracker_error(names: Sequence[str]) -> str:
    from transformers.integrations import get_reporting_integration_callbacks

    for name in names:
        try:
            get_reporting_integration_callbacks([name])
        except Exception as error:
            return f"{name!r} cannot be reported to: {sentence(error)}"
    return ""


def _speed(question: Question, config: Any, shape: ModelShape | None) -> MeasuredSpeed | None:
    from sample_engineering.trainers.estimates.measuring import measure

    alone = not (question.side_by_side and shape is not None and shape.parameters <= SMALL)
    try:
        return measure(
            config,
            trust_remote_code=question.loading.trust_remote_code,
            threads=None if alone else 1,
        )
    except Exception:  # an unusual model: then no time is told
        return None


def _threads_gain(question: Question, config: Any, shape: ModelShape | None) -> float | None:
    from sample_engineering.trainers.estimates.measuring import gain_of_threads

    if question.threads < 2 or shape is None or shape.parameters > SMALL:
        return None
    trusts = question.loading.trust_remote_code
    try:
        with _undisturbed():
            return gain_of_threads(config, question.threads, trust_remote_code=trusts)
    except Exception:  # an unusual model: then one thread it is
        return None


def _shape(question: Question) -> tuple[Any, ModelShape | None, str]:
    from sample_engineering.trainers.estimates.shape import shape_of

    if question.model is None:
        return None, None, ""
    transformers = require("transformers", "train")
    loading = question.loading
    try:
        config = transformers.AutoConfig.from_pretrained(question.model, **loading.tokenizer_kwargs)
        shape = shape_of(config, trust_remote_code=loading.trust_remote_code)
        return config, shape, ""
    except Exception as error:
        return None, None, sentence(error)


def _tokenizer(question: Question) -> tuple[TokenizerFacts | None, str]:
    from sample_engineering.generation.chat_template import (
        conditions_fault,
        generation_prompt_fault,
    )
    from sample_engineering.generation.prompts import encode, has_images
    from sample_engineering.generation.transformers_engine import load_tokenizer
    from sample_engineering.generation.vision import encode_with_images, load_processor

    if question.model is None:
        return None, ""
    try:
        tokenizer = load_tokenizer(question.model, question.loading)
        asked = [(_as_prompt(prompt), dict(told)) for prompt, told in question.prompts]
        fault = conditions_fault(tokenizer, asked) if asked else generation_prompt_fault(tokenizer)
        processor = (
            load_processor(question.model, question.loading)
            if any(has_images(prompt) for prompt, _ in asked)
            else None
        )
        encoded = [
            encode_with_images(prompt, processor, told)["input_ids"]
            if has_images(prompt)
            else encode(prompt, tokenizer, told)
            for prompt, told in ([] if fault else asked)
        ]
        longest = max(map(len, encoded), default=0)
        return TokenizerFacts(
            tokens=len(tokenizer),
            end=tokenizer.eos_token_id is not None,
            pad=tokenizer.pad_token_id is not None,
            chat=bool(getattr(tokenizer, "chat_template", None)),
            template_fault=fault or "",
            longest_prompt=longest,
        ), ""
    except SampleEngineeringError as error:
        return None, str(error)
    except Exception as error:
        return None, (
            f"cannot use the tokenizer of {question.model}: {sentence(error)}; give a folder or "
            "name with a tokenizer that transformers can load"
        )


def _as_prompt(prompt: Any) -> Any:
    return prompt if isinstance(prompt, str) else [dict(message) for message in prompt]


def main() -> None:
    """Answer the question of standard input on standard output."""
    record = json.load(sys.stdin)
    recipe = Recipe(**record.pop("recipe"))
    loading = Loading(**record.pop("loading"))
    found = answer(Question(recipe, loading=loading, **record))
    print(f"\n{_MARK}{json.dumps(asdict(found))}")


if __name__ == "__main__":
    main()
