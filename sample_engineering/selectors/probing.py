"""Probing: roll a model out on every candidate and grade what it writes."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sample_engineering.errors import ConfigError, GoldError
from sample_engineering.files import Journal
from sample_engineering.generation import Sampling
from sample_engineering.generation.begun_answer import begin_all
from sample_engineering.generation.prompts import render
from sample_engineering.generation.protocol import Completion, Generator, Prompt
from sample_engineering.grading import Gold, grade_batch, read_sample_gold
from sample_engineering.sample import Sample
from sample_engineering.selectors.adaptive_probing import AdaptiveSchedule, FixedSchedule
from sample_engineering.selectors.pass_rates import PassRate
from sample_engineering.selectors.posterior import (
    GROUP_SIZE,
    INTERVAL,
    PRIOR,
    dead_group_chance,
)

BOX = "\\boxed{"
FORCED_TOKENS = 64  # a final answer is short; what follows the closed box is cut off
_SEED_BITS = 31


@dataclass(frozen=True, slots=True)
class Rollout:
    """What is kept of one graded completion."""

    correct: bool
    readable: bool
    truncated: bool
    tokens: int


class Probe(list[dict[str, Any]]):
    """Records of a probe in the pool's order, and what it took.

    Attributes
    ----------
    model : str
        What was rolled out.
    rollouts, forced_rollouts : int
        Free and forced completions used.
    saved : int
        Free rollouts that a fixed schedule would have used beyond these.
    notes : list of str
        What the user should know: answers that could not be forced, refused prompts.
    """

    def __init__(self, records: Sequence[dict[str, Any]] = (), model: str = "") -> None:
        super().__init__(records)
        self.model = model
        self.rollouts = 0
        self.forced_rollouts = 0
        self.saved = 0
        self.notes: list[str] = []

    def to_pandas(self) -> Any:
        """Return the records as a data frame, one row per candidate."""
        import pandas

        return pandas.DataFrame(list(self))

    def _repr_html_(self) -> str:
        html: str = self.to_pandas().to_html(max_rows=20)
        return html

    def account(self) -> str:
        """Return one line on what was used and saved."""
        total = self.rollouts + self.saved
        saved = f", {self.saved:,} saved ({self.saved / total:.0%})" if self.saved else ""
        forced = f" and {self.forced_rollouts:,} forced answers" if self.forced_rollouts else ""
        return f"{self.rollouts:,} rollouts{saved}{forced} on {len(self):,} candidates"


def probe_pool(
    samples: Sequence[Sample],
    generator: Generator,
    *,
    n: int = 8,
    template: str = "boxed",
    max_tokens: int = 1024,
    temperature: float = 1.0,
    seed: int = 0,
    adaptive: bool = False,
    group_size: int = GROUP_SIZE,
    forced: bool = True,
    journal: str | os.PathLike[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Probe:
    """Measure how often a model solves each candidate.

    Parameters
    ----------
    samples : sequence of Sample
        Candidates; one whose gold the grader cannot read is not rolled out, and says so.
    generator : Generator
        The model.
    n : int
        Rollouts per candidate, at most where `adaptive`.
    template : str
        Prompt template, see `generation.prompts`.
    max_tokens, temperature, seed
        Sampling of the rollouts.
    adaptive : bool
        Spend about 60 % of the rollouts: few on candidates that are surely too easy or too hard.
    group_size : int
        Rollouts per group in the training to come, for the chance of a dead group.
    forced : bool
        Also measure answers that start inside the box.
    journal : path-like, optional
        Every graded rollout is appended here; a killed probe resumes from it.
    progress : callable, optional
        Called with the number of candidates whose share of a round is done.

    Returns
    -------
    Probe
        A list of records: `id, n, correct, pass_rate, beta_low, beta_high` (central 90 % interval
        of the pass rate), `learnability, dead_group, forced_n, forced_correct, forced_pass_rate,
        reasoning_dependence, mean_tokens, truncated, unreadable` (shares), `model`, and `error`
        where nothing was measured. Unknown values are None.
    """
    if n < 1 or group_size < 1:
        raise ConfigError(f"n {n} and group size {group_size} must be at least 1")
    prober = _Prober(samples, generator, template, temperature, seed, journal, progress)
    try:
        schedule = AdaptiveSchedule(n) if adaptive else FixedSchedule(n)
        free = prober.free(schedule, max_tokens)
        guesses = prober.forced(n) if forced else {}
    finally:
        prober.close()
    probe = Probe(model=generator.name)
    for sample in samples:
        record = _record(free.get(sample.id, ()), guesses.get(sample.id, ()), group_size)
        fault = prober.faults.get(sample.id)
        probe.append(
            {"id": sample.id, **record, "model": generator.name}
            | ({"error": fault} if fault else {})
        )
    probe.rollouts = sum(map(len, free.values()))
    probe.forced_rollouts = sum(map(len, guesses.values()))
    probe.saved = n * len(free) - probe.rollouts
    probe.notes = prober.notes
    return probe


def probe_checkpoints(
    samples: Sequence[Sample],
    generators: Sequence[Generator],
    **options: Any,
) -> Probe:
    """Probe several checkpoints; each record is the last one's, with the history of all.

    The history stands in `accuracy`, oldest first, as `se rank --history` reads it.
    """
    if not generators:
        raise ConfigError("no model to probe; give at least one")
    probes = [probe_pool(samples, generator, **options) for generator in generators]
    last = probes[-1]
    for place, record in enumerate(last):
        record["accuracy"] = [probe[place]["pass_rate"] for probe in probes]
        record["models"] = [probe.model for probe in probes]
    last.rollouts = sum(probe.rollouts for probe in probes)
    last.forced_rollouts = sum(probe.forced_rollouts for probe in probes)
    last.saved = sum(probe.saved for probe in probes)
    last.notes = list(dict.fromkeys(note for probe in probes for note in probe.notes))
    return last


class _Prober:
    """Asks, grades and remembers; what the journal holds is not asked again."""

    def __init__(
        self,
        samples: Sequence[Sample],
        generator: Generator,
        template: str,
        temperature: float,
        seed: int,
        journal: str | os.PathLike[str] | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.generator = generator
        self.temperature = temperature
        self.seed = seed
        self.progress = progress
        self.faults: dict[str, str] = {}
        self.notes: list[str] = []
        self.golds: dict[str, Gold] = {}
        self.prompts: dict[str, Prompt] = {}
        for sample in samples:
            try:
                self.golds[sample.id] = read_sample_gold(sample)
                self.prompts[sample.id] = render(sample.problem, template)
            except GoldError as error:
                self.faults[sample.id] = f"gold answer not readable: {error}"
        if self.faults:
            self.notes.append(f"{len(self.faults):,} candidates have no readable gold answer")
        self.journal = Journal(Path(journal)) if journal is not None else None
        self.known: dict[str, list[Rollout]] = {}
        if self.journal is not None:
            for entry in self.journal.entries():
                if "probe" in entry:
                    self.known[entry["probe"]] = [Rollout(*row) for row in entry["rollouts"]]

    def close(self) -> None:
        if self.journal is not None:
            self.journal.close()

    def free(
        self, schedule: AdaptiveSchedule | FixedSchedule, max_tokens: int
    ) -> dict[str, list[Rollout]]:
        """Roll out freely, round by round, until the schedule is satisfied."""
        import numpy as np

        found: dict[str, list[Rollout]] = {id_: [] for id_ in self.prompts}
        number = 0
        while found:
            given = np.array([len(rollouts) for rollouts in found.values()])
            correct = np.array([sum(r.correct for r in rollouts) for rollouts in found.values()])
            more = schedule.next_round(given, correct)
            if not more.any():
                break
            for count in np.unique(more[more > 0]):
                ids = [id_ for id_, k in zip(found, more, strict=True) if k == count]
                asked = {id_: self.prompts[id_] for id_ in ids}
                for id_, rollouts in self._round(
                    f"free {number}", asked, int(count), max_tokens, ""
                ):
                    found[id_] += rollouts
                    if not rollouts:  # refused: never asked again
                        self.faults[id_] = "the server refused the prompt"
            found = {id_: rollouts for id_, rollouts in found.items() if id_ not in self.faults}
            number += 1
        return found

    def forced(self, n: int) -> dict[str, list[Rollout]]:
        """Sample answers that start inside the box."""
        ids = [id_ for id_ in self.prompts if id_ not in self.faults]
        prompts, why_not = begin_all(self.generator, [self.prompts[id_] for id_ in ids], BOX)
        if prompts is None:
            self.notes.append(f"answers were not forced: {why_not}")
            return {}
        asked = dict(zip(ids, prompts, strict=True))
        return dict(self._round("forced", asked, n, FORCED_TOKENS, BOX))

    def _round(
        self, stage: str, prompts: Mapping[str, Prompt], n: int, max_tokens: int, begun: str
    ) -> Iterator[tuple[str, list[Rollout]]]:
        keys = {
            id_: self._key(stage, id_, prompt, n, max_tokens) for id_, prompt in prompts.items()
        }
        asked = []
        for id_, key in keys.items():
            if key in self.known:
                self._report()
                yield id_, self.known[key]
            else:
                asked.append(id_)
        sampling = Sampling(
            n=n,
            max_tokens=max_tokens,
            temperature=self.temperature,
            # Each round draws anew; with the same seed it would repeat the last one's samples.
            seed=int.from_bytes(_digest([self.seed, stage])[:4], "little") >> (32 - _SEED_BITS),
        )
        for index, completions in self.generator.stream([prompts[id_] for id_ in asked], sampling):
            id_ = asked[index]
            rollouts = _graded(completions, self.golds[id_], begun)
            if self.journal is not None:
                rows = [list(asdict(rollout).values()) for rollout in rollouts]
                self.journal.append({"probe": keys[id_], "id": id_, "rollouts": rows})
            self._report()
            yield id_, rollouts

    def _report(self) -> None:
        if self.progress is not None:
            self.progress(1)

    def _key(self, stage: str, id_: str, prompt: Prompt, n: int, max_tokens: int) -> str:
        told = prompt if isinstance(prompt, str) else [dict(message) for message in prompt]
        gold = str(self.golds[id_])
        whole = [self.generator.name, stage, id_, told, gold, n, max_tokens]
        return _digest([*whole, self.temperature, self.seed]).hex()[:32]


def _graded(completions: Sequence[Completion], gold: Gold, begun: str) -> list[Rollout]:
    texts = [closed(begun + item.text) if begun else item.text for item in completions]
    grades = grade_batch(texts, [gold] * len(texts))
    return [
        Rollout(grade.correct, grade.readable, item.finish_reason == "length", item.tokens)
        for grade, item in zip(grades, completions, strict=True)
    ]


def closed(text: str) -> str:
    """Return `text` up to the brace that closes its first one: the forced answer alone."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "}" and depth == 0:
            return text[: place + 1]
    return text


