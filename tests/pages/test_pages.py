"""`--report` of every command that has it: whole, inert, the same bytes, and read in a browser."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.errors import ConfigError
from sample_engineering.evaluation import Evaluation
from sample_engineering.evaluation import compare as se_compare
from sample_engineering.judging import JudgeAudit
from sample_engineering.judging.auditing import Finding
from sample_engineering.pages.spread import skill_map
from sample_engineering.pages.writing import page_of
from sample_engineering.probing.record import ProbeRecord
from sample_engineering.probing.rollouts import Rollout
from sample_engineering.sample import Sample
from sample_engineering.search.result import SearchResult
from sample_engineering.search.trials import Confirmation, Trial
from sample_engineering.selectors.predicting import Prediction, SelectorEvaluation
from sample_engineering.synthesis.composer import Rejected
from tests.browser import DESK, PHONE
from tests.report.runs import HOSTILE, HOSTILE_NAME, write_run

_ROOT = Path(__file__).resolve().parents[2]
_POOL = _ROOT / "examples" / "pool.jsonl"
_RUNS = _ROOT / "tests" / "runs"
_FOREIGN = HOSTILE.replace("\ud800", "")


class _Elements(HTMLParser):
    """Counts elements, and keeps what they are given."""

    def __init__(self, page):
        super().__init__()
        self.found, self.attributes, self.text = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def _hostile_samples(number=9):
    return [
        Sample(
            f"{HOSTILE_NAME}{i}",
            f"What is $1 + {i}$? {_FOREIGN}",
            str(1 + i),
            solution=_FOREIGN,
            domains=("physics",) if i % 2 else (),
            skills=("addition",) if i % 3 else (),
            source=_FOREIGN[:200],
        )
        for i in range(number)
    ]


def _probe(samples):
    rollouts = [
        [Rollout(correct=i % 3 > j % 2, readable=True, tokens=10 + j, truncated=False, answer=None)
         for j in range(4)]
        for i in range(len(samples))
    ]  # fmt: skip
    records = [
        ProbeRecord.of(sample.id, each, each[:2], group_size=8, model="m")
        for sample, each in zip(samples, rollouts, strict=True)
    ]
    return se.Probe(tuple(records), HOSTILE_NAME, 4 * len(samples), 2 * len(samples),
                    notes=(HOSTILE_NAME,))  # fmt: skip


def _hostile_audit(samples):
    findings = [
        se.Finding("stated", severity, sample.id, _FOREIGN, {"text": _FOREIGN[:90]})
        for sample, severity in zip(samples, ("severe", "warning", "note") * 3, strict=True)
    ]
    return se.Audit(tuple(findings), ("stated", "kind"), tuple(s.id for s in samples), (_FOREIGN,))


def _evaluation(seed):
    """Completions that are full of hostile text, as an evaluation keeps them."""
    rows = [
        {
            "item": f"{HOSTILE_NAME}{i}", "domain": ("physics", _FOREIGN[:60])[i % 2],
            "split": "seen", "sample_index": k, "completion": _FOREIGN, "tokens": 10 + i + k,
            "finish_reason": ("stop", "length")[k], "readable": (i + k) % 3 > 0,
            "correct": (i + k + seed) % 3 == 1, "rule": "number", "timed_out": False,
            "problem": _FOREIGN, "answer": _FOREIGN[:40], "benchmark": HOSTILE_NAME,
            "extracted": i > 0, "extracted_right": False,
        }
        for i in range(6)
        for k in range(2)
    ]  # fmt: skip
    info = {"model": HOSTILE_NAME, "benchmark": HOSTILE_NAME, "temperature": 1.0, "seed": seed,
            "template": _FOREIGN, "notes": [_FOREIGN], "left_out": [_FOREIGN]}  # fmt: skip
    return Evaluation(pd.DataFrame(rows), info)


def _predicting():
    orders = [
        Prediction(name, (HOSTILE_NAME,), "text", 9, rho, 0.2, 0.6, rho - 0.4, rho + 0.3, 0.7, 0.8)
        for name, rho in ((HOSTILE_NAME, -0.5), ("learnability", 0.3))
    ]
    found = SelectorEvaluation(
        tuple(orders), HOSTILE_NAME, _FOREIGN, 9, {HOSTILE_NAME: _FOREIGN}, (_FOREIGN,)
    )
    return replace(se.rank(_hostile_samples(3)), evaluation=found)


def _search(samples):
    """A search of hostile candidates: one taught nothing, one is confirmed."""
    trials = [
        Trial(i + 1, sample.id, i + 1, False, 0, 10, i != 1, 40, 0.3, 0.4, 0.1, 0.0, 0.2, 0.05,
              f"trials/{i}", samples[0].id, 0.1, 0.02)
        for i, sample in enumerate(samples)
    ]  # fmt: skip
    confirmed = Confirmation(1, samples[0].id, (1, 2), 20, 2, 80, 0.3, 0.41, 0.11, 0.02, 0.2, "c/1")
    plan = SimpleNamespace(candidates=samples, natural=len(samples), budget=120, out=Path("a b"),
                           notes=(_FOREIGN,))  # fmt: skip
    return SearchResult(plan, tuple(trials), (confirmed,), samples[0])


def _judged():
    findings = [
        Finding(family, _FOREIGN, 40, failed, 2, failed / 40, low, high, 0.1, 0.02, told, _FOREIGN)
        for family, failed, low, high, told in (
            (HOSTILE_NAME, 9, 0.12, 0.37, "above"), ("order", 0, 0.0, 0.09, "within"),
            ("hedges", 3, 0.02, 0.2, "not shown"),
        )
    ]  # fmt: skip
    return JudgeAudit(HOSTILE_NAME, tuple(findings), "must not be used", (_FOREIGN[:90],),
                      (_FOREIGN,), {"prompt": _FOREIGN, "votes": 3})  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The page of every kind of result, full of hostile texts."""
    samples = _hostile_samples()
    composed = se.synthesize("physics,biology", n=4, seed=1)
    hostile = se.Composition(
        [*composed, *samples], {**composed.funnel, f"failed: {HOSTILE_NAME}": 3},
        [Rejected("novel", _FOREIGN, ("a",), _FOREIGN)],
    )  # fmt: skip
    runs = tmp_path_factory.mktemp("runs")
    name = HOSTILE_NAME.replace("/", "")
    write_run(runs / name, hostile=True, sample_id=HOSTILE_NAME, seeds=(0,))
    found = {
        "rank": page_of(se.rank(samples, against=samples[:3])),
        "probe": page_of(_probe(samples), samples),
        "audit": page_of(_hostile_audit(samples), samples),
        "synthesize": page_of(hostile),
        "compare": page_of(se.compare([runs / name, _RUNS / "data" / "format_1"])),
        "leaderboard": page_of(se.leaderboard(runs)),
        "evaluate": page_of(_evaluation(0), lift=se_compare(_evaluation(1), _evaluation(0))),
        "rank-evaluate": page_of(_predicting()),
        "search": page_of(_search(samples)),
        "judge": page_of(_judged()),
    }
    folder = tmp_path_factory.mktemp("pages")
    for name, page in found.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in found}


