"""One piece of a sweep, as a job of a cluster does it: any number of them at the same time."""

from dataclasses import replace

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.sweep.folder import SweepFolder
from sample_engineering.sweep.plan import THE_BASE, SweepPlan
from sample_engineering.trainers.validation import Tell, run_piece


def run_task(plan: SweepPlan, task: int, progress: Tell | None = None) -> None:
    """Do one piece of a sweep.

    Parameters
    ----------
    plan : SweepPlan
        Of a folder that is there.
    task : int
        Its number in the order of ``plan.all_pieces``: 0 is the base model.
    progress : callable, optional
        Called with what is going on.

    Raises
    ------
    ConfigError
        If there is no such piece.
    RunError
        If the base model was not evaluated yet.
    TrainingInterrupted
        After Ctrl-C or SIGTERM; what was done is saved.
    """
    pieces = plan.all_pieces
    if not 0 <= task < len(pieces):
        raise ConfigError(f"`task` must lie in 0..{len(pieces) - 1}, not {task}")
    piece, folder = pieces[task], SweepFolder(plan)
    if folder.is_done(piece):
        return
    if piece != THE_BASE and not folder.is_done(THE_BASE):
        raise RunError(f"{plan.base} has no evaluation of the base model yet; do task 0 first")
    run = folder.run_of(piece)
    own = plan.validation if piece == THE_BASE else plan.plan_of(piece.candidate)
    run_piece(replace(own, out=run, resume=True, piece=(piece.arm, piece.seed)), progress)
