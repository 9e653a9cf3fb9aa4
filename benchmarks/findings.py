"""The experiment that the project stands on, on the embedded microcosm.

    python benchmarks/findings.py --out runs/findings

Everything is read twice, greedily (the papers' protocol) and by sampling, and never mixed.

1. One sample (the prime of 3) lifts every domain, on unseen kinds of problem too, more than
   format-only, random reward, entropy bonus alone and a wrong label do.
2. Lift differs between samples more than between seeds; what predicts it before training: fitted
   on one set of samples, confirmed on a fresh one.
3. The composed prime, first choice of `se rank` among fresh composed problems, against natural
   samples and against 64 and 512 different ones at equal rollouts, along the training.
4. Whether lift goes on after the sample is solved, with and without the entropy bonus.
5. Whether the order of samples holds on other bases (``--base NAME=FOLDER``).

All training goes through the package's own path (`trainers.one_shot`), all predictors are columns
of `se rank`. Every finished job is a line of ``journal.jsonl``; running the command again goes on
where it stopped. ``--stage`` stops after a part, ``fit`` before anything fresh is trained on. At
the end one JSON object is printed and written to ``findings.json``.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # two processes with one thread each
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
from findings_jobs import SHIPPED, Job, Scale, carry_out, items_of
from findings_study import READINGS, Study, conclude, transfer

from sample_engineering.files import Journal, finite, write_json
from sample_engineering.microcosm import natural_pool
from sample_engineering.sample import Sample
from sample_engineering.synthesis.compact import compact_domains, compose_compact

SCALES = {
    "full": Scale(
        steps=40,
        group_size=64,
        max_tokens=160,
        items=60,
        eval_samples=2,
        confirming_items=100,
        probe_rollouts=64,
        natural=24,
        composed=10,
        fresh_natural=10,
        fresh_composed=10,
        candidates=160,
        prime_candidates=400,
        primes=2,
        best=2,
        sets=(64, 512),
        rollouts_of_sets=16,
        seeds=(0, 1),
        confirming_seeds=(2, 3, 4),
        points=(5, 10, 20, 40, 80),
        transfer=16,
    ),
    "tiny": Scale(
        4, 16, 120, 4, 1, 6, 16, 3, 2, 2, 2, 12, 24, 1, 1, (8, 16), 4, (0, 1), (2, 3), (2, 4), 3
    ),
}
# Of the microcosm's recipes that a researcher would add an entropy bonus to: 1-shot RLVR's weight.
ENTROPY = 0.001
# Control arms of the first prime, each with the confirming seeds.
CONTROLS = ("format-only", "random-reward", "entropy-only", "wrong-label")
# Below this early pass rate a sample is seldom solved before the run is over.
LEAST_PASS_RATE = 0.03
# A prime must be learnt early in the run: of the composed samples for fitting, the four below this
# rate lifted by -11.7 to +19.0 points, the six above by +3.6 to +25.5, five of them by 20 or more.
PRIME_PASS_RATE = 0.06
STAGES = ("fit", "confirm", "along", "fresh", "transfer")


def plan_samples(scale: Scale) -> dict[str, list[Sample]]:
    """Return every set of samples; they share no problem, and none is a benchmark item."""
    taken = {item.problem for item in (*items_of(scale), *items_of(scale, confirms=True))}

    def some(samples: Iterable[Sample], count: int, prefix: str, seed: int) -> list[Sample]:
        fresh = [sample for sample in samples if sample.problem not in taken]
        order = np.random.default_rng(seed).permutation(len(fresh))[:count]
        chosen = [fresh[i] for i in sorted(order)]
        taken.update(sample.problem for sample in chosen)
        return [sample.with_(id=f"{prefix}-{sample.id}") for sample in chosen]

    fit = some(natural_pool(seed=0), scale.natural, "fit", 1)
    used = {template_of(sample) for sample in fit}
    unused = [s for s in natural_pool(seed=5) if template_of(s) not in used]
    composed = compose_compact(compact_domains(), n=scale.candidates, steps=(2, 3), seed=13)
    primes = compose_compact(compact_domains(), n=scale.prime_candidates, steps=(2, 2), seed=24)
    many = natural_pool(seed=6, per_template=-(-scale.sets[-1] // 40))
    return {
        "natural": fit,
        "fresh_natural": some(unused, scale.fresh_natural, "fresh", 3),
        "candidates": some(composed, scale.candidates, "composed", 5),
        "prime_candidates": some(primes, scale.prime_candidates, "prime", 7),
        "set": some(many, scale.sets[-1], "many", 6),
    }


def template_of(sample: Sample) -> str:
    """Return the template that a natural sample was made from."""
    return str(sample.provenance["templates"][0])


def split_candidates(
    sets: Mapping[str, list[Sample]], rates: Mapping[str, Mapping[str, Any]], scale: Scale
) -> dict[str, list[Sample]]:
    """Split the candidates within the base's reach: odd ones to fit, even ones fresh."""

    def within(samples: Iterable[Sample], least: float = LEAST_PASS_RATE) -> list[Sample]:
        return [s for s in samples if rates[s.id]["pass_rate"] >= least]

    smallest = scale.sets[0]
    easiest = sorted(sets["set"], key=lambda s: -rates[s.id]["pass_rate"])[:smallest]
    order = np.random.default_rng(8).permutation(len(sets["set"]))
    return {
        **sets,
        "composed": within(sets["candidates"][1::2])[: scale.composed],
        "fresh_composed": within(sets["candidates"][::2])[: scale.fresh_composed],
        "prime": within(sets["prime_candidates"], PRIME_PASS_RATE),
        **{f"set {n}": [sets["set"][i] for i in order[:n]] for n in scale.sets},
        f"easiest {smallest}": easiest,
    }


