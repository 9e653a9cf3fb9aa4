"""The offline way from nothing to a chosen prime, as a user runs it."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

import sample_engineering as se
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.polymath.families import abundance
from tests.interrupting import started

_ROOT = Path(__file__).resolve().parents[2]


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(_ROOT), "COLUMNS": "120", **more}


def polymath(cwd, *arguments, code=0, **more):
    done = subprocess.run(
        [sys.executable, "-m", "sample_engineering", "polymath", *map(str, arguments)],
        capture_output=True, text=True, cwd=cwd, env=environment(**more), check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout


def files_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run that nothing interrupted, and what it printed."""
    place = tmp_path_factory.mktemp("whole")
    return place / "run", polymath(place, "--composer", "symbolic", "--n", 20, "--out", "run")


def test_from_nothing_to_a_prime_that_can_be_validated(whole):
    folder, printed = whole
    samples = json.loads((folder / "chosen.json").read_text())
    prime = samples[0]
    assert "prime" in prime["roles"]
    assert prime["domains"] == ["physics", "chemistry", "biology"]
    record = json.loads((folder / "polymath.json").read_text())
    assert record["chosen"][0]["id"] == prime["id"]
    assert record["chosen"][0]["spectrum"] == len(prime["abundance"]) == prime["spectrum"]
    assert {"specialist of physics", "specialist of chemistry", "specialist of biology"} <= {
        one["role"] for one in record["chosen"]
    }
    command = f"se validate 'run/chosen.json#{prime['id']}'"
    assert record["next"].startswith(command)
    assert command in printed
    loaded = se.load_pool(str(folder / "chosen.json"), on_error="fail")
    assert loaded.ids == [one["id"] for one in samples] or list(loaded.ids) == [
        one["id"] for one in samples
    ]
    plan = se.plan_validation(f"{folder / 'chosen.json'}#{prime['id']}", steps=1)
    assert plan.sample.id == prime["id"]


def test_the_prime_is_the_widest_of_all_that_were_kept(whole):
    folder, _ = whole
    lines = [json.loads(x) for x in (folder / "journal/candidates.jsonl").open()]
    assert [one["number"] for one in lines] == list(range(20))
    kept = [one for one in lines if not one["fate"].startswith("refused")]
    best = [one for one in lines if "prime" in one.get("roles", ())]
    assert [one["spectrum"] for one in best] == [max(one["spectrum"] for one in kept)]
    for one in kept:  # counted anew from the samples
        spread = abundance(one["sample"]["skills"])
        assert {family: tuple(names) for family, names in one["skills"].items()} == spread
    funnel = json.loads((folder / "funnel.json").read_text())
    assert funnel["stages"][0]["entered"] == 20
    assert funnel["kept"] == len(kept)


def test_the_page_shows_the_problems_and_loads_nothing(whole):
    folder, _ = whole
    page = (folder / "report.html").read_text()
    assert "default-src &#x27;none&#x27;" in page
    prime = json.loads((folder / "chosen.json").read_text())[0]
    assert prime["id"] in page
    packed = re.search(r'<script type="text/plain" id="chosen-problems">([^<]*)<', page)[1]
    columns = {
        column["name"]: column
        for column in json.loads(zlib.decompress(base64.b64decode(packed)))["columns"]
    }
    assert columns["problem"]["data"][0] == prime["problem"]
    assert all(columns[name].get("maths") for name in ("problem", "answer", "solution"))


def test_each_chosen_sample_has_a_card(whole):
    folder, _ = whole
    samples = json.loads((folder / "chosen.json").read_text())
    cards = sorted((folder / "cards").iterdir())
    assert [path.name for path in cards] == [f"{k:02}.md" for k in range(1, len(samples) + 1)]
    for path, sample in zip(cards, samples, strict=True):
        text = path.read_text()
        assert sample["problem"] in text
        assert sample["solution"] in text
        for family, number in sample["abundance"].items():
            assert f"| {family} | {number} |" in text


@pytest.mark.parametrize("moment", ["composed", "settle", "write_chosen"])
def test_after_ctrl_c_it_says_how_to_go_on(whole, tmp_path, moment):
    """It interrupts itself at a step of the run: a clock would meet the end of it at times."""
    program = (
        "import os, signal, sys\n"
        "from sample_engineering.entry import main\n"
        "from sample_engineering.polymath.folder import PolymathFolder\n"
        f"step = PolymathFolder.{moment}\n"
        "def interrupted(*given):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return step(*given)\n"
        f"PolymathFolder.{moment} = interrupted\n"
        "sys.argv = ['se', 'polymath', '--n', '20', '--out', 'run']\n"
        "main()"
    )
    with started([sys.executable, "-c", program], cwd=tmp_path, env=environment()) as process:
        _, told = process.communicate(timeout=120)
    assert process.returncode == 130, told
    assert "--resume=run" in told
    assert "Traceback" not in told
    assert polymath(tmp_path, "--resume", "run") == whole[1]


