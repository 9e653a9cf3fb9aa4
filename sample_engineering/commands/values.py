"""What each option takes, as its help shows it: one of a fixed set, or a word for what is open.

An option means the same in every command, so this stands here once for all of them; where a command
differs, its line begins with the command's name. Fixed sets are written out, since importing the
code that holds them would make help slow; the tests hold them against that code. Those of the
registry are read when the help is shown.
"""

from collections.abc import Callable
from importlib import resources
from typing import Any

from sample_engineering import registry

_MOST_SHOWN = 22  # characters of a set in the column of values; longer ones stand in the help text

CLOSED: dict[str, tuple[str, ...]] = {
    "--answers": ("integer", "any"),
    "synthesize --answers": ("integer",),
    "--dialect": ("english", "compact"),
    "--difficulty": ("easy", "medium", "hard"),
    "--dtype": ("auto", "float32", "bfloat16", "float16"),
    "--kind": (
        *("number", "quantity", "choice", "expression", "equation", "set", "tuple", "interval"),
        *("matrix", "formula", "text", "scored"),
    ),
    "--kinds": ("number", "quantity", "choice", "expression", "set", "interval"),
    "--readings": ("greedy", "sampled", "both"),
    "--select": ("prime",),
    "--sharding": ("none", "zero2", "zero3", "fsdp"),
    "--size": ("small", "large"),
    "--split": ("seen", "unseen"),
    "--warm-start": ("none", "primitives", "random", "critiques"),
    "--way": ("power-sampling",),
}
_NAMED = {  # as `named` knows them
    "--algorithm": "algorithm",
    "--checks": "check",
    "--engine": "engine",
    "--form": "answer_form",
    "--gpu": "gpu",
    "--language": "language",
    "--move": "move",
    "--selectors": "selector",
    "--tagger": "tagger",
    "--to": "format",
    "validate --reward": "reward",
}
_ALSO = {"polymath --tagger": ("declared",)}
# What takes several with commas, or something else beside the names: the names stand in the text.
_SEVERAL = {"--checks": "NAMES", "--kinds": "NAMES", "--selectors": "NAMES"}
OPEN = {
    "--against": "POOL",
    "--arm": "ARM",
    "--attn-implementation": "KERNEL",
    "--audit": "FILE",
    "--before": "FILE",
    "--benchmark": "BENCHMARK",
    "--cache": "FILE",
    "--controls": "none|basic|full|ARMS",
    "--device": "DEVICE",
    "--devices": "DEVICES",
    "--domains": "DOMAINS",
    "--eval-template": "TEMPLATE",
    "--examples": "POOL",
    "--figures": "DIR",
    "--flips": "FILE",
    "--gallery": "FILE",
    "--gold": "ANSWER",
    "--group-by": "FIELD",
    "--history": "FILE",
    "--host": "ADDRESS",
    "--join": "RUN",
    "--model": "MODEL",
    "--optim": "OPTIMIZER",
    "--originals": "POOL",
    "--out": "FILE",
    "build --out": "DIR",
    "polymath --out": "DIR",
    "push --out": "DIR",
    "search --out": "DIR",
    "sweep --out": "DIR",
    "validate --out": "DIR",
    "--pool": "POOL",
    "--prices": "FILE",
    "--problem": "TEXT",
    "--rates": "FILE",
    "--recipe": "RECIPE",
    "--rejects": "FILE",
    "--report-to": "TRACKERS",
    "--resume": "RUN",
    "--revision": "REVISION",
    "--seeds": "SEEDS",
    "--shares": "SHARES",
    "--skills": "SKILLS",
    "--solver": "MODEL",
    "--steps": "LOW-HIGH",
    "--stop": "TEXT",
    "--system": "TEXT",
    "--target": "DOMAINS",
    "--template": "TEMPLATE",
    "--unit": "UNIT",
}


def choices(command: str, option: str) -> tuple[str, ...]:
    """Return the fixed set that an option of a command takes; empty for an open one.

    Parameters
    ----------
    command : str
        Its own name, e.g. ``validate``, or ``build`` of ``microcosm``.
    option : str
        Its longest spelling.
    """
    found: tuple[str, ...] | None = _of(CLOSED, command, option)
    if found is None and (kind := _of(_NAMED, command, option)) is not None:
        found = (*named(kind), *_ALSO.get(f"{command} {option}", ()))
    return found or ()


def metavar(command: str, option: str) -> str | None:
    """Return what stands for the value of an option in its help; None where nothing is known."""
    if several := _SEVERAL.get(option):
        return several
    if found := choices(command, option):
        shown = "|".join(found)
        return shown if len(shown) <= _MOST_SHOWN else "NAME"
    word: str | None = _of(OPEN, command, option)
    return word


def named(kind: str) -> tuple[str, ...]:
    """Return the names for which ``@(kind)`` stands in a help text: components, and a few others.

    Raises
    ------
    ConfigError
        If there is no such kind.
    """
    made = _OTHERS.get(kind)
    return registry.names(kind) if made is None else made()


def _gpus() -> tuple[str, ...]:
    from sample_engineering.trainers.estimates.cards import CARDS

    return tuple(card.name for card in CARDS)


def _languages() -> tuple[str, ...]:
    folder = resources.files("sample_engineering.synthesis") / "languages"
    files = (one.name for one in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml")))


_OTHERS: dict[str, Callable[[], tuple[str, ...]]] = {
    "component": lambda: (*registry.KINDS, "work"),
    "gpu": _gpus,
    "language": _languages,
    "answer_kind": lambda: CLOSED["--kind"],
}


def _of(table: dict[str, Any], command: str, option: str) -> Any:
    return table.get(f"{command} {option}", table.get(option))
