"""Run folders: one, several compared, all ranked."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sample_engineering.api.given import PathLike, ignored
from sample_engineering.api.showing import page_for
from sample_engineering.api.typed import typed

if TYPE_CHECKING:
    from sample_engineering.report import Run
    from sample_engineering.report.leaderboard import Leaderboard
    from sample_engineering.report.ranking import RunsCompared


@typed
def open_run(folder: PathLike) -> "Run":
    """Read a run folder, whole or damaged.

    Returns
    -------
    Run
        Shows itself as a table; what could not be read is in ``problems``.

    Raises
    ------
    RunError
        If there is no such folder, or nothing in it is part of a run.
    """
    from sample_engineering.report import Run

    return Run.open(folder)


@typed
def report(
    run: "Run | PathLike",
    *,
    out: PathLike | None = None,
    figures: PathLike | None = None,
    page: bool = True,
) -> "tuple[Run, list[Path]]":
    """Write the report of a run.

    Parameters
    ----------
    run : Run or path-like
        The run folder.
    out : path-like, optional
        Where the page shall lie; None: ``report.html`` in the folder.
    figures : path-like, optional
        Folder for figures as SVG and PNG.
    page : bool
        Whether to write the page.

    Returns
    -------
    run : Run
    written : list of Path
        What was written.

    Raises
    ------
    ConfigError
        If `out` would be ignored, or there is nothing to draw.
    RunError
        If the folder is none, or a file cannot be written.
    """
    from sample_engineering.report import Run, write_report

    if not page:
        ignored({"out": out}, "no `page` is written")
    opened = run if isinstance(run, Run) else Run.open(run)
    written: list[Path] = []
    if figures is not None:
        from sample_engineering.report.figures import write_figures

        written += write_figures(opened, figures)
    if page:
        written.append(write_report(opened, out))
    return opened, written


@typed
def compare(
    runs: Sequence[PathLike],
    *,
    arms: str | Sequence[str] | None = None,
    baseline: str | None = None,
    report: PathLike | None = None,
) -> "RunsCompared":
    """Compare the lifts of several run folders in each reading, paired where their items agree.

    Runs on another benchmark, with other steps, or trained or asked otherwise are not compared.

    Parameters
    ----------
    runs : sequence of path-like
        Two run folders or more; with `arms` one is enough.
    arms : str or sequence of str, optional
        Which arms of the folders stand beside each other: ``all``, or names; by default the trained
        model of each folder. An arm is called by its folder and its name.
    baseline : str, optional
        The name of one of them, as the table has it: every other is compared with it, and p-values
        are corrected for as many. By default all pairs, or of many the best.
    report : path-like, optional
        Write a page here, with lifts and differences drawn: one .html file.

    Returns
    -------
    RunsCompared
        Shows itself as tables: the lifts, and the difference of each pair.

    Raises
    ------
    ConfigError
        If there are fewer than two to compare, or no such arm.
    RunError
        If one of them is no run folder.
    """
    from sample_engineering.report.ranking import compare_runs

    page = page_for(report)
    return page.of(compare_runs(runs, arms=arms, baseline=baseline))


@typed
def leaderboard(
    folder: PathLike,
    *,
    report: PathLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> "Leaderboard":
    """Rank the samples of all run folders below `folder` by lift, with its uncertainty.

    Parameters
    ----------
    folder : path-like
    report : path-like, optional
        Write a page here, with the tables drawn and all samples: one .html file.
    progress : callable, optional
        Called with the number of runs read since the last call, and that of all.

    Returns
    -------
    Leaderboard
        Shows itself as tables, one for each base model, benchmark, protocol, number of steps and
        reading. A training run is counted once, however many copies there are.

    Raises
    ------
    RunError
        If there is no such folder or no run in it.
    """
    from sample_engineering.report.leaderboard import leaderboard as rank_runs

    page = page_for(report)
    return page.of(rank_runs(folder, progress))
