"""Find the final answer in a completion. Only what stands there is ever graded.

Every scan is linear in the text, so megabytes of hostile input cost milliseconds.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sample_engineering import registry
from sample_engineering.components import BUILT_IN
from sample_engineering.errors import ConfigError

# Tags around reasoning, as written by the DeepSeek-R1, Qwen3, QwQ, Sky-T1 and Magistral families.
_TAG = re.compile(
    r"<(/?)(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis)\b[^<>]{0,80}>"
    r"|<\|(begin|end)_of_thought\|>|\[(/?)THINK\]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """Candidate final answers of one completion.

    Parameters
    ----------
    answers : tuple of str
        Distinct answers, in order; empty where there is none.
    joined : bool
        True if the answers stand side by side and so may be the members of one list.
    letter : str or None
        A letter that running text announces as its answer, for golds that are choices.
    declared : bool
        Whether the text says where its final answer stands; in running text the last formula may
        be the question, unevaluated.
    """

    answers: tuple[str, ...] = ()
    joined: bool = False
    declared: bool = True
    letter: str | None = None


# A form is told the text without its reasoning, and returns what it found there.
AnswerForm = Callable[[str], Extraction | Sequence[str] | str | None]

# Our forms by name, once they were asked for; those of others may change under their names.
_OURS: dict[str, AnswerForm] = {}


def extract(text: str, form: str = "boxed") -> Extraction:
    """Find the final answer of a completion in the declared form.

    Parameters
    ----------
    text : str
        The completion, with or without its reasoning block.
    form : str
        Name of an answer form: ``boxed``, ``answer``, ``number``, ``letter``, ``math``, ``whole``,
        ``auto`` (see `forms`), or one that another package registered.

    Raises
    ------
    ConfigError
        If the form is not known, or is foreign and returned something else than answers.
    """
    found = find_form(form)(strip_reasoning(text))
    return found if isinstance(found, Extraction) else _extraction(found, form)


def find_form(name: str) -> AnswerForm:
    """Return an answer form; ConfigError with near names if there is none."""
    ours = _OURS.get(name)
    if ours is not None:
        return ours
    form: AnswerForm = registry.find("answer_form", name, "form")
    if name in BUILT_IN["answer_form"]:
        _OURS[name] = form
        return form
    origin = registry.component("answer_form", name).origin
    if not callable(form):
        raise ConfigError(
            f"the answer form {name!r} of {origin} is a {type(form).__name__}; it must be a "
            "function from a completion to its answer"
        )

    def guarded(text: str) -> Extraction | Sequence[str] | str | None:
        try:
            return form(text)
        except Exception as error:
            raise ConfigError(
                f"the answer form {name!r} of {origin} failed ({type(error).__name__}: {error}); "
                "mend it, or choose another `form`"
            ) from error

    return guarded


def _extraction(found: object, form: str) -> Extraction:
    answers = () if found is None else (found,) if isinstance(found, str) else found
    if not isinstance(answers, list | tuple) or not all(isinstance(item, str) for item in answers):
        raise ConfigError(
            f"the answer form {form!r} returned a {type(found).__name__}; let it return the answer,"
            " a list of answers, or None"
        )
    return Extraction(tuple(dict.fromkeys(answers)))


def strip_reasoning(text: str) -> str:
    """Drop reasoning blocks; what precedes an unopened closing tag is reasoning too."""
    if "<" not in text and "[" not in text:
        return text
    first = _TAG.search(text)
    if first is None:
        return text
    kept: list[str] = []
    depth = 0
    start = 0
    for tag in _TAG.finditer(text, first.start()):
        closing = tag[1] == "/" or tag[2] in ("end", "END") or tag[3] == "/"
        if depth == 0:
            kept.append(text[start : tag.start()])
            if closing:
                kept.clear()
        depth = max(0, depth - 1) if closing else depth + 1
        start = tag.end()
    if depth == 0:
        kept.append(text[start:])
    return "".join(kept)
