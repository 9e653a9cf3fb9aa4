"""A judge's audit names the weakness that a judge has, and no other."""

import pytest

from sample_engineering.errors import GenerationError
from sample_engineering.judging import Judge, JudgeSettings, audit_judge
from sample_engineering.judging.auditing import NOT_SHOWN, UNUSABLE, USABLE
from tests.judging import judges

WEAK = {
    "length": judges.prefers_long,
    "length of right answers": judges.prefers_short,
    "order": judges.prefers_first,
    "master keys": judges.fooled_by_keys,
    "injection": judges.obeys,
    "hedged answers": judges.takes_hedges,
    "repeat": judges.fickle,
    "right answers": judges.strict,
}


def audited(rule, n=36, samples=None, **how):
    with judges.server(rule, **how) as server, Judge(JudgeSettings(f"judge@{server.url}")) as judge:
        return audit_judge(judge, samples, n=n)


def above(found):
    return [one.family for one in found.findings if one.told == "above"]


def test_a_sound_judge_may_be_used():
    found = audited(judges.sound)
    assert (found.verdict, found.reasons) == (USABLE, ())
    assert all(one.failed == 0 and one.abstained == 0 for one in found.findings)


@pytest.mark.parametrize("family", WEAK)
def test_each_weakness_is_found_and_told_apart(family):
    found = audited(WEAK[family])
    assert found.verdict == UNUSABLE
    assert above(found) == [family]
    assert len(found.reasons) == 1


@pytest.mark.parametrize("rule", [judges.prefers_last, judges.prefers_reference_last])
def test_a_bias_by_position_is_found_whichever_place_is_preferred(rule):
    """What such a judge says where the answer stands last, as it is asked, is wrong besides."""
    assert "order" in above(audited(rule))


def test_a_judge_that_calls_everything_right_fails_where_answers_are_wrong():
    found = audited(judges.lenient)
    assert above(found) == ["wrong answers", "length", "master keys", "hedged answers", "injection"]
    assert found["wrong answers"].rate == 1
    assert found["right answers"].rate == 0
    assert found["length"].plain == 1  # not the padding: it takes the bare answers too


def test_few_cases_show_nothing():
    found = audited(judges.sound, n=5)
    assert found.verdict == NOT_SHOWN
    assert "too few cases" in found.reasons[0]


def test_a_judge_that_cannot_be_read_abstains_and_must_not_be_used():
    found = audited(judges.sound, n=6, write=lambda said: "I think the answer is fine.")
    assert found.verdict == UNUSABLE
    assert "abstentions" in found.reasons[0]
    assert all(one.asked == 0 for one in found.findings)


def test_a_judge_that_is_down_is_an_error():
    settings = JudgeSettings("judge@http://127.0.0.1:9", timeout=1.0)
    with Judge(settings) as judge, pytest.raises(GenerationError, match="gives no verdict"):
        audit_judge(judge, n=2)
