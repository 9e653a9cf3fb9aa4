"""A long function shows a bar in a notebook, which goes when it is done."""

import pytest

from sample_engineering.api import bars
from sample_engineering.trainers.plan import ProgressEvent

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")


class _Clock:
    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        self.now += 1.0
        return self.now


@pytest.fixture
def written(monkeypatch):
    """What is put in the place of the bar, as time goes by."""
    found = []
    monkeypatch.setattr(bars, "time", _Clock())
    monkeypatch.setattr(bars, "_writer", lambda: found.append)
    return found


def test_a_count_becomes_a_bar_with_the_time_left(written):
    with bars.shown("probe") as progress:
        progress(8, 32)
        progress(8, 32)
    assert 'value="16" max="32"' in written[1]
    assert "16 of 32 rollouts, about" in written[1]
    assert written[-1] == ""


def test_events_of_a_validation_name_what_it_is_at(written):
    with bars.shown("validate") as progress:
        progress(ProgressEvent("notice", message="told elsewhere"))
        progress(ProgressEvent("evaluate", "before", done=3, total=10, reading="greedy"))
        progress(ProgressEvent("train", "<b>", seed=1, done=2, total=4))
    assert "evaluate the base model, greedy" in written[0]
    assert "3 of 10 items" in written[0]
    assert "&lt;b&gt;, seed 1" in written[1]
    assert written[-1] == ""


def test_a_bar_goes_when_the_function_fails_and_one_inside_another_shows_nothing(written):
    with pytest.raises(ValueError, match="broken"), bars.shown("search") as progress:
        progress(ProgressEvent("train", "sample", done=1, total=4))
        with bars.shown("evaluate") as inner:
            assert inner is None
        raise ValueError("broken")
    assert written[-1] == ""


def test_outside_of_a_notebook_nothing_is_shown():
    with bars.shown("probe") as progress:
        assert progress is None


def test_a_kernel_of_jupyter_shows_it(tmp_path):
    """A real kernel: the bar stood there, and is gone at the end of the cell."""
    source = (
        "from sample_engineering.api import bars\n"
        "bars._AFTER = bars._BETWEEN = 0\n"
        "import sample_engineering as se\n"
        "rates = se.probe(list(se.example_pool())[:2], model='microcosm', rollouts=2)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    shown = []
    client = nbclient.NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}
    )
    whole = client.process_message

    def heard(msg, *rest):
        shown.append(str(msg["content"].get("data", "")))
        return whole(msg, *rest)

    client.process_message = heard
    client.execute()
    assert any("<progress" in one for one in shown)
    assert "<progress" not in str(notebook.cells[0].outputs)
