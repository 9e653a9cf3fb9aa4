"""What a run keeps of how it was begun: the command as a shell takes it, and the machine."""

import shlex
import sys

import pytest

from sample_engineering.runs.provenance import command, machine


@pytest.mark.parametrize(
    "program", ["/usr/bin/se", "se", "/lib/python3/site-packages/sample_engineering/__main__.py"]
)
def test_a_command_is_kept_as_a_shell_takes_it(monkeypatch, program):
    arguments = ["validate", "a pool.jsonl#1", "--set", "lr=1e-5", "--stop", "it's; rm $HOME"]
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    assert shlex.split(command()) == ["se", *arguments]


@pytest.mark.parametrize("argv", [[], [""], ["-c"], ["/usr/bin/pytest", "tests"], ["notebook.py"]])
def test_a_program_is_no_command(monkeypatch, argv):
    monkeypatch.setattr(sys, "argv", argv)
    assert command() == ""


def test_the_machine_is_told_without_what_is_not_known(monkeypatch):
    found = machine()
    assert int(found["cores"]) >= 1
    assert all(found.values())
    monkeypatch.setenv("PATH", "")  # no program can be asked
    assert "GPUs" not in machine()
