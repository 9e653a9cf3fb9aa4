"""From the extracted final answer to what each kind of check reads."""

import re

from sample_engineering.grading.spelling.counting import number_word
from sample_engineering.grading.spelling.labels import is_label
from sample_engineering.grading.spelling.normal import fold, normal
from sample_engineering.grading.spelling.tree import Node

# "The answer is 5" and its like; anything more ("is not 5", "is 5 or 6") stays and is judged.
_LEAD_IN = re.compile(
    r"^(?:\\text ?\{ ?)?(?:(?:so|thus|hence|therefore|then),? +)?(?:(?:the|our|my|its) +)?"
    r"(?:(?:final|correct|exact|required|total|desired|numerical|minimum|maximum|smallest|largest"
    r"|greatest|least|possible|such|only|expected|positive) +)*"
    r"(?:answer|result|value|solutions?|total|sum|area|volume|length|probability|distance|number"
    r"|equation|set|interval|domain|range|point|function|inequality|matrix|vector|maximum|minimum"
    r"|ratio|product|difference|remainder|average|mean|perimeter|radius|height|speed|time|mass|cost"
    r"|integer|digit|angle|price|amount|term)"
    r"(?: +of +[a-zA-Z]+)? *(?:is +equal +to|equals|is|are|:|=)(?![a-zA-Z]) *:? *(?P<brace>\})? *",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r" ?\\text ?\{ ?(?:percent(?:age)?|pct|per cent)\.? ?\}"
    r"| ?(?<![a-zA-Z])(?:percent(?:age)?|pct|per cent)(?![a-zA-Z])\.?"
)
_WHOLE_TEXT = re.compile(r"^\\text ?\{([^{}]*)\}$")
_LETTER = re.compile(
    r"^(?:(?:option|choice|answer)\b:? *)?[(\[{]?(?P<letter>[A-Za-z])[)\]}]?"
    r"(?P<rest>(?:[.:)]|\s*[-\u2013\u2014]\s|\s+)\s*\S.*)?$",
    re.DOTALL | re.IGNORECASE,
)
# "Option" in Chinese, before or after the letter.
_IN_CHINESE = re.compile(r"^(?:答案|正确)?(?:选择|选项|选|是|为)* ?|(?:选项|项)$")
# After the letter: a connective, or another letter that is no article or pronoun.
_SECOND_LETTER = re.compile(
    r"(?:(?:or|and|nor)\b|[,;/&\\]|[(\[]?(?-i:[B-H]|A(?! +[a-z]{2}))(?:[)\].,:;/ ]|$))",
    re.IGNORECASE,
)
# "(E) is wrong" chooses nothing.
_REVOKED = re.compile(
    r"=|\\ne|(?:is|was) (?:not|wrong|false|incorrect)\b|isn't\b|(?:not|wrong|false|incorrect|no)\b",
    re.IGNORECASE,
)
_CHOICE_GOLD = re.compile(r"^[(\[]?([A-Z])[)\].:]?$")


# "for all real x", "where k is an integer": says for which, not what.
_QUANTIFIER = re.compile(
    r",? ?(?:\\text ?\{,? ?(?:for (?:all|any|every|each|some)|where|with)(?: [a-z ,]*)? ?\}"
    r"|\\forall"
    r"|(?<![a-zA-Z\\])(?:for (?:all|any|every|each|some)|where)(?![a-zA-Z])) ?"
    r"(?P<rest>[^=<>|]*)$"
)


# "\\text{Formula: } H_2O": a heading.
_HEADING = re.compile(r"^\\text ?\{ ?(?P<words>[A-Za-z][a-zA-Z ]{1,40}) ?: ?\} ?(?=\S)")


# "approximately 12" says no more than "\\approx 12".
_ABOUT = re.compile(
    r"^(?:\\text ?\{ ?)?(?:approximately|approx\.?|about|roughly|around)(?![a-zA-Z]) ?"
    r"(?P<brace>\})? ?(?=[-+\d.\\])",
    re.IGNORECASE,
)


