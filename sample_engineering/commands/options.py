"""Options that several commands share: one spelling and one help text each.

A command takes an alias where the type fits, ``seed: Seed = 0``, or `shared` where it wants another
type, a note of its own or a panel: ``Annotated[list[str] | None, shared("model")]``. In a help text
``@(kind)`` stands for the names of all components of that kind; the registry is read when the help
is shown, not before.
"""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.models import OptionInfo

from sample_engineering.errors import ConfigError


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    json = "json"


class TableFormat(StrEnum):
    """How a result is printed whose tables go into papers."""

    table = "table"
    json = "json"
    markdown = "markdown"
    latex = "latex"


class OnError(StrEnum):
    """What a line or item that cannot be read does."""

    skip = "skip"
    fail = "fail"


@dataclass(frozen=True)
class _Shared:
    help: str
    short: str | None = None
    metavar: str | None = None
    min: float | None = None
    max: float | None = None


SHARED = {
    "engine": _Shared("What runs the model: @(engine)."),
    "engine-option": _Shared(
        "An option of the engine, e.g. dtype=bfloat16; several times for several. "
        "docs/real-models.md lists them.",
        metavar="KEY=VALUE",
    ),
    "benchmark": _Shared(
        "Benchmark by name: @(benchmark) (NAME@PATH reads a copy); or a pool file, hf:OWNER/NAME, "
        "rg:NAME?n=100&seed=1, lm-eval:TASK, inspect:PACKAGE/TASK; several with commas, or "
        "repeated: each is asked in its own way.",
        "-b",
    ),
    "adaptive": _Shared(
        "About 60 % of the rollouts: fewer on candidates surely too easy or too hard. The first "
        "places hold, the order of the rest is coarser."
    ),
    "agreement": _Shared(
        "Share of the --attempts of a model that must reach the answer.", min=0, max=1
    ),
    "attempts": _Shared("Independent solutions of each problem by a model that checks it.", min=0),
    "attn-implementation": _Shared(
        "Attention kernel of transformers, e.g. sdpa or flash_attention_2."
    ),
    "chat-template-kwargs": _Shared(
        "What the model's chat template is told, e.g. enable_thinking=false; several times for "
        "several, or a JSON object.",
        metavar="KEY=VALUE",
    ),
    "concurrency": _Shared("Requests in flight at a server; default: 32.", min=1),
    "cpus": _Shared("CPUs that each actor, task or training asks of Ray; default: 1.", min=0),
    "demand": _Shared(
        "Benchmark by name or file, or a pool, whose problems show which skills are wanted. "
        "Default: packaged weights; with the embedded model, its own problems.",
        metavar="BENCHMARK",
    ),
    "device": _Shared(
        "Where a local model runs: cpu, cuda, cuda:1 or mps (Apple's); default: cuda if any."
    ),
    "dtype": _Shared("Of the weights: auto, float32, bfloat16 or float16."),
    "format": _Shared("What to print."),
    "gpus": _Shared(
        "GPUs that each actor or training asks of Ray; 0.5 lets two share one. Default: 1 where "
        "there are any.",
        min=0,
    ),
    "group-size": _Shared("Rollouts that share a baseline in training.", min=2),
    "group-by": _Shared("Field that shall serve as domain, e.g. subject."),
    "id-column": _Shared(
        "Column with the id of the problem; default: id, unique_id, index ...", metavar="COLUMN"
    ),
    "judge": _Shared(
        "Judge model for answers that no rule reads: MODEL@URL at an OpenAI-compatible server, or "
        "a local model.",
        metavar="MODEL[@URL]",
    ),
    "judge-option": _Shared(
        "How the judge is asked: votes, temperature, max_tokens, timeout, concurrency, cache, "
        "prices, max_cost, prompt, engine, device, seed, or down=abstain; several times for "
        "several.",
        metavar="KEY=VALUE",
    ),
    "map": _Shared(
        "Which column of the pool is what, where its name does not say it, e.g. problem=Question "
        "or answer=meta.gold; for problem, answer, id, pass_rate, choices, solution; several times "
        "for several.",
        metavar="ROLE=COLUMN",
    ),
    "max-cost": _Shared("Stop before spending more than this, in dollars.", min=0),
    "max-tokens": _Shared("Longest completion, in tokens.", min=1),
    "model": _Shared(
        "Path or Hugging Face name, or microcosm for the embedded model; with --server, the name "
        "there.",
        "-m",
    ),
    "model-init-kwargs": _Shared(
        "Further arguments with which transformers loads the model, as --chat-template-kwargs.",
        metavar="KEY=VALUE",
    ),
    "on-error": _Shared("What cannot be read: skip and count it, or fail on the first."),
    "out": _Shared("File to write.", "-o"),
    "per-domain": _Shared("At most so many benchmark items of each domain, at random.", min=1),
    "prices": _Shared(
        'Price table (JSON), dollars per million tokens: {"MODEL": {"input": 0.15, "output": 0.6}}.'
    ),
    "rates": _Shared("Pass rates, as se probe writes them: records of id, n, correct."),
    "ray": _Shared(
        "Work on a Ray cluster: local, auto or an address; the result is the same.",
        metavar="ADDRESS",
    ),
    "recipe": _Shared("Recipe by name: @(recipe); or a YAML file."),
    "report": _Shared("Also write a page, one .html file.", metavar="FILE"),
    "revision": _Shared("Branch, tag or commit of a Hugging Face model."),
    "reward-column": _Shared(
        "Column with the rewards; default: correct, accuracy, acc, then score, reward ... "
        "Nested ones with dots: scores.match.value.",
        metavar="COLUMN",
    ),
    "rollouts": _Shared("Completions of each problem or benchmark item.", "-n", min=1),
    "scale": _Shared(
        "Rewards of a wrong and a right rollout, where the log does not show it: -1,1 or 0,100.",
        metavar="LOW,HIGH",
    ),
    "seed": _Shared("Same seed, same result.", min=0),
    "server": _Shared(
        "OpenAI-compatible server, e.g. http://localhost:8000/v1; the key is taken from "
        "OPENAI_API_KEY.",
        metavar="URL",
    ),
    "step-column": _Shared(
        "Column with the step; default: step, global_step ..., or the names of the files.",
        metavar="COLUMN",
    ),
    "stop": _Shared("A text before which an answer ends; several times for several."),
    "system": _Shared("System message instead of the template's; empty for none."),
    "tagger": _Shared("Who names the skills: @(tagger)."),
    "target": _Shared("Domains that training shall help, e.g. physics,biology."),
    "temperature": _Shared("Sampling temperature.", min=0),
    "template": _Shared(
        "Prompt template by name, e.g. boxed, chat or qwen-math, or as text with {problem}."
    ),
    "threshold": _Shared("Least reward of a right rollout; default: the reward's own 0 and 1."),
    "top": _Shared("How many to show.", min=1),
    "top-k": _Shared("Sample from the so many most probable tokens only.", min=1),
    "top-p": _Shared("Nucleus: sample from the most probable tokens that reach this, up to 1."),
    "trust-remote-code": _Shared(
        "Run code that was not installed: of the model, of a task in a folder, or as the folder of "
        "--resume asks for."
    ),
}


