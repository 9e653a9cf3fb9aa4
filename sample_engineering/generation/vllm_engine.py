"""Completions from vLLM in this process: many prompts at once on one or more GPUs."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.extras import require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.base import CHUNK, BaseGenerator
from sample_engineering.generation.begun_answer import encode_begun
from sample_engineering.generation.chat_template import end_of_turn
from sample_engineering.generation.protocol import (
    Capabilities,
    Completion,
    Progress,
    Prompt,
    check_offered,
)
from sample_engineering.generation.sampling_settings import Sampling

# GB of key-value cache on a machine without a GPU; vLLM's own default there is 4.
CPU_CACHE_GB = 1
CPU_CACHE_VARIABLE = "VLLM_CPU_KVCACHE_SPACE"
SEED_BITS = 31


@dataclass(frozen=True)
class VLLMEngine:
    """A local model, run by vLLM in this process on one or more GPUs.

    Parameters
    ----------
    tensor_parallel_size, max_model_len, cpu_cache_gb, llm_options
        See `VLLMGenerator`.
    revision, dtype, trust_remote_code
        See `asking.Loading`.
    """

    tensor_parallel_size: int | None = None
    revision: str | None = None
    dtype: str = "auto"
    max_model_len: int | None = None
    cpu_cache_gb: int = CPU_CACHE_GB
    trust_remote_code: bool = False
    llm_options: Mapping[str, Any] | None = None

    def open(self, model: str, name: str | None = None) -> "VLLMGenerator":
        """Start an engine; see `engines.Engine`."""
        return VLLMGenerator(
            model,
            tensor_parallel_size=self.tensor_parallel_size,
            loading=Loading(
                revision=self.revision,
                dtype=self.dtype,
                trust_remote_code=self.trust_remote_code,
            ),
            max_model_len=self.max_model_len,
            cpu_cache_gb=self.cpu_cache_gb,
            llm_options=self.llm_options,
            name=name,
        )


class VLLMGenerator(BaseGenerator):
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
        Longest prompt and completion together, in tokens; None is the model's own.
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
            "max_model_len": max_model_len,
            "trust_remote_code": loading.trust_remote_code,
        }
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

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; see `protocol.Generator`."""
        return self._sampled(prompts, sampling, schema, progress, 0)

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)``, `CHUNK` prompts at a time."""
        for start in range(0, len(prompts), CHUNK):
            chunk = prompts[start : start + CHUNK]
            yield from enumerate(self._sampled(chunk, sampling, schema, None, start), start)

    def _sampled(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        schema: Mapping[str, Any] | None,
        progress: Progress | None,
        first: int,
    ) -> list[list[Completion]]:
        """Sample completions of prompts of which the first is number `first` of its call."""
        check_offered(self, sampling, schema)
        settings: dict[str, Any] = {
            "n": 1 if sampling.greedy else sampling.n,  # vLLM refuses several greedy samples
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "stop": [*sampling.stop, *self.turn_end.texts] or None,
            "stop_token_ids": list(self.turn_end.ids) or None,
            "logprobs": 0 if sampling.logprobs else None,  # 0: of the sampled token only
        } | self._structure(schema)
        if sampling.top_k is not None:  # what means "all" differs between versions
            settings["top_k"] = sampling.top_k
        params = [
            self._vllm.SamplingParams(**settings, seed=_prompt_seed(sampling.seed, first + index))
            for index in range(len(prompts))
        ]
        encoded = encode_begun(prompts, self.tokenizer, sampling.chat_template_kwargs)
        ids = [{"prompt_token_ids": row} for row in encoded]
        try:
            outputs = self.llm.generate(ids, params, use_tqdm=_reporting(progress, settings["n"]))
        except ValueError as error:
            raise GenerationError(
                f"vLLM refused a prompt: {' '.join(str(error).split())[:300]}; "
                "leave that problem out or raise `max_model_len`"
            ) from error
        self.usage.count(
            len(outputs),
            sum(len(output.prompt_token_ids) for output in outputs),
            sum(len(item.token_ids) for output in outputs for item in output.outputs),
        )
        return [self._completions(output, sampling.n) for output in outputs]

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


class _Progress:
    """What vLLM uses of a tqdm bar, passed on as counts of finished prompts.

    vLLM counts completions, `per_prompt` of them for each prompt.
    """

    def __init__(self, report: Callable[[int], None], per_prompt: int) -> None:
        self._report = report
        self._per_prompt = per_prompt
        self.n = 0
        self.total = 0
        self.postfix = ""
        self.format_dict = {"elapsed": 1.0}

    def update(self, count: int = 1) -> None:
        before = self.n // self._per_prompt
        self.n += count
        finished = self.n // self._per_prompt - before
        if finished:
            self._report(finished)

    def refresh(self) -> None:
        pass

    def close(self) -> None:
        pass


def _reporting(progress: Callable[[int], None] | None, per_prompt: int) -> Any:
    """Return a factory of progress bars that counts only finished prompts."""
    if progress is None:
        return False

    def bar(*args: Any, desc: str = "", **_: Any) -> Any:
        if args:  # a bar around the prompts while they are added: nothing is finished yet
            return args[0]
        return _Progress(progress if "rocess" in desc else lambda _count: None, per_prompt)

    return bar


def _prompt_seed(seed: int | None, index: int) -> int | None:
    """Return a seed of its own per prompt, or repeated prompts would get the same samples."""
    import random

    if seed is None:
        return None
    return random.Random(f"{seed}:{index}").getrandbits(SEED_BITS)


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
