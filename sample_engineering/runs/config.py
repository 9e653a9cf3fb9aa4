"""What a run was asked to do: ``config.json`` and ``inputs.json``."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sample_engineering.evaluation.made import Made
from sample_engineering.evaluation.readings import SAMPLED
from sample_engineering.generation.asking import Loading
from sample_engineering.sample import Sample


@dataclass(frozen=True)
class MemberSettings:
    """One benchmark of a set.

    Parameters
    ----------
    name : str
        As it is called on its own.
    rollouts : int or None
        Completions of each of its items, where it has a number of its own.
    protocol : mapping
        How its items are asked, with all settings and a digest.
    made : Made or None
        How its problems were made, where they were made anew.
    """

    name: str
    rollouts: int | None
    protocol: Mapping[str, Any]
    made: Made | None = None


@dataclass(frozen=True)
class EvaluationSettings:
    """How accuracy is measured, before and after alike.

    Parameters
    ----------
    benchmark : str
        Name of the benchmark.
    items : int
        How many items it has.
    domains : tuple of str
        Subjects, in the order of tables.
    rollouts : int
        Completions of each item.
    seed : int
        Of these completions, the same before and after.
    form : str
        Where the final answer stands.
    template : str
        Prompt template.
    max_tokens : int
        Longest completion.
    temperature : float
        Of the completions.
    protocol : mapping
        How the items are asked, with all settings and a digest; empty in older runs, and where
        the members of a set of benchmarks are asked in different ways.
    members : tuple of MemberSettings
        Of a set of benchmarks.
    made : Made or None
        How its problems were made, where they were made anew.
    engine : str
        What runs the models.
    engine_options : mapping
        Its options.
    readings : tuple of str
        Ways of asking the items, each evaluated apart: ``greedy``, ``sampled``. `rollouts`,
        `temperature` and `protocol` are those of the sampled one.
    """

    benchmark: str
    items: int
    domains: tuple[str, ...]
    rollouts: int
    seed: int
    form: str
    template: str
    max_tokens: int
    temperature: float
    protocol: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[MemberSettings, ...] = ()
    made: Made | None = None
    engine: str = "transformers"
    engine_options: Mapping[str, Any] = field(default_factory=dict)
    readings: tuple[str, ...] = (SAMPLED,)


@dataclass(frozen=True)
class ArmRecord:
    """One arm of a validation: the sample with one seed, or a control.

    Parameters
    ----------
    name : str
        As in metrics, rollouts and evaluations; the sample's own is ``sample``.
    seed : int
        Training seed.
    meaning : str
        In words.
    samples : tuple of str
        Ids of what is trained on; empty where nothing is trained.
    """

    name: str
    seed: int
    meaning: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class RunOptions:
    """How a run is carried out, apart from what decides its result.

    Parameters
    ----------
    device : str or None
        ``cpu``, ``cuda`` or ``mps``; None takes a GPU if there is one.
    fast : bool
        Take the trainer's fast path where it applies.
    report_to : tuple of str
        Trackers that TRL knows.
    revision : str or None
        Commit of a Hugging Face model, or what else was asked for; None is its main branch.
    dtype : str or None
        Of the weights; None leaves it to training and evaluation.
    attn_implementation : str or None
        Attention kernel of transformers; None leaves it to the model.
    trust_remote_code : bool
        Run code that comes with the model.
    model_init_kwargs : mapping
        Further arguments with which transformers loads the model.
    save_model : bool
        Keep the trained model of each seed in ``model/``.
    merge : bool
        Merge adapters into the weights that are written.
    push_to_hub : str or None
        Repository that the first seed's model is pushed to.
    """

    device: str | None = None
    fast: bool = True
    report_to: tuple[str, ...] = ()
    revision: str | None = None
    dtype: str | None = None
    attn_implementation: str | None = None
    trust_remote_code: bool = False
    model_init_kwargs: Mapping[str, Any] = field(default_factory=dict)
    save_model: bool = False
    merge: bool = False
    push_to_hub: str | None = None

    @property
    def loading(self) -> Loading:
        """How the model is loaded, by every loader of the run."""
        return Loading(**{item.name: getattr(self, item.name) for item in fields(Loading)})


@dataclass(frozen=True)
class Hashes:
    """SHA-256 of what went in.

    Parameters
    ----------
    sample : str
        Of the sample as canonical JSON.
    benchmark : str
        Of the benchmark's items.
    model : str or None
        Of a model folder's configuration, tokenizer and weights; the commit of a Hugging Face
        model; None where it is not known.
    """

    sample: str
    benchmark: str
    model: str | None


@dataclass(frozen=True)
class GitState:
    """The repository in the working folder.

    Parameters
    ----------
    commit : str
        Its head.
    changed_files : int
        How many files differ from it.
    """

    commit: str
    changed_files: int


@dataclass(frozen=True)
class UsedComponent:
    """An installed component of another package that the run used.

    Parameters
    ----------
    kind : str
        ``reward``, ``arm``, ``benchmark`` or ``recipe``.
    name : str
        As it was asked for.
    package : str
        The distribution that declares it; empty for one registered by a running program.
    version : str
        Of that distribution.
    """

    kind: str
    name: str
    package: str
    version: str


@dataclass(frozen=True)
class RunConfig:
    """What ``config.json`` holds: everything that decides a run.

    Parameters
    ----------
    format : int
        Version of this format.
    sample : Sample
        The sample that is validated.
    model : str
        Path or Hugging Face name of the base model.
    recipe : mapping
        Fields of the recipe, all resolved.
    seeds : tuple of int
        Training seeds of the sample.
    evaluation : EvaluationSettings
        How accuracy is measured.
    controls : str
        Preset or names of the control arms.
    arms : tuple of ArmRecord
        The sample with every seed, then the controls.
    options : RunOptions
        How the run is carried out.
    hashes : Hashes
        SHA-256 of sample, benchmark and model.
    versions : mapping
        Of Python and of the packages that a result may depend on.
    git : GitState or None
        The repository in the working folder, if any.
    components : tuple of UsedComponent
        Installed components of other packages that the run used.
    training : mapping
        How the model is asked while it trains, with all settings and a digest; empty in older runs.
    command : str
        The command that began the run; empty where a program did, and in older runs.
    machine : mapping
        System, processor, cores and GPUs of the machine on which it began; empty in older runs.
    """

    format: int
    sample: Sample | None
    model: str
    recipe: Mapping[str, Any]
    seeds: tuple[int, ...]
    evaluation: EvaluationSettings
    controls: str
    arms: tuple[ArmRecord, ...]
    options: RunOptions
    hashes: Hashes
    versions: Mapping[str, str]
    git: GitState | None
    components: tuple[UsedComponent, ...] = ()
    training: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    machine: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BenchmarkSettings:
    """The benchmark but for its items.

    Parameters
    ----------
    name : str
        Of the benchmark.
    form : str
        Where the final answer stands.
    template : str
        Prompt template.
    max_tokens : int
        Longest completion.
    temperature : float
        Of the completions.
    tolerance : float or None
        Relative tolerance of numbers, where the benchmark sets one.
    system : str or None
        System message instead of the template's.
    chat_template_kwargs : mapping
        What the chat template is told besides the messages.
    top_p : float
        Nucleus of the completions.
    top_k : int or None
        The so many most probable tokens only.
    stop : tuple of str
        Texts that end a completion.
    members : tuple of MemberSettings
        Of a set of benchmarks, which is asked as they say.
    made : Made or None
        How its problems were made, where they were made anew.
    """

    name: str
    form: str
    template: str
    max_tokens: int
    temperature: float
    tolerance: float | None
    system: str | None = None
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    top_p: float = 1.0
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    members: tuple[MemberSettings, ...] = ()
    made: Made | None = None


@dataclass(frozen=True)
class ControlInputs:
    """A control arm with everything that it needs.

    Parameters
    ----------
    name : str
        Of the arm.
    meaning : str
        In words.
    samples : tuple of Sample
        What is trained on, whole.
    reward : str or None
        Instead of the recipe's reward.
    seed : int
        Training seed.
    reading : str or None
        The only reading that it is evaluated in; None is every reading of the run.
    in_context : bool
        Whether the base model is shown the solved sample.
    needs : mapping
        Fields of the recipe that the arm sets where the recipe leaves them at their defaults.
    rewarded : bool
        Whether it learns from rewards.
    way : str or None
        How else the base model is asked, where nothing is trained.
    spread : int
        Groups that the rollouts of a step are spread over; 0 as in the recipe.
    settings : mapping
        Fields of the recipe that the arm sets, whatever the recipe says.
    in_order : bool
        Whether its samples are trained on in their order.
    """

    name: str
    meaning: str
    samples: tuple[Sample, ...]
    reward: str | None
    seed: int
    reading: str | None
    in_context: bool
    needs: Mapping[str, Any] = field(default_factory=dict)
    rewarded: bool = True
    way: str | None = None
    spread: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    in_order: bool = False


@dataclass(frozen=True)
class RunInputs:
    """What ``inputs.json`` holds: all problems, so that the folder can go on alone.

    Parameters
    ----------
    benchmark : BenchmarkSettings
        The benchmark but for its items.
    items : tuple of Sample
        Its items.
    controls : tuple of ControlInputs
        The control arms as they were drawn.
    """

    benchmark: BenchmarkSettings
    items: tuple[Sample, ...]
    controls: tuple[ControlInputs, ...]
