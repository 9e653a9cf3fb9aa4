"""Rewards given to rollouts, and the record of both."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sample_engineering.evaluation.behaviour import measure_texts
from sample_engineering.generation.asking import FORM
from sample_engineering.grading import Gold, Grade, completion_text, grade_batch
from sample_engineering.text import storable
from sample_engineering.trainers.endings import Endings
from sample_engineering.trainers.reward import (
    Reward,
    RewardFunction,
    as_reward,
    find_reward,
    gold_columns,
)


@dataclass(frozen=True)
class Generation:
    """The rollouts of one generation, graded and rewarded.

    All sequences have one entry a rollout, those of a group side by side.

    Parameters
    ----------
    number : int
        Counts from 0.
    samples : sequence of int
        Which training sample each rollout answers.
    texts, tokens, truncated
        The completions, their lengths in tokens, whether they were cut at the limit.
    rewards : sequence of float
        Finite.
    grades : sequence of Grade
        What the grader says, whatever the reward is.
    group_size : int
        Rollouts a group.
    """

    number: int
    samples: Sequence[int]
    texts: Sequence[str]
    tokens: Sequence[int]
    truncated: Sequence[bool]
    rewards: Sequence[float]
    grades: Sequence[Grade]
    group_size: int

    @property
    def causes(self) -> list[str | None]:
        """Why each group teaches nothing, or None for an informative group."""
        rewards = np.asarray(self.rewards, float).reshape(-1, self.group_size)
        correct = np.array([g.correct for g in self.grades]).reshape(rewards.shape)
        readable = np.array([g.readable for g in self.grades]).reshape(rewards.shape)
        truncated = np.asarray(self.truncated).reshape(rewards.shape)
        groups = zip(rewards, correct, readable, truncated, strict=True)
        return [_cause(*group) for group in groups]

    @property
    def undecided(self) -> list[bool]:
        """Which rollouts a judge left open: neither right nor wrong, whatever their reward is."""
        return [grade.decided_by == "abstained" for grade in self.grades]

    def statistics(self) -> dict[str, Any]:
        """Return the figures of this generation that a line of ``metrics.jsonl`` has."""
        rewards = np.asarray(self.rewards, float)
        causes = self.causes
        dead = Counter(cause for cause in causes if cause is not None)
        return {
            "reward_mean": float(rewards.mean()),
            "reward_std": float(rewards.std()),
            "pass_rate": float(np.mean([grade.correct for grade in self.grades])),
            "readable": float(np.mean([grade.readable for grade in self.grades])),
            "truncated": float(np.mean(self.truncated)),
            "length": float(np.mean(self.tokens)),
            "written_steps": float(measure_texts(self.texts)["steps"].mean()),
            "distinct": len({" ".join(text.split()) for text in self.texts}) / len(self.texts),
            "rollouts": len(self.texts),
            "groups": len(causes),
            "informative_groups": sum(cause is None for cause in causes),
            "dead_cause": dead.most_common(1)[0][0] if len(dead) and None not in causes else None,
            "judged": sum(grade.decided_by == "judge" for grade in self.grades),
            "abstained": sum(self.undecided),
        }

    def rows(self, limit: int) -> list[dict[str, Any]]:
        """Return up to `limit` rollouts as records, evenly spread over the generation."""
        count = len(self.texts)
        chosen = np.unique(np.linspace(0, count - 1, min(limit, count)).astype(int))
        return [
            {
                "rollout": int(index),
                "sample_index": int(self.samples[index]),
                "group": int(index) // self.group_size,
                "completion": storable(self.texts[index]),
                "tokens": int(self.tokens[index]),
                "truncated": bool(self.truncated[index]),
                "reward": float(self.rewards[index]),
                "readable": self.grades[index].readable,
                "correct": self.grades[index].correct,
                "extracted": self.grades[index].extracted,
                "decided_by": self.grades[index].decided_by,
            }
            for index in chosen
        ]


def _cause(rewards: Any, correct: Any, readable: Any, truncated: Any) -> str | None:
    if np.max(rewards) - np.min(rewards) > 0:
        return None
    if correct.any() or np.max(rewards) > 0:  # a reward may pay for more than right answers
        return "all right" if correct.all() else "all alike"
    if truncated.all():
        return "all truncated"
    if not readable.any():
        return "nothing readable"
    return "all wrong"


class Rewarder:
    """The reward function handed to TRL: grades, rewards and remembers each generation.

    Parameters
    ----------
    reward : str, Reward or callable
        The name of a registered reward, a reward, or a function ``(completions, answer,
        **columns)``; see `reward.Reward`.
    golds : sequence of Gold
        Of the training samples, by their ``sample_index``.
    group_size, max_tokens, steps_per_generation, seed : int
        Of the run.
    form : str
        Where the final answer is looked for, see `sample_engineering.grading`.
    endings : Endings, optional
        What ends an answer: nothing after it is graded, and one that ended was not truncated.
    grader : callable, optional
        ``(texts, sample_index) -> grades`` instead of the grader alone; see `judging`.
    shape : callable, optional
        ``(rewards, lengths) -> rewards``: what the algorithm adds, lengths in tokens.
    """

    def __init__(
        self,
        reward: str | Reward | RewardFunction,
        golds: Sequence[Gold],
        *,
        group_size: int,
        max_tokens: int,
        steps_per_generation: int,
        seed: int,
        form: str = FORM,
        endings: Endings | None = None,
        grader: Callable[[Sequence[str], Sequence[int]], list[Grade]] | None = None,
        shape: Callable[[Sequence[float], Sequence[int]], list[float]] | None = None,
    ) -> None:
        self.shape = shape
        self.reward = find_reward(reward) if isinstance(reward, str) else as_reward(reward)
        self.__name__ = self.reward.name
        self.golds = golds
        self.group_size = group_size
        self.max_tokens = max_tokens
        self.steps_per_generation = steps_per_generation
        self.seed = seed
        self.form = form
        self.endings = endings or Endings()
        self.grader = grader
        self.gather: Callable[[list[Any]], list[Any]] = list  # of all processes, in order
        self.rank = 0  # of this process; each grades as many rollouts
        self.last: Generation | None = None

    def __call__(
        self,
        prompts: Sequence[Any],
        completions: Sequence[Any],
        completion_ids: Sequence[Sequence[int]],
        sample_index: Sequence[int],
        trainer_state: Any,
        **columns: Any,
    ) -> list[float]:
        """Return the reward of each completion; what TRL calls."""
        whole = [completion_text(completion) for completion in completions]
        texts = [self.endings.cut_text(text) for text in whole]
        stopped = [text != cut for text, cut in zip(whole, texts, strict=True)]
        if any(stopped):
            completions = [
                _with_text(completion, text) if cut else completion
                for completion, text, cut in zip(completions, texts, stopped, strict=True)
            ]
        golds = [self.golds[index] for index in sample_index]
        if self.grader is None:
            grades = grade_batch(texts, golds, form=self.form)
        else:
            grades = self.grader(texts, sample_index)
        generation = trainer_state.global_step // self.steps_per_generation
        rewards = self._rewards(
            completions,
            {
                **columns,
                **gold_columns(golds),
                "prompts": prompts,
                "completion_ids": completion_ids,
                "sample_index": sample_index,
                "grades": grades,
                "rollout": [self.rank * len(texts) + index for index in range(len(texts))],
            },
            {"trainer_state": trainer_state, "seed": self.seed, "generation": generation},
        )
        truncated = [
            len(ids) >= self.max_tokens and ids[-1] not in self.endings.ids and not cut
            for ids, cut in zip(completion_ids, stopped, strict=True)
        ]
        lengths = [len(ids) for ids in completion_ids]
        if self.shape is not None:
            rewards = self.shape(rewards, lengths)
        everything = self.gather(
            list(zip(sample_index, texts, lengths, truncated, rewards, grades, strict=True))
        )
        column: list[Any] = [list(values) for values in zip(*everything, strict=True)]
        self.last = Generation(
            number=generation,
            samples=column[0],
            texts=column[1],
            tokens=column[2],
            truncated=column[3],
            rewards=column[4],
            grades=column[5],
            group_size=self.group_size,
        )
        return rewards

    def _rewards(
        self, completions: Sequence[Any], columns: dict[str, Any], told: dict[str, Any]
    ) -> list[float]:
        """Return the rewards of this process's rollouts.

        A reward that compares the rollouts of a group is shown all of the generation: a group may
        lie in several processes.
        """
        if not self.reward.grouped:
            return self.reward.values(completions, **columns, **told)
        rows = len(completions)
        by_row = {
            name: column
            for name, column in columns.items()
            if isinstance(column, list | tuple) and len(column) == rows
        }
        alike = {name: value for name, value in columns.items() if name not in by_row}
        own = list(zip(completions, *by_row.values(), strict=True))
        everything = list(zip(*self.gather(own), strict=True))
        values = self.reward.values(
            list(everything[0]),
            **{name: list(column) for name, column in zip(by_row, everything[1:], strict=True)},
            **alike,
            **told,
            group=[number // self.group_size for number in range(len(everything[0]))],
            form=self.form,
        )
        first = self.rank * rows
        return values[first : first + rows]


def _with_text(completion: Any, text: str) -> Any:
    """Return a completion, a text or an assistant's messages, that says `text` alone."""
    return text if isinstance(completion, str) else [{"role": "assistant", "content": text}]
