"""A pool of images is ranked, audited and shown as what it is."""

import re

import pandas

import sample_engineering as se
from sample_engineering.images import Image
from sample_engineering.report import Run
from sample_engineering.report.details import sample_section
from tests.report.runs import write_run
from tests.vision.tiny_vision import COLOURS, QUESTION, picture, sample

LONG = "The figure shows a wall that was painted last year . " * 8 + QUESTION


def test_the_same_question_about_other_images_is_no_copy():
    for question in (QUESTION, LONG):
        items = [sample(colour).with_(problem=question) for colour in COLOURS]
        again = items[1].with_(id="again")
        table = se.rank([*items, again], copies="keep").to_pandas().set_index("id")
        assert table.loc["again", "near_duplicate_of"] == items[1].id
        for item in items:
            assert pandas.isna(table.loc[item.id, "near_duplicate_of"]), item.id
            assert pandas.isna(table.loc[item.id, "other_gold_in"]), item.id
        found = se.audit([*items, again], checks="conflict,picture")
        assert len(found) == 0
    wrong = items[1].with_(id="wrong", answer="red")
    assert [one.check for one in se.audit([*items, wrong], checks="conflict")] == ["conflict"] * 2


def test_the_page_of_a_run_shows_a_small_copy_of_the_image(tmp_path):
    run = Run.open(write_run(tmp_path / "run"), resamples=50)
    shown = run.sample.with_(images=(picture("red", "JPEG", size=700),))
    object.__setattr__(run.folder.config, "sample", shown)
    section = sample_section(run)
    (source,) = re.findall('<img src="([^"]*)"', section)
    assert source.startswith("data:image/png;base64,")
    assert Image.of(source).width == 320
