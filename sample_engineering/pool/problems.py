"""The problem of a record, also from an instruction and its input, a story, a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.images import MARKER
from sample_engineering.pool.names import seen, squashed
from sample_engineering.pool.turns import written_out
from sample_engineering.pool.written import unpacked

PROBLEM_NAMES = (
    *("problem", "question", "prompt", "messages", "problemtext", "questiontext"),
    *("problemstatement", "query", "instruction", "conversations", "conversation"),
    *("contextmessages", "dialog", "dialogue", "chat", "rawproblem", "rawquestion"),
    *("originalquestion", "originalproblem", "questioncontent", "problemdescription", "stem"),
    *("questionstem", "statement", "puzzle", "exercise", "goal", "riddle", "questionbody"),
    *(
        "sourceprompt",
        "userprompt",
        "taskprompt",
        "input",
        "inputtext",
        "inputs",
        "task",
        "context",
        "ctx",
        "ques",
        "quest",
        "q",
        "squestion",
        "user",
        "human",
        "usermessage",
        "sentence",
        "text",
        "chosen",  # of a pair of preferences, both of which begin with the question
    ),
)
# Texts that come before a question and without which it cannot be answered.
BODY_NAMES = (
    "body",
    "context",
    "passage",
    "story",
    "background",
    "paragraph",
    "article",
    "scenario",
)
# Fields within an object that stands in a problem's place.
_WITHIN = ("problem", "question", "stem", "text", "content", "prompt", "value")
IMAGE_PARTS = ("image", "imageurl", "inputimage")  # squashed `type` of a part of a message
_ROLES = ("role", "from", "speaker")
_CONTENTS = ("content", "value", "text")
_ASKS = ("user", "human", "prompter")
_TELLS = ("assistant", "gpt", "model", "bot", "chatgpt")


@dataclass(frozen=True, slots=True)
class Asked:
    """A problem that was found.

    Parameters
    ----------
    text : str
    told : str
        What the assistant says to it in the conversation; empty where there is none.
    gold : Any
        A ``ground_truth`` that stands in the conversation (Open-Reasoner-Zero); else None.
    unwrapped : bool
        Whether it stood in a conversation that a chat template wrote out.
    """

    text: str
    told: str = ""
    gold: Any = None
    unwrapped: bool = False


def read_problem(value: Any) -> Asked | None:
    """Read a value as a problem: text, a conversation, or an object that holds either."""
    if isinstance(value, str):
        bare = seen(value)
        if not bare:
            return None
        if bare[0] in "[{":
            inner = unpacked(bare)
            found = None if isinstance(inner, str) else read_problem(inner)
            if found is not None:
                return found
        turns = written_out(value)
        return Asked(value) if turns is None else Asked(*turns, unwrapped=True)
    if isinstance(value, Mapping):
        by_name = {squashed(str(key)): inner for key, inner in reversed(list(value.items()))}
        for name in _WITHIN:
            if name in by_name:
                found = read_problem(by_name[name])
                if found is not None:
                    return found
        return None
    if isinstance(value, list | tuple):
        return _of_conversation(value)
    return None


def _of_conversation(turns: Sequence[Any]) -> Asked | None:
    if len(turns) == 1 and isinstance(turns[0], list | tuple):
        turns = turns[0]
    asked, told, gold = "", "", None
    for turn in turns:
        if not isinstance(turn, Mapping):
            return None
        role = next((turn[key] for key in _ROLES if isinstance(turn.get(key), str)), "")
        text = _said(next((turn[key] for key in _CONTENTS if turn.get(key) is not None), None))
        if role.lower() in _ASKS:
            if text.strip():
                asked, told, gold = text, "", None
        elif role.lower() in _TELLS:
            told = text or told
            gold = turn.get("ground_truth", gold)
    return Asked(asked, told, gold) if asked else None


def _said(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list | tuple):  # parts of text and images
        parts = [_part(part) for part in content if isinstance(part, Mapping)]
        while parts and parts[0] == MARKER:  # images before the text need no marker
            parts.pop(0)
        return "\n".join(part for part in parts if part)
    return ""


def _part(part: Mapping[str, Any]) -> str:
    text, kind = part.get("text"), part.get("type")
    if isinstance(text, str):
        return text
    return MARKER if isinstance(kind, str) and squashed(kind) in IMAGE_PARTS else ""


def told_in(value: Any) -> str:
    """Return what the assistant says last in turns that ask nothing, as TRL's completions."""
    told = ""
    for turn in value if isinstance(value, list | tuple) else (value,):
        if isinstance(turn, Mapping):
            role = next((turn[key] for key in _ROLES if isinstance(turn.get(key), str)), "")
            content = next((turn[key] for key in _CONTENTS if turn.get(key) is not None), None)
            if role.lower() in _TELLS:
                told = _said(content) or told
    return told


def with_body(text: str, bodies: Sequence[Any]) -> str:
    """Put what a question rests on before it, unless it is there already."""
    before = [
        body.strip()
        for body in bodies
        if isinstance(body, str) and body.strip() and body.strip() not in text
    ]
    return "\n\n".join([*before, text]) if before else text