_NAMES = (
    *("rank", "probe", "audit", "synthesize", "compare", "leaderboard"),
    *("evaluate", "rank-evaluate", "search", "judge"),
)
_WITHOUT_TABLE = ("compare", "rank-evaluate", "search", "judge")  # of everything, for the script


@pytest.mark.parametrize("name", _NAMES)
def test_a_page_is_whole_and_hostile_text_is_text(pages, name):
    page = pages[name].read_text(encoding="utf-8")
    seen = _Elements(page)
    assert seen.found.count("h1") == 1
    assert not {"img", "iframe", "object", "embed", "form", "link", "base"} & set(seen.found)
    assert not any(key.startswith("on") for key, _ in seen.attributes)
    links = {value for key, value in seen.attributes if key == "href"}
    assert all(link.startswith("#") for link in links)
    ids = [value for key, value in seen.attributes if key == "id"]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links} <= set(ids)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b]", page)
    assert len(page) < 1_000_000


@pytest.mark.parametrize("name", _NAMES)
def test_a_page_tells_its_story_without_script(pages, name, opened):
    seen = opened(pages[name], script=False)
    text = seen.page.inner_text("main")
    assert len(text) > 300
    assert "This table needs a script" in text or name in _WITHOUT_TABLE
    assert (seen.errors, seen.requests, seen.dialogs) == ([], [], [])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", _NAMES)
