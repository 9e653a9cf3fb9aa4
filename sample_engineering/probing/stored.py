"""The profile of stored rollouts: read once, in memory that grows with problems and answers."""

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.grading import equal_answers, extract
from sample_engineering.grading.extraction import find_form
from sample_engineering.probing.profile import ProblemProfile, Profile, StepProfile
from sample_engineering.rollouts.collecting import Collected
from sample_engineering.rollouts.grouping import Cells
from sample_engineering.rollouts.joining import Joiner
from sample_engineering.rollouts.logs import PathLike
from sample_engineering.rollouts.opening import open_logs
from sample_engineering.rollouts.rewards import given_meaning
from sample_engineering.rollouts.rollout import Asked, Rollout
from sample_engineering.sample import Sample
from sample_engineering.selectors.answers import answer_counts_of
from sample_engineering.selectors.posterior import GROUP_SIZE

if TYPE_CHECKING:
    import numpy

_FORM = "auto"
_LONGEST_ANSWER = 200  # characters; longer ones are told apart by their beginning
# Distinct spellings of one problem that are compared as answers; the rest count by their spelling.
_MOST_COMPARED = 32
_RIGHT = 0.5
_LARGEST_GROUP = 100_000


def profile_logs(
    places: PathLike | Iterable[PathLike],
    pool: Iterable[Sample] | None = None,
    *,
    group_size: int = GROUP_SIZE,
    max_tokens: int | None = None,
    form: str | None = None,
    reward: str | None = None,
    step: str | None = None,
    id: str | None = None,
    threshold: float | None = None,
    scale: tuple[float, float] | None = None,
    on_error: str = "skip",
) -> Profile:
    """Say of each problem how often it was solved, with which answers, and how long they were.

    Parameters
    ----------
    places, pool, reward, step, id, threshold, scale, on_error
        See `rollouts.read_histories`; a pool with fields of pass rates is a log too.
    group_size : int
        Rollouts of a group in the training to come.
    max_tokens : int, optional
        Completions of so many tokens were cut off.
    form : str, optional
        Where the final answer stands, see `grading.extract`; ``auto`` by default.

    Raises
    ------
    ConfigError
        If an option cannot be used, or `max_tokens` is given and the log counts no tokens.
    PoolError
        If nothing can be read.
    """
    if not 2 <= group_size <= _LARGEST_GROUP:
        raise ConfigError(f"`group_size` {group_size}: give 2 to {_LARGEST_GROUP:,}")
    find_form(form or _FORM)
    joiner = None if pool is None else Joiner(pool)
    asked = Asked(
        reward,
        step,
        id,
        completions=True,
        rates=True,
        known=frozenset(joiner.ids) if joiner else frozenset(),
        on_error=on_error,
        needs_reward=True,
    )
    seen = _Seen(form or _FORM, threshold, max_tokens)
    collected = Collected(joiner, threshold, given_meaning(scale, threshold), on_error, seen.add)
    for file in open_logs(places, asked, collected.report):
        collected.take(file)
    table = collected.histories()
    if max_tokens is not None and not seen.tokens:
        raise ConfigError(
            "`max_tokens` would be ignored: the log does not count the tokens of completions; "
            "leave it out"
        )
    if form is not None and not seen.answers:
        raise ConfigError("`form` would be ignored: the log holds no completions; leave it out")
    numbers = {id_: number for number, id_ in enumerate(table)}
    of_group = {group: numbers[id_] for group, id_ in collected.labels.items()}
    answers = seen.answer_counts(collected, of_group)
    lengths = seen.lengths(of_group)
    problems = []
    for id_, visits in table.items():
        number = numbers[id_]
        history = _history(visits, table.steps.get(id_), table.counts.get(id_))
        rate, n, counted = _pooled(visits, table.counts.get(id_), number in seen.counted(of_group))
        problems.append(
            ProblemProfile.of(
                id_,
                rate,
                n,
                group_size,
                counted=counted,
                answers=answers.get(number),
                problem=None if joiner is not None else table.problems.get(id_),
                **lengths.get(number, {}),
                **history,
            )
        )
    steps = _by_step(table, seen, list(collected.steps))
    return Profile(tuple(problems), steps, group_size, collected.report)


