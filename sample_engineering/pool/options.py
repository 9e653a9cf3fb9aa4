"""Options of multiple choice in every form they are stored in, and which of them is right."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.answers import LETTERS
from sample_engineering.pool.names import squashed
from sample_engineering.pool.written import unpacked

LIST_NAMES = (
    *("choices", "options", "choice", "option", "answerchoices", "mcoptions", "optiontexts"),
    *("choicetexts", "possibleanswers", "answeroptions", "alternatives", "endings", "mc1targets"),
    *("multiplechoiceoptions", "optionlist", "choicelist", "multiplechoicetargets"),
    "targetscores",
)
# MMLU-Pro pads its lists with this.
_PADDING = ("n/a",)
_TEXT_KEYS = ("text", "texts", "content", "value", "option", "optiontext", "choice", "answer")
_LABEL_KEYS = ("label", "labels", "key", "keys", "letter", "id", "identifier", "name")
_RIGHT_NAMES = ("correctanswer", "rightanswer", "bestanswer", "correctoption", "correctchoice")
_WRONG = re.compile(r"(?:distractors?|incorrectanswers?|wronganswers?|incorrect|wrong)(\d*)")
_LETTERED = re.compile(r"(|option|opt|op|choice|answer|ans)([a-j])")
_NUMBERED = re.compile(r"(option|opt|choice|ending|sol|ans|answerchoice)(\d\d?)")
KEY = re.compile(r"(?:option|opt|op|choice|ending|answer|ans)?([a-z]|\d\d?)")
# "A)5", "(b) 5", "C. 5" at the start of an option.
PREFIX = re.compile(r"\s*\(?([A-Za-z])\s?[).:]\s*(?=\S)")
# MathQA: "a ) 38 , b ) 27 , c ) 30"; or one option a line.
_RUN = re.compile(r"(?:\A|[\s,;\[]['\"]?)\(?([A-Ja-j])\s?[).]\s*")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a record hold its options.

    Parameters
    ----------
    columns : tuple of str
        One that holds all, or one for each.
    labels : tuple of str
        What the columns are called by: A, B ... or 1, 2 ...; empty for one column.
    right : str
        Column with the text of the right option, where the others hold wrong ones.
    """

    columns: tuple[str, ...]
    labels: tuple[str, ...] = ()
    right: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Texts of the options, what the data calls them, and the right one where that is said.

    Parameters
    ----------
    texts : tuple of str
    labels : tuple of str
        As the data has them, e.g. 1 to 4; empty where it has none.
    right : int or None
        Place of the right one, from 0.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...] = ()
    right: int | None = None


def layout_of(names: Iterable[str]) -> Layout | None:
    """Find the columns that hold options; None where there are none."""
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(squashed(name), name)
    for name in LIST_NAMES:
        if name in by_name:
            return Layout((by_name[name],))
    for pattern in (_LETTERED, _NUMBERED):
        found = _series(pattern, by_name)
        if found is not None:
            return found
    wrong = [name for squash, name in by_name.items() if _WRONG.fullmatch(squash)]
    right = next((by_name[name] for name in _RIGHT_NAMES if name in by_name), "")
    return Layout(tuple(wrong), right=right) if right and wrong else None


def _series(pattern: re.Pattern[str], by_name: Mapping[str, str]) -> Layout | None:
    """Columns that differ by a letter or number which counts up from the first."""
    groups: dict[str, dict[str, str]] = {}
    for squash, name in by_name.items():
        match = pattern.fullmatch(squash)
        if match is not None:
            groups.setdefault(match[1], {})[match[2]] = name
    for prefix, members in groups.items():
        first = next((one for one in ("a", "0", "1") if one in members), None)
        if first is None:
            continue
        order = "abcdefghij" if first == "a" else [str(n) for n in range(int(first), 26)]
        labels = []
        for label in order:
            if label not in members:
                break
            labels.append(label)
        # Columns a, b, c may be numbers of the problem: bare names count in capitals only.
        bare = prefix == ""
        if len(labels) < (3 if bare else 2):
            continue
        columns = tuple(members[label] for label in labels)
        if bare and not all(column.isupper() for column in columns):
            continue
        return Layout(columns, tuple(label.upper() for label in labels))
    return None


def read_options(record: Mapping[str, Any], layout: Layout) -> Options | None:
    """Read the options of a record; None where its columns hold none."""
    if layout.right:
        return _right_and_wrong(record, layout)
    if layout.labels:
        texts = [_text(record.get(column)) for column in layout.columns]
        while texts and texts[-1] is None:
            texts.pop()
        return _made(texts, layout.labels[: len(texts)])
    return options_in(record.get(layout.columns[0]))


def options_in(value: Any) -> Options | None:
    """Read options from a list, an object, or a text that holds either; None where it is none."""
    if isinstance(value, str):
        inner = unpacked(value)
        if isinstance(inner, str):
            return _in_text(inner)
        value = inner
    if isinstance(value, Mapping):
        return _in_object(value)
    if not isinstance(value, list | tuple):
        return None
    if value and all(isinstance(one, Mapping) for one in value):
        return _in_objects(value)
    texts = [_text(one) for one in value]
    while len(texts) > 2 and (texts[-1] is None or texts[-1].lower() in _PADDING):
        texts.pop()
    return _made(texts, ())


