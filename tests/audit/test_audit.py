"""The audit as a whole: its nouns, its robustness, its time, checks of others, the command."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.audit import NEEDS, SEVERITIES, Audit, Finding, audit_samples
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError, SampleError
from sample_engineering.sample import ANSWER_KINDS, Sample

HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e & friends"
WRONG = Sample("wrong", "What is $7 \\cdot 8$?", "54")
RIGHT = Sample("right", "What is $7 \\cdot 8$?", "56")


def test_findings_come_worst_first_with_evidence_and_counts():
    audit = audit_samples([RIGHT.with_(answer="7"), WRONG, Sample("n", "Find $x$.", "3")])
    order = [SEVERITIES.index(item.severity) for item in audit]
    assert order == sorted(order)
    assert audit.severe
    assert set(audit.by_sample()) == {"right", "wrong", "n"}
    assert {item.check for item in audit.of("wrong")} == {"stated", "conflict"}
    assert audit.counts()["guessable"] == {"severe": 0, "warning": 0, "note": 2}
    assert audit.summary() == "3 samples audited: 2 severe, 1 note, 0 without a finding"
    assert list(audit.to_pandas()) == ["sample", "severity", "check", "message", "evidence"]
    assert len(audit.to_pandas()) == len(audit)
    assert not audit[len(audit) :].severe
    assert audit.of("wrong")[0].evidence["label"] == "54"


def test_a_clean_pool_has_no_findings():
    audit = audit_samples([RIGHT])
    assert list(audit) == []
    assert not audit.severe
    assert audit.summary() == "1 sample audited: 1 without a finding"
    assert list(audit.to_pandas()) == ["sample", "severity", "check", "message", "evidence"]


def test_text_of_strangers_is_escaped_in_html():
    one = Sample("<b>", HOSTILE, HOSTILE, kind="number")
    shown = audit_samples([one], notes=(HOSTILE,))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_severity_is_one_of_three():
    with pytest.raises(ConfigError, match="severe, warning, note"):
        Finding("mine", "fatal", "1", "no")


@pytest.mark.parametrize("checks", [["gld"], ["gold", "kin"]])
def test_an_unknown_check_is_refused_before_any_work(checks):
    with pytest.raises(ConfigError, match=r"`checks` .* is not known"):
        audit_samples([RIGHT], checks=checks)


def test_no_check_is_no_audit():
    with pytest.raises(ConfigError, match="names no check"):
        audit_samples([RIGHT], checks=[])


class Shouting:
    """Labels in capitals."""

    name = "shouting"
    summary = "the label is in capitals"
    needs = "sample"

    def find(self, claims):
        for claim in claims:
            if claim.sample.answer.isupper():
                yield Finding(self.name, "warning", claim.sample.id, "the label shouts")


def test_a_check_of_another_package_is_run_like_ours():
    registry.register("check", "shouting", Shouting)
    try:
        audit = audit_samples([Sample("1", "What?", "YES")])
        assert [(item.check, item.severity) for item in audit] == [("shouting", "warning")]
        assert audit.checks[-1] == "shouting"
        assert len(audit_samples([Sample("1", "What?", "YES")], checks=["gold"])) == 0
    finally:
        registry.unregister("check", "shouting")


class Broken(Shouting):
    """A check that fails."""

    name = "broken"

    def find(self, claims):
        raise KeyError("oops")


class Nameless(Shouting):
    """A check that is called otherwise and needs what there is not."""

    needs = "luck"


@pytest.mark.parametrize(
    ("name", "target", "message"),
    [
        ("broken", Broken, "the check 'broken' failed .KeyError"),
        ("shouting", Nameless, "needs 'luck'; give it"),
        ("other", Shouting, "is called 'shouting'"),
        ("number", 3, "states no name and no summary and no needs and no find"),
    ],
)
def test_a_check_of_another_package_that_is_none_is_named(name, target, message):
    registry.register("check", name, target)
    try:
        with pytest.raises(ConfigError, match=message):
            audit_samples([RIGHT])
        assert list(audit_samples([RIGHT], checks=["gold"])) == []
    finally:
        registry.unregister("check", name)


def test_every_check_says_what_it_looks_for():
    for name, check in registry.find_all("check").items():
        assert check.name == name
        assert check.summary
        assert check.needs in NEEDS


_PIECES = st.sampled_from(
    [
        *("How many ", "Find ", "$x$ ", "$", "\\frac{", "}", "\\boxed{", "at least ", "? ", ". "),
        *("12.7", "0", "9" * 400, "e", "%", "\\sqrt", "^", "^{9^{9^9}}", "_", "=", "\\approx "),
        *("[asy]", "kg", "\\mathrm{", "to the nearest ", "tenth", "in meters", "\x00", "\ud800"),
        *("the probability ", "minimum number of ", "photons ", "(", ")", "-", "!", "\n\n", "…"),
        *("1.0", "=12.699", " \\approx 12.8", "log_", "$$", "\\[", "\\]", "7", "degrees "),
    ]
)
_TEXT = st.lists(_PIECES, min_size=1, max_size=25).map("".join) | st.text(min_size=1, max_size=80)


@settings(max_examples=300)
@given(
    problem=_TEXT,
    answer=_TEXT,
    solution=_TEXT | st.none(),
    kind=st.sampled_from([None, *ANSWER_KINDS]),
    unit=st.sampled_from([None, "kg", "m/s", "nonsense", "degC", "%"]),
    program=_TEXT | st.sampled_from(["answer = 2**0.5", "a = 9.81\nanswer = a / 3"]),
)
def test_nothing_that_a_sample_holds_raises(problem, answer, solution, kind, unit, program):
    try:
        one = Sample(
            *("s", problem, answer),
            kind=kind,
            unit=unit,
            solution=solution,
            provenance={"program": program, "relations": ["free-fall"], "unknowns": [answer]},
        )
    except SampleError:
        return
    audit = audit_samples([one, one.with_(id="t", problem=problem + " ")])
    json.dumps([item.to_dict() for item in audit])


@pytest.mark.parametrize(
    "fields",
    [
        {"problem": "How many " * 40_000},
        {"problem": "$" + "1+" * 40_000 + "1$"},
        {"problem": "(" * 60_000},
        {"problem": "Find $m+n$ where $a$" + " " * 60_000 + "are integers."},
        {"problem": "What is $m$" + "\n " * 30_000 + "?"},
        {"problem": "|" + "\t" * 60_000 + "as shown."},
        {"problem": "(A) " * 15_000},
        {"problem": "the smallest " * 5_000 + "integer?"},
        {"problem": "Compute $" + "9^{" * 30 + "9" + "}" * 30 + "$."},
        {"solution": "= " * 40_000},
        {"solution": "$" + "2 = 2.1 " * 9_000 + "$"},
        {"solution": "$2^{9999999} = 3.1$ " * 400},
        {"solution": "1.5 " * 30_000},
        {"answer": "9" * 60_000},
        {"answer": "\\frac{1}{" * 2_000},
    ],
)
def test_a_hostile_sample_takes_bounded_time(fields):
    problem = fields.pop("problem", "What is the minimum number of photons?")
    one = Sample("s", problem, fields.pop("answer", "2"), **fields)
    started = time.process_time()
    audit_samples([one])
    assert time.process_time() - started < 2


def _pool(size):
    return [
        Sample(
            str(place),
            f"A box holds {place} red balls and {place * 7 % 1001} blue ones of {place % 13} kinds "
            f"in {place % 97} layers. How many balls does the box hold in all {place % 89} rows?",
            str(place * 8),
            solution=f"There are ${place} + {place * 7} = {place * 8}$ of them.",
        )
        for place in range(1, size + 1)
    ]


def test_time_grows_with_the_pool_and_not_with_its_square():
    def seconds(size):
        pool = _pool(size)
        started = time.process_time()
        audit_samples(pool)
        return time.process_time() - started

    seconds(50)  # imports
    small, large = seconds(300), seconds(2400)
    assert large < 24 * max(small, 0.05)  # eight times the pool, a square would be 64


def test_the_api_takes_a_sample_a_file_or_one_of_a_file(tmp_path):
    path = tmp_path / "pool.jsonl"
    se.save_pool([RIGHT, WRONG], path)
    assert isinstance(se.audit(WRONG), Audit)
    assert se.audit(path).ids == ("right", "wrong")
    assert se.audit(f"{path}#wrong", checks="stated,gold").checks == ("gold", "stated")
    assert [item.check for item in se.audit(f"{path}#wrong")] == ["stated"]
    path.write_text(path.read_text() + "{\n")
    assert "1 lines" in se.audit(path).notes[0]


@pytest.fixture
def pool(tmp_path):
    path = tmp_path / "pool.jsonl"
    se.save_pool([RIGHT.with_(id="r"), WRONG, Sample("h", HOSTILE, "3")], path)
    return path


def _run(*arguments):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)])


def test_the_command_exits_with_1_where_a_finding_is_severe(pool):
    done = _run(pool, "--checks", "stated")
    assert done.exit_code == 1
    assert "severe   stated wrong" in done.output
    assert "54" in done.output
    assert _run(f"{pool}#r").exit_code == 0


def test_the_command_exits_with_2_for_usage_and_3_where_it_could_not_audit(tmp_path, pool):
    assert _run(pool, "--no-such-option").exit_code == 2
    for arguments in ((tmp_path / "absent.jsonl",), (pool, "--checks", "gld")):
        failed = _run(*arguments)
        assert failed.exception.exit_status == 3
    assert "--checks 'gld'" in str(failed.exception)
    out = tmp_path / "found.docx"
    assert _run(pool, "-o", out).exception.exit_status == 3
    assert not out.exists()


def test_hostile_text_cannot_drive_the_terminal(pool):
    done = _run(pool, "--checks", "guessable,gold", "--top", "50")
    assert "\x1b" not in done.output
    assert "\u202e" not in done.output


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_all_findings_are_written_whatever_is_shown(pool, tmp_path, ending):
    import pandas

    out = tmp_path / f"found.{ending}"
    done = _run(pool, "-o", out, "--top", 1)
    assert f"to {out}" in done.output.replace("\n", "")
    read = {"jsonl": lambda p: pandas.read_json(p, lines=True), "csv": pandas.read_csv}
    table = read.get(ending, pandas.read_parquet)(out)
    assert len(table) == len(se.audit(pool))
    assert set(table) == {"sample", "severity", "check", "message", "evidence"}


def test_json_is_for_programs(pool):
    done = _run(pool, "--format", "json", "--top", 1)
    record = json.loads(done.output)
    assert record["samples"] == 3
    assert len(record["findings"]) == 1
    assert record["findings"][0]["severity"] == "severe"
    assert record["counts"]["stated"]["severe"] == 1
