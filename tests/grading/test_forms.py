"""Answer forms are components: ours and those of others, by name, in whatever grades."""

import json

import pytest
import typer
from typer.testing import CliRunner

from sample_engineering import registry
from sample_engineering.commands.grade import grade as grade_command
from sample_engineering.errors import ConfigError
from sample_engineering.grading import Extraction, extract, grade, grade_batch
from sample_engineering.grading.files import grade_file


def last_line(text: str) -> str:
    """The last line of the text."""
    return text.strip().splitlines()[-1]


@pytest.fixture
def foreign_form():
    registry.register("answer_form", "last-line", last_line)
    yield "last-line"
    registry.unregister("answer_form", "last-line")


def test_every_form_says_in_one_line_what_it_takes() -> None:
    forms = registry.find_all("answer_form")
    assert list(forms)[:2] == ["boxed", "answer"]
    for form in forms.values():
        assert form.__doc__.splitlines()[0].endswith(".")


def test_a_foreign_form_grades_one_answer_and_many(foreign_form: str) -> None:
    text = "<think>so</think>it is\n42"
    assert grade(text, "42", form=foreign_form).correct
    here = grade_batch([text, "41"] * 100, ["42"] * 200, form=foreign_form, workers=1)
    there = grade_batch([text, "41"] * 100, ["42"] * 200, form=foreign_form, workers=2)
    assert [g.correct for g in here] == [g.correct for g in there] == [True, False] * 100


def test_a_foreign_form_grades_a_file_and_a_command(foreign_form: str, tmp_path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"gold": "42", "prediction": "it is\n42"}) + "\n")
    assert grade_file(path, form=foreign_form).correct == 1
    app = typer.Typer()
    app.command()(grade_command)
    done = CliRunner().invoke(app, ["--form", foreign_form, "--gold", "42", "it is\n42"])
    assert done.output.startswith("correct"), done.output


def test_an_unknown_form_names_near_ones(tmp_path) -> None:
    for call in (
        lambda: extract("x", "boxd"),
        lambda: grade("x", "1", form="boxd"),
        lambda: grade_batch([], [], form="boxd"),
        lambda: grade_file(tmp_path / "absent.jsonl", form="boxd"),
    ):
        with pytest.raises(ConfigError, match="`form` 'boxd' is not known; did you mean 'boxed'"):
            call()


@pytest.mark.parametrize(
    ("returned", "answers"),
    [
        (None, ()),
        ("5", ("5",)),
        (["5", "6", "5"], ("5", "6")),
        (Extraction(("5",), declared=False), ("5",)),
    ],
)
def test_a_form_returns_answers_as_it_likes(returned: object, answers: tuple[str, ...]) -> None:
    registry.register("answer_form", "mine", lambda text: returned)
    try:
        assert extract("text", "mine").answers == answers
    finally:
        registry.unregister("answer_form", "mine")


@pytest.mark.parametrize("returned", [5, [5], {"answer": "5"}])
def test_a_form_that_returns_no_answers_is_an_error(returned: object) -> None:
    registry.register("answer_form", "mine", lambda text: returned)
    try:
        with pytest.raises(ConfigError, match="answer form 'mine' returned"):
            extract("text", "mine")
    finally:
        registry.unregister("answer_form", "mine")


def _fails(text: str) -> str:
    raise ValueError("no last line")


@pytest.mark.parametrize(("form", "what"), [(3, "is a int"), (_fails, "failed .ValueError: no la")])
def test_a_form_that_is_none_or_fails_is_named(form: object, what: str) -> None:
    registry.register("answer_form", "mine", form)
    try:
        with pytest.raises(ConfigError, match=f"answer form 'mine' of this program {what}"):
            extract("text", "mine")
    finally:
        registry.unregister("answer_form", "mine")
