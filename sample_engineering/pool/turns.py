"""Conversations written out by a chat template: what the user says last, and what is replied.

A prompt that was stored as the model saw it would be put into the template a second time. Only a
text that is such a conversation from its first character is one: a problem may speak of the mark
``<|user|>``, or of people who say something.
"""

import re

# Where a turn of the user begins and where it ends, in the templates of model families.
MARKED = (
    (r"<\|im_start\|>\s*user\b\s*(?:<\|im_sep\|>)?\s*", r"<\|im_end\|>"),
    (r"<\|start_header_id\|>\s*user\s*<\|end_header_id\|>\s*", r"<\|eot_id\|>"),
    (r"<start_of_turn>\s*user\b\s*", r"<end_of_turn>"),
    (r"<\|start\|>user<\|message\|>", r"<\|end\|>"),
    (r"<\|USER_TOKEN\|>\s*", r"<\|END_OF_TURN_TOKEN\|>"),
    (r"<\|user\|>\s*", r"<\|(?:assistant|end|system)\|>|</s>"),
    (r"<[|｜]user[|｜]>\s*", r"<[|｜](?:assistant|end[^<>|｜]{0,40})[|｜]>"),
    (r"\[INST\](?:\s*<<SYS>>(?:(?!\[/INST\]).)*?<</SYS>>)?", r"\[/INST\]"),
)
_TURNS = tuple(
    re.compile(rf"{begin}(.*?)(?P<end>{end}|\Z)", re.DOTALL | re.IGNORECASE)
    for begin, end in MARKED
)
_SPECIAL = (
    r"<\|[^<>|\s]{1,40}\|>|<｜[^<>｜]{1,40}｜>|</?s>|<(?:start|end)_of_turn>|<(?:bos|BOS_TOKEN)>"
    r"|\[INST\]"
)
_BEGINS = re.compile(rf"\s*(?:{_SPECIAL})")
_OF_DEEPSEEK = ("<｜User｜>", "<｜Assistant｜>")  # its system message stands before any mark
_CHANNEL = re.compile(r"<\|channel\|>(\w{1,20})<\|message\|>")
_MARK = re.compile(_SPECIAL)
_ROLE = re.compile(r"\A\s*(?:assistant|model)\b\s*", re.IGNORECASE)
_THOUGHT = re.compile(r"<think>(?:(?!</think>).)*(?:</think>|\Z)", re.DOTALL)
# In words instead of marks: how the user's line begins, how the reply's does, whether a reply that
# is there already is told from the rest of a problem ("A: 12 apples").
_IN_WORDS = (
    (("Human: ", "User: "), ("Assistant:", "AI:"), True),
    (("Question: ", "Q: "), ("Answer:", "A:"), False),
)
_USERS = tuple(user for users, _, _ in _IN_WORDS for user in users)
_ALPACA = re.compile(r"\s*(?:Below is an instruction\b[^\n]*\n+)?### Instruction:\n")
_ALPACA_REPLY = "### Response:"


def written_out(text: str) -> tuple[str, str] | None:
    """Return what the user asks last and what is replied ("" where nothing is), or None.

    None where the text is no conversation of a template.
    """
    if _BEGINS.match(text) or all(mark in text for mark in _OF_DEEPSEEK):
        for turn in _TURNS:
            found = max(turn.finditer(text), key=re.Match.start, default=None)
            if found is not None and found[1].strip():
                return found[1].strip(), _reply(text[found.end("end") :])
    return _of_alpaca(text) or _in_words(text)


def _reply(text: str) -> str:
    """Return what a model said at last, without its thoughts; "" where it is yet to speak."""
    channels = list(_CHANNEL.finditer(text))
    if channels:
        last = channels[-1]
        text = text[last.end() :] if last[1] == "final" else ""
    return _THOUGHT.sub(" ", _ROLE.sub("", _MARK.sub(" ", text).strip())).strip()


def _of_alpaca(text: str) -> tuple[str, str] | None:
    begin = _ALPACA.match(text)
    if begin is None or text.count(_ALPACA_REPLY) != 1:
        return None
    asked, _, told = text[begin.end() :].partition(_ALPACA_REPLY)
    asked = asked.replace("### Input:\n", "").strip()
    return (asked, _reply(told)) if asked else None


def _in_words(text: str) -> tuple[str, str] | None:
    """Return the one question of a text in which nothing else stands, and the reply to it."""
    if not text.lstrip().startswith(_USERS):
        return None
    lines = text.strip().split("\n")
    for users, models, may_be_replied in _IN_WORDS:
        if not lines[0].startswith(users):
            continue
        replies = [number for number, line in enumerate(lines) if line.strip().startswith(models)]
        others = any(line.startswith(users) for line in lines[1:])
        if others or len(replies) != 1 or replies[0] == 0:
            return None
        at = replies[0]
        told = _reply("\n".join([lines[at].strip().partition(":")[2], *lines[at + 1 :]]))
        asked = "\n".join(lines[:at]).partition(": ")[2].strip()
        if not asked or (told and not may_be_replied):
            return None
        return asked, told
    return None