def test_the_same_seed_gives_the_same_bytes_under_two_hash_seeds(whole, tmp_path):
    folder, printed = whole
    assert polymath(tmp_path, "--n", 20, "--out", "run", PYTHONHASHSEED="7") == printed
    assert files_of(tmp_path / "run") == files_of(folder)


@pytest.mark.parametrize("after", ["plan.json", "journal/composed.jsonl"])
def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(whole, tmp_path, after):
    folder, printed = whole
    process = subprocess.Popen(
        [sys.executable, "-m", "sample_engineering", "polymath", "--n", "20", "--out", "run"],
        cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (tmp_path / "run" / after).exists() and time.monotonic() < end:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "run/polymath.json").exists(), "it was over before it could be killed"
    assert polymath(tmp_path, "--resume", "run") == printed
    assert files_of(tmp_path / "run") == files_of(folder)


def test_a_finished_run_and_a_folder_in_use_are_left_alone(whole, tmp_path):
    folder, _ = whole
    before = files_of(folder)
    with pytest.raises(RunError, match="is finished"):
        se.polymath(resume=folder)
    with pytest.raises(RunError, match="not an empty folder"):
        se.polymath(n=2, out=folder)
    with pytest.raises(RunError, match=r"plan\.json is not there"):
        se.polymath(resume=tmp_path)
    assert files_of(folder) == before


def test_a_damaged_plan_is_told(tmp_path):
    (tmp_path / "plan.json").write_text('{"format": 1, "way": ')
    with pytest.raises(RunError, match="is damaged"):
        se.polymath(resume=tmp_path)
    (tmp_path / "plan.json").write_text('{"format": 9}')
    with pytest.raises(RunError, match="has format 9"):
        se.polymath(resume=tmp_path)


def test_answers_are_exact_whole_numbers_unless_others_are_allowed(whole, tmp_path):
    lines = [json.loads(x) for x in (whole[0] / "journal/candidates.jsonl").open()]
    for one in lines:
        assert 1 <= int(one["sample"]["answer"].split()[0].rstrip("%")) <= 1000
        assert not one["sample"].get("tolerance")
    found = se.polymath(n=6, answers="any", out=tmp_path / "run")
    assert any(one.sample.tolerance for one in found.candidates)


def test_where_nothing_stands_it_says_why_and_ends_with_a_status(tmp_path):
    row = {"id": "a", "problem": "What is 1 + 1?", "answer": "2", "type": "sums", "lim": 0.1}
    (tmp_path / "pool.jsonl").write_text(json.dumps(row) + "\n")
    printed = polymath(tmp_path, "--natural", "pool.jsonl", "--out", "run", code=1)
    assert "None of 1 candidate stands" in printed
    assert json.loads((tmp_path / "run/chosen.json").read_text()) == []


def test_other_subjects_and_another_tagger(tmp_path):
    found = se.polymath(n=4, domains="math,economics", steps=(2, 3), tagger="builtin",
                        out=tmp_path / "run")  # fmt: skip
    assert found.prime.domains == ("math", "economics")
    assert len(found.candidates) == 4
    assert "prime" in repr(found)
    assert found.prime.id in found._repr_html_()
    assert len(found.to_pandas()) == 4


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"composer": ["symbolic", "m@http://x/v1"]}, "composes alone"),
        ({"composer": "m@host"}, "MODEL@URL"),
        ({"composer": "@http://host/v1"}, "names no model"),
        ({"answers": "whole"}, "`answers`"),
        ({"answers": "integer", "move": "masked", "parents": []}, "`answers` integer"),
        ({"window": (0.8, 0.2), "model": "m"}, "`window`"),
        ({"window": (0.2, 0.8)}, "`window` needs `model`"),
        ({"model": "microcosm"}, "compact"),
        ({"tagger": "llm"}, "`tagger_model`"),
        ({"tagger_model": "m"}, "`tagger_model` would be ignored"),
        ({"attempts": 3}, "`attempts` is for models"),
        ({"composer": "m@http://x/v1", "steps": 3}, "`steps` is for the symbolic"),
        ({"composer": "m@http://x/v1", "device": "cpu"}, "`device` is for models that"),
        ({"composer": "m", "concurrency": 3}, "`concurrency` is for models at servers"),
        ({"composer": "m@http://x/v1", "max_cost": 1}, "`max_cost` needs `prices`"),
        ({"composer": "m@http://x/v1", "tagger": "declared"}, "`tagger` declared"),
        ({"n": 0}, "`n` is 0"),
        ({"history": "x.jsonl"}, "`history` would be ignored"),
        ({"natural": [], "n": 3}, "`n` would be ignored"),
        ({"resume": "x", "n": 3}, "`n` would be ignored"),
    ],
)  # fmt: skip
def test_what_cannot_be_or_would_be_ignored_is_refused_before_any_work(given, told, tmp_path):
    out = {} if "resume" in given else {"out": tmp_path / "run"}
    with pytest.raises(ConfigError, match=told):
        se.polymath(**given, **out)
    assert not (tmp_path / "run").exists()
