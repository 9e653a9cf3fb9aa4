"""Whatever can be refused is refused before anything is generated, trained or written.

A plan that works is broken in one way after the other. Each breakage says which check refuses it,
and a word of the message and of the remedy; nothing may have been written, and no model loaded.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sample_engineering.errors import PreflightError
from sample_engineering.runs.config import RunOptions
from sample_engineering.sample import Sample
from sample_engineering.trainers import preflight as room
from sample_engineering.trainers.machine import Gpu, Machine
from sample_engineering.trainers.plan import ValidationPlan
from sample_engineering.trainers.preflight import Case, estimate, preflight, run_checks
from sample_engineering.trainers.preflight import packages as packages_check
from sample_engineering.trainers.validation import run_validation
from tests.trainers.plans import plan_for
from tests.trainers.tiny import random_model, save

# Loaded here, the libraries are asked in this process, which takes no time.
pytest.importorskip("trl.trainer.grpo_config")

UNREADABLE = Sample("bad", "what is it ?", "a long story", kind="number")


@dataclass(frozen=True)
class Breakage:
    """One way to break a plan."""

    name: str
    check: str
    words: str  # a regular expression that the refusal matches
    make: Callable[[ValidationPlan, Path, pytest.MonkeyPatch], ValidationPlan]


BREAKAGES: list[Breakage] = []


def breaks(check: str, words: str) -> Callable[[Callable], Callable]:
    def note(make: Callable) -> Callable:
        BREAKAGES.append(Breakage(make.__name__.replace("_", " "), check, words, make))
        return make

    return note


def _version(monkeypatch, package, text):
    known = packages_check.metadata.version
    monkeypatch.setattr(
        packages_check.metadata, "version", lambda name: text if name == package else known(name)
    )


def _recipe(plan, **changes):
    return replace(plan, recipe=plan.recipe.with_(**changes))


def _trl(plan, **fields):
    return _recipe(plan, trl={**plan.recipe.trl, **fields})


def _copy(plan, to):
    shutil.copytree(plan.model, to / "model")
    return to / "model"


def _edit(plan, to, file, **changes):
    folder = _copy(plan, to)
    content = json.loads((folder / file).read_text())
    for name, value in changes.items():
        content.pop(name, None)
        if value is not None:
            content[name] = value
    (folder / file).write_text(json.dumps(content))
    return replace(plan, model=str(folder))


# Packages.


@breaks("packages", r"TRL 1\.15\.0 .*only 1\.16 works.*pip install")
def an_older_trl(plan, to, monkeypatch):
    _version(monkeypatch, "trl", "1.15.0")
    return plan


@breaks("packages", r"TRL 1\.17\.1 .*only 1\.16 works.*pip install")
def a_newer_trl(plan, to, monkeypatch):
    _version(monkeypatch, "trl", "1.17.1")
    return plan


@breaks("packages", r"transformers 5\.2\.0 is older.*pip install")
def old_transformers(plan, to, monkeypatch):
    _version(monkeypatch, "transformers", "5.2.0")
    return plan


@breaks("packages", r"peft is not installed.*pip install .*or train without `lora_rank`")
def adapters_without_peft(plan, to, monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    return _recipe(plan, lora_rank=8)


@breaks("packages", r"vllm is not installed.*pip install")
def vllm_without_vllm(plan, to, monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    return _recipe(plan, vllm=True)


@breaks("packages", r"adamw_bnb_8bit needs bitsandbytes.*pip install bitsandbytes")
def an_optimizer_without_its_package(plan, to, monkeypatch):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    return _trl(plan, optim="adamw_bnb_8bit")


@breaks("packages", r"deepspeed is asked for and not installed")
def deepspeed_without_deepspeed(plan, to, monkeypatch):
    monkeypatch.setitem(sys.modules, "deepspeed", None)
    monkeypatch.setenv("ACCELERATE_USE_DEEPSPEED", "true")
    return plan


# Trackers.


@breaks("trackers", r"'weights-and-biases' is no tracker; choose of wandb")
def a_tracker_that_nobody_knows(plan, to, monkeypatch):
    return replace(plan, options=replace(plan.options, report_to=("weights-and-biases",)))


@breaks("trackers", r"'comet_ml': comet_ml is not installed")
def a_tracker_without_its_package(plan, to, monkeypatch):
    monkeypatch.setitem(sys.modules, "comet_ml", None)
    return replace(plan, options=replace(plan.options, report_to=("comet_ml",)))


@breaks("trackers", r"would ask for a login.*wandb login")
def wandb_without_a_login(plan, to, monkeypatch):
    (to / "lib").mkdir()
    (to / "lib" / "wandb.py").write_text("")
    monkeypatch.syspath_prepend(str(to / "lib"))
    monkeypatch.setenv("HOME", str(to))
    for name in ("WANDB_API_KEY", "WANDB_MODE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    return replace(plan, options=replace(plan.options, report_to=("wandb",)))


# Processes, devices.


@breaks("processes", r"32 rollouts an update cannot be split over 5 processes")
def rollouts_that_do_not_divide(plan, to, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "5")
    return plan


@breaks("devices", r"`device` cuda was asked for and torch sees no GPU")
def a_gpu_that_is_not_there(plan, to, monkeypatch):
    return replace(plan, options=replace(plan.options, device="cuda"))


# The run folder.


@breaks("run folder", r"file is no folder; choose another `out`")
def a_folder_below_a_file(plan, to, monkeypatch):
    (to / "file").write_text("")
    return replace(plan, out=to / "file" / "run")


@breaks("run folder", r"not an empty folder; go on .* `resume`")
def a_folder_with_something_in_it(plan, to, monkeypatch):
    (to / "taken").mkdir()
    (to / "taken" / "notes.txt").write_text("mine")
    return replace(plan, out=to / "taken")


@breaks("disk", r"where 0\.0 GiB are free .*choose another `out`")
def a_disk_without_room(plan, to, monkeypatch):
    usage = shutil.disk_usage(to)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    return plan


# Golds.


@breaks("golds", r"sample bad: .*number")
def a_sample_without_a_readable_gold(plan, to, monkeypatch):
    return replace(plan, sample=UNREADABLE)


@breaks("golds", r"1 of 26 gold answers cannot be read .*`on_error`=skip")
def a_benchmark_item_without_a_readable_gold(plan, to, monkeypatch):
    items = (*plan.benchmark.items, UNREADABLE)
    return replace(plan, benchmark=plan.benchmark.with_(items=items))


@breaks("golds", r"random-sample bad")
def a_control_without_a_readable_gold(plan, to, monkeypatch):
    return replace(plan, controls="random-sample", pool=(plan.sample, UNREADABLE))


# The model.


@breaks("model files", r"there is no model folder .*absent; check its path")
def a_folder_that_is_not_there(plan, to, monkeypatch):
    return replace(plan, model=str(to / "absent"))


@breaks("model files", r"has no config\.json")
def a_folder_without_a_configuration(plan, to, monkeypatch):
    (to / "model").mkdir()
    return replace(plan, model=str(to / "model"))


@breaks("model files", r"not in the cache, and HF_HUB_OFFLINE .*hf download")
def a_hub_model_without_a_network(plan, to, monkeypatch):
    return replace(plan, model="nobody/knows-it")


@breaks("weights", r"no weights in safetensors, only pytorch_model\.bin; save the model with")
def a_folder_without_safetensors(plan, to, monkeypatch):
    folder = _copy(plan, to)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return replace(plan, model=str(folder))


@breaks("weights", r"lacks 1 of its 2 weight files, e\.g\. b\.safetensors; download")
def a_folder_with_half_the_weights(plan, to, monkeypatch):
    folder = _copy(plan, to)
    (folder / "model.safetensors").rename(folder / "a.safetensors")
    index = {"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return replace(plan, model=str(folder))


@breaks("weights", r"model\.safetensors is cut short; download")
def weights_that_are_cut_short(plan, to, monkeypatch):
    folder = _copy(plan, to)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    return replace(plan, model=str(folder))


@breaks("model", r"cannot read the model .*unheard.of")
def a_kind_that_transformers_does_not_know(plan, to, monkeypatch):
    return _edit(plan, to, "config.json", model_type="unheard-of")


@breaks("model", r"cannot read the model")
def a_configuration_that_is_no_json(plan, to, monkeypatch):
    folder = _copy(plan, to)
    (folder / "config.json").write_text("{")
    return replace(plan, model=str(folder))


@breaks("model", r"kind mamba .*choose another model")
def a_kind_without_a_cache(plan, to, monkeypatch):
    from transformers import MambaConfig, MambaForCausalLM

    small = MambaConfig(vocab_size=64, hidden_size=16, num_hidden_layers=1, state_size=4)
    return replace(plan, model=str(save(MambaForCausalLM(small), to / "model")))


@breaks("tokenizer", r"cannot load the tokenizer")
def a_model_without_a_tokenizer(plan, to, monkeypatch):
    folder = _copy(plan, to)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (folder / name).unlink()
    return replace(plan, model=str(folder))


@breaks("tokenizer", r"no end token")
def a_tokenizer_without_an_end(plan, to, monkeypatch):
    return _edit(plan, to, "tokenizer_config.json", eos_token=None)


@breaks("tokenizer", r"they do not belong together")
def a_tokenizer_of_another_model(plan, to, monkeypatch):
    folder = save(random_model(), to / "model")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 20}))
    return replace(plan, model=str(folder))


@breaks("tokenizer", r"opens no turn for the answer .*plain template")
def a_chat_template_that_opens_no_answer(plan, to, monkeypatch):
    folder = _copy(plan, to)
    (folder / "chat_template.jinja").write_text(
        "{% for m in messages %}{{ m['role'] }} {{ m['content'] }} ; {% endfor %}"
    )
    return _recipe(replace(plan, model=str(folder)), template="chat")


@breaks("tokenizer", r"`chat_template_kwargs` .*would be ignored")
def words_to_a_template_that_is_not_there(plan, to, monkeypatch):
    return _recipe(plan, template="chat", chat_template_kwargs={"enable_thinking": False})


@breaks("context", r"of 256; set `max_tokens` to at most 250")
def answers_beyond_the_context(plan, to, monkeypatch):
    return _recipe(plan, max_tokens=300)


@breaks("context", r"a prompt has \d+ tokens, and the model reads 256; leave")
def a_prompt_beyond_the_context(plan, to, monkeypatch):
    long = plan.benchmark.items[0].with_(id="long", problem="what is 1 + 1 ? " * 100)
    return replace(plan, benchmark=plan.benchmark.with_(items=(*plan.benchmark.items, long)))


# Settings.


@breaks("TRL settings", r"TRL refuses the settings: .*change the recipe")
def a_schedule_that_nobody_knows(plan, to, monkeypatch):
    return _recipe(plan, schedule="sawtooth")


@breaks("TRL settings", r"TRL refuses the settings: .*change the recipe")
def an_optimizer_that_nobody_knows(plan, to, monkeypatch):
    return _trl(plan, optim="hope")


@breaks("TRL settings", r"TRL refuses the settings: `loss_type` 'ppo' is none of grpo, bnpo")
def a_loss_that_trl_looks_at_in_its_first_step_only(plan, to, monkeypatch):
    return _recipe(plan, loss_type="ppo")


@breaks("TRL settings", r"TRL refuses the settings: .*reward weights")
def a_field_that_only_the_trainer_refuses(plan, to, monkeypatch):
    return _trl(plan, reward_weights=[1.0, 2.0])


@breaks("memory", r"needs about .* GiB of .*; it would fit with .*lora_rank=32")
def a_model_that_is_too_large(plan, to, monkeypatch):
    # The configuration of a model of 7.6 billion numbers: there is no need of its weights.
    monkeypatch.setattr(
        "sample_engineering.trainers.preflight.case.this_machine",
        lambda gpus: Machine(gpus, 2, 64 * 2**30, 64 * 2**30),
    )
    usage = shutil.disk_usage(to)._replace(free=2**50)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    return _edit(
        plan, to, "config.json", hidden_size=3584, intermediate_size=18944, num_hidden_layers=28,
        num_attention_heads=28, num_key_value_heads=4, head_dim=128, vocab_size=152064,
        max_position_embeddings=4096,
    )  # fmt: skip


@pytest.fixture
def plan(random_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ValidationPlan:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"):
        monkeypatch.delenv(name, raising=False)
    return plan_for(random_folder, tmp_path / "run")


def test_a_sound_plan_is_refused_nothing(plan):
    found = preflight(plan)
    assert found.refusals == ()
    assert found.warnings == ()
    assert {outcome.name for outcome in found} == {check.name for check in room.CHECKS}
    assert not plan.out.exists()


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda one: one.name)
def test_it_is_refused_before_anything_is_done(breakage, plan, tmp_path, monkeypatch):
    broken = breakage.make(plan, tmp_path, monkeypatch)
    before = sorted(tmp_path.rglob("*"))
    events = []
    with pytest.raises(PreflightError) as raised:
        run_validation(broken, events.append)
    message = str(raised.value)
    assert re.search(breakage.words, message), message
    assert "\n" not in message
    assert ";" in message, "there is no remedy"
    assert raised.value.checks == (breakage.check,), "one cause is one refusal, of its check"
    assert [event for event in events if event.stage != "notice"] == []
    assert sorted(tmp_path.rglob("*")) == before


def test_all_reasons_are_told_at_once(plan, tmp_path):
    broken = replace(
        _recipe(plan, max_tokens=300), sample=UNREADABLE, out=tmp_path / "file" / "run"
    )
    (tmp_path / "file").write_text("")
    found = preflight(broken)
    assert [o.name for o in found if o.verdict == "refuse"] == ["run folder", "golds", "context"]
    with pytest.raises(PreflightError, match=r"for 3 reasons: \(1\) .*\(2\) .*\(3\)"):
        found.require()


def test_a_check_that_fails_itself_is_said_and_stops_nothing(plan, monkeypatch):
    def broken(case):
        raise ZeroDivisionError("what now")
        yield

    found = run_checks(Case.of_plan(plan), [room.Check("odd", broken)])
    assert found.refusals == ()
    assert "could not be checked (ZeroDivisionError: what now)" in str(found.warnings[0])


def test_the_libraries_are_asked_in_a_process_of_its_own_where_they_are_not_loaded(random_folder):
    code = f"""
