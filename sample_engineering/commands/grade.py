"""`se grade`: grade one answer, or a file of them."""

from pathlib import Path
from typing import Annotated

import typer


def grade(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT|FILE",
            help="With --gold: the answer or completion to grade ('-' reads it from standard"
            " input). Without: a JSONL, CSV or Parquet file with the columns gold and prediction,"
            " and optionally kind, unit, tolerance.",
        ),
    ],
    gold: Annotated[str | None, typer.Option("--gold", "-g", help="The gold answer.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Kind of the gold; read from the gold if not given.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Unit of the gold, e.g. 'm/s**2'.")] = None,
    tolerance: Annotated[
        float | None, typer.Option(help="Relative tolerance, e.g. 0.005; exact if not given.")
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            help="Where the final answer stands: boxed, answer, number, letter, math, whole, or"
            " auto (a box if there is one, else the text)."
        ),
    ] = "auto",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write the graded rows (JSONL).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the grade as JSON.")] = False,
) -> None:
    """Grade an answer, or a file of answers, against gold answers.

    \b
    se grade --gold 0.5 "so the answer is \\boxed{\\frac12}"
    se grade graded.jsonl -o graded.out.jsonl
    """
    from sample_engineering.grading.files import check_options, grade_file, summary_lines

    check_options(kind, form, tolerance)
    if gold is not None:
        _grade_one(text, gold, kind, unit, tolerance, form, out, as_json)
        return
    summary = grade_file(text, out, kind=kind, unit=unit, tolerance=tolerance, form=form)
    for problem in summary.problems[:20]:
        typer.echo(f"warning: {problem}", err=True)
    if len(summary.problems) > 20:
        typer.echo(f"warning: {len(summary.problems) - 20} more like these", err=True)
    if as_json:
        import json

        typer.echo(json.dumps(summary.to_dict()))
    else:
        typer.echo("\n".join(summary_lines(summary)))


def _grade_one(
    text: str,
    gold: str,
    kind: str | None,
    unit: str | None,
    tolerance: float | None,
    form: str,
    out: Path | None,
    as_json: bool,
) -> None:
    import json
    import sys
    from dataclasses import asdict

    from sample_engineering.files import write_json
    from sample_engineering.grading import grade as grade_answer

    if text == "-":
        text = sys.stdin.read()
    result = grade_answer(text, gold, kind=kind, unit=unit, tolerance=tolerance, form=form)
    record = asdict(result)
    if out is not None:
        write_json(out, record)
    if as_json:
        typer.echo(json.dumps(record))
        return
    verdict = "correct" if result.correct else "wrong"
    typer.echo(f"{verdict}  (rule: {result.rule})")
    typer.echo(f"  kind of the gold  {result.kind}")
    typer.echo(f"  gold              {result.gold_form}")
    typer.echo(f"  extracted         {'nothing' if result.extracted is None else result.extracted}")
    if result.prediction_form not in (None, result.extracted):
        typer.echo(f"  read as           {result.prediction_form}")
    typer.echo(f"  readable          {'yes' if result.readable else 'no'}")
    limit = ", time limit reached" if result.timed_out else ""
    typer.echo(f"  time              {result.seconds * 1000:.2f} ms{limit}")
