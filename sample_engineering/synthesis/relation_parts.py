"""What relations are made of: quantities with their words, cases, idle facts, what is best."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Phrases = tuple[str, ...]
_NOUN = "{noun}"  # in a phrase of a quantity: its first noun


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity of a relation: its range, its meaning and its words.

    All phrases may use the words of the case in braces, e.g. ``{the}``, and ``{noun}`` for the
    first `noun`. Write clauses in lower case and without a full stop; the composer joins them and
    sets capitals and stops. A quantity with a noun needs no further words: it is then given as
    "NOUN is 2.50 m", asked for as "What is NOUN?" and taken over as "NOUN equals ...".

    Parameters
    ----------
    name : str
        As in the equation.
    unit : str
        Pint's spelling (``"J/(kg*K)"``); empty for a pure number or a count.
    low, high : float
        Plausible range in `unit`, of given and of computed values alike.
    given : tuple of str
        Clauses that state a value, each with ``{value}``: ``"{the} has a mass of {value}"``.
        ``()``: the value is only ever told by a `tell` of the relation.
    noun : tuple of str
        Noun phrases (singular, starting with "the") for the quantity when another relation takes
        it up, or the solution speaks of it: ``"the heat delivered by {the}"``.
    ask : tuple of str
        Questions, with a question mark: ``"How much heat does {the} deliver?"``. ``()``: this
        quantity is never the unknown.
    meaning : str
        What kind of thing it is, for linking. Two quantities link only if meanings and dimensions
        are equal. Empty: never linked. May use words: ``"amount of {gas}"``.
    accepts : tuple of str
        Further meanings that may be linked *into* this quantity.
    link : tuple of str
        Clauses with ``{source}`` that take up another relation's quantity:
        ``"all of {source} goes into heating {the}"``. ``()``: it is never taken over.
    digits : int
        Significant figures of a stated value.
    step : float, optional
        Stated values are multiples of this (in `unit`).
    whole : bool
        The quantity is a whole number (a count); a computed value that is not whole is refused.
    exact : bool
        A stated value is exact (a count, a coefficient, a number in a math problem) and does not
        limit the significant figures of the answer. Implied by `whole`.
    symbol : str, optional
        LaTeX symbol; the name if absent.
    units : tuple of str
        Other units a value may be stated or asked in, for problems with a conversion.
    """

    name: str
    unit: str
    low: float
    high: float
    given: Phrases = (f"{_NOUN} is {{value}}",)
    noun: Phrases = ()
    ask: Phrases = (f"What is {_NOUN}?",)
    meaning: str = ""
    accepts: tuple[str, ...] = ()
    link: Phrases = (f"{_NOUN} equals {{source}}",)
    digits: int = 3
    step: float | None = None
    whole: bool = False
    exact: bool = False
    symbol: str | None = None
    units: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for kind in ("given", "ask", "link"):
            phrases: Phrases = getattr(self, kind)
            if self.noun:
                worded = tuple(text.replace(_NOUN, self.noun[0]) for text in phrases)
            else:  # nothing to call it by: only phrases of its own remain
                worded = tuple(text for text in phrases if _NOUN not in text)
            object.__setattr__(self, kind, worded)

    @property
    def latex(self) -> str:
        """The symbol."""
        return self.symbol or self.name


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One concrete setting of a relation: a kettle here, a toaster there.

    Parameters
    ----------
    words : mapping
        Texts for the braces in phrases. Usual names: ``a`` ("an electric kettle") and ``the``
        ("the kettle"); any others the phrases need.
    fixed : mapping
        Values that belong to the case, as they are printed in the quantity's unit:
        ``{"c": "0.897"}``. They are stated in the problem like any other.
    ranges : mapping
        Tighter ranges: ``{"m": (0.5, 3)}``.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extra:
    """A fact that plays no part in the answer: a distractor.

    Parameters
    ----------
    clause : str
        With ``{value}`` and the words of the case.
    unit : str
        Pint's spelling.
    low, high : float
        Range in `unit`.
    digits : int
        Significant figures.
    """

    clause: str
    unit: str
    low: float
    high: float
    digits: int = 2


@dataclass(frozen=True, slots=True)
class Best:
    """That one quantity is chosen such that another one is as large, or as small, as can be.

    Parameters
    ----------
    kind : {"largest", "smallest"}
    value : str
        What is to be large or small; it stands alone in one of the equations.
    over : str
        What is chosen, anywhere in its plausible range. Both are `inner` quantities.
    below : str
        A formula of what is stated, below which it stays: ``"a/2"``.
    """

    kind: str
    value: str
    over: str
    below: str = ""


_SLOT = re.compile(r"\{(\w+)(?::([n+]))?\}")


def slots(template: str) -> list[tuple[str, str]]:
    """Return (name, format) of the slots of a phrase; format is '', 'n' or '+'."""
    return [(match[1], match[2] or "") for match in _SLOT.finditer(template)]


def fill(template: str, words: Mapping[str, str]) -> str:
    """Put words into a phrase; slots without a word, and LaTeX braces, stay as they are."""
    return _SLOT.sub(
        lambda match: words.get(match[1], match[0]) if not match[2] else match[0], template
    )
