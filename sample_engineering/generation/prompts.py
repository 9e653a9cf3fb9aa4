"""From a problem to the token ids a model reads: templates, and the tokenizer's chat template.

A *plain* template is continued as it stands; every other template is a chat, which goes through the
tokenizer's own chat template, or, where it has none, is continued as its messages joined by blank
lines. Training and evaluation use the same two functions, so before, during and after agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sample_engineering.errors import ConfigError, GenerationError, SampleEngineeringError
from sample_engineering.generation.chat_template import check_template_kwargs
from sample_engineering.generation.protocol import Prompt
from sample_engineering.images import MARKER, Image, parts_of
from sample_engineering.registry import suggestion


class Posed(Protocol):
    """What can be put to a model: a text, and what it shows; a `Sample` is one.

    Prompts are made of nothing less, so that nobody can ask a problem without its images.
    """

    @property
    def problem(self) -> str:
        """The text."""

    @property
    def images(self) -> Sequence[Image]:
        """The images, empty for none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A text to be put to a model that is no sample of its own.

    Parameters
    ----------
    problem : str
    images : tuple of Image
        Those that the text speaks of; has no default, since they are forgotten easily.
    """

    problem: str
    images: tuple[Image, ...]


PLAIN_PREFIX = "text:"  # a custom template that starts so is continued, not chatted with
_SLOT = "{problem}"
_NO_IMAGES = (
    "a problem shows images, and its images are not read here; use a vision-language model with "
    "the engine transformers, or a server"
)


@dataclass(frozen=True, slots=True)
class Template:
    """How a problem becomes a prompt.

    Parameters
    ----------
    user : str
        Text with the slot ``{problem}``.
    system : str, optional
        A system message before it.
    plain : bool
        Continue the text as it stands; there is then no system message.
    source : str, optional
        Where the wording comes from.
    """

    user: str
    system: str | None = None
    plain: bool = False
    source: str | None = None


TEMPLATES: dict[str, Template] = {
    "plain": Template(_SLOT, plain=True),
    "chat": Template(_SLOT),
    "boxed": Template(
        _SLOT + "\n\nPlease reason step by step, and put your final answer within \\boxed{}.",
    ),
    "qwen-math": Template(
        _SLOT,
        system="Please reason step by step, and put your final answer within \\boxed{}.",
        source="model card of Qwen2.5-Math",
    ),
    "one-shot-rlvr": Template(
        _SLOT + " Let's think step by step and output the final answer within \\boxed{}.",
        source="arXiv 2504.20571, appendix on prompts",
    ),
    "open-reasoner-zero": Template(
        "A conversation between User and Assistant. The User asks a question, and the Assistant "
        "solves it. The Assistant first thinks about the reasoning process in the mind and then "
        "provides the User with the answer. The reasoning process is enclosed within <think> "
        "</think> and answer is enclosed within <answer> </answer> tags, respectively, i.e., "
        "<think> reasoning process here </think> <answer> answer here </answer>. User: You must "
        "put your answer inside <answer> </answer> tags, i.e., <answer> answer here </answer>. And "
        "your final answer will be extracted automatically by the \\boxed{} tag.\n"
        "This is the problem:\n" + _SLOT + "\nAssistant: <think>",
        plain=True,
        source="Open-Reasoner-Zero (arXiv 2503.24290), playground/zero_setting_base.py at e008f6d",
    ),
    "choice": Template(
        _SLOT
        + "\n\nPlease reason step by step, and put the letter of your choice within \\boxed{}.",
    ),
}


def template_named(template: str) -> Template:
    """Return the template called `template`, or one made of the text itself if it has the slot.

    Raises
    ------
    ConfigError
        If it is neither a known name nor a text with ``{problem}``.
    """
    if template in TEMPLATES:
        return TEMPLATES[template]
    if _SLOT in template:
        if template.startswith(PLAIN_PREFIX):
            return Template(template.removeprefix(PLAIN_PREFIX), plain=True)
        return Template(template)
    raise ConfigError(
        f"`template` {template!r} is no prompt template and has no {_SLOT} in it; "
        f"{suggestion(template, TEMPLATES)}"
    )


def resolved_template(template: str, system: str | None = None) -> Template:
    """Return a template with its system message replaced; see `render` for both.

    Raises
    ------
    ConfigError
        If the template is unknown, or has no place for a system message.
    """
    chosen = template_named(template)
    if system is None:
        return chosen
    if not isinstance(system, str):
        raise ConfigError(f"`system` {system!r} must be a text")
    if chosen.plain:
        raise ConfigError(
            f"`system` would be ignored: `template` {template!r} is continued as it stands, "
            "without a system message; leave one out"
        )
    return replace(chosen, system=system or None)


def render(
    posed: Posed,
    template: str = "plain",
    system: str | None = None,
    *,
    before: str = "",
) -> Prompt:
    """Put a problem with its images into a template.

    Parameters
    ----------
    posed : Posed
        A `Sample`, or a `Question`. Where it has images, see `images.parts_of`, the user's message
        consists of parts.
    template : str
        A name from `TEMPLATES`, or a text with the slot ``{problem}`` (a user message; with the
        prefix ``text:`` a text to continue).
    system : str, optional
        System message instead of the template's; empty for none, None for the template's.
    before : str
        Stands before the problem's text, where that does.

    Returns
    -------
    str or list of messages
        A text for a plain template, a chat otherwise.

    Raises
    ------
    ConfigError
        If the template is unknown, or has no place for a system message or for images.
    """
    chosen = resolved_template(template, system)
    problem, images = before + posed.problem, posed.images
    text = chosen.user.replace(_SLOT, problem)
    if chosen.plain:
        if images:
            raise ConfigError(
                f"`template` {template!r} is continued as text, which holds no images; use one "
                "for chats, e.g. boxed"
            )
        return text
    system_turn = [{"role": "system", "content": chosen.system}] if chosen.system else []
    content: Any = text
    if images:
        # Markers of the problem, not of the template's own words.
        start, _, end = chosen.user.partition(_SLOT)
        content = _wired(parts_of(problem, images), start, end)
    return [*system_turn, {"role": "user", "content": content}]


def _wired(parts: Sequence[Mapping[str, Any]], start: str, end: str) -> list[dict[str, Any]]:
    """Return parts of a message as the wire has them, between the template's words."""
    found: list[dict[str, Any]] = []
    for part in ({"type": "text", "text": start}, *parts, {"type": "text", "text": end}):
        if part["type"] == "image":
            found.append({"type": "image_url", "image_url": {"url": part["image"].uri}})
        elif found and found[-1]["type"] == "text":
            found[-1] = {"type": "text", "text": found[-1]["text"] + part["text"]}
        elif part["text"]:
            found.append(dict(part))
    return found


