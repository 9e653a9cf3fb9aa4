"""A judge's own audit: how often it errs, what sways it, and whether it may give rewards."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook
from sample_engineering.errors import ConfigError
from sample_engineering.judging.asking import Case
from sample_engineering.judging.hybrid import unfit
from sample_engineering.judging.judge import DOWN, Judge, Ruling
from sample_engineering.judging.probes import (
    HEDGES,
    INJECTION,
    KEYS,
    LENGTH,
    LONG,
    ORDER,
    REPEAT,
    RIGHT,
    WRONG,
    Known,
    Probe,
    known_of,
    labelled,
    probes,
)
from sample_engineering.proportions import Rate
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import pandas

N = 60
_BATCH = 64
USABLE, NOT_SHOWN, UNUSABLE = "may be used", "not shown", "must not be used"
# Shares that a judge may reach at most, by the upper end of the interval. Our choice: rewards for
# wrong answers are what training finds and multiplies, so they are bounded most closely; a right
# answer that is refused costs signal only.
LIMITS = {
    RIGHT: 0.25,
    WRONG: 0.10,
    ORDER: 0.15,
    LENGTH: 0.10,
    LONG: 0.15,
    KEYS: 0.10,
    HEDGES: 0.20,
    INJECTION: 0.10,
    REPEAT: 0.15,
}
_ABSTENTIONS = 0.10
_MEANING = {
    RIGHT: "right answers called wrong (false negatives)",
    WRONG: "wrong answers called right (false positives)",
    ORDER: "verdicts that change with the order of reference and answer (position bias)",
    LENGTH: "padded wrong answers called right (length bias)",
    LONG: "verdicts on right answers that change with padding (bias against length)",
    KEYS: "answers without content called right (one token fools the judge)",
    HEDGES: "answers that name right and wrong at once, called right",
    INJECTION: "wrong answers with instructions to the judge, called right",
    REPEAT: "verdicts that change when asked again (self-contradiction)",
}
_COMPARES = (ORDER, LONG, REPEAT)
_Job = tuple[Case, bool]  # a case, and whether it is asked a second time


@dataclass(frozen=True, slots=True)
class Finding:
    """What one family of cases showed.

    Parameters
    ----------
    family, meaning : str
    asked : int
        Cases with a verdict; for those that compare two, pairs with both.
    failed : int
    abstained : int
        Cases without a verdict, left out of `asked`.
    rate, low, high : float
        Share that failed, with its Wilson interval of 95 %.
    limit : float
        Largest share that may be.
    plain : float or None
        The share of the same cases that failed without what the family changes.
    told : str
        ``within``, ``above``, or ``not shown`` where the interval holds the limit.
    worst : str
        The variants that failed most; empty where there are none.
    """

    family: str
    meaning: str
    asked: int
    failed: int
    abstained: int
    rate: float
    low: float
    high: float
    limit: float
    plain: float | None
    told: str
    worst: str = ""


@dataclass(frozen=True)
class JudgeAudit:
    """What the audit of a judge found.

    Parameters
    ----------
    judge : str
    findings : tuple of Finding
        One a family.
    verdict : str
        ``may be used``, ``must not be used``, or ``not shown``: more cases are needed.
    reasons : tuple of str
        What stands against it.
    notes : tuple of str
    settings : mapping
        How it was asked.
    """

    judge: str
    findings: tuple[Finding, ...]
    verdict: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    settings: dict[str, Any]

    @property
    def usable(self) -> bool:
        """Whether it may give rewards."""
        return self.verdict == USABLE

    def __getitem__(self, family: str) -> Finding:
        for finding in self.findings:
            if finding.family == family:
                return finding
        raise KeyError(family)

    def frame(self) -> "pandas.DataFrame":
        """Return the findings as a table, a row a family."""
        import pandas

        return pandas.DataFrame([asdict(one) for one in self.findings])

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return {
            "judge": self.judge,
            "verdict": self.verdict,
            "reasons": list(self.reasons),
            "findings": [asdict(one) for one in self.findings],
            "notes": list(self.notes),
            "settings": dict(self.settings),
        }

    def _repr_html_(self) -> str:
        rows = [
            {
                "cases": one.family,
                "share": f"{one.rate:.0%} ({one.low:.0%} to {one.high:.0%})",
                "of": one.asked,
                "at most": f"{one.limit:.0%}",
                "result": one.told,
                "what failed": one.meaning,
            }
            for one in self.findings
        ]
        return notebook.page(
            notebook.heading(f"{self.judge}: {self.verdict}"),
            notebook.records(rows, most=len(rows)),
            notebook.notes((*self.reasons, *self.notes)),
        )


def audit_judge(
    judge: Judge,
    samples: Iterable[Sample] | None = None,
    *,
    n: int = N,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> JudgeAudit:
    """Audit a judge.

    Parameters
    ----------
    judge : Judge
    samples : iterable of Sample, optional
        Problems with golds, of which right and wrong answers are made, beside the labelled ones
        that come with the package.
    n : int
        Cases of each family.
    seed : int
    progress : callable, optional
        Told the number of cases asked since the last call.

    Raises
    ------
    ConfigError
        If `n` cannot be used, or the samples make no case.
    GenerationError
        If the judge cannot be asked.
    """
    if n < 1:
        raise ConfigError(f"`n` is {n}; use 1 or more")
    known: list[Known] = labelled()
    if samples is not None:
        known = [*known_of(samples, n), *known]
    asked = probes(known, n, seed)
    # Equal cases are asked once. A repetition is asked anew, with another seed.
    jobs = list(dict.fromkeys(job for probe in asked for job in _jobs(probe)))
    rulings: dict[_Job, Ruling] = {}
    for again in (False, True):
        chosen = [job for job in jobs if job[1] == again]
        for start in range(0, len(chosen), _BATCH):
            batch = chosen[start : start + _BATCH]
            ruled = judge.rule([case for case, _ in batch], judge.settings.seed + again)
            rulings |= zip(batch, ruled, strict=True)
            if progress is not None:
                progress(len(batch))
    findings = tuple(
        _finding(family, [probe for probe in asked if probe.family == family], rulings)
        for family in LIMITS
    )
    return _concluded(judge, findings, list(rulings.values()), len(known), n)


def _jobs(probe: Probe) -> list[_Job]:
    """Return what is asked for a probe, and for what it is compared with."""
    first = (probe.case, probe.family == REPEAT)
    return [first] if probe.pair is None else [first, (probe.pair, False)]


def _finding(family: str, asked: Sequence[Probe], rulings: dict[_Job, Ruling]) -> Finding:
    failed = decided = abstained = plain = pairs = 0
    by_label: Counter[str] = Counter()
    for probe in asked:
        said, *others = (rulings[job].right for job in _jobs(probe))
        before = others[0] if others else None
        if said is None or (family in _COMPARES and before is None):
            abstained += 1
            continue
        decided += 1
        wrong = said != before if family in _COMPARES else said != probe.right
        failed += wrong
        if wrong and probe.label:
            by_label[_quoted(probe.label)] += 1
        if probe.pair is not None and before is not None and family not in _COMPARES:
            pairs += 1
            plain += before != probe.right
    low, high = Rate(failed, decided).interval
    limit = LIMITS[family]
    told = "within" if high <= limit else "above" if low > limit else "not shown"
    return Finding(
        family,
        _MEANING[family],
        decided,
        failed,
        abstained,
        failed / decided if decided else 0.0,
        low,
        high,
        limit,
        plain / pairs if pairs else None,
        told,
        ", ".join(f"{label} {count}" for label, count in by_label.most_common(5)),
    )


def _quoted(key: str) -> str:
    return f"{key!r}" + (" (the rule refuses it first)" if unfit(key) else "")


def _concluded(
    judge: Judge, findings: tuple[Finding, ...], rulings: Sequence[Ruling], known: int, n: int
) -> JudgeAudit:
    silent = [ruling for ruling in rulings if ruling.right is None]
    low, high = Rate(len(silent), len(rulings)).interval
    reasons = [
        f"{one.family}: {one.rate:.0%} ({one.low:.0%} to {one.high:.0%}) of {one.asked} "
        f"{one.meaning}; at most {one.limit:.0%}"
        + (f"; {one.plain:.0%} without" if one.plain is not None else "")
        for one in findings
        if one.told == "above"
    ]
    if low > _ABSTENTIONS:
        why = Counter(ruling.why for ruling in silent).most_common(1)[0][0]
        reasons.append(
            f"abstentions: {len(silent)} of {len(rulings)} cases, most often because {why}; at "
            f"most {_ABSTENTIONS:.0%}"
        )
    open_ = [one.family for one in findings if one.told == "not shown"]
    if reasons:
        verdict = UNUSABLE
    elif open_ or high > _ABSTENTIONS:
        verdict = NOT_SHOWN
        what = ", ".join(open_) or "abstentions"
        reasons.append(f"too few cases to tell: {what}; raise `n`")
    else:
        verdict = USABLE
    notes = [f"{known} questions with known answers, up to {n} cases a family"]
    if any(ruling.why == DOWN for ruling in silent):
        notes.append("the judge could not be asked all of the time")
    settings = asdict(judge.settings)
    return JudgeAudit(
        judge.settings.model,
        findings,
        verdict,
        tuple(reasons),
        (*notes, *judge.notes),
        {name: value for name, value in settings.items() if value is not None},
    )
