"""Answers that must be JSON of a given shape, from models that may not keep to it."""

import json
from collections.abc import Mapping
from typing import Any

from sample_engineering.generation.protocol import Prompt

# Longer texts are not searched for JSON: nothing that is asked for here comes near it.
MAX_JSON_CHARS = 200_000


def read_json(text: str) -> Any:
    """Return the JSON value that `text` holds, alone, in a code fence or after a reasoning block.

    Raises
    ------
    ValueError
        If there is none, it is larger than `MAX_JSON_CHARS`, nested too deeply, repeats a key,
        or holds a number that is not finite.
    """
    if len(text) > MAX_JSON_CHARS:
        raise ValueError(f"{len(text)} characters are more than {MAX_JSON_CHARS}")
    body = text.rpartition("</think>")[2].strip()
    if body.startswith("```"):
        body = body.removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    try:
        return _load(body)
    except ValueError:
        start, end = body.find("{"), body.rfind("}")
        if start < 0 or end < start or (start == 0 and end == len(body) - 1):
            raise
        return _load(body[start : end + 1])


def _load(text: str) -> Any:
    try:
        return json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=unique
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise ValueError(f"{text[:30]} is not finite")
    return value


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, whose keys must differ; for ``object_pairs_hook``."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key occurs twice")
    return value


def schema_problem(value: Any, schema: Mapping[str, Any]) -> str | None:
    """Return why `value` does not satisfy the JSON schema, or None if it does."""
    from importlib import import_module

    jsonschema = import_module("jsonschema")  # ships no types

    validator = jsonschema.Draft202012Validator(dict(schema))
    error = next(iter(validator.iter_errors(value)), None)
    if error is None:
        return None
    place = "/".join(str(part) for part in error.absolute_path) or "the answer"
    return f"{place}: {error.message[:200]}"


def text_problem(text: str, schema: Mapping[str, Any]) -> str | None:
    """Return why `text` is not JSON that satisfies the schema, or None if it is."""
    try:
        value = read_json(text)
    except ValueError as error:
        return f"not JSON: {str(error)[:200]}"
    return schema_problem(value, schema)


def with_schema(prompt: Prompt, schema: Mapping[str, Any]) -> Prompt:
    """Return the prompt with the schema spelt out, for servers that do not enforce it."""
    request = (
        "\n\nAnswer with one JSON object and nothing else. It must satisfy this JSON schema:\n"
        + json.dumps(schema, ensure_ascii=False)
    )
    if isinstance(prompt, str):
        return prompt + request + "\n"
    messages = [dict(message) for message in prompt]
    for message in reversed(messages):
        if message["role"] == "user":
            content = message["content"]
            more: Any = request if isinstance(content, str) else [{"type": "text", "text": request}]
            message["content"] = content + more
            return messages
    return [*messages, {"role": "user", "content": request.strip()}]