def test_a_page_is_accessible_and_fits_the_screen(pages, name, opened, dark):
    seen = opened(pages[name], width=PHONE if dark else DESK, dark=dark)
    for place in seen.page.query_selector_all("[data-explorer]"):
        place.wait_for_selector("table")
    for folded in seen.page.query_selector_all("details"):
        folded.evaluate("one => one.open = true")
    assert seen.violations() == []
    assert seen.sideways <= 0
    assert (seen.errors, seen.requests, seen.dialogs) == ([], [], [])
    assert seen.page.title() != "owned"


def test_values_of_a_chart_are_told_on_hover_and_by_the_arrow_keys(pages, opened):
    seen = opened(pages["search"])
    chart = seen.page.locator("svg[data-places]").first
    told = seen.page.locator("output.told").first
    assert chart.get_attribute("role") == "slider"
    chart.focus()
    assert told.inner_text().startswith("trial 1: ")
    for key, place in (
        ("ArrowRight", 2),
        ("End", 9),
        ("ArrowRight", 9),
        ("ArrowLeft", 8),
        ("Home", 1),
    ):
        chart.press(key)
        assert told.inner_text().startswith(f"trial {place}: ")
        assert chart.get_attribute("aria-valuetext") == told.inner_text()
    assert re.search(r"measured, of the trial \+10\.0", told.inner_text())
    seen.page.keyboard.press("Tab")
    assert told.inner_text() == ""
    chart.scroll_into_view_if_needed()
    chart.hover()  # in its middle
    assert told.inner_text().startswith("trial 5: ")
    assert seen.violations() == []
    assert seen.errors == []
    still = opened(pages["search"], script=False).page.locator("svg[data-places]").first
    assert (still.get_attribute("role"), still.get_attribute("tabindex")) == ("img", None)


def _ranked(opened, tmp_path, number):
    """The page of many candidates in the browser, and the seconds until its table stood."""
    samples = [
        Sample(f"c-{i}", f"A cart goes {i} m in {1 + i % 97} s. How fast is it? Case {i}.",
               str(i), domains=(("physics", "math")[i % 2],))
        for i in range(number)
    ]  # fmt: skip
    rates = [{"id": f"c-{i}", "n": 8, "correct": i % 9} for i in range(number)]
    page = tmp_path / "page.html"
    se.rank(samples, rates=rates, report=page, copies="keep", selectors="learnability")
    seen = opened(page)
    seen.page.wait_for_selector("[data-explorer] table")
    return seen, page


def test_ten_thousand_candidates_are_sorted_and_searched_without_lag(opened, tmp_path):
    seen, page = _ranked(opened, tmp_path, 10_000)
    assert page.stat().st_size < 5_000_000
    table = seen.page.locator("[data-explorer]")
    assert "10,000 of 10,000 candidates" in table.inner_text()
    head = table.locator("th button", has_text="rank")
    for way in ("10000", "1"):  # downwards, then upwards
        took = seen.page.evaluate(
            """() => { const began = performance.now();
                const head = [...document.querySelectorAll('[data-explorer] th button')]
                    .find((one) => one.textContent.includes('rank'));
                head.click();
                return new Promise((done) => requestAnimationFrame(() => setTimeout(
                    () => done(performance.now() - began)))); }"""
        )
        assert took < 2000
        assert head.count() == 1
        assert table.locator("tbody tr").first.locator("td").first.inner_text() == way
    table.locator("input[type=search]").fill("case 4321.")
    table.get_by_text("1 of 10,000 candidates").wait_for()
    assert "c-4321" in table.locator("tbody").inner_text()
    assert seen.errors == []


