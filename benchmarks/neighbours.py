"""What the neighbouring works do on one sample of the microcosm, beside plain one-shot GRPO.

    python benchmarks/neighbours.py --out runs/neighbours [--items 60] [--only NAME,NAME]
    python benchmarks/neighbours.py --out runs/neighbours --table

Every method trains on the same single sample, the shipped one, with the seeds 0, 1 and 2, and is
asked the same items greedily and sampled, as docs/lab/microcosm.md says. A method is a run folder
below `--out`; those that are arms of a validation lie in the folder of plain GRPO. The base model's
evaluation is the same for all and taken over from there. Running the command again goes on where it
was; `--table` prints what there is so far.

The rule, fixed before anything was run: a method beats plain one-shot GRPO in a reading if its mean
accuracy is higher and the difference is significant at .05 after Holm's correction over all methods
of that reading, by the paired bootstrap over items and training seeds of `evaluation.compare`. At
equal tokens it must also beat the model of plain GRPO after the first step at which that had spent
as many tokens of rollouts (greedily, since that is how snapshots are asked), again after Holm. A
method that is no training is set against the trained model in its own reading, and, where it is a
way of sampling, against the trained model decoded greedily.
"""

import argparse
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import scripted_judge

import sample_engineering as se
from sample_engineering.api import plan_validation, run_piece, run_plan
from sample_engineering.defaults import EMBEDDED
from sample_engineering.evaluation import Evaluation, compare
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from sample_engineering.files import finite
from sample_engineering.multiplicity import holm
from sample_engineering.runs import RunFolder
from sample_engineering.runs.format import BEFORE, CONFIG, MAIN, RESULT
from sample_engineering.sample import Sample

SEEDS = (0, 1, 2)
PLAIN, LONG = "plain", "plain-60"
LONG_STEPS, EVERY = 60, 10
LADDER = 4  # steps of the ladder
PROBED = 32  # rollouts of each natural problem, for the partner of the pair
ROUNDS = ("expert-iteration", "return-conditioned")
_EVALUATIONS = "eval"


@dataclass(frozen=True)
class Method:
    """One method.

    Parameters
    ----------
    name : str
        Of its run folder.
    work : str
        Number at arXiv; empty for what is ours or no work's.
    settings : mapping
        Of the recipe.
    controls : str
        Arms of the run.
    pool : bool
        Whether they draw from a pool with pass rates.
    given : mapping
        Options of `plan_validation`.
    sample : callable, optional
        The sample that is trained on, of the pool; without one the shipped sample.
    main : bool
        Whether plain training of this folder is run as well, or its arms alone.
    judged : bool
        Whether a judge is served while it runs, see `scripted_judge`.
    """

    name: str
    work: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    controls: str = "none"
    pool: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    sample: Callable[[Sequence[Sample]], Sample] | None = None
    main: bool = True
    judged: bool = False


# What is trained on.


def shipped() -> Sample:
    """Return the shipped sample."""
    from sample_engineering.api.pools import find_sample

    return find_sample(None, None)


def as_choice(pool: Sequence[Sample]) -> Sample:
    """Return the shipped sample as multiple choice, as `se blend` makes it."""
    (made,) = se.blend([shipped()], form="choice")
    return made


def as_sentence(pool: Sequence[Sample]) -> Sample:
    """Return the shipped sample with a gold that no rule reads."""
    one = shipped()
    return one.with_(answer=f"of all steps there are {one.answer} that are left out", kind="text")


def of_rap(pool: Sequence[Sample]) -> Sample:
    """Return the problem that RAP chooses first; of equals, as everywhere, the first by name."""
    return se.rank(pool, by="reasoning_activation", model=EMBEDDED).best


