"""Conversations written out by a chat template: what the user says last, and what is replied.

A prompt that was stored as the model saw it would be put into the template a second time.
"""

import re

# Where a turn of the user begins and where it ends, in the templates of model families. Their marks
# are tokens of their own, so that no problem holds them by accident.
MARKED = (
    (r"<\|im_start\|>\s*user\b\s*", r"<\|im_end\|>"),
    (r"<\|start_header_id\|>\s*user\s*<\|end_header_id\|>\s*", r"<\|eot_id\|>"),
    (r"<start_of_turn>\s*user\b\s*", r"<end_of_turn>"),
    (r"<\|start\|>user<\|message\|>", r"<\|end\|>"),
    (r"<\|user\|>\s*", r"<\|(?:assistant|end|system)\|>|</s>"),
    (r"<[|｜]user[|｜]>\s*", r"<[|｜](?:assistant|end[^>]*)[|｜]>"),
    (r"\[INST\](?:\s*<<SYS>>(?:(?!\[/INST\]).)*?<</SYS>>)?", r"\[/INST\]"),
)
_TURNS = tuple(
    re.compile(rf"{begin}(.*?)(?P<end>{end}|\Z)", re.DOTALL | re.IGNORECASE)
    for begin, end in MARKED
)
# In words instead of tokens only where the whole text is so: "Human: ... Assistant:".
_IN_WORDS = re.compile(
    r"\s*(?:Human|User|Question|Q): (?P<asked>(?:(?!\n(?:Human|User|Question|Q): ).)*?)"
    r"\n[ \t]*(?:Assistant|AI|Answer|A):(?P<told>(?:(?!\n(?:Human|User|Question|Q): ).)*)\Z",
    re.DOTALL,
)
_MARK = re.compile(r"<\|[^<>|\s]{1,40}\|>|<｜[^<>｜]{1,40}｜>|</?s>|<(?:start|end)_of_turn>")
_ROLE = re.compile(r"\A\s*(?:assistant|model|final)\b\s*", re.IGNORECASE)


def written_out(text: str) -> tuple[str, str] | None:
    """Return what the user asks last and what is replied ("" where nothing is), or None.

    None where the text is no conversation of a template.
    """
    if "<" in text or "[INST]" in text:
        for turn in _TURNS:
            found = max(turn.finditer(text), key=re.Match.start, default=None)
            if found is not None and found[1].strip():
                reply = _ROLE.sub("", _MARK.sub(" ", text[found.end("end") :]).strip())
                return found[1].strip(), reply.strip()
    if ":" in text[:20]:
        words = _IN_WORDS.fullmatch(text)
        if words is not None and words["asked"].strip():
            return words["asked"].strip(), words["told"].strip()
    return None
