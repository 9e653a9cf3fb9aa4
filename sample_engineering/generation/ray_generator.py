"""Completions of a model that actors of a Ray cluster hold: each takes blocks of prompts.

An actor opens the same engine that would be opened here (transformers, vLLM, a server's address),
so a prompt is completed with what it would be here: engines draw by prompt, seed and number. What a
block asks for comes back whole or not at all. The blocks of an actor that dies, with its process or
its node, go to another one, and a new actor is started in its place.

Ray Data would start its actors, and load the model, anew for every call; an adaptive probe makes
many calls.
"""

import json
import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from sample_engineering.cluster import Cluster, Share
from sample_engineering.errors import ConfigError, GenerationError, SampleEngineeringError
from sample_engineering.generation.base import StreamingGenerator
from sample_engineering.generation.costs import Usage, add_usage, used_since
from sample_engineering.generation.engines import Engine
from sample_engineering.generation.protocol import (
    Completion,
    Generator,
    Prompt,
    check_offered,
)
from sample_engineering.generation.sampling_settings import Sampling

# Prompts of a block: at 8 rollouts the 512 sequences keep a GPU busy; few enough that all actors
# end together, and that little is lost with one.
BLOCK, _LEAST_BLOCK = 64, 8
_BLOCKS_EACH = 4  # of every actor at least, where there are so many prompts
_AHEAD = 2  # blocks that an actor has at a time, so that it never waits for this process
_MOST_LOSSES = 5  # of one block: actors that are lost so often are lost by it
_LOOK_SECONDS = 1.0


@dataclass
class _Block:
    """Prompts that are asked together, by their places among all; and how often it was lost."""

    number: int
    places: list[int]
    lost: int = 0


@dataclass
class _Hand:
    """An actor and what it is at; `opening` is the answer that its model is open, until it is."""

    actor: Any
    opening: Any
    busy: dict[Any, _Block] = field(default_factory=dict)


