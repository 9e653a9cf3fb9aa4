"""Which model judges, and how it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

from sample_engineering.errors import ConfigError
from sample_engineering.generation.server_address import Named, read_name
from sample_engineering.registry import suggestion

Down = Literal["fail", "abstain"]
MOST_VOTES = 31


@dataclass(frozen=True)
class JudgeSettings:
    """How a judge is asked.

    Parameters
    ----------
    model : str
        ``MODEL@URL`` for a model at an OpenAI-compatible server, else a folder or Hugging Face
        name. The key is taken from OPENAI_API_KEY.
    prompt : str, optional
        Instructions instead of ours. What is judged follows as JSON data, and how to reply.
    votes : int
        Odd; more than half of them must agree, else the judge abstains.
    temperature : float
        Of the votes; 0 is greedy, which leaves nothing to vote on.
    max_tokens : int
        Of one reply.
    timeout : float, optional
        Seconds for one reply of a server.
    concurrency : int, optional
        Requests in flight at a server.
    cache : str, optional
        File in which the replies of a server are kept, so that nothing is asked twice.
    prices : str, optional
        Price table, see `generation.costs`.
    max_cost : float, optional
        Dollars; needs `prices`.
    engine, device : str, optional
        What runs a local model, and where.
    down : {"fail", "abstain"}
        What is done where the judge cannot be asked, or its budget is spent: an error, or an
        abstention, which is counted and never a wrong answer.
    seed : int
        Of the votes.

    Raises
    ------
    ConfigError
        If a value cannot be used, or would be ignored.
    """

    model: str
    prompt: str | None = None
    votes: int = 1
    temperature: float = 0.0
    max_tokens: int = 512
    timeout: float | None = None
    concurrency: int | None = None
    cache: str | None = None
    prices: str | None = None
    max_cost: float | None = None
    engine: str | None = None
    device: str | None = None
    down: Down = "fail"
    seed: int = 0

    def __post_init__(self) -> None:
        _ = self.named
        for name, kinds in _TYPES.items():
            value = getattr(self, name)
            if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
                raise ConfigError(f"the judge's `{name}` cannot be {value!r:.60}")
        if not 1 <= self.votes <= MOST_VOTES or self.votes % 2 == 0:
            raise ConfigError(f"the judge's `votes` {self.votes} must be odd, 1 to {MOST_VOTES}")
        if not 0 <= self.temperature < float("inf"):
            raise ConfigError(f"the judge's `temperature` {self.temperature} must be 0 or more")
        if self.votes > 1 and self.temperature == 0:
            raise ConfigError(
                f"the judge's `votes` {self.votes} would be one vote repeated: at temperature 0 "
                "all are the same; set its temperature, e.g. 0.7"
            )
        for name in ("max_tokens", "timeout", "concurrency"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigError(f"the judge's `{name}` {value} must be more than 0")
        if self.max_cost is not None and self.prices is None:
            raise ConfigError("the judge's `max_cost` needs its `prices`, a price table")
        if self.down not in get_args(Down):
            raise ConfigError(f"the judge's `down` {self.down!r} is neither fail nor abstain")
        if self.prompt is not None and not self.prompt.strip():
            raise ConfigError("the judge's `prompt` is empty; leave it out for ours")
        local, remote = ("engine", "device"), ("timeout", "concurrency", "cache", "prices")
        for name in local if self.named.server else remote:
            if getattr(self, name) is not None:
                where = "a server's model" if self.named.server else "a model of this machine"
                raise ConfigError(
                    f"the judge's `{name}` would be ignored for {where}; leave it out"
                )

    @property
    def named(self) -> Named:
        """The model and its server."""
        return read_name(self.model)

    @classmethod
    def of(
        cls, judge: "JudgeSettings | str | None", options: Mapping[str, Any] | None = None
    ) -> "JudgeSettings | None":
        """Return the settings that a caller gives: whole, or a model with options by name.

        Raises
        ------
        ConfigError
            If there is no such option, or there are options without a judge.
        """
        if judge is None:
            if options:
                raise ConfigError("`judge_options` would be ignored without a `judge`; name one")
            return None
        if isinstance(judge, JudgeSettings):
            if options:
                raise ConfigError(
                    "`judge_options` would be ignored: `judge` has its settings; leave one out"
                )
            return judge
        known = [item.name for item in fields(cls) if item.name != "model"]
        for name in options or ():
            if name not in known:
                raise ConfigError(
                    f"`judge_options` has no {name!r:.60}; {suggestion(str(name), known)}"
                )
        return cls(judge, **dict(options or {}))


def _types() -> dict[str, tuple[type, ...]]:
    found = {}
    for name, hint in get_type_hints(JudgeSettings).items():
        kinds = [kind for kind in (get_args(hint) or (hint,)) if isinstance(kind, type)]
        if name == "down":
            continue
        found[name] = (*kinds, int) if float in kinds else tuple(kinds)
    return found


_TYPES = _types()
