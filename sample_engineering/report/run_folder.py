r"""Reading a run folder, whole, partial or damaged.

A run folder holds

- ``config.json``: the resolved plan; ``sample`` (the trained sample as a record), ``recipe``,
  ``model``, ``seed`` and whatever else was set;
- ``metrics.jsonl``: one record a training step, with ``step`` and, where there are several,
  ``arm`` and ``seed``;
- ``rollouts.parquet``: training completions with ``step``, ``completion`` and ``reward``;
- ``eval/NAME.parquet``: evaluations. ``before`` is the base model, ``after`` the trained one;
  any other name is a control arm. Several training seeds of an arm are ``NAME-seed-N``;
- ``status.json``: ``state`` (running, finished, interrupted, failed) and ``message``;
- ``result.json``: ``sample_id, model, steps, informative_groups, trained`` and the lifts.

What cannot be read is named in `RunFolder.problems`, and everything else is shown.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import RunError, SampleEngineeringError
from sample_engineering.evaluation.behaviour import behaviour
from sample_engineering.evaluation.compare import Comparison, compare
from sample_engineering.evaluation.intervals import DEFAULT_RESAMPLES
from sample_engineering.evaluation.table import Evaluation
from sample_engineering.evaluation.verdict import Verdict, judge
from sample_engineering.report.markup import foreign, tag

if TYPE_CHECKING:
    import pandas as pd

BEFORE, AFTER = "before", "after"
# What the trained arm is called in metrics and rollouts, and how tables call it.
TRAINED_ARMS = ("sample", "after", "trained", "main")
THIS = "this sample"
PARTS = ("config.json", "metrics.jsonl", "rollouts.parquet", "eval", "result.json")
_SEED = re.compile(r"^(?P<arm>.+?)[-_.]seed[-_]?(?P<seed>\d+)$")
# A run folder is small; a file beyond this is not read into memory.
_MOST_BYTES = 2 * 1024**3


@dataclass
class RunFolder:
    """Everything that a run folder holds, and what of it could not be read.

    Parameters
    ----------
    path : Path
        The folder.
    config, result : mapping
        Empty where the file is absent.
    metrics : pandas.DataFrame
        One row a step; empty where absent.
    rollouts : pandas.DataFrame
        Training completions; empty where absent.
    evaluations : mapping from arm to list of Evaluation
        ``before``, ``after``, then the control arms by name; one evaluation a training seed.
    problems : list of str
        What is missing or damaged.
    status : mapping
        ``state`` and ``message`` of the run; empty where it left none.
    resamples : int
        Of the bootstrap behind every interval.
    """

    path: Path
    config: Mapping[str, Any]
    result: Mapping[str, Any]
    metrics: "pd.DataFrame"
    rollouts: "pd.DataFrame"
    evaluations: Mapping[str, list[Evaluation]]
    problems: list[str] = field(default_factory=list)
    status: Mapping[str, Any] = field(default_factory=dict)
    resamples: int = DEFAULT_RESAMPLES

    @classmethod
    def open(
        cls, path: str | os.PathLike[str], *, resamples: int = DEFAULT_RESAMPLES
    ) -> "RunFolder":
        """Read a run folder.

        Raises
        ------
        RunError
            If there is no such folder, or nothing in it is part of a run.
        """
        folder = Path(path)
        if not folder.is_dir():
            raise RunError(f"no run folder at {folder}; give the folder that se validate wrote")
        if not any((folder / part).exists() for part in PARTS):
            raise RunError(
                f"{folder} is no run folder (none of {', '.join(PARTS)} is in it); "
                "give the folder that se validate wrote"
            )
        problems: list[str] = []
        run = cls(
            folder,
            _read_json(folder / "config.json", problems),
            _read_json(folder / "result.json", problems),
            _read_metrics(folder / "metrics.jsonl", problems),
            _read_rollouts(folder / "rollouts.parquet", problems),
            _read_evaluations(folder / "eval", problems),
            problems,
            _read_status(folder / "status.json", problems),
            resamples,
        )
        run._note_missing_evaluations()
        return run

    def to_pandas(self) -> "pd.DataFrame":
        """The lift, one row a domain and one overall; empty where there is none."""
        import pandas as pd

        return pd.DataFrame() if self.lift is None else self.lift.to_frame()

    def __repr__(self) -> str:
        return f"RunFolder({self.path}: {self.verdict.headline})"

    def _repr_html_(self) -> str:
        table = "" if self.lift is None else self.lift._repr_html_()
        return f"{tag('p', foreign(self.sample_id, 200))}{tag('p', str(self.verdict))}{table}"

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.path.resolve().name

    @property
    def sample(self) -> Mapping[str, Any]:
        """The trained sample as a record; empty where it was not kept."""
        for holder in (self.config, self.result):
            for key in ("sample", "train_sample"):
                if isinstance(holder.get(key), Mapping):
                    return holder[key]
        return {}

    @property
    def sample_id(self) -> str:
        """Id of the trained sample, or the folder's name where it is not known."""
        known = self.result.get("sample_id") or self.sample.get("id")
        return str(known if known is not None else self.name)

    @property
    def trained(self) -> bool:
        """Whether the reward ever gave a gradient; True where nothing says otherwise."""
        if "trained" in self.result:
            return bool(self.result["trained"])
        informative = self.result.get("informative_groups")
        return informative is None or informative > 0

    @property
    def cause(self) -> str | None:
        """Why it was not trained, as the run said."""
        for key in ("cause", "untrained_cause", "not_trained_because", "dead_reason", "reason"):
            if self.result.get(key):
                return str(self.result[key])
        return None

    @property
    def model(self) -> str | None:
        """Name of the base model, where it is known."""
        for holder in (self.result, self.config):
            if holder.get("model"):
                return str(holder["model"])
        return None

    @property
    def warnings(self) -> list[str]:
        """What the run itself warned of."""
        found = self.result.get("warnings")
        return [str(text) for text in found] if isinstance(found, list) else []

    @property
    def training_runs(self) -> list[tuple[str, Any, "pd.DataFrame"]]:
        """Metrics by arm and seed, the trained arm first under the name ``this sample``."""
        frame = self.metrics
        if frame.empty or "step" not in frame.columns:
            return []
        arm = frame["arm"].astype(str) if "arm" in frame.columns else TRAINED_ARMS[0]
        seed = frame["seed"] if "seed" in frame.columns else 0
        frame = frame.assign(arm=arm, seed=seed)
        runs = [
            (THIS if name == self.trained_arm else str(name), number, part.sort_values("step"))
            for (name, number), part in frame.groupby(["arm", "seed"], sort=False, dropna=False)
        ]
        return sorted(runs, key=lambda run: run[0] != THIS)

    @property
    def trained_arm(self) -> str:
        """Name of the trained arm in metrics and rollouts."""
        if "arm" in self.metrics.columns:
            present = list(dict.fromkeys(self.metrics["arm"].astype(str)))
            return next((name for name in TRAINED_ARMS if name in present), present[0])
        return TRAINED_ARMS[0]

    @property
    def controls(self) -> list[str]:
        """Names of the control arms that were evaluated."""
        return [name for name in self.evaluations if name not in (BEFORE, AFTER)]

    @cached_property
    def lift(self) -> Comparison | None:
        """Base model against the trained model; None where either is missing."""
        return self._compare(BEFORE, AFTER)

    @cached_property
    def control_lifts(self) -> dict[str, Comparison]:
        """Base model against each control arm."""
        return self._each_control(lambda name: self._compare(BEFORE, name))

    @cached_property
    def contrasts(self) -> dict[str, Comparison]:
        """Each control arm against the trained model."""
        return self._each_control(lambda name: self._compare(name, AFTER))

    def _each_control(self, make: Any) -> dict[str, Comparison]:
        made = {name: make(name) for name in self.controls}
        return {name: value for name, value in made.items() if value is not None}

    def _compare(self, first: str, second: str) -> Comparison | None:
        sides = self.evaluations.get(first), self.evaluations.get(second)
        if not sides[0] or not sides[1]:
            return None
        try:
            return compare(sides[0], sides[1], resamples=self.resamples)
        except SampleEngineeringError as error:
            self._note(f"{first} and {second} cannot be compared: {error}")
            return None

    @cached_property
    def behaviour(self) -> "pd.DataFrame | None":
        """Behaviour before and after; None where either is missing."""
        sides = self.evaluations.get(BEFORE), self.evaluations.get(AFTER)
        if not sides[0] or not sides[1]:
            return None
        try:
            return behaviour(sides[0], sides[1], resamples=self.resamples)
        except SampleEngineeringError as error:
            self._note(f"behaviour cannot be compared: {error}")
            return None

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict, computed anew from the evaluations."""
        if self.lift is None:
            if not self.trained:
                because = f": {self.cause}" if self.cause else ""
                return Verdict("not trained", f"Not trained{because}.")
            state = ", ".join(name for name in self.evaluations) or "none"
            reasons = [f"Evaluations so far: {state}."]
            if self.status.get("message"):
                reasons.append(f"The run says: {self.status['message']}")
            return Verdict(
                "unfinished",
                "This run is not finished: there is no evaluation before and after yet.",
                tuple(reasons),
            )
        return judge(
            self.lift,
            controls=self.contrasts,
            behaviour=self.behaviour,
            trained=self.trained,
            cause=self.cause,
        )

    def _note_missing_evaluations(self) -> None:
        if self.evaluations and not self.evaluations.get(BEFORE):
            self._note("the evaluation before training is missing")
        seeds = self.config.get("seeds")
        planned = len(seeds) if isinstance(seeds, list) and seeds else 1
        present = len(self.evaluations.get(AFTER, []))
        if self.evaluations and self.trained and present < planned:
            self._note(f"{present} of {planned} training seeds have an evaluation after training")

    def _note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _too_large(path: Path, problems: list[str]) -> bool:
    if path.stat().st_size > _MOST_BYTES:
        problems.append(f"{path.name} is larger than {_MOST_BYTES >> 30} GiB and was not read")
        return True
    return False


def _read_json(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        if not path.exists():
            problems.append(f"{path.name} is missing")
            return {}
        if _too_large(path, problems):
            return {}
        content = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (OSError, ValueError, RecursionError) as error:
        problems.append(f"{path.name} cannot be read: {error}")
        return {}
    if not isinstance(content, dict):
        problems.append(f"{path.name} holds no record")
        return {}
    return content


def _read_status(path: Path, problems: list[str]) -> dict[str, Any]:
    return _read_json(path, problems) if path.exists() else {}


def _read_metrics(path: Path, problems: list[str]) -> "pd.DataFrame":
    import pandas as pd

    rows, bad = [], 0
    try:
        if not path.exists():
            problems.append(f"{path.name} is missing")
        elif not _too_large(path, problems):
            with path.open(encoding="utf-8", errors="replace") as stream:
                for line in filter(str.strip, stream):
                    try:
                        row = json.loads(line)
                    except (ValueError, RecursionError):
                        bad += 1
                        continue
                    if isinstance(row, dict):
                        rows.append(row)
                    else:
                        bad += 1
    except OSError as error:
        problems.append(f"{path.name} cannot be read: {error}")
    if bad:
        problems.append(f"{path.name}: {bad} of {bad + len(rows)} lines cannot be read")
    frame = pd.DataFrame(rows)
    if {"informative_groups", "groups"} <= set(frame.columns):
        groups = pd.to_numeric(frame["groups"], errors="coerce")
        frame["informative_share"] = (
            pd.to_numeric(frame["informative_groups"], errors="coerce") / groups
        )
    return frame


def _read_rollouts(path: Path, problems: list[str]) -> "pd.DataFrame":
    import pandas as pd
    import pyarrow as pa

    # While a run goes on, and after one was interrupted, its rollouts lie in parts.
    files = [path] if path.exists() else sorted(path.with_suffix("").glob("*.parquet"))
    if not files:
        problems.append(f"{path.name} is missing")
    frames = []
    for file in files:
        try:
            if not _too_large(file, problems):
                frames.append(pd.read_parquet(file))
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            problems.append(f"{file.name} cannot be read: {type(error).__name__}")
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _read_evaluations(folder: Path, problems: list[str]) -> dict[str, list[Evaluation]]:
    found: dict[str, list[tuple[int, Evaluation]]] = {}
    files = sorted(folder.glob("*.parquet")) if folder.is_dir() else []
    if not files:
        problems.append("eval/ has no evaluation")
    for path in files:
        if path.name.startswith(".") or _too_large(path, problems):
            continue
        try:
            evaluation = Evaluation.load(path)
        except SampleEngineeringError as error:
            problems.append(f"eval/{path.name} cannot be read: {error}".split(";")[0])
            continue
        match = _SEED.match(path.stem)
        arm, seed = (match["arm"], int(match["seed"])) if match else (path.stem, -1)
        found.setdefault(arm, []).append((seed, evaluation))
    order = sorted(found, key=lambda name: (name != BEFORE, name != AFTER, name))
    return {
        name: [evaluation for _, evaluation in sorted(found[name], key=lambda pair: pair[0])]
        for name in order
    }
