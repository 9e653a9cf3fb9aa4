"""The rewards take what tables bring, in whatever types, and never end a training run.

Cases are made: each way that a gold can stand in a table, each shape of a completion, and each
value of the other columns, through the same rows of a data set that TRL would hand over.
"""

import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_engineering import api
from sample_engineering.errors import ConfigError, GoldError
from sample_engineering.grading import (
    check_golds,
    completion_text,
    correctness_reward,
    format_reward,
    grade_batch,
    read_gold,
)

NAN = float("nan")

# The gold 12 in every type that a file, pandas, numpy or a data set gives it.
TWELVE = [
    *("12", " 12 ", "$12$", "\\boxed{12}", "so it is $\\boxed{12}$.", "6+6 makes it\n#### 12"),
    *(12, 12.0, np.int64(12), np.int8(12), np.float32(12), np.float64(12), np.str_("12")),
    *(np.array(12), np.array("12"), Decimal(12), Fraction(12), b"12"),
    *(["12"], [12], ("12",), np.array(["12"]), np.array([12.0]), ["12", "13"], [7, 12.0]),
    read_gold("12"),
]
# No gold at all, or none that can be read.
NO_GOLD = [
    *(None, NAN, np.nan, np.float32("nan"), pd.NA, pd.NaT, "", "  ", [], np.array([]), [None]),
    *({"a": 1}, [["12"]], object(), Decimal("nan"), Decimal("sNaN")),
    *(10**5000, float("inf"), np.float32("-inf")),
    *("\\begin{nothing}", "\\frac{1}{", "\\boxed{}"),
]
# What declares nothing in the columns that say how a gold is read.
NOTHING = [None, NAN, np.nan, pd.NA, "", np.array(None)]


def said(text: str) -> list[Any]:
    """A text in every shape of a completion."""
    answer = {"role": "assistant", "content": text}
    parts = [{"type": "text", "text": text[:4]}, {"type": "text", "text": text[4:]}]
    call = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "run"}}]}
    empty = {"role": "assistant", "content": ""}
    tool = {"role": "tool", "name": "run", "content": "\\boxed{99}"}
    user = {"role": "user", "content": "\\boxed{98}"}
    return [
        text,
        np.str_(text),
        answer,
        [answer],
        (answer,),
        np.array([answer], dtype=object),
        [{"content": text}],
        [{"role": "assistant", "content": parts}],
        [{"role": "assistant", "content": np.array(parts, dtype=object)}],
        [{"role": "assistant", "content": [{"type": "image"}, *parts, {"type": "text"}]}],
        [{"role": "assistant", "content": [text[:4], text[4:], None]}],
        [{"role": "assistant", "content": parts[0] | {"text": text}}],
        [user, answer],
        [answer, user],
        [call, tool, answer],
        [answer, tool],
        [answer, call, tool],
        [answer, tool, empty],
    ]


SILENT = [
    *("", " ", None, NAN, [], [None], [{}], 12, np.array([]), b"\\boxed{12}", object()),
    [{"role": "assistant", "content": None}],
    [{"role": "assistant", "content": []}],
    [{"role": "assistant", "content": [{"type": "image"}, {"type": "text", "text": None}, 3]}],
    [{"role": "tool", "content": "\\boxed{12}"}],
    [{"role": "user", "content": "\\boxed{12}"}],
]


def call(reward: Callable[..., Any], rows: list[dict[str, Any]]) -> list[float | None]:
    """Call a reward with the columns of a batch, as TRL's trainer does."""
    keys = [key for key in rows[0] if key not in ("prompt", "completion", "completion_ids")]
    columns = {key: [row[key] for row in rows] for key in keys}
    return reward(
        prompts=[row["prompt"] for row in rows],
        completions=[row["completion"] for row in rows],
        completion_ids=[[1, 2] for _ in rows],
        trainer_state=SimpleNamespace(global_step=3),
        log_extra=lambda name, values: None,
        log_metric=lambda name, value: None,
        **columns,
    )


