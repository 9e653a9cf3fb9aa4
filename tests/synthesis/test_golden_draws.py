"""Golden draws: what a seed gives stays what it gives, through every change of the composers.

Each line of ``golden_draws.json`` pins one composition: every field of its samples but the
package's version, and the funnel. Where a change of the draws is meant, write the file anew and say
so in the changelog::

    python -m tests.synthesis.test_golden_draws
"""

import json
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

import pytest

from sample_engineering.synthesis import compose

FILE = Path(__file__).with_name("golden_draws.json")
SUBJECTS = ("math", "physics", "chemistry", "biology", "engineering")


def cases():
    """Yield (name, options of `compose`)."""
    for index, pair in enumerate(combinations((*SUBJECTS, "economics", "computer_science"), 2)):
        yield {"domains": pair, "n": 4, "seed": index}
    for seed, trio in enumerate(combinations(SUBJECTS, 3)):
        yield {"domains": trio, "n": 2, "steps": (3, 4), "seed": seed, "distractors": seed % 5}
    for seed, pair in enumerate(combinations(SUBJECTS[:4], 2)):
        yield {"domains": pair, "n": 3, "kinds": ("choice",), "seed": seed}
        yield {"domains": pair, "n": 3, "difficulty": ("easy", "medium", "hard")[seed % 3],
               "steps": (2, 4), "seed": seed}  # fmt: skip
    for subject in ("physics", "chemistry", "economics", "engineering"):
        yield {"domains": (subject,), "n": 3, "kinds": ("expression",), "steps": 2, "seed": 1}
        yield {"domains": (subject,), "n": 3, "steps": 1, "seed": 2, "distractors": 2,
               "kinds": ("number", "quantity", "choice", "expression")}  # fmt: skip
    yield {"domains": ("physics",), "n": 60, "steps": 4, "seed": 5}
    yield {"domains": ("math", "physics"), "n": 4, "skills": ("quadratic_equation",)}
    yield {"domains": ("math", "physics"), "n": 8, "target": ("biology", "math"), "seed": 9}
    for seed, steps in enumerate(((1, 2), (2, 3), (4, 4))):
        yield {"domains": ("physics", "biology", "math"), "n": 6, "steps": steps, "seed": seed,
               "dialect": "compact"}  # fmt: skip
    yield {"domains": ("math", "economics"), "n": 5, "skills": ("percentage",),
           "dialect": "compact"}  # fmt: skip


CASES = {json.dumps(options): options for options in cases()}


def digest(options):
    composition = compose(**options)
    records = [sample.to_dict() for sample in composition]
    for record in records:
        record["provenance"].pop("version", None)
    # Their order by `target`, and which is the prime, is the selectors' doing, and tested there.
    records.sort(key=lambda record: record["id"])
    told = [records, composition.funnel]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=12).hexdigest()


@pytest.mark.parametrize("name", CASES)
def test_a_seed_gives_what_it_gave(name):
    assert digest(CASES[name]) == json.loads(FILE.read_text())[name]


if __name__ == "__main__":
    found = {name: digest(options) for name, options in CASES.items()}
    FILE.write_text(json.dumps(found, indent=1) + "\n")
    print(f"{len(found)} compositions pinned in {FILE}")
