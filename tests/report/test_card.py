"""The card in the terminal: every figure of its own reading, in the width that there is."""

import html
import io
import unicodedata

import pytest
from rich.console import Console

from sample_engineering.evaluation.readings import GREEDY, READINGS, SAMPLED
from sample_engineering.report import Run
from sample_engineering.report.card import report_card
from sample_engineering.report.forest import gain_rows
from tests.report.runs import write_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("runs") / "both", readings=READINGS, seeds=(0, 1, 2))


def _card(run, width):
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(report_card(run))
    return out.getvalue()


def _open(folder):
    return Run.open(folder, resamples=200)


def _block(card, title):
    """The lines below a title."""
    return card[card.index(title) :].splitlines()[1:]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal_or_cut_off(folder, width):
    card = _card(_open(folder), width)
    assert max(map(len, card.splitlines())) <= width
    if width >= 60:  # the smallest in which a table of figures has room
        assert "\N{HORIZONTAL ELLIPSIS}" not in card


def test_the_readings_stand_side_by_side_at_80_columns_each_with_its_own_figures(folder):
    run = _open(folder)
    lines = _block(_card(run, 80), "Accuracy in per cent")
    assert lines[0].split() == ["greedy", "sampled,", "4", "each"]
    for name in run.lift.domains:
        (row,) = (line.split() for line in lines[:7] if line.startswith(name))
        found = []
        for reading in (GREEDY, SAMPLED):
            effect = run.lifts[reading].domains[name]
            found += [f"{100 * effect.before:.1f}", f"{100 * effect.after:.1f}"]
            found += [f"{100 * effect.lift:+.1f}", f"{100 * effect.ci_low:+.1f}", "to"]
            found.append(f"{100 * effect.ci_high:+.1f}")
        assert row[1:] == found


def test_in_a_narrow_terminal_they_stand_below_each_other(folder):
    lines = _block(_card(_open(folder), 60), "Accuracy in per cent")
    assert lines[0].split() == ["greedy"]
    assert ["sampled,", "4", "each"] in [line.split() for line in lines]


def test_every_arm_has_its_accuracy_and_the_lead_over_it(folder):
    run = _open(folder)
    lines = _block(_card(run, 80), "What else gives that")
    for name, contrast in run.contrasts.items():
        (row,) = (line.split() for line in lines[:8] if line.startswith(name))
        lead = contrast.overall
        assert f"{100 * lead.before:.1f}" in row
        assert f"{100 * lead.lift:+.1f}" in row
    assert run.untrained == ["in-context", "low-temperature"]
    (cool,) = (line for line in lines[:9] if line.startswith("low-temperature"))
    lead = run.findings.free["low-temperature"].overall
    # Once, beside the reading of the headline: it is of no reading that the trained model has.
    assert cool.split()[1:3] == [f"{100 * lead.before:.1f}", f"{100 * lead.lift:+.1f}"]
    assert len(cool.split()) == 6
    (free,) = (line.split() for line in lines[:8] if line.startswith("in-context"))
    (control,) = (line.split() for line in lines[:8] if line.startswith("format-only"))
    assert len(control) == len(free) + 1  # it says how many runs were trained


def test_the_card_says_how_it_was_done(folder):
    run = _open(folder)
    card = " ".join(_card(run, 120).split())
    assert f"protocol {run.folder.protocol.digest}" in card
    assert "this sample 3 times, 80 steps" in card
    assert "70 development items while it trained: at no look more lost" in card
    for reading in READINGS:
        lifts = run.seed_lifts(reading)
        assert list(lifts) == [0, 1, 2]
        assert sum(lifts.values()) / 3 == pytest.approx(run.lifts[reading].overall.lift)
        assert f"lift by seed, {reading} 0: {100 * lifts[0]:+.1f}" in card


def test_the_parts_of_a_lift_are_the_lift(folder):
    run = _open(folder)
    for lift in run.lifts.values():
        *parts, whole = gain_rows(lift.overall)
        assert [row.name for row in parts] == [
            "cut off", "extracted", "right of these", "in asked form",
        ]  # fmt: skip
        assert sum(row.point for row in parts) == pytest.approx(whole.point)


def test_what_was_shown_is_said_in_words_and_not_by_colour_alone(folder):
    run = _open(folder)
    panel = _card(run, 120).split("Accuracy in per cent")[0]
    for question in run.questions:
        (line,) = (line for line in panel.splitlines() if question.text in line)
        assert question.answer in line
        assert question.figure in line


def test_hostile_text_does_not_drive_the_terminal(tmp_path):
    run = _open(write_run(tmp_path / "run", hostile=True, sample_id="\x1b[2Jx [red]y[/red]"))
    card = _card(run, 80)
    assert not [c for c in card if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c != "\n"]
    assert "[red]y[/red]" in card


def test_a_card_says_the_name_of_a_model_and_not_where_it_lies(tmp_path):
    path = write_run(tmp_path / "run")
    place = path / "config.json"
    place.write_text(place.read_text().replace('"model": "microcosm"', '"model": "/a/b/c/model"'))
    (path / "result.json").unlink()
    run = _open(path)
    assert run.model_name == "c/model"
    assert "/a/b" not in _card(run, 80)


def test_a_notebook_shows_both_readings_and_no_markup_of_strangers(tmp_path, folder):
    run = _open(folder)
    shown = run._repr_html_()
    for lift in run.lifts.values():
        assert f">{100 * lift.overall.lift:+.1f}</td>" in shown
    assert all(html.escape(one.figure) in shown for one in run.questions)
    hostile = _open(write_run(tmp_path / "run", hostile=True, sample_id="<script>1</script>"))
    assert "<script" not in hostile._repr_html_()
    dead = _open(write_run(tmp_path / "dead", trained=False, controls=False))
    assert "no rollout was right" in dead._repr_html_()
