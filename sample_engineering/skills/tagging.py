"""What names the skills of problems: the protocol of taggers, and finding one by name."""

from collections.abc import Mapping, Sequence
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
    return bool(_declared(name).asks_model)


def find_tagger(name: str, generator: "Generator | None" = None) -> Tagger:
    """Return the tagger of that name.

    Parameters
    ----------
    name : str
        One in the registry.
    generator : Generator, optional
        What it asks, if it asks a model.

    Raises
    ------
    ConfigError
        If there is none of that name, or it asks a model and no generator is given.
    """
    declared = _declared(name)
    if not declared.asks_model:
        tagger: Tagger = declared()
    elif generator is None:
        raise ConfigError(f"`tagger` {name!r} asks a model; give `model`")
    else:
        tagger = declared(generator)
    return tagger


def _declared(name: str) -> Any:
    found = find("tagger", name, "tagger")
    if not hasattr(found, "asks_model") or not hasattr(found, "tag"):
        raise ConfigError(
            f"the tagger {name!r} is not a class with `asks_model` and `tag(samples)`; mend it, "
            "see skills.tagging.Tagger"
        )
    return found