def first_jobs(sets: Mapping[str, list[Sample]]) -> list[Job]:
    """Return base evaluations and probes."""
    jobs = [Job("base/choosing", "base"), Job("base/confirm", "base", confirms=True)]
    for name in ("natural", "fresh_natural", "candidates", "prime_candidates", "set"):
        records = [sample.to_dict() for sample in sets[name]]
        for part in (0, 1):
            jobs.append(Job(f"probe/{name}/{part}", "probe", tuple(records[part::2])))
    return jobs


def fitting_jobs(sets: Mapping[str, list[Sample]], scale: Scale) -> list[Job]:
    """Return the runs that predictors are chosen on, first seeds first."""
    first = scale.seeds[0]
    jobs = runs_of("natural", sets["natural"], [first])
    jobs += runs_of("composed", sets["composed"], [first])
    return jobs + runs_of("natural", sets["natural"], scale.seeds[1:])


def confirming_jobs(
    sets: Mapping[str, list[Sample]],
    primes: Sequence[Sample],
    rivals: Iterable[Sample],
    scale: Scale,
) -> list[Job]:
    """Return the primes, the control arms of the first, and their rivals."""
    seeds = scale.confirming_seeds
    jobs = runs_of("confirm", primes[:1], seeds, confirms=True)
    for control in CONTROLS:
        jobs += runs_of(control, primes[:1], seeds, control=control, confirms=True)
    return jobs + runs_of("confirm", [*primes[1:], *rivals], seeds[:2], confirms=True)


