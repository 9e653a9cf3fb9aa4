"""The skills that the 200 test problems need, labelled by reading; how well two readings agree.

    python -m benchmarks.tagger_labels

prints the agreement. The rules of labelling stand in docs/lab/selectors.md.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.tagger_problems import DATA, LISTED, find, read_list
from sample_engineering.sample import Sample
from sample_engineering.skills import known_skills

LABELS = LISTED.with_name("tagger_labels.jsonl")
# The paper's five families of mathematics, what belongs to none of them, and the sciences.
FAMILIES = (
    *("algebra", "number_theory", "geometry", "precalculus", "probability"),
    *("calculus", "abstract_algebra"),
    *("physics", "chemistry", "biology", "engineering", "computer_science", "economics"),
)


@dataclass(frozen=True)
class Label:
    """What one problem needs.

    Parameters
    ----------
    skills : frozenset of str
        Skills that every usual solution needs.
    central : frozenset of str
        The one at its heart, or two as good; none where the taxonomy lacks it.
    allowed : frozenset of str
        Skills that a lenient reader would accept: a tag with one is right, its lack is no fault.
    family : tuple of str
        Of `FAMILIES`, the best first.
    missing : tuple of str
        What it needs and the taxonomy lacked, in words.
    passes : tuple of frozenset of str
        The skills of the first and of the second reading.
    """

    skills: frozenset[str]
    central: frozenset[str]
    allowed: frozenset[str] = frozenset()
    family: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    passes: tuple[frozenset[str], ...] = ()


def read_labels(path: Path = LABELS) -> dict[str, Label]:
    """Return the labels by the hash of the problem's text."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {
        row["hash"]: Label(
            skills=frozenset(row["skills"]),
            central=frozenset(row["central"]),
            allowed=frozenset(row["allowed"]),
            family=tuple(row["family"]),
            missing=tuple(row["missing"]),
            passes=tuple(frozenset(skills) for skills in row["passes"]),
        )
        for row in rows
    }


def labelled(data: Path = DATA) -> Iterator[tuple[Sample, Label]]:
    """Yield each test problem with its label; the sample has neither solution nor gold answer.

    Raises
    ------
    FileNotFoundError
        If a file of the public data is absent; `data_absent` says so beforehand.
    ValueError
        If a problem is not there, or its text is another.
    """
    labels = read_labels()
    for problem in find(read_list(), data):
        name = f"{Path(problem.file).stem}:{problem.id}"
        yield Sample(name, problem.text, answer="not read"), labels[problem.hash]


def data_absent(data: Path = DATA) -> str | None:
    """Return what to say where a file of the public data is absent, else None."""
    absent = sorted({row.file for row in read_list() if not (data / row.file).is_file()})
    return f"absent in {data}: {', '.join(absent)}" if absent else None


def agreement(labels: Sequence[Label]) -> dict[str, Any]:
    """Return how far the two readings agree on which skills are needed.

    ``jaccard`` is the mean over problems, ``kappa`` Cohen's over all pairs of problem and skill.
    """
    one, two = zip(*(label.passes for label in labels), strict=True)
    said = Counter[str]()
    jaccard = 0.0
    for first, second in zip(one, two, strict=True):
        said.update(both=len(first & second), first=len(first - second), second=len(second - first))
        either = first | second
        jaccard += len(first & second) / len(either) if either else 1.0
    pairs = len(labels) * len(known_skills())
    shares = [(said["both"] + said[who]) / pairs for who in ("first", "second")]
    chance = shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1])
    equal = 1 - (said["first"] + said["second"]) / pairs
    return {
        "problems": len(labels),
        "skills": {
            "first": said["both"] + said["first"],
            "second": said["both"] + said["second"],
            "settled": sum(len(label.skills) for label in labels),
            "allowed": sum(len(label.allowed) for label in labels),
        },
        "identical": sum(first == second for first, second in zip(one, two, strict=True)),
        "jaccard": round(jaccard / len(labels), 3),
        "kappa": round((equal - chance) / (1 - chance), 3),
    }


if __name__ == "__main__":
    print(json.dumps(agreement(list(read_labels().values())), indent=1))
