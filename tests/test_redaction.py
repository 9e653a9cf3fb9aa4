"""Keys and passwords leave no trace in texts, errors and files, however they are written."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import sample_engineering as se
from sample_engineering import redaction
from sample_engineering.commands import last_resort
from sample_engineering.errors import ConfigError, GenerationError, refuse_secrets
from sample_engineering.files import write_json
from sample_engineering.redaction import keep_secret, names_secret, redacted
from sample_engineering.trainers.recipes import load_recipe

ROOT = Path(__file__).resolve().parents[1]
KEY = "Zq7-canary_9xK2mWvT4"
SPELLINGS = [
    "https://me:{}@host.example/v1/models",
    "cannot reach http://{}@host.example:8000: refused",
    "MODEL@https://me:{}@host.example/v1",
    "GET https://host.example/v1?api_key={}&n=1 failed",
    "https://bucket.example/file?X-Amz-Signature={}",
    "headers: {{'Authorization': 'Bearer {}', 'accept': '*/*'}}",
    "Authorization: Basic {}",
    "proxy-authorization: {}",
    '{{"api_key": "{}"}}',
    "{{'hub_token': '{}', 'steps': 3}}",
    "run with --api-key={} again",
    "TrainingArguments(hub_token='{}')",
    "the password is wrong: password={}",
    "Bearer {} was refused",
]
PLAIN = [
    "max_tokens=100000000, pad_token='<|endoftext|>'",
    "the token: multiplication of two numbers",
    "git+ssh://git@github.com/owner/repository",
    "write to me@host.example, or see https://host.example/@me/page",
    "set OPENAI_API_KEY to a key of this server",
    "the key idea: secret sharing; basic mathematics",
    "MODEL@http://localhost:8000/v1",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_secret_is_known_by_where_it_stands(spelling):
    assert KEY not in redacted(spelling.format(KEY))


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_stay_as_they_are(text):
    assert redacted(text) == text


@pytest.mark.parametrize(
    "key", ["hf_" + "aB3" * 11, "sk-proj-" + "x9_" * 9, "ghp_" + "a1" * 18, "AKIA" + "A1" * 8]
)
def test_a_key_is_known_by_its_shape(key):
    assert redacted(f"({key})") == "(***)"


@given(st.text(st.characters(categories=("L", "N", "P")), min_size=8, max_size=60), st.text())
@example("0" * 8, "0" * 40)
def test_a_key_that_was_handed_over_is_nowhere(key, around):
    keep_secret(key)
    try:
        said = str(GenerationError(f"{around}{key}{around}"))
    finally:  # the tests after this one have texts with such keys in them
        del redaction._handed_over[key]
    assert key.replace("*", "") not in said.replace("*", "") or key.strip("*") == ""


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "HF_TOKEN", "MY_SECRET", "dbPassword", "AWS_SECRET_ACCESS_KEY"]
)
def test_keys_of_the_environment_are_known_in_errors_files_and_logs(name, monkeypatch, tmp_path):
    assert names_secret(name)
    monkeypatch.setenv(name, KEY)
    error = ValueError(f"somebody says {KEY} in 'words'")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("sys.argv", ["se", "rank", f"--server=http://x:{KEY}@y"])
    texts = [str(ConfigError(f"`x` is {KEY}")), last_resort.told(error)]
    write_json(tmp_path / "config.json", {"a": [{"b": f"x{KEY}"}], "n": 1.5})
    texts += [path.read_text() for path in tmp_path.iterdir()]
    assert len(texts) == 4
    assert not [text for text in texts if KEY in text]
    assert json.loads((tmp_path / "config.json").read_text()) == {"a": [{"b": "x***"}], "n": 1.5}


def test_the_folder_that_a_shell_is_in_is_no_password(monkeypatch, tmp_path):
    monkeypatch.setenv("PWD", "/home/somebody/project")
    monkeypatch.setenv("OLDPWD", "/home/somebody/before")
    monkeypatch.setenv("DB_PWD", KEY)
    record = {"model": f"/home/somebody/project/model, not /home/somebody/before, {KEY}"}
    write_json(tmp_path / "config.json", record)
    kept = json.loads((tmp_path / "config.json").read_text())["model"]
    assert kept == redacted(record["model"]) == record["model"].replace(KEY, "***")


@pytest.mark.parametrize("name", ["answer_key", "answerKey", "max_tokens", "eos_token", "keyword"])
def test_names_that_only_sound_like_it(name):
    assert not names_secret(name)


def test_a_traceback_hides_them_too():
    program = (
        "import os; os.environ['HF_TOKEN'] = 'canary-canary'\n"
        "from sample_engineering.redaction import hide_in_tracebacks\n"
        "hide_in_tracebacks()\n"
        "def f(): raise ValueError('token canary-canary is bad')\n"
        "try: f()\n"
        "except ValueError as e: raise RuntimeError('https://a:canary-canary@b') from e\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("Traceback") == 2
    assert "token *** is bad" in done.stderr
    assert "canary-canary" not in done.stderr.replace("'canary-canary'", "")  # the program itself


ADDRESS = f"http://me:{KEY}@127.0.0.1:9/v1"


@pytest.mark.parametrize(
    "call",
    [
        lambda: se.probe(se.example_pool(), model="m", server=ADDRESS),
        lambda: se.evaluate("m", server=ADDRESS),
        lambda: se.compose(["physics"], n=1, model="m", server=ADDRESS),
        lambda: se.polymath(composer=[f"m@{ADDRESS}"], n=1),
        lambda: se.load_pool(f"s3://me:{KEY}@bucket/pool.jsonl"),
        lambda: se.plan_validation(se.example_pool()[0], settings={"hub_token": KEY}),
        lambda: se.plan_validation(se.example_pool()[0], model_init_kwargs={"token": KEY}),
        lambda: se.evaluate("m", engine_options={"extra_body": {"a": [{"api_key": KEY}]}}),
        lambda: load_recipe("microcosm", {"trl": {"hub_token": KEY}}),
    ],
)
def test_an_option_that_holds_one_is_refused_and_not_repeated(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"environment|MODEL@URL") as caught:
        call()
    assert KEY not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_data_may_have_fields_of_any_name():
    refuse_secrets("rows", [{"problem": "1 + 1", "password": "two"}])
    refuse_secrets("mapping", {"answer": "token"})
    refuse_secrets("engine_options", {"max_tokens": "16", "token": ""})


@pytest.mark.parametrize("name", ["PWD", "OLDPWD"])
def test_the_folder_of_the_shell_is_no_password(name, monkeypatch, tmp_path):
    monkeypatch.setenv(name, "/home/someone/work")
    write_json(tmp_path / "config.json", {"model": "/home/someone/work/model"})
    assert json.loads((tmp_path / "config.json").read_text())["model"] == "/home/someone/work/model"


@pytest.mark.parametrize(
    "unit",
    ["9", "a-", "a.", "?key", "&a=token", "authorization ", "bearer ", "\"a", "hf_token", "apikey",
     "x_", " ", "://", "a://b", "secret:", "sk-", "password= ", "\n", "@", "https://a@"],
)  # fmt: skip
def test_a_text_as_long_as_a_file_takes_no_longer_than_it_must(unit):
    """What a pushed file or an error holds is looked at once, whatever is repeated in it."""
    began = time.process_time()
    redacted(unit * (400_000 // len(unit)))
    assert time.process_time() - began < 2
