"""Code that a file names runs nowhere unless the call says so: one of each, with a canary.

The canary writes a file when it is run. What is refused is refused in one line that says what would
have run, and how to say that it may.
"""

import json
import pickle
import shutil
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("trl")

import sample_engineering as se
from sample_engineering.cli import app
from sample_engineering.commands.command import in_options
from sample_engineering.errors import ConfigError, SampleEngineeringError
from sample_engineering.foreign_code import NAMED, PARAMETER, PLAIN_OPTIONS
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.server_engine import ServerEngine
from sample_engineering.generation.transformers_engine import TransformersEngine
from sample_engineering.generation.vllm_engine import VLLMEngine
from sample_engineering.microcosm.shipped import model_path
from sample_engineering.runs import RunFolder

POOL = str(Path(__file__).resolve().parents[2] / "examples" / "microcosm_pool.jsonl")
ASKED = f"--{PARAMETER.replace('_', '-')}"


@pytest.fixture
def canary(tmp_path, monkeypatch):
    """A module in the working folder, and a program, that sing by writing a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    song = tmp_path / "song"
    text = (
        f"open({str(song)!r}, 'w').close()\ndef sing(*_, **__): return []\nConfig = Model = sing\n"
    )
    write("canary.py", text)
    program = tmp_path / "canary.sh"
    program.write_text(f"#!/bin/sh\ntouch {song}\n")
    program.chmod(0o755)
    return song


def write(path, text):
    Path(path).write_text(text, encoding="utf-8")


class Sings:
    """Writes the file when it is unpickled."""

    def __init__(self, song):
        self.song = str(song)

    def __reduce__(self):
        return open, (self.song, "w")


def said(*words):
    """Run a command; returns its exit status and its last line."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    error = result.exception
    if isinstance(error, SampleEngineeringError):
        return 1, in_options(str(error), ())
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result.exit_code, result.output


def model_folder(**changes):
    """The embedded model with a file of its own changed."""
    place = Path("model")
    place.mkdir()
    for path in Path(model_path()).iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    for name, change in changes.items():
        path = place / f"{name}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | change))
    return place


def probe(model):
    return ["probe", POOL, "--model", model, "-n", "1", "--max-tokens", "2", "-o", "probed.jsonl"]


def auto_map(song):
    kinds = {"AutoConfig": "canary.Config", "AutoModelForCausalLM": "canary.Model"}
    place = model_folder(config={"model_type": "songbird", "auto_map": kinds})
    shutil.copy("canary.py", place)
    yield probe(place)


def weights(song):
    place = model_folder()
    for path in [*place.glob("*.safetensors*")]:
        path.unlink()
    (place / "pytorch_model.bin").write_bytes(pickle.dumps(Sings(song)))
    yield probe(place)


def chat_template(song):
    reach = f"{{{{ cycler.__init__.__globals__.os.system('touch {song}') }}}}"
    place = model_folder()
    (place / "chat_template.jinja").write_text(reach)
    yield [*probe(place), "--template", "chat"]
    (place / "chat_template.jinja").write_text(
        f"{{{{ ''.__class__.__mro__[1].__subclasses__() }}}}{reach}"
    )
    yield [*probe(place), "--template", "boxed"]


def folder(change, what="validate"):
    """A run, sweep or search that was begun, and what a stranger changed in its config.json."""
    from sample_engineering.search.folder import SearchFolder
    from sample_engineering.sweep.folder import SweepFolder

    shared = {"steps": 1, "out": what}
    if what == "validate":
        plan = se.plan_validation(POOL + "#" + se.load_pool(POOL)[0].id, quick=True, **shared)
        RunFolder.share(plan.out, plan.to_config(), plan.to_inputs()).close()
    elif what == "sweep":
        SweepFolder.create(se.plan_sweep(POOL, top=1, seeds=[0], **shared)).close()
    else:
        SearchFolder.create(se.plan_search(POOL, budget=6, **shared))
    for path in Path(what).rglob("config.json"):
        record = json.loads(path.read_text())
        change(record)
        path.write_text(json.dumps(record))
    return [what, "--resume", what]


def kernel(song):
    with pytest.raises(ConfigError, match="owner/attention is code that was not installed"):
        Loading(attn_implementation="owner/attention")
    with pytest.raises(ConfigError, match="use_kernels is code that was not installed"):
        Loading(model_init_kwargs={"use_kernels": True})
    assert Loading(attn_implementation="owner/attention", trust_remote_code=True)
    yield ["validate", POOL, "--attn-implementation", "owner/attention", "--dry-run"]
    yield folder(lambda record: record["options"].update(attn_implementation="owner/attention"))


def resumed_model(song):
    def change(record):
        record["options"]["trust_remote_code"] = True

    for what in ("validate", "sweep", "search"):
        yield folder(change, what)


def checkpoint(song):
    """What a resumed training reads: torch's default holds, and nobody switches it off."""
    import inspect

    import torch
    from transformers import trainer

    Path("optimizer.pt").write_bytes(pickle.dumps(Sings(song)))
    with pytest.raises(pickle.UnpicklingError):
        torch.load("optimizer.pt")
    package = Path(se.__file__).parent
    ours = [path.read_text(encoding="utf-8") for path in package.rglob("*.py")]
    for source in (inspect.getsource(trainer), *ours):
        assert "weights_only=False" not in source
    yield None


