"""The figures of the experiment in `findings.py`, from the journal of its jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from findings_jobs import Scale, items_of

from sample_engineering.microcosm import reference_problems
from sample_engineering.sample import Sample

RESAMPLES = 2000  # of every bootstrap
PREDICTORS = (
    "score",
    "skill_salience",
    "cross_domain",
    "written_operations",
    "pass_rate",
    "learnability",
    "reasoning_dependence",
)


class Study:
    """What the journal says of the samples."""

    def __init__(
        self, sets: Mapping[str, list[Sample]], done: Mapping[str, Any], scale: Scale
    ) -> None:
        self.sets, self.done, self.scale = sets, done, scale
        self.base = np.array(done["base/sampled"]["correct"])
        self.confirming_base = np.array(done["base/confirm"]["correct"])
        probes = [entry for key, entry in done.items() if key.startswith("probe/")]
        self.rates = {row["id"]: row for entry in probes for row in entry["rows"]}

    def runs(self, *prefix: str) -> list[np.ndarray]:
        """Return accuracies by item of each run whose key starts with `prefix`."""
        start = "/".join(prefix) + "/"
        return [np.array(x["correct"]) for key, x in self.done.items() if key.startswith(start)]

    def lifts(self, *kinds: str) -> tuple[list[Sample], np.ndarray]:
        """Return trained samples of some kinds and their lifts, mean over items and seeds."""
        found = [
            (sample, np.mean([run.mean() for run in runs]) - self.base.mean())
            for kind in kinds
            for sample in self.sets[kind]
            if (runs := self.runs(kind, sample.id))
        ]
        return [sample for sample, _ in found], np.array([lift for _, lift in found])

    def ranking(self, samples: Sequence[Sample], *, probed: bool = True) -> dict[str, np.ndarray]:
        """Return the columns of `se rank`, in the order of `samples`; empty ones left out."""
        from sample_engineering.selectors.ranking import rank_pool

        ranked = rank_pool(
            samples,
            rates={s.id: self.rates[s.id] for s in samples} if probed else None,
            demand=reference_problems(),
            group_size=self.scale.group_size if probed else None,
        )
        records = {record["id"]: record for record in ranked.records()}
        columns = {}
        for name in PREDICTORS:
            values = [records[sample.id].get(name) for sample in samples]
            if all(value is not None for value in values):
                columns[name] = np.array(values, dtype=float)
        return columns

    def predictors(self, *kinds: str) -> dict[str, Any]:
        """Return how each column of the ranking correlates with lift."""
        samples, lifts = self.lifts(*kinds)
        if len(samples) < 3:
            return {}
        columns = self.ranking(samples)
        columns["text score"] = self.ranking(samples, probed=False)["score"]
        return {name: rank_report(v, lifts) for name, v in columns.items() if v.std() > 0}

    def seed_variance(self) -> tuple[float, int]:
        """Return the variance of lift between seeds, and how many trainings it rests on."""
        groups: dict[str, list[float]] = {}
        for key, entry in self.done.items():
            if "curve" in entry:
                groups.setdefault(key.rpartition("/")[0], []).append(np.mean(entry["correct"]))
        several = [np.var(values, ddof=1) for values in groups.values() if len(values) > 1]
        return float(np.mean(several)) if several else float("nan"), len(several)

    def first(self, kind: str, count: int) -> list[Sample]:
        """Return the first samples of a kind by the score of `se rank`."""
        score = self.ranking(self.sets[kind])["score"]
        return [self.sets[kind][i] for i in np.argsort(-score, kind="stable")[:count]]

    def rivals(self, best: int) -> dict[str, Sample]:
        """Return the natural samples that lift most, the one in the middle and a random one."""
        samples, lifts = self.lifts("natural")
        order = [samples[i] for i in np.argsort(-lifts, kind="stable")]
        found = {f"natural {i + 1}": sample for i, sample in enumerate(order[:best])}
        found["median natural"] = order[len(order) // 2]
        left = [sample for sample in order if sample not in found.values()]
        found["random natural"] = left[int(np.random.default_rng(0).integers(len(left)))]
        return found


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the central 95 % of bootstrap values."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return round(float(low), 4), round(float(high), 4)


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Rank correlation, ties shared."""
    from scipy.stats import rankdata

    a, b = rankdata(first), rankdata(second)
    if a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def rank_report(score: np.ndarray, lifts: np.ndarray) -> dict[str, Any]:
    """Correlation of a score with lift, and where its first choice stands."""
    rng = np.random.default_rng(0)
    draws = rng.integers(len(lifts), size=(RESAMPLES, len(lifts)))
    first = lifts[int(np.argmax(score))]
    return {
        "rho": round(spearman(score, lifts), 3),
        "interval": interval(np.array([spearman(score[d], lifts[d]) for d in draws])),
        "n": len(lifts),
        "percentile_of_first": round(float(np.mean(lifts <= first)), 3),
    }


