"""What ends an answer in training: the same as in evaluation, whoever samples.

TRL reads end tokens off the model's generation settings and the tokenizer, its vLLM off the files
of the model; neither looks at the chat template, and neither cuts what its tokens say at a stop
text where transformers samples. Here all of it is said once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.generation.chat_template import end_of_turn, end_tokens
from sample_engineering.generation.sampling_settings import Sampling


@dataclass(frozen=True)
class Endings:
    """Tokens and texts that end an answer.

    Parameters
    ----------
    ids : tuple of int
        All end tokens: the model's, the tokenizer's and the chat template's.
    texts : tuple of str
        Stop texts: those asked for, and a marker of the chat template that is no token.
    """

    ids: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: Any, tokenizer: Any, stop: Sequence[str] = ()) -> "Endings":
        """Return what ends an answer of a model; `stop` are the texts asked for."""
        texts = dict.fromkeys((*stop, *end_of_turn(tokenizer).texts))
        return cls(tuple(end_tokens(model, tokenizer)), tuple(texts))

    def tell(self, model: Any) -> None:
        """Put the end tokens where TRL, transformers and a saved model look for them."""
        if self.ids:
            model.generation_config.eos_token_id = list(self.ids)

    @property
    def for_vllm(self) -> dict[str, Any]:
        """Arguments of vLLM's ``SamplingParams``."""
        said = {"stop_token_ids": list(self.ids), "stop": list(self.texts)}
        return {name: value for name, value in said.items() if value}

    def cut_text(self, text: str) -> str:
        """Return `text` up to the first stop text in it."""
        return Sampling(stop=self.texts).cut(text)

    def cut_ids(self, ids: list[int], tokenizer: Any) -> list[int]:
        """Return the shortest beginning of `ids` whose text holds a stop text, or all of it."""

        def stopped(length: int) -> bool:
            text = tokenizer.decode(ids[:length], skip_special_tokens=True)
            return any(stop in text for stop in self.texts)

        if not self.texts or not stopped(len(ids)):
            return ids
        low, high = 1, len(ids)
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if stopped(middle) else (middle + 1, high)
        return ids[:low]
