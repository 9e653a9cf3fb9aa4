"""Completions from vLLM, in a process of its own: many prompts at once on one or more GPUs.

vLLM frees a GPU's memory only when its process ends, and may need another environment than TRL.
So the engine starts a `Worker`, and `VLLMGenerator` is what runs inside it.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.extras import check_installed, require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.base import StreamingGenerator
from sample_engineering.generation.begun_answer import encode_begun
from sample_engineering.generation.chat_template import end_of_turn
from sample_engineering.generation.context import cut_note, fit
from sample_engineering.generation.prompt_keys import prompt_keys
from sample_engineering.generation.protocol import (
    Capabilities,
    Completion,
    Generator,
    Prompt,
    check_offered,
)
from sample_engineering.generation.sampling_settings import Sampling

# GB of key-value cache on a machine without a GPU; vLLM's own default there is 4.
CPU_CACHE_GB = 1
CPU_CACHE_VARIABLE = "VLLM_CPU_KVCACHE_SPACE"
PYTHON_VARIABLE = "SE_VLLM_PYTHON"
_GPUS_VARIABLE = "CUDA_VISIBLE_DEVICES"
_LEAST_LENGTH = 256  # tokens of prompt and completion that vLLM is set up for at least
SEED_BITS = 31
# Compiling doubles the time to start on a CPU (34 s against 16) and pays nothing there: 11,900 to
# 13,400 tokens a second against 10,600 to 14,100, 64 rows of a tiny model.
_ON_CPU: Mapping[str, Any] = {"enforce_eager": True}


@dataclass(frozen=True)
class VLLMEngine:
    """A local model, run by vLLM in a process of its own on one or more GPUs.

    Parameters
    ----------
    python : str, optional
        Interpreter of an environment with vLLM; None is the environment variable SE_VLLM_PYTHON,
        or this interpreter.
    device : str, optional
        ``cuda`` or ``cuda:1``; ``cpu`` where vLLM is a build for CPUs. None: all GPUs.
    tensor_parallel_size, max_model_len, gpu_memory_utilization, cpu_cache_gb, llm_options
        See `VLLMGenerator`.
    longest : int, optional
        Tokens of the longest prompt and completion, where known; see `sized`.
    revision, dtype, trust_remote_code
        See `asking.Loading`.
    """

    own_process: ClassVar[bool] = True

    python: str | None = None
    device: str | None = None
    tensor_parallel_size: int | None = None
    revision: str | None = None
    dtype: str = "auto"
    max_model_len: int | None = None
    gpu_memory_utilization: float | None = None
    cpu_cache_gb: int = CPU_CACHE_GB
    trust_remote_code: bool = False
    llm_options: Mapping[str, Any] | None = None
    longest: int | None = None

    def __post_init__(self) -> None:
        share = self.gpu_memory_utilization
        if share is not None and not 0 < share <= 1:
            raise ConfigError(f"`gpu_memory_utilization` {share}: give a share of 1, e.g. 0.9")
        kind, _, number = (self.device or "cuda").partition(":")
        if kind not in ("cuda", "cpu") or (number and not number.isdecimal()):
            raise ConfigError(
                f"`device` {self.device!r} is none for vLLM; give cuda, cuda:1 or cpu"
            )

    def sized(self, longest: int) -> "VLLMEngine":
        """Return the engine set up for prompts and completions of at most so many tokens.

        vLLM reserves cache for the longest request; a model's own limit may be more than fits.
        """
        return self if self.max_model_len is not None else replace(self, longest=longest)

    def open(self, model: str, name: str | None = None) -> "Generator":
        """Start a process and vLLM in it; see `engines.Engine`.

        Raises
        ------
        MissingExtraError
            If vLLM is not installed and no other interpreter is named.
        GenerationError
            If vLLM cannot run the model on this machine.
        """
        from sample_engineering.generation.worker_process import Worker

        python = self.interpreter
        if python is None:
            check_device(self.device)
        worker = Worker(python, self.environment)
        return worker.open(model, self, name=name, owned=True)

    @property
    def interpreter(self) -> str | None:
        """Interpreter of the process; None is this one, which then must have vLLM."""
        python = self.python or os.environ.get(PYTHON_VARIABLE)
        if python is None:
            check_installed("vllm", "vllm")
        return python

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the process: which GPUs it sees."""
        kind, _, number = (self.device or "cuda").partition(":")
        if kind != "cuda" or not number:
            return {}
        seen = [gpu for gpu in os.environ.get(_GPUS_VARIABLE, "").split(",") if gpu]
        if seen and int(number) >= len(seen):
            raise ConfigError(
                f"`device` {self.device!r}: {_GPUS_VARIABLE} shows {len(seen)} GPUs; "
                "the first is cuda:0"
            )
        return {_GPUS_VARIABLE: seen[int(number)] if seen else number}

    def open_here(self, model: str, name: str | None = None) -> "VLLMGenerator":
        """Run vLLM in this process."""
        check_installed("vllm", "vllm")
        check_device(self.device)
        if not cpu_build() and not require("torch", "vllm").cuda.is_available():
            raise ConfigError(
                "`engine` vllm needs a GPU, and there is none to be seen here; "
                "use `engine` transformers"
            )
        if cpu_build():  # vLLM's engine in this very process: starts in a sixth of the time
            os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
        return VLLMGenerator(
            model,
            tensor_parallel_size=self.tensor_parallel_size,
            loading=Loading(
                revision=self.revision,
                dtype=self.dtype,
                trust_remote_code=self.trust_remote_code,
            ),
            max_model_len=self.max_model_len,
            longest=self.longest,
            gpu_memory_utilization=self.gpu_memory_utilization,
            cpu_cache_gb=self.cpu_cache_gb,
            llm_options={**(_ON_CPU if cpu_build() else {}), **(self.llm_options or {})},
            name=name,
        )


