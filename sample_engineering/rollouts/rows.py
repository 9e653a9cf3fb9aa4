"""Rows of a log as rollouts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sample_engineering.pool.ids import as_id
from sample_engineering.pool.names import reach
from sample_engineering.pool.written import unpacked
from sample_engineering.rollouts.columns import Columns
from sample_engineering.rollouts.completions import completion_texts, was_cut
from sample_engineering.rollouts.naming import Keys
from sample_engineering.rollouts.rewards import number_of
from sample_engineering.rollouts.rollout import Asked, Refusals, Rollout
from sample_engineering.rollouts.steps import Step, step_of
from sample_engineering.rollouts.tables import Item


class RowReader:
    """Reads rows, each one rollout or some.

    Parameters
    ----------
    asked : Asked
    refusals : Refusals
    """

    def __init__(self, asked: Asked, refusals: Refusals) -> None:
        self.asked, self.refusals = asked, refusals

    def read(self, items: Iterable[Item], columns: Columns, *, filtered: bool) -> Iterator[Rollout]:
        """Yield the rollouts of a file.

        Parameters
        ----------
        items : iterable of Item
        columns : Columns
        filtered : bool
            Whether lm-eval wrote a record for each of its filters, of which the first counts.
        """
        first_filter: Any = None
        for item in items:
            record = record_of(item, self.refusals)
            if record is None:
                continue
            if filtered and "filter" in record:
                first_filter = first_filter or record["filter"]
                if record["filter"] != first_filter:
                    self.refusals.note(f"rows of another filter than {first_filter!s:.40}")
                    continue
            yield from self._rollouts(item.line, record, columns)

    def _rollouts(self, line: int, record: dict[str, Any], columns: Columns) -> Iterator[Rollout]:
        reward = None if columns.reward is None else reach(record, columns.reward)
        step = None if columns.step is None else step_of(reach(record, columns.step))
        if isinstance(reward, Mapping) and "value" not in reward:
            if columns.id is None and columns.text is None:  # by id, a step a record
                for key, value in reward.items():
                    yield from self._one(line, record, columns, step, value, id_=str(key))
            else:
                for key, value in reward.items():  # by step, a problem a record
                    yield from self._one(line, record, columns, step_of(key), value)
            return
        ids = None if columns.id is None else reach(record, columns.id)
        if isinstance(reward, str) and reward.lstrip().startswith("["):
            reward = unpacked(reward) or reward
        if isinstance(ids, list) and isinstance(reward, list) and len(ids) == len(reward):
            for id_, value in zip(ids, reward, strict=True):
                yield from self._one(line, record, columns, step, value, id_=as_id(id_))
            return
        yield from self._one(line, record, columns, step, reward)

    def _one(
        self,
        line: int,
        record: dict[str, Any],
        columns: Columns,
        step: Step | None,
        reward: Any,
        *,
        id_: str | None = None,
    ) -> Iterator[Rollout]:
        if id_ is None:
            key = Keys.of(columns).read(record)
            if key is None:
                self.refusals.add(line, "no id")
                return
            id_, text, ids = key
        else:
            text, ids = None, (id_,)
        rewards = reward if isinstance(reward, list) else [reward]
        n = 1
        if columns.count is not None:
            counted = number_of(reach(record, columns.count))
            n = int(counted[0]) if counted and counted[0] == counted[0] else 1
        texts: list[str | None] = [None] * len(rewards)
        if self.asked.completions and columns.completion is not None:
            texts = list(completion_texts(reach(record, columns.completion)))
            if columns.reward is None:
                rewards = [None] * len(texts)
            if len(texts) != len(rewards):
                texts = [texts[0] if texts else None] * len(rewards) if len(rewards) == 1 else texts
            if len(texts) != len(rewards):
                self.refusals.add(line, f"{len(texts)} completions but {len(rewards)} rewards")
                return
        for part, value in enumerate(rewards):
            read = number_of(value)
            if read is None:
                self.refusals.add(line, f"reward {value!s:.40} is no number")
                continue
            number, of = read
            if columns.right is not None and columns.right in (columns.reward, None):
                if not 0 <= number <= n or n < 1:
                    if n == 0 and number == 0:
                        number, n = float("nan"), 1
                    else:
                        self.refusals.add(line, f"{number:g} of {n} are right")
                        continue
                else:
                    number = number / n
            made = Rollout(line, id_, text, step, number, n if n > 1 else of, ids=ids)
            if self.asked.completions:
                self._add_completion(made, record, columns, texts[part], part)
            yield made

    def _add_completion(
        self,
        rollout: Rollout,
        record: dict[str, Any],
        columns: Columns,
        text: str | None,
        part: int,
    ) -> None:
        rollout.completion = text
        rollout.record = record
        rollout.part = part
        if columns.gold is not None:
            rollout.gold = reach(record, columns.gold)
        if columns.length is not None:
            tokens = reach(record, columns.length)
            if isinstance(tokens, list):
                tokens = tokens[part] if part < len(tokens) else None
            number = number_of(tokens)
            rollout.tokens = None if number is None or number[0] != number[0] else number[0]
        if columns.ending is not None:
            ending = reach(record, columns.ending)
            if isinstance(ending, list):
                ending = ending[part] if part < len(ending) else None
            rollout.cut = was_cut(ending)


def record_of(item: Item, refusals: Refusals) -> dict[str, Any] | None:
    """Return the record of an item; None, and counted, where there is none."""
    if isinstance(item.record, dict):
        return item.record
    refusals.add(item.line, item.fault or f"a {type(item.record).__name__}, not an object")
    return None