def row(completion: Any = "so \\boxed{12}", **columns: Any) -> dict[str, Any]:
    return {"prompt": "How many?", "completion": completion, **columns}


@pytest.mark.parametrize("name", ["answer", "solution", "gold", "ground_truth"])
def test_a_gold_counts_whatever_its_type_and_column(name: str) -> None:
    right = [row(**{name: gold}) for gold in TWELVE]
    wrong = [row("so \\boxed{14}", **{name: gold}) for gold in TWELVE]
    assert call(correctness_reward, right) == [1.0] * len(TWELVE)
    assert call(correctness_reward, wrong) == [0.0] * len(TWELVE)
    assert call(format_reward, wrong) == [1.0] * len(TWELVE)


def test_an_answer_goes_before_a_worked_solution() -> None:
    rows = [row(answer="12", solution="First $\\boxed{3}$, then we add 9.")]
    assert call(correctness_reward, rows) == [1.0]


def test_a_gold_that_cannot_be_read_gives_no_reward_and_spares_the_rest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        for name, reward in product(("answer", "solution"), (correctness_reward, format_reward)):
            rows = [row(**{name: gold}) for gold in (*NO_GOLD, "12")]
            assert call(reward, rows) == [None] * len(NO_GOLD) + [1.0]
    assert not [record for record in caplog.records if record.levelno > logging.WARNING]


def test_each_unreadable_gold_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            call(correctness_reward, [row(answer="\\begin{told once}")] * 8)
    assert len([r for r in caplog.records if "told once" in r.getMessage()]) == 1


def test_a_batch_takes_the_same_golds_and_refuses_the_rest_before_grading() -> None:
    single = [gold for gold in TWELVE if not (isinstance(gold, list) and len(gold) > 1)]
    assert len(single) > 15
    completions = pd.Series(["so \\boxed{12}"] * len(single), index=range(len(single))[::-1])
    for workers in (1, 2):
        assert all(grade_batch(completions, single, workers=workers))
    for gold in (*NO_GOLD, ["12", "13"]):
        with pytest.raises(GoldError):
            grade_batch(["so \\boxed{12}"], [gold])


def test_unreadable_golds_are_found_before_training() -> None:
    check_golds(solution=TWELVE)
    check_golds(pd.Series([1, 2, 3], index=[7, 8, 9]), kind=["number", None, NAN])
    for gold in NO_GOLD:
        with pytest.raises(GoldError, match="row 1"):
            check_golds(["12", gold])
    with pytest.raises(GoldError, match="row 0: the tolerance"):
        check_golds(["12"], tolerance=["much"])
    with pytest.raises(GoldError, match="and 3 more"):
        check_golds([""] * 8)


@pytest.mark.parametrize("right", [True, False])
def test_every_shape_of_a_completion_is_read(right: bool) -> None:
    shapes = said("so \\boxed{12}" if right else "so \\boxed{13}")
    rewards = call(correctness_reward, [row(shape, answer="12") for shape in shapes])
    assert rewards == [float(right)] * len(shapes)
    assert call(format_reward, [row(shape, answer="12") for shape in shapes]) == [1.0] * len(shapes)


def test_a_completion_without_text_of_the_model_is_wrong() -> None:
    rows = [row(silent, answer=gold) for silent, gold in product(SILENT, ("12", 12))]
    assert call(correctness_reward, rows) == [0.0] * len(rows)
    assert call(format_reward, rows) == [0.0] * len(rows)
    assert [completion_text(silent).strip() for silent in SILENT] == [""] * len(SILENT)


