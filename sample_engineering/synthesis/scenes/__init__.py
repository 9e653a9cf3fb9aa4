"""The scenes: one TOML file a story.

A scene has an `opening`, its `values` (quantities of things) and its `acts`, in order of time::

    opening = ["A pond is stocked with young trout."]

    [values]
    depth = { noun = "the depth of the pond", unit = "m", range = [1, 4] }
    radius = { noun = "the radius of the pond", unit = "m", range = [5, 30] }
    ...

    [[acts]]
    relation = "cylinder-volume"                        # a relation of the library
    of = { r = "radius", h = "depth", V = "volume" }    # its quantities: values of the scene
    tell = "the pond is [{depth} deep|equally deep] throughout and round[, {radius} in radius]"

What stands in brackets is told where its values are to be stated, else what stands after the bar;
the sentence must do without any value. What no sentence states is told as "NOUN is ...", or by
`given` of the value. What an act yields is never stated: another act that is bound to the same
value takes it up. So a value is told once, each act is told in its place in time, whatever is
asked, and a sentence must say by its words what its relation needs (that the basin is filled *to
the brim*).

A value has a `noun` (singular, starting with "the"), a `unit` and a `range`, or is `fixed` (the
real value of what is named, see ``substances.py``). `thing` is the word, or its stem, for what it
is a quantity of (the last word of the noun, if absent): the sentences of every act that is bound
to it speak of it. It may have words of its own to be stated (`given`, with ``{value}``) and asked
for (`ask`; false: never), `digits`, `step`, `whole` and other `units`. Of acts with the same
`instead` (a round tank, a tank like a box) a story tells one; what an act can `never` yield (a
count that hardly comes out whole) is listed. What no text states of a relation (an inner quantity
that is not asked for) is no value. `idle` facts of the scene bear on nothing::

    idle = [{ clause = "the jetty is {value} long", unit = "m", range = [5, 40] }]
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.synthesis.declared import Misdeclared
from sample_engineering.synthesis.language import DEFAULT, language, languages
from sample_engineering.synthesis.language import FOLDER as LANGUAGES
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.relations import relations
from sample_engineering.synthesis.scene import Scene, Told
from sample_engineering.synthesis.scene_reader import scene_of
from sample_engineering.synthesis.scene_words import in_words
from sample_engineering.synthesis.translation import tables_of
from sample_engineering.synthesis.translation import told_in as words_in

FOLDER = Path(__file__).parent


def scenes(code: str = DEFAULT) -> tuple[Scene, ...]:
    """Return every scene of ours that has words in a language, by name."""
    if code == DEFAULT:
        return read_scenes(FOLDER, relations())
    return _translated(code, relations())


@lru_cache(maxsize=8)
def read_scenes(folder: Path, library: tuple[Relation, ...]) -> tuple[Scene, ...]:
    """Return the scenes in a folder, by name.

    Raises
    ------
    SynthesisError
        If a file is no scene; the message names it.
    """
    return tuple(read_scene(path, library) for path in sorted(folder.glob("*.toml")))


def read_scene(path: Path, library: Iterable[Relation]) -> Scene:
    """Read the scene of one file."""
    return scene_of(name_of(path), _table(path), {item.name: item for item in library})


@lru_cache(maxsize=4)
def _translated(code: str, library: tuple[Relation, ...]) -> tuple[Scene, ...]:
    tongue = language(code)
    titles = {name: str(table.get("title", "")) for name, table in tables_of(code).items()}
    known = {item.name: item for item in library}
    found = []
    for path in sorted((LANGUAGES / code / "scenes").glob("*.toml")):
        table = _table(FOLDER / path.name)
        try:
            told = in_words(table, _table(path), titles, tongue)
        except Misdeclared as wrong:
            raise SynthesisError(f"the scene {path.name} in {tongue.name}: {wrong}") from wrong
        found.append(scene_of(name_of(path), told, known, tongue))
    return tuple(found)


def name_of(path: Path) -> str:
    """Return the name of the scene of a file."""
    return path.name.partition(".")[0].replace("_", "-")


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SynthesisError(f"the scene {path.name} is no TOML: {error}") from error


def told_in(provenance: Mapping[str, Any]) -> Told | None:
    """Return what a composed sample tells of a scene; None where it is told in none.

    Raises
    ------
    SynthesisError
        If it claims a scene or an act that is not known.
    """
    kept = provenance.get("scene")
    if kept is None:
        return None
    known = {scene.name: scene for scene in scenes(_code(provenance))}
    names = kept.get("acts") if isinstance(kept, Mapping) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SynthesisError("the sample's `scene` has no name and acts")
    scene = known.get(str(kept["name"])) if "name" in kept else None
    if scene is None or not set(names) <= set(scene.by_name):
        raise SynthesisError("the sample's `scene`, or one of its acts, is not installed")
    return Told(scene, tuple(act for act in scene.acts if act.name in names))


def _code(provenance: Mapping[str, Any]) -> str:
    code = provenance.get("language", DEFAULT)
    return code if isinstance(code, str) and code in languages() else DEFAULT


def claimed(provenance: Mapping[str, Any]) -> tuple[tuple[Relation, ...], Told | None]:
    """Return the relations that a composed sample claims, in its words, and what it tells.

    Raises
    ------
    SynthesisError
        If a relation, a scene or an act is not known.
    """
    told = told_in(provenance)
    library = words_in(language(_code(provenance)), relations()) if told is None else told.relations
    known = {item.name: item for item in library}
    names = provenance["relations"]
    absent = [name for name in names if name not in known]
    if absent:
        raise SynthesisError(f"no relation {absent[0]!r} is installed")
    return tuple(known[name] for name in names), told