def _pooled(
    visits: Sequence[float], counts: Sequence[int] | None, counted: bool
) -> tuple[float, int, bool]:
    """Return the pass rate over all visits, the rollouts, and whether these were counted."""
    known = [(v, counts[k] if counts else 1) for k, v in enumerate(visits) if v == v]
    n = sum(many for _, many in known)
    rate = sum(v * many for v, many in known) / n
    return min(max(rate, 0.0), 1.0), n, counted or max(counts or (1,)) > 1


def _history(
    visits: Sequence[float], steps: Sequence[Any] | None, counts: Sequence[int] | None
) -> dict[str, Any]:
    if len(visits) < 2:
        return {}
    return {
        "accuracy": tuple(None if v != v else v for v in visits),
        "steps": None if steps is None else tuple(steps),
        "rollouts": None if counts is None else tuple(counts),
    }


class _Seen:
    """Answers and lengths of rollouts, by group and step."""

    def __init__(self, form: str, threshold: float | None, max_tokens: int | None) -> None:
        self.form, self.threshold, self.max_tokens = form, threshold, max_tokens
        self.answers: dict[tuple[str, bool], Cells] = {}
        self.tokens = False
        self._pairs: dict[tuple[int, str | None], int] = {}
        self._given: dict[int, tuple[int, tuple[int, ...]]] = {}
        self._single: set[int] = set()
        self._codes = array("q")
        self._lengths = array("d")
        self._cuts = array("d")
        self._counted: set[int] | None = None

    def add(self, group: int, step: int, name: tuple[str, bool], item: Rollout) -> None:
        """Keep what is wanted of a rollout."""
        if item.completion is not None:
            self._single.add(group)
            answer = self._answer(item.completion)
            pair = self._pairs.setdefault((group, answer), len(self._pairs))
            cells = self.answers.get(name)
            if cells is None:
                cells = self.answers[name] = Cells(self.threshold)
            cells.add(pair, 0, item.reward, item.n)
        elif item.record is not None:
            if item.n > 1 or "n" in item.record:
                self._single.add(group)
            found = answer_counts_of(item.record)
            if found is not None:
                self._given[group] = (found.right, found.wrong)
        self._length(group, step, item)

    def _length(self, group: int, step: int, item: Rollout) -> None:
        length, cut = item.tokens, item.cut
        if length is not None:
            self.tokens = True
            if cut is None and self.max_tokens is not None and item.n == 1:
                cut = float(length >= self.max_tokens)
        elif item.completion is not None:
            length = -float(len(item.completion))  # characters, told apart by their sign
        if length is None and cut is None:
            return
        self._codes.append(group << 32 | step)
        self._lengths.append(float("nan") if length is None else length)
        self._cuts.append(float("nan") if cut is None else cut)

    def _answer(self, completion: str) -> str | None:
        found = extract(completion, self.form)
        if found.letter is not None and not found.answers:
            return found.letter
        if not found.answers:
            return None
        said = ", ".join(found.answers) if found.joined else found.answers[-1]
        return " ".join(said.split())[:_LONGEST_ANSWER] or None

    def counted(self, of_group: dict[int, int]) -> set[int]:
        """Return the problems whose rollouts were counted one by one."""
        if self._counted is None:
            self._counted = {of_group[group] for group in self._single if group in of_group}
        return self._counted

    def answer_counts(
        self, collected: Collected, of_group: dict[int, int]
    ) -> dict[int, tuple[int, tuple[int, ...]]]:
        """Return right answers and the numbers of each wrong one, by problem."""
        right: dict[int, int] = {}
        wrong: dict[int, dict[str, int]] = {}
        pairs = list(self._pairs)
        for name, cells in self.answers.items():
            numbers, _, shares, many = cells.means(collected.meanings[name])
            for number, share, n in zip(numbers.tolist(), shares, many, strict=True):
                group, answer = pairs[number]
                problem = of_group.get(group)
                if problem is None or not n:
                    continue
                hits = round(share * n)
                right[problem] = right.get(problem, 0) + hits
                said = wrong.setdefault(problem, {})
                if answer is not None and n > hits:
                    said[answer] = said.get(answer, 0) + int(n) - hits
        found = {
            of_group[group]: counts for group, counts in self._given.items() if group in of_group
        }
        for problem, said in wrong.items():
            found[problem] = (right[problem], _distinct(said))
        return found

    def lengths(self, of_group: dict[int, int]) -> dict[int, dict[str, Any]]:
        """Return median and greatest length, and the share of cut ones, by problem."""
        import numpy as np

        self.codes = np.array(self._codes, dtype=np.int64)
        self.length = np.array(self._lengths)
        self.cut = np.array(self._cuts)
        if self.tokens:  # characters of those without tokens would not compare
            self.length[self.length < 0] = np.nan
        self.length = np.abs(self.length)
        groups = np.array([of_group.get(group, -1) for group in (self.codes >> 32).tolist()])
        found: dict[int, dict[str, Any]] = {}
        for problem, rows in _runs(groups):
            if problem >= 0:
                found[problem] = self._told(rows)
        return found

    def _told(self, rows: "numpy.ndarray") -> dict[str, Any]:
        import numpy as np

        told: dict[str, Any] = {}
        lengths, cuts = self.length[rows], self.cut[rows]
        lengths, cuts = lengths[~np.isnan(lengths)], cuts[~np.isnan(cuts)]
        if lengths.size:
            told["length_median"] = float(np.median(lengths))
            told["length_max"] = float(lengths.max())
            told["length_unit"] = "tokens" if self.tokens else "characters"
        if cuts.size:
            told["truncated"] = float(cuts.mean())
        return told

    def of_steps(self) -> dict[int, dict[str, Any]]:
        """Return the same by the number of the step."""
        return {step: self._told(rows) for step, rows in _runs(self.codes & 0xFFFFFFFF)}


