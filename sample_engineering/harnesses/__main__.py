"""Print the folder with the tasks for lm-evaluation-harness: ``lm_eval --include_path``."""

from pathlib import Path

print(Path(__file__).with_name("tasks"))