def options() -> Iterator[tuple[dict[str, Any], str, str, bool]]:
    """Column, gold, final answer and whether it is right with that column."""
    for nothing in NOTHING:
        for name in ("kind", "unit", "tolerance", "choices", "units_allowed"):
            yield {name: nothing}, "12", "12", True
            yield {name: nothing}, "12", "13", False
    for word in ("number", np.str_("number"), np.array("number")):
        yield {"kind": word}, "12", "12", True
    yield {"kind": "algebra"}, "12", "12", True  # another tool's column of that name
    yield {"kind": 3}, "12", "12", True
    for tolerance in (0.01, "0.01", np.float32(0.01), np.array(0.01), Decimal("0.01")):
        yield {"tolerance": tolerance}, "12.00", "12.05", True
        yield {"tolerance": tolerance}, "12.00", "13", False
    for unit in ("m", np.str_("m")):
        yield {"unit": unit}, "12", "1200 \\text{ cm}", True
        yield {"unit": unit}, "12", "12 \\text{ kg}", False
    for choices in (["red", "blue"], ("red", "blue"), np.array(["red", "blue"])):
        yield {"choices": choices}, "B", "\\text{blue}", True
        yield {"choices": choices}, "B", "\\text{red}", False
    yield {"choices": []}, "12", "12", True
    yield {"choices": "red, blue"}, "12", "12", True
    for no in (False, np.False_, "False", "false", 0, 0.0, np.array(False)):
        yield {"units_allowed": no}, "12", "12 \\text{ N}", False
        yield {"units_allowed": no}, "12", "12", True
    for yes in (True, np.True_, "true", 1, 1.0):
        yield {"units_allowed": yes}, "12", "12 \\text{ N}", True


@pytest.mark.parametrize("name", ["answer", "solution"])
def test_the_other_columns_count_in_every_type(name: str) -> None:
    cases = list(options())
    for column, gold, answer, right in cases:
        rows = [row(f"so \\boxed{{{answer}}}", **{name: gold}, **column)]
        assert call(correctness_reward, rows) == [float(right)], (column, gold, answer)


@pytest.mark.parametrize(
    "column", [{"tolerance": "much"}, {"tolerance": 2.0}, {"unit": "blorps"}, {"tolerance": [1]}]
)
def test_an_option_that_cannot_be_used_gives_no_reward(column: dict[str, Any]) -> None:
    assert call(correctness_reward, [row(answer="12", **column)]) == [None]


def test_columns_may_be_arrays_series_or_one_value_for_all() -> None:
    completions = ["\\boxed{12}", "\\boxed{13}"]
    shuffled = pd.Series(["12", "13"], index=[5, 2])
    for golds in (["12", "13"], ("12", "13"), np.array([12, 13]), shuffled):
        assert correctness_reward(completions, golds) == [1.0, 1.0]
        assert correctness_reward(completions, golds, kind="number") == [1.0, 1.0]
    assert correctness_reward(completions, "12") == [1.0, 0.0]
    assert correctness_reward(completions, 12, units_allowed=False) == [1.0, 0.0]


def test_what_is_counted_in_the_problem_may_follow_the_number() -> None:
    counted = "\\boxed{12 \\text{ marbles}}"
    asked = "How many marbles are left?"
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": asked}]
    parts = [{"role": "user", "content": [{"type": "text", "text": asked}]}]
    for prompt in (asked, chat, parts):
        assert call(correctness_reward, [row(counted, answer="12") | {"prompt": prompt}]) == [1.0]
    assert call(correctness_reward, [row(counted, answer="12", problem=asked)]) == [1.0]
    other = "\\boxed{12 \\text{ elephants}}"
    assert call(correctness_reward, [row(other, answer="12", problem=asked)]) == [0.0]


def test_a_table_without_golds_or_with_too_few_is_an_error_at_the_first_call() -> None:
    with pytest.raises(ConfigError, match="`answer` or `solution`"):
        correctness_reward(["\\boxed{12}"], prompts=["How many?"])
    with pytest.raises(ConfigError, match="`answer` has 1 values for 2"):
        correctness_reward(["\\boxed{12}"] * 2, ["12"])
    with pytest.raises(ConfigError, match="`kind` has 3 values for 2"):
        correctness_reward(["\\boxed{12}"] * 2, ["12"] * 2, kind=["number"] * 3)


