"""From one record to a candidate, by what the schema of its file says of its columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sample_engineering.answers import LETTERS, with_options
from sample_engineering.errors import SampleError
from sample_engineering.pool.carried import carried, is_bare, problem_alone, take_carried
from sample_engineering.pool.columns import Plan, Trust, at, shown
from sample_engineering.pool.fields import OPTIONAL, keep, take_fields
from sample_engineering.pool.golds import Gold, of_solution, read_gold, says_same
from sample_engineering.pool.ids import as_id
from sample_engineering.pool.names import squashed
from sample_engineering.pool.nested import lifted
from sample_engineering.pool.options import Options, options_in, read_options
from sample_engineering.pool.problems import Asked, read_problem, told_in, with_body
from sample_engineering.pool.right_option import place_of
from sample_engineering.pool.shapes import dialogue, turns_in_columns
from sample_engineering.pool.turns import written_out
from sample_engineering.sample import Sample

_QUESTIONS = ("question", "questiontext", "questioncontent", "stem", "query")
# Solutions that may be nothing but the answer, as TRL's "$0$".
_MAY_BE_BARE = (
    *("solution", "solutions", "response", "completion", "output"),
    *("assistant", "assistantmessage", "gpt", "bot"),
)
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_OPENS = ("", "[", "{")
_STORY = 3  # words: "context": "algebra" is none


class Learnt(Protocol):
    """What is known of a file, see `schema.Schema`."""

    counts_from: Mapping[str, tuple[int | None, bool]]
    has_ids: bool
    float_text: frozenset[str]
    within: tuple[tuple[str, tuple[str, ...]], ...]
    mapping: Mapping[str, str]

    def plan(self, record: Mapping[str, Any]) -> Plan:
        """Return what the columns of a record are."""
        ...


def read_row(
    schema: Learnt, record: Mapping[str, Any], position: int
) -> tuple[Sample, Sequence[str]]:
    """Return the candidate of a record, and in words what else the record says.

    Raises
    ------
    SampleError
        As `schema.Schema.sample`.
    """
    turns = turns_in_columns(record) if "0" in record else None
    if turns is not None:
        record = dialogue(turns)
    left = dict(record)
    fields = frozenset(left)
    if schema.within:
        record = lifted(record, schema.within)
    plan = schema.plan(record)
    notes: list[str] = []
    known: dict[str, Any] = {}
    problem, asked_in, asked = _problem(record, plan)
    if asked.unwrapped:
        notes.append(
            f"{asked_in!r} is a conversation of a chat template: what the user asks is read"
        )
    held = carried(record)
    if held and "problem" not in schema.mapping:
        problem = problem_alone(problem, held)
    if "solution" in fields:
        solution = left.pop("solution")
        if isinstance(solution, str):
            if solution.strip():
                known["solution"] = solution
        elif solution is not None:
            left["solution"] = solution
    options = options_of(record, plan)
    if options is None:
        gold, gold_in = _gold(schema, record, plan, asked, notes)
        known["answer"] = gold.answer
        if gold.working is not None and "solution" not in known:
            known["solution"] = gold.working
        if gold.note:
            notes.append(gold.note)
    else:
        place, gold_in = _right(schema, record, plan, options, notes)
        known["answer"] = LETTERS[place]
        known["kind"] = "choice"
        known["choices"] = options.texts
        problem = with_options(problem, options.texts)
        given = left.pop("choices", None)
        if isinstance(given, Mapping) or options.labels or plan.choices:
            keep(left, "choices", given)
    if "answer" in fields and is_bare(known.get("solution", ""), known["answer"]):
        left["solution"] = known.pop("solution")
    known["problem"] = problem
    known["id"], named_in = _id(schema, record, plan, position)
    if not fields.isdisjoint(OPTIONAL):
        take_fields(left, fields, known, notes)
    if held:
        take_carried(held, fields, known, left)
    if plan.pass_rate:
        if plan.pass_rate != ("pass_rate",):
            keep(left, "pass_rate", left.pop("pass_rate", None))
        left["pass_rate"] = at(record, plan.pass_rate)
    for name, used in (("problem", asked_in), ("answer", gold_in), ("id", named_in)):
        if name in fields:
            value = left.pop(name)
            if used != name and not (isinstance(value, str) and value == known[name]):
                keep(left, name, value)
    return Sample(**known, extra=left), notes


def read_bare(record: Mapping[str, Any]) -> Sample | None:
    """Return the candidate of a plain record, quickly: id, problem and a number, and nothing else.

    None where it is not that plain; otherwise the same as `read_row`.
    """
    id_, problem, answer = record["id"], record["problem"], record["answer"]
    if not (type(id_) is str and type(problem) is str and type(answer) is str):
        return None
    if not _NUMBER.fullmatch(answer) or as_id(id_) != id_ or problem.lstrip()[:1] in _OPENS:
        return None
    if written_out(problem) is not None:
        return None
    return Sample(id_, problem, answer)


def options_of(record: Mapping[str, Any], plan: Plan) -> Options | None:
    """Return the options of a record; None where it has none."""
    if plan.layout is not None:
        return read_options(record, plan.layout)
    return options_in(at(record, plan.choices)) if plan.choices else None


def _problem(record: Mapping[str, Any], plan: Plan) -> tuple[str, str, Asked]:
    """Return the problem, the column that it stands in, and what else a conversation says."""
    for path in plan.problems:
        asked = read_problem(at(record, path))
        if asked is None:
            continue
        text, name = asked.text, squashed(path[-1])
        if name == "instruction":
            given = next((record[key] for key in record if squashed(key) == "input"), None)
            if isinstance(given, str) and given.strip():
                text = f"{text}\n\n{given}"
        elif plan.bodies and name in _QUESTIONS:
            bodies = [record.get(body) for body in plan.bodies if body != path[0]]
            text = with_body(
                text, [b for b in bodies if isinstance(b, str) and len(b.split()) >= _STORY]
            )
        return text, shown(path), asked
    if plan.problems:
        raise SampleError(f"{shown(plan.problems[0])} is empty or not text")
    raise SampleError("no problem (looked for problem, question, prompt, messages and the like)")


class _Golds:
    """Golds in the order in which they are met; the first counts."""

    def __init__(self) -> None:
        self.best: Gold | None = None
        self.name = ""
        self.later: list[tuple[str, Gold]] = []
        self.faults: list[str] = []

    def meet(self, name: str, gold: Gold) -> None:
        if not gold.answer:
            self.faults.append(f"{name} {gold.fault}")
        elif self.best is None:
            self.best, self.name = gold, name
        else:
            self.later.append((name, gold))


def _gold(
    schema: Learnt,
    record: Mapping[str, Any],
    plan: Plan,
    asked: Asked,
    notes: list[str],
) -> tuple[Gold, str]:
    """Return the gold by the order of trust, and its column; what says otherwise is noted."""
    golds = _Golds()
    prose: list[tuple[str, Gold]] = []
    for trust, path in plan.golds:
        value = at(record, path)
        if value is None:
            continue
        if path[0] in schema.float_text and isinstance(value, str):
            value = value.removesuffix(".0")
        gold = read_gold(value)
        if trust is Trust.ANSWER and gold.answer and not gold.bare:
            prose.append((shown(path), gold))
            continue
        golds.meet(shown(path), gold)
        if gold.fault[:11].lower() == "says 'proof":
            raise SampleError(f"no answer ({shown(path)} {gold.fault})")
    if asked.gold is not None:
        golds.meet("ground_truth", read_gold(asked.gold))
    denied = bool(golds.faults) or bool(prose)
    for path in plan.solutions:
        text = _first(at(record, path))
        if text:
            # Beside a column of answers a short solution is an explanation: "By Vieta."
            short = not denied and squashed(path[-1]) in _MAY_BE_BARE
            golds.meet(shown(path), of_solution(text, bare=short))
    for name, gold in prose:
        golds.meet(name, gold)
    if golds.best is None and asked.told:
        golds.meet("the assistant's turn", of_solution(asked.told))
    if golds.best is None:
        for path in plan.labels:
            golds.meet(shown(path), read_gold(at(record, path)))
    if golds.best is None:
        raise SampleError(_no_answer(golds.faults))
    for name, gold in golds.later:
        if not says_same(golds.best.answer, gold.answer):
            notes.append(f"{name!r} says something else than {golds.name!r}")
    return golds.best, golds.name


def _first(value: Any) -> str:
    """The first text of what may be a list of solutions."""
    if told := told_in(value):
        return told
    if isinstance(value, list | tuple) and value:
        value = value[0]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return read_gold(value).answer
    return value if isinstance(value, str) and value.strip() else ""


def _no_answer(faults: Sequence[str]) -> str:
    if not faults:
        return "no answer (looked for answer, ground_truth, reward_model, solution and the like)"
    return next((f for f in faults if "is a list" in f), f"no answer ({faults[0]})")


def _right(
    schema: Learnt,
    record: Mapping[str, Any],
    plan: Plan,
    options: Options,
    notes: list[str],
) -> tuple[int, str]:
    """Return the place of the right option, and the column that says it."""
    if options.right is not None:
        return options.right, ""
    own = record.get("answer")
    if (
        record.get("kind") == "choice"
        and isinstance(record.get("choices"), list | tuple)
        and isinstance(own, str)
        and own in tuple(LETTERS[: len(options.texts)])
    ):
        return LETTERS.index(own), "answer"  # as this package writes it
    found: list[tuple[int, str]] = []
    other: list[Any] = []
    for path in (*(path for _, path in plan.golds), *plan.labels):
        value = at(record, path)
        if isinstance(value, Mapping):
            value = read_gold(value).answer
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        place = place_of(value, options, schema.counts_from.get(shown(path), (None, True))[0])
        if place is None:
            other.append(value)
        else:
            found.append((place, shown(path)))
    for path in plan.solutions if not found else ():
        gold = of_solution(_first(at(record, path)) or "-")
        place = place_of(gold.answer, options) if gold.answer else None
        if place is not None:
            found.append((place, shown(path)))
    if found:
        notes.extend(
            f"{name!r} says something else than {found[0][1]!r}"
            for place, name in found[1:]
            if place != found[0][0]
        )
        return found[0]
    if not other:
        raise SampleError("no answer to the choices")
    what = "not an index" if isinstance(other[0], int | float) else "none"
    raise SampleError(f"answer {other[0]!r:.60} is {what} of the {len(options.texts)} choices")


def _id(schema: Learnt, record: Mapping[str, Any], plan: Plan, position: int) -> tuple[str, str]:
    """Return the id, and the column that it stands in."""
    for path in plan.ids:
        value = at(record, path)
        if path[0] in schema.float_text and isinstance(value, str):
            value = value.removesuffix(".0")
        found = as_id(value)
        if found is not None:
            return found, shown(path)
    # Beside ids of others, a bare number may be one of them.
    return (f"row-{position}" if schema.has_ids else str(position)), ""
