"""Scenes: one story, the things in it, and the relations that hold between their quantities.

A scene is data (a TOML file, see ``scenes/__init__.py``). Its *values* are quantities of things,
each named once and stated at most once. Its *acts* are relations of the library, each told in the
words of the scene and bound to some of its values, in order of time. Two acts that are bound to one
value are linked: what one is about goes into the other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sample_engineering.synthesis.relation import Extra, Phrases, Relation

Place = tuple[str, str]
"""(relation name, quantity name)."""

_OPTIONAL = re.compile(r"\[([^][|]*)(?:\|([^][|]*))?\]")  # in a sentence: [with|without]


@dataclass(frozen=True, eq=False, slots=True)
class Act:
    """A relation as a scene tells it.

    Parameters
    ----------
    name : str
        Unique in the scene; the relation's name, unless two acts are about one relation.
    relation : Relation
        The relation of the library in the words of the scene, with one case.
    values : mapping of str to str
        From its quantities to the values of the scene.
    templates : tuple of str
        The sentences as they were written, of which one is told.
    instead : str
        Of acts with the same text here, no story tells two.
    """

    name: str
    relation: Relation
    values: Mapping[str, str]
    templates: Phrases
    instead: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """One story.

    Parameters
    ----------
    name : str
    opening : tuple of str
        Sentences to begin with, of which one is told.
    things : mapping of str to str
        From each value to the word for what it is a quantity of.
    acts : tuple of Act
        In order of time.
    idle : tuple of Extra
        Facts about what the story speaks of that bear on nothing.
    """

    name: str
    opening: Phrases
    things: Mapping[str, str]
    acts: tuple[Act, ...]
    idle: tuple[Extra, ...] = ()

    @property
    def by_name(self) -> dict[str, Act]:
        """The acts by name."""
        return {act.name: act for act in self.acts}


@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """The part of a scene that one problem tells.

    Parameters
    ----------
    scene : Scene
    acts : tuple of Act
        In order of time.
    """

    scene: Scene
    acts: tuple[Act, ...]

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relations, in the words of the scene."""
        return tuple(act.relation for act in self.acts)

    @property
    def homes(self) -> dict[Place, Place]:
        """From each further place of a value to its first one."""
        first: dict[str, Place] = {}
        found: dict[Place, Place] = {}
        for act in self.acts:
            for quantity, value in act.values.items():
                place = (act.relation.name, quantity)
                if first.setdefault(value, place) != place:
                    found[place] = first[value]
        return found


def tellings(template: str) -> tuple[str, ...]:
    """Return what a sentence with optional parts may come to.

    ``"water runs [at {flow}|steadily] into the tank[ for {time}]"`` is four sentences: a part in
    brackets is told where its values are stated, else what stands after the bar. A tilde is the
    comma that closes parts told between commas: ``"the milk[, {m} of it][, at {c}]~ is weighed"``.
    """
    parts = _OPTIONAL.split(template)  # text, with, without, text, with, without, ..., text
    choices: list[tuple[str, ...]] = [(parts[0],)]
    for index in range(1, len(parts), 3):
        choices += [(parts[index], parts[index + 1] or ""), (parts[index + 2],)]
    found = []
    for told in product(*choices):
        pieces = [*told]
        for index, piece in enumerate(pieces):
            if piece.startswith("~"):
                pieces[index] = ("," if _between_commas(told, index) else "") + piece[1:]
        found.append("".join(pieces))
    return tuple(dict.fromkeys(found))


def _between_commas(pieces: Sequence[str], index: int) -> bool:
    """Tell whether one of the optional parts right before a piece was told."""
    index -= 1
    while index >= 0 and (index % 2 or not pieces[index]):
        if pieces[index].startswith(","):
            return True
        index -= 1
    return False


def shared(acts: Sequence[Act]) -> Iterator[tuple[str, tuple[Act, ...]]]:
    """Yield each value that several acts are bound to, and those acts; not what is fixed."""
    holders: dict[str, list[Act]] = {}
    for act in acts:
        (case,) = act.relation.cases
        for quantity, value in act.values.items():
            if quantity not in case.fixed:
                holders.setdefault(value, []).append(act)
    for value, found in holders.items():
        if len(found) > 1:
            yield value, tuple(found)
