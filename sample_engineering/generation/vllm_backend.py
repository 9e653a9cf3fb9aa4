"""Completions from vLLM in this process: many prompts at once on one or more GPUs."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.extras import require
from sample_engineering.generation.protocol import Completion, Prompt

# GB of key-value cache on a machine without a GPU; vLLM's own default there is 4.
CPU_CACHE_GB = "1"
SEED_BITS = 31


class VLLMGenerator:
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
    dtype : str
        ``"auto"`` is the model's own, but float32 models run in bfloat16.
    max_model_len : int, optional
        Longest prompt and completion together, in tokens; None is the model's own.
    **options
        Passed to ``vllm.LLM``.

    Raises
    ------
    MissingExtraError
        If vLLM is not installed.
    GenerationError
        If vLLM cannot run the model on this machine.
    """

    honours_schema = True

    def __init__(
        self,
        model: str | os.PathLike[str],
        *,
        tensor_parallel_size: int | None = None,
        dtype: str = "auto",
        max_model_len: int | None = None,
        **options: Any,
    ) -> None:
        self.name = os.fspath(model)
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", CPU_CACHE_GB)
        vllm = require("vllm", "vllm")
        self._vllm = vllm
        options.setdefault("enable_prefix_caching", True)
        try:
            self.llm = vllm.LLM(
                model=self.name,
                tensor_parallel_size=tensor_parallel_size or _gpus_for(self.name),
                dtype=dtype,
                max_model_len=max_model_len,
                **options,
            )
        except (OSError, ValueError, RuntimeError, NotImplementedError) as error:
            reason = " ".join(str(error).split())[:300]
            raise GenerationError(
                f"vLLM cannot run {self.name}: {reason}; "
                "check the path and the memory, or use the transformers backend"
            ) from error
        self.tokenizer = self.llm.get_tokenizer()

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        n: int = 1,
        max_tokens: int = 512,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        logprobs: bool = False,
        schema: Mapping[str, Any] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[list[Completion]]:
        """Sample `n` completions of each prompt; see `protocol.Generator`."""
        if n < 1 or max_tokens < 1:
            raise GenerationError(f"n={n} and max_tokens={max_tokens} must be at least 1")
        settings: dict[str, Any] = {
            "n": n if temperature > 0 else 1,  # vLLM refuses several greedy samples
            "max_tokens": max_tokens,
            "temperature": temperature,
            "top_p": top_p,
            "logprobs": 0 if logprobs else None,  # 0: of the sampled token only
        } | self._structure(schema)
        params = [
            self._vllm.SamplingParams(**settings, seed=_prompt_seed(seed, index))
            for index in range(len(prompts))
        ]
        ids = [{"prompt_token_ids": self._encode(prompt)} for prompt in prompts]
        try:
            outputs = self.llm.generate(ids, params, use_tqdm=_reporting(progress, settings["n"]))
        except ValueError as error:
            raise GenerationError(
                f"vLLM refused a prompt: {' '.join(str(error).split())[:300]}; "
                "leave that problem out or raise max_model_len"
            ) from error
        return [self._completions(output, n) for output in outputs]

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether a begun answer is continued: always."""
        return True

    def _encode(self, prompt: Prompt) -> list[int]:
        from sample_engineering.generation.begun_answer import encode_begun

        return encode_begun(prompt, self.tokenizer)

    def _structure(self, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        if schema is None:
            return {}
        sampling = require("vllm.sampling_params", "vllm")
        if hasattr(sampling, "StructuredOutputsParams"):
            return {"structured_outputs": sampling.StructuredOutputsParams(json=dict(schema))}
        return {"guided_decoding": sampling.GuidedDecodingParams(json=dict(schema))}  # before 0.11

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


def _gpus_for(model: str) -> int:
    """Return how many of this machine's GPUs the model's attention heads divide by."""
    torch = require("torch", "vllm")
    count = int(torch.cuda.device_count()) if torch.cuda.is_available() else 0
    if count < 2:
        return 1
    transformers = require("transformers", "vllm")
    try:
        config = transformers.AutoConfig.from_pretrained(model).get_text_config()
    except (OSError, ValueError):
        return 1
    heads = int(getattr(config, "num_attention_heads", 1))
    return next(size for size in range(count, 0, -1) if heads % size == 0)
