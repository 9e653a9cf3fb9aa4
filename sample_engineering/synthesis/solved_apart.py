"""Solved forms of other people's equations: sympy in a process of its own, within a time.

Sympy may take for ever over an equation of eighty characters, and nothing in this process can stop
it. The program reads one JSON list of equations and writes one JSON line a solved form.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import formula
from sample_engineering.synthesis.relation import Best, Quantity, Relation
from sample_engineering.synthesis.simultaneous import isolated, slopes, together
from sample_engineering.synthesis.solved import SEARCH, solve, solved_for

SECONDS = 20.0  # for all equations of a folder; a usual one takes some milliseconds
_START_SECONDS = 15.0  # until sympy is there, on a busy machine
_MEMORY_BYTES = 2 << 30
_UNSOLVED = (
    *(SynthesisError, ValueError, ArithmeticError, TypeError, KeyError, MemoryError),
    *(NotImplementedError, RecursionError, AttributeError, AssertionError),
)


def with_solved_forms(
    relations: Sequence[Relation], seconds: float = SECONDS
) -> tuple[list[Relation], dict[str, tuple[str, str]]]:
    """Return relations with their solved forms, and what could not be solved.

    Returns
    -------
    list of Relation
        As many, in their order.
    dict
        By name of a relation: the unknown, and why there is no form for it.
    """
    todo = [(item, name) for item in relations for name in _open(item)]
    hard = [(item, name) for item, name in todo if not _stands_alone(item, name)]
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    shown: dict[str, dict[str, tuple[str, ...]]] = {item.name: {} for item in relations}
    failed: dict[str, tuple[str, str]] = {}
    for item, name in todo:
        if _stands_alone(item, name):
            found[item.name, name] = solve(item, name)
    for record in _asked(hard, seconds) if hard else ():
        key = (record["relation"], record["unknown"])
        if "forms" in record:
            found[key] = tuple(record["forms"])
            shown[key[0]].update({name: tuple(texts) for name, texts in record["shown"].items()})
        else:
            failed.setdefault(key[0], (key[1], record["failed"]))
    for item, name in todo:
        if (item.name, name) not in found and item.name not in failed:
            failed[item.name] = (
                name,
                f"cannot be solved for {name} in {seconds:g} s; give the form yourself as "
                f'solved.{name} = "..."',
            )
    solved = [
        replace(
            item,
            solved={
                **{name: forms for (of, name), forms in found.items() if of == item.name},
                **item.solved,
            },
            shown=shown[item.name],
        )
        for item in relations
    ]
    return solved, failed


def _open(relation: Relation) -> list[str]:
    wanted = dict.fromkeys(solved_for(relation))
    return [name for name in wanted if name not in relation.solved]


def _stands_alone(relation: Relation, unknown: str) -> bool:
    """Does solving take no sympy: the unknown stands alone, or is found by trying?"""
    if relation.also or relation.best:
        return False
    left, right = formula.sides(relation.equation)
    if left == unknown and unknown not in formula.used_names(relation.right):
        return True
    if right == unknown and unknown not in formula.used_names(relation.left):
        return True
    called = formula.called_functions(relation.left) | formula.called_functions(relation.right)
    return bool(called & formula.WHOLE_FUNCTIONS)


def _asked(todo: Sequence[tuple[Relation, str]], seconds: float) -> list[dict[str, Any]]:
    request = [
        {
            "relation": item.name,
            "equation": item.equation,
            "unknown": name,
            "spans": {quantity.name: [quantity.low, quantity.high] for quantity in item.quantities},
            "also": [*item.also],
            "inner": [*item.inner],
            "best": asdict(item.best) if item.best else None,
        }
        for item, name in todo
    ]
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__],
            input=json.dumps(request),
            capture_output=True,
            encoding="utf-8",
            timeout=seconds + _START_SECONDS,
            check=False,
        )
        written: str | bytes | None = done.stdout
    except subprocess.TimeoutExpired as expired:
        written = expired.stdout
    text = written.decode("utf-8", "replace") if isinstance(written, bytes) else written or ""
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # cut off
    return found


def main() -> None:
    """Solve what stands on standard input."""
    _limit_memory()
    for record in json.loads(sys.stdin.read()):
        relation = Relation(
            name=record["relation"],
            title="",
            domain="",
            field_="",
            equation=record["equation"],
            quantities=tuple(
                Quantity(name, "", low, high) for name, (low, high) in record["spans"].items()
            ),
            skills=(),
            source="",
            also=tuple(record["also"]),
            inner=tuple(record["inner"]),
            best=Best(**record["best"]) if record["best"] else None,
        )
        told = {"relation": record["relation"], "unknown": record["unknown"]}
        try:
            told["forms"] = list(_checked(relation, record["unknown"]))
            told["shown"] = _shown(relation, record["unknown"])
        except _UNSOLVED as error:
            told.pop("forms", None)
            told["failed"] = f"cannot be solved for {record['unknown']} ({error})"[:300]
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _checked(relation: Relation, unknown: str) -> tuple[str, ...]:
    forms = solve(relation, unknown)
    for form in forms if forms != (SEARCH,) else ():
        formula.parse(form, frozenset(relation.names_but(unknown)))
    return forms


def _shown(relation: Relation, unknown: str) -> dict[str, list[str]]:
    """Return what the solution shows beside the form: see `Relation.shown`."""
    names = frozenset((*relation.by_name, *relation.constants))
    found: dict[str, list[str]] = {}
    if relation.best:
        found["slopes"] = [*map(str, slopes(relation))]
        for text in found["slopes"]:
            formula.parse(text, names)
    elif together(relation, unknown):
        index, text = isolated(relation, unknown)
        formula.parse(text, names)
        found[f"aside {unknown}"] = [str(index), text]
    return found


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    # macOS refuses the first, and a batch system may have set a lower one; time is bounded anyway.
    for name, most in (("RLIMIT_AS", _MEMORY_BYTES), ("RLIMIT_CORE", 0)):
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


if __name__ == "__main__":
    main()
