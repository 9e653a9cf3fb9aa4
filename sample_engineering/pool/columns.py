"""What columns are called in public data sets, in order of trust, and where they are in a record.

Names are compared in small letters and digits only (`names.squashed`); a dot reaches into an
object. A file whose columns are called otherwise is read with `mapping`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

from sample_engineering.pool.ids import ID_CONTAINERS, ID_NAMES
from sample_engineering.pool.names import path_of, reach, squashed
from sample_engineering.pool.options import Layout, layout_of
from sample_engineering.pool.problems import BODY_NAMES, PROBLEM_NAMES
from sample_engineering.pool.written import unpacked

ROLES = ("problem", "answer", "id", "pass_rate", "choices", "solution")

# Where one question is there in several languages, the first of these is read.
_LANGUAGES = (
    "en",
    "eng",
    "english",
    "zh",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "ru",
    "ja",
    "ko",
    "ar",
    "hi",
)

Path = tuple[str, ...]


class Trust(IntEnum):
    """How far a column is believed to hold the gold, the most first."""

    VERIFIED = 0  # what a trainer grades against
    FINAL = 1  # called the final, correct or reference answer
    ANSWER = 2  # "answer", which may be a sentence or a model's
    LABEL = 3  # says as often how hard a problem is, or which split it is of


_GOLDS = {
    Trust.VERIFIED: (
        *("rewardmodel.groundtruth", "verificationinfo.groundtruth", "groundtruth"),
        *("extrainfo.groundtruth", "verificationinfo.answer", "rewardmodel.answer"),
        *("metadata.groundtruth", "question.groundtruthanswer", "question.groundtruth"),
    ),
    Trust.FINAL: (
        *("finalanswer", "expectedanswer", "correctanswer", "groundtruthanswer", "goldanswer"),
        *("goldenanswer", "goldenanswers", "goldanswers", "referenceanswer", "exactanswer"),
        *("answerkey", "answerletter", "correctoption", "correctchoice", "correctletter"),
        *("answeroption", "correct", "answernumber", "numericalanswer", "numericanswer", "gt"),
        *("gtanswer", "shortanswer", "answervalue", "finalresult", "trueanswer"),
        *("refanswer", "standardanswer", "stdanswer", "targetanswer", "gtruth", "answergt"),
        *("rightanswer", "bestanswer", "question.answerkey", "verifiableanswer"),
        *("ideal", "expectedoutput", "expected", "answersspans", "answerspans", "lsolutions"),
    ),
    Trust.ANSWER: ("answer", "answers", "ans", "reference", "extrainfo.answer", "answertext"),
    Trust.LABEL: ("label", "target", "gold", "labels", "targets", "result"),
}
LABELS = frozenset(_GOLDS[Trust.LABEL])
# Golds only beside options.
_INDICES = (
    *("answerindex", "answeridx", "correctindex", "correctidx", "correctoptionindex"),
    *("correctanswerindex", "goldindex", "goldidx", "labelindex", "labelidx", "cop"),
    *("correctchoiceindex", "answerid", "multiplechoicescores"),
)
_SOLUTIONS = (
    *("solution", "solutions", "rationale", "generatedsolution", "response", "explanation"),
    *("completion", "output", "fullsolution", "r1solution", "deepseeksolution", "reasoning"),
    *("goldstandardsolution", "referencesolution", "question.groundtruthsolution", "cot"),
    *("assistant", "assistantmessage", "gpt", "bot"),
)
# Columns that say what the answer is, in one way or another.
ANSWER_NAMES = frozenset(
    name.partition(".")[0]
    for names in (*_GOLDS.values(), _SOLUTIONS, _INDICES)
    for name in names
    if not name.startswith(("extrainfo.", "metadata."))
)


@dataclass(slots=True)
class Plan:
    """What the columns of records with the same keys are; paths for `at`, most trusted first."""

    problems: tuple[Path, ...] = ()
    bodies: tuple[str, ...] = ()
    golds: tuple[tuple[Trust, Path], ...] = ()
    labels: tuple[Path, ...] = ()
    solutions: tuple[Path, ...] = ()
    layout: Layout | None = None
    choices: Path = ()
    ids: tuple[Path, ...] = ()
    pass_rate: Path = ()
    bare: bool = False


_BARE = ((("problem",),), ((Trust.ANSWER, ("answer",)),), (("id",),))


def plan_of(
    record: Mapping[str, Any],
    *,
    mapping: Mapping[str, str],
    no_ids: Collection[str] = (),
    labels: Collection[str] = (),
) -> Plan:
    """Say what the columns of a record are.

    Parameters
    ----------
    record : mapping
    mapping : mapping of str to str
        Role to column, which goes before any name.
    no_ids : collection of str
        Columns that look like ids and are none.
    labels : collection of str
        Label-like columns that may hold golds.
    """
    by_name: dict[str, str] = {}
    for name in record:
        by_name.setdefault(squashed(name), name)

    for ending in _LANGUAGES:  # question_en, answer_en
        for name in record:
            stem, _, language = name.rpartition("_")
            if stem and language.lower() == ending:
                by_name.setdefault(squashed(stem), name)

    def named(names: Sequence[str]) -> list[Path]:
        found: list[Path] = []
        for name in names:
            head, dot, below = name.partition(".")
            if head in by_name:
                found.append((by_name[head], "." + below) if dot else (by_name[head],))
        return found

    said = {role: path_of(column, record) for role, column in mapping.items()}

    def mapped(role: str) -> tuple[Path, ...]:
        path = said[role]
        return () if path is None else (path,)

    plan = Plan()
    if "choices" in mapping:
        plan.choices = said["choices"] or ()
    else:
        plan.layout = layout_of(by_name.values())
        if plan.layout is None:
            plan.choices = next(iter(named(["question.choices", "question.options"])), ())
    taken = set(plan.layout.columns) if plan.layout is not None else set()
    chooses = plan.layout is not None or bool(plan.choices)
    if "problem" in mapping:
        plan.problems = mapped("problem")
    else:
        plan.problems = tuple(path for path in named(PROBLEM_NAMES) if path[0] not in taken)
        plan.bodies = tuple(by_name[name] for name in BODY_NAMES if name in by_name)
    if "a" in by_name and not chooses and {"q", "ques", "quest"} & set(by_name):
        # Beside "q" it is the answer; elsewhere it may be a number of the problem, or an option.
        by_name.setdefault("ans", by_name["a"])
    if "answer" in mapping:
        plan.golds = tuple((Trust.VERIFIED, path) for path in mapped("answer"))
    else:
        golds = [
            (trust, path)
            for trust, names in _GOLDS.items()
            for path in named(names)
            if path[0] not in taken
        ]
        plan.labels = tuple(
            path for trust, path in golds if trust is Trust.LABEL and (chooses or path[0] in labels)
        )
        plan.golds = tuple(pair for pair in golds if pair[0] is not Trust.LABEL)
        if chooses:
            plan.golds = (*((Trust.VERIFIED, path) for path in named(_INDICES)), *plan.golds)
    if "solution" in mapping:
        plan.solutions = mapped("solution")
    elif "answer" not in mapping:
        plan.solutions = tuple(path for path in named(_SOLUTIONS) if path[0] not in taken)
    if "id" in mapping:
        plan.ids = mapped("id")
    else:
        inside = [f"{head}.{name}" for head in ID_CONTAINERS for name in ID_NAMES]
        plan.ids = tuple(path for path in named((*ID_NAMES, *inside)) if path[0] not in no_ids)
    plan.pass_rate = said.get("pass_rate") or ()
    plain = (plan.problems, plan.golds, plan.ids) == _BARE
    plan.bare = plain and not mapping and set(record) == {"id", "problem", "answer"}
    return plan


def at(record: Mapping[str, Any], path: Path) -> Any:
    """Return the value at a path; ``.name`` finds a name in any spelling. None if nothing."""
    value = record.get(path[0])
    if len(path) == 1 or value is None:
        return value
    if path[1][0:1] != ".":
        return reach(record, path)
    if isinstance(value, str):
        if value[:1] != "{":
            return None
        value = unpacked(value)
    if not isinstance(value, Mapping):
        return None
    wanted = path[1][1:]
    return next((item for key, item in value.items() if squashed(str(key)) == wanted), None)


_SPELT = {".groundtruth": "ground_truth", ".groundtruthanswer": "ground_truth_answer"}


@lru_cache(maxsize=4096)
def shown(path: Path) -> str:
    """Return a path as people write it."""
    return ".".join(_SPELT.get(part, part.lstrip(".")) for part in path)


def printable(text: str) -> str:
    """Return a text in which what does not print is written as an escape."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def listed(columns: Sequence[str], most: int = 30) -> str:
    """Return names of columns for a message, shortened."""
    few = ", ".join(printable(f"{column!s:.60}") for column in columns[:most])
    return few + (f" and {len(columns) - most} more" if len(columns) > most else "") or "none"
