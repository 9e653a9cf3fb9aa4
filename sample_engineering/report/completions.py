"""All completions of a run as one table: rollouts of the trainings, answers of the evaluations.

A page holds `MOST_ROWS` of them and `MOST_BYTES` at most. Beyond the first, every so many items and
training steps are kept, the same of every arm, so that what stands side by side in the run stands
side by side in the page; beyond the second, long texts lose their middle. `Completions.left_out`
says what was done, in words for the page.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.readings import READING_KEY, READINGS
from sample_engineering.grading.extraction import extract
from sample_engineering.markup import LONGEST
from sample_engineering.report.explorer import Column, Table
from sample_engineering.report.run import THIS, Run
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.reading import SEED_KEY

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 50_000
MOST_BYTES = 4_300_000  # of the packed table: with everything else a page stays below 5 MB
_SHORTEST = 40  # characters of a completion, however many there are
_TRIED = 1500  # rows from which the size of all is told beforehand
_EXACT = 0.05  # of the number of characters that is told
_LONGEST_PROBLEM, _LONGEST_ANSWER, _LONGEST_NAME = 3000, 400, 120
BASE = "base model"
TRAINING = "training"
RIGHT, WRONG, UNREADABLE = "right", "wrong", "unreadable"
_TONES = {RIGHT: "good", WRONG: "bad", UNREADABLE: "unsure"}
GAINED, LOST, KEPT, MISSED = "wrong → right", "right → wrong", "right twice", "wrong twice"
_CHANGES = {
    (False, True): GAINED, (True, False): LOST, (True, True): KEPT, (False, False): MISSED
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One completion, as the page tells of it.

    Parameters
    ----------
    source : str
        ``training``, ``greedy`` or ``sampled``.
    arm : str
    seed : int or None
        Training seed; None for the base model.
    step : int or None
        Training steps before it; None where that is not known.
    item, domain, split : str
    problem, gold : str
        What was asked, and what is right.
    place : int
        Which completion of its item, or which rollout of its step.
    completion : str
    tokens : int
    finish : str
        ``stop`` or ``length``.
    correct, readable : bool
    rule : str
        Which rule of the grader decided; empty where that was not kept.
    read : str
        The answer as the grader found it.
    reward : float or None
    """

    source: str
    arm: str
    seed: int | None
    step: int | None
    item: str
    domain: str
    split: str
    problem: str
    gold: str
    place: int
    completion: str
    tokens: int
    finish: str
    correct: bool
    readable: bool
    rule: str = ""
    read: str = ""
    reward: float | None = None

    @property
    def grade(self) -> str:
        """``right``, ``wrong``, or ``unreadable`` where there is no answer to read."""
        return RIGHT if self.correct else WRONG if self.readable else UNREADABLE


@dataclass(frozen=True)
class Completions:
    """The table of all completions of a run, as it stands in a page.

    Parameters
    ----------
    packed : str
        See `explorer.Table.packed`.
    rows, total : int
        Completions in it, and in the run folder.
    left_out : tuple of str
        What is not in it, a sentence each.
    """

    packed: str
    rows: int
    total: int
    left_out: tuple[str, ...]


