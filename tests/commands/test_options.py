"""Every option means something: where it would be ignored, it is refused by name.

Each option of each command stands in one of two tables: it always means something, or here is a
command line in which it would be ignored. A new option without an entry fails.
"""

import shlex
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from sample_engineering.cli import app
from sample_engineering.commands.options import in_panels

_ROOT = Path(__file__).resolve().parents[2]
_POOL = _ROOT / "examples" / "pool.jsonl"
_RUN = _ROOT / "tests" / "runs" / "data" / "format_1"

ALWAYS = {
    "rank": "pool --report --map --by --where --selectors --explain --against --copies --format "
    "--on-error",
    "blend": "pool --ratio --by --n --form --max-words --out --seed --map --on-error --format",
    "synthesize": "--report --list --gallery --check --format",
    "validate": "--resume --dry-run --device --format --join",
    "search": "--resume --dry-run --device --format",
    "sweep": "--resume --dry-run --device --devices --ray --format",
    "polymath": "--resume --format",
    "probe": "pool --map --model --engine --rollouts --template --max-tokens --group-size --out "
    "--on-error --adaptive --forced --temperature --seed --recipe --system --stop --format "
    "--report --model-init-kwargs --ray",
    "audit": "pool --report --map --checks --model --out --top --format --on-error",
    "evaluate": "--model --engine --greedy --in-context --template --max-tokens --seed --out "
    "--format --report --before --contamination --per-domain --benchmark --recipe --on-error "
    "--system --stop --model-init-kwargs",
    "grade": "text --gold --kind --unit --tolerance --form --units-allowed --out --format --judge",
    "judge": "judge --report --pool --judge-option --n --seed --out --format",
    "contamination": "--run --control --shares --items --max-tokens --engine --on-error --seed "
    "--out --report --format --model-init-kwargs",
    "history": "logs --pool --reward-column --step-column --id-column --threshold --out --format "
    "--on-error",
    "profile": "rollouts --pool --group-size --reward-column --step-column --id-column --threshold "
    "--out --top --format "
    "--on-error",
    "rescore": "rollouts --pool --kind --unit --tolerance --form --units-allowed --out --flips "
    "--reward-column --step-column --id-column --threshold --top --format --on-error",
    "convert": "pool --out --to --repeat --map --on-error --format",
    "push": "repo pool --runs --model --license --out --yes --format",
    "serve": "--host --port --workers --form --timeout --queue --max-batch --max-body --judge",
    "compare": "runs --arms --baseline --report --out --format",
    "leaderboard": "folder --report --top --out --format",
    "report": "run --figures --page --format",
    "view": "folder --port --browser",
    "open": "run --browser --format",
    "doctor": "--model --recipe --set --lora --vllm --engine --format",
    "components": "kind --format",
    "microcosm build": "--out --seed --size --steps --device --format",
    "microcosm pool": "--out --per-template --seed --format",
    "microcosm benchmark": "--out --split --per-domain --seed --format",
    "microcosm info": "--format",
}

