"""What reaches beyond this machine, and when: nothing unless a user names something that is there.

`REACHES` is the one list of it. The tests run its examples, and every command without them, where
each connection is noted and refused; `docs/security.md` shows it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

_HUB = "huggingface.co, or HF_ENDPOINT"
_NO_HUB = "`HF_HUB_OFFLINE=1`"
# What libraries send home of themselves, and how each is told not to. TRL reports every training
# with the kind of its model (trl 1.16, trainer/base_trainer.py), vLLM its engine and GPUs
# (vllm/usage/usage_lib.py), Ray its clusters (ray/_common/usage/usage_lib.py).
TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "VLLM_NO_USAGE_STATS": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",  # trackio stands on it
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "WANDB_ERROR_REPORTING": "false",
}


@dataclass(frozen=True)
class Reach:
    """Something that is elsewhere, and is reached where it is named.

    Parameters
    ----------
    what : str
        What is fetched, asked or sent.
    when : str
        What a user gives for it to happen; in Markdown.
    where : str
        The hosts.
    off : str
        What forbids it; empty where nothing but leaving it out does.
    examples : tuple of str
        Command lines that do it, but for ``se``. Files are those of ``examples/``.
    hosts : tuple of str
        Every host that the examples may ask for; of others none.
    """

    what: str
    when: str
    where: str
    off: str = ""
    examples: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


REACHES = (
    Reach(
        "weights, tokenizer and settings of a model, its commit, and the licence on its card",
        "`--model OWNER/NAME`, where that is no folder; with a copy in the cache its commit only",
        _HUB,
        _NO_HUB,
        (
            "probe pool.jsonl --model owner/name -n 1 -o probed.jsonl",
            "evaluate --model owner/name --benchmark microcosm_pool.jsonl",
            "validate pool.jsonl --model owner/name --benchmark microcosm_pool.jsonl --dry-run",
            "doctor --model owner/name",
        ),
        ("huggingface.co",),
    ),
    Reach(
        "rows of a data set",
        "`hf:OWNER/NAME` as pool or benchmark; a benchmark by name that comes from the hub "
        "(`NAME@PATH` reads a copy); a task of lm-eval that does",
        _HUB,
        _NO_HUB,
        ("rank hf:owner/name", "evaluate --benchmark math500 --per-domain 1"),
        ("huggingface.co",),
    ),
    Reach(
        "prompts to a server, answers back",
        "`--server URL`, `--solver-server URL`, `MODEL@URL`, `--vllm-server URL`",
        "that address",
        "",
        (
            "probe pool.jsonl --server http://server.example/v1 --model m -n 1 -o probed.jsonl",
            "polymath --composer m@http://server.example/v1 -n 1 -o composed",
        ),
        ("server.example",),
    ),
    Reach(
        "a data set or trained model with its card",
        "`se push ... --yes`, `--push-to-hub OWNER/NAME`; private unless told otherwise",
        _HUB,
        _NO_HUB,
        (
            "validate --steps 1 --push-to-hub owner/name --out trained",
            "push owner/name pool.jsonl --license mit --yes",
        ),
        ("huggingface.co",),
    ),
    Reach(
        "pools, outputs and run folders in an object store",
        "a path that begins with `s3://`, `gs://`, `hf://` or another scheme of fsspec",
        "the store's",
    ),
    Reach(
        "figures of a training",
        "`--report-to wandb`, `trackio` or another tracker",
        "the tracker's",
        "`WANDB_MODE=offline`, and the like of the others",
    ),
    Reach(
        "trainings to other machines",
        "`--ray ADDRESS`; `--ray local` stays on this one",
        "the cluster",
    ),
)


def keep_to_oneself() -> None:
    """Turn telemetry of the libraries off, for this process and those that it starts.

    A variable that is set stays as it is: who wants to send sets it.
    """
    for name, value in TELEMETRY.items():
        os.environ.setdefault(name, value)


def telemetry_on(environment: Mapping[str, str]) -> list[str]:
    """Return the settings that let a library send something home, as ``NAME=value``."""
    return [
        f"{name}={given}"
        for name, off in TELEMETRY.items()
        if (given := environment.get(name, off)).lower() != off.lower()
    ]


def reaches_table() -> list[dict[str, str]]:
    """Return the rows of the table in `docs/security.md`."""
    return [
        {
            "what": reach.what,
            "when": reach.when,
            "where": reach.where,
            "what forbids it": reach.off,
        }
        for reach in REACHES
    ]
