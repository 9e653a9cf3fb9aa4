"""One problem with a checkable gold answer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sample_engineering import notebook
from sample_engineering.errors import SampleError
from sample_engineering.images import MARKER, Image, images_of
from sample_engineering.markup import Markup, tag

ANSWER_KINDS = (
    "number",
    "quantity",
    "choice",
    "expression",
    "equation",
    "set",
    "tuple",
    "interval",
    "matrix",
    "formula",
    "text",
    "scored",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One problem with a checkable gold answer.

    Parameters
    ----------
    id : str
        Unique within its pool.
    problem : str
        The problem text as the model sees it (before any prompt template).
    answer : str
        The gold answer, without a box.
    kind : str, optional
        One of `ANSWER_KINDS`; None means: read the kind from the gold.
    unit : str, optional
        Unit of the gold, in pint's spelling, for kind ``quantity``; for kind ``scored`` the problem
        whose scorer decides, ``rg:NAME?n=100&seed=1#17-0a1b2c3d``, see `gym`.
    tolerance : float, optional
        Relative tolerance, dimensionless; None means the grader's default for the kind.
    choices : tuple of str, optional
        Texts of the options A, B, C ... for kind ``choice``.
    solution : str, optional
        A worked solution.
    domains, skills : tuple of str
        Subjects and named steps of reasoning, where known.
    source, license : str, optional
        Where the sample is from, and under what terms.
    provenance : mapping, optional
        Composer, model, seed, verification record and parents of a synthetic sample.
    images : tuple of Image
        What the problem shows, in the order of the markers ``<image>`` in its text; images without
        a marker come before the text. Given as anything that `Image.of` takes, written as ``data:``
        URIs, so they count in every hash of the sample.
    extra : mapping
        Every other field of the record that the sample was read from; written back unchanged.

    Raises
    ------
    SampleError
        If a field is missing, empty or of the wrong type.
    """

    id: str
    problem: str
    answer: str
    kind: str | None = None
    unit: str | None = None
    tolerance: float | None = None
    choices: tuple[str, ...] | None = None
    solution: str | None = None
    domains: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    source: str | None = None
    license: str | None = None
    provenance: Mapping[str, Any] | None = None
    images: tuple[Image, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("id", "problem", "answer"):
            value = getattr(self, name)
            if not isinstance(value, str):
                raise SampleError(f"{name} must be text, not {type(value).__name__}")
            if not value.strip():
                raise SampleError(f"{name} is empty")
        if self.kind is not None and self.kind not in ANSWER_KINDS:
            raise SampleError(f"kind {self.kind!r} is not one of {', '.join(ANSWER_KINDS)}")
        if self.tolerance is not None:
            tolerance = self.tolerance
            if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
                raise SampleError(f"tolerance must be a number, not {tolerance!r}")
            if not (math.isfinite(tolerance) and 0 <= tolerance < 1):
                raise SampleError(f"tolerance {tolerance} is not a relative tolerance in [0, 1)")
        for name in ("choices", "domains", "skills"):
            value = getattr(self, name)
            if value == () or (value is None and name == "choices"):
                continue
            if isinstance(value, str) or not all(isinstance(item, str) for item in value):
                raise SampleError(f"{name} must be a list of texts")
            object.__setattr__(self, name, tuple(value))
        if self.images != ():
            images = images_of(self.images)
            named = self.problem.count(MARKER)
            if images and named > len(images):
                raise SampleError(
                    f"the problem names {named} images ({MARKER}) and brings {len(images)}"
                )
            object.__setattr__(self, "images", images)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> "Sample":
        """Build a sample from a record with the field names above; others go to `extra`."""
        missing = [name for name in ("id", "problem", "answer") if record.get(name) is None]
        if missing:
            raise SampleError(f"no {' and no '.join(missing)}")
        known = {key: value for key, value in record.items() if key in _FIELDS}
        extra = {key: value for key, value in record.items() if key not in _FIELDS}
        for name in ("domains", "skills", "images"):
            if known.get(name) is None:
                known.pop(name, None)
        if isinstance(known["id"], int):
            known["id"] = str(known["id"])
        return cls(**known, extra=extra)

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready record: set fields first, unknown fields of the source after."""
        record: dict[str, Any] = {}
        for name in _FIELDS:
            value = getattr(self, name)
            if value is None or value == ():
                continue
            if name == "images":
                record[name] = [image.uri for image in value]
                continue
            record[name] = list(value) if isinstance(value, tuple) else value
        return record | dict(self.extra)

    def with_(self, **changes: Any) -> "Sample":
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def _repr_html_(self) -> str:
        kind = self.kind or "kind read from the gold"
        tolerance = "" if self.tolerance is None else f", within {self.tolerance:.2g} of it"
        rows: list[tuple[str, object]] = [
            ("problem", self.problem.strip()),
            ("answer", f"{self.answer}  ({kind}{tolerance})"),
            ("options", "\n".join(self.choices or ())),
            ("domains", ", ".join(self.domains)),
            ("skills", ", ".join(self.skills)),
            ("source", ", ".join(filter(None, (self.source, self.license)))),
        ]
        return notebook.page(
            notebook.heading(self.id),
            *(_shown(image) for image in self.images),
            notebook.pairs((name, text) for name, text in rows if text),
            notebook.folded("solution", self.solution.strip()) if self.solution else None,
        )


def _shown(image: Image) -> Markup:
    about = f"{image.width} x {image.height} pixels"
    return tag("img", src=image.thumbnail(), alt=about, title=about)


_FIELDS = tuple(item.name for item in fields(Sample) if item.name != "extra")