ARMS = {
    "format-only": "2506.10947",
    "random-reward": "2506.10947",
    "majority-label": "2504.16084",
    "entropy-minimization": "2505.20282",
    "critique-fine-tuning": "2506.03295",
    "incorrect-reward": "2506.10947",
    "pair": "2602.03452",
    "low-temperature": "",
    "self-consistency": "",
    "power-sampling": "2510.14901",
    "easy-to-hard": "2505.12432",
    "ladder-shuffled": "2505.12432",
    "random-sample": "2506.04755",
}
_OF_PLAIN = tuple(ARMS)[: tuple(ARMS).index("easy-to-hard")]
HYBRID = {"reward": "hybrid", "judge": scripted_judge.NAME}
# The first study's defaults, and those of `neighbours_fit`, which are today's.
WARM_FIRST = {"warm_steps": 20, "warm_lr": 15e-5}
EXPERT_FIRST = {"rounds": 4, "supervised_steps": 10}
WARM_FIT = {"warm_steps": 5, "warm_lr": 3e-5}
EXPERT_FIT = {"rounds": 8, "supervised_steps": 5}
METHODS = (
    Method(PLAIN, controls=",".join(_OF_PLAIN), pool=True),
    Method("warm-primitives", "2511.12429", WARM_FIRST, given={"warm_start": "primitives"}),
    Method("warm-random", "2511.12429", WARM_FIRST, given={"warm_start": "random"}),
    Method(LONG, settings={"steps": LONG_STEPS}, given={"eval_every": EVERY}),
    Method("expert-iteration", "2403.04642", EXPERT_FIRST, given={"algorithm": "expert-iteration"}),
    Method("rloo", "2403.04642", given={"algorithm": "rloo"}),
    Method("ppo", "2403.04642", given={"algorithm": "ppo"}),
    Method("return-conditioned", "2403.04642", given={"algorithm": "return-conditioned"}),
    Method(
        "concise-uncertain",
        "2505.12432",
        settings={"reward": "concise", "difficulty_weight": "uncertain"},
    ),
    Method("harder", "2505.13261", settings={"difficulty_weight": "harder"}),
    Method("hint", "2505.13261", settings={"difficulty_hint": 0.5}),
    Method(
        "weighted", "2602.03452", given={"algorithm": "weighted-grpo"}, controls="pair", pool=True
    ),
    Method("dr-grpo", "2503.20783", given={"algorithm": "dr-grpo"}),
    Method("dapo", "2503.14476", given={"algorithm": "dapo"}),
    Method("gspo", "2507.18071", given={"algorithm": "gspo"}),
    Method("cispo", "2506.13585", given={"algorithm": "cispo"}),
    Method("band", "2505.13261", settings={"pass_band": [0.2, 0.8]}),
    Method("choice", "2504.13941", sample=as_choice),
    Method("ladder", controls="easy-to-hard,ladder-shuffled", pool=True, main=False),
    Method("chance", controls="random-sample", pool=True, main=False),
    Method("rap", "2506.04755", sample=of_rap),
    # Settings of `neighbours_fit`.
    Method("warm-primitives-fit", "2511.12429", WARM_FIT, given={"warm_start": "primitives"}),
    Method("warm-random-fit", "2511.12429", WARM_FIT, given={"warm_start": "random"}),
    Method("expert-fit", "2403.04642", EXPERT_FIT, given={"algorithm": "expert-iteration"}),
    Method("hybrid", "2506.07905", given=HYBRID, sample=as_sentence, judged=True),
)


def folder_of(out: Path, name: str) -> Path:
    """Return where a method's run lies."""
    return out / name


def plan_of(method: Method, out: Path, items: int, pool: Sequence[Sample]) -> Any:
    """Return the plan of a method, to begin or to go on with."""
    place = folder_of(out, method.name)
    if (place / CONFIG).exists():
        return plan_validation(resume=place)
    given = dict(method.given)
    return plan_validation(
        method.sample(pool) if method.sample else None,
        seeds=SEEDS,
        per_domain=items,
        controls=method.controls,
        # Nothing ends early; what fine-tunes in rounds never does, and has no such setting.
        settings={
            "watch_items": 0,
            **({} if given.get("algorithm") in ROUNDS else {"dead_stop": 0}),
            **method.settings,
        },
        pool=list(pool) if method.pool else None,
        out=place,
        **given,
    )


def carried_out(method: Method, out: Path, items: int, pool: Sequence[Sample]) -> None:
    """Run a method, or go on with it; the base model is not asked again."""
    place = folder_of(out, method.name)
    if (place / RESULT).exists():
        return
    plan = plan_of(method, out, items, pool)
    source = folder_of(out, PLAIN) / _EVALUATIONS
    if method.name != PLAIN and not (place / CONFIG).exists():
        RunFolder.create(plan.out, plan.to_config(), plan.to_inputs()).close()
        for file in source.glob(f"{BEFORE}*.parquet"):
            (place / _EVALUATIONS).mkdir(exist_ok=True)
            shutil.copy(file, place / _EVALUATIONS / file.name)
        plan = plan_validation(resume=place)
    started = time.perf_counter()
    serving = scripted_judge.judge_of(shipped().answer) if method.judged else nullcontext()
    with serving:
        if method.main:
            run_plan(replace(plan, inline=True))
        for arm in method.controls.split(",") if not method.main else ():
            for seed in SEEDS:
                run_piece(replace(plan, inline=True), arm, seed)
                print(f"{method.name} {arm} {seed}", flush=True)
    print(f"{method.name}: {time.perf_counter() - started:.0f} s", flush=True)


