"""A whole page around its parts: one file, nothing loaded, nothing that runs.

What is shown was written by models and strangers: the policy of a page forbids every script.
"""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from sample_engineering.markup import Markup, tag

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = "style.css"


def whole_page(title: str, main: Iterable[object], footer: object) -> str:
    """Return a page with the house's style around its parts.

    Parameters
    ----------
    title : str
        Escaped here, as everything that is not `Markup`.
    main : iterable
        Elements, as `markup.tag` takes them.
    footer : object
        An element or text.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(_file(_STYLE))),
    )
    body = tag(
        "body",
        tag("a", "To the content", href="#content", class_="skip"),
        tag("main", list(main), id="content", tabindex="-1"),
        tag("footer", footer),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


@cache
def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
