"""What the words of relations and scenes may hold, which may be a stranger's.

They become problems: texts that a model reads, a page shows and a terminal prints. Letters, signs
of punctuation and a little mathematics between dollars is all that they need.
"""

import re
import unicodedata
from collections.abc import Collection

_SLOT = re.compile(r"\{(\w+)\}")
_MATHEMATICS = re.compile(r"\$[^$]*\$")
_COMMAND = re.compile(r"\\([a-zA-Z]+|.)")
# What mathematics in a sentence may be written with.
_COMMANDS = frozenset(
    (
        *("le", "ge", "ne", "lt", "gt", "cdot", "times", "frac", "sqrt", "mathrm", "pm", "ln"),
        *("alpha", "beta", "gamma", "delta", "Delta", "epsilon", "varepsilon", "eta", "theta"),
        *("lambda", "mu", "pi", "rho", "sigma", "tau", "phi", "omega", "Omega", "circ", "log"),
        *(",", ";", " ", "{", "}"),
    )
)


def unfit(text: str, slots: Collection[str] | None = None) -> str | None:
    """Return what in a text may not stand there, and what to do; None if nothing.

    Parameters
    ----------
    text : str
    slots : collection of str, optional
        Names in braces that a value fills; without it braces are not looked at.
    """
    for sign in text:
        if unicodedata.category(sign).startswith("C"):
            return f"{sign!a} does not print; leave it out"
    for command in _COMMAND.findall(" ".join(_MATHEMATICS.findall(text))):
        if command not in _COMMANDS:
            return f"\\{command} is no command that a sentence needs; write it in words"
    words = _MATHEMATICS.sub("", text)
    for sign in ("$", "\\", "<", ">", "`"):
        if sign in words:
            return f"{sign!r} stands outside mathematics; write it in words, or between dollars"
    if slots is None:
        return None
    for name in _SLOT.findall(words):
        if name not in slots:
            return f"no value fills {{{name}}}; name one of the values, or leave it out"
    if match := re.search(r"[{}][^{}]{0,20}", _SLOT.sub("", words)):
        return f"a brace around what is no name of a value: {match[0]!r}"
    return None
