"""The format of a run folder: which file holds which type.

The types stand in `config`, `rows` and `result`; nothing else names what a run folder holds.
`folder.RunFolder` writes and reads them, `migration` turns what older versions wrote into them, and
the tables in ``docs/validate.md`` are printed from their docstrings (``scripts/run_format.py``).
"""

from typing import Any

from sample_engineering.runs.config import RunConfig, RunInputs
from sample_engineering.runs.result import RunResult, Status
from sample_engineering.runs.rows import EvaluationRow, MetricsLine, RolloutRow

FORMAT_VERSION = 3
BEFORE = "before"  # the base model, among the evaluations
MAIN = "sample"  # the arm under validation, in metrics, rollouts and evaluations
CONFIG, INPUTS, STATUS, RESULT = "config.json", "inputs.json", "status.json", "result.json"
METRICS, ROLLOUTS, EVALUATIONS = "metrics.jsonl", "rollouts.parquet", "eval"
CONTAMINATION = "contamination.json"  # not part of a run: `se contamination --run` adds it
TRAININGS = "training"  # a folder for each training, see `training_folder`
FILES: dict[str, Any] = {
    CONFIG: RunConfig,
    INPUTS: RunInputs,
    STATUS: Status,
    METRICS: MetricsLine,
    ROLLOUTS: RolloutRow,
    f"{EVALUATIONS}/*.parquet": EvaluationRow,
    RESULT: RunResult,
}
