"""The works beside this toolkit: each has a file, and what it says is true of what is installed."""

import html
import importlib.util
import json
import re
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.cli import app
from sample_engineering.components import BUILT_IN
from sample_engineering.errors import ConfigError
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.ways import WAYS
from sample_engineering.works.work import READ, Work, parsed

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("works_page", ROOT / "scripts" / "works_page.py")
works_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(works_page)

# The works that the toolkit takes something of, or means to.
WANTED = {
    "2510.14901", "2511.12429", "2506.04755", "2505.13261", "2505.12432", "2504.13941",
    "2403.04642", "2505.20282", "2504.16084", "2506.03295", "2506.10947",
    "2602.03452",
}  # fmt: skip
# Of these, those of which nothing is built or written yet.
MISSING: set[str] = set()
# Kinds of what is built beside those of the registry: options of commands, settings of recipes.
_FIELDS = {"algorithm": "algorithm", "warm-start": "warm_start", "template": "template"}
TOML = """
title = "A title"
authors = "One and another"
read = "code"
built = ["arm:power-sampling"]
reproduced = ["the formula"]
differs = ["the model"]
"""


def test_every_work_is_there_or_known_to_be_missing():
    there = {one.arxiv for one in se.works()}
    assert there >= WANTED - MISSING


@pytest.mark.parametrize("one", se.works(), ids=lambda one: one.arxiv)
def test_what_is_built_is_there_and_names_its_work(one):
    assert one.read in READ
    for part in one.built:
        kind, _, name = part.partition(":")
        if kind == "option":
            assert _has_option(name), part
        elif kind == "way":
            assert name in WAYS
        elif kind == "setting":
            assert hasattr(Recipe(), name), part
        elif kind in _FIELDS and kind not in registry.KINDS:
            assert hasattr(Recipe(), _FIELDS[kind]), part
        else:
            assert name in registry.names(kind), part
            if kind == "algorithm":  # it names the paper that it is defined in
                continue
            source = Path(import_module(BUILT_IN[kind][name].partition(":")[0]).__file__)
            text = source.read_text(encoding="utf-8")
            assert one.arxiv in text, f"{part} does not name {one.arxiv}"


def _has_option(text):
    program, command, *rest = text.split()
    known = typer.main.get_command(app).commands
    if program != "se" or command not in known or not rest:
        return False
    spellings = {one for parameter in known[command].params for one in parameter.opts}
    return rest[0] in spellings


@pytest.mark.parametrize("one", se.works(), ids=lambda one: one.arxiv)
def test_the_tests_of_a_work_exist(one):
    for place in one.tested:
        file, _, name = place.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), place


def test_the_page_of_the_docs_is_made_of_the_files():
    current = (ROOT / "docs" / "neighbours.md").read_text(encoding="utf-8")
    assert current == works_page.page(), "run: python scripts/works_page.py"


def test_a_file_is_read_as_what_it_states():
    one = parsed("2510.14901", TOML)
    assert (one.title, one.built, one.tested) == ("A title", ("arm:power-sampling",), ())
    assert one.url == "https://arxiv.org/abs/2510.14901"
    single = parsed("2510.14901", TOML.replace('["the model"]', '"the\\n model"'))
    assert single.differs == ("the model",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "A title"', "", "'title' is missing"),
        ('read = "code"', 'read = "heard of"', "choose from full text, code, abstract"),
        ('["arm:power-sampling"]', '["power-sampling"]', "no kind:name"),
        ('["arm:power-sampling"]', "[3]", "list of texts"),
        ('authors = "One and another"', "authors = 3", "authors must be a text"),
        ('authors = "One and another"', 'author = "One"', "'author' is not known"),
        ('reproduced = ["the formula"]\ndiffers = ["the model"]',
         "reproduced = []\ndiffers = []", "neither what is reproduced"),
        ('title = "A title"', "title = A", "is no TOML"),
    ],
)  # fmt: skip
def test_a_file_that_states_something_else_is_refused(old, new, told):
    assert old in TOML
    with pytest.raises(ConfigError, match=told):
        parsed("2510.14901", TOML.replace(old, new))


def test_a_name_that_is_no_number_is_refused():
    with pytest.raises(ConfigError, match="no number of arXiv"):
        parsed("power-sampling", TOML)


def test_works_are_found_by_number_and_by_what_was_used():
    one = se.works()["2510.14901"]
    assert isinstance(one, Work)
    behind = se.works().behind(["arm:power-sampling", "reward:correctness"])
    assert behind == {one: ("arm:power-sampling",)}
    with pytest.raises(ConfigError, match="no work '1'"):
        se.works()["1"]
    assert set(se.works().to_pandas()["arxiv"]) == {work.arxiv for work in se.works()}


def test_the_inventory_says_which_work_a_component_comes_from():
    entries = {entry.name: entry for entry in se.components("arm")}
    assert "2510.14901" in entries["power-sampling"].works
    assert entries["random-sample"].works == ()
    shown = CliRunner().invoke(app, ["components", "work"]).output
    assert all(one.arxiv in shown for one in se.works())
    done = CliRunner().invoke(app, ["components", "work", "--format", "json"])
    assert len(json.loads(done.output)["components"]) == len(se.works())


def test_the_page_of_a_run_says_which_works_it_took_from(tmp_path):
    from sample_engineering.report.neighbours import neighbours_section, used_parts
    from sample_engineering.report.run import Run
    from tests.report.runs import write_run

    folder = write_run(tmp_path / "run")
    run = Run.open(folder)
    behind = se.works().behind(used_parts(run))
    assert {one.arxiv for one in behind} == {"2506.10947"}  # its arms: format only, random reward
    page = html.unescape(neighbours_section(run))
    one = se.works()["2506.10947"]
    assert 'id="works"' in page
    assert f"arXiv {one.arxiv}" in page
    assert "<code>" in page
    told = re.sub("</?code>", "`", page)
    assert all(sentence.partition(";")[0] in told for sentence in (*one.reproduced, *one.differs))
