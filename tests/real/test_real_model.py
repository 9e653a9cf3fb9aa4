"""The commands on SmolLM2-135M-Instruct, a real language model of 135 million parameters.

It is a weak solver and a worse composer: what is tested is not how good it is but that its chat
template, its end token and its 49,152 tokens go through every command as they should.
"""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.generation.vllm_server import serving

from .conftest import PROBLEMS, TEMPLATE, command, environment, write_pool

pytestmark = [pytest.mark.real, pytest.mark.slow]

LONGEST = 96
CHAT = ("--template", "chat", "--max-tokens", LONGEST)
SAMPLED = ("--template", TEMPLATE, "--max-tokens", 48, "--temperature", 0.7, "-n", 8)
MARKERS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")


def read_lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="session")
def probed(se, model, pool, work):
    """The pool probed, and what was printed."""
    out = work / "probed.jsonl"
    ran = se("probe", pool, "--model", model, *SAMPLED, "-o", out, cwd=work)
    return out, ran


def test_a_probe_measures_every_candidate(probed):
    out, _ = probed
    records = read_lines(out)
    assert [record["id"] for record in records] == [id_ for id_, _, _ in PROBLEMS]
    for record in records:
        assert record["n"] == 8
        assert 0 <= record["pass_rate"] <= 1 - record["unreadable"]
        assert record["mean_tokens"] <= 48
    # It follows the shown form most of the time, and stops by itself: the end token is heard.
    assert sum(record["unreadable"] for record in records) / len(records) < 0.7
    assert sum(record["truncated"] for record in records) / len(records) < 0.7
    assert any(0 < record["pass_rate"] < 1 for record in records)


def test_a_killed_probe_goes_on_and_ends_with_the_same_records(probed, se, model, pool, work):
    whole, _ = probed
    out = work / "killed.jsonl"
    journal = work / "killed.jsonl.journal"
    arguments = ["probe", pool, "--model", model, *SAMPLED, "-o", out]
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "se"), *map(str, arguments)],
        cwd=work, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None and not (journal.exists() and journal.stat().st_size):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not out.exists(), "the probe was over before it could be killed"
    kept = journal.read_bytes()
    se(*arguments, cwd=work)
    assert kept
    assert read_lines(out) == read_lines(whole)
    assert not journal.exists()


@pytest.fixture(scope="session")
def evaluated(se, model, pool, work):
    """Greedy answers to the pool."""
    out = work / "greedy.parquet"
    se("evaluate", "--model", model, "-b", pool, "--greedy", *CHAT, "-o", out, cwd=work)
    return pd.read_parquet(out)


def test_the_chat_template_is_applied_and_its_end_token_ends_the_answer(model, evaluated):
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")

    assert len(evaluated) == len(PROBLEMS)
    assert not evaluated["completion"].str.contains("|".join(map(re.escape, MARKERS))).any()
    ended = evaluated[evaluated["finish_reason"] == "stop"]
    assert len(ended) >= 2
    assert (ended["tokens"] < LONGEST).all()
    # The shortest answer, as transformers itself gives it to the templated question.
    row = ended.loc[ended["tokens"].idxmin()]
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    ids = tokenizer.apply_chat_template(
        [{"role": "user", "content": row["problem"]}],
        add_generation_prompt=True, return_tensors="pt", return_dict=True,
    )  # fmt: skip
    plain = transformers.AutoModelForCausalLM.from_pretrained(model, dtype="float32")
    with torch.inference_mode():
        made = plain.generate(**ids, do_sample=False, max_new_tokens=LONGEST)
    answer = made[0, ids["input_ids"].shape[1] :]
    assert tokenizer.decode(answer, skip_special_tokens=True) == row["completion"]
    assert tokenizer.decode(answer[-1:]) == "<|im_end|>"


def test_what_was_evaluated_grades_the_same_again(se, work, evaluated):
    rows = work / "answers.jsonl"
    rows.write_text(
        "".join(
            json.dumps({"gold": row.answer, "prediction": row.completion}) + "\n"
            for row in evaluated.itertuples()
        )
    )
    out = work / "graded.jsonl"
    se("grade", rows, "--form", "boxed", "-o", out, cwd=work)
    assert [row["correct"] for row in read_lines(out)] == evaluated["correct"].tolist()


def test_as_a_composer_it_is_refused_with_reasons(se, model, work):
    out = work / "composed.jsonl"
    ran = se(
        *("synthesize", "--domains", "physics,chemistry", "-n", 4, "--model", model, "-o", out),
        *("--max-tokens", 160, "--max-drafts", 6, "--attempts", 0),
        cwd=work,
    )
    check_funnel(ran.out, out, drafts=6)


def test_as_a_composer_of_polymath_it_is_refused_with_reasons(se, model, work):
    ran = se(
        *("polymath", "--composer", model, "-n", 3, "--max-tokens", 160, "--attempts", 1),
        *("-o", "polymath"),
        cwd=work, code=1,
    )  # fmt: skip
    check_fates(ran.out, work / "polymath", drafts=3)


def check_fates(printed, folder, drafts):
    """Every draft has a fate, and those refused a reason that is counted."""
    fates = read_lines(folder / "journal/candidates.jsonl")
    assert len(fates) == drafts
    assert all(fate["reason"] for fate in fates if fate["fate"] != "kept")
    stages = json.loads((folder / "funnel.json").read_text())["stages"]
    assert sum(stage["refused"] for stage in stages) == drafts
    assert all(sum(stage["reasons"].values()) == stage["refused"] for stage in stages)
    assert f"None of {drafts} candidates stands" in printed


