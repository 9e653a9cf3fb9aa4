"""Completions from a transformers model in this process, on a CPU or a GPU."""

import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.extras import quiet, require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.base import BaseGenerator
from sample_engineering.generation.begun_answer import encode_begun
from sample_engineering.generation.chat_template import end_of_turn, end_tokens
from sample_engineering.generation.context import cut_note, fit
from sample_engineering.generation.devices import default_device, found_device
from sample_engineering.generation.hub import look_for
from sample_engineering.generation.memory import BatchSizer, Pace
from sample_engineering.generation.prompt_keys import prompt_keys
from sample_engineering.generation.prompts import has_images
from sample_engineering.generation.protocol import (
    Capabilities,
    Completion,
    Progress,
    Prompt,
    check_offered,
)
from sample_engineering.generation.sampling import Rollout, StopTexts, row_noise, sample
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.vision import (
    auto_model,
    encode_with_images,
    image_words,
    images_in,
    load_processor,
    sees_images,
)

SEED_BITS = 62  # of a seed drawn where none is given
_TRIED_ROWS, _TRIED_TOKENS = (1, 16), 8  # to learn the pace
_LIMIT_STEP = 64  # tokens by which completions are shortened where the context ends


def load_tokenizer(path: str | os.PathLike[str], loading: Loading | None = None) -> Any:
    """Load a tokenizer; raises GenerationError where there is none."""
    transformers = require("transformers", "train")
    look_for(path)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            os.fspath(path), **(loading or Loading()).tokenizer_kwargs, padding_side="left"
        )
    except Exception as error:  # files of strangers make the libraries raise what they like
        raise GenerationError(_cannot_load("tokenizer", path, error)) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def _config_of(path: str | os.PathLike[str], loading: Loading) -> Any:
    """Return the configuration of a model; of adapters, that of the model that they are of."""
    import transformers
    from transformers.utils import find_adapter_config_file

    kwargs = loading.tokenizer_kwargs
    try:
        return transformers.AutoConfig.from_pretrained(os.fspath(path), **kwargs)
    except (OSError, ValueError):
        found = find_adapter_config_file(os.fspath(path), revision=loading.revision)
        if found is None:
            raise
    base = json.loads(Path(found).read_text(encoding="utf-8"))["base_model_name_or_path"]
    kwargs = {name: value for name, value in kwargs.items() if name != "revision"}
    return transformers.AutoConfig.from_pretrained(base, **kwargs)


def load_model(
    path: str | os.PathLike[str],
    loading: Loading | None = None,
    *,
    device: str | None = None,
    dtype: str | None = None,
) -> Any:
    """Load a causal language model from safetensors files.

    Parameters
    ----------
    path : path or Hugging Face name
        Where the model lies.
    loading : Loading, optional
        Revision, dtype, attention and the like.
    device : str, optional
        See `devices`: ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``; None takes the first NVIDIA
        or AMD GPU if there is one.
    dtype : str, optional
        Where `loading` sets none; None is float32 on a CPU and the model's own on a GPU.

    Raises
    ------
    GenerationError
        If there is no such model or it has no safetensors weights.
    ConfigError
        If there is no such device.
    """
    require("transformers", "train")
    device = default_device() if device is None else found_device(device)
    loading = loading or Loading()
    look_for(path)
    dtype = loading.dtype or dtype or ("float32" if device == "cpu" else "auto")
    try:
        model = auto_model(_config_of(path, loading)).from_pretrained(
            os.fspath(path), **(loading.model_kwargs | {"dtype": dtype})
        )
    except Exception as error:  # as above
        raise GenerationError(_cannot_load("model", path, error)) from error
    return model.to(device).eval()


def _cannot_load(what: str, path: object, error: Exception) -> str:
    reason = str(error).strip().split("\n")[0].rstrip(".:") or type(error).__name__
    return (
        f"cannot load the {what} {path}: {reason}; "
        "give a folder with a transformers model in safetensors, or a Hugging Face name"
    )


