"""Job 3: the microcosm's `large` base model, built and validated.

    python benchmarks/gpu/03_large.py [--tiny] [--minutes 25]

The build keeps its weights every so often, so that a run that was cut short has something to
validate; the result then says how many steps were taken.
"""

import json

from bare import Job, Skipped, prepare

SAVE_EVERY = 500  # steps
VALIDATION_SECONDS = 240.0  # kept back for the validation


def build(job: Job) -> dict[str, object]:
    """Pretrain until all steps are taken, or the time for it is over."""
    from sample_engineering.microcosm.pretraining import build as pretrain

    folder = job.at / "models" / "microcosm-large"
    last: dict[str, object] = {}

    class Enough(Exception):
        pass

    def progress(step: int, steps: int, loss: float) -> None:
        last.update(step=step, steps=steps, loss=round(loss, 4))
        if job.left < VALIDATION_SECONDS and step % SAVE_EVERY == 1 and step > 1:
            raise Enough

    size, steps = ("small", 12) if job.tiny else ("large", None)
    try:
        pretrain(
            folder, size=size, steps=steps, device=job.device, progress=progress,
            save_every=6 if job.tiny else SAVE_EVERY,
        )  # fmt: skip
    except Enough:
        last["cut_short"] = True
    return {"folder": str(folder), **last}


def validate(job: Job) -> dict[str, object]:
    """Validate the shipped sample on it, as `se validate --quick` does with the shipped model."""
    few = ("--steps", 2, "--per-domain", 2, "--rollouts", 1) if job.tiny else ()
    printed = job.se(
        *("validate", "--model", job.at / "models" / "microcosm-large", "--recipe", "microcosm"),
        *("--quick", "--out", job.at / "runs" / "large", "--format", "json"),
        *few,
    )
    return dict(json.loads(printed))


def main() -> None:
    """Build and validate."""
    job, _ = prepare("03_large", __doc__, 25)
    for part, least in ((build, 0.0), (validate, 0.0 if job.tiny else 60.0)):
        try:
            with job.part(part.__name__, least=least) as found:
                found |= part(job)
        except Skipped:
            break
    job.tell("end", left_seconds=round(job.left))


if __name__ == "__main__":
    main()
