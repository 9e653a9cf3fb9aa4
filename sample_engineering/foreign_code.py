"""Code of others: what may name some in a file, and who decides whether it runs.

What is installed here may run: packages, their components, tasks of installed harnesses. Anything
else, a program in a folder, code that comes with a model, an interpreter that a run folder names,
runs only where the user says `trust_remote_code` in the call that would run it. That an earlier
call said so, as a file tells it, does not count: the file may be a stranger's.

`NAMED` is the one list of it. The tests make one of each with a canary that would sing, and
`docs/security.md` shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError

PARAMETER = "trust_remote_code"
_ASKED = f"only with `{PARAMETER}`"
_NEVER = "never"


@dataclass(frozen=True)
class Named:
    """Something in a file that names code.

    Parameters
    ----------
    name : str
        By which the tests know it.
    what : str
        What names the code, in Markdown.
    where : str
        The file.
    runs : str
        When it runs.
    how : str
        What is done instead, or what holds it.
    """

    name: str
    what: str
    where: str
    runs: str
    how: str


NAMED = (
    Named(
        "model",
        "`auto_map`: classes that come with the weights",
        "`config.json` of a model",
        _ASKED,
        "the call that loads the model must say so",
    ),
    Named(
        "weights",
        "pickled weights",
        "`pytorch_model.bin` and the like",
        _NEVER,
        "only safetensors are loaded",
    ),
    Named(
        "chat template",
        "a Jinja template that reaches into Python",
        "`chat_template` of a tokenizer",
        _NEVER,
        "transformers renders it in a sandbox",
    ),
    Named(
        "kernel",
        "`attn_implementation` OWNER/NAME: a kernel of the hub",
        "a run folder",
        _ASKED,
        "`--resume` must say so, and a call that names it",
    ),
    Named(
        "resumed model",
        "`trust_remote_code`, `model_init_kwargs`",
        "`config.json` of a run folder",
        _ASKED,
        "`--resume` must say so again",
    ),
    Named(
        "checkpoint",
        "pickled states of optimizer, schedule and chance",
        "checkpoints of a run folder",
        _NEVER,
        "torch reads tensors and plain values only (`weights_only`)",
    ),
    Named(
        "interpreter",
        "`engine_options`: `python`, texts in `llm_options`, options of a foreign engine",
        "`config.json` of a run folder",
        _ASKED,
        "`--resume` must say so",
    ),
    Named(
        "lm-eval task",
        "`lm-eval:TASK@FOLDER`: YAML with templates and `!function`",
        "a folder",
        _ASKED,
        "tasks that the installed harness brings run without",
    ),
    Named(
        "inspect task",
        "`inspect:FILE.py@TASK`",
        "a Python file",
        _ASKED,
        "tasks of installed packages run without",
    ),
    Named(
        "recipe",
        "`reward`, `algorithm`, `base`, arms: `module:object` or a dotted path",
        "a recipe, `config.json` of a run folder",
        _NEVER,
        "looked up among what is registered, never imported",
    ),
    Named(
        "relations",
        "relation files, and any Python beside them",
        "a folder of `--relations`",
        _NEVER,
        "TOML is read; formulas are parsed by a grammar of their own",
    ),
    Named(
        "pool",
        "pickles (`.pkl`, `.pt`, `.npy` of objects), `!!python` in YAML",
        "pools, histories, rates",
        _NEVER,
        "refused by name or by the reader",
    ),
    Named(
        "scorer",
        "`rg:NAME?...` as the gold: a scorer, some of which evaluate what a model wrote",
        "records of a pool",
        _NEVER,
        "names are looked up, settings are plain values, and a scorer that evaluates sees plain "
        "arithmetic only",
    ),
)


def code_table() -> list[dict[str, str]]:
    """Return the rows of the table in `docs/security.md`."""
    return [
        {"what names code": one.what, "where": one.where, "runs": one.runs, "how": one.how}
        for one in NAMED
    ]


def require_trust(what: str, trusted: bool) -> None:
    """Raise ConfigError unless the user of this call said that such code may run.

    Parameters
    ----------
    what : str
        The code, and what names it.
    trusted : bool
        What the call says, never what a file says.
    """
    if not trusted:
        raise ConfigError(
            f"{what} is code that was not installed, and would run here with your rights; read it, "
            f"and say `{PARAMETER}` if you trust it"
        )


def settle(found: Sequence[str], trusted: bool, place: object) -> None:
    """Hold what a folder names against what the call that goes on with it says.

    Parameters
    ----------
    found : sequence of str
        The code that the folder names.
    trusted : bool
        What the call says.
    place : path
        The folder.

    Raises
    ------
    ConfigError
        If it names code that the call does not allow, or none although the call allows it.
    """
    if found:
        require_trust(f"{place} asks for {' and '.join(found)}: that", trusted)
    elif trusted:
        raise ConfigError(f"`{PARAMETER}` would be ignored: {place} names no code; leave it out")


# Options of our engines that are no code whatever their value: numbers, names out of lists that are
# installed, what a server is sent. The tests hold the list against the engines.
PLAIN_OPTIONS = frozenset(
    (
        *("revision", "dtype", "tensor_parallel_size", "max_model_len", "longest"),
        *("gpu_memory_utilization", "cpu_cache_gb", "device", "batch_tokens"),
        *("server", "concurrency", "prices", "max_cost", "cache", "refused", "timeout", "max_n"),
        *("extra_body", "retry"),
    )
)
_PLAIN_ARGUMENTS = frozenset(
    ("rope_scaling", "rope_parameters", "rope_theta", "max_position_embeddings", "sliding_window")
)
_KERNELS = ("use_kernels", "kernel_config")
_ENGINES = ("", "transformers", "server", "vllm")  # ours, whose options are known here


def kernels_in(attention: str | None, arguments: Mapping[str, Any]) -> list[str]:
    """Return in words the kernels of the hub, which are code, that loading a model would fetch.

    Parameters
    ----------
    attention : str, optional
        ``attn_implementation``: names of installed kernels have no slash.
    arguments : mapping
        ``model_init_kwargs``.
    """
    found = [f"`model_init_kwargs` {name}" for name in _KERNELS if arguments.get(name)]
    if isinstance(attention, str) and "/" in attention:
        found.insert(0, f"`attn_implementation` {attention}")
    return found


def named_in(
    *,
    model: str,
    engine: str | None,
    engine_options: Mapping[str, Any],
    trust_remote_code: bool = False,
    attn_implementation: str | None = None,
    model_init_kwargs: Mapping[str, Any] | None = None,
) -> list[str]:
    """Return in words what code the settings of a folder name; see `settle`.

    Parameters
    ----------
    model, engine, engine_options, trust_remote_code, attn_implementation, model_init_kwargs
        As the folder says.
    """
    found = []
    if trust_remote_code:
        found.append(f"the code of the model {model}")
    if kernels := kernels_in(attn_implementation, {}):
        found += kernels
    if odd := sorted(set(model_init_kwargs or {}) - _PLAIN_ARGUMENTS):
        found.append(f"`model_init_kwargs` {', '.join(odd)}")
    if engine and engine not in _ENGINES and engine_options:
        found.append(f"options of the engine {engine}")
        return found
    for name, value in engine_options.items():
        if name in PLAIN_OPTIONS:
            continue
        if name == "llm_options" and isinstance(value, Mapping):
            odd = sorted(key for key in value if not isinstance(value[key], bool | int | float))
            if not odd:
                continue
            found.append(f"`llm_options` {', '.join(odd)}")
        else:
            found.append(f"`engine_options` {name} {value!r:.100}")
    return found