import sys
from pathlib import Path
from tests.trainers.plans import plan_for
from sample_engineering.trainers.preflight import preflight
found = preflight(plan_for({str(random_folder)!r}, "never", inline=False))
print(found.refusals, "torch" in sys.modules, [o.name for o in found][-1])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.split() == ["()", "False", "disk"]


# A hub that is not there is played by a server that answers as it does.


class _Hub(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/api/models/some/gated") and "auth-check" in self.path:
            self._say(403, {"error": "gated"}, {"X-Error-Code": "GatedRepo"})
        elif self.path.startswith("/api/models/some/"):
            kind = "bin" if "without" in self.path else "safetensors"
            files = [{"rfilename": "config.json"}, {"rfilename": f"model.{kind}"}]
            self._say(200, {"id": "some/model", "siblings": files}, {})
        else:
            self._say(404, {"error": "none"}, {"X-Error-Code": "RepoNotFound"})

    def _say(self, status: int, content: object, headers: dict[str, str]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("some/gated", "some/gated is gated; ask for access at .*hf auth login"),
        ("some/without", "some/without has no weights in safetensors"),
        ("none/such", "there is no model none/such .* private; check the name"),
        ("some/model", "some/model, to be fetched"),
    ],
)
def test_the_hub_is_asked_what_it_has(hub, name, words):
    code = f"""
from sample_engineering.trainers.preflight import Case
from sample_engineering.trainers.preflight.model import files
from sample_engineering.trainers.recipes import Recipe
print([str(finding) for finding in files(Case(Recipe(), {name!r}))])
"""
    env = {"HF_ENDPOINT": hub, "HF_HUB_OFFLINE": "0", "HF_HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **env},
    )
    assert re.search(words, done.stdout), done.stdout + done.stderr


