"""Golds of real pools, where they are, and golds of every kind that are always there."""

import json
from collections.abc import Iterator
from pathlib import Path

from sample_engineering.answers import last_box
from sample_engineering.grading import Gold, read_gold

FILES = (
    "pools/dsr_sub.jsonl",
    "pools/math8k.jsonl",
    "benchmarks/math500.jsonl",
    "benchmarks/minerva_math.jsonl",
)
OWN = (
    *("12", "-7", "0", "1", "100", "1200000", "2023", "3.25", "0.5", "-0.125", "671.02"),
    *("\\frac{3}{7}", "-\\frac{2}{5}", "\\frac{7}{4}", "\\frac{1}{3}", "28\\%", "52_8", "10^{-20}"),
    *("3\\times10^8", "6.02e23", "5 m/s", "12\\text{ cm}", "90^\\circ", "\\$5", "\\$18.90"),
    *("25^\\circ\\mathrm{C}", "16\\text{ daps}", "B", "\\text{(C)}", "A", "2\\sqrt{3}"),
    *("\\frac{\\sqrt{2}}{2}", "\\frac{9}{4}\\pi", "x^2-1", "\\frac{n(n+1)}{2}", "e^{-kt}", "6-5i"),
    *("|x-5|", "\\max(a,b)", "\\frac{1}{2}mv^2", "x=5", "y = 2x+3", "5x - 7y + 11z + 4 = 0"),
    *("1,-2", "3, 5, 7", "\\{1,2\\}", "(1,2)", "(3,-2,-9)", "(-\\infty,5)", "[2,7)", "(0,9)"),
    *("(-\\infty, 2) \\cup (2, \\infty)", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"),
    *("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "\\text{Evelyn}", "\\text{even}", "yes"),
    *("H_2O", "\\ce{2H2 + O2 -> 2H2O}", "SO_4^{2-}", "\\ce{Ca(OH)2}", "3:5", "2:3:4"),
    *("C_2H_5OH", "\\ce{NH4+}", "\\mathrm{Fe^{3+}}", "\\ce{CaCO3 -> CaO + CO2}", "^{14}C"),
    *("CuSO_4 \\cdot 5H_2O", "[Ne]3s^1", "sp^3", "\\text{Tuesday}", "DNA"),
    *("x=\\frac{\\pi}{4}+k\\pi, k\\in\\mathbb{Z}", "3\\hat{i}+4\\hat{j}"),
)


def golds_of(path: Path) -> Iterator[str]:
    """Yield the distinct gold answers of a pool."""
    seen = set()
    for line in path.open(encoding="utf-8"):
        record = json.loads(line)
        answer = record.get("answer")
        if answer is None and record.get("solution"):
            answer = last_box(record["solution"])
        if answer and answer not in seen:
            seen.add(answer)
            yield answer


def composed_golds(count: int) -> list[tuple[str, Gold]]:
    """Answers of composed problems, of their declared kind and unit, to be met exactly."""
    from sample_engineering.synthesis import compose

    samples = [
        sample
        for domain in ("physics", "chemistry", "biology", "math", "economics")
        for sample in compose(domain, n=count, seed=0)
    ]
    return [
        (sample.answer, read_gold(sample.answer, kind=sample.kind, unit=sample.unit))
        for sample in samples
    ]


def letter_golds() -> list[tuple[str, Gold]]:
    """Letters of multiple-choice benchmarks, declared as such."""
    return [(letter, read_gold(letter, kind="choice")) for letter in "ABCDEFGHIJ"]


def own_golds() -> list[tuple[str, Gold]]:
    """Golds of every kind."""
    return [(answer, read_gold(answer)) for answer in OWN]
