"""The public surface: every name loads, says what it is, and states its types."""

import inspect
import subprocess
import sys

import pytest

import sample_engineering as se
from sample_engineering.evaluation import compare

_HEAVY = ("torch", "transformers", "trl", "vllm", "datasets", "pandas", "numpy", "sympy", "scipy")
_A_SCREEN = 5000  # characters; components() names all that is installed
_CALLED = [name for name in se.__all__ if inspect.isfunction(getattr(se, name))]
_CLASSES = [name for name in se.__all__ if inspect.isclass(getattr(se, name))]


def test_every_public_name_is_there():
    assert set(_CALLED) | set(_CLASSES) | {"__version__"} == set(se.__all__)
    assert dir(se) == se.__all__


@pytest.mark.parametrize("name", [*_CALLED, *_CLASSES])
def test_a_public_name_says_what_it_is(name):
    lines = (inspect.getdoc(getattr(se, name)) or "").splitlines()
    assert lines, name
    assert lines[0].endswith((".", ":")), lines[0]
    assert lines[1:2] in ([], [""]), name


@pytest.mark.parametrize("name", _CALLED)
def test_a_public_function_writes_out_its_parameters_with_types(name):
    function = getattr(se, name)
    signature = inspect.signature(function)
    for parameter in signature.parameters.values():
        assert parameter.kind is not parameter.VAR_KEYWORD, parameter
        assert parameter.annotation is not parameter.empty, parameter
    assert signature.return_annotation not in (signature.empty, "Any")
    if len(signature.parameters) > 1:
        assert "\nParameters\n----------\n" in inspect.getdoc(function)


@pytest.mark.parametrize("name", _CLASSES)
def test_public_methods_say_what_they_do(name):
    for method, value in vars(getattr(se, name)).items():
        if not method.startswith("_") and (callable(value) or isinstance(value, property)):
            assert inspect.getdoc(value), f"{name}.{method}"


def test_what_comes_back_shows_itself_in_a_few_lines():
    composed = se.synthesize("physics", n=2, select="prime")
    plan = se.plan_validation(steps=3)
    evaluation = se.evaluate(per_domain=1, rollouts=1)
    for thing in (
        se.components(),
        composed,
        composed.prime,
        plan,
        plan.benchmark,
        evaluation,
        compare(evaluation, evaluation),
        se.rank(se.example_pool()),
    ):
        shown = repr(thing)
        assert len(shown) < _A_SCREEN, shown[:200]
        assert "Sample(" not in shown


@pytest.mark.parametrize("command", ["--help", "validate --help", "rank --help"])
def test_help_is_light(command):
    shown = f"app({command.split()!r}, standalone_mode=False)"
    assert _imported(f"from sample_engineering.cli import app; {shown}") == []


def test_the_import_is_light():
    assert _imported("import sample_engineering") == []


def _imported(program):
    """Return which of the heavy packages a program imports."""
    counted = f"import sys; {program}; print(); print(*({set(_HEAVY)!r} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", counted], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1].split()
