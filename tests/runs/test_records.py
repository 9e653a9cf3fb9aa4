"""Every record survives writing and reading; what is wrong in one is named."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sample_engineering.evaluation.compare import Comparison, Effect
from sample_engineering.evaluation.table import COLUMNS
from sample_engineering.files import write_json
from sample_engineering.runs import config as config_types
from sample_engineering.runs import result as result_types
from sample_engineering.runs import rows as row_types
from sample_engineering.runs.records import Problems, columns, from_record, to_record
from sample_engineering.runs.rows import EvaluationRow, MetricsLine
from sample_engineering.sample import Sample

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAME = TEXT.filter(str.strip)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(int, st.integers(-(2**63) + 1, 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_infinity=False))
# Where a mapping may hold anything.
_ANYTHING = st.none() | st.booleans() | TEXT | st.integers(0, 9) | st.lists(TEXT, max_size=2)
st.register_type_strategy(
    Sample, st.builds(Sample, NAME, NAME, NAME, domains=st.lists(NAME, max_size=2))
)
# Shrinking a record of a hundred fields takes minutes; a failure names the field anyway.
_PHASES = (Phase.explicit, Phase.generate)
_FLOATS = st.floats(allow_infinity=False)
_EFFECT = st.builds(
    Effect,
    **{item.name: _FLOATS for item in fields(Effect) if item.name not in ("n", "pass_at")},
    n=st.integers(0, 99),
    pass_at=st.dictionaries(
        st.integers(1, 9), st.dictionaries(TEXT, _FLOATS, max_size=1), max_size=1
    ),
)
_GROUPS = st.dictionaries(TEXT, _EFFECT, max_size=1)
_COMPARISON = st.builds(
    Comparison, _EFFECT, _EFFECT, _GROUPS, _GROUPS, _GROUPS, *[st.integers(0, 99)] * 6
)
_ANY_MAPPING = "collections.abc.Mapping[str, typing.Any]"
# Where any mapping would do, a small one shows as much.
_EITHER = st.none() | _COMPARISON
_READ = {"greedy": _EITHER, "sampled": _EITHER}
_SMALL = _READ | {
    "controls": st.dictionaries(TEXT, st.builds(result_types.ControlResult, **_READ), max_size=1),
}
_OPTIONS = st.dictionaries(TEXT, _ANYTHING, max_size=2)
st.register_type_strategy(
    config_types.EvaluationSettings,
    st.builds(config_types.EvaluationSettings, engine_options=_OPTIONS),
)
RECORDS = [
    found
    for module in (config_types, row_types, result_types)
    for found in vars(module).values()
    if is_dataclass(found) and found.__module__ == module.__name__
]


def plain(value):
    """A value in which lists equal tuples, and NaN is null, as in JSON."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    return value


def made(kind):
    """Any record of a kind."""
    if kind is Comparison:
        return _COMPARISON
    own = {item.name: str(item.type) for item in fields(kind)}
    small = {
        k: v for k, v in _SMALL.items() if "apping" in own.get(k, "") or (k in _READ and k in own)
    }
    small |= {
        name: st.dictionaries(TEXT, _ANYTHING, max_size=2)
        for name, said in own.items()
        if said == _ANY_MAPPING
    }
    return st.builds(kind, **{k: v for k, v in small.items() if k in own})


for _kind in RECORDS:  # so that one stands in another as it is made here
    st.register_type_strategy(_kind, made(_kind))


@pytest.mark.parametrize("kind", [*RECORDS, Comparison], ids=lambda kind: kind.__name__)
def test_every_record_is_read_as_it_was_written(kind, tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "record.json"

    @settings(
        max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=_PHASES
    )
    @given(made(kind))
    def holds(record):
        write_json(path, to_record(record))
        faults = []
        found = from_record(kind, json.loads(path.read_text()), "record.json", faults.append)
        assert faults == []
        assert plain(found) == plain(record)

    holds()


LINE = {
    "arm": "sample", "seed": 0, "step": 1, "optimizer_steps": 1, "reward_mean": 0.5,
    "reward_std": 0.5, "pass_rate": 0.5, "readable": 1.0, "truncated": 0.0, "length": 40.0,
    "written_steps": 3.0, "distinct": 1.0, "rollouts": 8, "groups": 1, "informative_groups": 1,
    "dead_cause": None, "loss": 0.0, "grad_norm": 1.0, "lr": 1e-4, "entropy": 1.0, "kl": None,
    "clip_ratio": None, "importance_ratio": None, "seconds": 1.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("pass_rate", "high", "pass_rate is no number but 'high'"),
        ("pass_rate", True, "pass_rate is no number but True"),
        ("pass_rate", {"a": 1}, "pass_rate is no number but a dict"),
        ("pass_rate", 10**400, "pass_rate is out of range"),
        ("step", 1.5, "step is no whole number but 1.5"),
        ("step", None, "step is no whole number but None"),
        ("step", 2**64, "step is out of range"),
        ("arm", 3, "arm is no text but 3"),
        ("arm", "x" * 10**6, None),
        ("kl", None, None),
        ("kl", [], "kl is no number but a list"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(name, value, fault):
    faults = []
    from_record(MetricsLine, LINE | {name: value}, "metrics.jsonl line 12", faults.append)
    assert faults == ([] if fault is None else [f"metrics.jsonl line 12: {fault}"])


def test_a_missing_field_is_named_and_the_others_are_read():
    faults = []
    record = {key: value for key, value in LINE.items() if key != "length"}
    line = from_record(MetricsLine, record, "here", faults.append)
    assert faults == ["here: length is missing"]
    assert math.isnan(line.length)
    assert line.pass_rate == 0.5


def test_messages_are_bounded():
    faults = []
    from_record(MetricsLine, LINE | {"step": "9" * 10**6}, "here", faults.append)
    assert len(faults[0]) < 100
    problems = Problems()
    for number in range(10**4):
        problems.add(f"problem {number}")
    assert len(list(problems)) < 100
    assert "further problems" in list(problems)[-1]


def test_an_evaluation_has_the_columns_that_the_format_names():
    assert columns(EvaluationRow) == COLUMNS