def test_rows_of_a_real_data_set_with_missing_values() -> None:
    datasets = pytest.importorskip("datasets")
    frame = pd.DataFrame(
        {
            "prompt": ["How many?"] * 4,
            "solution": [12, 12.5, None, 12],  # pandas makes floats of these
            "tolerance": [None, 0.1, None, None],
            "kind": ["number", None, None, ""],
            "choices": [None, None, None, None],
        }
    )
    table = datasets.Dataset.from_pandas(frame)
    rows = [table[index] | {"completion": "so \\boxed{12}"} for index in range(4)]
    assert call(correctness_reward, rows) == [1.0, 1.0, None, 1.0]


WORDS = ["12", "\\boxed{12}", "number", "quantity", "choice", "m/s", "role", "\\frac{1}{"]
MISSING = [pd.NA, pd.NaT, np.nan, np.array(None), np.array([]), Decimal("sNaN"), object()]
CELLS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.binary(max_size=4)
    | st.sampled_from([*WORDS, *MISSING]),
    lambda cell: (
        st.lists(cell, max_size=3)
        | st.dictionaries(st.sampled_from(["role", "content", "text", "type"]), cell, max_size=3)
    ),
    max_leaves=6,
)
COLUMNS = (
    *("answer", "completion", "prompt", "kind"),
    *("unit", "tolerance", "choices", "units_allowed"),
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_nothing_in_a_row_raises_or_is_held_for_a_defect(rows: list[dict[str, Any]]) -> None:
    log, defects = logging.getLogger("sample_engineering.grading.rewards"), Defects()
    log.addHandler(defects)
    try:
        for reward in (correctness_reward, format_reward):
            rewards = call(reward, rows)
            assert len(rewards) == len(rows)
            assert set(rewards) <= {0.0, 1.0, None}
    finally:
        log.removeHandler(defects)
    assert defects.told == []


class Defects(logging.Handler):
    """Keeps what is logged as a defect of ours."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())


def test_trls_log_is_told_one_type_a_column_and_the_same_columns_each_step() -> None:
    logged: dict[str, list[Any]] = {}
    golds = [*TWELVE, *NO_GOLD]
    for reward in (correctness_reward, format_reward):
        reward(
            ["so \\boxed{12}"] * len(golds),
            solution=golds,
            unit=[None] * len(golds),
            log_extra=lambda name, values: logged.setdefault(name, []).extend(values),
        )
    assert list(logged) == ["gold", "extracted", "rule", "unit"]
    for column in logged.values():
        assert len(column) == len(golds)
        assert {type(value) for value in column} <= {str, type(None)}
    assert pd.DataFrame(logged)["gold"].isna().sum() == len(NO_GOLD)


def test_trls_own_trainer_takes_steps_with_golds_that_cannot_be_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    trl = pytest.importorskip("trl")
    from tests.trainers.tiny import random_model, tokenizer

    table = datasets.Dataset.from_dict(
        {"prompt": ["what is 1 + 1 ?", "so ?"], "solution": [2.0, None], "kind": [None, "number"]}
    )
    trainer = trl.GRPOTrainer(
        model=random_model(),
        reward_funcs=[correctness_reward, format_reward],
        args=trl.GRPOConfig(
            output_dir=str(tmp_path),
            per_device_train_batch_size=4,
            num_generations=2,
            max_completion_length=4,
            max_steps=2,
            report_to=[],
            use_cpu=True,
            save_strategy="no",
            disable_tqdm=True,
            log_completions=True,
            logging_steps=1,
        ),
        train_dataset=table,
        processing_class=tokenizer(),
    )
    trainer.train()
    assert trainer.state.global_step == 2
    # What it logged can be graded again, beside other graders.
    [log, _] = sorted((tmp_path / "completions").glob("*.parquet"))
    again = api.grade_file(log, form="boxed", audit=tmp_path / "audit.jsonl")
    assert again.rows == len(pd.read_parquet(log))
    assert again.audit is not None
    assert again.audit.rows == again.rows
