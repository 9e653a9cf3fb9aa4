"""What is wrong with composed problems, apart from their arithmetic: rates over a thousand of them.

    python benchmarks/synthesis_faults.py [--n 1000] [--pool FILE]
    python benchmarks/synthesis_faults.py --domains physics,chemistry --steps 2-3

Composes problems (by default over four domains, four to five steps) or reads those of a file that
`se synthesize` wrote, reads every text back, and counts, by definitions of its own:

    weak relation       changing what a relation states by 10 % (each value alone, the best of them)
                        moves the answer by no more than three tolerances
    weak domain         all that a domain states, changed by 10 % together in the worst direction,
                        moves it by no more than one (three) tolerances
    passes for answer   a stated value, or a result on the way, lies within three tolerances of the
                        gold: in the answer's unit, or as a bare number
    copied              the grader accepts a stated value as it is printed
    three figures       rounding every result to three figures as one goes on is graded wrong
    condition           a stated value moved by a small share moves the answer by more than five
    guessed             the grader accepts 100 %
    one formula         the domains cannot be given a formula each
    logarithm           the tag without a logarithm in the solution
    structures          different ones (relations, unknowns, links) among the problems
    links               how the text takes a result up: as the quantity of a thing that both
                        sentences speak of, by a phrase that hands a thing on, by "equals", by a
                        letter; "handed on" is the share of the first two

Prints one JSON object.
"""

import argparse
import json
import math
import re
import time
from collections import Counter
from itertools import product

from sample_engineering.grading import grade, read_sample_gold
from sample_engineering.pool import read_pool
from sample_engineering.sample import Sample
from sample_engineering.synthesis import compose, units
from sample_engineering.synthesis.chain import Chain, of_reading
from sample_engineering.synthesis.one_formula import different, formula_of
from sample_engineering.synthesis.phrases import phrases_of
from sample_engineering.synthesis.reading import read_problem
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.resolving import resolve
from sample_engineering.synthesis.scenes import claimed
from sample_engineering.synthesis.stated_values import lowered, mask

TOLERANCE = 0.01
SHARE = 0.1
CONDITION = 5
EQUALS = re.compile(r"\b(equals?|same|exactly)\b")
MOST_SIGNS = 10  # values that are moved in every combination of directions


def shift(chain: Chain, changed: dict[int, float]) -> float:
    size = chain.run(changed)
    return abs(size / chain.answer - 1) if math.isfinite(size) else math.inf


def moved(item, sign: float, share: float) -> float:
    step = max(1.0, round(abs(item.size) * share)) if item.quantity.whole else item.size * share
    return units.in_base(item.size + sign * step, item.unit)


def worst(chain: Chain, items: list) -> float:
    """Return the largest shift when all items are moved together, up or down."""
    items = items[:MOST_SIGNS]
    return max(
        shift(
            chain,
            {item.slot: moved(item, sign, SHARE) for item, sign in zip(items, signs, strict=True)},
        )
        for signs in product((1, -1), repeat=len(items))
    )


def carried(chain: Chain) -> float:
    """Return the answer, every result rounded to three figures as one goes on."""
    fixed: dict[int, float] = {}
    for stage in chain.stages:
        part = Chain(
            chain.sizes, chain.data, chain.stages[: chain.stages.index(stage) + 1], chain.constants
        )
        size = part.run(fixed)
        if not stage.unknown.whole:
            unit = stage.unknown.unit
            size = units.in_base(float(f"{units.in_unit(size, unit):.2e}"), unit)
        fixed[stage.fills] = size
        fixed |= {slot: units.in_base(size, unit) for slot, unit in stage.numbers}
    return size