# A command line in which the option would be ignored. POOL, RUN and FILE are files that exist.
IGNORED = {
    "convert": {
        "--images": "POOL#math-linear-tickets --out x.jsonl --to ours --images .",
        "--fetch-images": "POOL#math-linear-tickets --out x.jsonl --to ours --fetch-images x.org",
        "--template": "POOL --out x.jsonl --to ours --template boxed",
        "--system": "POOL --out x.jsonl --to ours --system x",
    },
    "push": {
        "--seed": "me/x POOL --license mit --seed 1",
        "--parquet": "me/x --model RUN --parquet",
        "--public": "me/x POOL --license mit --public",
        "--map": "me/x --runs RUN --license mit --map problem=Question",
        "--on-error": "me/x --runs RUN --license mit --on-error skip",
    },
    "blend": {"--options": "POOL --options 3"},
    "rank": {
        "--history": "POOL --history FILE --by skill_salience",
        "--rates": "POOL --rates FILE --by skill_salience",
        "--target": "POOL --target physics --by written_operations",
        "--demand": "POOL --demand POOL --by written_operations",
        "--tagger": "POOL --tagger builtin --by learnability",
        "--tags": "POOL --tags x.jsonl",
        "--top": "POOL --top 3 --explain math-linear-tickets",
        "--out": "POOL --out x.jsonl --explain math-linear-tickets",
        "--resume": "POOL --resume parts",
        "--group-size": "POOL --group-size 4 --by skill_salience",
        "--truncate-history": "POOL --truncate-history",
        "--model": "POOL --model microcosm --by skill_salience",
        "--server": "POOL --server http://127.0.0.1:1",
        "--engine": "POOL --engine transformers",
        "--engine-option": "POOL --engine-option dtype=float32",
        "--recipe": "POOL --recipe microcosm",
        "--device": "POOL --device cpu",
        "--trust-remote-code": "POOL --trust-remote-code",
        "--concurrency": "POOL --concurrency 2",
        "--prices": "POOL --prices FILE",
        "--max-cost": "POOL --max-cost 1",
        "--ray": "POOL --ray local --rates FILE",
        "--gpus": "POOL --ray local --gpus 1",
        "--cpus": "POOL --cpus 1",
        "--rollouts": "POOL --rollouts 4",
        "--adaptive": "POOL --adaptive",
        "--confirm": "POOL --confirm 3",
        "--template": "POOL --template boxed",
        "--max-tokens": "POOL --max-tokens 9",
        "--temperature": "POOL --temperature 0.5",
        "--seed": "POOL --seed 1",
        "--set": "POOL --set mopps.decay=0.7",
        "--evaluate": "POOL --evaluate polymath --explain math-linear-tickets",
        "--development": "POOL --development POOL",
        "--choose": "POOL --choose 3 --evaluate polymath",
        "--pair": "POOL --pair",
        "--per-family": "POOL --per-family 2",
        "--quota": "POOL --quota algebra=1 --per-family 1",
        "--embeddings": "POOL --embeddings vector",
        "--ladder": "POOL --ladder 3 --by learnability",
    },
    "synthesize": {
        **{
            option: f"--list {option} {value}"
            for option, value in {
                "--n": "3",
                "--seed": "1",
                "--out": "x.jsonl",
                "--skills": "addition",
                "--against": "POOL",
                "--model": "microcosm",
            }.items()
        },
        "--domains": "--gallery page.md --domains physics",
        **{
            option: f"--domains physics --model microcosm {option} {value}"
            for option, value in {
                "--steps": "2",
                "--answers": "integer",
                "--kinds": "number",
                "--difficulty": "easy",
                "--distractors": "1",
                "--target": "biology",
                "--select": "prime",
                "--dialect": "english",
                "--relations": "x",
                "--language": "de",
                "--rejects": "x.jsonl",
            }.items()
        },
        **{
            option: f"--domains physics {option} {value}"
            for option, value in {
                "--server": "http://127.0.0.1:1",
                "--engine": "transformers",
                "--engine-option": "dtype=float32",
                "--device": "cpu",
                "--trust-remote-code": "",
                "--concurrency": "2",
                "--prices": "FILE",
                "--max-cost": "1",
                "--rewrite": "",
                "--originals": "POOL",
                "--examples": "POOL",
                "--solver": "m",
                "--solver-server": "http://127.0.0.1:1",
                "--attempts": "3",
                "--agreement": "0.4",
                "--tagger": "builtin",
                "--temperature": "0.5",
                "--max-tokens": "900",
                "--max-drafts": "3",
            }.items()
        },
    },
    "validate": {
        **{
            option: f"--resume RUN {option} {value}"
            for option, value in {
                "--model": "microcosm",
                "--benchmark": "POOL",
                "--recipe": "microcosm",
                "--algorithm": "dapo",
                "--map": "problem=q",
                "--set": "steps=3",
                "--steps": "3",
                "--group-size": "4",
                "--lr": "0.1",
                "--warm-start": "primitives",
                "--reward": "hybrid",
                "--judge": "m",
                "--judge-option": "votes=3",
                "--rollouts": "2",
                "--per-domain": "2",
                "--group-by": "kind",
                "--on-error": "skip",
                "--eval-template": "boxed",
                "--eval-temperature": "0.5",
                "--eval-max-tokens": "9",
                "--readings": "greedy",
                "--controls": "basic",
                "--quick": "",
                "--out": "elsewhere",
                "--lora": "4",
                "--vllm": "",
                "--vllm-server": "http://127.0.0.1:1",
                "--optim": "sgd",
                "--template": "boxed",
                "--report-to": "wandb",
                "--save-model": "",
                "--merge": "",
                "--push-to-hub": "someone/x",
                "--system": "x",
                "--stop": "x",
                "--chat-template-kwargs": "a=1",
                "--revision": "main",
                "--dtype": "float32",
                "--attn-implementation": "sdpa",
                "--model-init-kwargs": "a=1",
                "--seeds": "0,1",
                "--engine": "vllm",
                "--engine-option": "dtype=float32",
                "--eval-every": "5",
            }.items()
        },
        "sample": "POOL --resume RUN",
        "--trust-remote-code": "POOL --trust-remote-code",
        "--seed": "--seed 1 --seeds 1,2",
        "--pool": "--pool POOL --dry-run",
        "--devices": "--devices 0,1 --arm sample --out x",
        "--arm": "--join RUN --arm sample",
        "--task": "--task 1 --arm sample --out x",
    },
    "sweep": {
        **{
            option: f"--resume RUN {option} {value}"
            for option, value in {
                "--map": "problem=q",
                "--top": "2",
                "--halving": "2",
                "--retries": "1",
                "--target": "physics",
                "--demand": "POOL",
                "--rates": "FILE",
                "--model": "microcosm",
                "--benchmark": "math500",
                "--recipe": "microcosm",
                "--set": "lr=1e-5",
                "--steps": "3",
                "--seeds": "0,1",
                "--controls": "basic",
                "--readings": "greedy",
                "--per-domain": "2",
                "--group-by": "subject",
                "--on-error": "skip",
                "--out": "here",
                "--engine": "vllm",
                "--engine-option": "max_model_len=64",
                "--revision": "main",
                "--dtype": "float32",
                "--attn-implementation": "sdpa",
                "--model-init-kwargs": "a=1",
                "--slurm": "FILE",
            }.items()
        },
        "pool": "POOL --resume RUN",
        "--trust-remote-code": "POOL --trust-remote-code",
        "--gpus": "POOL --gpus 1",
        "--cpus": "POOL --cpus 1",
        "--at-once": "POOL --at-once 2",
        "--task": "POOL --task 1",
    },
    "search": {
        **{
            option: f"--resume RUN {option} {value}"
            for option, value in {
                "--map": "problem=q",
                "--budget": "9",
                "--steps": "3",
                "--per-domain": "2",
                "--confirm": "2",
                "--compose": "2",
                "--seed": "1",
                "--target": "physics",
                "--demand": "POOL",
                "--rates": "FILE",
                "--model": "microcosm",
                "--benchmark": "POOL",
                "--recipe": "microcosm",
                "--set": "lr=0.1",
                "--group-by": "kind",
                "--on-error": "skip",
                "--out": "elsewhere",
                "--engine": "vllm",
                "--engine-option": "dtype=float32",
                "--revision": "main",
                "--dtype": "float32",
                "--attn-implementation": "sdpa",
                "--model-init-kwargs": "a=1",
            }.items()
        },
        "--report": "POOL --dry-run --report page.html",
        "pool": "POOL --resume RUN",
        "--trust-remote-code": "POOL --trust-remote-code",
    },
    "polymath": {
        "--composer": "--natural POOL --composer symbolic",
        "--n": "--natural POOL --n 3",
        "--domains": "--natural POOL --domains physics",
        "--answers": "--natural POOL --answers any",
        "--map": "--map problem=question",
        "--trust-remote-code": "--natural POOL --trust-remote-code",
        "--move": "--move chain",
        "--parents": "--parents POOL",
        "--dialect": "--composer m --dialect compact",
        "--steps": "--composer m --steps 3",
        "--attempts": "--attempts 3",
        "--agreement": "--agreement 0.7",
        "--temperature": "--temperature 0.5",
        "--max-tokens": "--max-tokens 99",
        "--tagger": "--natural POOL --tagger builtin",
        "--tagger-model": "--tagger builtin --tagger-model m",
        "--model": "--natural POOL --model m",
        "--window": "--window 0.1-0.9",
        "--rollouts": "--rollouts 4",
        "--engine": "--composer m@http://127.0.0.1:1/v1 --engine transformers",
        "--engine-option": "--engine-option dtype=float32",
        "--device": "--device cpu",
        "--concurrency": "--composer m --concurrency 2",
        "--prices": "--prices FILE",
        "--max-cost": "--max-cost 1",
        "--natural": "--resume RUN --natural POOL",
        "--history": "--history FILE",
        "--min-lim": "--min-lim 0.7",
        "--seed": "--natural POOL --seed 1",
        "--out": "--resume RUN --out elsewhere",
    },
    "doctor": {
        "--gpu": "--gpu h100",
        "--gpus": "--gpus 2",
        "--memory": "--memory 24",
        "--sharding": "--model microcosm --sharding fsdp",
        "--device": "--model microcosm --gpu h100 --device cpu",
        "--trust-remote-code": "--trust-remote-code",
    },
    "grade": {
        "--audit": "12 --gold 12 --audit x.jsonl",
        "--problem": "FILE --problem x",
        "--judge-option": "12 --gold 12 --judge-option votes=3",
    },
    "serve": {"--judge-option": "--judge-option votes=3"},
    "judge": {
        "--map": "m@http://127.0.0.1:1 --map problem=q",
        "--on-error": "m@http://127.0.0.1:1 --on-error skip",
    },
    "contamination": {
        "--model": "--run RUN --model microcosm",
        "--benchmark": "--run RUN --benchmark POOL",
        "--revision": "--benchmark POOL --revision main",
        "--dtype": "--benchmark POOL --model m --server http://127.0.0.1:1 --dtype float32",
        "--attn-implementation": "--benchmark POOL --model m --engine vllm --attn-implementation "
        "sdpa",
        "--engine-option": "--benchmark POOL --engine-option timeout=3",
        "--server": "--benchmark POOL --server http://127.0.0.1:1",
        "--device": "--benchmark POOL --model m --server http://127.0.0.1:1 --device cpu",
        "--trust-remote-code": "--benchmark POOL --model m --server http://127.0.0.1:1 "
        "--trust-remote-code",
        "--concurrency": "--benchmark POOL --concurrency 2",
        "--prices": "--benchmark POOL --prices FILE",
        "--max-cost": "--benchmark POOL --max-cost 1",
    },
    "profile": {
        "--scale": "FILE --scale -1,1 --threshold 0.5",
        "--max-tokens": "FILE --max-tokens 9",
        "--form": "FILE --form boxed",
    },
    "rescore": {"--scale": "FILE --scale -1,1 --threshold 0.5"},
    "history": {"--scale": "FILE --scale -1,1 --threshold 0.5"},
    "report": {"--out": "RUN --no-page --out page.html"},
    "probe": {
        "--revision": "POOL --model microcosm --revision main",
        "--dtype": "POOL --model m --server http://127.0.0.1:1 --dtype float32",
        "--attn-implementation": "POOL --model m --engine vllm --attn-implementation sdpa",
        "--chat-template-kwargs": "POOL --model m --template plain --chat-template-kwargs a=1",
        "--top-p": "POOL --model microcosm --temperature 0 --top-p 0.9",
        "--top-k": "POOL --model microcosm --temperature 0 --top-k 9",
        "--engine-option": "POOL --model microcosm --engine-option timeout=3",
        "--server": "POOL --server http://127.0.0.1:1",
        "--device": "POOL --model m --server http://127.0.0.1:1 --device cpu",
        "--trust-remote-code": "POOL --model m --server http://127.0.0.1:1 --trust-remote-code",
        "--concurrency": "POOL --model microcosm --concurrency 2",
        "--prices": "POOL --model microcosm --prices FILE",
        "--max-cost": "POOL --model microcosm --max-cost 1",
        "--gpus": "POOL --model microcosm --gpus 1",
        "--cpus": "POOL --model microcosm --cpus 1",
    },
    "audit": {
        "--server": "POOL --server http://127.0.0.1:1",
        "--engine": "POOL --engine transformers",
        "--engine-option": "POOL --engine-option dtype=float32",
        "--device": "POOL --device cpu",
        "--concurrency": "POOL --concurrency 2",
        "--prices": "POOL --prices FILE",
        "--max-cost": "POOL --max-cost 1",
        "--ray": "POOL --ray local",
        "--gpus": "POOL --model microcosm --gpus 1",
        "--cpus": "POOL --cpus 1",
        "--rollouts": "POOL --rollouts 4",
        "--template": "POOL --template boxed",
        "--max-tokens": "POOL --max-tokens 9",
        "--temperature": "POOL --temperature 0.5",
        "--seed": "POOL --seed 1",
    },
    "evaluate": {
        "--revision": "--revision main",
        "--dtype": "--model m --server http://127.0.0.1:1 --dtype float32",
        "--attn-implementation": "--model m --engine vllm --attn-implementation sdpa",
        "--chat-template-kwargs": "--template plain --chat-template-kwargs a=1",
        "--top-p": "--greedy --top-p 0.9",
        "--top-k": "--greedy --top-k 9",
        "--engine-option": "--engine-option timeout=3",
        "--server": "--server http://127.0.0.1:1",
        "--device": "--model m --server http://127.0.0.1:1 --device cpu",
        "--trust-remote-code": "--model m --server http://127.0.0.1:1 --trust-remote-code",
        "--concurrency": "--concurrency 2",
        "--prices": "--prices FILE",
        "--max-cost": "--max-cost 1",
        "--cache": "--cache here",
        "--rollouts": "--greedy --rollouts 4",
        "--temperature": "--greedy --temperature 0.5",
        "--group-by": "--group-by subject",
        "--way": "--way power-sampling --greedy",
        "--way-option": "--way-option alpha=2",
    },
}