def lift_report(base: np.ndarray, runs: Sequence[np.ndarray], items: Sequence[Sample]) -> dict:
    """Lift by domain, split and overall, with intervals over items and seeds."""
    rng = np.random.default_rng(0)
    table = np.array(runs) - base
    groups: dict[str, list[int]] = {"overall": list(range(len(items)))}
    for i, item in enumerate(items):
        groups.setdefault(item.domains[0], []).append(i)
        held_out = item.extra.get("held_out")
        groups.setdefault("seen" if not held_out else f"unseen {held_out}", []).append(i)
    report = {}
    for name, places in groups.items():
        part = table[:, places]
        rows = rng.integers(len(table), size=(RESAMPLES, len(table)))
        columns = rng.integers(len(places), size=(RESAMPLES, len(places)))
        means = np.array([part[np.ix_(r, c)].mean() for r, c in zip(rows, columns, strict=True)])
        report[name] = {
            "before": round(float(base[places].mean()), 4),
            "lift": round(float(part.mean()), 4),
            "interval": interval(means),
        }
    return report


def difference(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> dict[str, Any]:
    """Difference of mean accuracy of two sets of runs, interval over items and runs."""
    rng = np.random.default_rng(0)
    a, b = np.array(first), np.array(second)
    draws = []
    for _ in range(RESAMPLES):
        columns = rng.integers(a.shape[1], size=a.shape[1])
        mine = a[rng.integers(len(a), size=len(a))][:, columns].mean()
        draws.append(mine - b[rng.integers(len(b), size=len(b))][:, columns].mean())
    return {
        "difference": round(float(a.mean() - b.mean()), 4),
        "interval": interval(np.array(draws)),
    }


def conclude(
    study: Study, primes: Sequence[Sample], rivals: Mapping[str, Sample]
) -> dict[str, Any]:
    """Compute every figure of the write-up.

    Parameters
    ----------
    study : Study
        All that was run.
    primes : sequence of Sample
        First choices among the fresh composed samples.
    rivals : mapping of str to Sample
        Natural samples by what they stand for, see `Study.rivals`.
    """
    items, base, done = items_of(study.scale), study.base, study.done
    found: dict[str, Any] = {
        "scale": asdict(study.scale),
        "base": {
            "sampled": round(float(base.mean()), 4),
            "greedy": round(float(np.mean(done["base/greedy"]["correct"])), 4),
            "by_split": {
                name: row["before"] for name, row in lift_report(base, [base], items).items()
            },
        },
    }
    samples, lifts = study.lifts("natural")
    if len(samples) > 1:
        found["natural"] = _spread(study, samples, lifts)
    found["predictors"] = {
        "natural": study.predictors("natural"),
        "fit": study.predictors("natural", "composed"),
        "fresh": study.predictors("fresh_natural", "fresh_composed"),
        "fresh natural": study.predictors("fresh_natural"),
        "fresh composed": study.predictors("fresh_composed"),
    }
    if all(study.runs("confirm", sample.id) for sample in [*primes, *rivals.values()]):
        found["one_sample"] = _one_sample(study, primes[0])
        found["prime"] = _prime(study, primes, rivals)
    return found


def _spread(study: Study, samples: Sequence[Sample], lifts: np.ndarray) -> dict[str, Any]:
    within, repeated = study.seed_variance()
    seeds_each = np.mean([len(study.runs("natural", sample.id)) for sample in samples])
    between = max(float(lifts.var(ddof=1)) - within / float(seeds_each), 0.0)
    return {
        "n": len(samples),
        "mean_lift": round(float(lifts.mean()), 4),
        "sd_between_samples": round(between**0.5, 4),
        "sd_between_seeds": round(within**0.5, 4),
        "trainings_repeated_with_other_seeds": repeated,
        "lifts": {s.id: round(float(x), 4) for s, x in zip(samples, lifts, strict=True)},
    }


def _one_sample(study: Study, prime: Sample) -> dict[str, Any]:
    items, base = items_of(study.scale, confirms=True), study.confirming_base
    arms = {
        "correctness": study.runs("confirm", prime.id),
        "format": study.runs("format", prime.id),
        "random": study.runs("random", prime.id),
    }
    found: dict[str, Any] = {
        reward: lift_report(base, runs, items) for reward, runs in arms.items() if runs
    }
    for reward in ("format", "random"):
        if arms[reward]:
            found[f"correctness_minus_{reward}"] = difference(arms["correctness"], arms[reward])
    return found


def _prime(study: Study, primes: Sequence[Sample], rivals: Mapping[str, Sample]) -> dict[str, Any]:
    items, base = items_of(study.scale, confirms=True), study.confirming_base
    first, *_ = runs = [study.runs("confirm", prime.id) for prime in primes]
    others = {name: study.runs("confirm", sample.id) for name, sample in rivals.items()}
    if many := study.runs("different"):
        others["many different"] = many
    return {
        "primes": [
            {
                "problem": prime.problem,
                "answer": prime.answer,
                "skills": list(prime.skills),
                "probe": study.rates[prime.id],
                **lift_report(base, own, items),
            }
            for prime, own in zip(primes, runs, strict=True)
        ],
        "rivals": {
            name: {
                "id": rivals[name].id if name in rivals else None,
                **lift_report(base, own, items)["overall"],
                "prime_minus_it": difference(first, own),
            }
            for name, own in others.items()
        },
    }
