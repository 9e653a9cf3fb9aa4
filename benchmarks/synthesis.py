"""Verified problems per second on one core, beside a plain sympy solve-and-check loop.

    python benchmarks/synthesis.py [--n 2000] [--distinct 10000] [--peer 40]

Ours draws a plan and numbers, tells and solves it, reads the text back, solves it again on an
independent path, grades the worked solution and rejects what fails. The peer gets its plans and
numbers for nothing; it only solves the system of equations with `sympy.solve` and checks the result
by substitution. CPU seconds; prints one JSON object.
"""

import argparse
import json
import signal
import time
from random import Random

from sample_engineering.synthesis import formula
from sample_engineering.synthesis.composition import compose
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.planner import Planner
from sample_engineering.synthesis.solving import Numbers, draw_numbers

PEER_SECONDS = 10  # of CPU, after which the peer gives a system up
DOMAINS = ("math", "physics")


def ours(steps: int, n: int, seed: int) -> tuple[float, dict]:
    compose(DOMAINS, n=max(n // 4, 50), steps=steps, seed=seed + 1)  # compile what is used
    started = time.process_time()
    made = compose(DOMAINS, n=n, steps=steps, seed=seed)
    return n / (time.process_time() - started), made.funnel


def drawn(steps: int, n: int, seed: int) -> list[Numbers]:
    rng, planner = Random(seed), Planner(DOMAINS)
    found: list[Numbers] = []
    while len(found) < n:
        plan = planner.draw(rng, steps)
        if plan is None:
            continue
        try:
            numbers = draw_numbers(plan, rng, True, planner.fits)
        except Dropped:
            continue
        called = {
            name
            for relation in plan.relations
            for side in (relation.left, relation.right)
            for name in formula.called_functions(side)
        }
        if not called & formula.WHOLE_FUNCTIONS:
            found.append(numbers)
    return found


def give_up(*_: object) -> None:
    raise TimeoutError


def sympy_loop(steps: int, n: int, seed: int) -> float:
    import sympy

    functions = {
        name: getattr(sympy, name)
        for name in ("sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan")
    }
    every = drawn(steps, n, seed)
    signal.signal(signal.SIGVTALRM, give_up)
    started = time.process_time()
    for numbers in every:
        equations: list = []
        unknowns: list = []
        for index, solved in enumerate(numbers.steps):
            step, base = solved.step, solved.base
            unknowns.append(sympy.Symbol(f"x{index}", positive=True))
            values = {name: sympy.Float(size) for name, size in base.items()}
            values |= {
                name: unknowns[child] * base[name] / numbers.steps[child].result
                for name, child in step.links.items()
            }
            values |= {step.unknown: unknowns[index], "pi": sympy.pi}
            left = formula.evaluate(step.relation.left, values, functions)
            right = formula.evaluate(step.relation.right, values, functions)
            equations.append(left - right)
        signal.setitimer(signal.ITIMER_VIRTUAL, PEER_SECONDS)
        try:
            solutions = sympy.solve(equations, unknowns, dict=True)
        except (NotImplementedError, TimeoutError):
            continue
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        for solution in solutions:
            for equation in equations:
                abs(equation.subs(solution).evalf()) < 1e-6  # noqa: B015
    return n / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--distinct", type=int, default=10000)
    parser.add_argument("--peer", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    record: dict = {"benchmark": "synthesis", "unit": "verified problems per CPU second"}
    for steps in (2, 5):
        rate, _ = ours(steps, options.n if steps == 2 else options.n // 2, options.seed)
        peer = sympy_loop(steps, options.peer, options.seed)
        record[f"{steps}-step"] = {
            "ours": round(rate, 1),
            "sympy solve and check": round(peer, 2),
            "ratio": round(rate / peer, 1),
        }
    if options.distinct:
        made = compose(
            DOMAINS,
            n=options.distinct,
            steps=(2, 3),
            seed=options.seed,
            kinds=("number", "quantity"),
        )
        texts = {sample.problem for sample in made}
        record["distinct"] = {
            "problems": len(made),
            "repeated": len(made) - len(texts),
            "wrong by the independent path": made.funnel.get("failed: answer agrees", 0),
            "funnel": made.funnel,
        }
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
