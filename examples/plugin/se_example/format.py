# examples/plugin/se_example/format.py
"""A format: a row of what another tool reads, from a sample."""

from sample_engineering.formats import Format, gold_fields


def _row(sample, prompt, number):
    return {"number": number, "question": sample.problem, "answer": sample.answer} | gold_fields(
        sample
    )


cards = Format(
    "cards",
    "a question and an answer a line, numbered",
    source="written for this package",
    row=_row,
    prompted=False,
    keeps=("kind", "unit", "tolerance", "choices", "units_allowed"),
)
