"""A sweep as jobs of Slurm: the base model, an array of trainings, and their joining."""

import shlex
import sys
from pathlib import Path

from sample_engineering.errors import ConfigError
from sample_engineering.files import write_whole
from sample_engineering.foreign_code import PARAMETER
from sample_engineering.storage import refuse_shared
from sample_engineering.sweep.folder import SweepFolder
from sample_engineering.sweep.plan import SweepPlan
from sample_engineering.sweep.result import PAGE
from sample_engineering.text import count_of

SUBMIT = "submit.sh"
_LARGEST = 1 << 16  # bytes of a template


def write_scripts(plan: SweepPlan, template: Path, *, at_once: int | None = None) -> Path:
    """Write the scripts of a sweep into its folder, which is made; nothing is submitted.

    Parameters
    ----------
    plan : SweepPlan
    template : Path
        A job script up to its commands: ``#!``, ``#SBATCH`` lines (partition, GPUs, time), and what
        sets the environment up. Name, array, output and dependencies are added.
    at_once : int, optional
        Trainings that run at the same time, at most.

    Returns
    -------
    Path
        The script that submits all, to be run where ``sbatch`` is.

    Raises
    ------
    ConfigError
        If the template cannot be used, or halving is asked for, which an array cannot do, or the
        folder lies in an object store.
    """
    if plan.halving:
        raise ConfigError(
            "`halving` would be ignored: an array of jobs does not wait for the answers of others; "
            "leave it out, or use `ray` on the cluster"
        )
    refuse_shared(plan.out, "slurm")
    head = read_template(template)
    SweepFolder.create(plan).close()
    place = plan.out.resolve() / "slurm"
    place.mkdir()
    se = f"{shlex.quote(sys.executable)} -m sample_engineering sweep"
    again = f"{se} --resume {shlex.quote(str(plan.out.resolve()))}"
    if plan.named_code:  # who writes the scripts said so
        again += f" --{PARAMETER.replace('_', '-')}"
    number = len(plan.all_pieces) - 1
    bodies = {
        "base.sh": f"{again} --task 0",
        "trainings.sh": f'{again} --task "${{SLURM_ARRAY_TASK_ID:?is set by sbatch --array}}"',
        "join.sh": again,  # does what failed once more, and writes the result
    }
    for name, body in bodies.items():
        _write(place / name, f"{head}\n{body}\n")
    limit = "" if at_once is None else f"%{at_once}"
    out = shlex.quote(str(place))
    lines = [
        "#!/bin/bash",
        "set -euo pipefail",
        f"cd {out}",
        "base=$(sbatch --parsable --job-name=sweep-base --output=base-%j.log base.sh)",
        "all=$(sbatch --parsable --job-name=sweep --output=training-%A_%a.log"
        f' --dependency="afterok:${{base%%;*}}" --array=1-{number}{limit} trainings.sh)',
        "join=$(sbatch --parsable --job-name=sweep-join --output=join-%j.log"
        ' --dependency="afterany:${all%%;*}" join.sh)',
        f'echo "submitted: the base model (${{base%%;*}}), {count_of(number, "training")}'
        ' (${all%%;*}), their joining (${join%%;*}); logs lie here: $PWD"',
        f'echo "then: {PAGE} and sweep.json in $(dirname "$PWD")"',
    ]
    _write(place / SUBMIT, "\n".join(lines) + "\n")
    return place / SUBMIT


def read_template(template: Path) -> str:
    """Return the head of the job scripts; ConfigError if the template cannot be used."""
    try:
        if template.stat().st_size > _LARGEST:
            raise ConfigError(f"`slurm` {template} is no job script: it is larger than 64 KiB")
        text = template.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigError(f"`slurm` {template} cannot be read: {reason}") from error
    if not text.startswith("#!"):
        raise ConfigError(
            f"`slurm` {template} is no job script: its first line must begin with #!, such as "
            "#!/bin/bash"
        )
    for taken in ("--array", "--dependency"):
        if any(line.startswith("#SBATCH") and taken in line for line in text.splitlines()):
            raise ConfigError(
                f"`slurm` {template} sets {taken}, which the sweep does; leave it out"
            )
    return text.rstrip("\n")


def _write(path: Path, text: str) -> None:
    with write_whole(path) as stream:
        stream.write(text)
    path.chmod(0o755)
