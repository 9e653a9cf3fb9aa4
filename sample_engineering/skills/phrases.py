"""Words of a text, and the phrases of the taxonomy among them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

_LAYOUT = re.compile(
    r"\\(?:mathrm|text|textbf|mathit|operatorname|textit|displaystyle|left|right|mathit)"
    r"(?![a-zA-Z])\s*\{?~?|[{}$~]|\\[,;!: ]"
)
_WORD = re.compile(r"\\[a-z]+|[a-z0-9](?:[a-z0-9'/^()éâ|]|[-.](?=[a-z0-9]))*|≤|≥")
_NUMBER = re.compile(r"\d[\d.,]*(?=-|$)")
_CACHED = 1 << 16  # different words

Meaning = TypeVar("Meaning")


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text: plurals as singulars, numbers as ``#``.

    Commands of LaTeX are words of their own, ``\\frac``; those that only lay out are left out.
    """
    return list(map(_word, _WORD.findall(_LAYOUT.sub(" ", text).lower())))


@lru_cache(maxsize=_CACHED)
def _word(word: str) -> str:
    if word[0] == "\\":
        return word
    if word[0].isdigit():
        word = _NUMBER.sub("#", word, count=1)
    return _stem(word.rstrip("'^/()|."))


# Whose singular is another word.
_PLURALS = frozenset({"goods", "news", "odds", "physics", "series", "species", "works"})


def _stem(word: str) -> str:
    """Drop a plural ending, so that 'masses' and 'mass' are one word."""
    if word in _PLURALS:
        return word
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def normal(phrase: str) -> str:
    """Return a phrase as it is found, ``#`` for numbers; names of structures as they are."""
    return phrase if phrase.startswith("<") else " ".join(words_of(phrase.replace("#", "0")))


class Phrases(Generic[Meaning]):
    """Phrases with a meaning each, all found in one pass over the words of a text.

    Parameters
    ----------
    meanings : mapping of str to Meaning
        By the normal phrase, see `normal`.
    """

    def __init__(self, meanings: Mapping[str, Meaning]) -> None:
        # First word -> what may follow: (number of words, words -> (phrase, meaning)).
        table: dict[str, dict[int, dict[tuple[str, ...], tuple[str, Meaning]]]] = {}
        for phrase, meaning in meanings.items():
            words = tuple(phrase.split())
            lengths = table.setdefault(words[0], {})
            lengths.setdefault(len(words), {})[words] = (phrase, meaning)
        self._alone = {
            first: lengths[1][(first,)] for first, lengths in table.items() if 1 in lengths
        }
        self._longer = {
            first: tuple((n, group) for n, group in sorted(lengths.items()) if n > 1)
            for first, lengths in table.items()
            if len(lengths) > 1 or 1 not in lengths
        }

    def found_in(self, words: Sequence[str]) -> Iterable[tuple[int, int, str, Meaning]]:
        """Yield (first word, number of words, phrase, meaning) of each occurrence."""
        alone, longer = self._alone, self._longer
        for start, word in enumerate(words):
            one = alone.get(word)
            if one is not None:
                yield start, 1, one[0], one[1]
            following = longer.get(word)
            if following is not None:
                for length, group in following:
                    more = group.get(tuple(words[start : start + length]))
                    if more is not None:
                        yield start, length, more[0], more[1]