def completions(run: Run, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> Completions:
    """Return all completions of a run, shortened to what a page can hold.

    Parameters
    ----------
    run : Run
    most_rows, most_bytes : int
        Of the table, and of its data in the page.
    """
    frames = [*_evaluations(run), *_rollouts(run)]
    total = sum(len(frame.table) for frame in frames)
    stride = -(-total // most_rows) if most_rows else 1
    while stride > 1 and sum(frame.kept(stride) for frame in frames) > most_rows:
        stride += 1
    while True:
        rows = _ordered([row for frame in frames for row in frame.rows(run, stride)])
        longest, packed = _packed(rows, most_bytes)
        if len(packed) <= most_bytes or stride >= total:
            break
        stride *= 2  # names alone, or very many short ones, are too much
    left_out = []
    if len(rows) < total:
        left_out.append(
            f"{len(rows):,} of {total:,} completions are here: every {_ordinal(stride)} item of "
            f"the evaluations and every {_ordinal(stride)} training step, the same of every arm, "
            "and the last step of all; the run folder has the others."
        )
    cut = sum(len(row.completion) > longest for row in rows)
    if cut:
        left_out.append(
            f"{cut:,} completions of more than {longest:,} characters are here without their "
            "middle; the run folder has them whole."
        )
    return Completions(packed, len(rows), total, tuple(left_out))


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """Return the answers to one item side by side, the base model's first; then the trainings."""
    items: dict[str, int] = {}
    arms = {BASE: 0, THIS: 1}
    sources = {name: place for place, name in enumerate((*READINGS, TRAINING))}
    for row in rows:
        items.setdefault(row.item, len(items))
        arms.setdefault(row.arm, len(arms))

    def place(row: Row) -> tuple[int, ...]:
        about = 0 if row.source == TRAINING else items[row.item]
        when = (arms[row.arm], row.seed or 0, row.step or 0, row.place)
        return (row.source == TRAINING, about, sources[row.source], *when)

    return sorted(rows, key=place)


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


def _packed(rows: Sequence[Row], most_bytes: int) -> tuple[int, str]:
    """Return how many characters of a completion fit, and the table with so many.

    How many is told from some of the rows first: packing all of them takes seconds.
    """
    few = (
        [rows[number * len(rows) // _TRIED] for number in range(_TRIED)]
        if (len(rows) > _TRIED)
        else rows
    )

    def told(longest: int) -> float:
        return len(_table(few, longest).packed()) * len(rows) / max(1, len(few))

    low, high = _SHORTEST, LONGEST
    if len(rows) == len(few) or told(high) <= most_bytes:
        low = high
    while high - low > _EXACT * low:
        middle = (low + high) // 2
        low, high = (middle, high) if told(middle) <= most_bytes else (low, middle)
    while True:
        packed = _table(rows, low).packed()
        if len(packed) <= most_bytes or low <= _SHORTEST:
            return low, packed
        low = max(_SHORTEST, int(0.95 * low * most_bytes / len(packed)))


def _shortened(text: str, longest: int) -> str:
    """Return a text without its middle, where it is too long."""
    if len(text) <= longest:
        return text
    head = longest * 2 // 3
    return f"{text[:head]} [… {len(text) - longest:,} left out …] {text[head - longest :]}"


def _table(rows: Sequence[Row], longest: int) -> Table:
    twins = _twins(rows)
    changes = [
        None if twin is None else _CHANGES[rows[twin].correct, row.correct]
        for row, twin in zip(rows, twins, strict=True)
    ]

    def of(name: str) -> list[Any]:
        return [getattr(row, name) or None for row in rows]

    arms = list(dict.fromkeys(row.arm for row in rows))
    arms.sort(key=lambda arm: (arm != BASE, arm != THIS))
    grades = [row.grade for row in rows]
    columns = (
        Column("item", "item", "name", of("item"), shown=True, search=True,
               longest=_LONGEST_NAME),
        Column("source", "asked", "choice", of("source"), shown=True, optional=True, filter=True,
               choices=(*READINGS, TRAINING),
               meaning="greedily or sampled by an evaluation, or as a rollout of a training"),
        Column("arm", "arm", "choice", of("arm"), shown=True, filter=True, choices=arms),
        Column("seed", "training seed", "choice", [row.seed for row in rows], filter=True),
        Column("step", "training step", "number", [row.step for row in rows], shown=True,
               optional=True, slider=True),
        Column("domain", "domain", "choice", of("domain"), shown=True, optional=True, filter=True),
        Column("split", "split", "choice", of("split"), filter=True),
        Column("grade", "grade", "choice", grades, shown=True, filter=True,
               choices=(RIGHT, WRONG, UNREADABLE), tones=_TONES),
        Column("change", "before → after", "choice", changes, shown=True, optional=True,
               filter=True, choices=(GAINED, LOST, KEPT, MISSED),
               meaning="the base model's answer to the same item beside this one"),
        Column("finish", "ended by", "choice", of("finish"), filter=True,
               meaning="stop: by itself; length: cut off at the limit"),
        Column("rule", "grader's rule", "choice", of("rule"), filter=True),
        Column("tokens", "tokens", "number", [row.tokens for row in rows], shown=True,
               optional=True, filter=True),
        Column("reward", "reward", "number", [row.reward for row in rows]),
        Column("completion", "completion", "text",
               [_shortened(row.completion, longest) for row in rows], shown=True, search=True,
               maths=True, longest=2 * LONGEST),
        Column("problem", "problem", "name", of("problem"), search=True, maths=True,
               longest=min(_LONGEST_PROBLEM, 2 * longest)),
        Column("gold", "gold answer", "name", of("gold"), longest=min(_LONGEST_ANSWER, longest)),
        Column("read", "answer read", "name", of("read"), longest=min(_LONGEST_ANSWER, longest)),
        Column("twin", "", "number", twins, hidden=True),
    )  # fmt: skip
    return Table("All completions", "completions", columns, good="grade", kind="completions")


def _twins(rows: Sequence[Row]) -> list[int | None]:
    """Return for each answer of a trained model the base model's to the same question."""
    base = {(row.source, row.item, row.place): at for at, row in enumerate(rows) if row.arm == BASE}
    return [
        None if row.arm == BASE else base.get((row.source, row.item, row.place)) for row in rows
    ]


@dataclass(frozen=True)
class _Frame:
    """The completions of one file: whose they are, and by what they are thinned out."""

    table: "pd.DataFrame"
    arm: str
    seed: int | None
    step: int | None
    source: str
    form: str = ""

    def _groups(self) -> list[Any]:
        return list(dict.fromkeys(self.table[self._by]))

    @property
    def _by(self) -> str:
        return "step" if self.source == TRAINING else "item"

    def _chosen(self, stride: int) -> "pd.DataFrame":
        if stride == 1:
            return self.table
        groups = self._groups()
        kept = set(groups[::stride])
        if self.source == TRAINING:
            kept.add(groups[-1])
        return self.table[self.table[self._by].isin(kept)]

    def kept(self, stride: int) -> int:
        """How many rows are left if every so many items or steps are taken."""
        return len(self._chosen(stride))

    def rows(self, run: Run, stride: int) -> Iterator[Row]:
        """Yield the rows that are kept."""
        shown = self._chosen(stride).to_dict("records")
        if self.source == TRAINING:
            asked = _asked(run, self.arm)
            for one in shown:
                yield self._rollout(one, asked)
        else:
            for one in shown:
                yield self._answer(one)

    def _answer(self, one: dict[Any, Any]) -> Row:
        return Row(
            source=self.source, arm=self.arm, seed=self.seed, step=self.step, item=one["item"],
            domain=one["domain"], split=one["split"], problem=one["problem"], gold=one["answer"],
            place=one["sample_index"], completion=one["completion"], tokens=one["tokens"],
            finish=one["finish_reason"], correct=one["correct"], readable=one["readable"],
            rule="time limit" if one["timed_out"] else one["rule"],
            read=_read(one["completion"], self.form) if one["readable"] else "",
        )  # fmt: skip

    def _rollout(self, one: dict[Any, Any], asked: Sequence[tuple[str, str, str, str]]) -> Row:
        which = one["sample_index"]
        item, domain, problem, gold = asked[which] if which < len(asked) else ("", "", "", "")
        reward = one["reward"]
        return Row(
            source=TRAINING, arm=self.arm, seed=one["seed"], step=one["step"],
            item=item or f"sample {which}", domain=domain, split="", problem=problem, gold=gold,
            place=one["rollout"], completion=one["completion"], tokens=one["tokens"],
            finish="length" if one["truncated"] else "stop", correct=one["correct"],
            readable=one["readable"], read=one["extracted"] or "",
            reward=None if reward != reward else reward,
        )  # fmt: skip


def _read(completion: str, form: str) -> str:
    """Return the answer of a completion as the grader finds it; empty where that is not known."""
    if not form:
        return ""
    try:
        answers = extract(completion, form).answers
    except (SampleEngineeringError, ValueError, RecursionError):
        return ""
    return str(answers[-1]) if answers else ""


def _called(arm: str) -> str:
    return {BEFORE: BASE, MAIN: THIS}.get(arm, arm)


def _evaluations(run: Run) -> Iterator[_Frame]:
    """Yield the evaluations, the base model's and the sample's first."""
    config = run.folder.config
    form = "" if config is None else config.evaluation.form
    steps = {(one.arm, one.seed): one.progress.steps for one in run.findings.trainings}
    for reading, arms in run.findings.evaluations.items():
        for arm, found in sorted(arms.items(), key=lambda one: one[0] not in (BEFORE, MAIN)):
            for number, one in enumerate(found):
                known = one.info.get(SEED_KEY)
                seed = None if arm == BEFORE else known if isinstance(known, int) else number
                step = 0 if arm == BEFORE else steps.get((arm, seed)) if seed is not None else None
                yield _Frame(one.table, _called(arm), seed, step, reading, form)
    for seed, points in run.findings.curves.items():
        last = steps.get((MAIN, seed))
        for step, one in points:
            if step != last:
                yield _Frame(one.table, THIS, seed, step, _reading(one), form)


def _reading(evaluation: Evaluation) -> str:
    return str(evaluation.info.get(READING_KEY, READINGS[-1]))


def _rollouts(run: Run) -> Iterator[_Frame]:
    """Yield the rollouts of each training, the sample's first, in the order of their steps."""
    frame = run.folder.rollouts
    if frame.empty:
        return
    groups = frame.groupby(["arm", "seed"], sort=False)
    for (arm, _), part in sorted(groups, key=lambda one: one[0][0] != MAIN):
        ordered = part.sort_values(["step", "rollout"], kind="stable")
        yield _Frame(ordered, _called(str(arm)), None, None, TRAINING)


def _asked(run: Run, arm: str) -> list[tuple[str, str, str, str]]:
    """Return id, domain, problem and gold of each sample of an arm, as far as they are known."""
    if arm == THIS:
        samples: Iterable[Any] = [run.sample] if run.sample is not None else []
    else:
        try:
            controls = run.folder.read_inputs().controls
        except SampleEngineeringError:
            return []
        samples = next((one.samples for one in controls if one.name == arm), ())
    return [(one.id, ", ".join(one.domains), one.problem, one.answer) for one in samples]
