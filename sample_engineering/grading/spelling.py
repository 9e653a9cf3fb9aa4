"""One normal spelling for the many ways to write the same answer."""

import re

_DROP = re.compile(r"\\left(?![a-zA-Z])|\\right(?![a-zA-Z])|\\[,!;: ]|\$|~|\s+|\^\{?\\circ\}?")
_FRAC = re.compile(r"\\[dtc]frac")


def plain(text: str) -> str:
    """Normal spelling of an answer."""
    text = text.strip()
    if text.isalnum():
        return text
    text = _FRAC.sub(r"\\frac", text.replace("\u2212", "-"))
    text = re.sub(r"\\(?:text|mathrm|textbf|mathbf|mbox)\{([^{}]*)\}", r"\1", text)
    return _DROP.sub("", text).rstrip(".")
