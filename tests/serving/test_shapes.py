"""Whatever a body holds, it becomes rows or is refused."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sample_engineering.grading.rows import Row, Verdict, answer
from sample_engineering.serving.refusals import Refused
from sample_engineering.serving.shapes import SHAPES

_FIELDS = (
    *("completions", "answer", "gold", "solution", "kind"),
    *("unit", "tolerance", "choices", "units_allowed", "problem"),
    *("prompts", "query", "labels", "solution_str", "solution_strs"),
    *("ground_truth", "ground_truths", "extra_info", "extra_infos", "response"),
    *("expected_answer", "output", "role", "content", "type"),
    *("text", "output_text"),
)
_PLAIN = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-1, 2) | st.text(max_size=6)
_PLAIN |= st.sampled_from([*_FIELDS, "\\boxed{5}", "5", '{"answer": 5}', '{"gold": ["5", 6]}'])
_ANY = st.recursive(
    _PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    shape=st.sampled_from(SHAPES),
    body=st.dictionaries(st.sampled_from(_FIELDS), _ANY, max_size=6),
)
def test_any_object_becomes_rows_or_is_refused(shape, body):
    try:
        rows = shape.read(body, "boxed")
    except Refused:
        return
    assert all(isinstance(row, Row) and isinstance(row.completion, str) for row in rows)
    # As it reaches a worker.
    verdicts = [Verdict(**answer(json.loads(json.dumps(row.request())))) for row in rows]
    if rows:
        json.dumps(shape.write(body, verdicts), allow_nan=False)