@dataclass(frozen=True)
class TransformersEngine:
    """A local model, run by transformers on a CPU or one GPU.

    Parameters
    ----------
    device
        See `load_model`.
    revision, dtype, attn_implementation, trust_remote_code, model_init_kwargs
        See `asking.Loading`.
    batch_tokens : int, optional
        See `TransformersGenerator`.
    """

    device: str | None = None
    revision: str | None = None
    dtype: str | None = None
    attn_implementation: str | None = None
    trust_remote_code: bool = False
    model_init_kwargs: Mapping[str, Any] | None = None
    batch_tokens: int | None = None

    @property
    def loading(self) -> Loading:
        """How the weights are loaded."""
        return Loading(
            revision=self.revision,
            dtype=self.dtype,
            attn_implementation=self.attn_implementation,
            trust_remote_code=self.trust_remote_code,
            model_init_kwargs=self.model_init_kwargs or {},
        )

    def open(self, model: str, name: str | None = None) -> "TransformersGenerator":
        """Load a model and its tokenizer; see `engines.Engine`."""
        require("torch", "train")
        require("transformers", "train")
        # What lies here loads in moments; a download's bars are worth seeing.
        with quiet() if os.path.isdir(model) else nullcontext():
            return TransformersGenerator(
                model,
                device=self.device,
                loading=self.loading,
                batch_tokens=self.batch_tokens,
                name=name,
            )


