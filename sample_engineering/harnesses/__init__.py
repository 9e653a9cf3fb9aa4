"""Our benchmarks and our grader as tasks of other harnesses.

`lm_eval_task` for lm-evaluation-harness (its YAML files lie in ``tasks/``; ``python -m
sample_engineering.harnesses`` prints that folder), `inspect_task` for inspect_ai, which finds it
through the entry point of this package.
"""
