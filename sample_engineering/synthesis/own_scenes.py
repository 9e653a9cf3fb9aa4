"""Scenes of one's own, in the folder ``scenes`` beside relation files: loaded and checked.

Each is one TOML file as ours are (see ``scenes/__init__.py``); ``pond.de.toml`` beside
``pond.toml`` holds its words in another language (see `scene_words`). The files may be hostile:
they are read and bounded as relation files are, and nothing in them is run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample
from sample_engineering.synthesis.composer import Composer
from sample_engineering.synthesis.declared import Misdeclared
from sample_engineering.synthesis.dropped import Dropped
from sample_engineering.synthesis.language import DEFAULT, languages
from sample_engineering.synthesis.language import language as of_code
from sample_engineering.synthesis.plan import Plan
from sample_engineering.synthesis.relation import Relation
from sample_engineering.synthesis.relation_checks import Fault, located_unit_faults
from sample_engineering.synthesis.relation_files import (
    MOST_FILES,
    SCENES,
    SUFFIX,
    Source,
    language_of,
    read_file,
)
from sample_engineering.synthesis.request import Request
from sample_engineering.synthesis.scene import Scene, shared
from sample_engineering.synthesis.scene_checks import located_scene_faults
from sample_engineering.synthesis.scene_plans import plans_of
from sample_engineering.synthesis.scene_reader import SceneFault, scene_of
from sample_engineering.synthesis.scene_words import in_words
from sample_engineering.synthesis.scenes import name_of, scenes
from sample_engineering.synthesis.translation import tables_of
from sample_engineering.text import visible

_EXAMPLES = 2
_PLANS = 60  # plans of two acts that are tried for them
_TRIES = 4  # of each


@dataclass(frozen=True, eq=False, slots=True)
class PlacedScene:
    """A scene of a file, and in which language it is told."""

    scene: Scene
    source: Source
    code: str = DEFAULT

    def told(self, fault: Fault) -> str:
        """Return a fault with its place: ``scenes/pond.toml:7: the scene pond: ...``."""
        text, key = visible(fault.text, keep=""), fault.key
        if self.code != DEFAULT and key[:1] == ("acts",):
            key = ("acts", self.scene.acts[int(key[1])].name, *key[2:])  # as its file names it
        return f"{self.source.place(key)}: the scene {self.scene.name}: {text}"


def read_scenes_of(
    folder: str | Path, library: tuple[Relation, ...]
) -> tuple[tuple[PlacedScene, ...], tuple[str, ...]]:
    """Return the scenes in a folder of relation files, in every language, and what is wrong.

    Parameters
    ----------
    folder : path-like
    library : tuple of Relation
        All relations in English, those of the folder among them.
    """
    inside = Path(folder) / SCENES
    paths = sorted(inside.glob(f"*{SUFFIX}")) if inside.is_dir() else []
    if len(paths) > MOST_FILES:
        return (), (f"{visible(str(inside))}: more than {MOST_FILES} files; leave some out",)
    known = {item.name: item for item in library}
    taken = {scene.name: "the library" for scene in scenes()}
    placed: list[PlacedScene] = []
    faults: list[str] = []
    tables: dict[str, Mapping[str, Any]] = {}
    for path in sorted(paths, key=lambda path: (bool(language_of(path)), path)):
        try:
            source, table = read_file(path)
        except Misdeclared as wrong:
            faults.append(f"{visible(str(path))}:{wrong.line}: {visible(str(wrong), keep='')}")
            continue
        name, code = name_of(path), language_of(path)
        try:
            if code:
                found = PlacedScene(_told(name, code, table, tables, known), source, code)
            else:
                if name in taken:
                    raise SceneFault(f"the name {name} is taken by {taken[name]}; rename the file")
                taken[name] = f"{path.name}"
                found = PlacedScene(scene_of(name, table, known), source)
                tables[name] = table
        except (SceneFault, Misdeclared) as wrong:
            faults.append(f"{source.place(wrong.key)}: {visible(str(wrong), keep='')}")
            continue
        wrongs = _faults(found)
        faults += [found.told(fault) for fault in wrongs]
        if not wrongs:
            placed.append(found)
    return tuple(placed), tuple(faults)


def _told(
    name: str,
    code: str,
    words: Mapping[str, Any],
    tables: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Relation],
) -> Scene:
    if code not in languages()[1:]:
        ends = ", ".join(f".{other}{SUFFIX}" for other in languages()[1:])
        raise SceneFault(f"{code!r} is no language that is known; end the name in {ends}")
    if name not in tables:
        raise SceneFault(f"there is no scene {name} in English that is sound; add {name}{SUFFIX}")
    titles = {key: str(item.get("title", "")) for key, item in tables_of(code).items()}
    tongue = of_code(code)
    return scene_of(name, in_words(tables[name], words, titles, tongue), known, tongue)


def _faults(item: PlacedScene) -> list[Fault]:
    found: list[Fault] = []
    linked = {act.name for _, acts in shared(item.scene.acts) for act in acts}
    for index, act in enumerate(item.scene.acts):
        here = ("acts", str(index))
        wrong = next(iter(located_unit_faults(act.relation)), None)
        if wrong is not None:
            found.append(Fault(here, f"the act {act.name}: {wrong.text}"))
        if act.name not in linked:
            text = f"the act {act.name} shares no value with another act; bind one to both"
            found.append(Fault(here, text))
    return found or located_scene_faults(item.scene, of_code(item.code))


def own_scenes(
    folder: str | Path, library: tuple[Relation, ...], language: str = DEFAULT
) -> tuple[Scene, ...]:
    """Return the scenes of a folder in a language.

    Raises
    ------
    SynthesisError
        If anything is wrong with one that can be seen without drawing numbers.
    """
    placed, faults = read_scenes_of(folder, library)
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise SynthesisError(
            f"`relations`: {faults[0]}{more}; run: se synthesize --check {visible(str(folder))}"
        )
    return tuple(item.scene for item in placed if item.code == language)


def try_scene(item: PlacedScene, library: tuple[Relation, ...]) -> tuple[list[str], list[Sample]]:
    """Compose problems of two acts of a scene; return what is wrong, and examples."""
    found: list[Sample] = []
    reason = "no two acts make a problem"
    for plan in _pairs(item.scene):
        domains = tuple(dict.fromkeys(relation.domain for relation in plan.relations))
        request = Request(
            domains, (), (2, 2), ("number", "quantity"), None, 0, 0, language=item.code
        )
        composer = Composer(request, library, (item.scene,))
        for _ in range(_TRIES):
            try:
                found.append(composer.compose(plan))
            except Dropped as dropped:
                reason = str(dropped)
                continue
            break
        if composer.rejected and composer.rejected[-1].check == "text reads back":
            last = composer.rejected[-1]
            fault = Fault((), f"{last.reason}; mend the words: {last.problem!r}")
            return [item.told(fault)], found
        if len(found) == _EXAMPLES:
            return [], found
    if found:
        return [], found
    return [item.told(Fault((), f"no problem comes about ({reason}); mend the ranges"))], found


def _pairs(scene: Scene) -> Iterator[Plan]:
    """Yield plans of two acts, one of each pair before a second one of any."""
    by_pair = [list(plans_of(scene, pair)) for pair in combinations(scene.acts, 2)]
    count = 0
    for turn in range(max(map(len, by_pair), default=0)):
        for plans in by_pair:
            if turn < len(plans):
                yield plans[turn]
                count += 1
                if count == _PLANS:
                    return
