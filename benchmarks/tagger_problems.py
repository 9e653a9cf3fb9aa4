"""The problems on which the skill tagger is tested: drawn from public data, kept as ids and hashes.

    python -m benchmarks.tagger_problems [-o FILE]

draws them and prints how many of which file; ``-o`` writes the list. No text is kept, so whoever
tests needs the files in ../shared/data.
"""

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
LISTED = Path(__file__).resolve().parents[1] / "tests" / "skills" / "data" / "tagger_test.jsonl"
SEED = "tagger-test-1"
STRATA = {
    "pools/math8k.jsonl": 90,
    "pools/dsr_sub.jsonl": 50,
    "benchmarks/minerva_math.jsonl": 30,
    "benchmarks/mmlu_stem_dev.jsonl": 30,
}
# Two texts that share more of their runs of three words, numbers set aside, are near-duplicates.
NEAR = 0.4
_RUN = 3
_HASH_DIGITS = 16
_LETTERS = "ABCDEFGHIJ"


@dataclass(frozen=True)
class Problem:
    """One row of a file of public data.

    Parameters
    ----------
    file : str
        Under ../shared/data.
    id : str
        The row's own id, else its number in the file, from 0.
    text : str
        What is asked; options stand under it, a line each.
    """

    file: str
    id: str
    text: str

    @property
    def hash(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_HASH_DIGITS]


@dataclass(frozen=True)
class Listed:
    """Which problem is in the list: where it stands, and the hash of its text."""

    file: str
    id: str
    hash: str


def read_problems(file: str, data: Path = DATA) -> list[Problem]:
    """Return the problems of a file that have an answer."""
    with open(data / file, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Problem(file, str(row.get("id", number)), _text(row))
        for number, row in enumerate(rows)
        if row.get("answer", row.get("solution")) not in (None, "")
    ]


def _text(row: Mapping[str, Any]) -> str:
    if "problem" in row:
        return str(row["problem"])
    options = [f"{_LETTERS[place]}. {said}" for place, said in enumerate(row["choices"])]
    return "\n".join([row["question"] + "\n", *options])


def draw(strata: Mapping[str, int], data: Path = DATA, seed: str = SEED) -> list[Problem]:
    """Return a sample of the files without near-duplicates.

    The order of drawing is that of the hashes of seed, file and id, so it is the same everywhere.

    Parameters
    ----------
    strata : mapping of str to int
        File to how many of its problems.
    data : pathlib.Path
        The folder of the files.
    seed : str

    Raises
    ------
    ValueError
        If a file has too few.
    """
    drawn: list[Problem] = []
    seen: list[frozenset[tuple[str, ...]]] = []
    for file, wanted in strata.items():
        before = len(drawn)
        for problem in sorted(read_problems(file, data), key=lambda p: _place(seed, p)):
            if len(drawn) - before == wanted:
                break
            runs = _runs(problem.text)
            if all(_shared(runs, other) < NEAR for other in seen):
                drawn.append(problem)
                seen.append(runs)
        if len(drawn) - before < wanted:
            raise ValueError(f"{file} has only {len(drawn) - before} that differ, not {wanted}")
    return drawn


def _place(seed: str, problem: Problem) -> str:
    return hashlib.sha256(f"{seed}:{problem.file}:{problem.id}".encode()).hexdigest()


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub(r"\d+", "0", text.lower()))
    return frozenset(zip(*(words[place:] for place in range(_RUN)), strict=False)) or frozenset(
        [tuple(words)]
    )


def _shared(one: frozenset[Any], other: frozenset[Any]) -> float:
    """Share of the smaller that stands in the other: a part of a longer problem is a copy too."""
    return len(one & other) / min(len(one), len(other))


def read_list(path: Path = LISTED) -> list[Listed]:
    """Return which problems are in the list."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Listed(**json.loads(line)) for line in lines]


def find(listed: Iterable[Listed], data: Path = DATA) -> list[Problem]:
    """Return the listed problems with their texts, in the order of the list.

    Raises
    ------
    FileNotFoundError
        If a file is absent.
    ValueError
        If a problem is not there, or its text is another.
    """
    listed = list(listed)
    found = {
        (problem.file, problem.id): problem
        for file in dict.fromkeys(row.file for row in listed)
        for problem in read_problems(file, data)
    }
    problems = []
    for row in listed:
        problem = found.get((row.file, row.id))
        if problem is None or problem.hash != row.hash:
            what = "is not there" if problem is None else "has another text"
            raise ValueError(f"{row.file}: the problem {row.id} {what}; use the file it came from")
        problems.append(problem)
    return problems


def main() -> None:
    """Draw, count, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args()
    listed = [Listed(problem.file, problem.id, problem.hash) for problem in draw(STRATA)]
    if options.out:
        lines = [json.dumps(asdict(row)) for row in listed]
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(json.dumps(Counter(row.file for row in listed), indent=1))


if __name__ == "__main__":
    main()
