"""A stranger's package: each of its components is used as ours are, by command and by program."""

import json

OURS = "se-example-plugin"
VERSION = "0.3.0"

NAMES = {
    "selector": "teacher_rating",
    "reward": "brief",
    "arm": "longest-problem",
    "recipe": "sprint",
    "tagger": "keywords",
    "backend": "parrot",
    "answer_form": "last-line",
    "benchmark": "sky",
    "domain": "astronomy",
    "relation_family": "astronomy-orbits",
}


def test_what_is_installed_is_listed_with_its_package(installed):
    record = json.loads(installed.se("components", "--format", "json"))
    assert record["conflicts"] == []
    foreign = {e["kind"]: e for e in record["components"] if e["package"] == OURS}
    assert {kind: entry["name"] for kind, entry in foreign.items()} == NAMES
    for entry in foreign.values():
        assert entry["fault"] == ""
        assert entry["summary"]
        assert entry["version"] == VERSION
    assert "teacher_rating How instructive" in installed.se("components", "selector")