def interpreter(song):
    asked = [
        {"python": str(song.with_name("canary.sh"))},
        {"llm_options": {"worker_cls": "canary.Model"}},
    ]

    def change(options, record):
        record["evaluation"] |= {"engine": "vllm", "engine_options": options}

    for number, options in enumerate(asked):
        words = folder(partial(change, options))
        Path("validate").rename(f"validate-{number}")
        yield [words[0], "--resume", f"validate-{number}"]


def lm_eval_task(song):
    Path("tasks").mkdir()
    write("tasks/song.yaml", "task: song\nprocess_docs: !function canary.sing\n")
    for command in (["evaluate"], ["validate", POOL], ["contamination"], ["sweep", POOL]):
        yield [*command, "--benchmark", f"fresh,lm-eval:song@{song.parent}/tasks"]
    yield ["rank", POOL, "--demand", "lm-eval:song@tasks"]


def inspect_task(song):
    for command in (["evaluate"], ["validate", POOL], ["contamination"], ["search", POOL]):
        yield [*command, "--benchmark", f"inspect:{song.with_name('canary.py')}@sing?a=1"]


def recipe(song):
    names = ("canary:sing", "canary.sing", "./canary.py", "canary")
    for field in ("reward", "algorithm", "base"):
        for name in names:
            write("recipe.yaml", f"{field}: {name}\n")
            yield ["validate", POOL, "--recipe", "recipe.yaml", "--dry-run"]
    for name in names:
        yield ["validate", POOL, "--controls", name, "--dry-run"]
        yield ["probe", POOL, "--engine", name, "-o", "probed.jsonl"]
        yield ["audit", POOL, "--checks", name]
        yield ["convert", POOL, "--to", name, "-o", "out.jsonl"]
    write("recipe.yaml", "lr: !!python/object/apply:canary.sing []\n")
    yield ["validate", POOL, "--recipe", "recipe.yaml", "--dry-run"]


def relations(song):
    Path("own").mkdir()
    shutil.copy("canary.py", "own")
    write(
        "own/song.toml",
        '[song]\ntitle = "a"\ndomain = "math"\nfield = "b"\n'
        f"equation = \"y = __import__('os').system('touch {song}')\"\n",
    )
    yield ["synthesize", "--relations", "own", "-n", "1", "-o", "made.jsonl"]


def pool(song):
    rows = [{"problem": "What is 1 + 1?", "answer": Sings(song)}]
    for name in ("pool.pkl", "pool.pt", "pool.jsonl"):
        Path(name).write_bytes(pickle.dumps(rows))
        yield ["rank", name]
        yield ["rank", POOL, "--rates", name]
    np.save("history.npy", np.array([Sings(song)], dtype=object))
    yield ["rank", POOL, "--history", "history.npy"]


def scorer(song):
    for unit in ("rg:canary?n=1#0-00000000", "rg:canary.sing?n=1#0-00000000", f"rg:{song}#0"):
        record = {"problem": "?", "answer": "x", "kind": "scored", "unit": unit}
        write("pool.jsonl", json.dumps(record) + "\n")
        yield ["rank", "pool.jsonl", "--on-error", "fail"]


CASES = {
    "model": auto_map,
    "weights": weights,
    "chat template": chat_template,
    "kernel": kernel,
    "resumed model": resumed_model,
    "checkpoint": checkpoint,
    "interpreter": interpreter,
    "lm-eval task": lm_eval_task,
    "inspect task": inspect_task,
    "recipe": recipe,
    "relations": relations,
    "pool": pool,
    "scorer": scorer,
}


@pytest.mark.parametrize("one", NAMED, ids=lambda one: one.name)
def test_code_that_a_file_names_does_not_run(one, canary):
    ran = 0
    for words in CASES[one.name](canary):
        ran += 1
        if words is None:  # it was tried there
            assert not canary.exists()
            continue
        status, output = said(*words)
        assert not canary.exists(), words
        assert status != 0 or one.name == "scorer", (words, output)  # which is put last, and noted
        last = output.strip().splitlines()[-1]
        if "only" in one.runs and one.name != "model":  # transformers has words of its own
            assert PARAMETER in last.replace("-", "_"), (words, last)
    assert ran


def test_what_is_asked_for_in_the_call_goes_on_and_what_would_be_ignored_is_refused(canary):
    def change(record):
        record["options"]["trust_remote_code"] = True

    words = folder(change)
    plan = se.plan_validation(resume=words[-1], trust_remote_code=True)
    assert plan.options.trust_remote_code
    Path("validate").rename("mine")
    words = folder(lambda record: None)
    status, output = said(*words, ASKED)
    assert status == 1
    assert "would be ignored" in output


def test_the_scripts_of_a_sweep_say_what_who_wrote_them_said(canary, monkeypatch):
    from sample_engineering.sweep.slurm import write_scripts

    write("job.sh", "#!/bin/bash\n")
    plan = se.plan_sweep(POOL, top=1, seeds=[0], steps=1, out="sweep")
    options = replace(plan.validation.options, trust_remote_code=True)
    plan = replace(plan, validation=replace(plan.validation, options=options))
    place = write_scripts(plan, Path("job.sh")).parent
    for name in ("base.sh", "trainings.sh", "join.sh"):
        assert ASKED in (place / name).read_text()


def test_each_option_of_our_engines_is_known_to_be_plain_or_to_name_code():
    names = {"python", "llm_options", "trust_remote_code", "attn_implementation"}
    names.add("model_init_kwargs")
    ours = {f.name for kind in (ServerEngine, TransformersEngine, VLLMEngine) for f in fields(kind)}
    assert ours == names | PLAIN_OPTIONS
