"""The page: everything that a run holds, safe whatever was written, whole or in part."""

import html
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from sample_engineering.errors import RunError
from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from sample_engineering.markup import foreign, tag
from sample_engineering.report import Run, render_page, write_report
from sample_engineering.report.document import page_script
from tests.report.runs import HOSTILE, write_run


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("runs") / "whole")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("runs") / "both", readings=READINGS, seeds=(0, 1, 2))


def _open(run):
    return Run.open(run, resamples=200)


class _Elements(HTMLParser):
    """Collects elements, attributes and ids; HTML's own void elements need no end."""

    VOID = frozenset({"meta", "br", "hr", "img", "line", "rect", "circle", "polyline", "!doctype"})

    def __init__(self):
        super().__init__()
        self.names, self.attributes, self.ids, self.open, self.text = set(), set(), set(), [], []

    def handle_starttag(self, name, attributes):
        self.names.add(name)
        self.attributes |= {key for key, _ in attributes}
        self.ids |= {value for key, value in attributes if key == "id"}
        if name not in self.VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        if name not in self.VOID:
            assert self.open.pop() == name

    def handle_data(self, data):
        self.text.append(data)


def _parse(page):
    parser = _Elements()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def test_the_page_shows_everything_and_the_verdict_first(whole):
    page = render_page(_open(whole))
    parser = _parse(page)
    assert parser.ids == {
        "verdict", "lift", "gains", "arms", "behaviour", "training", "facts", "sample", "examples",
        "rollouts", "settings", "cite", "content", "completions", "completions-data", "repeat",
        "works",
    }  # fmt: skip
    assert page.index('id="verdict"') < page.index('id="lift"')
    text = " ".join(parser.text)
    for words in ("These 2 runs lifted the model", "chemistry", "random-reward", "in asked form"):
        assert words in text


def test_both_readings_stand_side_by_side_and_apart(both):
    run = _open(both)
    text = " ".join(_parse(render_page(run)).text)
    lift = text[text.rindex("Lift by domain") : text.rindex("What else gives that?")]
    greedy, sampled = lift[: lift.index("sampled, 4 each")], lift[lift.index("sampled, 4 each") :]
    for reading, part in ((GREEDY, greedy), (SAMPLED, sampled)):
        for name, effect in run.lifts[reading].domains.items():
            row = part[part.index(name) :].split()
            assert row[1] == f"{100 * effect.lift:+.1f}", (reading, name)
    assert "pass@4" not in greedy
    assert "pass@4" in sampled
    for question in run.questions:
        assert question.text in text
        assert question.figure in text
    assert run.folder.protocol.digest in text


def test_the_page_needs_nothing_but_itself(whole):
    page = render_page(_open(whole))
    still = page.replace(page_script(), "")  # the script is looked at in test_page_script
    assert not re.search(r"(?:src|url|@import)\s*[=(]|https?:|<link", still)
    assert re.findall("<script[^>]*>", still) == [
        '<script type="text/plain" id="completions-data">',
        "<script>",
    ]
    assert set(re.findall(r"href=(.)(.)", still)) == {('"', "#")}
    assert "default-src 'none'" in html.unescape(page)
    assert "width=device-width" in page
    assert "prefers-color-scheme: dark" in page


def test_hostile_text_stays_text(tmp_path):
    run = write_run(tmp_path / "run", hostile=True, sample_id="<script>1</script>\u202e")
    parser = _parse(render_page(_open(run)))
    assert parser.names.isdisjoint({"img", "b:", "iframe", "link", "object", "form"})
    assert not any(name.startswith("on") or name == "src" for name in parser.attributes)
    page = render_page(_open(run))
    page = page.replace(page_script(), "")
    assert page.count("<script") == 2
    assert set(re.findall(r"href=(.)(.)", page)) == {('"', "#")}
    assert page.count("<style>") == 1
    assert "document.title" in page  # it is shown, as text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", page)
    assert "\u0301\u0316\u0301\u0316\u0301" not in page
    assert page.encode("utf-8")


def test_text_is_escaped_wherever_it_stands():
    assert tag("p", '<b>"', title='"><x>') == '<p title="&quot;&gt;&lt;x&gt;">&lt;b&gt;&quot;</p>'
    assert tag("p", ["a", tag("i", "<")], None) == "<p>a<i>&lt;</i></p>"
    assert len(foreign("x" * 100_000)) < 7000
    assert "characters left out" in foreign("x" * 100_000)
    assert foreign("e\u0301") == "e\u0301"


def test_an_untrained_run_shows_no_lift(tmp_path):
    run = write_run(tmp_path / "run", trained=False, controls=False)
    parser = _parse(render_page(_open(run)))
    text = " ".join(parser.text)
    assert "not trained" in text
    assert "no rollout was right" in text
    assert "lift" not in parser.ids


def test_harm_is_shown_as_harm(tmp_path):
    run = write_run(tmp_path / "run", after=(0.05, 0.05, 0.05, 0.05), seeds=(0,), controls=False)
    page = render_page(_open(run))
    assert 'class="verdict bad"' in page
    assert "This run harmed the model" in page


