"""How completions are sampled: the settings in one frozen record, checked once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import Any

from sample_engineering.errors import ConfigError

MAX_TOKENS = 512  # longest completion where nothing is said
# What `apply_chat_template` is told by those who call it, so nobody else may.
_TOLD_ALREADY = frozenset(
    {
        *("conversation", "messages", "tools", "chat_template", "add_generation_prompt"),
        *("continue_final_message", "tokenize", "padding", "truncation", "max_length"),
        *("return_tensors", "return_dict", "return_assistant_tokens_mask", "tokenizer_kwargs"),
        "processor_kwargs",
    }
)


@dataclass(frozen=True, slots=True)
class Sampling:
    """Settings of one call of a generator.

    Parameters
    ----------
    n : int
        Completions of each prompt, at least 1.
    max_tokens : int
        Longest completion in tokens, at least 1.
    temperature : float
        0 is greedy.
    top_p : float
        Nucleus: the smallest set of tokens whose probability reaches this, in (0, 1].
    top_k : int, optional
        Sample from the so many most probable tokens only, before `top_p`; None is all.
    stop : tuple of str
        A completion ends before the first of these texts.
    seed : int, optional
        The same seed gives the same completions, where the generator has seeds; None draws anew.
    logprobs : bool
        Also return the log-probability of each token.
    chat_template_kwargs : mapping
        What the model's chat template is told besides the messages of a chat, by name, e.g.
        ``{"enable_thinking": False}``. A name that the template does not use is an error where the
        template is known.

    Raises
    ------
    ConfigError
        If a value cannot be used; the message names the parameter.
    """

    n: int = 1
    max_tokens: int = MAX_TOKENS
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    logprobs: bool = False
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        for name, lowest in (("n", 1), ("max_tokens", 1), ("top_k", 1), ("seed", None)):
            value = getattr(self, name)
            if value is None and name in ("top_k", "seed"):
                continue
            if not _is_whole(value) or (lowest is not None and value < lowest):
                wanted = "a whole number" + (f", at least {lowest}" if lowest is not None else "")
                none = " or None" if name in ("top_k", "seed") else ""
                raise ConfigError(f"`{name}` {value!r} must be {wanted}{none}")
            object.__setattr__(self, name, int(value))  # numpy's integers are taken too
        if not _is_number(self.temperature) or not 0 <= self.temperature < float("inf"):
            raise ConfigError(f"`temperature` {self.temperature!r} must be 0 (greedy) or more")
        if not _is_number(self.top_p) or not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` {self.top_p!r} must lie in (0, 1]")
        texts: Any = (self.stop,) if isinstance(self.stop, str) else self.stop
        try:
            stop = tuple(texts)
        except TypeError:
            stop = (None,)
        if not all(isinstance(text, str) and text for text in stop):
            raise ConfigError(f"`stop` {self.stop!r} must be texts that are not empty")
        object.__setattr__(self, "stop", stop)  # a list or a single text is taken too
        if not isinstance(self.logprobs, bool):
            raise ConfigError(f"`logprobs` {self.logprobs!r} must be true or false")
        object.__setattr__(
            self, "chat_template_kwargs", _template_kwargs(self.chat_template_kwargs)
        )

    @property
    def greedy(self) -> bool:
        """Whether the most probable token is taken at each step."""
        return self.temperature == 0

    def with_(self, **changes: Any) -> "Sampling":
        """Return a copy with some settings changed, checked again."""
        return replace(self, **changes)

    def cut(self, text: str) -> str:
        """Return `text` up to the first of the `stop` texts in it."""
        places = [place for place in map(text.find, self.stop) if place >= 0]
        return text[: min(places)] if places else text


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _template_kwargs(given: object) -> dict[str, Any]:
    """Return what a chat template is told, as JSON would hold it."""
    if not isinstance(given, Mapping) or not all(
        isinstance(name, str) and name.isidentifier() for name in given
    ):
        raise ConfigError(
            f"`chat_template_kwargs` {given!r} must be a mapping of names to values, such as "
            "enable_thinking=false"
        )
    if taken := [name for name in given if name in _TOLD_ALREADY]:
        raise ConfigError(
            f"`chat_template_kwargs` may not set {taken[0]}: it is made of the prompt; leave it out"
        )
    try:
        held: dict[str, Any] = json.loads(json.dumps(dict(given), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(
            f"`chat_template_kwargs` {dict(given)!r:.80} holds what JSON cannot ({error}); use "
            "texts, numbers, true, false, null, lists and mappings"
        ) from error
    return held
