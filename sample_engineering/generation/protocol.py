"""The one protocol that every source of completions follows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Chat = Sequence[Mapping[str, str]]  # [{"role": "user", "content": "..."}, ...]
Prompt = str | Chat  # a plain text is continued as it stands; a chat goes through the template


@dataclass(frozen=True, slots=True)
class Completion:
    """One sampled completion.

    Parameters
    ----------
    text : str
        What the model wrote, special tokens removed.
    tokens : int
        Length of the completion in tokens.
    finish_reason : {"stop", "length"}
        Whether the model ended by itself or was cut at `max_tokens`.
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


class Generator(Protocol):
    """Anything that turns prompts into sampled completions."""

    name: str

    def generate(
        self,
        prompts: Sequence[Prompt],
        *,
        n: int = 1,
        max_tokens: int = 512,
        temperature: float = 1.0,
        top_p: float = 1.0,
        seed: int | None = None,
        logprobs: bool = False,
        schema: Mapping[str, Any] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[list[Completion]]:
        """Sample `n` completions of each prompt; the result is in the order of `prompts`.

        `temperature=0` is greedy. `schema` is a JSON schema that each completion must satisfy.
        `progress` is called with the number of prompts finished since the last call.

        Raises
        ------
        GenerationError
            If the model or server fails for good.
        """
        ...
