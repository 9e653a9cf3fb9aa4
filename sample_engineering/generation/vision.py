"""Prompts with images: in messages as OpenAI's wire has them, and as a processor takes them.

An image stands in a prompt as ``{"type": "image_url", "image_url": {"url": "data:..."}}``: so it
goes over the wire, into journals and caches, and to worker processes, without further ado.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sample_engineering.errors import GenerationError
from sample_engineering.extras import require
from sample_engineering.generation.asking import Loading
from sample_engineering.generation.protocol import Prompt
from sample_engineering.images import Image

_KEY_WORDS = 4  # numbers of 16 bits that stand for the images of a prompt in its key


def images_in(prompt: Prompt) -> list[Image]:
    """Return the images of a prompt, in their order."""
    if isinstance(prompt, str):
        return []
    return [
        Image.of(part["image_url"]["url"])
        for message in prompt
        if isinstance(message["content"], list | tuple)
        for part in message["content"]
        if part["type"] == "image_url"
    ]


def for_processor(prompt: Prompt, images: Sequence[Image] | None = None) -> list[dict[str, Any]]:
    """Return a chat as processors take it, each content in parts, images decoded.

    Parameters
    ----------
    prompt : chat
    images : sequence of Image, optional
        Those of the prompt, see `images_in`; without them their parts are places only, as TRL
        fills them.
    """
    assert not isinstance(prompt, str)
    found = []
    waiting = None if images is None else iter(images)
    for message in prompt:
        content: Any = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        found.append({**message, "content": [_part(part, waiting) for part in parts]})
    return found


def _part(part: Mapping[str, Any], images: Iterator[Image] | None) -> dict[str, Any]:
    if part["type"] != "image_url":
        return dict(part)
    if images is None:
        return {"type": "image"}
    return {"type": "image", "image": next(images).picture()}


def image_words(images: Sequence[Image]) -> list[int]:
    """Return numbers that stand for the images of a prompt, since their tokens are all alike."""
    digest = blake2b(digest_size=2 * _KEY_WORDS)
    for image in images:
        digest.update(image.digest.encode())
    whole = digest.digest()
    return [int.from_bytes(whole[at : at + 2], "big") for at in range(0, len(whole), 2)]


def sees_images(config: Any) -> bool:
    """Whether a configuration of transformers is that of a vision-language model."""
    return getattr(config, "vision_config", None) is not None


def auto_model(config: Any) -> Any:
    """Return the class of transformers that makes a model of a configuration."""
    transformers = require("transformers", "train")
    kind = "AutoModelForImageTextToText" if sees_images(config) else "AutoModelForCausalLM"
    return getattr(transformers, kind)


def load_processor(path: str | os.PathLike[str], loading: Loading | None = None) -> Any:
    """Load the processor of a vision-language model; GenerationError where there is none."""
    transformers = require("transformers", "train")
    require("PIL.Image", "images")
    try:
        found = transformers.AutoProcessor.from_pretrained(
            os.fspath(path), **(loading or Loading()).tokenizer_kwargs
        )
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise GenerationError(
            f"cannot load the processor of {path}, which images need: {reason}"
        ) from error
    if getattr(found, "image_processor", None) is None:
        raise GenerationError(f"{path} has no processor of images; use a vision-language model")
    if not getattr(found, "chat_template", None):
        found.chat_template = found.tokenizer.chat_template
    if not found.chat_template:
        raise GenerationError(
            f"the processor of {path} has no chat template, which says where images stand; add one"
        )
    found.tokenizer.padding_side = "left"
    if found.tokenizer.pad_token_id is None:
        found.tokenizer.pad_token = found.tokenizer.eos_token
    return found


def encode_with_images(
    prompt: Prompt,
    processor: Any,
    chat_template_kwargs: Mapping[str, Any] | None = None,
    images: Sequence[Image] | None = None,
) -> dict[str, Any]:
    """Return the inputs of one prompt: ``input_ids`` (list of int) and tensors for its images.

    `images` are those of the prompt, for whoever has opened them already.
    """
    begun = not isinstance(prompt, str) and bool(prompt) and prompt[-1]["role"] == "assistant"
    told: dict[str, Any] = (
        {"continue_final_message": True} if begun else {"add_generation_prompt": True}
    )
    try:
        inputs = processor.apply_chat_template(
            for_processor(prompt, images_in(prompt) if images is None else images),
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **told,
            **dict(chat_template_kwargs or {}),
        )
    except Exception as error:  # its template may be hostile, and raise anything
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise GenerationError(f"the processor refuses a prompt with images: {reason}") from error
    found = dict(inputs)
    found["input_ids"] = found["input_ids"][0].tolist()
    found.pop("attention_mask", None)  # one prompt has no padding
    return found
