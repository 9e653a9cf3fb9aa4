"""Reading a scene: from what a file holds to acts that are relations in its words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis import units
from sample_engineering.synthesis.declared import Declared, Misdeclared
from sample_engineering.synthesis.language import Language, english
from sample_engineering.synthesis.relation import Case, Extra, Quantity, Relation, fill, slots
from sample_engineering.synthesis.scene import Act, Scene, tellings
from sample_engineering.synthesis.toml_lines import Key

MOST_ACTS = 24  # every set of so many acts is looked at
MOST_VALUES = 100
MOST_BRACKETS = 6  # in a sentence: each doubles what it may come to
_MOST_IDLE = 12
_ABOUT = 0.01  # the plausible range of a fixed value, as a share of it
_ROOM = 1000  # by which the library's range of what no text states is widened
_VALUE_KEYS = (
    *("noun", "thing", "unit", "range", "given", "ask", "digits", "step", "whole", "units"),
    "fixed",
)
_ACT_KEYS = ("name", "relation", "of", "tell", "title", "never", "instead")
_SCENE_KEYS = ("opening", "values", "acts", "idle")
_IDLE_KEYS = ("clause", "unit", "range", "digits")


class SceneFault(SynthesisError):
    """A table is no scene: what is wrong, and the key in it."""

    def __init__(self, text: str, key: Key = ()) -> None:
        super().__init__(text)
        self.key = key


def scene_of(
    name: str,
    table: Mapping[str, Any],
    library: Mapping[str, Relation],
    language: Language | None = None,
) -> Scene:
    """Read a scene.

    Parameters
    ----------
    name : str
    table : mapping
        What the file holds.
    library : mapping of str to Relation
        Relations by name, in English.
    language : Language, optional
        That of the words in the table; English by default.

    Raises
    ------
    SceneFault
        If the table is no scene; the message names the scene and the entry.
    """
    try:
        return _SceneReader(name, library, language or english()).scene(table)
    except Misdeclared as wrong:
        raise SceneFault(f"the scene {name}: {wrong}", wrong.key) from wrong


class _SceneReader:
    def __init__(self, name: str, library: Mapping[str, Relation], language: Language) -> None:
        self.name = name
        self.library = library
        self.language = language

    def scene(self, table: Mapping[str, Any]) -> Scene:
        fields = Declared(table, _SCENE_KEYS)
        values = {
            key: Declared(value, _VALUE_KEYS, ("values", key))
            for key, value in fields.tables("values", most=MOST_VALUES).items()
        }
        acts = fields.items("acts", MOST_ACTS)
        if not acts:
            raise Misdeclared("acts is missing; add [[acts]]", ("acts",))
        things = {key: self._thing(value) for key, value in values.items()}
        found: dict[str, Act] = {}
        for index, item in enumerate(acts):
            act = self._act(item, ("acts", str(index)), values)
            if act.name in found:
                raise Misdeclared(
                    f"two acts are named {act.name}; give one of them another `name`",
                    ("acts", str(index)),
                )
            found[act.name] = act
        idle = fields.items("idle", _MOST_IDLE)
        return Scene(
            self.name,
            fields.texts("opening", ()),
            things,
            tuple(found.values()),
            tuple(_idle(item, ("idle", str(index))) for index, item in enumerate(idle)),
        )

    def _act(self, table: Any, here: Key, values: Mapping[str, Declared]) -> Act:
        if not isinstance(table, dict):
            raise Misdeclared("an act is no table; write [[acts]]", here)
        fields = Declared(table, _ACT_KEYS, here)
        said = fields.text("relation")
        name = fields.text("name", said)
        if said not in self.library:
            raise Misdeclared(f"the act {name}: no relation {said!r}; mend the name", here)
        plain = self.library[said]
        # What no text states and no question asks for is no value of the scene.
        silent = {
            item.name for item in plain.quantities if item.name in plain.inner and not item.ask
        }
        bound = self._bound(name, fields, plain, silent, values)
        spoken = {value: item for item, value in bound.items() if item not in plain.inner}
        templates = fields.texts("tell")
        passages = tuple(
            _in_quantities(name, text, spoken, here)
            for template in templates
            for text in _told(name, template, here)
        )
        if all(slots(text) for text in passages):
            raise Misdeclared(
                f"the act {name}: `tell` must do without values; put them in [...]", here
            )
        never = fields.texts("never", ())
        relation = replace(
            plain,
            title=fields.text("title", plain.title),
            quantities=tuple(
                _anywhere(item)
                if item.name in silent
                else self._quantity(item, bound[item.name], values[bound[item.name]], never)
                for item in plain.quantities
            ),
            cases=(
                Case(
                    fixed={
                        quantity: values[value].text("fixed")
                        for quantity, value in bound.items()
                        if values[value].has("fixed")
                    }
                ),
            ),
            setting=(),
            tell={},
            extras=(),
            passages=passages,
        )
        unsaid = {quantity: f"{name} {quantity}" for quantity in sorted(silent)}
        return Act(name, relation, {**bound, **unsaid}, templates, fields.text("instead", ""))

    def _bound(
        self,
        name: str,
        fields: Declared,
        plain: Relation,
        silent: set[str],
        values: Mapping[str, Declared],
    ) -> dict[str, str]:
        """Return which value each quantity is."""
        here = fields.here
        bound = fields.table("of")
        wanted = [item for item in plain.by_name if item not in silent]
        if set(bound) != set(wanted):
            raise Misdeclared(
                f"the act {name}: `of` must name a value for each of {', '.join(wanted)}", here
            )
        for value in bound.values():
            if not isinstance(value, str) or value not in values:
                raise Misdeclared(f"the act {name}: no value {value!r}; add it", here)
        return {item: str(bound[item]) for item in plain.by_name if item in bound}

    def _quantity(
        self, plain: Quantity, key: str, value: Declared, never: tuple[str, ...]
    ) -> Quantity:
        noun = value.text("noun")
        unit = value.text("unit", plain.unit)
        others = value.texts("units", plain.units if unit == plain.unit else ())
        for spelling in (unit, *others):
            if spelling and not units.is_spelled(spelling):
                raise Misdeclared(
                    f"the value {key}: {spelling!r} is not spelled as a unit; write it as "
                    "'J/(kg*K)' or 'm/s**2'",
                    value.here,
                )
        whole = value.flag("whole", plain.whole and unit == plain.unit)
        if value.has("fixed"):
            size = _number(key, value)
            margin = 1.0 if whole else abs(size) * _ABOUT
            low, high = size - margin, size + margin
        elif value.has("range"):
            low, high = value.span("range")
        else:
            raise Misdeclared(
                f"the value {key}: give its `range`, or the `fixed` value", value.here
            )
        if not low < high:
            raise Misdeclared(f"the value {key}: the range starts with the smaller end", value.here)
        step = value.number("step", plain.step if not value.has("range") else None)
        if step is not None and not 0 < step <= high - low:
            raise Misdeclared(f"the value {key}: the step does not fit into the range", value.here)
        askable = bool(plain.ask) and not value.holds("ask", False) and not value.has("fixed")
        askable = askable and key not in never
        derived = {
            kind: self.language.derived[kind].replace("{noun}", noun) for kind in ("given", "ask")
        }
        return replace(
            plain,
            unit=unit,
            low=low,
            high=high,
            given=value.texts("given", (derived["given"],)),
            noun=(noun,),
            ask=value.texts("ask", (derived["ask"],)) if askable else (),
            meaning="",
            accepts=(),
            link=(),
            digits=value.whole("digits", plain.digits, 1, 6),
            step=step,
            whole=whole,
            exact=plain.exact or whole,
            units=others,
        )

    def _thing(self, value: Declared) -> str:
        noun = value.text("noun")
        last = noun.split()[-1] if noun.split() else noun
        for ending in self.language.genitives:
            last = last.removesuffix(ending)
        return value.text("thing", last)


def _idle(item: Any, here: Key) -> Extra:
    if not isinstance(item, dict):
        raise Misdeclared(
            'an idle fact is { clause = "... {value} ...", unit = "m", range = [2, 9] }', here
        )
    fields = Declared(item, _IDLE_KEYS, here)
    unit = fields.text("unit", "")
    if unit and not units.is_spelled(unit):
        raise Misdeclared(f"{unit!r} is not spelled as a unit", here)
    low, high = fields.span("range")
    return Extra(fields.text("clause"), unit, low, high, fields.whole("digits", 2, 1, 6))


def _number(key: str, value: Declared) -> float:
    try:
        return float(value.text("fixed"))
    except ValueError as error:
        raise Misdeclared(
            f"the value {key}: `fixed` is a number as it is printed, in quotes", value.here
        ) from error


def _told(name: str, template: str, here: Key) -> tuple[str, ...]:
    if template.count("[") > MOST_BRACKETS:
        raise Misdeclared(
            f"the act {name}: at most {MOST_BRACKETS} parts in brackets; leave some out", here
        )
    return tellings(template)


def _in_quantities(name: str, text: str, spoken: Mapping[str, str], here: Key) -> str:
    """Write the slots of a passage as the quantities of its relation."""
    for slot, style in slots(text):
        if slot not in spoken or style:
            raise Misdeclared(f"the act {name}: {{{slot}}} is none of its values", here)
    return fill(text, {value: f"{{{quantity}}}" for value, quantity in spoken.items()})


def _anywhere(quantity: Quantity) -> Quantity:
    """Let a quantity that no text states be of the size that the values of a scene make it."""
    low, high = quantity.low, quantity.high
    low = low * _ROOM if low < 0 else low / _ROOM
    return replace(quantity, low=low, high=high * _ROOM, meaning="")
