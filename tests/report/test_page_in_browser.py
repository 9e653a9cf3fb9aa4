"""The validation page in a real browser: quiet, accessible, as wide as the screen, inert."""

import pytest

from sample_engineering.evaluation.readings import READINGS
from sample_engineering.report import Run, write_report
from tests.browser import DESK, PHONE
from tests.report.runs import write_run


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    run = write_run(tmp_path_factory.mktemp("runs") / "both", readings=READINGS, seeds=(0, 1, 2))
    return write_report(Run.open(run, resamples=200))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_page_is_accessible_and_fits_the_screen(both, opened, width, dark):
    seen = opened(both, width=width, dark=dark)
    for folded in seen.page.query_selector_all("details"):
        folded.evaluate("one => one.open = true")
    assert seen.violations() == []
    assert seen.sideways <= 0
    assert (seen.errors, seen.requests, seen.dialogs) == ([], [], [])


def test_hostile_text_stays_text(tmp_path, opened):
    run = write_run(tmp_path / "run", hostile=True, sample_id="<script>1</script>\u202e")
    seen = opened(write_report(Run.open(run, resamples=200)))
    assert (seen.errors, seen.requests, seen.dialogs) == ([], [], [])
    assert seen.page.title() != "owned"
    assert seen.page.query_selector("img, iframe, object, embed, form") is None
