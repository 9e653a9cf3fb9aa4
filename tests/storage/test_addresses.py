"""What an address is, what of it is shown, and how it comes through a command line."""

import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sample_engineering.commands.addresses import packed, unpacked
from sample_engineering.errors import ConfigError
from sample_engineering.storage import Address, is_address, screened

_SECRETS = st.text(string.ascii_letters + string.digits + "+._-", min_size=8, max_size=40)
_NAMES = st.text(min_size=1, max_size=12).filter(
    lambda name: name not in (".", "..") and not set(name) & set("/\0") and "::" not in name
)


@pytest.mark.parametrize(
    "text",
    ["pool.jsonl", "hf:owner/name", "rg:chain_sum?n=3", "C:/pool.jsonl", "C://x", "a/s3://b"],
)
def test_a_path_or_a_name_is_no_address(text):
    assert not is_address(text)
    assert packed(text) == text


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(_NAMES, min_size=2, max_size=4))
def test_an_address_is_its_store_its_folder_and_its_name(parts):
    text = "s3://" + "/".join(parts)
    if text != text.rstrip("/"):
        return
    address = Address.read(text)
    assert address.name == parts[-1]
    assert address.above + address.name == address.text == text


@pytest.mark.parametrize(
    "text",
    [
        "s3://",
        "s3:///",
        "s3://b//x",
        "s3://b/../x",
        "s3://b/./x",
        "zip::s3://b/x",
        "file:///data/x",
    ],
)
def test_what_no_folder_here_can_hold_is_refused_in_a_line(text):
    with pytest.raises(ConfigError) as refusal:
        Address.read(text)
    assert "\n" not in str(refusal.value)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(parts=st.lists(_NAMES, min_size=1, max_size=4), before=st.sampled_from(["", "--out=", "-o"]))
def test_an_address_comes_through_a_command_line_as_it_stands(parts, before):
    text = before + "s3://bucket/" + "/".join(parts)
    word = packed(text)
    assert "//" not in word
    assert unpacked(str(Path(word))) == text


@given(signature=_SECRETS)
def test_a_signature_is_not_shown(signature):
    text = f"https://host/pool.jsonl?X-Amz-Signature={signature}&X-Amz-Expires=60"
    assert signature not in screened(text)
    assert signature not in f"{Address.read(text)} {Address.read(text)!r}"
    assert Address.read(text).name == "pool.jsonl"
