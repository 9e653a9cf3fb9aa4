"""A Hugging Face model is loaded at one commit, and the commit stands in what it wrote."""

import os
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("transformers")

from sample_engineering.errors import ConfigError
from sample_engineering.generation import open_generator
from sample_engineering.generation.hub import cached, commit_of

OLD, NEW = "a" * 40, "b" * 40

OPENED = """
from sample_engineering.generation import open_generator
for revision in (None, "first", "%s"):
    with open_generator("me/tiny", device="cpu", revision=revision) as one:
        print(one.revision, one.model.generation_config.eos_token_id, len(one.tokenizer))
"""


@pytest.fixture
def cache(tiny_model_path, tmp_path):
    """A cache of the hub that holds two commits of a model; the older one ends otherwise."""
    root = tmp_path / "models--me--tiny"
    for commit, name in ((NEW, "main"), (OLD, "first")):
        shutil.copytree(tiny_model_path, root / "snapshots" / commit)
        (root / "refs").mkdir(exist_ok=True)
        (root / "refs" / name).write_text(commit)
    settings = root / "snapshots" / OLD / "generation_config.json"
    settings.write_text(settings.read_text().replace('"eos_token_id": 2', '"eos_token_id": [2, 9]'))
    return tmp_path


def test_a_branch_becomes_the_commit_that_is_loaded(cache):
    offline = os.environ | {"HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", OPENED % OLD], env=offline, capture_output=True, text=True
    )
    lines = [line.rsplit(" ", 1)[0] for line in done.stdout.splitlines()]
    assert lines == [f"{NEW} 2", f"{OLD} [2, 9]", f"{OLD} [2, 9]"], done.stderr


def test_a_folder_has_no_commit(tiny_model_path):
    assert commit_of(tiny_model_path) is None
    assert cached(tiny_model_path) is None
    with pytest.raises(ConfigError, match=r"`revision` would be ignored: .* is a folder"):
        open_generator(str(tiny_model_path), device="cpu", revision="main")


def test_a_commit_is_itself():
    assert commit_of("no/such", OLD) == OLD
