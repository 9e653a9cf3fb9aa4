"""How a model is asked, and how its weights are loaded: the conditions of a measurement.

A figure holds for the condition under which it was measured: the wording around the problem, the
switches of the chat template, the temperature, the length, and what ends an answer. `Protocol`
holds them all; benchmarks, probe plans and recipes are `Asked`, which makes one; its `digest`
stands in every file, and `differing` says in words why two files cannot be compared.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from sample_engineering.errors import ConfigError
from sample_engineering.foreign_code import kernels_in, require_trust
from sample_engineering.generation.prompts import Posed, render, resolved_template
from sample_engineering.generation.protocol import Prompt
from sample_engineering.generation.sampling_settings import Sampling

# Long enough for a worked solution of a competition problem in most models' style; named
# benchmarks, recipes and the command line set their own.
LONGEST = 1024
FORM = "boxed"  # where a final answer is looked for unless said otherwise
_DIGITS = 16  # of a digest: 64 bits, far more than the conditions anyone compares


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The settings that say how a model is asked; what has them has a `protocol`.

    Parameters
    ----------
    template : str
        Prompt template: a name from `prompts.TEMPLATES`, or a text with ``{problem}`` in it.
    system : str, optional
        System message instead of the template's; empty for none, None for the template's.
    chat_template_kwargs : mapping
        What the model's chat template is told besides the messages, e.g.
        ``{"enable_thinking": False}``.
    temperature : float
        Of the sampling; 0 is greedy.
    top_p : float
        Nucleus, in (0, 1]; see `Sampling`.
    top_k : int, optional
        The so many most probable tokens only; None is all.
    max_tokens : int
        Longest answer, in tokens.
    stop : tuple of str
        An answer ends before the first of these texts. The end tokens of the model, its tokenizer
        and its chat template end one anyway, see `chat_template.end_of_turn`.
    form : str
        Where the final answer is looked for, see `sample_engineering.grading`.

    Raises
    ------
    ConfigError
        If a value cannot be used, or a system message would be ignored.
    """

    template: str = "boxed"
    system: str | None = None
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict, hash=False)
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int | None = None
    max_tokens: int = LONGEST
    stop: tuple[str, ...] = ()
    form: str = FORM

    def __post_init__(self) -> None:
        checked = Sampling(
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            max_tokens=self.max_tokens,
            stop=self.stop,
            chat_template_kwargs=self.chat_template_kwargs,
        )
        for name in ("top_k", "max_tokens", "stop", "chat_template_kwargs"):
            object.__setattr__(self, name, getattr(checked, name))
        for name in ("temperature", "top_p"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if not self.temperature and (self.top_p != 1 or self.top_k is not None):
            raise ConfigError(
                "`top_p` and `top_k` would be ignored: at `temperature` 0 the most probable token "
                "is taken; leave them out"
            )
        if not isinstance(self.form, str) or not self.form:
            raise ConfigError(f"`form` {self.form!r} must be the name of a form, e.g. boxed")
        chosen = resolved_template(self.template, self.system)
        if chosen.plain and self.chat_template_kwargs:
            raise ConfigError(
                f"`chat_template_kwargs` would be ignored: `template` {self.template!r} is "
                "continued as it stands, without a chat template; leave one out"
            )

    @property
    def protocol(self) -> "Protocol":
        """How the model is asked, and nothing else."""
        return Protocol(**{item.name: getattr(self, item.name) for item in fields(Asked)})


@dataclass(frozen=True, kw_only=True)
class Protocol(Asked):
    """How a model is asked; two answers can be compared where theirs are equal."""

    def prompt(self, posed: Posed, *, before: str = "") -> Prompt:
        """Return what the model is asked: a text to continue, or a chat.

        Parameters
        ----------
        posed : Posed
            A `Sample`, or a `Question`: with its images, which a text alone would lose.
        before : str
            Stands before the problem's text.
        """
        return render(posed, self.template, self.system, before=before)

    def sampling(self, n: int = 1, seed: int | None = None, *, greedy: bool = False) -> Sampling:
        """Return how answers are sampled.

        Parameters
        ----------
        n : int
            Completions of each prompt; one where `greedy`, since all would be the same.
        seed : int, optional
        greedy : bool
            Temperature 0, whatever the protocol says.
        """
        asked = self.greedy() if greedy else self
        return Sampling(
            n=1 if greedy else n,
            max_tokens=asked.max_tokens,
            temperature=asked.temperature,
            top_p=asked.top_p,
            top_k=asked.top_k,
            stop=asked.stop,
            seed=seed,
            chat_template_kwargs=asked.chat_template_kwargs,
        )

    def greedy(self) -> "Protocol":
        """Return the same with temperature 0."""
        return replace(self, temperature=0.0, top_p=1.0, top_k=None)

    def with_(self, **changes: Any) -> "Protocol":
        """Return a copy with some settings changed, checked again.

        At temperature 0 there is no nucleus, so one that is not named goes.
        """
        start = self.greedy() if changes.get("temperature") == 0 != self.temperature else self
        return replace(start, **changes)

    @property
    def digest(self) -> str:
        """Equal for protocols under which a model reads and writes alike.

        A named template and its text are the same.
        """
        chosen = resolved_template(self.template, self.system)
        worded = {"template": [chosen.user, chosen.plain], "system": chosen.system or None}
        return _digest(self.to_dict() | worded)

    def __str__(self) -> str:
        """In words: what decides most, and what is not as usual."""
        usual = Protocol()
        said = [f"template {_shown(self.template)}", f"temperature {_shown(self.temperature)}"]
        said.append(f"at most {self.max_tokens:,} tokens")
        rest = ("system", "chat_template_kwargs", "top_p", "top_k", "stop", "form")
        said += [
            f"{name} {_shown(getattr(self, name))}"
            for name in rest
            if getattr(self, name) != getattr(usual, name)
        ]
        return ", ".join(said)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record, without the digest."""
        record = {item.name: getattr(self, item.name) for item in fields(self)}
        record["chat_template_kwargs"] = dict(self.chat_template_kwargs)
        return record | {"stop": list(self.stop)}

    def record(self) -> dict[str, Any]:
        """Return a JSON-ready record with the digest, as it stands in files."""
        return self.to_dict() | {"digest": self.digest}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Self:
        """Read what `to_dict` or `record` wrote.

        Raises
        ------
        ConfigError
            If there is a field that no protocol has, or a value that cannot be used.
        """
        known = {item.name for item in fields(cls)}
        given = {name: value for name, value in record.items() if name != "digest"}
        if unknown := sorted(set(given) - known):
            raise ConfigError(
                f"a protocol has no field {unknown[0]!r}; it has {', '.join(sorted(known))}"
            )
        return cls(**given)

    def differences(self, other: "Protocol") -> list[str]:
        """Return in words each setting in which two protocols differ, e.g. ``temperature 1 / 0``.

        Empty where the digests are equal.
        """
        return differing(self.record(), other.record())


def differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Return in words how two records of protocols differ; see `Protocol.record`.

    What only one of them holds is compared with the default, so records of an older version with
    fewer settings can be compared too. Without a digest in both, the fields decide.
    """
    digests = first.get("digest"), second.get("digest")
    if None not in digests and digests[0] == digests[1]:
        return []
    names = [item.name for item in fields(Asked)]
    default = Protocol().to_dict()
    values = {
        name: (first.get(name, default[name]), second.get(name, default[name])) for name in names
    }
    told = [f"{name} {_shown(a)} / {_shown(b)}" for name, (a, b) in values.items() if a != b]
    if not told and None not in digests:
        told = ["wording of the template of that name"]
    return told


@dataclass(frozen=True, kw_only=True)
class Loading:
    """How the weights of a model are loaded, by every loader alike.

    Parameters
    ----------
    revision : str, optional
        Branch, tag or commit of a Hugging Face model; None is its main branch.
    dtype : str, optional
        ``float32``, ``bfloat16``, ``float16``, or ``auto`` for the model's own; None leaves it to
        the loader.
    attn_implementation : str, optional
        Attention kernel of transformers, e.g. ``sdpa`` or ``flash_attention_2``.
    trust_remote_code : bool
        Run Python code that comes with the model; off unless asked for.
    model_init_kwargs : mapping
        Further arguments of transformers' ``from_pretrained`` by name, e.g. ``rope_scaling`` or a
        ``quantization_config``; none that has a parameter of its own, and none that would load
        anything but safetensors.

    Raises
    ------
    ConfigError
        If a value cannot be used.
    """

    revision: str | None = None
    dtype: str | None = None
    attn_implementation: str | None = None
    trust_remote_code: bool = False
    model_init_kwargs: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.dtype not in (None, *DTYPES):
            raise ConfigError(f"`dtype` {self.dtype!r} is none of {', '.join(DTYPES)}")
        if not isinstance(self.model_init_kwargs, Mapping):
            raise ConfigError(
                f"`model_init_kwargs` {self.model_init_kwargs!r} must be a mapping of names to "
                "values"
            )
        for name in self.model_init_kwargs:
            if mend := _NOT_HERE.get(name):
                raise ConfigError(f"`model_init_kwargs` may not set {name}: {mend}")
        for name in kernels_in(self.attn_implementation, self.model_init_kwargs):
            require_trust(name, self.trust_remote_code)
        object.__setattr__(self, "model_init_kwargs", dict(self.model_init_kwargs))

    @property
    def model_kwargs(self) -> dict[str, Any]:
        """Arguments of ``AutoModelForCausalLM.from_pretrained``; `dtype` only where it is set."""
        given = {
            "revision": self.revision,
            "dtype": self.dtype,
            "attn_implementation": self.attn_implementation,
        }
        return {
            **self.model_init_kwargs,
            **{name: value for name, value in given.items() if value is not None},
            "trust_remote_code": self.trust_remote_code,
            "use_safetensors": True,  # other formats can run code when loaded
        }

    @property
    def tokenizer_kwargs(self) -> dict[str, Any]:
        """Arguments of ``AutoTokenizer.from_pretrained`` and of ``AutoConfig``."""
        pinned = {} if self.revision is None else {"revision": self.revision}
        return pinned | {"trust_remote_code": self.trust_remote_code}

    def with_(self, **changes: Any) -> "Loading":
        """Return a copy with some settings changed, checked again."""
        return replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        record = {item.name: getattr(self, item.name) for item in fields(self)}
        return record | {"model_init_kwargs": dict(self.model_init_kwargs)}


DTYPES = ("auto", "float32", "bfloat16", "float16")
_ITSELF = "it has a parameter of its own; set it there"
_NOT_HERE = {
    **dict.fromkeys(
        ("revision", "dtype", "torch_dtype", "attn_implementation", "trust_remote_code"), _ITSELF
    ),
    **dict.fromkeys(
        ("use_safetensors", "weights_only", "from_tf", "from_flax"),
        "only safetensors are loaded, since other formats can run code",
    ),
    **dict.fromkeys(
        ("device_map", "device"), "where the model lies is said by `device`; leave it out"
    ),
    **dict.fromkeys(
        ("state_dict", "config", "pretrained_model_name_or_path"),
        "what is loaded is said by the model's path or name; leave it out",
    ),
}


def _shown(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) and value else json.dumps(value, default=str)
    return " ".join(text.split())[:60]


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