def shared(name: str, note: str = "", *, panel: str | None = None) -> Any:
    """Return a shared option for an annotation.

    Parameters
    ----------
    name : str
        Its spelling without the dashes.
    note : str, optional
        What this command adds to the help text, e.g. its default.
    panel : str, optional
        Heading below which the help shows it.
    """
    option = SHARED[name]
    spellings = [f"--{name}"] if option.short is None else [option.short, f"--{name}"]
    return typer.Option(
        *spellings,
        help=f"{option.help} {note}".rstrip(),
        metavar=option.metavar,
        min=option.min,
        max=option.max,
        rich_help_panel=panel,
    )


_Command = TypeVar("_Command", bound=Callable[..., Any])


def in_panels(panels: Mapping[str, tuple[str, ...]]) -> Callable[[_Command], _Command]:
    """Return a decorator that puts options of a command below headings of its help.

    Parameters
    ----------
    panels : mapping of str to tuple of str
        The parameters below each heading; all others stay below "Options".

    Raises
    ------
    TypeError
        When the command is defined, if it has no such option.
    """
    heading = {name: panel for panel, names in panels.items() for name in names}

    def place(command: _Command) -> _Command:
        for name, panel in heading.items():
            annotation: Any = command.__annotations__.get(name)
            extras = getattr(annotation, "__metadata__", ())
            if not extras or not isinstance(extras[0], OptionInfo):
                raise TypeError(f"{command.__name__} has no option {name}")
            option = copy.copy(extras[0])  # an alias is shared with other commands
            option.rich_help_panel = panel
            command.__annotations__[name] = Annotated[annotation.__origin__, option]
        return command

    return place


