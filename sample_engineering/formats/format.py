"""A format: what one kind of trainer reads, and a row of it from a sample."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sample_engineering import registry
from sample_engineering.errors import ConfigError
from sample_engineering.generation.protocol import Prompt
from sample_engineering.sample import Sample

# What stands beside problem and answer: how the gold is to be read (without it the reward is
# another one), and what the sample is about.
CARRIED = (
    *("kind", "unit", "tolerance", "choices", "units_allowed"),
    *("domains", "skills", "source", "license"),
)
DEFAULT_TEMPLATE = "boxed"


@dataclass(frozen=True, slots=True)
class Format:
    """What a trainer or tool reads.

    Parameters
    ----------
    name : str
    summary : str
    source : str
        Where the shape is stated.
    row : callable
        From a sample, its prompt and its number to a row: a mapping of plain values.
    endings : tuple of str
        How a file may be called that the consumer opens, the usual one first.
    prompted : bool
        Whether a row holds a prompt, for which a template is needed.
    text : bool
        Whether the consumer takes the prompt as a text and not as messages.
    copies : int
        How often each row is written by default.
    keeps : tuple of str
        Fields of a sample beside problem, answer and id that a row holds and reading brings back.
    images : tuple of str
        Endings of files that hold images too; none where the consumer has no place for them.
    hint : str
        What the user has to tell the consumer; may name ``{out}`` and ``{name}``.
    """

    name: str
    summary: str
    source: str
    row: Callable[[Sample, Prompt, int], Mapping[str, Any]]
    endings: tuple[str, ...] = (".jsonl",)
    prompted: bool = True
    text: bool = False
    copies: int = 1
    keeps: tuple[str, ...] = CARRIED
    images: tuple[str, ...] = ()
    hint: str = ""


def gold_fields(sample: Sample) -> dict[str, Any]:
    """Return what a sample says of how its gold is to be read; only what it says."""
    fields = {
        "kind": sample.kind,
        "unit": sample.unit,
        "tolerance": sample.tolerance,
        "choices": None if sample.choices is None else list(sample.choices),
        "units_allowed": sample.extra.get("units_allowed"),
    }
    return {name: value for name, value in fields.items() if value is not None}


def carried_fields(sample: Sample) -> dict[str, Any]:
    """Return all of `CARRIED` that a sample says."""
    about = {
        "domains": list(sample.domains) or None,
        "skills": list(sample.skills) or None,
        "source": sample.source,
        "license": sample.license,
    }
    return gold_fields(sample) | {name: value for name, value in about.items() if value is not None}


def image_fields(sample: Sample) -> dict[str, Any]:
    """Return the column ``images`` as `datasets` and verl read it; nothing without images."""
    if not sample.images:
        return {}
    return {"images": [{"bytes": image.data, "path": None} for image in sample.images]}


def find_format(name: str) -> Format:
    """Return the registered format of that name.

    Raises
    ------
    ConfigError
        If there is none (the message names near ones), or what is registered is no format.
    """
    found = registry.find("format", name, "to")
    if not isinstance(found, Format) or found.name != name:
        what = f"calls itself {found.name!r}" if isinstance(found, Format) else "is no `Format`"
        raise ConfigError(
            f"what is registered as the format {name!r} {what}; mend or uninstall "
            f"{registry.component('format', name).origin}"
        )
    return found