# Machines that are not here.


def _on(machine: Machine, plan: ValidationPlan, **recipe):
    options = RunOptions(device="cuda")
    return Case(plan.recipe.with_(bf16=True, **recipe), plan.model, options, described=machine)


def test_several_gpus_in_one_process_and_a_gpu_without_bfloat16_are_refused(plan):
    old = Gpu("Tesla V100", 32 * 2**30, 32 * 2**30, bf16=False)
    found = list(room.devices.devices(_on(Machine((old, old), real=False), plan)))
    told = " | ".join(map(str, found))
    assert "one process sees 2 GPUs" in told
    assert "accelerate launch" in told
    assert "Tesla V100 does not compute in bfloat16; set `bf16`=false" in told


def test_the_share_of_vllm_must_hold_the_model(plan):
    small = Gpu("small", 2 * 2**30, 2 * 2**30)
    case = _on(Machine((small,), real=False), plan, vllm=True)
    told = " | ".join(map(str, room.memory.memory(case)))
    assert re.search(r"vLLM gets 0\.6 GiB and needs .*`vllm_gpu_memory_utilization`=0\.\d", told)


def test_gpus_that_are_not_there_are_called_by_the_option_that_named_them():
    from types import SimpleNamespace

    from sample_engineering.report.readiness import preflight_table
    from sample_engineering.trainers.preflight.devices import devices

    case = SimpleNamespace(
        device="cuda", devices=("0", "1"), recipe=None, machine=SimpleNamespace(gpus=())
    )
    (found,) = devices(case)  # type: ignore[arg-type]
    assert "`devices` 0,1 was asked for" in str(found)
    assert "leave `devices` out" in str(found)
    outcome = SimpleNamespace(name="devices", seconds=0.0, findings=(found,))
    table = preflight_table([outcome], lambda text: text.replace("`devices`", "--devices"))  # type: ignore[arg-type]
    assert "--devices 0,1" in str(next(iter(table.columns[2].cells)))


@pytest.mark.parametrize("device", ["cpu", "0"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_trainings_on_one_device_have_equal_parts_of_it(plan, device, times):
    card = Gpu("NVIDIA H200", 140 * 2**30, 140 * 2**30)
    machine = Machine((card,), 8, 64 * 2**30, 60 * 2**30, real=False)
    shared = replace(plan, devices=(device,) * times)
    case = Case(plan.recipe, plan.model, RunOptions(), shared, described=machine)
    one = Case(plan.recipe, plan.model, RunOptions(), replace(plan, devices=(device,)), machine)
    assert room.memory.device_bytes(case) == tuple(
        part // times for part in room.memory.device_bytes(one)
    )
    found, alone = estimate(case), estimate(one)
    assert found.device_bytes == alone.device_bytes // times
    if device == "0":
        assert found.step_seconds == pytest.approx(times * alone.step_seconds)
    if times > 1:
        assert f"where {times} work at the same time" in str(next(room.memory.memory(case)))