def probed_pool(out: Path) -> list[Sample]:
    """Return the natural problems with their pass rates, probed once."""
    place = out / "probe.json"
    pool = se.example_pool()
    if not place.exists():
        found = se.probe(pool, rollouts=PROBED)
        place.write_text(json.dumps({one.id: one.pass_rate for one in found}), encoding="utf-8")
    rates = json.loads(place.read_text(encoding="utf-8"))
    pool = [one.with_(extra={**one.extra, "pass_rate": rates[one.id]}) for one in pool]
    climbed = se.rank(pool, ladder=LADDER)
    step = dict(zip(climbed.columns["id"], climbed.columns["ladder_step"], strict=True))
    on = [one.with_(extra={**one.extra, "ladder_step": step[one.id]}) for one in climbed.samples
          if step[one.id] is not None]  # fmt: skip
    return [*on, *(one for one in pool if step[one.id] is None)]


# What it came to.


@dataclass(frozen=True)
class Done:
    """What is there of a method: an arm of a run folder.

    Parameters
    ----------
    name, work : str
    evaluations : mapping of reading to its evaluations, a training seed each
    tokens : sequence of int
        Of the rollouts and learnt texts of each training, all steps.
    """

    name: str
    work: str
    evaluations: Mapping[str, Sequence[Evaluation]]
    tokens: Sequence[float]


def done_methods(out: Path) -> list[Done]:
    """Return every method that is finished, those of the plain run first."""
    found = []
    for method in METHODS:
        place = folder_of(out, method.name)
        if not (place / CONFIG).exists():
            continue
        folder = RunFolder.open(place)
        arms = {arm.name: arm.seed for arm in folder.config.arms}
        for arm in arms:
            own = {r: list(folder.evaluations[r].get(arm, ())) for r in READINGS}
            if not any(own.values()):
                continue
            trained = next(one for one in folder.config.arms if one.name == arm).samples
            if trained and any(len(found) < len(SEEDS) for found in own.values()):
                continue  # not finished
            own_name = method.name == PLAIN or not method.main
            name = method.name if arm == MAIN else arm if own_name else f"{method.name} {arm}"
            work = method.work if arm == MAIN else ARMS.get(arm, "")
            found.append(Done(name, work, own, _tokens(folder, arm)))
    return found


def _tokens(folder: RunFolder, arm: str) -> list[float]:
    """Return the tokens of rollouts of each training, and of what was learnt before."""
    by_seed: dict[int, float] = {}
    for line in folder.metrics:
        if line.arm == arm:
            by_seed[line.seed] = by_seed.get(line.seed, 0.0) + line.length * line.rollouts
    trainings = [] if folder.result is None else folder.result.trainings
    for one in trainings:
        if one.arm == arm and one.warm_start is not None:
            by_seed[one.seed] += one.warm_start.sampled_tokens + one.warm_start.trained_tokens
    return [by_seed[seed] for seed in sorted(by_seed)]


def spent_by_step(folder: RunFolder) -> list[float]:
    """Return the mean tokens of rollouts that plain training had spent after each step."""
    steps: dict[int, list[float]] = {}
    for line in folder.metrics:
        if line.arm == MAIN:
            steps.setdefault(line.step, []).append(line.length * line.rollouts)
    total, spent = 0.0, []
    for step in sorted(steps):
        total += sum(steps[step]) / len(steps[step])
        spent.append(total)
    return spent


