"""Sampling whole completions from a power of a model's distribution, without any training.

"Reasoning with Sampling" (Karan and Du, arXiv 2510.14901) draws completions x with probability
proportional to p(x) ** alpha: what reinforcement learning makes likelier is often what the base
model finds likely as a whole already. That is not a low temperature, which sharpens each token by
itself and does not see whether a token leads to likely endings.

The sampler is block-wise Metropolis-Hastings, as there. A completion grows by a block at a time,
each token drawn at temperature 1 / alpha. After each block, several times over, a place in it is
drawn and all from there on is drawn anew; the new completion x' is taken instead of x with
probability

    min(1, p(x')^alpha q(x | x') / (p(x)^alpha q(x' | x))),

q being the chance of the place and of what was drawn. At temperature 1 / alpha a token has the
probability p^alpha / Z, where Z is the sum of p^alpha over the vocabulary. So the ratio is that of
the products of Z from the place on, times that of the lengths, from which the place was drawn.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sample_engineering.errors import ConfigError, GenerationError
from sample_engineering.generation.base import BaseGenerator
from sample_engineering.generation.begun_answer import encode_begun
from sample_engineering.generation.prompt_keys import prompt_keys
from sample_engineering.generation.protocol import Completion, Generator, Progress, Prompt
from sample_engineering.generation.sampling import StopTexts, row_noise, sample
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.transformers_engine import TransformersGenerator

ALPHA = 4.0  # of the paper
# The paper takes 16 blocks of 192 tokens and 10 steps after each, about 40 times the tokens of one
# completion. These cost about 7 times as many (on the embedded model, whose answers end early, 10).
BLOCKS, STEPS = 4, 5
# Spread the copies of a prompt, and the draws of one, over the 64-bit keys: two odd numbers, so
# that no draw of a copy has the key of another copy's.
_COPY, _CALL = 0xD1342543DE82EF95, 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class _State:
    """A completion so far.

    Parameters
    ----------
    ids : tuple of int
    masses : tuple of float
        Log of the sum of p ** alpha over the vocabulary, at each token.
    ended : bool
        Whether the model wrote an end token or a stop text.
    """

    ids: tuple[int, ...] = ()
    masses: tuple[float, ...] = ()
    ended: bool = False


Continue = Callable[[Sequence[int], Sequence[_State], Sequence[int]], list[_State]]


class PowerSampler(BaseGenerator):
    """Completions of a model of transformers, drawn from a power of its distribution.

    The power is 1 / `Sampling.temperature`. What a prompt is completed with depends on the prompt,
    the seed and the completion's number only.

    Parameters
    ----------
    inner : Generator
        The model; its probabilities over the whole vocabulary are needed.
    blocks, steps : int
        Blocks of a completion, and Metropolis-Hastings steps after each. With 0 steps it is plain
        sampling at the temperature.

    Raises
    ------
    ConfigError
        If the model is not one of transformers in this process, or a number cannot be used.
    """

    def __init__(self, inner: Generator, *, blocks: int = BLOCKS, steps: int = STEPS) -> None:
        if not isinstance(inner, TransformersGenerator):
            raise ConfigError(
                f"{inner.name} is run by an engine that gives no probabilities of the whole "
                "vocabulary, which power sampling needs; take `engine`=transformers, or leave "
                "power sampling out"
            )
        for name, value, least in (("blocks", blocks, 1), ("steps", steps, 0)):
            if value < least:
                raise ConfigError(f"`{name}` must be at least {least}, not {value}")
        super().__init__(inner.name, inner.usage)
        self.inner = inner
        self.revision = inner.revision
        self.capabilities = inner.capabilities
        self.blocks, self.steps = blocks, steps
        self.proposed = self.accepted = 0

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; see `protocol.Generator`.

        Raises
        ------
        GenerationError
            If the temperature is not in (0, 1], a nucleus is asked for, no seed is given, or log-
            probabilities or a schema are wanted.
        """
        results: list[list[Completion]] = [[] for _ in prompts]
        for index, completions in self.stream(prompts, sampling, schema=schema):
            results[index] = completions
            if progress is not None:
                progress(1)
        return results

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)``, batch by batch, longest first."""
        self._check(sampling, schema)
        inner, n = self.inner, sampling.n
        ids = encode_begun(prompts, inner.tokenizer, sampling.chat_template_kwargs)
        rooms = inner._rooms(ids, sampling.max_tokens)
        keys = prompt_keys(ids)
        sampling = sampling.with_(stop=(*sampling.stop, *inner.end_texts))
        waiting = sorted(range(len(ids)), key=lambda index: -len(ids[index]))
        while waiting:
            first = waiting[0]
            rows = inner._rows(ids[first], rooms[first], n * len(waiting), sampling)
            batch = [i for i in waiting[: max(1, rows // n)] if rooms[i] == rooms[first]]
            total = len(ids[first]) + rooms[first]
            with inner.sizer.trying(len(batch) * n, total) as tried:
                found = self._completed(
                    [ids[index] for index in batch for _ in range(n)],
                    [(keys[i] + copy * _COPY) % 2**64 for i in batch for copy in range(n)],
                    rooms[first],
                    sampling,
                )
            if tried.failed:  # fewer rows from now on
                continue
            waiting = waiting[len(batch) :]
            for place, index in enumerate(batch):
                yield index, found[place * n : (place + 1) * n]

    def _check(self, sampling: Sampling, schema: Mapping[str, Any] | None) -> None:
        if schema is not None or sampling.logprobs:
            raise GenerationError("power sampling has no `schema` and no `logprobs`; leave it out")
        if not 0 < sampling.temperature <= 1:
            raise GenerationError(
                f"power sampling at `temperature` {sampling.temperature:g} is of the power "
                "1 / temperature, which must be at least 1; give a temperature in (0, 1]"
            )
        if sampling.top_p < 1 or sampling.top_k is not None:
            raise GenerationError(
                "power sampling is of the whole distribution; leave `top_p` and `top_k` out"
            )
        if sampling.seed is None:
            raise GenerationError("power sampling needs a `seed`; give one")

    def _completed(
        self,
        prompts: Sequence[Sequence[int]],
        keys: Sequence[int],
        room: int,
        sampling: Sampling,
    ) -> list[Completion]:
        """Return the completion of each row."""
        inner, seed = self.inner, sampling.seed
        assert seed is not None
        stops = StopTexts(inner.tokenizer, sampling.stop) if sampling.stop else None
        spent, calls = 0, 0

        def go_on(rows: Sequence[int], states: Sequence[_State], rooms: Sequence[int]) -> Any:
            nonlocal spent, calls
            calls += 1
            rollouts = sample(
                inner.model,
                [(*prompts[row], *state.ids) for row, state in zip(rows, states, strict=True)],
                max_tokens=max(rooms),
                temperature=sampling.temperature,
                eos_ids=inner.eos_ids,
                stops=stops,
                noise=row_noise([(keys[row] + calls * _CALL) % 2**64 for row in rows], seed),
                masses=True,
            )
            found = [
                _extended(state, rollout, most, stops)
                for state, rollout, most in zip(states, rollouts, rooms, strict=True)
            ]
            spent += sum(
                len(new.ids) - len(old.ids) for new, old in zip(found, states, strict=True)
            )
            return found

        rngs = [np.random.default_rng([seed % 2**64, key]) for key in keys]
        training = inner.model.training
        inner.model.eval()
        try:
            states = self._walked(go_on, rngs, room)
        finally:
            inner.model.train(training)
        inner.usage.count(len(prompts), sum(map(len, prompts)), spent)
        texts = inner.tokenizer.batch_decode(
            [list(state.ids) for state in states], skip_special_tokens=True
        )
        return [
            Completion(
                text=sampling.cut(text),
                tokens=len(state.ids),
                finish_reason="stop" if state.ended else "length",
                prompt_tokens=len(prompt),
            )
            for text, state, prompt in zip(texts, states, prompts, strict=True)
        ]

    def _walked(
        self, go_on: Continue, rngs: Sequence[np.random.Generator], room: int
    ) -> list[_State]:
        """Let all rows grow block by block, with the steps after each."""
        states = [_State() for _ in rngs]
        rows = range(len(rngs))
        block = math.ceil(room / self.blocks)
        for bound in [*range(block, room, block), room]:
            open_rows = [row for row in rows if not states[row].ended]
            if open_rows:
                begun = [states[row] for row in open_rows]
                rooms = [bound - len(state.ids) for state in begun]
                for row, state in zip(open_rows, go_on(open_rows, begun, rooms), strict=True):
                    states[row] = state
            for _ in range(self.steps):
                places = [
                    int(rng.integers(len(state.ids)))
                    for rng, state in zip(rngs, states, strict=True)
                ]
                kept = [
                    _State(state.ids[:place], state.masses[:place])
                    for state, place in zip(states, places, strict=True)
                ]
                proposals = go_on(rows, kept, [bound - place for place in places])
                for row, (place, new) in enumerate(zip(places, proposals, strict=True)):
                    accepted = math.log(1 - rngs[row].random()) < _log_ratio(
                        states[row], new, place
                    )
                    self.proposed += 1
                    self.accepted += accepted
                    states[row] = new if accepted else states[row]
        return states


def _log_ratio(old: _State, new: _State, place: int) -> float:
    """Return the log of the Metropolis-Hastings ratio of two completions equal before a place."""
    gain = math.fsum(new.masses[place:]) - math.fsum(old.masses[place:])
    return gain + math.log(len(old.ids)) - math.log(len(new.ids))


def _extended(state: _State, rollout: Any, room: int, stops: StopTexts | None) -> _State:
    """Return a state with at most `room` tokens of a rollout appended."""
    new = rollout.ids[:room]
    ids = [*state.ids, *new]
    masses = (*state.masses, *rollout.masses[:room])
    ended = rollout.ended and len(rollout.ids) <= room
    if stops is not None:
        # The sampler saw the new tokens alone: a stop text may begin in those that were kept.
        begin = len(state.ids)
        last = min(len(ids), begin + stops.window)
        tails = [ids[max(0, end - stops.window) : end] for end in range(begin + 1, last + 1)]
        for end, hit in enumerate(stops.ended(tails), begin + 1):
            if hit:
                return _State(tuple(ids[:end]), masses[:end], True)
    return _State(tuple(ids), masses, ended)
