"""A run as tables and pages see it: its folder, and what its evaluations show."""

import os
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING

from sample_engineering import notebook
from sample_engineering.errors import RunError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation.compare import Comparison
from sample_engineering.evaluation.curve import Steps
from sample_engineering.evaluation.intervals import DEFAULT_RESAMPLES
from sample_engineering.evaluation.verdict import Verdict
from sample_engineering.runs import RunFolder
from sample_engineering.runs.findings import Findings
from sample_engineering.runs.format import BEFORE, MAIN
from sample_engineering.runs.notebook import findings_html, plot_findings
from sample_engineering.runs.questions import Question, questions
from sample_engineering.runs.reading import SEED_KEY
from sample_engineering.runs.rows import MetricsLine
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

THIS = "this sample"  # what tables call the arm under validation


def _curves(folder: RunFolder) -> dict[int, Steps]:
    """Return the evaluations along the training runs on the sample, as far as they can be read."""
    seeds = () if folder.config is None else folder.config.seeds
    found: dict[int, Steps] = {}
    for seed in seeds:
        try:
            found[seed] = folder.curve(MAIN, seed)
        except RunError as error:
            folder.note(f"the curve of seed {seed} cannot be read: {error}")
    return found


class Run:
    """A run folder, whole, partial or damaged, and what it shows.

    Everything is computed anew from the evaluations in the folder; what the run itself concluded
    stands in ``folder.result``.

    Parameters
    ----------
    folder : RunFolder
        As `RunFolder.open` gave it.
    resamples : int
        Of the bootstrap behind every interval.
    """

    def __init__(self, folder: RunFolder, *, resamples: int = DEFAULT_RESAMPLES) -> None:
        self.folder = folder
        self.findings = Findings(
            folder.evaluations,
            trained=folder.trained,
            cause=None if folder.result is None else folder.result.cause,
            message=None if folder.status is None else folder.status.message,
            trainings=() if folder.result is None else folder.result.trainings,
            curves=_curves(folder),
            resamples=resamples,
        )

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, resamples: int = DEFAULT_RESAMPLES) -> "Run":
        """Read a run folder.

        Raises
        ------
        RunError
            If there is no such folder, or nothing in it is part of a run.
        """
        return cls(RunFolder.open(path), resamples=resamples)

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.path.resolve().name

    @property
    def sample(self) -> Sample | None:
        """The sample that is validated; None where it was not kept."""
        return None if self.folder.config is None else self.folder.config.sample

    @property
    def sample_id(self) -> str:
        """Id of that sample, or the folder's name where it is not known."""
        if self.folder.result is not None and self.folder.result.sample_id:
            return self.folder.result.sample_id
        return self.name if self.sample is None else self.sample.id

    @property
    def model(self) -> str | None:
        """Name of the base model, where it is known."""
        for holder in (self.folder.result, self.folder.config):
            if holder is not None and holder.model:
                return holder.model
        return None

    @property
    def model_name(self) -> str | None:
        """The base model's name; of a folder its last two parts: where it lies is not shown."""
        return None if self.model is None else "/".join(PurePath(self.model).parts[-2:])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the run itself warned of."""
        return () if self.folder.result is None else self.folder.result.warnings

    @property
    def problems(self) -> list[str]:
        """What is missing or damaged, and what could not be computed so far."""
        return [*self.folder.problems, *self.findings.notes]

    @property
    def training_runs(self) -> list[tuple[str, int, list[MetricsLine]]]:
        """Metrics by arm and seed, the sample's first under the name ``this sample``."""
        runs: dict[tuple[str, int], list[MetricsLine]] = {}
        for line in self.folder.metrics:
            runs.setdefault((line.arm, line.seed), []).append(line)
        named = [
            (THIS if arm == MAIN else arm, seed, sorted(lines, key=lambda line: line.step))
            for (arm, seed), lines in runs.items()
        ]
        return sorted(named, key=lambda run: run[0] != THIS)

    @property
    def reading(self) -> str:
        """The reading of headline, `lift` and `evaluations`: greedy where there is one."""
        return self.findings.reading

    @property
    def evaluations(self) -> dict[str, list[Evaluation]]:
        """Evaluations of the headline's reading, by arm."""
        return self.findings.evaluations[self.reading]

    @property
    def lift(self) -> Comparison | None:
        """Base model against the trained model in `reading`; None where either is missing."""
        return self.findings.lift

    @property
    def lifts(self) -> dict[str, Comparison]:
        """Base model against the trained model, by reading."""
        return self.findings.lifts

    @property
    def contrasts(self) -> dict[str, Comparison]:
        """Each control arm against the trained model, in `reading`."""
        return Findings.of_reading(self.findings.contrasts, self.reading)

    @property
    def untrained(self) -> list[str]:
        """Arms that need no training, such as a solved example in the prompt."""
        return self.findings.untrained

    @cached_property
    def questions(self) -> list[Question]:
        """What the run was asked to show, and whether it did; empty where there is no lift."""
        return questions(self.findings)

    def seed_lifts(self, reading: str) -> dict[int, float]:
        """Return the lift of each training run on the sample, by its seed.

        Parameters
        ----------
        reading : str
        """
        arms = self.findings.evaluations[reading]
        if BEFORE not in arms or reading not in self.lifts:
            return {}
        base = arms[BEFORE][0].accuracy
        return {
            int(one.info.get(SEED_KEY, number)): one.accuracy - base
            for number, one in enumerate(arms[MAIN])
        }

    @property
    def behaviour(self) -> "pd.DataFrame | None":
        """How completions are written, before and after; None where either is missing."""
        return self.findings.behaviour

    @property
    def verdict(self) -> Verdict:
        """What all of it comes to, in words."""
        return self.findings.verdict

    def to_pandas(self) -> "pd.DataFrame":
        """The lift, one row a domain and one overall; empty where there is none."""
        import pandas as pd

        return pd.DataFrame() if self.lift is None else self.lift.to_frame()

    def __repr__(self) -> str:
        return f"Run({self.folder.path}: {self.verdict.headline})"

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Draw the lift by domain and reading, with its 95 % interval; return the axes.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            None makes a figure.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        RunError
            If there is no lift.
        """
        return plot_findings(self.findings, ax)

    def _repr_html_(self) -> str:
        title = notebook.heading(self.sample_id, f"run {self.folder.path.name}")
        return f"{title}{findings_html(self.findings)}"
