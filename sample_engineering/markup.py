"""Building HTML so that text can never become markup.

`tag` escapes every child that is not `Markup` already, and every attribute value. Completions and
sample texts come from models and files of strangers: they are shown, never interpreted.
"""

import html
import re
import unicodedata
from collections.abc import Iterable

# Characters that reorder the text around them (Unicode bidi overrides and isolates); kept out so
# that no completion can make another part of the page read differently.
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_REPLACED = re.compile(
    f"[{_BIDI}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufff9-\uffff]"
)
# More combining marks than any script needs; a pile of them would paint over its neighbours.
_PILE = 4
_VOID = frozenset({"meta", "br", "hr", "img", "line", "rect", "circle", "path", "polyline"})
# Longest text of a stranger that is shown in full, in characters.
LONGEST = 6000


class Markup(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """Build one element.

    Parameters
    ----------
    name : str
        Element name.
    *children
        Text (escaped), `Markup` (as it stands), numbers, lists of these; None is left out.
    **attributes
        Values are escaped; ``class_`` is ``class``, other underscores are hyphens; None is left
        out and True stands alone.
    """
    parts = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{escape(value)}"')
    opening = f"<{name}{''.join(parts)}"
    if name in _VOID:
        return Markup(f"{opening}/>")  # the slash closes SVG's elements; HTML ignores it
    return Markup(f"{opening}>{join(children)}</{name}>")


def join(children: Iterable[object]) -> Markup:
    """Join children, escaping those that are not `Markup`."""
    out = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            out.append(child)
        elif isinstance(child, list | tuple):
            out.append(join(child))
        else:
            out.append(escape(child))
    return Markup("".join(out))


def escape(value: object) -> Markup:
    """Escape text for an element or a quoted attribute."""
    return Markup(html.escape(_REPLACED.sub("\ufffd", str(value)), quote=True))


def harmless(text: object, longest: int = LONGEST) -> str:
    """Make a stranger's text harmless as data: as `foreign`, without what `escape` replaces."""
    return _REPLACED.sub("\ufffd", foreign(text, longest))


def foreign(text: object, longest: int = LONGEST) -> str:
    """Make a stranger's text harmless to look at: bounded, without piles of combining marks."""
    shown = str(text)
    cut = len(shown) - longest
    if cut > 0:
        head = longest * 2 // 3
        shown = f"{shown[:head]}\n[... {cut:,} characters left out ...]\n{shown[head + cut :]}"
    if shown.isascii():
        return shown
    out, pile = [], 0
    for character in shown:
        pile = pile + 1 if unicodedata.combining(character) else 0
        if pile <= _PILE:
            out.append(character)
    return "".join(out)
