"""What a text names is decided in one place, and the same everywhere."""

import re
from pathlib import Path

import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id
from hypothesis import given
from hypothesis import strategies as st

from sample_engineering import storage
from sample_engineering.generation.server_address import read_name, server_url
from sample_engineering.named_elsewhere import (
    is_address,
    is_elsewhere,
    is_http,
    is_repository,
    may_be_model,
)

ROOM = Path(__file__).resolve().parents[1] / "sample_engineering"


@given(st.one_of(st.from_regex(r"[\w./-]{1,12}", fullmatch=True), st.text(max_size=8)))
def test_names_of_the_hub_are_those_that_its_own_client_takes(text):
    try:
        validate_repo_id(text)
        taken = text.isascii() and not text.endswith("\n")
    except (HFValidationError, ValueError):
        taken = False
    assert may_be_model(text) is taken
    assert is_repository(text) is (taken and "/" in text)


@pytest.mark.parametrize(
    ("text", "address", "elsewhere", "http"),
    [
        ("s3://bucket/a.jsonl", True, True, False),
        ("S3A://bucket/a", True, True, False),
        ("abfs://x/y", True, True, False),
        ("https://host/a.png", True, True, True),
        ("http://[::1]:8000", True, True, True),
        ("http://host:99999999", True, True, False),
        ("http://", True, True, False),
        ("hf:owner/name", False, True, False),
        ("rg:chain_sum?n=3", False, True, False),
        ("hf://datasets/o/n/f", True, True, False),
        ("C://x", False, False, False),
        ("a/b.jsonl", False, False, False),
        ("://x", False, False, False),
        ("", False, False, False),
    ],
)
def test_what_a_text_names(text, address, elsewhere, http):
    assert is_address(text) is address
    assert is_elsewhere(text) is elsewhere
    assert is_http(text) is http
    assert storage.is_address is is_address
    if http:
        assert read_name(f"m@{text}").server == text
        assert server_url(text).startswith(text)


def test_no_other_module_decides_it():
    """Patterns of schemes and of OWNER/NAME stand in one file; texts for users may show them."""
    own = re.compile(r"""startswith\(\(?["'](hf:|rg:|s3:|gs:|https?:)|count\(["']/["']\)""")
    found = [
        f"{path.relative_to(ROOM)}: {line.strip()}"
        for path in sorted(ROOM.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if own.search(line)
    ]
    assert found == []