def _digest(value: Any) -> bytes:
    return blake2b(json.dumps(value, sort_keys=True).encode(), digest_size=16).digest()


def _record(
    rollouts: Sequence[Rollout], guesses: Sequence[Rollout], group_size: int
) -> dict[str, Any]:
    n, correct = len(rollouts), sum(rollout.correct for rollout in rollouts)
    record: dict[str, Any] = dict.fromkeys(
        (
            *("n", "correct", "pass_rate", "beta_low", "beta_high", "learnability", "dead_group"),
            *("forced_n", "forced_correct", "forced_pass_rate", "reasoning_dependence"),
            *("mean_tokens", "truncated", "unreadable"),
        )
    )
    record |= {"n": n, "correct": correct}
    if n:
        from scipy.special import betaincinv

        p = correct / n
        tail = (1 - INTERVAL) / 2
        low, high = betaincinv(PRIOR + correct, PRIOR + n - correct, [tail, 1 - tail])
        record |= {
            "pass_rate": p,
            "beta_low": float(low),
            "beta_high": float(high),
            "learnability": p * (1 - p),
            "dead_group": dead_group_chance(PassRate(p, n), group_size),
            "mean_tokens": sum(rollout.tokens for rollout in rollouts) / n,
            "truncated": sum(rollout.truncated for rollout in rollouts) / n,
            "unreadable": sum(not rollout.readable for rollout in rollouts) / n,
        }
    if guesses:
        right = sum(guess.correct for guess in guesses)
        record |= {
            "forced_n": len(guesses),
            "forced_correct": right,
            "forced_pass_rate": right / len(guesses),
        }
        if n:
            record["reasoning_dependence"] = record["pass_rate"] - right / len(guesses)
    return record