DEFAULT_ENGINE = "Default: transformers; server with --server."
DEFAULT_OF_RECIPE = "Default: the recipe's."
Engine = Annotated[str | None, shared("engine", DEFAULT_ENGINE)]
EngineOptions = Annotated[list[str] | None, shared("engine-option")]
AttnImplementation = Annotated[str | None, shared("attn-implementation")]
ChatTemplateKwargs = Annotated[list[str] | None, shared("chat-template-kwargs")]
Concurrency = Annotated[int | None, shared("concurrency")]
Device = Annotated[str | None, shared("device")]
Dtype = Annotated[str | None, shared("dtype")]
Benchmarks = Annotated[list[str] | None, shared("benchmark", "Default: the microcosm's.")]
FormatOption = Annotated[Format, shared("format")]
TableFormatOption = Annotated[
    TableFormat, shared("format", "markdown and latex: tables that go into papers.")
]
GroupBy = Annotated[str | None, shared("group-by")]
GroupSize = Annotated[int | None, shared("group-size")]
Adaptive = Annotated[bool, typer.Option("--adaptive", help=SHARED["adaptive"].help)]
JudgeModel = Annotated[str | None, shared("judge")]
JudgeOptions = Annotated[list[str] | None, shared("judge-option")]
Map = Annotated[list[str] | None, shared("map")]
MaxCost = Annotated[float | None, shared("max-cost")]
MaxTokens = Annotated[int | None, shared("max-tokens")]
Model = Annotated[str | None, shared("model")]
ModelInitKwargs = Annotated[list[str] | None, shared("model-init-kwargs")]
OnErrorOption = Annotated[OnError, shared("on-error")]
ItemsOnError = Annotated[
    OnError | None, shared("on-error", "Of the benchmark's items; default: fail.")
]
EvaluationEngine = Annotated[str | None, shared("engine", "For evaluation; default: transformers.")]
TrainingRecipe = Annotated[
    str | None,
    shared("recipe", "Default: microcosm with the embedded model, else one-shot-rlvr."),
]
Prices = Annotated[Path | None, shared("prices")]
ReportPage = Annotated[Path | None, shared("report")]
ProblemId = Annotated[str | None, shared("id-column")]
RayAddress = Annotated[str | None, shared("ray")]
RayCpus = Annotated[float | None, shared("cpus")]
RayGpus = Annotated[float | None, shared("gpus")]
Reward = Annotated[str | None, shared("reward-column")]
Scale = Annotated[str | None, shared("scale")]
Step = Annotated[str | None, shared("step-column")]
Threshold = Annotated[float | None, shared("threshold")]
Revision = Annotated[str | None, shared("revision")]
# What the ranking of candidates that are trained on stands on.
TargetDomains = Annotated[str | None, shared("target")]
Demand = Annotated[str | None, shared("demand")]
RatesFile = Annotated[Path | None, shared("rates")]
Rollouts = Annotated[int, shared("rollouts")]
Seed = Annotated[int, shared("seed")]
Server = Annotated[str | None, shared("server")]
Stop = Annotated[list[str] | None, shared("stop")]
System = Annotated[str | None, shared("system")]
Temperature = Annotated[float | None, shared("temperature")]
Template = Annotated[str | None, shared("template")]
Top = Annotated[int | None, shared("top")]
TopK = Annotated[int | None, shared("top-k")]
TopP = Annotated[float | None, shared("top-p")]
TrustRemoteCode = Annotated[bool, shared("trust-remote-code")]
RecipeOfProbe = Annotated[
    str | None,
    shared(
        "recipe",
        "The model is asked as it will be in this training. Default: the one that se validate "
        "takes.",
    ),
]
PerDomain = Annotated[int | None, shared("per-domain")]
# Of golds that a file or a log does not describe itself.
Kind = Annotated[
    str | None,
    typer.Option(help="Kind of the gold: @(answer_kind); read from the gold if not given."),
]
Unit = Annotated[str | None, typer.Option(help="Unit of the gold, e.g. 'm/s**2'.")]
Tolerance = Annotated[
    float | None, typer.Option(help="Relative tolerance, e.g. 0.005; exact if not given.")
]
UnitsAllowed = Annotated[
    bool,
    typer.Option(
        "--units-allowed/--no-units-allowed",
        help="Whether a unit may follow the number where the gold has none.",
    ),
]
# Of the rollouts in a log.
PoolOfLog = Annotated[
    str | None,
    typer.Option(
        metavar="POOL",
        help="The candidates: problems are found by id or by text, and get the pool's ids.",
    ),
]


