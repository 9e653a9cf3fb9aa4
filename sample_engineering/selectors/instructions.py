"""What a prompt says beside its problem, taken off before problems are compared.

Two sources: the instructions that many prompts are known to carry (`known_instructions`), and those
that the texts at hand share, learnt from them: sentences that stand in several texts of different
content, and beginnings and ends that texts have in common. A pool and the benchmarks that it is
held against learn together and are stripped alike, so that a sentence cannot go on one side only.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sample_engineering.selectors.known_instructions import (
    ANSWER_LABEL,
    FORMAT_SENTENCES,
    FORMAT_WORDS,
    FORMATS,
    LABEL,
    LABEL_WORDS,
    PHRASE_WORDS,
    PHRASES,
    SENTENCE_WORDS,
    SENTENCES,
    TAG_WORDS,
    TAGS,
    TAIL,
    TAIL_CHARACTERS,
    TURN_WORDS,
    TURNS,
)

# Texts from which instructions are learnt, evenly spread over a pool.
SAMPLE = 4000
_MAX_CHARACTERS = 20_000
# A sentence in at least so many texts is an instruction if it is this long ...
_FEWEST = 3
_LONG = 9  # words
# ... or in this share of the texts, however short.
_SHARE_SHORT = 0.2
_SHARE = 0.02
_LEAST_WORDS = 4
# Words that a beginning or an end of texts has, at least, with the share of texts that have it.
_ENDS = ((3, 0.5), (6, 0.15), (10, 0.0))
# A beginning goes on as long as so many of the texts that have it share the next word.
_HEAVY = 0.4
# Texts that differ only in details have words in common beside the sentence; instructions stand by
# texts of many contents, of which no word is in more than this share.
_THEME = 0.6
_THEME_TEXTS = 40
# A theme needs a few words to show; shorter rests say nothing.
_WORD = re.compile(r"[^\W\d_]{3,}")
_PLAIN_WORDS = frozenset(
    """the and for are what find how many that with let which value has its all from each this there
    given number two than one three was were have not can sum such where when who will they then
    equation function solve compute determine integer positive real between""".split()  # noqa: SIM905
)
_UNIT = re.compile(r"[^\n]*?(?:[.?!:][\"'”’)$*\]]*(?=\s)|[。？！：]|\n|\Z)")
_CONTENT = re.compile(r"\d|\$|\\(?!boxed)[a-zA-Z(\[]")
_NORMAL = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Instructions:
    """What to take off a text, beside the instructions that are known.

    Attributes
    ----------
    sentences : frozenset of str
        Sentences that the texts share, in lower case and without punctuation.
    beginnings, ends : tuple of str
        What texts begin or end with, word by word, the longest first.
    """

    sentences: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    @classmethod
    def learn(cls, *pools: Sequence[str]) -> "Instructions":
        """Learn what the texts of pools and benchmarks share."""
        sentences: set[str] = set()
        beginnings: dict[str, None] = {}
        ends: dict[str, None] = {}
        sampled = [_spread(pool) for pool in pools]
        groups = [texts for texts in sampled if len(texts) >= _FEWEST]
        if len(sampled) > 1 and sum(map(len, sampled)) <= SAMPLE:
            groups.append([text for texts in sampled for text in texts])
        for group in groups:
            texts = _distinct(map(without_known_prompt, group))
            first, last = _shared_ends(texts)
            beginnings |= dict.fromkeys(first)
            ends |= dict.fromkeys(last)
            sentences |= _shared_sentences([_without_ends(text, first, last) for text in texts])
        return cls(
            frozenset(sentences),
            tuple(sorted(beginnings, key=_longest_first)),
            tuple(sorted(ends, key=_longest_first)),
        )

    def strip(self, text: str) -> str:
        """Return the problem of a prompt: its text without instructions.

        A text that would lose everything is returned as it is.
        """
        return without_format(self.without_prompt(text))

    def without_prompt(self, text: str) -> str:
        """Return a problem with all that belongs to it, also how its answer is to be written."""
        plain = without_known_prompt(text)
        rest = _without_ends(plain, self.beginnings, self.ends)
        if self.sentences:
            units = [unit for unit in _UNIT.findall(rest) if unit]
            kept = [unit for unit in units if _normal(unit) not in self.sentences]
            if len(kept) < len(units):
                rest = "".join(kept)
        return rest if _says_something(rest) else plain


def without_known_prompt(text: str) -> str:
    """Return a text without the prompts that are known."""
    text = text[:_MAX_CHARACTERS]
    low = text.lower()
    foreign = not text.isascii()
    found = text
    if _any(TURN_WORDS, low):
        found = _last_turn(found)
    if foreign or _any(LABEL_WORDS, low):
        found = LABEL.sub(" ", _after_examples(found))
        found = _without_tail(found)
    if _any(TAG_WORDS, low):
        found = TAGS.sub("\n", found)
    if _any(PHRASE_WORDS, low):
        found = PHRASES.sub(" ", found)
    if foreign or _any(SENTENCE_WORDS, low):
        units = [unit for unit in _UNIT.findall(found) if unit]
        kept = [unit for unit in units if not SENTENCES.search(unit)]
        if len(kept) < len(units):
            found = "".join(kept)
    if found is not text:
        found = _without_tail(found)
    return found if _says_something(found) else text


def without_format(text: str) -> str:
    """Return a problem without what it says of the form of its answer."""
    if not _any(FORMAT_WORDS, text.lower()):
        return text
    found = FORMATS.sub(" ", text)
    found = "".join(
        unit for unit in _UNIT.findall(found) if unit and not FORMAT_SENTENCES.search(unit)
    )
    return found if _says_something(found) else text


def _any(words: Sequence[str], low: str) -> bool:
    return any(word in low for word in words)


def _says_something(text: str) -> bool:
    """Whether a text may be a problem: letters or digits, two at least."""
    return len(_NORMAL.sub("", text)) >= 2


def _without_tail(text: str) -> str:
    """Take off the invitation to answer at the end."""
    return text[:-TAIL_CHARACTERS] + TAIL.sub("", text[-TAIL_CHARACTERS:])


def _last_turn(text: str) -> str:
    """What the user said last, where the text is a whole conversation."""
    for turn in TURNS:
        said = [found for found in turn.findall(text) if found.strip()]
        if said:
            text = said[-1]
    return text


def _after_examples(text: str) -> str:
    """The last question of a prompt that shows solved ones before it."""
    questions = list(LABEL.finditer(text))
    if len(questions) < 2:
        return text
    last = questions[-1]
    answers = [found.start() for found in ANSWER_LABEL.finditer(text)]
    if any(questions[0].end() <= place < last.start() for place in answers):
        return text[last.start() :]
    return text


def _spread(pool: Sequence[str]) -> list[str]:
    """At most `SAMPLE` texts of a pool, evenly spread over it."""
    if len(pool) <= SAMPLE:
        return list(pool)
    return [pool[place * len(pool) // SAMPLE] for place in range(SAMPLE)]


def _distinct(texts: Iterable[str]) -> list[str]:
    """Texts that differ in more than numbers: a copied problem is no instruction."""
    return list({re.sub(r"\d+", "#", _normal(text)): text for text in texts}.values())


def _normal(text: str) -> str:
    return _NORMAL.sub(" ", text).strip().lower()


def _shared_sentences(texts: Sequence[str]) -> set[str]:
    """Sentences in several texts that have nothing else in common."""
    of_text = [{_normal(unit): unit for unit in _UNIT.findall(text)} for text in texts]
    places: dict[str, list[int]] = defaultdict(list)
    spelled: dict[str, str] = {}
    for place, units in enumerate(of_text):
        for normal, unit in units.items():
            places[normal].append(place)
            spelled.setdefault(normal, unit)
    candidates = set()
    for normal, where in places.items():
        words = len(normal.split())
        if len(where) < _FEWEST or not any(map(str.isalpha, normal)):
            continue
        share = len(where) / len(texts)
        unit = spelled[normal].strip()
        if FORMATS.search(unit) or FORMAT_SENTENCES.search(unit):
            continue
        many = share >= _SHARE_SHORT and len(texts) >= 2 * _FEWEST
        if _CONTENT.search(unit) or unit.endswith("?"):
            # A question or a formula is part of a problem, unless nearly all have it.
            if not (share >= 0.5 and len(texts) >= 10 * _FEWEST):
                continue
        elif not (many or words >= _LONG or (share >= _SHARE and words >= _LEAST_WORDS)):
            continue
        candidates.add(normal)
    return {
        normal
        for normal in sorted(candidates)
        if _of_many_contents(
            [
                " ".join(sorted(set(of_text[place]) - candidates))
                for place in places[normal][:_THEME_TEXTS]
            ]
        )
    }


def _of_many_contents(rests: Sequence[str]) -> bool:
    """Whether texts are about different things, as those that share an instruction are."""
    words: Counter[str] = Counter()
    for rest in rests:
        words.update(set(_WORD.findall(rest)) - _PLAIN_WORDS)
    filled = sum(1 for rest in rests if rest)
    if filled < _FEWEST:
        return False
    most = max(words.values(), default=0)
    return most < max(_FEWEST, _THEME * filled)


def _shared_ends(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Beginnings and ends that enough texts of many contents share, the longest first."""
    found = [_common([re.findall(r"\s*\S+", text) for text in texts])]
    found.append(_common([re.findall(r"\S+\s*", text)[::-1] for text in texts], backwards=True))
    first, last = (sorted(words, key=_longest_first) for words in found)
    cores = [_without_ends(text, first, last).lower() for text in texts]

    def varied(words: str, where: list[int]) -> bool:
        return _of_many_contents([cores[place] for place in where[:_THEME_TEXTS]])

    return (
        [words for words in first if varied(words, found[0][words])],
        [words for words in last if varied(words, found[1][words])],
    )


