"""What generators share: a stream over `generate`, usage, notes, and a refusal of what they lack.

An engine of one's own is a class like this, which `registry` makes known by name (see `engines`):

    class Parrot(BaseGenerator):
        capabilities = Capabilities(stop=True, seed=True)

        def generate(self, prompts, sampling, *, schema=None, progress=None):
            check_offered(self, sampling, schema)
            ...
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from sample_engineering.generation.costs import Usage
from sample_engineering.generation.protocol import (
    Capabilities,
    Completion,
    Progress,
    Prompt,
)
from sample_engineering.generation.sampling_settings import Sampling

NO_SEED = "the generator takes no seed: sampled answers cannot be repeated"
CHUNK = 64  # prompts of one call of `generate` in the default `stream`


class BaseGenerator(ABC):
    """A generator in which only `generate` is left to write; see `protocol.Generator`.

    Parameters
    ----------
    name : str
        What is shown, and stands in records and journals.
    usage : Usage, optional
        Where requests and tokens are counted; None is a new one without a price.

    Attributes
    ----------
    revision : str or None
        Commit of the Hugging Face model that was opened, where it is one.
    """

    revision: str | None = None
    capabilities: Capabilities = Capabilities()

    def __init__(self, name: str, usage: Usage | None = None) -> None:
        self.name = name
        self.usage = Usage(local=True) if usage is None else usage
        self._noted: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know: that there are no seeds, and what was noted on the way."""
        return (*(() if self.capabilities.seed else (NO_SEED,)), *self._noted)

    def note(self, text: str) -> None:
        """Keep a finding for the `notes`, once."""
        if text not in self._noted:
            self._noted.append(text)

    @abstractmethod
    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; see `protocol.Generator`."""

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)``, `CHUNK` prompts at a time."""
        for start in range(0, len(prompts), CHUNK):
            chunk = prompts[start : start + CHUNK]
            yield from enumerate(self.generate(chunk, sampling, schema=schema), start)

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether a begun answer is continued: as `capabilities` says."""
        return self.capabilities.prefill

    def close(self) -> None:  # noqa: B027  most generators hold nothing
        """Let go of what is held; nothing, unless overridden."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class StreamingGenerator(BaseGenerator):
    """A generator in which only `stream` is left to write, each prompt as it is finished."""

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; see `protocol.Generator`."""
        results: list[list[Completion]] = [[] for _ in prompts]
        for index, completions in self.stream(prompts, sampling, schema=schema):
            results[index] = completions
            if progress is not None:
                progress(1)
        return results

    @abstractmethod
    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)`` as they are finished."""
