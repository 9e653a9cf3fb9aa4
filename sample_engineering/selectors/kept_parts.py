"""Scored parts of a large pool in a folder, so that the same command goes on where it was stopped.

A part is found again by what it depends on: its candidates, the question, the conditions and the
version of this package. Nothing in the folder is run: arrays and JSON.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from sample_engineering.errors import ConfigError, RunError
from sample_engineering.files import write_whole
from sample_engineering.selectors.copies import Sketches
from sample_engineering.selectors.evidence import Evidence
from sample_engineering.selectors.novelty import Compared
from sample_engineering.selectors.overlap import Match
from sample_engineering.selectors.protocol import Count
from sample_engineering.selectors.question import Question

if TYPE_CHECKING:
    from sample_engineering.selectors.parted import ScoredPart

_ARRAYS = ("keys", "later", "then", "stops", "learned", "tiers", "guessed")
_SKETCHES = ("whole", "masked", "numbers", "least")


def conditions(question: Question, evidence: Evidence) -> str:
    """Return a digest of all that the scores of a part depend on, beside its candidates."""
    from sample_engineering.version import __version__

    asked = [
        (name, sorted(vars(question.selectors[name]).items(), key=lambda item: item[0]))
        for name in question.asked
    ]
    parts = (
        __version__,
        question.column,
        question.sign,
        question.whole,
        asked,
        evidence.targets,
        evidence.group_size,
        type(evidence._tagger).__qualname__,
        sorted((name, repr(demand)) for name, demand in evidence.demand.items()),
        [(item.problem, name) for item, name in zip(evidence.against, evidence.against_names)],  # noqa: B905
        (sorted(evidence.instructions.sentences), evidence.instructions.beginnings),
        evidence.instructions.ends,
    )
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class KeptParts:
    """The folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Raises
    ------
    ConfigError
        If it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"`resume` {folder}: {error.strerror}; give another folder"
            ) from error

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.npz"

    def get(self, key: str) -> "ScoredPart | None":
        """Return a part that was kept; None where there is none, or it is damaged."""
        import numpy as np

        from sample_engineering.selectors.parted import ScoredPart

        try:
            with np.load(self._path(key), allow_pickle=False) as kept:
                meta: Mapping[str, Any] = json.loads(bytes(kept["meta"]).decode())
                items = {
                    int(place): Match(int(index), float(similarity), meta["kinds"][int(kind)])
                    for place, index, similarity, kind in zip(
                        *(kept[f"item_{n}"] for n in ("place", "index", "similarity", "kind")),
                        strict=True,
                    )
                }
                compared = None
                if meta["compared"]:
                    compared = Compared(items, Sketches(*(kept[f"sketch_{n}"] for n in _SKETCHES)))
                return ScoredPart(
                    rows=bytes(kept["rows"]),
                    lengths=kept["lengths"].tolist(),
                    **{name: kept[name] for name in _ARRAYS},
                    compared=compared,
                    notes=[
                        (name, text if n is None else Count(text, n))
                        for name, text, n in meta["notes"]
                    ],
                    names=tuple(meta["names"]),
                    aside=meta["aside"],
                    rates_notes=meta["rates_notes"],
                )
        except (OSError, ValueError, KeyError, TypeError, IndexError, BadZipFile):
            return None

    def put(self, key: str, part: "ScoredPart") -> None:
        """Keep a part, whole or not at all."""
        import numpy as np

        compared = part.compared
        items = {} if compared is None else compared.items
        kinds = sorted({item.kind for item in items.values()})
        meta = {
            "compared": compared is not None,
            "kinds": kinds,
            "notes": [
                (name, note.text, note.n) if isinstance(note, Count) else (name, note, None)
                for name, note in part.notes
            ],
            "names": part.names,
            "aside": part.aside,
            "rates_notes": part.rates_notes,
        }
        arrays = {name: getattr(part, name) for name in _ARRAYS}
        arrays |= {
            "meta": np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
            "rows": np.frombuffer(part.rows, dtype=np.uint8),
            "lengths": np.array(part.lengths, dtype=np.int64),
            "item_place": np.array(list(items), dtype=np.int64),
            "item_index": np.array([item.index for item in items.values()], dtype=np.int64),
            "item_similarity": np.array([item.similarity for item in items.values()], dtype=float),
            "item_kind": np.array([kinds.index(i.kind) for i in items.values()], dtype=np.int64),
        }
        if compared is not None:
            arrays |= {f"sketch_{n}": getattr(compared.sketches, n) for n in _SKETCHES}
        try:
            with write_whole(self._path(key), "wb") as stream:
                np.savez(stream, **arrays)
        except OSError as error:
            raise RunError(f"cannot write to {self._folder}: {error.strerror}") from error
