"""Asking a model with every answer journalled, so that a killed run asks nothing twice."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sample_engineering.files import Journal
from sample_engineering.generation import Sampling
from sample_engineering.generation.protocol import Completion, Generator, Prompt
from sample_engineering.text import storable


class Asker:
    """Answers by request, from the journal where they stand there.

    Parameters
    ----------
    path : path-like or None
        The journal; None keeps nothing.
    """

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self._journal = Journal(Path(path)) if path is not None else None
        self._known: dict[str, list[Completion]] = {}
        if self._journal is not None:
            for entry in self._journal.entries():
                self._known[entry["key"]] = [Completion(*row) for row in entry["answers"]]

    def ask(
        self,
        generator: Generator,
        names: Sequence[str],
        prompts: Sequence[Prompt],
        sampling: Sampling,
        schema: Mapping[str, Any] | None = None,
    ) -> list[list[Completion]]:
        """Return the completions of each prompt; `names` tell repeated prompts apart."""
        keys = [
            _key(generator.name, name, prompt, sampling, schema)
            for name, prompt in zip(names, prompts, strict=True)
        ]
        missing = [place for place, key in enumerate(keys) if key not in self._known]
        for position, completions in generator.stream(
            [prompts[place] for place in missing], sampling, schema=schema
        ):
            key = keys[missing[position]]
            self._known[key] = completions
            if self._journal is not None:
                # Half surrogate pairs are lost; the content check refuses them either way.
                rows = [
                    [storable(c.text), c.tokens, c.finish_reason, c.prompt_tokens]
                    for c in completions
                ]
                self._journal.append({"key": key, "answers": rows})
        return [self._known[key] for key in keys]

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()


def _key(
    model: str, name: str, prompt: Prompt, sampling: Sampling, schema: Mapping[str, Any] | None
) -> str:
    told = prompt if isinstance(prompt, str) else [dict(message) for message in prompt]
    whole = json.dumps([model, name, told, asdict(sampling), schema], sort_keys=True)
    return blake2b(whole.encode(), digest_size=16).hexdigest()
