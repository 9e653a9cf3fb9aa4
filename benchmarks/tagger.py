"""How good the skill tagger is: labelled problems, subjects, composed problems, speed.

    python -m benchmarks.tagger [--composed 400] [--per-skill] [--test]

Prints one JSON object; parts that need ../shared/data are null without it. ``development`` are
problems that the tagger was developed on, so their figures are too good; ``--test`` adds the test
set (`benchmarks.tagger_score`), which nobody who works on the tagger should run often.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.tagger_labels import Label, data_absent, labelled
from benchmarks.tagger_problems import Listed, find
from benchmarks.tagger_score import score
from sample_engineering.pool import read_pool
from sample_engineering.skills import SHOWN, families, known_skills, tag, taxonomy

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DEVELOPMENT = (
    Path(__file__).resolve().parents[1] / "tests" / "skills" / "data" / "tagger_development.jsonl"
)
FOLDS = 5
SEED = 0
PROCESS_FAMILIES = ("arithmetic", "measurement")


def subjects() -> dict[str, float] | None:
    """Accuracy of subjects predicted from tags, cross-validated, against the majority class."""
    path = DATA / "benchmarks" / "math500.jsonl"
    if not path.is_file():
        return None
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    pool = read_pool(path)
    labels = np.array([sample.extra["subject"] for sample in pool])
    skills, groups = known_skills(), families()
    by_skill = np.zeros((len(pool), len(skills)))
    by_family = np.zeros((len(pool), len(groups)))
    for row, sample in enumerate(pool):
        for name, weight in tag(sample.problem).items():
            by_skill[row, skills.index(name)] = weight
            column = groups.index(taxonomy()[name].family)
            by_family[row, column] += weight
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    result = {"majority": Counter(labels.tolist()).most_common(1)[0][1] / len(labels)}
    for name, table in (("families", by_family), ("skills", by_skill)):
        model = LogisticRegression(max_iter=500)
        guess = cross_val_predict(model, table, labels, cv=folds)
        result[name] = float((guess == labels).mean())
    return result


def composed(n: int, seed: int, with_solution: bool) -> dict[str, object]:
    """Precision and recall of the tags on composed problems, whose skills are known."""
    from sample_engineering.skills import DOMAINS
    from sample_engineering.synthesis import compose

    hit: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    problems = 0
    share = n // len(DOMAINS)
    for place, domain in enumerate(DOMAINS):
        for sample in compose([domain], n=share, steps=(1, 2), seed=seed + place):
            problems += 1
            found = {
                name
                for name, weight in tag(
                    sample.problem, sample.solution if with_solution else None
                ).items()
                if weight >= SHOWN
            }
            hit.update(found & set(sample.skills))
            said.update(found)
            true.update(sample.skills)
    per_skill = {
        name: {
            "precision": round(hit[name] / said[name], 2) if said[name] else None,
            "recall": round(hit[name] / true[name], 2),
            "n": true[name],
        }
        for name in sorted(true, key=lambda name: -true[name])
    }
    topics = [name for name in true if not is_process(name)]
    return {
        "problems": problems,
        "topics": _together(topics, hit, said, true),
        "process": _together([name for name in true if is_process(name)], hit, said, true),
        "per_skill": per_skill,
    }


def is_process(name: str) -> bool:
    """Say whether a skill is a way of working, which a text seldom names, and not a topic."""
    return taxonomy()[name].family in PROCESS_FAMILIES or name == "formula_rearrangement"


def _together(
    names: Sequence[str], hit: Counter[str], said: Counter[str], true: Counter[str]
) -> dict[str, float]:
    """Precision and recall over skills that occur; others cannot be judged."""
    return {
        "skills": len(names),
        "precision": round(sum(hit[n] for n in names) / max(sum(said[n] for n in names), 1), 3),
        "recall": round(sum(hit[n] for n in names) / max(sum(true[n] for n in names), 1), 3),
        "macro_recall": round(sum(hit[n] / true[n] for n in names) / max(len(names), 1), 3),
    }


def development() -> dict[str, Any] | None:
    """Precision and recall on the labelled problems that the tagger was developed on."""
    rows = [json.loads(line) for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines()]
    if data_absent():
        return None
    problems = find(Listed(row["file"], row["id"], row["hash"]) for row in rows)
    parts = ("skills", "central", "allowed")
    labels = [Label(**{part: frozenset(row[part]) for part in parts}) for row in rows]
    return score([tag(problem.text) for problem in problems], labels)


def test() -> dict[str, Any] | None:
    """Precision and recall on the test set."""
    if data_absent():
        return None
    samples, labels = zip(*labelled(), strict=True)
    return score([tag(sample.problem) for sample in samples], labels)


def speed() -> dict[str, float] | None:
    """CPU seconds to tag the 8,523 problems of the pool."""
    path = DATA / "pools" / "math8k.jsonl"
    if not path.is_file():
        return None
    problems = [sample.problem for sample in read_pool(path)]
    tag(problems[0])
    start = time.process_time()
    for problem in problems:
        tag(problem)
    seconds = time.process_time() - start
    return {
        "problems": len(problems),
        "cpu_seconds": round(seconds, 2),
        "microseconds_a_problem": round(seconds / len(problems) * 1e6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--composed", type=int, default=420)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--per-skill", action="store_true")
    parser.add_argument("--test", action="store_true")
    options = parser.parse_args()
    result = {
        "speed": speed(),
        "development": development(),
        **({"test": test()} if options.test else {}),
        "math500_subjects": subjects(),
        "composed_text": composed(options.composed, options.seed, with_solution=False),
        "composed_text_and_solution": composed(options.composed, options.seed, with_solution=True),
    }
    if not options.per_skill:
        for name in ("composed_text", "composed_text_and_solution"):
            result[name].pop("per_skill")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
