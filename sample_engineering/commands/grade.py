"""`se grade`: grade one answer, or a file of them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sample_engineering.commands import output
from sample_engineering.commands.options import (
    Format,
    FormatOption,
    JudgeModel,
    JudgeOptions,
    Kind,
    Tolerance,
    Unit,
    UnitsAllowed,
    read_mapping,
    shared,
)

if TYPE_CHECKING:
    from sample_engineering.grading import Grade
    from sample_engineering.grading.summary import Summary

_SHOWN_PROBLEMS = 20


def grade(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE",
            help="With --gold: the answer or completion to grade ('-' reads it from standard"
            " input). Without: a JSONL, CSV or Parquet file with the columns gold (or answer,"
            " ground_truth, solution) and prediction (or completion, response), and optionally"
            " kind, unit, tolerance, choices, units_allowed; or rollouts.parquet or"
            " eval/*.parquet of a run folder.",
        ),
    ],
    gold: Annotated[str | None, typer.Option("--gold", "-g", help="The gold answer.")] = None,
    kind: Kind = None,
    unit: Unit = None,
    tolerance: Tolerance = None,
    form: Annotated[
        str | None,
        typer.Option(
            help="Where the final answer stands: @(answer_form). Default: that of the run that"
            " wrote the file, else auto, which is a box if there is one, else the text."
        ),
    ] = None,
    units_allowed: UnitsAllowed = True,
    out: Annotated[Path | None, shared("out", "Graded rows (JSONL), or the grade (JSON).")] = None,
    audit: Annotated[
        Path | None,
        typer.Option(
            help="Ask Math-Verify and sympy too, and write the rows of FILE where they disagree:"
            " .jsonl, .csv or .parquet."
        ),
    ] = None,
    problem: Annotated[
        str | None,
        typer.Option(
            help="With --gold: what was asked; its words may follow a number, and a judge reads it."
        ),
    ] = None,
    judge: JudgeModel = None,
    judge_options: JudgeOptions = None,
    format: FormatOption = Format.table,
) -> None:
    """Grade an answer, or a file of answers, against gold answers.

    \b
    se grade --gold 0.5 "so the answer is \\boxed{\\frac12}"
    se grade graded.jsonl -o graded.out.jsonl
    se grade runs/mine/rollouts.parquet --audit disagreements.jsonl
    se grade answers.jsonl --judge qwen@http://localhost:8000/v1

    With --judge a model decides what no rule reads: free text that is not spelt as the gold is.
    se judge says whether a model may be used so.
    """
    from dataclasses import asdict

    from sample_engineering import api
    from sample_engineering.errors import ConfigError

    options = read_mapping(judge_options, "judge_options")
    if gold is None:
        if problem is not None:
            raise ConfigError(
                "`problem` would be ignored: the rows of a file have their own; leave it out"
            )
        summary = api.grade_file(
            text,
            out,
            kind=kind,
            unit=unit,
            tolerance=tolerance,
            form=form,
            units_allowed=units_allowed,
            audit=audit,
            judge=judge,
            judge_options=options,
        )
        _show_summary(summary, format)
        return
    if audit is not None:
        raise ConfigError(
            "`audit` says nothing about one answer; leave it out, or give a file without `gold`"
        )
    result = api.grade(
        sys.stdin.read() if text == "-" else text,
        gold,
        kind=kind,
        unit=unit,
        tolerance=tolerance,
        form=form or "auto",
        units_allowed=units_allowed,
        problem=problem,
        judge=judge,
        judge_options=options,
    )
    if out is not None:
        from sample_engineering.files import write_json

        write_json(out, asdict(result))
    if format is Format.json:
        output.record(asdict(result), indent=None)
    else:
        _show_grade(result)


def _show_summary(summary: "Summary", format: Format) -> None:
    from sample_engineering.grading.summary import summary_lines

    for problem in summary.problems[:_SHOWN_PROBLEMS]:
        output.warn(f"warning: {problem}")
    if len(summary.problems) > _SHOWN_PROBLEMS:
        more = len(summary.problems) - _SHOWN_PROBLEMS
        output.warn(f"warning: {more} more like these")
    if format is Format.json:
        output.record(summary.to_dict(), indent=None)
    else:
        output.line("\n".join(summary_lines(summary)))


def _show_grade(result: "Grade") -> None:
    verdict = "correct" if result.correct else "wrong"
    if result.decided_by == "abstained":
        verdict = "undecided"
    output.line(f"{verdict}  (rule: {result.rule})")
    output.line(f"  kind of the gold  {result.kind}")
    output.line(f"  gold              {result.gold_form}")
    output.line(
        f"  extracted         {'nothing' if result.extracted is None else result.extracted}"
    )
    if result.prediction_form not in (None, result.extracted):
        output.line(f"  read as           {result.prediction_form}")
    output.line(f"  readable          {'yes' if result.readable else 'no'}")
    limit = ", time limit reached" if result.timed_out else ""
    output.line(f"  time              {result.seconds * 1000:.2f} ms{limit}")
