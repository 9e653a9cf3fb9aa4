"""Scenes: one story, the things in it, and the relations that hold between their quantities.

A scene is data (a TOML file, see ``scenes/__init__.py``). Its *values* are quantities of things,
each named once and stated at most once. Its *acts* are relations of the library, each told in the
words of the scene and bound to some of its values, in order of time. Two acts that are bound to one
value are linked: what one is about goes into the other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.relation import (
    Case,
    Extra,
    Phrases,
    Quantity,
    Relation,
    fill,
    slots,
)

Place = tuple[str, str]
"""(relation name, quantity name)."""

_OPTIONAL = re.compile(r"\[([^][|]*)(?:\|([^][|]*))?\]")  # in a sentence: [with|without]
_ABOUT = 0.01  # the plausible range of a fixed value, as a share of it
_ROOM = 1000  # by which the library's range of what no text states is widened
_VALUE_KEYS = frozenset(
    {"noun", "thing", "unit", "range", "given", "ask", "digits", "step", "whole", "units", "fixed"}
)
_ACT_KEYS = frozenset({"name", "relation", "of", "tell", "title", "never", "instead"})
_SCENE_KEYS = frozenset({"opening", "values", "acts", "idle"})


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


def scene_of(name: str, table: Mapping[str, Any], library: Mapping[str, Relation]) -> Scene:
    """Read a scene.

    Parameters
    ----------
    name : str
    table : mapping
        What the file holds.
    library : mapping of str to Relation
        Relations by name.

    Raises
    ------
    SynthesisError
        If the table is no scene; the message names the scene and the entry.
    """
    reader = _SceneReader(name, library)
    return reader.scene(table)


class _SceneReader:
    def __init__(self, name: str, library: Mapping[str, Relation]) -> None:
        self.name = name
        self.library = library

    def scene(self, table: Mapping[str, Any]) -> Scene:
        self._known(table, _SCENE_KEYS, "the scene")
        values = self._need(table, "values", dict, "the scene")
        for key, value in values.items():
            if not isinstance(value, Mapping):
                raise self._wrong(f"the value {key} is no table")
            self._known(value, _VALUE_KEYS, f"the value {key}")
        acts = self._need(table, "acts", list, "the scene")
        things = {key: self._thing(key, value) for key, value in values.items()}
        opening = self._texts(table.get("opening", ()), "opening")
        found = tuple(self._act(act, values) for act in acts)
        names = [act.name for act in found]
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                raise self._wrong(f"two acts are named {name}; give one of them another `name`")
        idle = tuple(self._idle(item) for item in table.get("idle", ()))
        return Scene(self.name, opening, things, found, idle)

    def _act(self, table: Any, values: Mapping[str, Any]) -> Act:
        if not isinstance(table, Mapping):
            raise self._wrong("an act is no table")
        said = self._need(table, "relation", str, "an act")
        name = table.get("name", said)
        self._known(table, _ACT_KEYS, f"the act {name}")
        if said not in self.library:
            raise self._wrong(f"the act {name}: no relation {said!r}")
        plain = self.library[said]
        bound = self._need(table, "of", dict, f"the act {name}")
        # What no text states and no question asks for is no value of the scene.
        silent = {
            item.name for item in plain.quantities if item.name in plain.inner and not item.ask
        }
        wanted = [item for item in plain.by_name if item not in silent]
        if set(bound) != set(wanted):
            raise self._wrong(
                f"the act {name}: `of` must name a value for each of {', '.join(wanted)}"
            )
        absent = [value for value in bound.values() if value not in values]
        if absent:
            raise self._wrong(f"the act {name}: no value {absent[0]!r}")
        by_value = {
            value: quantity for quantity, value in bound.items() if quantity not in plain.inner
        }
        templates = self._texts(table.get("tell", ()), f"the act {name}")
        passages = tuple(
            self._in_quantities(name, text, by_value)
            for template in templates
            for text in tellings(template)
        )
        if all(slots(text) for text in passages):
            raise self._wrong(f"the act {name}: `tell` must do without values; put them in [...]")
        relation = replace(
            plain,
            title=str(table.get("title", plain.title)),
            quantities=tuple(
                _anywhere(item)
                if item.name in silent
                else self._quantity(
                    item, bound[item.name], values[bound[item.name]], table.get("never", ())
                )
                for item in plain.quantities
            ),
            cases=(
                Case(
                    fixed={
                        quantity: str(values[value]["fixed"])
                        for quantity, value in bound.items()
                        if "fixed" in values[value]
                    }
                ),
            ),
            setting=(),
            tell={},
            extras=(),
            passages=passages,
        )
        unsaid = {quantity: f"{name} {quantity}" for quantity in sorted(silent)}
        return Act(name, relation, {**bound, **unsaid}, templates, str(table.get("instead", "")))

    def _quantity(
        self, plain: Quantity, key: str, value: Mapping[str, Any], never: Sequence[str]
    ) -> Quantity:
        noun = self._need(value, "noun", str, f"the value {key}")
        unit = str(value.get("unit", plain.unit))
        whole = bool(value.get("whole", plain.whole and unit == plain.unit))
        if "fixed" in value:
            size = float(value["fixed"])
            margin = 1.0 if whole else abs(size) * _ABOUT
            low, high = size - margin, size + margin
        elif "range" in value:
            low, high = map(float, value["range"])
        else:
            raise self._wrong(f"the value {key}: give its `range`, or the `fixed` value")
        asked = value.get("ask", (f"What is {noun}?",))
        askable = bool(plain.ask) and asked is not False and "fixed" not in value
        askable = askable and key not in never
        return replace(
            plain,
            unit=unit,
            low=low,
            high=high,
            given=self._texts(value.get("given", (f"{noun} is {{value}}",)), key),
            noun=(noun,),
            ask=self._texts(asked, key) if askable else (),
            meaning="",
            accepts=(),
            link=(),
            digits=int(value.get("digits", plain.digits)),
            step=value.get("step", plain.step if "range" not in value else None),
            whole=whole,
            exact=plain.exact or whole,
            units=tuple(value.get("units", plain.units if unit == plain.unit else ())),
        )

    def _thing(self, key: str, value: Mapping[str, Any]) -> str:
        noun = self._need(value, "noun", str, f"the value {key}")
        return str(value.get("thing", noun.split()[-1]))

    def _idle(self, table: Any) -> Extra:
        try:
            low, high = map(float, table["range"])
            clause, unit = str(table["clause"]), str(table["unit"])
            return Extra(clause, unit, low, high, int(table.get("digits", 2)))
        except (KeyError, TypeError, ValueError) as error:
            raise self._wrong(
                'an idle fact is { clause = "... {value} ...", unit = ..., range = [...] }'
            ) from error

    def _in_quantities(self, name: str, text: str, by_value: Mapping[str, str]) -> str:
        """Write the slots of a passage as the quantities of its relation."""
        for slot, style in slots(text):
            if slot not in by_value or style:
                raise self._wrong(f"the act {name}: {{{slot}}} is none of its values")
        return fill(text, {value: f"{{{quantity}}}" for value, quantity in by_value.items()})

    def _texts(self, given: Any, where: str) -> Phrases:
        texts = (given,) if isinstance(given, str) else tuple(given)
        if not all(isinstance(text, str) and text for text in texts):
            raise self._wrong(f"{where}: texts are expected")
        return texts

    def _need(self, table: Mapping[str, Any], key: str, kind: type, where: str) -> Any:
        found = table.get(key)
        if not isinstance(found, kind):
            raise self._wrong(f"{where} lacks `{key}`")
        return found

    def _known(self, table: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
        unknown = sorted(set(table) - keys)
        if unknown:
            raise self._wrong(
                f"{where} has no entry {unknown[0]!r}; there are {', '.join(sorted(keys))}"
            )

    def _wrong(self, text: str) -> SynthesisError:
        return SynthesisError(f"the scene {self.name}: {text}")


def _anywhere(quantity: Quantity) -> Quantity:
    """Let a quantity that no text states be of the size that the values of a scene make it."""
    low, high = quantity.low, quantity.high
    low = low * _ROOM if low < 0 else low / _ROOM
    return replace(quantity, low=low, high=high * _ROOM, meaning="")


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