def _without_quantifier(text: str) -> str:
    match = _QUANTIFIER.search(text)
    if match is None or not match.start() or any(digit.isdigit() for digit in match["rest"]):
        return text
    return text[: match.start()].strip()


def tidy(answer: str) -> str:
    """Normal spelling of a final answer, without "the answer is" before it."""
    text = normal(answer)
    if "for " in text or "where" in text or "forall" in text or "with" in text:
        text = _without_quantifier(text)
    about = _ABOUT.match(text)
    if about is not None and text.startswith("\\text") == (about["brace"] is not None):
        text = text[about.end() :]
    heading = _HEADING.match(text) if text.startswith("\\text") else None
    if heading is not None and is_label(Node("text", (), heading["words"])):
        text = text[heading.end() :]
    if len(text) > 6 and (text[0].isalpha() or text[0] == "\\"):
        lead = _LEAD_IN.match(text)
        if lead and lead.end() < len(text):
            opened = text.startswith("\\text")
            rest = text[lead.end() :]
            if opened and not lead["brace"]:
                # The sentence goes on inside the braces: "\text{the answer is 5}".
                if rest.count("}") == rest.count("{") + 1:
                    head, _, tail = rest.partition("}")
                    rest = head + " " + tail
                else:
                    rest = text
            if rest.strip():
                text = normal(rest)
    return text


def numeric(text: str) -> str:
    """A tidy answer with percent words as a sign and a text wrapper around it removed."""
    if text[-1:] in "}etp." and ("percent" in text or "pct" in text or "per cent" in text):
        text = _PERCENT.sub(r"\\%", text)
    match = _WHOLE_TEXT.match(text) if text.startswith("\\text") else None
    if match and any(character.isdigit() for character in match[1]):
        text = normal(match[1])
    elif text[-1:].isalpha() or match:
        return number_word(match[1] if match else text) or text
    return text


def gold_letter(text: str) -> str | None:
    """The letter of a gold written ``B``, ``(B)`` or ``\\text{(B)}``, or None."""
    match = _WHOLE_TEXT.match(text)
    found = _CHOICE_GOLD.match((match[1] if match else text).strip())
    return found[1] if found else None


def chosen_letter(text: str) -> tuple[str, str] | None:
    """The one letter chosen in a tidy answer and the words after it, or None.

    Several letters ("A, B", "A or B", "ABCD") choose nothing.
    """
    for _ in range(3):
        text = re.sub(r"\\text ?\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"^\{(.*)\}$", r"\1", text.strip(" $*.")).strip()
    text = _IN_CHINESE.sub("", text).strip(" :")
    match = _LETTER.match(text)
    if match is None:
        return None
    rest = (match["rest"] or "").strip()
    if rest:
        enclosed = text[match.end("letter") :][:1] in (")", "]", "}")
        marked = rest[0] in ".:)-\u2013\u2014"
        words = rest.lstrip(" .:)-\u2013\u2014")
        if not (enclosed or marked) or _SECOND_LETTER.match(words) or _REVOKED.match(words):
            return None
    return match["letter"].upper(), fold(rest.lstrip(" .:)-\u2013\u2014"))


def kind_of(node: Node) -> str:
    """Kind of a gold from its tree."""
    from sample_engineering.grading.spelling.tree import is_plain_number
    from sample_engineering.grading.values.intervals import is_interval
    from sample_engineering.grading.values.signs import has_sign_pairs

    if node.op == "rel":
        if node.value == ("in",):
            return kind_of(node.args[1])
        return "equation"
    if node.op == "base" or (is_plain_number(node)):
        return "number"
    if node.op in ("list", "set") or has_sign_pairs(node):
        return "set"
    if node.op in ("union", "inter", "minus", "builder") or is_interval(node):
        return "interval"
    if node.op == "group":
        return "tuple"
    if node.op == "matrix":
        return "matrix"
    if node.op == "text":
        return "text"
    if node.op == "cases":
        return "equation"
    if node.op == "sym" and str(node.value).startswith("mathbb"):
        return "interval"
    return "expression"