def _common(split: Sequence[Sequence[str]], *, backwards: bool = False) -> dict[str, list[int]]:
    """Runs of words with which enough texts begin, and the places of those texts."""
    found: dict[str, list[int]] = {}
    groups: list[tuple[int, list[int]]] = [(0, list(range(len(split))))]
    while groups:
        depth, members = groups.pop()
        longer: dict[str, list[int]] = defaultdict(list)
        for place in members:
            if len(split[place]) > depth:
                longer[split[place][depth]].append(place)
        heavy = [
            where
            for where in longer.values()
            if len(where) >= max(_FEWEST, _HEAVY * len(members))
            and _enough(depth + 1, len(where), len(split))
        ]
        words = split[members[0]][:depth]
        run = "".join(words[::-1] if backwards else words)
        if not _enough(depth, len(members), len(split)):
            heavy = [where for where in longer.values() if len(where) >= _FEWEST]
        elif len(members) - sum(map(len, heavy)) >= _FEWEST or not heavy:
            many = len(members) >= max(10 * _FEWEST, _SHARE_SHORT * len(split))
            if many or not (_CONTENT.search(run) or "?" in run):
                found[run] = members
        groups.extend((depth + 1, where) for where in heavy)
    return found


def _without_ends(text: str, beginnings: Sequence[str], ends: Sequence[str]) -> str:
    """Take off the longest beginning and the longest end that a text has."""
    for words in beginnings:
        if text.startswith(words):
            text = text[len(words) :]
            break
    for words in ends:
        if text.endswith(words):
            return text[: len(text) - len(words)]
    return text


def _longest_first(words: str) -> tuple[int, str]:
    return -len(words), words


def _enough(words: int, texts: int, of: int) -> bool:
    return texts >= _FEWEST and any(
        words >= least and texts >= share * of for least, share in _ENDS
    )
