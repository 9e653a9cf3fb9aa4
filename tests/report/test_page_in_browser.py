"""The validation page in a real browser: quiet, accessible, as wide as the screen, inert."""

import pytest

from sample_engineering.evaluation.readings import READINGS
from sample_engineering.report import Run, write_report
from sample_engineering.report.completions import completions
from sample_engineering.runs.format import MAIN
from tests.browser import DESK, PHONE
from tests.report.runs import write_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    path = write_run(tmp_path_factory.mktemp("runs") / "both", readings=READINGS, seeds=(0, 1, 2))
    return Run.open(path, resamples=200)


@pytest.fixture(scope="module")
def page(run):
    return write_report(run)


def _ready(seen):
    seen.page.wait_for_selector("[data-explorer][data-ready]")
    return seen


def _quiet(seen):
    return (seen.errors, seen.requests, seen.dialogs) == ([], [], [])


def _summary(seen):
    return seen.page.text_content(".summary")


def _left(seen):
    return int(_summary(seen).split(" of ")[0].replace(",", ""))


@pytest.mark.parametrize(
    ("width", "dark"), [(PHONE, False), (DESK, True)], ids=["phone", "desk, dark"]
)
def test_the_page_is_accessible_and_fits_the_screen(page, opened, width, dark):
    seen = _ready(opened(page, width=width, dark=dark))
    seen.page.locator("button.row").nth(1).click()
    seen.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert seen.violations() == []
    assert seen.sideways <= 0
    table = seen.page.locator(".explorer table")
    spans = table.locator("tr.detail td").get_attribute("colspan")
    assert int(spans) == table.locator("thead th").count() == (4 if width == PHONE else 9)
    assert _quiet(seen), (seen.errors, seen.requests, seen.dialogs)


def test_without_the_script_the_story_remains(page, opened):
    seen = opened(page, script=False)
    text = seen.page.text_content("main")
    for words in ("greedy accuracy", "Lift by domain", "Completions before and after"):
        assert words in text
    assert "needs the script of the page" in text


def test_completions_are_chosen_with_the_mouse(run, page, opened):
    seen = _ready(opened(page))
    total = completions(run).total
    assert _left(seen) == total
    arm, change = (
        seen.page.locator(".filters label", has_text=name).locator("select")
        for name in ("arm", "before → after")
    )
    own = sum(len(one.table) for arms in run.folder.evaluations.values() for one in arms[MAIN])
    own += len(run.folder.rollouts)
    arm.select_option(label=f"this sample ({own})")
    assert _left(seen) == own
    change.select_option(index=1)
    assert 0 < _left(seen) < own
    seen.page.locator("button.row").first.click()
    detail = seen.page.locator("tr.detail")
    assert detail.locator(".badge").all_text_contents() == ["wrong", "right"]
    assert "compared as numbers" in detail.text_content()
    assert "find its position" in detail.text_content()
    detail.get_by_label("show what changed").check()
    assert detail.locator("ins").count() > 0
    seen.page.get_by_role("button", name="clear").click()
    assert _left(seen) == total
    assert _quiet(seen)


def test_completions_are_chosen_with_the_keyboard(run, page, opened):
    seen = _ready(opened(page))
    keys = seen.page.keyboard
    seen.page.get_by_role("searchbox").focus()
    keys.type("so 84")
    seen.page.locator(".summary", has_text="2 of").wait_for()
    keys.press("Control+A")
    keys.press("Delete")
    slider = seen.page.locator(".explorer").get_by_role("slider")
    slider.focus()
    keys.press("End")
    assert "training step 80" in slider.get_attribute("aria-valuetext")
    at_last = _left(seen)
    assert 0 < at_last < completions(run).total
    row = seen.page.locator("button.row")
    row.first.focus()
    keys.press("ArrowDown")
    assert row.nth(1).evaluate("one => one === document.activeElement")
    keys.press("Enter")
    assert row.nth(1).get_attribute("aria-expanded") == "true"
    keys.press("Escape")
    assert row.nth(1).get_attribute("aria-expanded") == "false"
    assert _quiet(seen)