@pytest.mark.parametrize(
    "lost",
    [
        ["config.json"],
        ["metrics.jsonl"],
        ["rollouts.parquet"],
        ["result.json"],
        ["eval/before.parquet"],
        ["eval/after-seed-0.parquet"],
        ["eval"],
        ["config.json", "metrics.jsonl", "rollouts.parquet", "result.json"],
        ["config.json", "rollouts.parquet", "result.json", "eval"],
    ],
    ids=lambda lost: "+".join(lost).replace("/", "-"),
)
@pytest.mark.parametrize("damage", ["missing", "cut", "noise"])
def test_a_partial_or_damaged_run_still_opens(whole, tmp_path, lost, damage):
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    for control in ("in-context", "format-only"):  # one control is enough here
        (run / "eval" / f"{control}.parquet").unlink()
    for name in lost:
        path = run / name
        if path.is_dir():
            shutil.rmtree(path)
        elif damage == "missing":
            path.unlink()
        elif damage == "cut":
            path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        else:
            path.write_bytes(b"\x00\xff\xfe{[PAR1" * 50)
    opened = _open(run)
    parser = _parse(render_page(opened))
    assert opened.problems
    assert "notes" in parser.ids
    if not any(name.startswith("eval") for name in lost):
        assert "lift" in parser.ids


def test_records_of_the_wrong_shape_are_survived(whole, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    (run / "config.json").write_text(json.dumps({"sample": [1], "model": {"a": 1}, "seeds": None}))
    (run / "result.json").write_text(
        json.dumps({"steps": "many", "trained": None, "warnings": "x", "domains": 3})
    )
    (run / "metrics.jsonl").write_text(
        '{"step": "one", "pass_rate": "high", "arm": 3}\n[1]\n{"step": 2, "pass_rate": {"a": 1}}\n'
        '{"step": null, "pass_rate": NaN, "groups": 0, "informative_groups": 1}\n'
    )
    _parse(render_page(_open(run)))


def test_items_that_do_not_match_are_named(whole, tmp_path):
    from tests.report.runs import evaluation

    run = tmp_path / "run"
    shutil.copytree(whole, run)
    evaluation((0.5,) * 4, items=7).save(run / "eval" / "format-only.parquet")
    opened = _open(run)
    page = render_page(opened)
    assert any("format-only" in problem for problem in opened.problems)
    assert "random-reward" in page


def test_no_run_is_a_clear_error(tmp_path):
    with pytest.raises(RunError, match="no run folder at"):
        Run.open(tmp_path / "absent")
    with pytest.raises(RunError, match="is no run folder"):
        Run.open(tmp_path)


def test_the_page_is_written_into_the_run_folder_or_where_asked(whole, tmp_path):
    assert write_report(whole) == whole / "report.html"
    assert write_report(whole, tmp_path / "a" / "b.html").read_text().startswith("<!DOCTYPE html>")
    assert (whole / "report.html").read_text() == (tmp_path / "a" / "b.html").read_text()


def test_a_page_that_escaped_nothing_would_be_caught():
    parser = _Elements()
    parser.handle_endtag = lambda name: None
    parser.feed(HOSTILE)
    assert {"script", "img", "style"} <= parser.names
    assert {"onerror", "onload", "src"} <= parser.attributes
    assert re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", HOSTILE)


def test_a_page_is_the_same_each_time_whatever_the_seed_of_hashes(whole, tmp_path):
    program = (
        "import sys; from sample_engineering.report import write_report as write; "
        "write(*sys.argv[1:])"
    )
    pages = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.html"
        subprocess.run(
            [sys.executable, "-c", program, str(whole), str(out)],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        pages.append(out.read_bytes())
    assert pages[0] == pages[1] == write_report(whole, tmp_path / "again.html").read_bytes()


def test_what_each_control_is_stands_in_a_sentence(whole, tmp_path):
    text = " ".join(_parse(render_page(_open(whole))).text)
    assert "Is it the form of the answer? A lift has to lead over it." in text
    run = write_run(tmp_path / "run", controls=False, seeds=(0,))
    text = " ".join(_parse(render_page(_open(run))).text)
    assert "No controls were run." in text
    assert "se validate ... --controls basic" in text


def test_how_to_repeat_a_run_stands_on_its_page(whole, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    text = " ".join(_parse(render_page(_open(run))).text)
    assert "No command was kept" in text
    config = json.loads((run / "config.json").read_text())
    config["command"] = "se validate 'a b.json' --seeds 0,1"
    config["machine"] = {"system": "Linux", "cores": "2", "GPUs": "2 x NVIDIA H100"}
    (run / "config.json").write_text(json.dumps(config))
    text = " ".join(_parse(render_page(_open(run))).text)
    for words in (
        "se validate 'a b.json' --seeds 0,1", "GPUs 2 x NVIDIA H100", "training 0, 1; evaluation 0",
        "python 3.12, torch 2.13", "finished 20",
    ):  # fmt: skip
        assert words in text


def test_the_skills_of_the_sample_stand_beside_those_of_the_benchmark(whole, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    inputs = json.loads((run / "inputs.json").read_text())
    inputs["items"] = [
        {"id": f"i{at}", "problem": "p", "answer": "1", "skills": skills}
        for at, skills in enumerate(
            [["addition"], ["addition", "subtraction"], ["division"], ["division"]]
        )
    ]
    (run / "inputs.json").write_text(json.dumps(inputs))
    page = _parse(render_page(_open(run)))
    assert "skills" in page.ids
    rows = " ".join(page.text)
    rows = rows[rows.rindex("Skills: the sample and the benchmark") :]
    figures = re.findall(r"(addition|subtraction|multiplication|division) (\d+) % (\d+) %", rows)
    assert sorted(figures) == [
        ("addition", "50", "38"), ("division", "0", "50"), ("multiplication", "50", "0"),
        ("subtraction", "0", "12"),
    ]  # fmt: skip
    assert "What the sample exercises is 38 % of what the benchmark asks for" in rows