def has_images(prompt: Prompt) -> bool:
    """Whether a prompt shows an image."""
    return not isinstance(prompt, str) and any(
        isinstance(message["content"], list | tuple) for message in prompt
    )


def text_of(content: Any) -> str:
    """Return the text of a message's content; images leave their marker."""
    if isinstance(content, str):
        return content
    return "".join(part["text"] if part["type"] == "text" else MARKER for part in content)


def flatten(prompt: Prompt) -> str:
    """Return a prompt as one text: a chat's messages joined by blank lines, ending in one."""
    if isinstance(prompt, str):
        return prompt
    return "\n\n".join(text_of(message["content"]) for message in prompt) + "\n\n"


def for_tokenizer(prompt: Prompt, tokenizer: Any) -> Prompt:
    """Return `prompt` as the tokenizer can take it: a chat only if it has a chat template.

    Raises
    ------
    GenerationError
        If it shows images and would have to become one text.
    """
    if isinstance(prompt, str) or getattr(tokenizer, "chat_template", None):
        return prompt
    if has_images(prompt):
        raise GenerationError(_NO_IMAGES)
    return flatten(prompt)


def encode(
    prompt: Prompt, tokenizer: Any, chat_template_kwargs: Mapping[str, Any] | None = None
) -> list[int]:
    """Return the token ids of one prompt, ready for the model to continue."""
    return encode_all([prompt], tokenizer, chat_template_kwargs)[0]


@contextmanager
def template_of(tokenizer: Any) -> Iterator[None]:
    """Say in a line why a chat template cannot be rendered: it may be hostile, and raise anything.

    Raises
    ------
    GenerationError
    """
    try:
        yield
    except SampleEngineeringError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise GenerationError(
            f"the chat template of {getattr(tokenizer, 'name_or_path', '') or 'the model'} cannot "
            f"be rendered: {reason}; mend it, or take another model"
        ) from error


def encode_all(
    prompts: Sequence[Prompt],
    tokenizer: Any,
    chat_template_kwargs: Mapping[str, Any] | None = None,
) -> list[list[int]]:
    """Return the token ids of many prompts; texts are tokenized in one call.

    Parameters
    ----------
    prompts : sequence of str or chat
    tokenizer : tokenizer
    chat_template_kwargs : mapping, optional
        What the chat template is told besides the messages, see `Sampling`.

    Raises
    ------
    ConfigError
        If the chat template does not use what it is told, or the chats have none.
    """
    if any(map(has_images, prompts)):
        raise GenerationError(_NO_IMAGES)
    told = dict(chat_template_kwargs or {})
    if told and any(not isinstance(prompt, str) for prompt in prompts):
        check_template_kwargs(tokenizer, told)
    ready = [for_tokenizer(prompt, tokenizer) for prompt in prompts]
    texts = [index for index, prompt in enumerate(ready) if isinstance(prompt, str)]
    ids: list[list[int]] = [[] for _ in ready]
    if texts:
        encoded = tokenizer([ready[index] for index in texts])["input_ids"]
        for index, row in zip(texts, encoded, strict=True):
            ids[index] = list(row)
    for index, prompt in enumerate(ready):
        if not isinstance(prompt, str):
            with template_of(tokenizer):
                chat = tokenizer.apply_chat_template(
                    [dict(message) for message in prompt],
                    add_generation_prompt=True,
                    tokenize=True,
                    return_dict=True,
                    **told,
                )
            ids[index] = list(chat["input_ids"])
    return ids