class TransformersGenerator(BaseGenerator):
    """Sampled completions of a transformers model.

    What a prompt is completed with depends on the prompt, the seed and the sample's number only,
    not on the other prompts of the call (up to rounding: padding changes sums in the last digit).

    Parameters
    ----------
    model : model object, path or Hugging Face name
        Any causal language model of transformers.
    tokenizer : tokenizer, optional
        None loads the one beside the model.
    device, loading
        See `load_model`; used only where a model is loaded here.
    name : str, optional
        What is shown, and stands in records; None is the model's path or name.
    batch_tokens : int, optional
        Most rows times (prompt + completion) tokens of a batch; None: as many as the memory that
        is free allows, see `memory.BatchSizer`.

    Raises
    ------
    GenerationError
        If the model or tokenizer cannot be loaded.
    """

    capabilities = Capabilities(
        streaming=True,
        prefill=True,
        logprobs=True,
        stop=True,
        top_k=True,
        seed=True,
        chat_template_kwargs=True,
    )

    def __init__(
        self,
        model: Any,
        tokenizer: Any = None,
        device: str | None = None,
        *,
        loading: Loading | None = None,
        name: str | None = None,
        batch_tokens: int | None = None,
    ) -> None:
        if isinstance(model, str | os.PathLike):
            path = os.fspath(model)
            self.model = load_model(path, loading, device=device)
        else:
            path = getattr(model.config, "_name_or_path", "") or type(model).__name__
            self.model = model if device is None else model.to(found_device(device))
        super().__init__(path if name is None else name)
        self.tokenizer = tokenizer or load_tokenizer(path, loading)
        self.sizer = BatchSizer(self.model, batch_tokens=batch_tokens)
        parameters = sum(weight.numel() for weight in self.model.parameters())
        bounded = self.sizer.device.type == "cpu" and batch_tokens is None
        self.pace = Pace(parameters) if bounded else None
        self.eos_ids = end_tokens(self.model, self.tokenizer)
        self.end_texts = end_of_turn(self.tokenizer).texts
        self._path, self._loading = path, loading
        self._processor: Any = None

    @property
    def processor(self) -> Any:
        """What makes inputs of images; loaded when it is first needed.

        Raises
        ------
        GenerationError
            If the model reads no images, or has no processor.
        """
        if self._processor is None:
            if not sees_images(self.model.config):
                raise GenerationError(
                    f"a problem shows images, and {self.name} reads none; use a vision-language "
                    "model"
                )
            self._processor = load_processor(self._path, self._loading)
        return self._processor

    @property
    def device(self) -> str:
        """Where the model lies."""
        return str(self.model.get_input_embeddings().weight.device)

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; see `protocol.Generator`."""
        results: list[list[Completion]] = [[] for _ in prompts]
        for batch in self._finished(prompts, sampling, schema):
            for index, completions in batch:
                results[index] = completions
            if progress is not None:
                progress(len(batch))
        return results

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)``, batch by batch, longest first."""
        for batch in self._finished(prompts, sampling, schema):
            yield from batch

    def _finished(
        self, prompts: Sequence[Prompt], sampling: Sampling, schema: Mapping[str, Any] | None
    ) -> Iterator[list[tuple[int, list[Completion]]]]:
        """Yield the prompts of one batch after the other, each with its completions."""
        check_offered(self, sampling, schema)
        shown = [index for index, prompt in enumerate(prompts) if has_images(prompt)]
        if sampling.seed is None:
            sampling = sampling.with_(seed=secrets.randbits(SEED_BITS))
        if shown:
            told = sampling.with_(stop=(*sampling.stop, *self.end_texts))
            seen: Counter[tuple[int, ...]] = Counter()
            for index in shown:
                yield [(index, self._of_images(prompts[index], told, seen))]
            pictured = set(shown)
            words = [index for index in range(len(prompts)) if index not in pictured]
            rest = [prompts[index] for index in words]
            for part in self._finished(rest, sampling, schema) if rest else ():
                yield [(words[place], completions) for place, completions in part]
            return
        ids = encode_begun(prompts, self.tokenizer, sampling.chat_template_kwargs)
        for number, row in enumerate(ids):
            if not row:
                raise GenerationError(f"prompt {number} is empty; give it at least one token")
        rooms = self._rooms(ids, sampling.max_tokens)
        keys = prompt_keys(ids)
        n = sampling.n
        sampling = sampling.with_(stop=(*sampling.stop, *self.end_texts))
        waiting = sorted(range(len(ids)), key=lambda index: -len(ids[index]))
        begun: list[Completion] = []  # of the first prompt, where it does not fit whole
        while waiting:
            first = waiting[0]
            rows = self._rows(ids[first], rooms[first], n * len(waiting), sampling)
            if begun or rows < n:
                batch, copies = [first], range(len(begun), min(n, len(begun) + rows))
            else:
                batch = [i for i in waiting[: rows // n] if rooms[i] == rooms[first]]
                copies = range(n)
            with self.sizer.trying(len(batch) * len(copies), len(ids[first]) + rooms[first]) as t:
                rollouts = self._sample(
                    [ids[index] for index in batch],
                    [_mixed(keys[index], copy) for index in batch for copy in copies],
                    rooms[first],
                    sampling,
                )
            if t.failed:
                continue
            lengths = [len(ids[index]) for index in batch for _ in copies]
            done = self._completions(rollouts, lengths, sampling)
            if len(copies) < n:
                begun += done
                if len(begun) < n:
                    continue
                done, begun = begun, []
            waiting = waiting[len(batch) :]
            self.usage.count(
                len(batch), sum(len(ids[i]) for i in batch), sum(item.tokens for item in done)
            )
            yield [
                (index, done[position * n : (position + 1) * n])
                for position, index in enumerate(batch)
            ]

    def _of_images(
        self, prompt: Prompt, sampling: Sampling, seen: "Counter[tuple[int, ...]]"
    ) -> list[Completion]:
        """Return the completions of one prompt with images, as many rows at once as fit."""
        images = images_in(prompt)
        inputs = encode_with_images(prompt, self.processor, sampling.chat_template_kwargs, images)
        ids = inputs.pop("input_ids")
        (room,) = self._rooms([ids], sampling.max_tokens)
        words = (*ids, *image_words(images))
        key = prompt_keys([words] * (seen[words] + 1))[-1]  # a repeated prompt gets another
        seen[words] += 1
        on_device = {
            name: value.to(self.device) if hasattr(value, "to") else value
            for name, value in inputs.items()
        }
        done: list[Completion] = []
        while len(done) < sampling.n:
            rows = min(sampling.n - len(done), self._rows(ids, room, sampling.n, sampling))
            keys = [_mixed(key, copy) for copy in range(len(done), len(done) + rows)]
            with self.sizer.trying(rows, len(ids) + room) as tried:
                rollouts = self._sample([ids], keys, room, sampling, on_device)
            if not tried.failed:
                done += self._completions(rollouts, [len(ids)] * rows, sampling)
        self.usage.count(1, len(ids), sum(item.tokens for item in done))
        return done

    def _rows(
        self, prompt: Sequence[int], max_tokens: int, waiting: int, sampling: Sampling
    ) -> int:
        """Return how many rows to sample at once: what fits, and on a CPU ends in time.

        Parameters
        ----------
        prompt, max_tokens
            Of the longest row.
        waiting : int
            Rows that are left to sample.
        sampling : Sampling
        """
        rows = self.sizer.rows(
            len(prompt),
            max_tokens,
            nucleus=sampling.top_p < 1 or sampling.top_k is not None,
            scores=sampling.logprobs,
        )
        if self.pace is None:
            return rows
        rows = min(rows, waiting)
        if rows <= self.pace.safe(max_tokens):  # small models: whatever was measured
            return rows
        if not self.pace.measured:
            # A moment each: what a step costs, and what a row. What is done first is slow.
            tried = min(max_tokens, _TRIED_TOKENS)
            self._sample([prompt], range(_TRIED_ROWS[0]), tried, sampling)
            self.pace.forget()
            for few in _TRIED_ROWS:
                self._sample([prompt], range(few), tried, sampling)
        return min(rows, self.pace.rows(max_tokens))

    def _sample(
        self,
        ids: Sequence[Sequence[int]],
        keys: Sequence[int],
        max_tokens: int,
        sampling: Sampling,
        inputs: Mapping[str, Any] | None = None,
    ) -> list[Rollout]:
        """Sample one batch; `keys` are those of its rows, the copies of a prompt side by side."""
        was_training = self.model.training
        self.model.eval()
        started = time.perf_counter()
        assert sampling.seed is not None
        try:
            rollouts = sample(
                self.model,
                ids,
                n=len(keys) // len(ids),
                max_tokens=max_tokens,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                top_k=sampling.top_k,
                eos_ids=self.eos_ids,
                stops=StopTexts(self.tokenizer, sampling.stop) if sampling.stop else None,
                noise=row_noise(keys, sampling.seed),
                logprobs=sampling.logprobs,
                inputs=inputs,
            )
        finally:
            self.model.train(was_training)
        if self.pace is not None:
            lengths = [len(rollout.ids) for rollout in rollouts]
            self.pace.note(max(lengths), len(lengths), sum(lengths), time.perf_counter() - started)
        return rollouts

    def _rooms(self, ids: Sequence[Sequence[int]], max_tokens: int) -> list[int]:
        """Return `max_tokens` for each prompt, cut where the model's context ends.

        It depends on the prompt alone. Steps of a few tokens leave prompts of nearly the same
        length in one batch.
        """
        context = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        rooms = [fit(len(row), max_tokens, context) for row in ids]
        if all(room == max_tokens for room in rooms):
            return rooms
        self.note(cut_note(max_tokens, context))
        return [
            room if room == max_tokens or room < _LIMIT_STEP else room - room % _LIMIT_STEP
            for room in rooms
        ]

    def _completions(
        self, rollouts: Sequence[Rollout], prompt_tokens: Sequence[int], sampling: Sampling
    ) -> list[Completion]:
        texts = self.tokenizer.batch_decode(
            [rollout.ids for rollout in rollouts], skip_special_tokens=True
        )
        return [
            Completion(
                text=sampling.cut(text),
                tokens=len(rollout.ids),
                finish_reason="stop" if rollout.ended else "length",
                prompt_tokens=length,
                logprobs=None if rollout.logprobs is None else tuple(rollout.logprobs),
            )
            for text, rollout, length in zip(texts, rollouts, prompt_tokens, strict=True)
        ]


def _mixed(key: int, copy: int) -> int:
    # An odd multiplier spreads the samples of a prompt over the 64-bit keys.
    return (key + copy * 0xD1342543DE82EF95) % 2**64
