"""A generator whose answers are kept in a file as they come, so that a killed job goes on.

An answer is found again by all that it depends on: the model, the prompt, how often it stood before
among those asked, and the settings. So an answer to another question is never taken for one, and a
file of other settings does no harm; it is said that nothing of it was used.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sample_engineering.files import Journal
from sample_engineering.generation.base import StreamingGenerator
from sample_engineering.generation.protocol import Completion, Generator, Prompt
from sample_engineering.generation.sampling_settings import Sampling
from sample_engineering.generation.worker import from_row, to_row

_ENTRY = "answers"
_WEIGHTS = (".safetensors", ".json", ".gguf")


class JournaledGenerator(StreamingGenerator):
    """Answers of another generator, kept in a journal; what stands there is not asked again.

    Parameters
    ----------
    inner : Generator
    path : path-like
        The journal, appended to; made with its folder if absent.
    identity : str
        What tells this model from others of the same name, e.g. `weights_mark`.
    """

    def __init__(self, inner: Generator, path: str | os.PathLike[str], identity: str = "") -> None:
        super().__init__(inner.name, inner.usage)
        self.inner = inner
        self.capabilities = inner.capabilities
        self.revision = getattr(inner, "revision", None)
        self.identity = identity
        self.path = Path(path)
        self._journal = Journal(self.path)
        self._known: dict[str, list[Completion]] = {}
        for entry in self._journal.entries():
            if isinstance(entry.get(_ENTRY), str):
                self._known[entry[_ENTRY]] = [from_row(row) for row in entry["completions"]]
        self._old = frozenset(self._known)
        self._stood = len(self._old)
        self.resumed = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the other generator notes, and what the journal was good for."""
        told: tuple[str, ...] = ()
        if self.resumed:
            told = (f"resumed: {self.resumed:,} answered prompts stood in the journal",)
        elif self._stood:
            told = (
                f"started anew: the {self._stood:,} answered prompts in {self.path.name} are of "
                "another model or other settings",
            )
        return (*told, *self.inner.notes)

    def stream(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,
        *,
        schema: Mapping[str, Any] | None = None,
    ) -> Iterator[tuple[int, list[Completion]]]:
        """Yield what is known, then what the other generator finishes; each is kept first."""
        told = [_told(prompt) for prompt in prompts]
        keys = self._keys(told, sampling, schema)
        # Copies of a prompt are told apart by their number among those asked: all, or none.
        missing = {text for text, key in zip(told, keys, strict=True) if key not in self._known}
        asked = [index for index, text in enumerate(told) if text in missing]
        for index, text in enumerate(told):
            if text not in missing:
                self.resumed += keys[index] in self._old  # not what this process asked before
                yield index, self._known[keys[index]]
        if not asked:
            return
        found = self.inner.stream([prompts[index] for index in asked], sampling, schema=schema)
        for place, completions in found:
            index = asked[place]
            self._known[keys[index]] = completions
            rows = [to_row(item) for item in completions]
            self._journal.append({_ENTRY: keys[index], "completions": rows})
            yield index, completions

    def _keys(
        self, told: Sequence[str], sampling: Sampling, schema: Mapping[str, Any] | None
    ) -> list[str]:
        settings = {name: getattr(sampling, name) for name in Sampling.__dataclass_fields__}
        common = json.dumps(
            [self.name, self.identity, settings, schema], sort_keys=True, default=dict
        )
        seen: dict[str, int] = {}
        keys = []
        for text in told:
            seen[text] = copy = seen.get(text, -1) + 1
            content = json.dumps([common, text, copy])
            keys.append(blake2b(content.encode(), digest_size=16).hexdigest())
        return keys

    def can_prefill(self, prompt: Prompt) -> bool:
        """Whether a begun answer is continued."""
        return self.inner.can_prefill(prompt)

    def close(self) -> None:
        """Close the journal; the other generator stays open."""
        self._journal.close()


def weights_mark(model: str | os.PathLike[str]) -> str:
    """Return what changes when the files of a model's folder do; empty for a name.

    Names, sizes and times: reading a large model takes minutes.
    """
    folder = Path(model)
    if not folder.is_dir():
        return ""
    found = [
        [path.name, path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.iterdir())
        if path.suffix in _WEIGHTS
    ]
    return blake2b(json.dumps(found).encode(), digest_size=8).hexdigest()


def _told(prompt: Prompt) -> str:
    return json.dumps(prompt if isinstance(prompt, str) else [dict(turn) for turn in prompt])
