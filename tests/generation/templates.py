"""Chat templates put together from parts, and a tokenizer that has them.

The parts are what templates in use differ in: how a turn is opened and closed, whether a system
message is taken, whether a switch changes the prompt, and whether the answer's turn is opened.
"""

from dataclasses import dataclass
from typing import Any

SWITCH = "enable_thinking"


@dataclass(frozen=True)
class ChatTemplate:
    """One way to write a conversation.

    Parameters
    ----------
    opening : str
        Before a turn, with ``{role}`` in it or empty.
    closing : str
        After a turn.
    switch : bool
        Whether ``enable_thinking=False`` writes an empty thought before the answer.
    opens : bool
        Whether the answer's turn is opened when asked for.
    """

    opening: str = "<|im_start|>{role}\n"
    closing: str = "<|im_end|>"
    gap: str = "\n"
    switch: bool = False
    opens: bool = True

    @property
    def text(self) -> str:
        """The template in Jinja."""

        def quoted(text: str) -> str:
            return repr(text)

        role = quoted(self.opening).replace("{role}", "' + m['role'] + '")
        said = f"{{% for m in messages %}}{{{{ {role} + m['content'] }}}}"
        # Left out where the last message is to be continued: transformers cuts there itself.
        said += f"{{{{ {quoted(self.closing + self.gap)} }}}}{{% endfor %}}"
        if not self.opens:
            return said
        answer = quoted(self.opening).replace("{role}", "assistant")
        thought = (
            f"{{% if {SWITCH} is defined and not {SWITCH} %}}{{{{ '<no>' }}}}{{% endif %}}"
            if self.switch
            else ""
        )
        return f"{said}{{% if add_generation_prompt %}}{{{{ {answer} }}}}{thought}{{% endif %}}"


ENDS = ("<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<|endoftext|>")


def templates(**fixed: object) -> Any:
    """Return a hypothesis strategy of templates, with some parts fixed."""
    from hypothesis import strategies as st  # not where vLLM is

    parts = {
        "opening": st.sampled_from(
            ["<|im_start|>{role}\n", "[{role}] ", "{role}: ", "<|im_start|>{role}<|sep|>"]
        ),
        "closing": st.sampled_from(ENDS),
        "gap": st.sampled_from(["", "\n", "\n\n"]),
        "switch": st.booleans(),
    }
    parts |= {name: st.just(value) for name, value in fixed.items()}
    return st.builds(ChatTemplate, **parts)


def tokenizer_with(template: ChatTemplate | None, end: str = "<|endoftext|>"):
    """Return a tokenizer of single characters with special tokens and that template."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    from .tiny_model import CHARACTERS

    specials = ["<pad>", "<unk>", *ENDS, "<|im_start|>", "<|sep|>", "<no>"]
    vocabulary = {token: index for index, token in enumerate([*specials, *CHARACTERS, "|"])}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    inner.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        unk_token="<unk>",
        eos_token=end,
        additional_special_tokens=[token for token in specials[2:] if token != end],
        padding_side="left",
    )
    if template is not None:
        tokenizer.chat_template = template.text
    return tokenizer