def test_the_page_says_what_was_found(tmp_path):
    page = tmp_path / "page.html"
    ranking = se.rank(_POOL, report=page)
    text = " ".join("".join(_Elements(page.read_text(encoding="utf-8")).text).split())
    assert f"Ranking of {len(ranking)} candidates by score" in text
    assert f"First: {ranking.best.id}" in text
    assert "Distribution of every score" in text
    assert "Skills by domain" in text
    assert all(" ".join(note.split()) in text for note in ranking.notes)


def test_gates_and_their_numbers_are_told(tmp_path):
    pool = tmp_path / "pool.jsonl"
    texts = {"a": ("What is $3+4$?", "7"), "b": ("Show that x.", ""), "c": ("2 m/s for 3 s", "6")}
    lines = [{"id": id_, "problem": text, "answer": gold} for id_, (text, gold) in texts.items()]
    pool.write_text("".join(json.dumps(line) + "\n" for line in lines))
    against = [Sample("bench", "What is $3+4$?", "7")]
    page = page_of(se.rank(pool, against=against))
    text = "".join(_Elements(page).text)
    assert "Funnel and gates" in text
    assert "contaminated" in text
    assert "no answer" in text


def test_the_map_counts_each_skill_once_a_sample_and_says_what_is_left_out():
    samples = [Sample(str(i), "p", "1", domains=("physics",) * (i % 2)) for i in range(4)]
    skills = [["a", "a", "b"], ["a"], None, [f"s{i}" for i in range(40)]]
    text = " ".join(_Elements(skill_map(samples, skills)).text)
    assert "18 rarer skills are left out" in text
    assert re.search(r"skill +physics +none named +all +a +1 +1 +2", text)
    assert skill_map(samples, [None] * 4) is None


@pytest.mark.parametrize(
    ("name", "message"), [("page.txt", "has to end in .html"), ("folder.html", "is a folder")]
)
def test_what_can_be_no_page_is_refused_before_the_work(tmp_path, name, message):
    (tmp_path / "folder.html").mkdir()
    for call in (
        lambda page: se.rank(tmp_path / "nowhere.jsonl", report=page),
        lambda page: se.audit([Sample("a", "p", "1")], report=page),
        lambda page: se.synthesize("physics", report=page),
        lambda page: se.compare([tmp_path, tmp_path], report=page),
        lambda page: se.leaderboard(tmp_path, report=page),
        lambda page: se.probe(tmp_path / "nowhere.jsonl", report=page),
    ):
        with pytest.raises(ConfigError, match=message):
            call(tmp_path / name)


def test_a_page_that_would_not_be_written_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="`report` is not for"):
        se.rank(_POOL, report=tmp_path / "page.html", explain="math-linear-tickets")


_COMMANDS = {
    "rank": ["rank", _POOL],
    "audit": ["audit", _POOL],
    "synthesize": ["synthesize", "--domains", "physics,biology", "-n", "3"],
    "compare": ["compare", _RUNS / "data" / "format_1", _RUNS / "older" / "format_2"],
    "leaderboard": ["leaderboard", _RUNS],
    "rank-evaluate": ["rank", _POOL, "--evaluate", f"{_POOL}#pass_rate"],
}


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_writes_its_page(tmp_path, name):
    page = tmp_path / "deep" / "page.html"
    done = CliRunner().invoke(app, [*map(str, _COMMANDS[name]), "--report", str(page)])
    assert done.exit_code == 0, done.output
    assert f"page: {page}" in done.stderr
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
