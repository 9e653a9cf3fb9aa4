"""How a run was made, so that it can be made again: command, seeds, versions, machine, date."""

from collections.abc import Mapping

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.parts import command_block, definitions, section
from sample_engineering.report.readiness import duration
from sample_engineering.report.run import Run
from sample_engineering.runs.config import RunConfig

_DIGITS = 12  # of a hash that is shown; config.json has all


def origin_section(run: Run) -> Markup | None:
    """What one needs to repeat the run; None where its ``config.json`` cannot be read."""
    config = run.folder.config
    if config is None:
        return None
    command = (
        [command_block(config.command)]
        if config.command
        else [
            tag(
                "p",
                "No command was kept: this run was started from a program, or by an older version. "
                "config.json, below, holds all of its settings.",
            )
        ]
    )
    return section(
        "Repeat it", command, definitions(_entries(run, config)), id="repeat"
    )  # fmt: skip


def _entries(run: Run, config: RunConfig) -> list[tuple[str, object]]:
    status, result = run.folder.status, run.folder.result
    trained = sum(one.seconds for one in run.findings.trainings)
    known = {
        "date": f"{status.state} {status.time.replace('T', ' ')}" if status else "",
        "time": ", ".join(
            part
            for part in (
                f"trainings {duration(trained)}" if trained else "",
                f"the last call of the command {duration(result.seconds)}" if result else "",
            )
            if part
        ),
        "seeds": f"training {', '.join(map(str, config.seeds))}; evaluation "
        f"{config.evaluation.seed}",
        "machine": _listed(config.machine),
        "versions": _listed(config.versions),
        "repository": ""
        if config.git is None
        else f"commit {config.git.commit[:_DIGITS]}, {config.git.changed_files} files changed",
        "SHA-256": _listed(
            {
                name: digest[:_DIGITS]
                for name in ("sample", "benchmark", "model")
                if (digest := getattr(config.hashes, name))
            }
        ),
    }
    return [(name, foreign(text, 1000)) for name, text in known.items()]


def _listed(entries: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in entries.items())