def table(out: Path) -> dict[str, Any]:
    """Return every figure of the write-up."""
    found = done_methods(out)
    plain = next(one for one in found if one.name == PLAIN)
    base = RunFolder.open(folder_of(out, PLAIN)).evaluations
    rows: dict[str, dict[str, Any]] = {one.name: {"work": one.work} for one in found}
    for reading in READINGS:
        before = list(base[reading].get(BEFORE, ()))
        tests: list[tuple[str, float]] = []
        for one in found:
            own = one.evaluations[reading]
            if not own:
                continue
            trained = bool(one.tokens)
            lift = compare(before, own, across_protocols=True).overall
            row: dict[str, Any] = {"accuracy": lift.after, "lift": _shown(lift)}
            row["pass@k"] = {k: v["after"] for k, v in lift.pass_at.items()}
            row["tokens an answer"] = float(sum(e.table["tokens"].mean() for e in own) / len(own))
            if (spent := own[0].info.get("tokens_spent_each")) is not None:
                row["tokens spent an answer"] = spent
            if one is not plain:
                # A way of sampling is set beside the trained model decoded greedily too.
                lead = compare(
                    list(plain.evaluations[reading]), own,
                    across_protocols=True, both_trained=trained,
                ).overall  # fmt: skip
                row["over plain"] = _shown(lead)
                tests.append((one.name, lead.p_value))
                if not trained and plain.evaluations[GREEDY]:
                    greedy = compare(
                        list(plain.evaluations[GREEDY]), own, across_protocols=True
                    ).overall
                    row["over plain, decoded greedily"] = _shown(greedy)
            rows[one.name][reading] = row
        for (name, _), corrected in zip(tests, holm([p for _, p in tests]), strict=True):
            lead = rows[name][reading]["over plain"]
            lead["p, Holm"] = round(corrected, 4)
            lead["beats plain"] = bool(corrected < 0.05 and lead["points"] > 0)
    for one in found:
        if one.tokens:
            rows[one.name]["training tokens"] = round(sum(one.tokens) / len(one.tokens))
    _at_equal_tokens(out, found, rows)
    return {"seeds": SEEDS, "items": _items(plain), "methods": rows}


def _at_equal_tokens(out: Path, found: Sequence[Done], rows: dict[str, dict[str, Any]]) -> None:
    """Set every trained method beside plain training that had spent as many tokens."""
    place = folder_of(out, LONG)
    if not (place / RESULT).exists():
        return
    folder = RunFolder.open(place)
    spent = spent_by_step(folder)
    curves = [dict(folder.curve(MAIN, seed)) for seed in SEEDS]
    last = list(folder.evaluations[GREEDY][MAIN])
    tests: list[tuple[str, float]] = []
    for one in found:
        own = one.evaluations[GREEDY]
        if not one.tokens or not own or one.name in (PLAIN, LONG):
            continue
        tokens = sum(one.tokens) / len(one.tokens)
        points = [step for step in sorted(curves[0]) if spent[step - 1] >= tokens]
        step = points[0] if points else len(spent)
        same = [curve[step] for curve in curves] if points else last
        lead = compare(same, own, across_protocols=True, both_trained=True).overall
        rows[one.name]["at equal tokens"] = {"plain step": step, **_shown(lead)}
        tests.append((one.name, lead.p_value))
    for (name, _), corrected in zip(tests, holm([p for _, p in tests]), strict=True):
        lead = rows[name]["at equal tokens"]
        lead["p, Holm"] = round(corrected, 4)
        lead["beats plain"] = bool(corrected < 0.05 and lead["points"] > 0)


def _shown(effect: Any) -> dict[str, Any]:
    return {
        "points": round(100 * effect.lift, 1),
        "interval": [round(100 * effect.ci_low, 1), round(100 * effect.ci_high, 1)],
        "p": round(float(effect.p_value), 4),
    }


def _items(plain: Done) -> int:
    own = plain.evaluations[GREEDY] or plain.evaluations[SAMPLED]
    return int(own[0].table["item"].nunique())


def main() -> None:
    """Run or resume the study, or print what there is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("runs/neighbours"))
    parser.add_argument("--items", type=int, default=60, help="items of each domain")
    parser.add_argument("--only", help="names of methods, with commas")
    parser.add_argument("--table", action="store_true", help="run nothing")
    options = parser.parse_args()
    if options.table:
        print(json.dumps(finite(table(options.out)), indent=1))
        return
    options.out.mkdir(parents=True, exist_ok=True)
    pool = probed_pool(options.out)
    named = {one.name: one for one in METHODS}
    for name in options.only.split(",") if options.only else named:
        carried_out(named[name], options.out, options.items, pool)


if __name__ == "__main__":
    main()
