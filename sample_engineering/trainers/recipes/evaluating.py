"""How a recipe's source asks when it evaluates, where that is not how it trains."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.registry import suggestion

EXCEPT = "except"  # key of the exceptions, in a recipe file


@dataclass(frozen=True)
class EvaluationRule:
    """What of the asking differs from training; None keeps what training has.

    Parameters
    ----------
    template : str, optional
        Prompt template.
    system : str, optional
        System message.
    chat_template_kwargs : mapping, optional
        What the model's chat template is told.
    temperature : float, optional
        0 is greedy.
    top_p : float, optional
        In (0, 1].
    top_k : int, optional
        At least 1.
    max_tokens : int, optional
        Longest completion.
    stop : tuple of str, optional
        Texts that end a completion.
    rollouts : int, optional
        Completions of each item; None leaves it to the command.
    exceptions : mapping from benchmark name to EvaluationRule
        Where a benchmark is asked otherwise; what an exception leaves open is as for the others.

    Raises
    ------
    ConfigError
        If a value cannot be used.
    """

    template: str | None = None
    system: str | None = None
    chat_template_kwargs: Mapping[str, Any] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] | None = None
    rollouts: int | None = None
    exceptions: Mapping[str, "EvaluationRule"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks: dict[str, tuple[bool, str]] = {
            "template": (isinstance(self.template, str), "a text"),
            "system": (isinstance(self.system, str), "a text"),
            "chat_template_kwargs": (isinstance(self.chat_template_kwargs, Mapping), "a mapping"),
            "temperature": (_number(self.temperature) and self.temperature >= 0, "at least 0"),  # type: ignore[operator]
            "top_p": (_number(self.top_p) and 0 < self.top_p <= 1, "in (0, 1]"),  # type: ignore[operator]
            "top_k": (_whole(self.top_k), "a whole number of at least 1"),
            "max_tokens": (_whole(self.max_tokens), "a whole number of at least 1"),
            "stop": (_texts(self.stop), "a list of texts, none empty"),
            "rollouts": (_whole(self.rollouts), "a whole number of at least 1"),
        }
        for name, (right, wanted) in checks.items():
            if getattr(self, name) is not None and not right:
                raise ConfigError(
                    f"`evaluation`: `{name}` must be {wanted}, not {getattr(self, name)!r}"
                )
        if self.temperature == 0 and (self.rollouts or 1) > 1:
            raise ConfigError(
                f"`evaluation`: greedy completions are all alike, so {self.rollouts} `rollouts` at "
                "`temperature` 0 say no more than one; set 1"
            )

        if self.temperature == 0 and (self.top_k or self.top_p not in (None, 1)):
            raise ConfigError(
                "`evaluation`: `top_p` and `top_k` would be ignored at `temperature` 0; leave them "
                "out, or set them where it is another"
            )

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "EvaluationRule":
        """Read a mapping, as in a recipe file; ConfigError for an unknown key or a bad value."""
        if not isinstance(record, Mapping):
            raise ConfigError(f"`evaluation` must be a mapping of fields, not {record!r}")
        known = [item.name for item in fields(cls) if item.name != "exceptions"]
        given = dict(record)
        exceptions = given.pop(EXCEPT, {})
        if not isinstance(exceptions, Mapping):
            raise ConfigError(f"`evaluation`: `{EXCEPT}` must map benchmarks to fields")
        for name in given:
            if name not in known:
                raise ConfigError(f"`evaluation` has no field {name!r}; {suggestion(name, known)}")
        if isinstance(given.get("stop"), list):
            given["stop"] = tuple(given["stop"])
        rules = {str(name): cls.of(rule) for name, rule in exceptions.items()}
        if nested := [name for name, rule in rules.items() if rule.exceptions]:
            raise ConfigError(
                f"`evaluation`: the exception {nested[0]!r} has exceptions of its own"
            )
        rule = cls(**given, exceptions=rules)
        for name in rules:
            rule.at(name)  # raises where the two together make no sense
        return rule

    def at(self, benchmark: str) -> "EvaluationRule":
        """Return what holds for a benchmark of that name, without exceptions."""
        special = self.exceptions.get(benchmark)
        given = {} if special is None else special.given
        return replace(self, **given, exceptions={})

    @property
    def given(self) -> dict[str, Any]:
        """The fields that are set, but for the exceptions."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        del values["exceptions"]
        return {name: value for name, value in values.items() if value is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return what `of` reads."""
        record = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self.given.items()
        }
        if self.exceptions:
            record[EXCEPT] = {name: rule.to_dict() for name, rule in self.exceptions.items()}
        return record


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value - value == 0


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(text, str) and text for text in value)