def faults(sample: Sample) -> set[str]:
    used, told = claimed(sample.provenance)
    found = set()
    if different([(item.domain, formula_of(item, relations())) for item in used]) < len(
        {item.domain for item in used}
    ):
        found.add("one formula")
    solution = sample.solution or ""
    if "logarithm" in sample.skills and not re.search(r"\\(?:ln|log)(?![a-z])", solution):
        found.add("tag without logarithm")
    if sample.kind not in ("number", "quantity"):
        return found
    reading = read_problem(sample.problem, used, told=told)
    resolved = resolve(reading, used)
    chain, gold = of_reading(reading, resolved), read_sample_gold(sample)
    tolerance = sample.tolerance or 0.0
    unit = reading.answer_unit
    answer = units.in_unit(chain.answer, unit)
    least = tolerance or 0.4 / abs(answer)
    wide = 3 * tolerance or least
    by_relation: dict[str, list] = {}
    by_domain: dict[str, list] = {}
    for item in chain.data:
        by_relation.setdefault(item.relation.name, []).append(item)
        by_domain.setdefault(item.relation.domain, []).append(item)
    for items in by_relation.values():
        reach = max(
            shift(chain, {item.slot: moved(item, sign, SHARE)})
            for item in items
            for sign in (1, -1)
        )
        if reach <= wide:
            found.add("weak relation")
    for items in by_domain.values():
        reach = worst(chain, items)
        if reach <= wide:
            found.add("weak domain, three tolerances")
        if reach <= least:
            found.add("weak domain, one tolerance")
    stated = [(item.base, item.unit, "stated value passes") for item in chain.data]
    stated += [
        (chain.sizes[stage.fills], home, "result on the way passes")
        for stage in chain.stages[:-1]
        for home in stage.met_in
    ]
    for base, home, name in stated:
        sizes = [units.in_unit(base, home)]
        if not units.dimensionality(home):
            sizes.append(base)  # a percentage, read as the share that it is
        if units.dimensionality(home) == units.dimensionality(unit):
            sizes.append(units.in_unit(base, unit))
        if any(abs(size / answer - 1) <= wide for size in sizes):
            found.add(name)
    for number in re.findall(r"\$(-?[\d.]+(?:\\times10\^\{-?\d+\})?[^$]*)\$", sample.problem):
        if grade(rf"\boxed{{{number}}}", gold).correct:
            found.add("stated value copied is graded right")
    if unit == "percent" and grade(r"\boxed{100\%}", gold).correct:
        found.add("100 % is graded right")
    if tolerance:
        if abs(carried(chain) / chain.answer - 1) > tolerance:
            found.add("three carried figures are graded wrong")
        conditions = [
            shift(chain, {item.slot: item.base * 1.0001}) / 1e-4
            for item in chain.data
            if not (item.quantity.whole or item.quantity.exact)
        ]
        if max(conditions, default=0) > CONDITION:
            found.add("condition number over 5")
    return found


def links(sample: Sample) -> list[str]:
    """Return how the text takes up each result: see the head of this file."""
    used, told = claimed(sample.provenance)
    known = {item.name: item for item in used}
    sentences = [lowered(text.rstrip(".")) for text in re.split(r"(?<=[.?]) ", sample.problem)]
    found = []
    for link in sample.provenance["links"]:
        (giver, yielded), (taker, taken) = (link[end].split(".") for end in ("from", "to"))
        if link["by"] == "number":
            found.append("letter")
        elif told is not None:
            act = next(act for act in told.acts if act.relation.name == taker)
            thing = told.scene.things[act.values[taken]].lower()
            spoken = [
                any(thing in text.lower() for text in sentences if tells(known[name], text))
                for name in (giver, taker)
            ]
            found.append("thing of both" if all(spoken) else "unsaid")
        else:
            nouns = [n for n, name in phrases_of(known[giver]).nouns.items() if name == yielded]
            ways = {
                EQUALS.search(before + after) is None
                for before, after, name in phrases_of(known[taker]).links
                if name == taken
                for noun in nouns
                if any(before + noun + after in text for text in sentences)
            }
            found.append("handed on" if ways == {True} else "equals")
    return found


def tells(relation: Relation, text: str) -> bool:
    key, _ = mask(text, ())
    return any(item.tells for item in phrases_of(relation).statements.get(key, ()))


def structure(sample: Sample) -> str:
    kept = sample.provenance
    return json.dumps([kept["relations"], kept["unknowns"], kept["links"]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--domains", default="math,physics,chemistry,biology")
    parser.add_argument("--steps", default="4-5")
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=555002)
    parser.add_argument("--pool", help="a file that `se synthesize` wrote, instead of composing")
    options = parser.parse_args()
    record: dict = {"benchmark": "synthesis faults"}
    if options.pool:
        samples = list(read_pool(options.pool))
    else:
        low, _, high = options.steps.partition("-")
        started = time.process_time()
        made = compose(
            options.domains, n=options.n, steps=(int(low), int(high or low)), seed=options.seed
        )
        record["CPU seconds"] = round(time.process_time() - started, 2)
        samples = list(made)
    counted = Counter(name for sample in samples for name in faults(sample))
    ways = Counter(way for sample in samples for way in links(sample))
    tags = sum("logarithm" in sample.skills for sample in samples)
    record |= {
        "problems": len(samples),
        "different structures": len({structure(sample) for sample in samples}),
        "different sets of relations": len(
            {tuple(sorted(sample.provenance["relations"])) for sample in samples}
        ),
        "tagged logarithm": tags,
        "scenes": len({(s.provenance.get("scene") or {}).get("name") for s in samples} - {None}),
        "told in a scene": sum("scene" in sample.provenance for sample in samples),
        "links": dict(sorted(ways.items())),
        "handed on": round((ways["thing of both"] + ways["handed on"]) / max(ways.total(), 1), 3),
        "faults": dict(sorted(counted.items())),
    }
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
