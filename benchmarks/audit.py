"""What `se audit` finds: in labels that are right, in labels spoilt on purpose, in public pools.

    python benchmarks/audit.py [--n 500] [--pools ../shared/data/pools] [--seed 0]

Composed problems have labels that are right by construction, so every severe finding about one is
false. Each label is then spoilt in one way at a time (its solution left out, so that the label
alone decides), and the share that is found severe is counted. CPU seconds; prints one JSON object.
"""

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sample_engineering.audit import Claim, audit_samples
from sample_engineering.pool import read_pool
from sample_engineering.sample import Sample
from sample_engineering.synthesis import compose

# Subjects and the share of the problems that join them.
SUBJECTS = {
    "physics,math": 0.24,
    "chemistry,math": 0.2,
    "biology,math": 0.2,
    "physics,chemistry": 0.14,
    "engineering,economics": 0.12,
    "computer_science,math": 0.1,
}
KINDS = ("number", "quantity", "choice")
FORMULAS = ("expression",)
LETTERS = "ABCD"
# Another unit of the same kind, which leaves the number to be off by a thousand or so.
SAME_KIND = {
    "kg": "g", "g": "kg", "m": "cm", "cm": "m", "J": "kJ", "kJ": "J", "s": "ms", "us": "ms",
}  # fmt: skip
CHECK = ("derived",)


def composed(n: int, seed: int) -> list[Sample]:
    """Compose problems over several subjects, no two alike."""
    found: dict[str, Sample] = {}
    for place, (subjects, share) in enumerate(SUBJECTS.items()):
        count = math.ceil(n * share)
        for sample in compose(subjects, n=count, seed=seed + place, kinds=KINDS):
            found.setdefault(sample.id, sample)
    return list(found.values())[:n]


def moved(number: str, steps: int) -> str:
    """Move a written number by so many units of its last place."""
    mantissa, mark, power = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return f"{float(mantissa) + steps * 10**-decimals:.{decimals}f}{mark}{power}"


def rounds(exact: float, number: str) -> bool:
    """Whether a written number is a right rounding: 1079 and 1080 both are of 1078.6."""
    mantissa, _, power = number.partition("e")
    place = 10.0 ** (int(power or 0) - len(mantissa.partition(".")[2]))
    return abs(float(number) - exact) <= 0.5000001 * place


def scaled(number: str, power: int) -> str:
    """Multiply a written number by a power of ten."""
    mantissa, _, own = number.partition("e")
    return f"{mantissa}e{int(own or 0) + power}"


def spoilt(sample: Sample) -> Iterator[tuple[str, Sample]]:
    """Yield a sample with its label spoilt in each way that applies, and the way."""
    bare = sample.with_(solution=None)
    if sample.kind == "choice":
        other = LETTERS[(LETTERS.index(sample.answer) + 1) % len(LETTERS)]
        yield "the next option", bare.with_(answer=other)
        return
    number, space, unit = sample.answer.partition(" ")
    percent = "%" * number.endswith("%")
    number = number.rstrip("%")

    def told(text: str) -> Sample:
        return bare.with_(answer=text + percent + space + unit)

    exact, label = Claim(sample).derivation.value, float(number)
    ways = {"off by one in the last figure": 1, "off by two in the last figure": 2}
    if sample.tolerance is not None and exact != label:
        ways["rounded the wrong way"] = 1 if label < exact else -1
        if label > exact:
            ways["truncated"] = -1
    for way, steps in ways.items():
        text = moved(number, steps)
        if not rounds(exact, text):
            yield way, told(text)
    yield "ten times too large", told(scaled(number, 1))
    yield "ten times too small", told(scaled(number, -1))
    if sample.unit:
        if same := SAME_KIND.get(sample.unit):
            yield "another unit of its kind", bare.with_(answer=f"{number} {same}", unit=same)
        foreign = "A" if sample.unit != "A" else "m"
        yield "a unit of another kind", bare.with_(answer=f"{number} {foreign}", unit=foreign)


def severe(sample: Sample) -> bool:
    """Whether the derivation alone makes a severe finding."""
    return audit_samples([sample], checks=CHECK).severe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pools", type=Path, default=Path("../shared/data/pools"))
    options = parser.parse_args()
    samples = composed(options.n, options.seed)
    started = time.process_time()
    right = audit_samples(samples)
    seconds = time.process_time() - started
    total: Counter[str] = Counter()
    caught: Counter[str] = Counter()
    for sample in samples:
        for way, changed in spoilt(sample):
            total[way] += 1
            caught[way] += severe(changed)
    formulas = list(compose("physics,math", n=options.n // 5, seed=options.seed, kinds=FORMULAS))
    doubled = [one.with_(answer=f"2 \\cdot {one.answer}", solution=None) for one in formulas]
    pools = {}
    for path in sorted(options.pools.glob("*.jsonl")) if options.pools.is_dir() else ():
        if "history" in path.name or "lim" in path.name:
            continue
        pool = read_pool(path)
        started = time.process_time()
        found = audit_samples(pool)
        pools[path.stem] = {
            "samples": len(pool),
            "cpu_seconds": round(time.process_time() - started, 1),
            "findings": found.counts(),
        }
    record = {
        "right_labels": {
            "samples": len(samples),
            "derived_anew": sum(Claim(sample).derivation is not None for sample in samples),
            "severe": sum(item.severity == "severe" for item in right),
            "cpu_seconds": round(seconds, 1),
            "findings": right.counts(),
        },
        "spoilt_labels": {
            way: {"labels": count, "severe": caught[way], "share": round(caught[way] / count, 4)}
            for way, count in total.items()
        },
        "formulas": {
            "samples": len(formulas),
            "right_severe": sum(map(severe, formulas)),
            "doubled_severe": sum(map(severe, doubled)),
        },
        "pools": pools,
    }
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
