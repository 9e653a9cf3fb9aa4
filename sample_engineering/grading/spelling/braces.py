"""Wrappers with braces that may hold braces themselves."""

import re

_WRAPPER = re.compile(r"\\text ?\{")


def unwrapped(text: str) -> str:
    r"""Text without its ``\text{...}`` wrappers; what they hold stays, with its own braces."""
    start = _WRAPPER.search(text)
    while start is not None:
        depth, end = 1, start.end()
        while end < len(text) and depth:
            depth += (text[end] == "{") - (text[end] == "}")
            end += 1
        if depth:
            break
        # A space keeps "^\\circ" and the C that was wrapped apart.
        text = f"{text[: start.start()]} {text[start.end() : end - 1]}{text[end:]}"
        start = _WRAPPER.search(text, start.start())
    return text