def jobs_along(
    sets: Mapping[str, list[Sample]], primes: Sequence[Sample], scale: Scale
) -> list[Job]:
    """Return the runs that are followed step by step: the prime, and sets of different samples."""
    jobs: list[Job] = []
    on = (("dead_stop", 0),)  # what happens after the sample is solved is the question
    for seed in scale.confirming_seeds[:2]:
        own: dict[str, Any] = {"confirms": True, "points": scale.points, "settings": on}
        jobs += runs_of("along", primes[:1], [seed], **own)
        for name in (*(f"set {n}" for n in scale.sets), f"easiest {scale.sets[0]}"):
            records = tuple(sample.to_dict() for sample in sets[name])
            groups = min(8, scale.group_size // 4)
            jobs.append(Job(f"along/{name}/{seed}", "train", records, seed, groups=groups, **own))
        own["settings"] = (*on, ("entropy_coef", ENTROPY))
        jobs += runs_of("along entropy", primes[:1], [seed], **own)
    return jobs


def transfer_jobs(
    sets: Mapping[str, list[Sample]], bases: Mapping[str, str], scale: Scale
) -> list[Job]:
    """Return the first natural samples on other bases."""
    jobs = []
    for name in bases:
        jobs.append(Job(f"base/{name}", "base", base=name))
        some = sets["natural"][: scale.transfer]
        jobs += runs_of(f"on {name}", some, scale.seeds[:1], base=name)
    return jobs


def runs_of(
    kind: str, samples: Sequence[Sample], seeds: Iterable[int], **settings: Any
) -> list[Job]:
    """Return a training run for each seed and sample; `settings` are fields of `Job`."""
    return [
        Job(f"{kind}/{sample.id}/{seed}", "train", (sample.to_dict(),), seed, **settings)
        for seed in seeds
        for sample in samples
    ]


def run_jobs(
    jobs: Sequence[Job], journal: Journal, scale: Scale, workers: int, bases: Mapping[str, str]
) -> None:
    """Do what the journal does not have yet, `workers` jobs at a time."""
    done = {entry["key"] for entry in journal.entries()}
    todo = [job for job in jobs if job.key not in done]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(carry_out, job, scale, bases): job for job in todo}
        for number, future in enumerate(as_completed(futures), 1):
            entry = future.result()
            journal.append(entry)
            what = (
                f"greedy {np.mean(entry['greedy']['correct']):.3f}, "
                f"sampled {np.mean(entry['sampled']['correct']):.3f}"
                if "greedy" in entry
                else "probed"
            )
            print(
                f"[{number}/{len(todo)}] {entry['key']}  {what}  {entry['seconds']:.0f} s",
                file=sys.stderr,
                flush=True,
            )


def _named(text: str) -> tuple[str, str]:
    name, mark, path = text.partition("=")
    if not (name and mark and path) or name == SHIPPED:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FOLDER with a name of its own")
    return name, path


def main() -> None:
    """Run or resume the experiment and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/findings"))
    parser.add_argument("--scale", choices=sorted(SCALES), default="full")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stage", choices=STAGES, default=STAGES[-1], help="the last one to do")
    parser.add_argument(
        "--base", type=_named, action="append", default=[], metavar="NAME=FOLDER",
        help="another base model that the order of samples shall be tried on; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--transfer-alone", action="store_true",
        help="only the order of natural samples, here and on the other bases",
    )  # fmt: skip
    options = parser.parse_args()
    if options.transfer_alone and not options.base:
        parser.error("--transfer-alone needs another base: --base NAME=FOLDER")
    scale, bases = SCALES[options.scale], dict(options.base)
    stages = STAGES[: STAGES.index(options.stage) + 1]
    sets = plan_samples(scale)
    with Journal(options.out / "journal.jsonl") as journal:

        def run(jobs: Sequence[Job]) -> Study:
            run_jobs(jobs, journal, scale, options.workers, bases)
            return Study(sets, {entry["key"]: entry for entry in journal.entries()}, scale)

        if options.transfer_alone:
            run([job for job in first_jobs(sets) if job.key.startswith("probe/natural/")])
            run(runs_of("natural", sets["natural"][: scale.transfer], scale.seeds[:1]))
            study = run(transfer_jobs(sets, bases, scale))
            print(json.dumps(finite({name: transfer(study, name) for name in READINGS}), indent=2))
            return
        sets = split_candidates(sets, run(first_jobs(sets)).rates, scale)
        study = run(fitting_jobs(sets, scale))
        primes, rivals = study.first("prime", scale.primes), study.rivals(scale.best)
        if "confirm" in stages:
            study = run(confirming_jobs(sets, primes, rivals.values(), scale))
        if "along" in stages:
            study = run(jobs_along(sets, primes, scale))
        if "fresh" in stages:
            for kind in ("fresh_natural", "fresh_composed"):
                study = run(runs_of(kind, sets[kind], scale.seeds[:1]))
        if "transfer" in stages:
            study = run(transfer_jobs(sets, bases, scale))
        found = conclude(study, primes, rivals)
    write_json(options.out / "findings.json", finite(found))
    print(json.dumps(finite(found), indent=2))


if __name__ == "__main__":
    main()
