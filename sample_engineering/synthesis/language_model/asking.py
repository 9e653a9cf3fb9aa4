"""Asking a model with every answer journalled, so that a killed run asks nothing twice."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sample_engineering.files import Journal
from sample_engineering.generation.protocol import Completion, Generator, Prompt


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
        n: int,
        settings: Mapping[str, Any],
    ) -> list[list[Completion]]:
        """Return `n` completions of each prompt; `names` tell repeated prompts apart."""
        keys = [
            _key(generator.name, name, prompt, n, settings)
            for name, prompt in zip(names, prompts, strict=True)
        ]
        missing = [place for place, key in enumerate(keys) if key not in self._known]
        for position, completions in _stream(
            generator, [prompts[place] for place in missing], {"n": n, **settings}
        ):
            key = keys[missing[position]]
            self._known[key] = completions
            if self._journal is not None:
                rows = [
                    [_storable(c.text), c.tokens, c.finish_reason, c.prompt_tokens]
                    for c in completions
                ]
                self._journal.append({"key": key, "answers": rows})
        return [self._known[key] for key in keys]

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()


def _stream(
    generator: Generator, prompts: list[Prompt], settings: Mapping[str, Any]
) -> Iterator[tuple[int, list[Completion]]]:
    if not prompts:
        return
    stream = getattr(generator, "stream", None)
    if stream is not None:
        yield from stream(prompts, **settings)
    else:
        yield from enumerate(generator.generate(prompts, **settings))


def _storable(text: str) -> str:
    # Half surrogate pairs would not survive UTF-8; the content check refuses them either way.
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _key(model: str, name: str, prompt: Prompt, n: int, settings: Mapping[str, Any]) -> str:
    told = prompt if isinstance(prompt, str) else [dict(message) for message in prompt]
    whole = json.dumps([model, name, told, n, dict(settings)], sort_keys=True)
    return blake2b(whole.encode(), digest_size=16).hexdigest()
