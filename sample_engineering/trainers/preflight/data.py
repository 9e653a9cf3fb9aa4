"""Gold answers: what cannot be read cannot be graded."""

from collections.abc import Iterator

from sample_engineering.errors import SampleEngineeringError
from sample_engineering.trainers.hybrid import sample_golds
from sample_engineering.trainers.preflight.case import Case
from sample_engineering.trainers.preflight.outcome import Finding, ok, refuse


def golds(case: Case) -> Iterator[Finding]:
    """The golds of the sample, of the controls' samples, and of the benchmark."""
    plan = case.plan
    if plan is None:
        return
    seen = set()
    for arm in plan.arms:
        for sample in arm.samples:
            if sample.id in seen:
                continue
            seen.add(sample.id)
            try:
                sample_golds([sample], plan.recipe)
            except SampleEngineeringError as error:
                yield refuse(f"{arm.name} {sample.id}: {error}", "")
    try:
        _ = plan.benchmark.golds
    except SampleEngineeringError as error:
        yield refuse(str(error), "")
    yield ok(f"{len(seen) + len(plan.benchmark)} can be read")
