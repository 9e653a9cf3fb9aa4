"""The one protocol that every source of completions follows, and what it states about itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

from sample_engineering.errors import GenerationError
from sample_engineering.generation.costs import Usage
from sample_engineering.generation.sampling_settings import Sampling

# [{"role": "user", "content": "..."}, ...]; a content with images is a list of parts, see `vision`.
Chat = Sequence[Mapping[str, Any]]
# A plain text is continued as it stands; a chat goes through the template. A chat that ends with
# an assistant's message is continued within that message.
Prompt = str | Chat
Progress = Callable[[int], None]  # told the number of prompts finished since the last call


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled completion.

    Parameters
    ----------
    text : str
        What the model wrote, special tokens and everything from a stop text on removed.
    tokens : int
        Length of the completion in tokens.
    finish_reason : {"stop", "length"}
        Whether the model ended by itself or at a stop text, or was cut at `max_tokens`.
    prompt_tokens : int
        Length of the prompt in tokens.
    logprobs : tuple of float, optional
        Natural log-probability of each token, length `tokens`, where asked for.
    """

    text: str
    tokens: int
    finish_reason: str
    prompt_tokens: int = 0
    logprobs: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a generator can be asked for; nothing but completions unless it says so.

    Asking for more is an error. What a server was asked for and does not do although it answers
    is said in the generator's `notes`.

    Parameters
    ----------
    streaming : bool
        Prompts are finished one after the other, not all together.
    schema : bool
        Completions can be held to a JSON schema.
    prefill : bool
        A chat that ends with an assistant's message is continued within it.
    logprobs, stop, top_k, seed, chat_template_kwargs : bool
        The settings of that name in `Sampling` are honoured.
    """

    streaming: bool = False
    schema: bool = False
    prefill: bool = False
    logprobs: bool = False
    stop: bool = False
    top_k: bool = False
    seed: bool = False
    chat_template_kwargs: bool = False

    def lacks(self, sampling: Sampling, schema: Mapping[str, Any] | None = None) -> list[str]:
        """Return the names of what is asked and not offered, in the order of the fields.

        A `seed` is not among them: where there are none, completions cannot be repeated, which a
        generator says in its notes.
        """
        asked = {
            "schema": schema is not None,
            "logprobs": sampling.logprobs,
            "stop": bool(sampling.stop),
            "top_k": sampling.top_k is not None,
            "chat_template_kwargs": bool(sampling.chat_template_kwargs),
        }
        offered = {field.name: getattr(self, field.name) for field in fields(self)}
        return [name for name, wanted in asked.items() if wanted and not offered[name]]


@runtime_checkable
class Generator(Protocol):
    """Anything that turns prompts into sampled completions.

    Derive from `BaseGenerator` to write one: it needs `generate` and what it can do.
    """

    @property
    def name(self) -> str:
        """What is shown, and stands in records and journals."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What can be asked for, as far as it is known by now."""
        ...

    @property
    def usage(self) -> Usage:
        """Requests, tokens and cost so far."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know: what was asked for and could not be done."""
        ...

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
    ) -> list[list[Completion]]:
        """Sample completions of each prompt; the result is in the order of `prompts`.

        Parameters
        ----------
        prompts : sequence of str or chat
        sampling : Sampling
        schema : mapping, optional
            JSON schema that each completion must satisfy.
        progress : callable, optional
            Called with the number of prompts finished since the last call.

        Returns
        -------
        list of list of Completion
            `sampling.n` completions a prompt.

        Raises
        ------
        GenerationError
            If something is asked that the generator does not offer, or it fails for good.
        """
        ...

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield ``(index of the prompt, its completions)`` as they are finished, in any order."""
        ...

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether `prompt`, a chat ending in an assistant's message, would be continued."""
        ...

    def close(self) -> None:
        """Let go of connections and files; nothing can be asked afterwards."""
        ...


def check_offered(
    generator: Generator, sampling: Sampling, schema: Mapping[str, Any] | None = None
) -> None:
    """Raise GenerationError if something is asked that `generator` does not offer."""
    lacking = generator.capabilities.lacks(sampling, schema)
    if lacking:
        asked = " and ".join(f"`{name}`" for name in lacking)
        raise GenerationError(
            f"{generator.name} does not offer {asked}; leave that out, "
            "or use another engine or server"
        )