def check_device(device: str | None) -> None:
    """Raise ConfigError where the vLLM that is installed here cannot run on `device`."""
    build = cpu_build()
    if device == "cpu" and not build:
        raise ConfigError(
            "`device` cpu: the vLLM that is installed is a build for GPUs; use `engine` "
            "transformers on a CPU, or name with `python` in `engine_options` the interpreter of "
            "an environment with a build for CPUs (scripts/make_vllm_env.sh makes one)"
        )
    if build and device not in (None, "cpu"):
        raise ConfigError(
            f"`device` {device}: the vLLM that is installed is a build for CPUs; leave it out"
        )


def cpu_build() -> bool:
    """Whether the vLLM of this environment is one for CPUs: vLLM itself asks for its version."""
    try:
        return "cpu" in version("vllm")
    except PackageNotFoundError:
        return False


class VLLMGenerator(StreamingGenerator):
    """Sampled completions of a model that vLLM runs in this process.

    The beginning that prompts share (a system message, or the n samples of one prompt) is computed
    once (prefix caching). A chat that ends with an assistant's message is continued within it.

    Parameters
    ----------
    model : path or Hugging Face name
        Any causal language model that vLLM runs.
    tensor_parallel_size : int, optional
        GPUs to split the model over; None takes the most that this machine has and the model's
        attention heads can be divided by.
    loading : Loading, optional
        Revision, dtype and whether code of the model is run. Without a dtype it is the model's own,
        but float32 models run in bfloat16. vLLM chooses its attention itself, and has arguments of
        its own (`llm_options`).
    max_model_len : int, optional
        Longest prompt and completion together, in tokens; None is `longest`, or the model's own.
    longest : int, optional
        As `max_model_len`, but no more than the model's own limit.
    gpu_memory_utilization : float, optional
        Share of each GPU's memory that vLLM may take; None is vLLM's own, 0.9.
    cpu_cache_gb : int
        GB of key-value cache on a machine without a GPU, unless the environment variable
        VLLM_CPU_KVCACHE_SPACE says so.
    llm_options : mapping, optional
        Further arguments of ``vllm.LLM`` by name, e.g. ``{"enforce_eager": True}``.
    name : str, optional
        What is shown, and stands in records; None is the model's path or name.

    Raises
    ------
    MissingExtraError
        If vLLM is not installed.
    GenerationError
        If vLLM cannot run the model on this machine.
    """

    capabilities = Capabilities(
        streaming=True,
        schema=True,
        prefill=True,
        logprobs=True,
        stop=True,
        top_k=True,
        seed=True,
        chat_template_kwargs=True,
    )

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        tensor_parallel_size: int | None = None,
        loading: Loading | None = None,
        max_model_len: int | None = None,
        longest: int | None = None,
        gpu_memory_utilization: float | None = None,
        cpu_cache_gb: int = CPU_CACHE_GB,
        llm_options: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> None:
        path = os.fspath(model)
        super().__init__(path if name is None else name)
        vllm = require("vllm", "vllm")
        self._vllm = vllm
        loading = loading or Loading()
        settings: dict[str, Any] = {
            "model": path,
            "tensor_parallel_size": tensor_parallel_size or _gpus_for(path, loading),
            "revision": loading.revision,
            "tokenizer_revision": loading.revision,
            "dtype": loading.dtype or "auto",
            "max_model_len": max_model_len or _length_for(path, longest, loading),
            "trust_remote_code": loading.trust_remote_code,
        }
        if gpu_memory_utilization is not None:
            settings["gpu_memory_utilization"] = gpu_memory_utilization
        for name in ("attn_implementation", "model_init_kwargs"):
            if getattr(loading, name):
                raise ConfigError(
                    f"`{name}` is for transformers, not for vLLM; leave it out, or give vLLM's own "
                    "arguments in `llm_options`"
                )
        twice = [key for key in llm_options or () if key in settings]
        if twice:
            raise ConfigError(f"`llm_options` sets {twice[0]}, which is a parameter; set it there")
        settings |= {"enable_prefix_caching": True} | dict(llm_options or {})
        try:
            with _cpu_cache(cpu_cache_gb):
                self.llm = vllm.LLM(**settings)
        except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
            reason = " ".join(str(error).split())[:300]
            raise GenerationError(
                f"vLLM cannot run {path}: {reason}; "
                "check the path and the memory, or use the transformers engine"
            ) from error
        self.tokenizer = self.llm.get_tokenizer()
        # vLLM knows the end tokens of the tokenizer and of the generation settings, and these not.
        self.turn_end = end_of_turn(self.tokenizer)

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)`` as vLLM finishes them."""
        check_offered(self, sampling, schema)
        settings: dict[str, Any] = {
            "n": 1 if sampling.greedy else sampling.n,  # vLLM refuses several greedy samples
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "stop": [*sampling.stop, *self.turn_end.texts] or None,
            "stop_token_ids": list(self.turn_end.ids) or None,
            "logprobs": 0 if sampling.logprobs else None,  # 0: of the sampled token only
            "output_kind": require("vllm.sampling_params", "vllm").RequestOutputKind.FINAL_ONLY,
        } | self._structure(schema)
        if sampling.top_k is not None:  # what means "all" differs between versions
            settings["top_k"] = sampling.top_k
        ids = encode_begun(prompts, self.tokenizer, sampling.chat_template_kwargs)
        engine = self.llm.llm_engine
        context = int(engine.model_config.max_model_len)
        if any(fit(len(row), sampling.max_tokens, context) < sampling.max_tokens for row in ids):
            self.note(cut_note(sampling.max_tokens, context))  # vLLM cuts there by itself
        try:
            for number, (row, key) in enumerate(zip(ids, prompt_keys(ids), strict=True)):
                seed = _prompt_seed(sampling.seed, key)
                params = self._vllm.SamplingParams(**settings, seed=seed)
                engine.add_request(str(number), {"prompt_token_ids": row}, params)
            while engine.has_unfinished_requests():
                for output in engine.step():
                    if output.finished:
                        made = self._completions(output, sampling.n)
                        tokens = sum(len(item.token_ids) for item in output.outputs)
                        self.usage.count(1, len(output.prompt_token_ids), tokens)
                        yield int(output.request_id), made
        except ValueError as error:
            raise GenerationError(
                f"vLLM refused a prompt: {' '.join(str(error).split())[:300]}; "
                "leave that problem out or raise `max_model_len`"
            ) from error
        finally:
            if engine.has_unfinished_requests():  # refused or abandoned: none may be left over
                engine.abort_request([str(number) for number in range(len(ids))])

    def _structure(self, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        if schema is None:
            return {}
        sampling = require("vllm.sampling_params", "vllm")
        return {"structured_outputs": sampling.StructuredOutputsParams(json=dict(schema))}

    @staticmethod
    def _completions(output: Any, n: int) -> list[Completion]:
        completions = [
            Completion(
                text=item.text,
                tokens=len(item.token_ids),
                finish_reason="length" if item.finish_reason == "length" else "stop",
                prompt_tokens=len(output.prompt_token_ids),
                logprobs=None
                if item.logprobs is None
                else tuple(
                    float(row[token].logprob)
                    for row, token in zip(item.logprobs, item.token_ids, strict=True)
                ),
            )
            for item in output.outputs
        ]
        return completions if len(completions) == n else completions * n


@contextmanager
def _cpu_cache(size: int) -> Iterator[None]:
    """Tell vLLM the size of the cache by the one way it has, and leave no trace afterwards."""
    if CPU_CACHE_VARIABLE in os.environ:
        yield
        return
    os.environ[CPU_CACHE_VARIABLE] = str(size)
    try:
        yield
    finally:
        os.environ.pop(CPU_CACHE_VARIABLE, None)


def _prompt_seed(seed: int | None, key: int) -> int | None:
    """Return a seed that depends on the prompt, not on what else is asked beside it."""
    import random

    if seed is None:
        return None
    return random.Random(f"{seed}:{key}").getrandbits(SEED_BITS)


def _length_for(model: str, longest: int | None, loading: Loading) -> int | None:
    """Return the length to set vLLM up for; None is the model's own."""
    if longest is None:
        return None
    transformers = require("transformers", "vllm")
    try:
        config = transformers.AutoConfig.from_pretrained(
            model, **loading.tokenizer_kwargs
        ).get_text_config()
    except (OSError, ValueError):
        return None  # vLLM says it better
    own = getattr(config, "max_position_embeddings", None) or longest
    return min(max(longest, _LEAST_LENGTH), int(own))


def _gpus_for(model: str, loading: Loading) -> int:
    """Return how many of this machine's GPUs the model's attention heads divide by."""
    torch = require("torch", "vllm")
    count = int(torch.cuda.device_count()) if torch.cuda.is_available() else 0
    if count < 2:
        return 1
    transformers = require("transformers", "vllm")
    try:
        config = transformers.AutoConfig.from_pretrained(
            model, **loading.tokenizer_kwargs
        ).get_text_config()
    except (OSError, ValueError):
        return 1
    heads = int(getattr(config, "num_attention_heads", 1))
    return next(size for size in range(count, 0, -1) if heads % size == 0)