def read_columns(given: list[str] | None) -> dict[str, str] | None:
    """Read ``ROLE=COLUMN`` options as one mapping; None where none was given.

    Raises
    ------
    ConfigError
        If one is none, or a role comes twice.
    """
    if not given:
        return None
    found: dict[str, str] = {}
    for text in given:
        role, equals, column = (part.strip() for part in text.partition("="))
        if not (role and equals and column):
            raise ConfigError(f"`mapping` takes ROLE=COLUMN, not {text!r:.80}")
        if role in found:
            raise ConfigError(f"`mapping` sets {role} twice; give it once")
        found[role] = column
    return found


def read_mapping(given: list[str] | None, name: str) -> dict[str, Any] | None:
    """Read ``KEY=VALUE`` options, or JSON objects, as one mapping; None where none was given.

    A value is read as JSON where it is JSON, in any case of true, false, null and none; else it is
    a text.

    Parameters
    ----------
    given : list of str or None
        As typer hands them over.
    name : str
        Of the parameter, for errors.

    Raises
    ------
    ConfigError
        If one is neither, or a key comes twice.
    """
    if not given:
        return None
    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if text.lstrip().startswith("{"):
            part = _json(text)
            if not isinstance(part, dict):
                raise ConfigError(f"`{name}` {text!r:.80} is no JSON object; correct it")
        elif equals and key.strip():
            part = {key.strip(): _json(_LITERALS.get(value.strip().lower(), value.strip()))}
        else:
            raise ConfigError(f"`{name}` takes key=value or a JSON object, not {text!r:.80}")
        if twice := sorted(found.keys() & part.keys()):
            raise ConfigError(f"`{name}` sets {twice[0]} twice; give it once")
        found |= part
    return found


def read_scale(given: str | None) -> tuple[float, float] | None:
    """Read ``LOW,HIGH``.

    Raises
    ------
    ConfigError
        If it is no pair of numbers.
    """
    if given is None:
        return None
    try:
        low, high = map(float, given.split(","))
    except ValueError:
        raise ConfigError(f"`scale` {given!r:.40} is no pair of numbers; give e.g. -1,1") from None
    return low, high


_LITERALS = {"true": "true", "false": "false", "null": "null", "none": "null"}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
