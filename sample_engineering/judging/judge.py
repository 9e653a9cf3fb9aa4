"""A judge: a model that says whether two answers mean the same, by votes, or abstains."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sample_engineering.errors import GenerationError
from sample_engineering.generation.opening import open_generator
from sample_engineering.generation.protocol import Generator
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.judging.asking import SCHEMA, Case, asked, read_verdict
from sample_engineering.judging.settings import JudgeSettings

_REMEMBERED = 100_000  # rulings kept in memory
DOWN, UNREADABLE, SPLIT = "the judge is down", "its replies cannot be read", "its votes are split"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a judge says of one case.

    Parameters
    ----------
    right : bool or None
        None where it abstains.
    why : str
        Why it abstains; else empty.
    votes : (int, int, int)
        For right, for wrong, and not readable.
    """

    right: bool | None
    why: str = ""
    votes: tuple[int, int, int] = (0, 0, 0)


class Judge:
    """Asks a judge model; equal cases are asked once.

    Parameters
    ----------
    settings : JudgeSettings
    generator : Generator, optional
        The model, opened already; the caller closes it.
    """

    def __init__(self, settings: JudgeSettings, generator: Generator | None = None) -> None:
        self.settings = settings
        self._given = generator
        self._opened: Generator | None = None
        self._known: dict[Case, Ruling] = {}
        self._lock = threading.RLock()
        self._asking = threading.RLock()  # a local model answers one call at a time

    @property
    def generator(self) -> Generator:
        """The model, opened when it is first needed."""
        if self._given is not None:
            return self._given
        with self._lock:
            if self._opened is None:
                settings, named = self.settings, self.settings.named
                self._opened = open_generator(
                    named.model,
                    server=named.server,
                    engine=settings.engine,
                    device=settings.device,
                    concurrency=settings.concurrency,
                    prices=settings.prices,
                    max_cost=settings.max_cost,
                    cache=settings.cache,
                    engine_options=(
                        None if settings.timeout is None else {"timeout": float(settings.timeout)}
                    ),
                )
            return self._opened

    def decide(self, cases: Sequence[Case]) -> list[Ruling]:
        """Return a ruling for each case.

        Raises
        ------
        GenerationError
            If the judge cannot be asked, or its budget is spent, where `down` is ``fail``.
        """
        with self._lock:
            new = list(dict.fromkeys(case for case in cases if case not in self._known))
        found = dict(zip(new, self.rule(new), strict=True)) if new else {}
        with self._lock:
            rulings = [found.get(case) or self._known[case] for case in cases]
            if len(self._known) + len(found) > _REMEMBERED:
                self._known.clear()
            # A judge that was down may be asked again.
            self._known |= {case: one for case, one in found.items() if one.why != DOWN}
        return rulings

    def rule(self, cases: Sequence[Case], seed: int | None = None) -> list[Ruling]:
        """Ask for rulings anew, whatever is known; otherwise as `decide`."""
        settings = self.settings
        try:
            generator = self.generator
            sampling = Sampling(
                n=settings.votes,
                max_tokens=settings.max_tokens,
                temperature=settings.temperature,
                seed=settings.seed if seed is None else seed,
            )
            prompts = [asked(case, settings.prompt) for case in cases]
            schema = SCHEMA if generator.capabilities.schema else None
            if settings.named.server:
                groups = generator.generate(prompts, sampling, schema=schema)
            else:
                with self._asking:
                    groups = generator.generate(prompts, sampling, schema=schema)
        except GenerationError as error:
            if settings.down == "fail":
                raise type(error)(
                    f"the judge {settings.model} gives no verdict: {error}; or set its `down` to "
                    "abstain, which counts such answers and gives them no reward"
                ) from error
            return [Ruling(None, DOWN)] * len(cases)
        return [
            _ruling([read_verdict(one.text) if one.finish_reason == "stop" else None for one in g])
            for g in groups
        ]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of the judge's answers."""
        opened = self._given or self._opened
        return () if opened is None else opened.notes

    def close(self) -> None:
        """Let go of the model, where it was opened here."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _ruling(votes: Sequence[bool | None]) -> Ruling:
    right, wrong = sum(vote is True for vote in votes), sum(vote is False for vote in votes)
    counts = (right, wrong, len(votes) - right - wrong)
    if right * 2 > len(votes):
        return Ruling(True, votes=counts)
    if wrong * 2 > len(votes):
        return Ruling(False, votes=counts)
    return Ruling(None, UNREADABLE if not right + wrong else SPLIT, counts)
