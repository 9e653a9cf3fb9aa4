"""Auditing a judge: may this model give rewards?"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, ignored
from sample_engineering.api.grading import judge_opened
from sample_engineering.api.pools import candidates
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed

if TYPE_CHECKING:
    from sample_engineering.judging import Judge, JudgeAudit
    from sample_engineering.pool.sources import Candidates


@typed
def audit_judge(
    judge: "Judge | str",
    pool: "Candidates | None" = None,
    *,
    judge_options: Mapping[str, Any] | None = None,
    n: int = 60,
    seed: int = 0,
    mapping: Mapping[str, str] | None = None,
    on_error: str | None = None,
    out: PathLike | None = None,
    report: PathLike | None = None,
    progress: Callable[[int], None] | None = None,
) -> "JudgeAudit":
    """Find out how often a judge model errs, what sways it, and whether it may give rewards.

    It is asked about answers whose truth is known: right and wrong ones, the same in another order,
    padded, empty of content ("one token fools the judge", arXiv 2507.08794), hedged, with
    instructions to the judge, and once more.

    Parameters
    ----------
    judge : Judge or str
        ``MODEL@URL`` at an OpenAI-compatible server, or a local model.
    pool : path-like, several of them, table, samples or records, optional
        Problems of which right and wrong answers are made, beside those that come with the
        package.
    judge_options : mapping, optional
        How it is asked, as the reward will ask it; see `judging.JudgeSettings`.
    n : int
        Cases of each kind; below about 40 nothing can be shown.
    seed : int
        Decides which cases are taken.
    mapping : mapping of str to str, optional
        Which column of the pool is what, see `load_pool`.
    on_error : {"skip", "fail"}, optional
        What records do that cannot be read; skip by default.
    out : path-like, optional
        JSON file for the whole result.
    report : path-like, optional
        Also write a page, one .html file.
    progress : callable, optional
        Called with the number of cases asked since the last call.

    Returns
    -------
    JudgeAudit
        Shares with intervals, and a verdict.

    Raises
    ------
    ConfigError
        If an argument cannot be used, or would be ignored.
    PoolError
        If the pool cannot be read.
    GenerationError
        If the judge cannot be asked.
    """
    from sample_engineering.files import write_json
    from sample_engineering.judging import audit_judge as audited

    page = page_for(report)
    if pool is None:
        ignored({"mapping": mapping, "on_error": on_error}, "no pool is read")
    samples = (
        None if pool is None else candidates(pool, mapping=mapping, on_error=on_error or "skip")
    )
    with judge_opened(judge, judge_options) as opened:
        assert opened is not None
        found = audited(opened, samples, n=n, seed=seed, progress=progress)
    if out is not None:
        write_json(out, found.to_dict())
    return page.of(found)