class RayGenerator(StreamingGenerator):
    """A model in several actors of a Ray cluster.

    Copies of a prompt are asked in one block, where they get the numbers that they would get here.

    Parameters
    ----------
    engine : Engine
        What each actor opens.
    model : str
        A folder that every node sees, a Hugging Face name, or the name at a server.
    name : str, optional
        What is shown, and stands in records; None is `model`.
    share : Share
        Where, and what each actor asks for.

    Raises
    ------
    ConfigError
        If the cluster cannot be reached, or can never hold an actor.
    GenerationError
        If the model cannot be loaded there.
    """

    def __init__(self, engine: Engine, model: str, name: str | None, share: Share) -> None:
        device = getattr(engine, "device", None)
        if device and ":" in device:
            raise ConfigError(
                f"`device` {device}: `ray` chooses the GPU of each actor; leave the number out"
            )
        if share.gpus is None and (getattr(engine, "remote", False) or device == "cpu"):
            share = replace(share, gpus=0.0)
        if hasattr(engine, "portable"):
            engine = engine.portable()
        name = model if name is None else name
        # Workers of a cluster have other working directories.
        self._asked = (engine, os.path.abspath(model) if os.path.isdir(model) else model, name)
        self._hands: list[_Hand] = []
        self._lost_opening = 0
        self._cluster = Cluster(share)
        self._ray = self._cluster.ray
        self._cluster.__enter__()
        try:
            self._made = self._ray.remote(**self._cluster.asked, max_restarts=0)(_Held)
            told = self._of_one("about")
        except BaseException:
            self.close()
            raise
        super().__init__(told["name"], Usage(price=told["price"], local=told["local"]))
        self.capabilities = told["capabilities"]
        self._take_note(told["notes"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What the actors note, each thing once."""
        return tuple(self._noted)

    def _take_note(self, notes: Sequence[str]) -> None:
        for text in notes:
            self.note(text)

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)``, block by block."""
        check_offered(self, sampling, schema)
        waiting = deque(_blocks(prompts, self._cluster.places))
        noted: dict[int, Sequence[str]] = {}
        try:
            while waiting or any(hand.busy for hand in self._hands):
                self._give_out(waiting, prompts, sampling, schema)
                for block, answer in self._answers(waiting):
                    add_usage(self.usage, answer["used"])
                    self.capabilities = answer["capabilities"]
                    noted[block.number] = answer["notes"]
                    for place, completions in answer["done"]:
                        yield block.places[place], completions
        finally:
            for hand in [one for one in self._hands if one.busy]:  # nobody reads their answers
                self._dismiss(hand)
            for number in sorted(noted):  # in the same order, whoever was first
                self._take_note(noted[number])

    def _give_out(
        self,
        waiting: deque[_Block],
        prompts: Sequence[Prompt],
        sampling: Sampling,
        schema: Mapping[str, Any] | None,
    ) -> None:
        busy = sum(bool(hand.busy) for hand in self._hands)
        while len(self._hands) < min(self._cluster.places, busy + len(waiting)):
            self._hire()
        for most in range(1, _AHEAD + 1):  # everybody one, then everybody one more
            for hand in self._hands:
                if waiting and hand.opening is None and len(hand.busy) < most:
                    block = waiting.popleft()
                    texts = [prompts[place] for place in block.places]
                    hand.busy[hand.actor.sample.remote(texts, sampling, schema)] = block

    def _answers(self, waiting: deque[_Block]) -> Iterator[tuple[_Block, dict[str, Any]]]:
        """Yield what is finished, if anything is by now; put back what was lost."""
        at = {reference: hand for hand in self._hands for reference in hand.busy}
        opening = {hand.opening: hand for hand in self._hands if hand.opening is not None}
        done, _ = self._ray.wait([*at, *opening], timeout=_LOOK_SECONDS)
        for reference in done:
            if reference in opening:
                self._open(opening[reference])
                continue
            hand = at[reference]
            try:
                answer = self._ray.get(reference)
            except self._ray.exceptions.RayTaskError as error:
                raise _cause(error) from error
            except self._ray.exceptions.RayError as error:
                for block in hand.busy.values():
                    block.lost += 1
                    if block.lost > _MOST_LOSSES:
                        raise GenerationError(
                            f"{block.lost} actors were lost at the same prompts "
                            f"({_first_line(error)}); give each more memory or `cpus`"
                        ) from error
                waiting.extendleft(hand.busy.values())
                self._dismiss(hand)
                continue
            yield hand.busy.pop(reference), answer

    def _of_one(self, method: str, *asked: Any) -> Any:
        """Ask any actor whose model is open; one that is lost on the way is replaced."""
        while True:
            if not self._hands:
                self._hire()
            hand = next((one for one in self._hands if one.opening is None), None)
            if hand is None:
                ready, _ = self._ray.wait([one.opening for one in self._hands], timeout=None)
                self._open(next(one for one in self._hands if one.opening in ready))
                continue
            try:
                return self._ray.get(getattr(hand.actor, method).remote(*asked))
            except self._ray.exceptions.RayTaskError as error:
                raise _cause(error) from error
            except self._ray.exceptions.RayError:
                self._dismiss(hand)

    def _hire(self) -> None:
        actor = self._made.remote()
        self._hands.append(_Hand(actor, actor.open.remote(*self._asked)))

    def _open(self, hand: _Hand) -> None:
        """Take note that an actor's model is open, or that the actor is lost."""
        try:
            self._ray.get(hand.opening)
        except self._ray.exceptions.RayTaskError as error:
            raise _cause(error) from error
        except self._ray.exceptions.RayError as error:
            self._dismiss(hand)
            self._lost_opening += 1
            if self._lost_opening > _MOST_LOSSES:
                raise GenerationError(
                    f"actors are lost while they load the model ({_first_line(error)}); give each "
                    "more memory or `cpus`"
                ) from error
        hand.opening = None

    def _dismiss(self, hand: _Hand) -> None:
        hand.busy.clear()
        if hand in self._hands:
            self._hands.remove(hand)
        with suppress(Exception):  # it may be gone with its node
            self._ray.kill(hand.actor)

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether a begun answer is continued, as an actor says."""
        return bool(self._of_one("can_prefill", prompt))

    def close(self) -> None:
        """End the actors, and leave the cluster."""
        for hand in list(self._hands):
            self._dismiss(hand)
        self._cluster.leave()


class _Held:
    """What an actor runs: an engine, opened."""

    def __init__(self) -> None:
        self._generator: Generator | None = None

    def open(self, engine: Engine, model: str, name: str | None) -> None:
        self._generator = engine.open(model, name)

    def about(self) -> dict[str, Any]:
        opened = self._opened
        return {
            "name": opened.name,
            "price": opened.usage.price,
            "local": opened.usage.local,
            "capabilities": opened.capabilities,
            "notes": opened.notes,
        }

    def can_prefill(self, prompt: Prompt) -> bool:
        return self._opened.can_prefill(prompt)

    def sample(
        self, prompts: Sequence[Prompt], sampling: Sampling, schema: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        opened = self._opened
        before = deepcopy(opened.usage)
        done = list(opened.stream(prompts, sampling, schema=schema))
        return {
            "done": done,
            "used": used_since(before, opened.usage),
            "capabilities": opened.capabilities,
            "notes": opened.notes,
        }

    @property
    def _opened(self) -> Generator:
        assert self._generator is not None
        return self._generator


def _blocks(prompts: Sequence[Prompt], hands: int) -> list[_Block]:
    """Part prompts, long ones first: they take longest, and rows of a batch are of like length."""
    texts = [json.dumps(prompt, default=list) for prompt in prompts]
    copies: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        copies.setdefault(text, []).append(place)
    size = min(BLOCK, max(_LEAST_BLOCK, ceil(len(prompts) / (_BLOCKS_EACH * max(1, hands)))))
    found: list[list[int]] = []
    for text in sorted(copies, key=lambda text: -len(text)):
        if not found or len(found[-1]) >= size:
            found.append([])
        found[-1] += copies[text]
    # What one block asks stands in the order of all, so that copies keep their numbers.
    return [_Block(number, sorted(places)) for number, places in enumerate(found)]


def _cause(error: Any) -> SampleEngineeringError:
    """Return what went wrong in an actor, as it would have been raised here."""
    cause = error.cause
    if isinstance(cause, SampleEngineeringError):
        return cause
    told = _first_line(cause)
    return GenerationError(f"an actor of Ray failed: {type(cause).__name__}: {told}; mend that")


def _first_line(error: object) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0][:300].rstrip(".")