def _commands(command, path=()):
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from _commands(child, (*path, name))
    else:
        yield " ".join(path), command


COMMANDS = dict(_commands(typer.main.get_command(app)))
LINES = [
    (command, option, line)
    for command, options in IGNORED.items()
    for option, line in options.items()
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_one_table(name):
    options = {max(parameter.opts, key=len) for parameter in COMMANDS[name].params}
    options -= {"--quiet", "--debug"}  # they mean something everywhere, see test_output.py
    always, ignored = set(ALWAYS[name].split()), set(IGNORED.get(name, ()))
    assert always & ignored == set()
    assert options == always | ignored


@pytest.mark.parametrize(("command", "option", "line"), LINES)
def test_an_option_that_would_be_ignored_is_refused_by_name(
    command, option, line, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "file.jsonl"
    file.write_text('{"id": "math-linear-tickets", "n": 8, "correct": 3, "accuracy": [0.1, 0.5]}\n')
    for mark, path in (("POOL", _POOL), ("RUN", _RUN), ("FILE", file)):
        line = line.replace(mark, str(path))
    done = CliRunner().invoke(app, [*command.split(), *shlex.split(line)])
    told = f"{done.output}{done.exception}"
    assert done.exit_code != 0, told
    assert option in told or option.upper() in told
    assert sorted(tmp_path.iterdir()) == [file]


def test_help_of_validate_is_in_panels_and_aliases_stay_as_they_are():
    runner = CliRunner()
    help_ = runner.invoke(app, ["validate", "--help"]).output
    for panel in ("Training", "Evaluation", "Controls", "Several devices, several jobs"):
        assert f"\u2500 {panel} \u2500" in help_
    assert "How the model is loaded" not in runner.invoke(app, ["probe", "--help"]).output


def test_a_panel_names_options_that_there_are():
    def command(seed: Annotated[int, typer.Option()] = 0, plain: int = 0) -> None: ...

    in_panels({"One": ("seed",)})(command)
    for name in ("plain", "absent"):
        with pytest.raises(TypeError, match=f"no option {name}"):
            in_panels({"One": (name,)})(command)