def _text(value: Any) -> str | None:
    if isinstance(value, Mapping):
        by_name = {squashed(str(key)): inner for key, inner in value.items()}
        return next((_text(by_name[key]) for key in _TEXT_KEYS if key in by_name), None)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value != value:
        return str(value) if isinstance(value, bool) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return text or None


def _made(texts: Sequence[str | None], labels: Sequence[str]) -> Options | None:
    known = [text for text in texts if text is not None]
    if len(known) < len(texts) or not 2 <= len(known) <= len(LETTERS):
        return None
    if not labels:
        prefixes = [PREFIX.match(text) for text in known]
        found = [match[1].upper() if match else "" for match in prefixes]
        if found == list(LETTERS[: len(known)]):
            known = [text[match.end() :] for text, match in zip(known, prefixes, strict=True)]  # type: ignore[union-attr]
            labels = found
    return Options(tuple(known), tuple(labels))


def _in_object(value: Mapping[str, Any]) -> Options | None:
    by_name = {squashed(str(key)): key for key in reversed(list(value))}
    for name in (*_TEXT_KEYS, "choices", "options"):
        texts = value.get(by_name[name]) if name in by_name else None
        if isinstance(texts, list | tuple):
            known = next((by_name[key] for key in _LABEL_KEYS if key in by_name), None)
            labels = value.get(known) if known is not None else None
            return _with_labels(texts, labels)
    items = list(value.items())
    while items and items[-1][1] is None:
        items.pop()
    keys = [KEY.fullmatch(squashed(str(key))) for key, _ in items]
    numbers = sorted(int(match[1]) for match in keys if match and match[1].isdigit())
    marked = len(numbers) < len(items) or numbers[:1] not in ([0], [1])
    right = [place for place, (_, inner) in enumerate(items) if inner is True or inner == 1]
    # TruthfulQA's mc1_targets, BIG-bench's target_scores; but A and B may be called 0 and 1.
    if (
        len(right) == 1
        and all(inner in (0, 1) for _, inner in items)
        and not (all(keys) and not numbers)
        and marked
    ):
        made = _made([str(key) for key, _ in items], ())
        return made and Options(made.texts, made.labels, right[0])
    if all(keys) and len({match[1].isdigit() for match in keys if match}) == 1:
        paired = sorted(
            zip([match[1].upper() for match in keys if match], items, strict=True),
            key=lambda pair: (len(pair[0]), pair[0]),
        )
        return _made([_text(inner) for _, (_, inner) in paired], [label for label, _ in paired])
    return _made([_text(inner) for _, inner in items], [str(key) for key, _ in items])


def _with_labels(texts: Sequence[Any], labels: Any) -> Options | None:
    made = _made([_text(text) for text in texts], ())
    if made is None or not isinstance(labels, list | tuple) or len(labels) != len(texts):
        return made
    marks = [int(label) for label in labels if label in (0, 1, False, True)]
    if len(marks) == len(labels) and sum(marks) == 1 and marks != [0, 1]:
        return Options(made.texts, made.labels, marks.index(1))
    named = [_text(label) for label in labels]
    if None in named or len(set(named)) < len(named):
        return made
    return Options(made.texts, tuple(str(label) for label in named))


def _in_objects(value: Sequence[Mapping[str, Any]]) -> Options | None:
    labels, texts, right = [], [], []
    for place, one in enumerate(value):
        by_name = {squashed(str(key)): inner for key, inner in one.items()}
        label = next((by_name[key] for key in _LABEL_KEYS if by_name.get(key) is not None), None)
        if len(one) == 1 and not any(key in by_name for key in _TEXT_KEYS):  # [{"A": "5"}, ...]
            label, text = next(iter(one.items()))
        else:
            text = next((by_name[key] for key in _TEXT_KEYS if key in by_name), None)
        labels.append(_text(label))
        texts.append(_text(text))
        if any(by_name.get(key) is True for key in ("correct", "iscorrect", "right", "isright")):
            right.append(place)
    known = None not in labels and len(set(labels)) == len(labels)
    made = _made(texts, [str(label) for label in labels] if known else ())
    return made and Options(made.texts, made.labels, right[0] if len(right) == 1 else None)


def _in_text(text: str) -> Options | None:
    marks = list(_RUN.finditer(text))
    wanted = 0
    kept = []
    for mark in marks:
        if wanted < len(LETTERS) and mark[1].upper() == LETTERS[wanted]:
            kept.append(mark)
            wanted += 1
    if len(kept) < 2 or text[: kept[0].start()].strip():
        return None
    ends = [mark.start() for mark in kept[1:]] + [len(text)]
    texts = [
        text[mark.end() : end].strip().strip(",;").strip().strip("'\"")
        for mark, end in zip(kept, ends, strict=True)
    ]
    return _made([one or None for one in texts], LETTERS[: len(kept)])


def _right_and_wrong(record: Mapping[str, Any], layout: Layout) -> Options | None:
    """Options of which the columns say which is right; in an order that gives nothing away."""
    right = _text(record.get(layout.right))
    wrong: list[str | None] = []
    for column in layout.columns:
        value = record.get(column)
        value = unpacked(value) if isinstance(value, str) else value
        several = value if isinstance(value, list | tuple) else [value]
        wrong.extend(_text(one) for one in several)
    kept = [text for text in wrong if text is not None]
    if right is None or not kept:
        return None
    drawn = sorted(
        [right, *kept], key=lambda text: hashlib.blake2s(text.encode(errors="replace")).digest()
    )
    made = _made(drawn, ())
    return made and Options(tuple(drawn), (), drawn.index(right))
