"""What help shows: an example that can be typed, the values of every option, one name an idea."""

import ast
import inspect
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import sample_engineering as se
from sample_engineering.api import renamed
from sample_engineering.api.doctoring import _SHARDINGS
from sample_engineering.api.validating import plan_validation
from sample_engineering.cli import app
from sample_engineering.commands import values
from sample_engineering.commands.command import RENAMED, _members, make_readable
from sample_engineering.commands.options import SHARED
from sample_engineering.evaluation.readings import READINGS
from sample_engineering.generation.asking import DTYPES
from sample_engineering.sample import ANSWER_KINDS
from sample_engineering.synthesis.composition import DIALECTS
from sample_engineering.synthesis.request import DIFFICULTIES, KINDS
from sample_engineering.trainers.warm_start import WARM_STARTS

_ROOT = Path(__file__).resolve().parents[2]
_RUNNER = CliRunner()
_COLUMNS = 80
_BY_TYPER = re.compile(r"<(str|path|int|float|list|bool|text|integer|filename)\b")


def _commands(command, path=()):
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(_commands(typer.main.get_command(app)))


def _options(name):
    """Options of a command that take a value, as its help has them."""
    command = COMMANDS[name]
    make_readable(command, command.context_class(command, info_name=name))
    return [
        one for one in command.params if one.param_type_name == "option" and not one.is_flag
    ]  # fmt: skip


def _longest(option):
    return max(option.opts, key=len)


def _examples(name):
    """The command lines in the help of a command, as the shell would split them."""
    text = inspect.cleandoc(COMMANDS[name].callback.__doc__)
    lines = text.replace("\\\n", "\N{NULL}").splitlines()
    found = [line.strip() for line in lines if line.strip().startswith(f"se {name}")]
    assert all(len(part.strip()) < _COLUMNS for line in found for part in line.split("\N{NULL}"))
    return [shlex.split(line.replace("\N{NULL}", " ")) for line in found]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example_that_can_be_typed(name):
    examples = _examples(name)
    assert examples, f"se {name} has no example in its help"
    shown = _RUNNER.invoke(app, [*name.split(), "-h"], env={"COLUMNS": str(_COLUMNS)}).output
    for words in examples:
        assert f"se {name}" in shown
        command = COMMANDS[name]
        with command.make_context(name.split()[-1], words[1 + len(name.split()) :]) as context:
            assert context.params is not None


# Examples that are run as they stand, in a folder with a pool and a run, and what is seen then.
CHEAP = {
    "se rank pool.jsonl --top 5": "of 63 candidates shown",
    "se rank pool.jsonl --where 'pass_rate >= 0.2' --report rank.html": "page: rank.html",
    "se audit pool.jsonl": "63 samples audited",
    "se blend pool.jsonl --ratio math=2,physics=1 -o blend.jsonl": "blend.jsonl",
    "se components selector": "learnability",
    "se convert pool.jsonl -o train.parquet --to verl": "train.parquet",
    r'se grade --gold 0.5 "so the answer is \boxed{\frac12}"': "correct",
    "se leaderboard runs": "lift",
    "se microcosm info": "domains",
    "se open runs/best --no-browser": "report.html",
    "se report runs/best --no-page --format latex": "tabular",
    "se synthesize --domains physics,chemistry -n 1 --seed 3": "answer:",
}


@pytest.mark.parametrize("line", CHEAP)
def test_an_example_does_what_it_says(line, tmp_path, monkeypatch):
    name = next(
        one for one in sorted(COMMANDS, reverse=True) if f"{line} ".startswith(f"se {one} ")
    )
    assert shlex.split(line) in _examples(name), "the help has another example now"
    shutil.copy(_ROOT / "examples" / "pool.jsonl", tmp_path / "pool.jsonl")
    shutil.copytree(_ROOT / "tests" / "runs" / "data" / "format_1", tmp_path / "runs" / "best")
    monkeypatch.chdir(tmp_path)
    done = _RUNNER.invoke(app, shlex.split(line)[1:])
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    assert CHEAP[line] in done.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_takes(name):
    for option in _options(name):
        shown = option.metavar
        assert shown, f"{_longest(option)}: give it a line in commands/values.py"
        assert not _BY_TYPER.search(shown), _longest(option)
        known = _members(option) or values.choices(name.split()[-1], _longest(option))
        told = f"{shown} {option.help}"
        missing = [one for one in known if not re.search(rf"(?<![\w-]){one}(?![\w-])", told)]
        assert not missing, _longest(option)


def test_the_fixed_sets_are_those_of_the_code():
    assert values.CLOSED["--kind"] == ANSWER_KINDS
    assert values.CLOSED["--kinds"] == KINDS
    assert values.CLOSED["--difficulty"] == DIFFICULTIES
    assert values.CLOSED["--dialect"] == DIALECTS
    assert values.CLOSED["--sharding"] == _SHARDINGS
    assert values.CLOSED["--warm-start"] == WARM_STARTS
    assert set(values.CLOSED["--dtype"]) == set(DTYPES)
    assert values.CLOSED["--readings"] == (*READINGS, "both")
    used = {_longest(option) for name in COMMANDS for option in _options(name)}
    tables = (values.CLOSED, values._NAMED, values._SEVERAL, values.OPEN)
    assert {key.split()[-1] for table in tables for key in table} <= used


