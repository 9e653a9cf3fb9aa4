"""Asking a model for rollouts of every candidate, and grading them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sample_engineering.errors import GoldError
from sample_engineering.generation.asking import FORM
from sample_engineering.generation.begun_answer import begin_all
from sample_engineering.generation.protocol import Completion, Generator, Prompt
from sample_engineering.grading import Gold, grade_batch, read_sample_gold
from sample_engineering.probing.plan import ProbePlan
from sample_engineering.probing.rollouts import LONGEST_ANSWER, Rollout, RolloutJournal
from sample_engineering.sample import Sample
from sample_engineering.text import storable

BOX = "\\boxed{"
FORCED_TOKENS = 64  # a final answer is short; what follows the closed box is cut off
_SEED_BITS = 31


class Prober:
    """Asks, grades and remembers; what the journal holds is not asked again.

    Parameters
    ----------
    samples : sequence of Sample
    generator : Generator
    plan : ProbePlan
    journal : RolloutJournal
    progress : callable, optional
        Called with the number of rollouts done since the last call, and about how many there will
        be.
    identity : str
        What tells the model from others of the same name, in the journal.

    Attributes
    ----------
    resumed : int
        Groups of rollouts that the journal held.
    faults : dict of str to str
        Why a candidate was not measured, by id.
    notes : list of str
        What the user should know.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        generator: Generator,
        plan: ProbePlan,
        journal: RolloutJournal,
        progress: Callable[[int, int], None] | None,
        identity: str = "",
    ) -> None:
        self.generator = generator
        self.plan = plan
        self.protocol = plan.protocol
        self.journal = journal
        self.progress = progress
        self.identity = identity
        self._done = self._total = 0  # rollouts
        self.resumed = 0
        self.faults: dict[str, str] = {}
        self.notes: list[str] = []
        self.golds: dict[str, Gold] = {}
        self.prompts: dict[str, Prompt] = {}
        for sample in samples:
            try:
                self.golds[sample.id] = read_sample_gold(sample)
                self.prompts[sample.id] = self.protocol.prompt(sample)
            except GoldError as error:
                self.faults[sample.id] = f"gold answer not readable: {error}"
        if self.faults:
            self.notes.append(f"{len(self.faults):,} candidates have no readable gold answer")

    def free(self) -> dict[str, list[Rollout]]:
        """Roll out freely, round by round, until the schedule is satisfied."""
        import numpy as np

        schedule = self.plan.schedule
        self._total = schedule.expected(len(self.prompts))
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
                    f"free {number}", asked, int(count), self.plan.max_tokens, ""
                ):
                    found[id_] += rollouts
                    if not rollouts:  # refused: never asked again
                        self.faults[id_] = "the server refused the prompt"
            found = {id_: rollouts for id_, rollouts in found.items() if id_ not in self.faults}
            number += 1
        return found

    def forced(self) -> dict[str, Sequence[Rollout]]:
        """Sample answers that start inside the box."""
        ids = [id_ for id_ in self.prompts if id_ not in self.faults]
        prompts, why_not = begin_all(self.generator, [self.prompts[id_] for id_ in ids], BOX)
        if prompts is None:
            self.notes.append(f"answers were not forced: {why_not}")
            return {}
        asked = dict(zip(ids, prompts, strict=True))
        self._total = self._done + self.plan.rollouts * len(ids)
        return dict(self._round("forced", asked, self.plan.rollouts, FORCED_TOKENS, BOX))

    def _round(
        self, stage: str, prompts: Mapping[str, Prompt], n: int, max_tokens: int, begun: str
    ) -> Iterator[tuple[str, Sequence[Rollout]]]:
        keys = {
            id_: self._key(stage, id_, prompt, n, max_tokens) for id_, prompt in prompts.items()
        }
        asked = []
        # Copies of a prompt are told apart by their number among those asked: all, or none.
        told = {id_: json.dumps(prompt, default=list) for id_, prompt in prompts.items()}
        missing = {told[id_] for id_, key in keys.items() if key not in self.journal.known}
        for id_, key in keys.items():
            if told[id_] not in missing:
                self.resumed += 1
                self._report(n)
                yield id_, self.journal.known[key]
            else:
                asked.append(id_)
        # Each round draws anew; with the same seed it would repeat the last one's samples.
        digest = _digest([self.plan.seed, stage])[:4]
        seed = int.from_bytes(digest, "little") >> (32 - _SEED_BITS)
        sampling = self.protocol.with_(max_tokens=max_tokens).sampling(n, seed)
        for index, completions in self.generator.stream([prompts[id_] for id_ in asked], sampling):
            id_ = asked[index]
            rollouts = _graded(completions, self.golds[id_], begun, self.protocol.form)
            self.journal.add(keys[id_], id_, rollouts)
            self._report(n)
            yield id_, rollouts

    def _report(self, count: int) -> None:
        self._done += count
        if self.progress is not None:
            self.progress(count, max(self._total, self._done))

    def _key(self, stage: str, id_: str, prompt: Prompt, n: int, max_tokens: int) -> str:
        told = prompt if isinstance(prompt, str) else [dict(message) for message in prompt]
        gold = str(self.golds[id_])
        whole = [self.generator.name, self.identity, stage, id_, told, gold, n, max_tokens]
        return _digest([*whole, self.protocol.digest, self.plan.seed]).hex()[:32]


def _graded(completions: Sequence[Completion], gold: Gold, begun: str, form: str) -> list[Rollout]:
    texts = [closed(begun + item.text) if begun else item.text for item in completions]
    grades = grade_batch(texts, [gold] * len(texts), form=FORM if begun else form)
    return [
        Rollout(
            grade.correct,
            grade.readable,
            item.finish_reason == "length",
            item.tokens,
            storable(grade.extracted[:LONGEST_ANSWER])
            if grade.readable and not grade.correct and grade.extracted
            else None,
        )
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
