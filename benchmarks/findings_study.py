"""The figures of the experiment in `findings.py`, from the journal of its jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from findings_jobs import Scale, items_of

from sample_engineering.microcosm import reference_problems
from sample_engineering.sample import Sample

RESAMPLES = 2000  # of every bootstrap
READINGS = ("greedy", "sampled")
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
    """What the journal says of the samples, each reading apart."""

    def __init__(
        self, sets: Mapping[str, list[Sample]], done: Mapping[str, Any], scale: Scale
    ) -> None:
        self.sets, self.done, self.scale = sets, done, scale
        probes = [entry for key, entry in done.items() if key.startswith("probe/")]
        self.rates = {row["id"]: row for entry in probes for row in entry["rows"]}

    def base(self, reading: str, name: str = "choosing") -> np.ndarray:
        """Return accuracies by item of a base model."""
        return np.array(self.done[f"base/{name}"][reading]["correct"])

    def runs(self, reading: str, *prefix: str, step: int | None = None) -> list[np.ndarray]:
        """Return accuracies by item of each run whose key starts with `prefix`."""
        start = "/".join(prefix) + "/"
        found = [entry for key, entry in self.done.items() if key.startswith(start)]
        points = [one if step is None else one["points"].get(str(step)) for one in found]
        return [np.array(one[reading]["correct"]) for one in points if one is not None]

    def lifts(self, reading: str, *kinds: str) -> tuple[list[Sample], np.ndarray]:
        """Return trained samples of some kinds and their lifts, mean over items and seeds."""
        before = self.base(reading).mean()
        found = [
            (sample, np.mean([run.mean() for run in runs]) - before)
            for kind in kinds
            for sample in self.sets[kind]
            if (runs := self.runs(reading, kind, sample.id))
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

    def predictors(self, reading: str, *kinds: str) -> dict[str, Any]:
        """Return how each column of the ranking correlates with lift."""
        samples, lifts = self.lifts(reading, *kinds)
        if len(samples) < 3:
            return {}
        columns = self.ranking(samples)
        columns["text score"] = self.ranking(samples, probed=False)["score"]
        return {name: rank_report(v, lifts) for name, v in columns.items() if v.std() > 0}

    def seed_variance(self, reading: str) -> tuple[float, int]:
        """Return the variance of lift between seeds, and how many trainings it rests on."""
        groups: dict[str, list[float]] = {}
        for key, entry in self.done.items():
            if key.startswith(("natural/", "composed/", "confirm/")):
                own = groups.setdefault(key.rpartition("/")[0], [])
                own.append(np.mean(entry[reading]["correct"]))
        several = [np.var(values, ddof=1) for values in groups.values() if len(values) > 1]
        return float(np.mean(several)) if several else float("nan"), len(several)

    def first(self, kind: str, count: int) -> list[Sample]:
        """Return the first samples of a kind by the score of `se rank`."""
        score = self.ranking(self.sets[kind])["score"]
        return [self.sets[kind][i] for i in np.argsort(-score, kind="stable")[:count]]

    def rivals(self, best: int) -> dict[str, Sample]:
        """Return the natural samples that lift most greedily, the middle one and a random one."""
        samples, lifts = self.lifts("greedy", "natural")
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
        groups.setdefault("unseen" if held_out else "seen", []).append(i)
        if held_out:
            groups.setdefault(f"unseen {held_out}", []).append(i)
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
    return {"scale": asdict(study.scale)} | {
        reading: _reading(study, reading, primes, rivals) for reading in READINGS
    }


def _reading(
    study: Study, reading: str, primes: Sequence[Sample], rivals: Mapping[str, Sample]
) -> dict[str, Any]:
    items, base = items_of(study.scale), study.base(reading)
    found: dict[str, Any] = {
        "base": {name: row["before"] for name, row in lift_report(base, [base], items).items()},
    }
    samples, lifts = study.lifts(reading, "natural")
    if len(samples) > 1:
        found["natural"] = _spread(study, reading, samples, lifts)
    found["predictors"] = {
        "natural": study.predictors(reading, "natural"),
        "fit": study.predictors(reading, "natural", "composed"),
        "fresh": study.predictors(reading, "fresh_natural", "fresh_composed"),
        "fresh natural": study.predictors(reading, "fresh_natural"),
        "fresh composed": study.predictors(reading, "fresh_composed"),
    }
    if all(study.runs(reading, "confirm", s.id) for s in [*primes, *rivals.values()]):
        found["one_sample"] = _one_sample(study, reading, primes[0])
        found["prime"] = _prime(study, reading, primes, rivals)
    if study.runs(reading, "along", primes[0].id):
        found["along"] = _along(study, reading, primes[0])
    found["transfer"] = transfer(study, reading)
    return found


def _spread(
    study: Study, reading: str, samples: Sequence[Sample], lifts: np.ndarray
) -> dict[str, Any]:
    within, repeated = study.seed_variance(reading)
    seeds_each = np.mean([len(study.runs(reading, "natural", sample.id)) for sample in samples])
    between = max(float(lifts.var(ddof=1)) - within / float(seeds_each), 0.0)
    return {
        "n": len(samples),
        "mean_lift": round(float(lifts.mean()), 4),
        "sd_between_samples": round(between**0.5, 4),
        "sd_between_seeds": round(within**0.5, 4),
        "trainings_repeated_with_other_seeds": repeated,
        "lifts": {s.id: round(float(x), 4) for s, x in zip(samples, lifts, strict=True)},
        "pass_rates": {s.id: study.rates[s.id]["pass_rate"] for s in samples},
    }


def _one_sample(study: Study, reading: str, prime: Sample) -> dict[str, Any]:
    items, base = items_of(study.scale, confirms=True), study.base(reading, "confirm")
    mine = study.runs(reading, "confirm", prime.id)
    found: dict[str, Any] = {"sample": lift_report(base, mine, items)}
    controls = {key.split("/")[0] for key in study.done if f"/{prime.id}/" in key}
    for name in sorted(controls - {"confirm", "along", "along entropy", "probe"}):
        own = study.runs(reading, name, prime.id)
        found[name] = lift_report(base, own, items)
        found[f"sample minus {name}"] = difference(mine, own)
    return found


def _prime(
    study: Study, reading: str, primes: Sequence[Sample], rivals: Mapping[str, Sample]
) -> dict[str, Any]:
    items, base = items_of(study.scale, confirms=True), study.base(reading, "confirm")
    first, *_ = runs = [study.runs(reading, "confirm", prime.id) for prime in primes]
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
                "id": sample.id,
                **lift_report(base, own, items)["overall"],
                "prime_minus_it": difference(first, own),
            }
            for name, sample in rivals.items()
            if (own := study.runs(reading, "confirm", sample.id))
        },
    }


def _along(study: Study, reading: str, prime: Sample) -> dict[str, Any]:
    """Return lift by step of the prime, of sets of samples, and what the prime leads by."""
    items, base = items_of(study.scale, confirms=True), study.base(reading, "confirm")
    unseen = [i for i, item in enumerate(items) if item.extra.get("held_out")]
    mine = {"prime": ("along", prime.id), "prime, entropy bonus": ("along entropy", prime.id)}
    sets = {name: ("along", name) for name in study.sets if name.startswith(("set ", "easiest "))}
    steps = study.scale.points
    found: dict[str, Any] = {}
    for name, prefix in {**mine, **sets}.items():
        for step in steps:
            asked = None if step == steps[-1] else step
            own = study.runs(reading, *prefix, step=asked)
            lead = study.runs(reading, *mine["prime"], step=asked)
            if not own or not lead:
                continue
            row = {"overall": lift_report(base, own, items)["overall"]}
            if name != "prime":
                row["prime_minus_it"] = difference(lead, own)
                row["prime_minus_it_unseen"] = difference(
                    [run[unseen] for run in lead], [run[unseen] for run in own]
                )
            found.setdefault(name, {})[str(step)] = row
    for name, prefix in mine.items():
        start = "/".join(prefix) + "/"
        curves = [entry["curve"] for key, entry in study.done.items() if key.startswith(start)]
        if name in found:
            found[name]["solved"] = [_solved(curve) for curve in curves]
    return found


def _solved(curve: Sequence[float], rate: float = 0.95) -> int | None:
    """Return the step from which five in a row solved the sample at that rate on average."""
    means = np.convolve(curve, np.ones(5) / 5, "valid") if len(curve) >= 5 else np.zeros(0)
    above = np.flatnonzero(means >= rate)
    return int(above[0]) + 1 if len(above) else None


def transfer(study: Study, reading: str) -> dict[str, Any]:
    """Return how the lifts on other bases go with those on this one, and with its ranking."""
    names = {key.split("/")[0].removeprefix("on ") for key in study.done if key.startswith("on ")}
    found = {}
    for name in sorted(names):
        before = study.base(reading, name).mean()
        pairs = []
        for sample in study.sets["natural"]:
            there = study.runs(reading, f"on {name}", sample.id)
            here = study.runs(reading, "natural", sample.id)
            if there and here:
                pairs.append((sample, np.mean([run.mean() for run in here]), there[0].mean()))
        if len(pairs) < 3:
            continue
        samples = [sample for sample, _, _ in pairs]
        there = np.array([lift for *_, lift in pairs]) - before
        found[name] = {
            "base": round(float(before), 4),
            "lifts": {s.id: round(float(x), 4) for s, x in zip(samples, there, strict=True)},
            "with lift here": rank_report(np.array([one for _, one, _ in pairs]), there),
            "with score here": rank_report(study.ranking(samples)["score"], there),
            "with text score": rank_report(study.ranking(samples, probed=False)["score"], there),
        }
    return found
