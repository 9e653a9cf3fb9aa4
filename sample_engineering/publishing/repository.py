"""A repository as a folder here: written whole, listed, looked through for keys, uploaded."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sample_engineering import notebook
from sample_engineering.errors import ConfigError, RunError
from sample_engineering.files import write_whole
from sample_engineering.named_elsewhere import is_repository
from sample_engineering.redaction import redacted
from sample_engineering.report.publishing import address_of, check_push, upload

DATASET, MODEL = "dataset", "model"
CARD = "README.md"
_TEXTS = (".md", ".json", ".jsonl", ".txt", ".jinja", ".model")
_COPIED = 2**20


@dataclass(frozen=True)
class RepositoryFile:
    """A file that is, or would be, uploaded.

    Parameters
    ----------
    path : str
        In the repository.
    size : int
        Bytes.
    sha256 : str
    """

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Push:
    """What was written for a repository, and whether it was uploaded; shows itself as a table.

    Parameters
    ----------
    repository : str
        ``OWNER/NAME``.
    kind : str
        ``dataset`` or ``model``.
    folder : Path
        Where it lies here.
    files : tuple of RepositoryFile
        All that is, or would be, uploaded.
    address : str
        Of the repository, or of the commit that was made.
    uploaded : bool
    notes : tuple of str
        What to know before it is uploaded.
    """

    repository: str
    kind: str
    folder: Path
    files: tuple[RepositoryFile, ...]
    address: str
    uploaded: bool = False
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record."""
        return asdict(self) | {"folder": str(self.folder)}

    def __repr__(self) -> str:
        return f"<Push: {self.summary()}>"

    def summary(self) -> str:
        """Say in a line what was, or would be, uploaded."""
        size = sum(one.size for one in self.files)
        done = "uploaded" if self.uploaded else "nothing uploaded; would upload"
        return f"{done} {len(self.files)} files, {size:,} bytes, to {self.address}"

    def _repr_html_(self) -> str:
        rows = [(one.path, one.size, one.sha256[:12]) for one in self.files]
        return notebook.page(
            notebook.heading(self.repository, self.kind),
            notebook.paragraph(self.summary()),
            notebook.table(("file", "bytes", "SHA-256"), rows),
            notebook.notes(self.notes),
        )


def check_name(repository: str) -> None:
    """Raise ConfigError if this is no OWNER/NAME of the hub."""
    if not is_repository(repository):
        raise ConfigError(
            f"`repo` {repository!r} is no OWNER/NAME; give letters, digits, '-', '_' and '.'"
        )


def write_repository(
    repository: str,
    kind: str,
    contents: Mapping[str, bytes | Path],
    out: Path,
    notes: tuple[str, ...] = (),
) -> Push:
    """Write the files of a repository into a folder here; nothing is uploaded.

    Parameters
    ----------
    repository : str
    kind : {"dataset", "model"}
    contents : mapping from str to bytes or Path
        By the path in the repository; large files by where they lie.
    out : Path
        The folder. What an earlier call wrote there, and nobody changed, may be there.
    notes : tuple of str

    Raises
    ------
    RunError
        If the folder holds something else.
    ConfigError
        If a file holds what looks like a key.
    """
    for name, content in contents.items():
        _check_for_keys(name, content)
    _check_free(out, contents)
    for name, content in contents.items():
        target = out / name
        if isinstance(content, bytes):
            with write_whole(target, "wb") as stream:
                stream.write(content)
        elif not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(content, target)
    files = tuple(_listed(name, out / name) for name in sorted(contents))
    return Push(repository, kind, out, files, address_of(repository, kind), notes=notes)


def upload_repository(push: Push, *, message: str, private: bool) -> Push:
    """Upload what is listed, as one commit; a repository is made if there is none.

    Raises
    ------
    ConfigError
        If the hub cannot be reached, or does not know the user.
    RunError
        If the hub refuses it, or a file was changed since it was listed.
    """
    from dataclasses import replace

    check_push(push.repository, "repo")
    for one in push.files:
        if _listed(one.path, push.folder / one.path) != one:
            raise RunError(f"{push.folder / one.path} was changed meanwhile; push again")
    places = {one.path: push.folder / one.path for one in push.files}
    address = upload(push.repository, push.kind, places, message, private=private)
    return replace(push, uploaded=True, address=address)


def _check_free(out: Path, contents: Mapping[str, bytes | Path]) -> None:
    """Refuse a folder with anything but what an earlier call wrote there."""
    if not out.exists():
        return
    found = [path for path in sorted(out.rglob("*")) if not path.is_dir()] if out.is_dir() else []
    if not out.is_dir():
        raise RunError(f"{out} is a file; choose another place with `out`")
    for path in found:
        name = path.relative_to(out).as_posix()
        if name not in contents:
            raise RunError(
                f"{out} holds {name}, which is not of this push; choose another place with `out`"
            )
        if path.is_symlink() or not _same(path, contents[name]):
            raise RunError(
                f"{path} is another than this push writes: it was changed, or the push was; take "
                "it away, or choose another place with `out`"
            )


def _same(path: Path, content: bytes | Path) -> bool:
    """Whether a file holds this; what is a link to it is not read."""
    linked = isinstance(content, Path) and path.samefile(content)
    return linked or _digest(path) == _digest(content)


def _check_for_keys(name: str, content: bytes | Path) -> None:
    """Refuse a text in which a key or password stands; where it is, is said, and not what it is."""
    if not name.endswith(_TEXTS):
        return
    if isinstance(content, Path):
        with content.open("rb") as stream:
            lines = stream.read().splitlines()
    else:
        lines = content.splitlines()
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "replace")
        if redacted(text) != text:
            raise ConfigError(
                f"line {number} of {name} holds what looks like a key or password; take it out of "
                "what is pushed"
            )


def _listed(name: str, place: Path) -> RepositoryFile:
    return RepositoryFile(name, place.stat().st_size, _digest(place))


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    found = hashlib.sha256()
    with content.open("rb") as stream:
        while part := stream.read(_COPIED):
            found.update(part)
    return found.hexdigest()


def _link(source: Path, target: Path) -> None:
    """Have a large file in two places without writing it twice, where that can be."""
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)
