"""The tables of a result that go into a paper, whatever the result is of."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.report.paper import PaperTable, of_terminal, table_of
from sample_engineering.selectors.table import short, shown

if TYPE_CHECKING:
    from sample_engineering.audit import Audit
    from sample_engineering.evaluation import Comparison, Evaluation
    from sample_engineering.probing import Probe
    from sample_engineering.report import Run
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.selectors import Ranking
    from sample_engineering.selectors.predicting import SelectorEvaluation

_TOP = 20  # rows of a ranking, a probe or an audit: more does not fit a page
_PROBLEM = 60  # characters of a problem
_ALL_ABREAST = 1000  # domains in a table: paper has room where a terminal has none


def paper_tables(result: Any, top: int | None = None) -> tuple[list[PaperTable], list[str]]:
    """Return the tables of a result, and what holds for them in words.

    Parameters
    ----------
    result
        See `sample_engineering.api.showing.paper_table`.
    top : int, optional
        Rows at most; default: 20 of a ranking, a probe or an audit, else all.

    Raises
    ------
    ConfigError
        If the result has no such table, or `top` means nothing to it.
    """
    from sample_engineering.audit.findings import Audit
    from sample_engineering.evaluation import Comparison, Evaluation
    from sample_engineering.probing import Probe
    from sample_engineering.report import Run
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared
    from sample_engineering.selectors import Ranking
    from sample_engineering.selectors.predicting import SelectorEvaluation
    from sample_engineering.trainers.result import ValidationResult

    if isinstance(result, Ranking):
        return _ranking(result, top or _TOP)
    if isinstance(result, Probe):
        return _probe(result, top or _TOP)
    if isinstance(result, Audit):
        return _audit(result, top or _TOP)
    if isinstance(result, Leaderboard):
        return _leaderboard(result, top)
    if top is not None:
        raise ConfigError(
            "`top` is for a ranking, a probe, an audit or a leaderboard; leave it out"
        )
    if isinstance(result, SelectorEvaluation):
        return _predictions(result)
    if isinstance(result, RunsCompared):
        return _compared(result)
    if isinstance(result, ValidationResult):
        return _run(Run.open(result.folder))
    if isinstance(result, Run):
        return _run(result)
    if isinstance(result, Evaluation):
        return _evaluation(result)
    if isinstance(result, Comparison):
        return _lift(result, "Lift in percentage points"), []
    kind = type(result).__name__
    raise ConfigError(f"a {kind} has no table for a paper; give what rank, probe, audit, evaluate, "
                      "compare, leaderboard, validate or open_run returned")  # fmt: skip


def _ranking(ranking: "Ranking", top: int) -> tuple[list[PaperTable], list[str]]:
    from sample_engineering.pool.names import value_at
    from sample_engineering.selectors.headed import headings

    first = ranking.top(top)
    named = headings(first)
    rows = [
        (
            first.columns["rank"][place],
            sample.id,
            *(
                shown(first.columns[name][place] if name in first.columns
                      else value_at(sample.extra, name))
                for name in named
            ),
            first.columns["tier"][place],
            short(sample.problem, _PROBLEM),
        )
        for place, sample in enumerate(first)
    ]  # fmt: skip
    heads = [("rank", True), ("id", False), *((name, True) for name in named.values())]
    caption = f"{len(first):,} of {ranking.total:,} candidates by {ranking.sorted_by}"
    table = table_of(caption, [*heads, ("tier", False), ("problem", False)], rows)
    return [table], list(ranking.notes)


def _predictions(found: "SelectorEvaluation") -> tuple[list[PaperTable], list[str]]:
    rows = [
        (
            ", ".join((one.selector, *one.same_order)),
            one.tier,
            one.n,
            f"{one.rho:+.2f}",
            f"{one.low:+.2f} to {one.high:+.2f}",
            f"{one.p_value:.3f}",
            f"{one.p_holm:.3f}",
        )
        for one in found
    ]
    figures = ("n", "rho", "95 % interval", "p", "Holm's p")
    heads = [("selector", False), ("tier", False), *((name, True) for name in figures)]
    caption = f"Spearman's correlation of selectors with {found.column} of {found.outcomes}"
    return [table_of(caption, heads, rows)], list(found.lines)


def _probe(probe: "Probe", top: int) -> tuple[list[PaperTable], list[str]]:
    known = [record for record in probe if record.n]
    best = sorted(known, key=lambda record: -(record.learnability or 0.0))[:top]
    rows = [
        (
            record.id,
            f"{record.correct}/{record.n}",
            _percent(record.pass_rate),
            f"{_percent(record.pass_rate_low)} to {_percent(record.pass_rate_high)}",
            shown(record.learnability),
            _percent(record.dead_group_chance),
            _percent(record.forced_pass_rate),
        )
        for record in best
    ]
    names = ("right", "pass rate %", "90 % interval", "p(1-p)", "dead groups %", "forced %")
    table = table_of(
        f"{len(rows):,} of {len(known):,} candidates by learnability for {probe.model}",
        [("id", False), *((name, True) for name in names)],
        rows,
    )
    return [table], [probe.account(), f"asked with {probe.protocol}", *probe.notes]


def _audit(audit: "Audit", top: int) -> tuple[list[PaperTable], list[str]]:
    from sample_engineering.audit.findings import SEVERITIES

    counts = table_of(
        audit.summary(),
        [("check", False), *((severity, True) for severity in SEVERITIES)],
        [(check, *found.values()) for check, found in audit.counts().items()],
    )
    rows = [
        (item.severity, item.check, item.sample or "(the pool)", item.message)
        for item in audit.findings[:top]
    ]
    heads = [(name, False) for name in ("severity", "check", "sample", "finding")]
    findings = table_of(f"{len(rows):,} of {len(audit):,} findings, worst first", heads, rows)
    return [counts, findings], list(audit.notes)


def _leaderboard(board: "Leaderboard", top: int | None) -> tuple[list[PaperTable], list[str]]:
    from sample_engineering.report.terminal import domains_table, leaderboard_table

    tables: list[PaperTable] = []
    for condition, frame in board.tables.items():
        first = frame if top is None else frame.head(top)
        title = f"{len(first):,} of {len(frame):,} samples by lift in percentage points: "
        tables += of_terminal(leaderboard_table(first, title + str(condition)))
        tables += _all_of(domains_table(first, "sample", abreast=_ALL_ABREAST))
    return tables, board.notes


def _compared(found: "RunsCompared") -> tuple[list[PaperTable], list[str]]:
    from sample_engineering.report.terminal import differences_table, domains_table, runs_table

    tables = of_terminal(runs_table(found.runs))
    tables += _all_of(domains_table(found.runs, "run", "reading", abreast=_ALL_ABREAST))
    if not found.differences.empty:
        tables += of_terminal(differences_table(found.differences))
    return tables, found.notes


def _run(run: "Run") -> tuple[list[PaperTable], list[str]]:
    tables = [
        table
        for reading, lift in run.lifts.items()
        for table in _lift(lift, f"{run.sample_id}: {reading} lift in percentage points")
    ]
    return tables, [run.verdict.headline, *run.verdict.reasons, *run.problems]


def _evaluation(evaluation: "Evaluation") -> tuple[list[PaperTable], list[str]]:
    from sample_engineering.report.terminal import summary_table

    title = f"{evaluation.info['model']} on {evaluation.info['benchmark']}"
    tables = of_terminal(summary_table(evaluation.summary(), title))
    return tables, list(evaluation.info.get("notes", ()))


def _lift(lift: "Comparison", caption: str) -> list[PaperTable]:
    from sample_engineering.report.terminal import lift_table

    return of_terminal(lift_table(lift, caption))


def _all_of(renderable: Any) -> list[PaperTable]:
    return [] if renderable is None else of_terminal(renderable)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f}"


def text_of(result: Any, format: str, *, top: int | None = None, also: Sequence[Any] = ()) -> str:
    """Return the tables of results as one text.

    Parameters
    ----------
    result
        See `paper_tables`.
    format : {"markdown", "latex"}
    top : int, optional
        Rows at most.
    also : sequence
        Further results, below.
    """
    from sample_engineering.report.paper import written

    tables, notes = paper_tables(result, top)
    for other in also:
        more: Iterable[PaperTable]
        more, said = paper_tables(other)
        tables, notes = [*tables, *more], [*notes, *said]
    return written(tables, format, notes)
