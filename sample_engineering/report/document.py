"""A whole page around its parts: one file, nothing loaded, and at most our own script in it.

What is shown was written by models and strangers. The policy of a page therefore names the one
script that may run by its hash, or none, and forbids it to make markup or code of text (trusted
types), so that a text that got into the page as markup all the same would still be dead.
"""

import base64
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from sample_engineering.markup import Markup, tag

_POLICY = (
    # Images are small copies within the page, see `images`.
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)
# The script may take no text for markup or for code, whatever a library in it would like to do.
_TRUSTED = "require-trusted-types-for 'script'; trusted-types 'none'"
_STYLE, _EXPLORER_STYLE, _SCRIPT = "style.css", "explorer.css", "page.js"


def whole_page(
    title: str, main: Iterable[object], footer: object, *, interactive: bool = False
) -> str:
    """Return a page with the house's style around its parts.

    Parameters
    ----------
    title : str
        Escaped here, as everything that is not `Markup`.
    main : iterable
        Elements, as `markup.tag` takes them.
    footer : object
        An element or text.
    interactive : bool
        Whether the script is among them, which brings tables of `explorer` to life. Without it no
        script runs at all.
    """
    policy = page_policy() if interactive else _POLICY
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(_file(_STYLE) + (_file(_EXPLORER_STYLE) if interactive else ""))),
    )
    body = tag(
        "body",
        tag("a", "To the content", href="#content", class_="skip"),
        tag("main", list(main), id="content", tabindex="-1"),
        tag("footer", footer),
        tag("script", Markup(page_script())) if interactive else None,
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def page_policy() -> str:
    """Return the content-security policy of an interactive page, the most that any of ours may."""
    return f"{_POLICY}; script-src '{script_hash()}'; {_TRUSTED}"


def house_style() -> str:
    """Return the style of all pages."""
    return _file(_STYLE)


def page_script() -> str:
    """The script as it is built from ``web/`` by ``make web``."""
    return _file(_SCRIPT)


def script_hash() -> str:
    """How a content-security policy names the script."""
    digest = hashlib.sha256(page_script().encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