def _distinct(said: dict[str, int]) -> tuple[int, ...]:
    """Count equal answers together, however spelt; the most often given first."""
    spellings = sorted(said, key=lambda answer: (-said[answer], answer))
    compared = spellings[:_MOST_COMPARED]
    numbers = equal_answers(compared) if len(compared) > 1 else (0,) * len(compared)
    counts: dict[object, int] = {}
    for answer, number in zip(compared, numbers, strict=True):
        key: object = answer if number is None else number
        counts[key] = counts.get(key, 0) + said[answer]
    for answer in spellings[_MOST_COMPARED:]:
        counts[answer] = said[answer]
    return tuple(sorted(counts.values(), reverse=True))


def _runs(keys: "numpy.ndarray") -> Iterable[tuple[int, "numpy.ndarray"]]:
    """Yield each key with the places where it stands."""
    import numpy as np

    if not keys.size:
        return
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(keys)], strict=True):
        yield int(ordered[start]), order[start:end]


def _by_step(table: Any, seen: _Seen, labels: Sequence[Any]) -> tuple[StepProfile, ...]:
    """Return what holds at each step, where there are several."""
    told = {labels[number]: further for number, further in seen.of_steps().items()}
    cells: dict[Any, list[tuple[float, int]]] = {}
    for id_, visits in table.items():
        steps = table.steps.get(id_) or range(len(visits))
        counts = table.counts.get(id_)
        for k, (step, value) in enumerate(zip(steps, visits, strict=True)):
            if value == value:
                cells.setdefault(step, []).append((value, counts[k] if counts else 1))
    if len(cells) < 2:
        return ()
    found = []
    for step in sorted(
        cells, key=lambda s: (isinstance(s, str), s if not isinstance(s, str) else 0)
    ):
        values = cells[step]
        grouped = [value for value, n in values if n > 1]
        live = sum(0 < value < 1 for value in grouped) / len(grouped) if grouped else None
        further = told.get(step, {})
        found.append(
            StepProfile(
                step,
                len(values),
                sum(n for _, n in values),
                sum(value for value, _ in values) / len(values),
                live,
                further.get("length_median"),
                further.get("truncated"),
            )
        )
    return tuple(found)