def _documented_sets():
    """Parameters of the functions whose docstring names a fixed set: ``name : {"a", "b"}``."""
    for name in (*COMMANDS, "compose"):
        function = getattr(se, name.split()[-1], None)
        for row in (inspect.getdoc(function) or "").splitlines() if function else ():
            if found := re.match(r"(\w+) : (\{\".*?\})", row):
                yield name, found[1], set(ast.literal_eval(found[2]))


@pytest.mark.parametrize(("name", "parameter", "known"), _documented_sets())
def test_a_set_that_a_function_documents_is_shown_by_the_command(name, parameter, known):
    command = {"compose": "synthesize"}.get(name, name)
    option = next(
        (one for one in _options(command) if parameter in (one.name, one.name.rstrip("_"))), None
    )
    if option is None:
        pytest.skip("a parameter of the function alone")
    told = f"{option.metavar} {option.help}"
    assert all(one in told for one in known)


def test_the_tab_key_completes_what_is_fixed():
    def completed(name, spelling, begun):
        option = next(one for one in COMMANDS[name].params if spelling in one.opts)
        return [str(getattr(one, "value", one)) for one in option.shell_complete(None, begun)]

    assert completed("synthesize", "--difficulty", "e") == ["easy"]
    assert "verl-r128" in completed("convert", "--to", "verl")
    assert completed("rank", "--format", "") == ["table", "json", "markdown", "latex"]
    assert completed("rank", "--where", "") == []


# Options of several commands whose help differs, and why the name is the same all the same.
ONE_IDEA = {
    "--against": "problems that none may copy",
    "--answers": "whole numbers only, in ranges of their own",
    "--browser": "whether a browser is opened",
    "--confirm": "how many of the first are measured anew",
    "--controls": "control arms",
    "--devices": "devices that work at the same time",
    "--dialect": "how problems are worded",
    "--domains": "subjects of what is composed",
    "--dry-run": "the plan and no more",
    "--history": "trajectories of a training",
    "--n": "how many of what the command makes",
    "--pool": "candidates beside the main input",
    "--port": "where to listen",
    "--readings": "how items are asked",
    "--resume": "going on with what was begun",
    "--seeds": "training seeds",
    "--set": "settings of what is chosen by name",
    "--task": "one numbered piece of the work",
}
# One word for two things, where either is what the field says and no command has both.
TWO_IDEAS = {
    "--by": "what a table is sorted by, and what a blend is parted by",
    "--form": "of an answer, and of a question",
    "--steps": "of a solution, and of a training",
}


def test_an_option_of_several_commands_is_one_idea():
    helps = {}
    for name in COMMANDS:
        for option in COMMANDS[name].params:
            if option.param_type_name == "option":
                helps.setdefault(_longest(option), set()).add(option.help.split(". Default")[0])
    several = {
        option
        for option, texts in helps.items()
        if len(texts) > 1 and option.removeprefix("--") not in SHARED
    }
    assert several == ONE_IDEA.keys() | TWO_IDEAS.keys()


def test_the_old_names_of_options_are_no_options_of_the_same_command():
    for name in COMMANDS:
        spellings = {one for option in COMMANDS[name].params for one in option.opts}
        for old, new in RENAMED.items():
            assert not {old, new} <= spellings, (name, old)
    used = {one for name in COMMANDS for option in COMMANDS[name].params for one in option.opts}
    assert {new.split()[0] for new in RENAMED.values()} <= used


@pytest.mark.parametrize(
    ("line", "notice"),
    [
        ("microcosm benchmark --items 1 --seed 1", "--items is called --per-domain now"),
        ("grade 12 --gold 12 --json", "--json is called --format json now"),
        ("convert POOL -o x.jsonl --to ours --copies 2", "--copies is called --repeat now"),
    ],
)
def test_an_option_under_its_old_name_works_and_a_line_says_the_new_one(
    line, notice, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    words = line.replace("POOL", str(_ROOT / "examples" / "pool.jsonl")).split()
    done = _RUNNER.invoke(app, words)
    assert done.exit_code == 0, done.output
    assert notice in done.stderr
    assert notice not in _RUNNER.invoke(app, [*words, "-q"]).stderr


def test_an_option_under_both_names_is_given_twice():
    done = _RUNNER.invoke(app, ["evaluate", "--items", "1", "--per-domain", "2"])
    assert done.exit_code == 2
    assert "given twice" in done.output


def test_a_keyword_under_its_old_name_works_and_says_the_new_one(tmp_path):
    with pytest.warns(FutureWarning, match="eval_items of plan_validation.. is called per_domain"):
        old = plan_validation(eval_items=2, out=tmp_path / "a")
    assert len(old.benchmark) == len(plan_validation(per_domain=2, out=tmp_path / "b").benchmark)
    with pytest.raises(TypeError, match="both per_domain and eval_items"):
        plan_validation(eval_items=2, per_domain=2)
    with pytest.raises(TypeError, match="nonsense"):
        plan_validation(nonsense=2)


def test_renamed_keywords_follow_the_options():
    options = {
        old[2:].replace("-", "_"): new[2:].replace("-", "_")
        for old, new in RENAMED.items()
        if " " not in new and old not in ("--samples", "--eval-samples", "--items")  # of 0.1
    }
    assert options == renamed.RENAMED