def check_funnel(printed, out, drafts):
    """Every draft is accepted or refused with a reason, and the counts sum up."""
    accepted = read_lines(out) if out.read_text().strip() else []
    refused = read_lines(out.with_name(out.name + ".rejected.jsonl"))
    assert len(accepted) + len(refused) == drafts
    assert len(refused) >= drafts - 1
    assert all(row["stage"] and row["reason"] and row["answer"] for row in refused)
    # stage, entered, rejected, "3 not JSON, 2 cut off"
    lines = re.findall(r"^([a-z ]+?)  +(\d+)  +(\d+)  (.*)$", printed, re.MULTILINE)
    assert sum(int(rejected) for _, _, rejected, _ in lines) == len(refused)
    for _, entered, rejected, why in lines:
        counts = [int(number) for number in re.findall(r"(?:^|, )(\d+) ", why)]
        assert sum(counts) == int(rejected) <= int(entered)
    assert f"{len(accepted)} of {drafts} drafts accepted" in printed


# Four rollouts a step of one problem, two steps: enough to go through everything.
SHORT = (
    *("--recipe", "one-shot-rlvr", "--steps", 2, "--group-size", 4, "--set", "groups=1"),
    *("--set", "max_tokens=48", "--template", TEMPLATE, "--rollouts", 1, "--format", "json"),
    "--quick",
)


def check_run(run, printed):
    """What must hold of a validation, whatever came out."""
    result = json.loads((run / "result.json").read_text())
    assert json.loads(printed)["verdict"] == result["verdict"]
    rollouts = pd.read_parquet(next(run.rglob("rollouts*.parquet")))
    assert len(rollouts) == 2 * 4
    assert not rollouts["completion"].str.contains("|".join(map(re.escape, MARKERS))).any()
    return result


def test_a_validation_through_transformers(se, model, pool, work):
    run = work / "validated"
    ran = se(
        *("validate", f"{pool}#eggs", "--model", model, "--benchmark", pool, *SHORT, "--out", run),
        cwd=work,
    )
    check_run(run, ran.out)
    page = se("report", run, cwd=work)
    html = (run / "report.html").read_text()
    assert html.lstrip().lower().startswith("<!doctype html>")
    assert "eggs" in html
    assert page.out


class TestVLLM:
    """The same through a real vLLM, in its environment."""

    def test_greedy_answers_are_those_of_transformers(self, vllm_bin, model, pool, work, evaluated):
        out = work / "vllm.parquet"
        command(vllm_bin)(
            *("evaluate", "--model", model, "-b", pool, "--greedy", *CHAT, "-o", out),
            *("--engine", "vllm"),
            cwd=work,
        )
        found = pd.read_parquet(out)
        assert found["item"].tolist() == evaluated["item"].tolist()
        # bfloat16 against float32: a near tie may fall otherwise, most do not.
        same = found["completion"].str[:20] == evaluated["completion"].str[:20]
        assert same.sum() >= len(PROBLEMS) - 2
        assert not found["completion"].str.contains("|".join(map(re.escape, MARKERS))).any()

    def test_a_validation(self, vllm_bin, model, pool, work):
        run = work / "validated-vllm"
        ran = command(vllm_bin)(
            *("validate", f"{pool}#eggs", "--model", model, "--benchmark", pool, *SHORT),
            *("--engine", "vllm", "--out", run),
            cwd=work,
        )
        check_run(run, ran.out)


@pytest.fixture(scope="module")
def served(vllm_bin, model, work):
    """The address of a server whose context is shorter than a composer's answer."""
    log = work / "server.txt"
    with serving(vllm_bin, model, "smollm2", log, "--max-model-len", "2048") as url:
        yield url + "/v1"


def test_a_server_whose_context_is_shorter_than_a_draft_can_compose(se, served, work):
    out = work / "served.jsonl"
    ran = se(
        *("synthesize", "--domains", "physics,chemistry", "-n", 2, "--model", "smollm2"),
        *("--server", served, "--max-drafts", 4, "--attempts", 0, "-o", out),
        cwd=work,
    )
    check_funnel(ran.out, out, drafts=4)
    assert "context (2,048 tokens)" in ran.out


def test_a_served_model_writes_and_solves_for_polymath(se, served, work):
    ran = se(
        *("polymath", "--composer", f"smollm2@{served}", "-n", 3, "--max-tokens", 160),
        *("--attempts", 1, "-o", "polymath-served"),
        cwd=work, code=1,
    )  # fmt: skip
    check_fates(ran.out, work / "polymath-served", drafts=3)
    assert "completion tokens" in ran.out


def test_a_prompt_beyond_the_context_is_an_error_in_words(se, served, work):
    long = write_pool(work / "long.jsonl", [("long", "What is 1 + 1? " * 600, "2")])
    ran = se(
        *("evaluate", "--model", "smollm2", "--server", served, "-b", long, "--greedy"),
        *("-o", work / "long.parquet"),
        cwd=work, code=1,
    )  # fmt: skip
    assert "context of 2,048" in ran.err
    assert "Traceback" not in ran.err
