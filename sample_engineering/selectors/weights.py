"""A model at hand: its probabilities and hidden states, for selectors that look inside.

Only a model of transformers in this process has them; a server has not. Everything here reads rows
of token ids in batches by length, padded on the right, where causal attention cannot see it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sample_engineering.errors import ConfigError
from sample_engineering.generation import Generator
from sample_engineering.generation.asking import Protocol
from sample_engineering.generation.begun_answer import encode_begun
from sample_engineering.generation.prompts import Question
from sample_engineering.generation.protocol import Prompt
from sample_engineering.generation.vision import encode_with_images, sees_images
from sample_engineering.sample import Sample

if TYPE_CHECKING:
    import numpy

# Logits, and hidden states, held at once: 2^27 numbers of float32 are 512 MB.
_LOGITS = _STATES = 2**27
Row = Sequence[int]


@dataclass(frozen=True)
class Weights:
    """An opened model with its tokenizer, and how it is asked.

    Parameters
    ----------
    generator : Generator
        A generator of transformers.
    protocol : Protocol

    Raises
    ------
    ConfigError
        If the generator does not hold its weights in this process.
    """

    generator: Generator
    protocol: Protocol

    def __post_init__(self) -> None:
        inside = getattr(self.generator, "model", None)
        if not (hasattr(inside, "get_input_embeddings") and hasattr(self.generator, "tokenizer")):
            raise ConfigError(
                f"`model` {self.generator.name}: this selector looks inside the model, which only "
                "the engine transformers allows, in this process; leave `server`, `engine` and "
                "`ray` out"
            )

    @property
    def model(self) -> Any:
        """The model of transformers."""
        return self.generator.model  # type: ignore[attr-defined]

    @property
    def tokenizer(self) -> Any:
        """Its tokenizer."""
        return self.generator.tokenizer  # type: ignore[attr-defined]

    def prompts(self, samples: Sequence[Sample]) -> list[list[int]]:
        """Return the token ids of the prompts, as the model is asked them."""
        asked = [self.asked(sample) for sample in samples]
        return encode_begun(asked, self.tokenizer, self.protocol.chat_template_kwargs)

    def asked(self, sample: Sample) -> Prompt:
        """Return what the model is asked for a sample."""
        return self.protocol.prompt(sample)

    def sees(self, sample: Sample) -> bool:
        """Whether the model can be shown all of a sample; a model of texts sees no images."""
        return not sample.images or sees_images(self.model.config)

    def shown(self, sample: Sample) -> tuple[list[int], Mapping[str, Any]]:
        """Return the token ids of a sample's prompt, and what the model takes beside them.

        That is nothing for a text, and tensors for images.
        """
        if not sample.images:
            return self.prompts([sample])[0], {}
        inputs = encode_with_images(
            self.asked(sample),
            self.generator.processor,  # type: ignore[attr-defined]
            self.protocol.chat_template_kwargs,
        )
        return list(inputs.pop("input_ids")), inputs

    def empty_prompt(self) -> list[int]:
        """Return the token ids of a prompt around a problem without words."""
        return encode_begun(
            [self.protocol.prompt(Question("", ()))],
            self.tokenizer,
            self.protocol.chat_template_kwargs,
        )[0]

    def tokens(self, text: str) -> list[int]:
        """Return the token ids of a text that continues another."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    @property
    def beginning(self) -> list[int]:
        """The token that opens a text of its own: beginning or end of text; empty without any."""
        for token in (self.tokenizer.bos_token_id, self.tokenizer.eos_token_id):
            if token is not None:
                return [int(token)]
        return []

    def surprisals(self, rows: Sequence[Row], starts: Sequence[int]) -> list["numpy.ndarray"]:
        """Return -log p in nats of each token of each row from its start on, given those before.

        Parameters
        ----------
        rows : sequence of sequence of int
        starts : sequence of int
            At least 1 each: the first token has none before it.
        """
        import numpy as np

        found: list[numpy.ndarray] = [np.zeros(0)] * len(rows)

        def read(place: int, logits: Any, states: Any) -> None:
            start, row = starts[place], rows[place]
            if start < len(row):
                log_p = logits[start - 1 : len(row) - 1].log_softmax(-1)
                said = log_p[range(len(row) - start), list(row[start:])]
                found[place] = -said.double().cpu().numpy()

        self._read(rows, read, logits=True)
        return found

    def states(self, rows: Sequence[Row], pick: Callable[[int, Any], Any]) -> list[Any]:
        """Return what `pick` takes of the last hidden states of each row.

        Parameters
        ----------
        pick : callable
            From the place of a row and its states, tensor of shape (tokens, dimensions).
        """
        found: list[Any] = [None] * len(rows)

        def read(place: int, logits: Any, states: Any) -> None:
            found[place] = pick(place, states).double().cpu().numpy()

        self._read(rows, read, logits=False)
        return found

    def both(self, rows: Sequence[Row], read: Callable[[int, Any, Any], None]) -> None:
        """Call `read` with the place of each row, its logits and its last hidden states."""
        self._read(rows, read, logits=True)

    def attentions(
        self,
        rows: Sequence[Row],
        read: Callable[[int, Any], None],
        beside: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Call `read` with the place of each row and the attention of the last layer.

        Parameters
        ----------
        read : callable
            From the place of a row and a tensor of shape (tokens, tokens), mean over heads, whose
            rows add to 1.
        beside : sequence of mapping, optional
            What the model takes beside each row, see `shown`.
        """
        import torch

        device = self.model.get_input_embeddings().weight.device
        before = self.model.config._attn_implementation
        self.model.set_attn_implementation("eager")  # others do not give them away
        try:
            for place, row in enumerate(rows):
                more = {
                    name: value.to(device) if hasattr(value, "to") else value
                    for name, value in (beside[place] if beside else {}).items()
                }
                with torch.no_grad():
                    out = self.model(
                        input_ids=torch.tensor([list(row)], device=device),
                        output_attentions=True,
                        use_cache=False,
                        logits_to_keep=1,
                        **more,
                    )
                read(place, out.attentions[-1][0].float().mean(0))
        finally:
            self.model.set_attn_implementation(before)

    def embeddings(self, samples: Sequence[Sample]) -> "numpy.ndarray":
        """Return the mean of the last hidden states over each prompt, shape (n, dimensions)."""
        import numpy as np

        return np.stack(self.states(self.prompts(samples), lambda _, states: states.mean(0)))

    def _read(
        self, rows: Sequence[Row], read: Callable[[int, Any, Any], None], *, logits: bool
    ) -> None:
        import torch

        device = self.model.get_input_embeddings().weight.device
        config = self.model.config.get_text_config()
        size = config.vocab_size if logits else 1
        # The states of all layers are held until the batch is read.
        width = config.hidden_size * (config.num_hidden_layers + 1)
        budget = min(_LOGITS // size, _STATES // width)
        for places in _batches([len(row) for row in rows], budget):
            longest = max(len(rows[place]) for place in places)
            ids = torch.zeros((len(places), longest), dtype=torch.long)
            mask = torch.zeros_like(ids)
            for line, place in enumerate(places):
                ids[line, : len(rows[place])] = torch.tensor(list(rows[place]))
                mask[line, : len(rows[place])] = 1
            with torch.no_grad():
                out = self.model(
                    input_ids=ids.to(device),
                    attention_mask=mask.to(device),
                    output_hidden_states=True,
                    use_cache=False,
                    **({} if logits else {"logits_to_keep": 1}),
                )
                for line, place in enumerate(places):
                    n = len(rows[place])
                    told = out.logits[line, :n].float() if logits else None
                    read(place, told, out.hidden_states[-1][line, :n].float())


def _batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield places of rows of about equal length, at most `budget` tokens a batch, or one row."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    while order:
        rows = max(1, budget // max(lengths[order[0]], 1))
        yield order[:rows]
        order = order[rows:]
