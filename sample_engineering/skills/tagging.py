"""What names the skills of problems: the protocol of taggers, and finding one by name."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from sample_engineering.errors import ConfigError
from sample_engineering.registry import find
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    from sample_engineering.generation.protocol import Generator

BUILT_IN = "builtin"


class Tagger(Protocol):
    """Names the skills of problems; made with a generator if it asks a model, else without.

    Attributes
    ----------
    asks_model : bool
        Whether it is made with the generator that it asks.
    """

    asks_model: ClassVar[bool]

    def tag(self, samples: Sequence[Sample]) -> Sequence[Mapping[str, float] | None]:
        """Return the weight in (0, 1] of each skill that a sample shows, strongest first.

        None for a sample of which it can say nothing.
        """
        ...


def asks_model(name: str) -> bool:
    """Whether the tagger of that name has to be made with a generator."""
    return bool(find_declared(name).asks_model)


def find_tagger(name: str, open_model: "Callable[[], Generator] | None" = None) -> Tagger:
    """Return the tagger of that name.

    Parameters
    ----------
    name : str
        One in the registry.
    open_model : callable, optional
        Opens what it asks, if it asks a model; called when something is tagged first.

    Raises
    ------
    ConfigError
        If there is none of that name, or it asks a model and there is none to open.
    """
    declared = find_declared(name)
    if not declared.asks_model:
        tagger: Tagger = declared()
        return tagger
    if open_model is None:
        raise ConfigError(f"`tagger` {name!r} asks a model; give `model`")
    return _Deferred(declared, open_model)


class _Deferred:
    """A tagger that is made, and whose model is opened, when something is tagged first."""

    asks_model: ClassVar[bool] = True

    def __init__(self, declared: Any, open_model: "Callable[[], Generator]") -> None:
        self._declared = declared
        self._open_model = open_model
        self.concepts: dict[str, Any] = {}  # what the tagger names besides, by sample

    def tag(self, samples: Sequence[Sample]) -> Sequence[Mapping[str, float] | None]:
        if not samples:
            return []
        tagger: Tagger = self._declared(self._open_model())
        tags = tagger.tag(samples)
        self.concepts.update(getattr(tagger, "concepts", {}))
        return tags


def find_declared(name: str) -> Any:
    """Return the class of the tagger of that name; ConfigError if it is none."""
    found = find("tagger", name, "tagger")
    if not hasattr(found, "asks_model") or not hasattr(found, "tag"):
        raise ConfigError(
            f"the tagger {name!r} is not a class with `asks_model` and `tag(samples)`; mend it, "
            "see skills.tagging.Tagger"
        )
    return found
