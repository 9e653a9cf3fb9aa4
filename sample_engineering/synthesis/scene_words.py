"""Scenes told in another language: the same values and acts, with other words.

The words stand in a file for each scene, keyed as the scene::

    opening = ["Im Mai wird das Schwimmbecken gefüllt."]
    idle = ["der Zaun ist {value} hoch"]                      # one clause for each, or none

    [values]
    water = "das Volumen des Wassers"                         # its noun, in the nominative
    inflow = { noun = "der Zufluss", thing = "Zufluss", ask = "Wie groß ist der Zufluss?" }

    [acts.filling-time]
    title = "das Volumen ist Zufluss mal Zeit"                # where the relation has none
    tell = "das Wasser[, {water},] strömt[ mit {inflow}] in das Becken[ und füllt es in {filling}]"

An act without words is left out, and so are the values that no other act is bound to.
"""

from collections.abc import Mapping
from typing import Any

from sample_engineering.synthesis.declared import Declared, Misdeclared
from sample_engineering.synthesis.language import Language
from sample_engineering.synthesis.translation import in_full

_KEYS = ("opening", "idle", "values", "acts")
_VALUE = ("noun", "thing", "given", "ask")
_ACT = ("title", "tell")
_MOST = 100


def in_words(
    table: Mapping[str, Any], words: Any, titles: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """Return the table of a scene with the words of another language.

    Parameters
    ----------
    table : mapping
        The scene, in English, in which `scene_of` finds nothing wrong.
    words : mapping
        What the file of the translation holds.
    titles : mapping of str to str
        The title of each relation that has words in the language.
    language : Language

    Raises
    ------
    Misdeclared
        If the words are not complete, or are about what the scene does not have.
    """
    if not isinstance(words, dict):
        raise Misdeclared("is no table; write opening = [...] and [values]")
    fields = Declared(in_full(words, language), _KEYS)
    told = {
        name: Declared(item, _ACT, ("acts", name))
        for name, item in fields.tables("acts", most=_MOST).items()
    }
    acts = [dict(act) for act in table["acts"]]
    names = [act.get("name", act["relation"]) for act in acts]
    for given in told:
        if given not in names:
            raise Misdeclared(f"{given!r} is no act of the scene; mend the name", ("acts", given))
    kept = []
    for name, act in zip(map(str, names), acts, strict=True):
        if name not in told:
            continue
        title = told[name].text("title", titles.get(act["relation"], ""))
        if not title:
            raise Misdeclared(
                f"{act['relation']} has no title in {language.name}; add title", ("acts", name)
            )
        kept.append({**act, "title": title, "tell": list(told[name].texts("tell"))})
    used = dict.fromkeys(value for act in kept for value in act["of"].values())
    return {
        "opening": list(fields.texts("opening")),
        "idle": _idle(table, fields),
        "values": _values(table, fields, used),
        "acts": kept,
    }


def _values(
    table: Mapping[str, Any], fields: Declared, used: Mapping[str, None]
) -> dict[str, dict[str, Any]]:
    found = {}
    given = fields.mapping("values")
    for name in given:
        if name not in table["values"]:
            raise Misdeclared(f"{name!r} is no value of the scene", ("values", name))
    for name in used:
        if name not in given:
            raise Misdeclared(f"the value {name} has no words; add them", ("values",))
        item = given[name]
        own = Declared(item if isinstance(item, dict) else {"noun": item}, _VALUE, ("values", name))
        original = table["values"][name]
        kept = {key: size for key, size in original.items() if key not in _VALUE}
        if original.get("ask") is False:
            kept["ask"] = False
        for key in ("given", "ask"):
            if isinstance(original.get(key), str | list) and not own.has(key):
                raise Misdeclared(f"{name} has words of its own for {key}; add them", own.here)
        kept["noun"] = own.text("noun")
        for key in ("thing", "given", "ask"):
            if own.has(key):
                kept[key] = own.text(key) if key == "thing" else list(own.texts(key))
        found[name] = kept
    return found


def _idle(table: Mapping[str, Any], fields: Declared) -> list[dict[str, Any]]:
    facts = table.get("idle", [])
    clauses = fields.texts("idle", ())
    if clauses and len(clauses) != len(facts):
        raise Misdeclared(
            f"idle has {len(clauses)} clauses and the scene {len(facts)}; one for each, or none",
            ("idle",),
        )
    pairs = zip(facts, clauses, strict=False)
    return [{**fact, "clause": clause} for fact, clause in pairs]
