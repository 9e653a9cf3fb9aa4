"""The microcosm's tokenizer: whole words, single digits, and bytes for everything else.

Tokens keep their leading space, so decoding gives back the very text. The vocabulary is what the
dialect can write; any other text falls back to bytes.
"""

import re
from typing import TYPE_CHECKING, Any

from sample_engineering.extras import require
from sample_engineering.microcosm.authors import VOICES
from sample_engineering.synthesis.compact import templates
from sample_engineering.synthesis.compact.arithmetic import ARITHMETIC
from sample_engineering.synthesis.compact.problem import LINK_NAMES

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

END, PAD, UNKNOWN = "<end>", "<pad>", "<unknown>"
SEPARATOR = "\n"  # between problem and solution
LONGEST_WORD = 100_000  # bytes; the word piece model gives up on longer words
# A word, a digit, the box, any other sign, each with its leading space; line ends and spaces alone.
PIECE = r" ?\\boxed\{| ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]|\s"
# One message is the problem; what follows the separator is the solution.
CHAT_TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'assistant' %}"
    "{{ message['content'] + '" + END + "' }}{% else %}{{ message['content'] + '\\n' }}"
    "{% endif %}{% endfor %}"
)


def vocabulary() -> list[str]:
    """Return the dialect's tokens, sorted: words of the templates and authors, digits, signs."""
    texts = [
        text
        for template in templates()
        for phrasing in template.phrasings
        for text in (phrasing.statement, phrasing.quantity)
    ]
    texts += [arithmetic.pattern for arithmetic in ARITHMETIC.values()]
    texts += [f"1 = {arithmetic.method} (1" for arithmetic in ARITHMETIC.values()]
    texts += [voice.opener[0] for voice in VOICES.values()]
    texts += [
        "find it.",
        "\\boxed{{1}}",
        "the answer is 1. \\boxed{{1}}; 1 = (1 + 1) - 1 * 1 / 1 = 1 % 1 ^ 1",
    ]
    texts += [f"{name} is it. is {name} it." for name in LINK_NAMES]
    # A sentence may open a text or follow another one.
    texts += [f" {text}" for text in texts]
    pieces = {piece for text in texts for piece in re.findall(PIECE, _filled(text))}
    digits = {mark + digit for mark in ("", " ") for digit in "0123456789"}
    return sorted(pieces | digits | {SEPARATOR})


def _filled(text: str) -> str:
    """Put a number in every place that a template leaves open."""
    return re.sub(r"\{\w*\}", "1", text.replace("{{", "\0").replace("}}", "}")).replace("\0", "{")


def make_tokenizer() -> "PreTrainedTokenizerFast":
    """Build the tokenizer.

    Raises
    ------
    MissingExtraError
        If transformers is not installed.
    """
    transformers = require("transformers", "train")
    tokenizers = require("tokenizers", "train")
    encode = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    ids: dict[str, int] = {END: 0, PAD: 1, UNKNOWN: 2}
    for word in vocabulary():
        ids.setdefault(encode.pre_tokenize_str(word)[0][0], len(ids))
    for symbol in sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()):
        ids.setdefault(symbol, len(ids))
    model: Any = tokenizers.models.WordPiece(
        vocab=ids,
        unk_token=UNKNOWN,
        continuing_subword_prefix="",
        max_input_chars_per_word=LONGEST_WORD,
    )
    backend = tokenizers.Tokenizer(model)
    backend.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Split(tokenizers.Regex(PIECE), "isolated"),
            encode,
        ]
    )
    backend.decoder = tokenizers.decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=backend,
        eos_token=END,
        pad_token=PAD,
        clean_up_tokenization_spaces=False,
        padding_side="left",
        model_max_length=512,
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer
