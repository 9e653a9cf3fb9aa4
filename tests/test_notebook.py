"""Every object that comes back shows itself in a notebook: tidy, escaped, and as a plot."""

import math
from html.parser import HTMLParser

import pytest

import sample_engineering as se
from sample_engineering import notebook
from sample_engineering.audit import audit_samples
from sample_engineering.evaluation import compare
from sample_engineering.evaluation.readings import GREEDY, SAMPLED
from sample_engineering.pool import Pool
from sample_engineering.probing.record import ProbeRecord
from sample_engineering.sample import Sample
from sample_engineering.synthesis.composition import Composition
from tests.report.runs import HOSTILE, HOSTILE_NAME, evaluation, write_run

_VOID = {"circle", "line", "rect", "br"}
# What a notebook's page may be made of: nothing that loads, runs, or covers something else.
_TAGS = {"div", "p", "b", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "svg",
         "details", "summary", *_VOID}  # fmt: skip
_ATTRIBUTES = {"style", "scope", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "width",
               "height", "fill", "opacity", "stroke", "stroke-dasharray", "stroke-width",
               "viewbox", "role", "aria-label"}  # fmt: skip
_HIDDEN = "\x1b\x00\u202e\u2066"


class _Checked(HTMLParser):
    """Reads HTML and refuses what could run, load, or is not closed."""

    def __init__(self):
        super().__init__()
        self.open, self.rows = [], []

    def handle_starttag(self, tag, attrs):
        assert tag in _TAGS, tag
        assert {name for name, _ in attrs} <= _ATTRIBUTES, attrs
        for name, value in attrs:
            assert name != "style" or ("url(" not in value and "position" not in value)
        if tag == "tr":
            self.rows.append(0)
        if tag in ("td", "th"):
            self.rows[-1] += 1
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in _VOID:
            assert self.open.pop() == tag


def _checked(html):
    page = _Checked()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def _hostile():
    text = HOSTILE.encode("utf-8", "replace").decode()
    return Sample(
        HOSTILE_NAME, text, text, kind="text", choices=(text,), solution=text,
        domains=(HOSTILE_NAME,), skills=(HOSTILE_NAME,), source=text,
    )  # fmt: skip


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    """One of each, made of texts that try to get out."""
    folder = tmp_path_factory.mktemp("runs")
    readings = (GREEDY, SAMPLED)
    write_run(folder / "one", hostile=True, readings=readings)
    write_run(folder / "two", sample_id="other", after=(0.3, 0.3, 0.3, 0.3), hostile=True,
              readings=readings)  # fmt: skip
    sample = _hostile()
    before, after = (evaluation([chance] * 4, seed=3, hostile=True) for chance in (0.3, 0.6))
    ranked = se.rank([sample, Sample("plain", "What is 2 + 2?", "4")])
    records = (
        ProbeRecord(HOSTILE_NAME, 8, 3, 0.375, 0.2, 0.6, 0.2, 0.1, 0.25, 0.02, mean_tokens=20.0),
        ProbeRecord("never", 8, 0, 0.0, 0.0, 0.2, 0.0, 0.0, 0.1, 0.9, mean_tokens=20.0),
        ProbeRecord("broken", error=HOSTILE_NAME),
    )
    return {
        "Sample": sample,
        "Pool": Pool([sample], name=HOSTILE_NAME),
        "Ranking": ranked,
        "Explanation": ranked.explain("plain"),
        "Probe": se.Probe(records, model=HOSTILE_NAME, notes=(HOSTILE_NAME,)),
        "Audit": audit_samples([sample], notes=(HOSTILE_NAME,)),
        "Composition": Composition([sample], {"plans tried": 3}),
        "Evaluation": before,
        "Comparison": compare(before, after, resamples=100),
        "Run": se.open_run(folder / "one"),
        "RunsCompared": se.compare([folder / "one", folder / "two"]),
        "Leaderboard": se.leaderboard(folder),
        "Grade": se.grade(HOSTILE_NAME, "5", kind="number"),
        "Inventory": se.components("arm"),
    }


_NAMES = ("Sample", "Pool", "Ranking", "Explanation", "Probe", "Audit", "Composition", "Evaluation",
          "Comparison", "Run", "RunsCompared", "Leaderboard", "Grade", "Inventory")  # fmt: skip
_DRAWN = ("Pool", "Ranking", "Probe", "Audit", "Composition", "Evaluation", "Comparison", "Run",
          "RunsCompared", "Leaderboard")  # fmt: skip


@pytest.mark.parametrize("name", _NAMES)
def test_an_object_shows_itself_and_no_text_gets_out(objects, name):
    html = objects[name]._repr_html_()
    page = _checked(html)
    assert page.rows, "nothing in a table"
    assert not any(hidden in html for hidden in _HIDDEN)
    assert len(html) < 120_000


@pytest.mark.parametrize("name", _DRAWN)
def test_a_plot_returns_axes_with_labels(objects, name):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    _, given = pyplot.subplots()
    for ax in (given, None):
        drawn = objects[name].plot(ax=ax)
        assert ax is None or drawn is ax
        assert drawn.get_xlabel()
        assert drawn.get_ylabel() or drawn.get_yticklabels()
        assert drawn.has_data()
        drawn.figure.canvas.draw()  # no text is taken for mathematics
        pyplot.close(drawn.figure)


def test_every_public_class_that_is_a_sequence_or_a_finding_shows_itself():
    shown = [
        name
        for name in se.__all__
        if isinstance(getattr(se, name), type)
        and any("to_pandas" in vars(one) or "to_frame" in vars(one)
                for one in getattr(se, name).__mro__)
    ]  # fmt: skip
    assert len(shown) > 10
    for name in shown:
        assert hasattr(getattr(se, name), "_repr_html_"), name


def test_what_drew_a_ranking_must_hold_numbers(objects):
    with pytest.raises(se.SampleEngineeringError, match=r"^`column` 'tier' .*score"):
        objects["Ranking"].plot("tier")


def test_what_is_not_known_is_a_dash_and_numbers_stand_right():
    table = notebook.table(("a", "b", "c"), [("x", 1.5, None), ("y", math.nan, None)], total=9)
    page = _checked(table)
    assert page.rows == [3, 3, 3]
    assert table.count("–") == 3
    assert "… and 7 more" in table
    assert table.count("text-align:right") == 3  # head and both cells of the numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-1e-9, "0"), (1234.5, "1,234.5"), (math.inf, "inf"), (12345, "12,345"),
     (True, "yes"), (("a", 1), "a, 1"), ("<b>", "&lt;b&gt;"), ("x\x1b[2J", "x\ufffd[2J")],
)  # fmt: skip
def test_a_value_in_a_cell(value, text):
    assert f">{text}</td>" in notebook.table(("a",), [(value,)])
