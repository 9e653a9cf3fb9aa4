"""Relations told in another language: the same equations and ranges, with other words.

The words stand in TOML files, one table a relation, keyed as in `relation_files`::

    [lens-power]
    title = "die Brechkraft einer Linse ist der Kehrwert ihrer Brennweite"
    cases = ["die Linse", "die Lesebrille"]
    quantity.f.noun = "die Brennweite {the_gen}"
    quantity.D.noun = "die Brechkraft {the_gen}"

``{the}``, ``{the_acc}``, ``{the_dat}`` and ``{the_gen}`` are the forms of the object of a case.
They follow from ``"der Zug|des Zuges"`` (nominative and genitive), from a feminine noun alone, or
are all written out where the noun itself changes.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sample_engineering.synthesis.declared import Declared, Misdeclared
from sample_engineering.synthesis.language import DEFAULT, FOLDER, Language
from sample_engineering.synthesis.relation import Case, Extra, Phrases, Quantity, Relation

_FORMS = ("", "_acc", "_dat", "_gen")
_MARK = "|"  # between the forms of a noun
_ENGLISH = "__en"  # marks the word of the original, by which relations link
_SLOT = re.compile(r"\{(\w+)\}")
# nominative article -> accusative, dative
_ARTICLES = {"der": ("den", "dem"), "das": ("das", "dem"), "die": ("die", "der")}
_FEMININE = "die"
_RELATION = ("title", "setting", "tell", "extras", "cases", "quantity")
_QUANTITY = ("noun", "given", "ask", "link")
_MOST_CASES = 40


def translated(relation: Relation, table: Any, language: Language) -> Relation:
    """Return a relation with the words of a table.

    Raises
    ------
    Misdeclared
        If the words are not complete, or say more than the relation has.
    """
    if not isinstance(table, dict):
        raise Misdeclared("is no table; write [name-of-the-relation] above its keys")
    fields = Declared(in_full(table, language), _RELATION)
    quantities = fields.table("quantity")
    for name in quantities:
        if name not in relation.by_name:
            raise Misdeclared(f"{name!r} is no quantity of the relation", ("quantity", name))
    return replace(
        relation,
        title=fields.text("title"),
        setting=_as_many("setting", fields.texts("setting", ()), relation.setting),
        tell=_tell(relation, fields),
        extras=_extras(relation, fields),
        cases=_cases(relation, fields),
        quantities=tuple(
            _quantity(item, quantities.get(item.name, {}), language) for item in relation.quantities
        ),
    )


def in_full(value: Any, language: Language) -> Any:
    """Write contractions in full, wherever they stand in a table."""
    if isinstance(value, str):
        return language.in_full(value)
    if isinstance(value, list):
        return [in_full(item, language) for item in value]
    if isinstance(value, dict):
        return {key: in_full(item, language) for key, item in value.items()}
    return value


def _as_many(key: str, found: Phrases, original: Phrases) -> Phrases:
    if bool(found) != bool(original):
        remedy = "add it" if original else "leave it out: the original has none"
        raise Misdeclared(f"{key} is {'missing' if original else 'too much'}; {remedy}", (key,))
    return found


def _tell(relation: Relation, fields: Declared) -> dict[str, Phrases]:
    found = fields.texts_by_name("tell")
    if set(found) != set(relation.tell):
        wanted = ", ".join(sorted(relation.tell)) or "nothing"
        raise Misdeclared(f"tell is about {wanted} in the original; tell the same", ("tell",))
    return found


def _extras(relation: Relation, fields: Declared) -> tuple[Extra, ...]:
    clauses = fields.texts("extras", ())
    if clauses and len(clauses) != len(relation.extras):
        raise Misdeclared(
            f"extras has {len(clauses)} clauses and the original {len(relation.extras)}; "
            "write one for each, or none",
            ("extras",),
        )
    pairs = zip(relation.extras, clauses, strict=False)
    return tuple(replace(extra, clause=clause) for extra, clause in pairs)


def _cases(relation: Relation, fields: Declared) -> tuple[Case, ...]:
    items = fields.items("cases", _MOST_CASES)
    if not items and not any(case.words for case in relation.cases):
        return relation.cases
    if len(items) != len(relation.cases):
        raise Misdeclared(
            f"cases has {len(items)} entries and the original {len(relation.cases)}; "
            "write one for each, in their order",
            ("cases",),
        )
    found = []
    for item, case in zip(items, relation.cases, strict=True):
        words = {"the": item} if isinstance(item, str) else item
        if not isinstance(words, dict):
            raise Misdeclared("a case is neither a text nor a table; mend it", ("cases",))
        inner = Declared(words, None, ("cases",))
        own: dict[str, str] = {}
        for name in words:
            own |= _declined(name, inner.text(name))
        original = {f"{name}{_ENGLISH}": text for name, text in case.words.items()}
        found.append(replace(case, words=own | original))
    return tuple(found)


def _declined(name: str, text: str) -> dict[str, str]:
    """Return the forms of a word of a case: ``the``, ``the_acc``, ``the_dat``, ``the_gen``."""
    forms = [form.strip() for form in text.split(_MARK)]
    article, _, noun = forms[0].partition(" ")
    if len(forms) == len(_FORMS):
        return {name + ending: form for ending, form in zip(_FORMS, forms, strict=True)}
    if len(forms) == 1 and name != "the":
        return {name: text}
    regular = article in _ARTICLES and noun[:1].isupper()
    if not regular or len(forms) != (1 if article == _FEMININE else 2):
        raise Misdeclared(
            f"{text!r} does not say its four cases; write nominative|genitive as in "
            "'der Zug|des Zuges', a feminine noun alone, or all four forms",
            ("cases",),
        )
    accusative, dative = (f"{form} {noun}" for form in _ARTICLES[article])
    genitive = dative if len(forms) == 1 else forms[1]
    return dict(
        zip((name + ending for ending in _FORMS), (forms[0], accusative, dative, genitive),
            strict=True)
    )  # fmt: skip


def _quantity(original: Quantity, table: Any, language: Language) -> Quantity:
    here = ("quantity", original.name)
    if not isinstance(table, dict):
        raise Misdeclared("is no table; write { noun = ... }", here)
    fields = Declared(table, _QUANTITY, here)
    noun = fields.texts("noun", ())
    words: dict[str, Any] = {}
    for kind in ("given", "ask", "link"):
        wanted: Phrases = getattr(original, kind)
        if not wanted:
            if kind in table:
                raise Misdeclared(f"the original has no {kind}; leave it out", (*here, kind))
            words[kind] = ()
            continue
        words[kind] = fields.texts(kind, (language.derived[kind],))
        if not noun and any("{noun}" in text for text in words[kind]):
            raise Misdeclared(f"{original.name} has no noun in {language.name}; add it", here)
    if original.noun and not noun:
        raise Misdeclared(f"{original.name} has no noun in {language.name}; add it", here)
    return replace(
        original,
        noun=noun,
        meaning=_linking(original.meaning),
        accepts=tuple(map(_linking, original.accepts)),
        **words,
    )


def _linking(meaning: str) -> str:
    """Let a meaning speak the words of the original, so that what linked still links."""
    return _SLOT.sub(lambda match: "{" + match[1] + _ENGLISH + "}", meaning)


@lru_cache(maxsize=4)
def tables_of(code: str) -> Mapping[str, Mapping[str, Any]]:
    """Return our translations into a language, by relation."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((FOLDER / code).glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=8)
def told_in(language: Language, library: tuple[Relation, ...]) -> tuple[Relation, ...]:
    """Return the relations of a library that can be told in a language, in its words.

    Parameters
    ----------
    language : Language
    library : tuple of Relation
        In English.
    """
    if language.code == DEFAULT:
        return library
    tables = tables_of(language.code)
    return tuple(
        translated(item, tables[item.name], language) for item in library if item.name in tables
    )
