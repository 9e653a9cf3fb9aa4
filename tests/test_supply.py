"""Licences of what is installed, and what is said of an audit."""

import importlib.util
import io
import json
import tomllib
from email.message import Message
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


licences, audited = _script("licences"), _script("audited")


def test_all_that_is_installed_may_be(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["licences.py"])
    assert licences.main() == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("expression", "refused"),
    [
        ("MIT", set()),
        ("GPL-3.0-only", {"GPL-3.0-only"}),
        ("MIT OR GPL-3.0-only", set()),
        ("GPL-3.0-only OR MIT", set()),
        ("MIT AND GPL-3.0-only", {"GPL-3.0-only"}),
        ("(MIT OR GPL-2.0-only) AND (LGPL-3.0-only OR AGPL-3.0-only)",
         {"LGPL-3.0-only", "AGPL-3.0-only"}),
        ("Apache-2.0 WITH LLVM-exception", {"Apache-2.0 WITH LLVM-exception"}),
        ("MIT AND (GPL-3.0-only", {"GPL-3.0-only", "an unfinished expression"}),
        ("Free for all of us", {"Free for all of us"}),
    ],
)  # fmt: skip
def test_an_expression_is_read_as_spdx_means_it(expression, refused):
    found = licences.refusals(expression, {"MIT", "Apache-2.0"})
    assert found <= refused
    assert bool(found) == bool(refused)


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"License-Expression": "BSD-3-Clause", "License": "MIT"}, "BSD-3-Clause"),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"Classifier": "License :: OSI Approved", "License": "Apache 2.0"}, "Apache-2.0"),
        ({"License": "Permission is hereby granted " * 9}, ""),
        ({}, ""),
    ],
)
def test_what_a_package_states_of_itself(fields, read):
    message = Message()
    for name, value in fields.items():
        message[name] = value
    assert licences.stated_by(message) == read


def test_one_that_states_none_or_a_forbidden_one_is_named():
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["licences"]
    found = {"new": ("1.0", ""), "copyleft": ("2.0", "AGPL-3.0-only"), "fine": ("3", "MIT")}
    faults = list(licences.check(found, set(rules["allowed"]), {}))
    assert [fault.split()[0] for fault in faults] == ["new", "copyleft"]
    assert "AGPL-3.0-only is not allowed" in faults[1]


@pytest.mark.parametrize(
    ("told", "status", "said"),
    [
        ("", 0, "skipped: no advisory service answers"),
        ("Traceback ...", 0, "skipped: no advisory service answers"),
        ([{"name": "a", "skip_reason": "not found"}], 0, "the advisory service knows none"),
        ([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}], 0,
         "1 of 2 versions audited, 0 known"),
        ([{"name": "a", "version": "1", "vulns": [{"id": "GHSA-1", "fix_versions": ["2"]}]}], 1,
         "a 1: GHSA-1; take 2"),
    ],
)  # fmt: skip
def test_an_audit_that_saw_nothing_is_no_clean_one(told, status, said, capsys, monkeypatch):
    text = told if isinstance(told, str) else json.dumps({"dependencies": told})
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert audited.main() == status
    assert said in capsys.readouterr().out
