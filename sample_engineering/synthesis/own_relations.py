"""Relations of one's own, loaded and checked: `se synthesize --relations` and `--check`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sample_engineering import notebook, registry
from sample_engineering.errors import SynthesisError
from sample_engineering.sample import Sample
from sample_engineering.synthesis.declared import Misdeclared
from sample_engineering.synthesis.language import DEFAULT, Language, languages
from sample_engineering.synthesis.language import language as of_code
from sample_engineering.synthesis.relation import Family, Relation
from sample_engineering.synthesis.relation_checks import (
    Fault,
    located_dimension_faults,
    located_faults,
    phrase_faults,
)
from sample_engineering.synthesis.relation_files import Folder, Placed, language_of, read_folder
from sample_engineering.synthesis.solved_apart import with_solved_forms
from sample_engineering.synthesis.translation import told_in, translated
from sample_engineering.text import count_of, visible

if TYPE_CHECKING:
    from sample_engineering.synthesis.scene import Scene

KIND = "relations"
_TOLD = 5  # faults in an error; `se synthesize --check` tells all


@dataclass(frozen=True)
class RelationCheck:
    """What checking a folder of relations found.

    Parameters
    ----------
    folder : Path
    relations : tuple of Relation
        Those that could be read.
    faults : tuple of str
        Each with ``file:line``, the relation, what is wrong and what to do next.
    examples : mapping of str to tuple of Sample
        Two problems of each relation or scene in which nothing is wrong, by its name: to look at.
    scenes : tuple of Scene
        Those in which nothing is wrong, in English.
    """

    folder: Path
    relations: tuple[Relation, ...]
    faults: tuple[str, ...]
    examples: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    scenes: tuple["Scene", ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def account(self) -> str:
        """Return the outcome in one line."""
        counted = count_of(len(self.relations), "relation")
        if self.scenes:
            counted += f" and {count_of(len(self.scenes), 'scene')}"
        checked = f"{counted} in {visible(str(self.folder))}"
        return f"{checked}: " + (count_of(len(self.faults), "fault") if self.faults else "no fault")

    def __repr__(self) -> str:
        return "\n".join((self.account(), *self.faults))

    def _repr_html_(self) -> str:
        rows = [
            (name, notebook.wrapped(sample.problem), sample.answer)
            for name, samples in self.examples.items()
            for sample in samples
        ]
        return notebook.page(
            notebook.heading(self.account()),
            notebook.notes(self.faults),
            notebook.table(("relation", "problem", "answer"), rows),
        )


def check_relations(folder: str | Path, library: tuple[Relation, ...]) -> RelationCheck:
    """Check every relation of a folder as ours are checked, and compose two problems of each.

    Parameters
    ----------
    folder : path-like
        Holds ``*.toml``; see `relation_files`.
    library : tuple of Relation
        The installed relations, whose names are taken.

    Raises
    ------
    SynthesisError
        If it is no folder of relation files.
    """
    from sample_engineering.synthesis.own_scenes import read_scenes_of, try_scene
    from sample_engineering.synthesis.relation_trials import try_out

    read = read_folder(folder)
    placed, faults = _sound(read.placed, library)
    faults = [*read.faults, *faults]
    examples: dict[str, tuple[Sample, ...]] = {}
    own = tuple(item.relation for item in placed)
    for item in placed:
        trial = try_out(item.relation, (*library, *own))
        faults += [item.told(fault) for fault in trial.faults]
        if not trial.faults:
            examples[item.relation.name] = trial.examples
    for tongue in _languages_of(read):
        told, wrong = _told(read, placed, tongue)
        faults += wrong
        others = (*told_in(tongue, library), *(item.relation for item in told))
        for item in told:
            trial = try_out(item.relation, others, language=tongue.code)
            faults += [item.told(fault) for fault in trial.faults]
            if not trial.faults:
                examples[f"{item.relation.name} ({tongue.code})"] = trial.examples
    faults += _strange(read)
    relations = tuple(item.relation for item in read.placed)
    told_scenes, wrongs = read_scenes_of(folder, (*library, *own))
    faults += wrongs
    for scene in told_scenes:
        wrong, found = try_scene(scene, (*library, *own))
        faults += wrong
        if not wrong:
            suffix = "" if scene.code == DEFAULT else f" ({scene.code})"
            examples[f"the scene {scene.scene.name}{suffix}"] = tuple(found)
    scenes = tuple(item.scene for item in told_scenes if item.code == DEFAULT)
    return RelationCheck(Path(folder), relations, tuple(faults), examples, scenes)


def own_relations(
    folder: str | Path, library: tuple[Relation, ...], language: str = DEFAULT
) -> tuple[Relation, ...]:
    """Return the relations of a folder, ready to compose with.

    Parameters
    ----------
    folder : path-like
    library : tuple of Relation
        The installed relations.
    language : str
        Code of a language: only those that have words in it come back, in them.

    Raises
    ------
    SynthesisError
        If anything is wrong with one of them that can be seen without drawing numbers.
    """
    read = read_folder(folder)
    placed, faults = _sound(read.placed, library)
    faults = [*read.faults, *faults, *_strange(read)]
    if language != DEFAULT:
        placed, wrong = _told(read, placed, of_code(language))
        faults += wrong
    if faults:
        more = f" (and {len(faults) - _TOLD} more)" if len(faults) > _TOLD else ""
        raise SynthesisError(
            f"`relations`: {'; '.join(faults[:_TOLD])}{more}; run: se synthesize --check "
            f"{visible(str(folder))}"
        )
    return tuple(item.relation for item in placed)


def _sound(
    placed: Iterable[Placed], library: tuple[Relation, ...]
) -> tuple[list[Placed], list[str]]:
    """Return the relations without fault, with their solved forms, and the faults of the others."""
    told: list[str] = []
    sound: list[Placed] = []
    names = {relation.name: "the library" for relation in library}
    others = [*library]
    for item in placed:
        wrong = [*_clash(item, names), *located_faults(item.relation)]
        wrong = wrong or located_dimension_faults(item.relation, others)
        names.setdefault(item.relation.name, item.source.place((item.relation.name,)))
        told += [item.told(fault) for fault in wrong]
        if not wrong:
            sound.append(item)
            others.append(item.relation)
    solved, failed = with_solved_forms([item.relation for item in sound])
    ready: list[Placed] = []
    for item, relation in zip(sound, solved, strict=True):
        if relation.name in failed:
            unknown, why = failed[relation.name]
            told.append(item.told(Fault(("quantity", unknown), f"{why}; or set ask = []")))
        else:
            ready.append(Placed(relation, item.source))
    return ready, told


def _languages_of(read: Folder) -> list[Language]:
    codes = dict.fromkeys(language_of(source.path) for source, _ in read.translations)
    return [of_code(code) for code in codes if code in languages()]


def _strange(read: Folder) -> list[str]:
    """Return the faults of files that translate to no language that there is."""
    return [
        f"{source.place()}: {language_of(source.path)!r} is no language that is known; "
        f"end the name in {', '.join(f'.{code}.toml' for code in languages()[1:])}"
        for source, _ in read.translations
        if language_of(source.path) not in languages()[1:]
    ]


def _told(
    read: Folder, placed: Iterable[Placed], language: Language
) -> tuple[list[Placed], list[str]]:
    """Return the relations that have words in a language, in them, and the faults of the words."""
    by_name = {item.relation.name: item.relation for item in placed}
    known = {item.relation.name for item in read.placed}
    told: list[Placed] = []
    faults: list[str] = []
    for source, tables in read.translations:
        if language_of(source.path) != language.code:
            continue
        for name, table in tables.items():
            if name not in known:
                faults.append(
                    f"{source.place((name,))}: {visible(name, keep='')} is no relation of this "
                    "folder; mend the name"
                )
                continue
            if name not in by_name:
                continue  # at fault itself
            try:
                item = Placed(translated(by_name[name], table, language), source)
            except Misdeclared as wrong:
                place = source.place((name, *wrong.key))
                faults.append(f"{place}: {name}: {visible(str(wrong), keep='')}")
                continue
            wrongs = phrase_faults(item.relation, language)
            faults += [item.told(fault) for fault in wrongs]
            if not wrongs:
                told.append(item)
    return told, faults


def _clash(item: Placed, names: Mapping[str, str]) -> Iterator[Fault]:
    name = item.relation.name
    if name in names:
        yield Fault((), f"the name is taken by a relation of {names[name]}; rename one")


# --- of packages ------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def installed(
    components: tuple[registry.Component, ...], library: tuple[Relation, ...]
) -> tuple[Relation, ...]:
    """Return the relations of the folders that other packages bring, after those of a library.

    Raises
    ------
    SynthesisError
        If one is at fault; the message names the package.
    """
    found: tuple[Relation, ...] = ()
    for component in components:
        folder = folder_of(component.name)
        try:
            found += own_relations(folder, (*library, *found))
        except SynthesisError as error:
            raise SynthesisError(
                f"the relations {component.name!r} of {component.origin}: {error}, "
                "or uninstall the package"
            ) from error
    return found


def installed_folders() -> tuple[Path, ...]:
    """Return the folders of relation files that other packages bring."""
    return tuple(folder_of(component.name) for component in registry.components(KIND))


def folder_of(name: str) -> Path:
    """Return the folder of relation files that an entry point names: a package, or a path."""
    found: Any = registry.find(KIND, name)
    if isinstance(found, ModuleType) and found.__file__:
        return Path(found.__file__).parent
    if isinstance(found, str | Path):
        return Path(found)
    home = registry.component(KIND, name).origin
    raise SynthesisError(
        f"the relations {name!r} of {home} are no folder; name a package that holds .toml files"
    )


def find_relations(name: str) -> Family:
    """Return the relations of one installed folder."""
    from sample_engineering.synthesis.relations import relations

    folder = folder_of(name)
    names = {item.relation.name for item in read_folder(folder).placed}
    own = (item for item in relations() if item.name in names)
    return Family(f"Relations of {folder.name}", *own)