def test_mathematics_is_typeset_and_can_be_read_as_written(page, opened):
    seen = _ready(opened(page))
    assert seen.page.locator(".explorer math").count() > 0
    seen.page.get_by_label("typeset mathematics").uncheck()
    assert seen.page.locator(".explorer math").count() == 0
    assert "\\boxed{" in seen.page.text_content(".explorer tbody")


# What a hostile model may write: each beside a formula, so that it is near what is typeset.
_HOSTILE = (
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    "<!--<script>",
    "]]></script><svg onload=\"document.title='owned'\">",
    "<img src=x onerror=\"document.title='owned'\">",
    "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\">",
    "<math><mtext><script>document.title='owned'</script></mtext></math>",
    "javascript:document.title='owned'",
    "$\\href{javascript:document.title='owned'}{x}$",
    "$\\url{javascript:alert(1)}$ $\\includegraphics{https://evil.example/x.png}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\htmlData{onclick=alert(1)}{x} \\class{skip}{y} \\id{content}{z}$",
    "$\\style{position:fixed;inset:0;background:red}{x}$",
    "$\\color{red;position:fixed}{x} \\rule{9999em}{9999em}$",
    "$\\def\\a{\\a\\a}\\a$ $\\newcommand{\\b}{\\b\\b}\\b$",
    "\\boxed{" * 400 + "1" + "}" * 400,
    "$" * 501,
    "\\begin{matrix}" + "&" * 1500 + "\\end{matrix}",
    "\x00\x1b[31m \u202egnp.exe \u2066x\u2069 \ufeff\uffff",
    "Z" + "\u0301\u0316" * 300,
    "W" * 5000,
    "{{7*7}} ${7*7} #{7*7} %s %n",
    "__proto__ constructor toString hasOwnProperty",
    "&lt;script&gt; &#60;script&#62;",
)


def test_whatever_a_model_writes_stays_text(tmp_path, opened):
    from dataclasses import replace

    from sample_engineering.evaluation import Evaluation

    folder = write_run(
        tmp_path / "run", hostile=True, sample_id="<script>1</script>\u202e", controls=False,
        seeds=(0,),
    )  # fmt: skip
    for name in ("before", "after"):
        path = folder / "eval" / f"{name}.parquet"
        found = Evaluation.load(path)
        texts = [_HOSTILE[at % len(_HOSTILE)] for at in range(len(found.table))]
        table = found.table.assign(
            completion=texts, problem=texts, answer=[text[:80] for text in texts]
        )
        replace(found, table=table).save(path)
    target = write_report(Run.open(folder, resamples=100))
    assert target.stat().st_size < 5_000_000
    seen = _ready(opened(target, width=PHONE))
    for _ in range(2):
        for at in range(25):
            row = seen.page.locator("button.row").nth(at)
            row.press("Enter")
            row.press("Enter")
        seen.page.get_by_role("button", name="next").click()
    assert seen.page.title() != "owned"
    assert _quiet(seen), (seen.errors, seen.requests, seen.dialogs)
    elements = seen.page.evaluate("[...document.querySelectorAll('*')].map(e => e.tagName)")
    assert set(map(str.lower, elements)).isdisjoint(
        {"img", "iframe", "object", "embed", "base", "link", "area", "portal"}
    )
    assert seen.page.evaluate("document.querySelectorAll('script').length") == 1
    attributes = seen.page.evaluate(
        "[...document.querySelectorAll('*')]"
        ".flatMap(e => [...e.attributes].map(a => a.name + '=' + a.value))"
    )
    assert not [one for one in attributes if one.startswith(("on", "src", "srcdoc"))]
    assert all(one.startswith("href=#") for one in attributes if one.startswith("href"))
    assert not [one for one in attributes if one.startswith("style=") and "position" in one]
    assert len([one for one in attributes if one == "id=content"]) == 1
    assert seen.sideways <= 0
