"""The pages of the viewer: the list of what a folder holds, and the frame around one of them."""

import base64
import hashlib
import time
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from sample_engineering.markup import Markup, foreign, tag
from sample_engineering.report.document import house_style
from sample_engineering.report.parts import badge, scrolling
from sample_engineering.viewing.shelf import RUNNING, SILENT, Shown

_BASE = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STATES = {RUNNING: "unsure", SILENT: "bad", "failed": "bad", "refused": "bad",
           "interrupted": "unsure", "finished": "unasked"}  # fmt: skip
_WORDS = {SILENT: "running, but silent", "written": "page"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LONGEST = 400  # characters of a text of a run
INDEX, FRAME = "index.js", "frame.js"


def policy(script: str) -> str:
    """Return the content-security policy of a page with one of our scripts."""
    digest = base64.b64encode(hashlib.sha256(script_text(script).encode("utf-8")).digest())
    return (
        f"{_BASE}; script-src 'sha256-{digest.decode('ascii')}'; connect-src 'self'; "
        "frame-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'"
    )


@cache
def script_text(name: str) -> str:
    """Return one of the two scripts."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def entry_record(entry: Shown) -> dict[str, Any]:
    """Return an entry as the scripts read it: texts, and where its page is."""
    about = " on ".join(filter(None, (entry.sample, entry.model)))
    state = _WORDS.get(entry.state, entry.state)
    return {
        "name": entry.name,
        "href": None if entry.state == "refused" else f"/{entry.kind}/{quote(entry.name)}",
        "state": state,
        "tone": entry.tone or _STATES.get(entry.state, "unasked"),
        "verdict": foreign(entry.verdict, _LONGEST),
        "about": foreign(about, _LONGEST),
        "told": _told(entry),
        "changed": entry.changed,
        "mark": entry.mark,
    }


def _told(entry: Shown) -> str:
    said = _WORDS.get(entry.state, entry.state)
    return f"{said}: {foreign(entry.verdict, _LONGEST)}" if entry.verdict else said


def number_of(entries: Iterable[Shown]) -> str:
    """Return how many runs and pages there are, in words."""
    kinds = [entry.kind for entry in entries]
    runs, pages = kinds.count("run"), kinds.count("page")
    going = sum(entry.state == RUNNING for entry in entries)
    said = f"{runs:,} run{'s' * (runs != 1)}, {going:,} of them going on"
    return f"{said}; {pages:,} page{'s' * (pages != 1)}" if pages else said


def index_page(folder: str, entries: list[Shown]) -> str:
    """Render the list of what a folder holds."""
    now = time.time()
    rows = [_row(entry_record(entry), now) for entry in entries]
    heads = ("run or page, and its verdict", "state, and when it was written")
    head = tag("tr", [tag("th", name, scope="col") for name in heads])
    table = tag(
        "table",
        tag("caption", "Runs and pages", class_="unseen"),
        tag("thead", head),
        tag("tbody", rows),
        id="runs",
    )
    empty = None
    if not entries:
        empty = tag("p", "Nothing yet: a run appears here when se validate begins it.")
    title = f"Runs in {foreign(folder, 200)}"
    return _document(
        title,
        tag(
            "main",
            tag(
                "header",
                tag("h1", title),
                tag(
                    "p",
                    tag("span", number_of(entries), id="number"),
                    " · ",
                    tag("span", "as of now; reload to see what is new", id="live", role="status"),
                    class_="soft",
                ),
            ),
            tag("section", scrolling(table, "Runs and pages"), empty, aria_label="Runs and pages"),
        ),
        INDEX,
    )


def _row(entry: dict[str, Any], now: float) -> Markup:
    name = foreign(entry["name"], _LONGEST)
    link = tag("a", name, href=entry["href"]) if entry["href"] else name
    about = tag("span", entry["about"], class_="under") if entry["about"] else None
    verdict = tag("span", entry["verdict"], class_="verdict-line") if entry["verdict"] else None
    return tag(
        "tr",
        tag("th", link, about, verdict, scope="row"),
        tag(
            "td",
            badge(entry["state"], entry["tone"]),
            tag("span", f"{_age(now - entry['changed'])} ago", class_="under"),
        ),
        data_name=entry["name"],
    )


def _age(seconds: float) -> str:
    for limit, unit, name in ((_MINUTE, 1, "s"), (_HOUR, _MINUTE, "min"), (_DAY, _HOUR, "h")):
        if seconds < limit:
            return f"{max(0, int(seconds // unit))} {name}"
    return f"{int(seconds // _DAY)} d"


def frame_page(entry: Shown) -> str:
    """Render the frame around the page of a run, which follows the run."""
    name = foreign(entry.name, 200)
    bar = tag(
        "header",
        tag("a", "All runs", href="/"),
        tag("h1", name),
        tag("span", _told(entry), id="state", role="status"),
        class_="bar",
    )
    frame = tag(
        "iframe",
        src=f"/inside/{entry.kind}/{quote(entry.name)}",
        title=f"Page of {name}",
        data_name=entry.name,
        data_mark=entry.mark,
    )
    return _document(name, [bar, tag("main", frame)], FRAME, class_="framed")


def _document(title: str, body: object, script: str, class_: str | None = None) -> str:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", Markup(house_style() + script_text("viewer.css"))),
    )
    ending = tag("script", Markup(script_text(script)))
    page = tag("html", head, tag("body", body, ending, class_=class_), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"
