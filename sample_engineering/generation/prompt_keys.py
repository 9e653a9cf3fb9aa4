"""Keys of prompts: what is drawn depends on the prompt, not on what else is asked beside it."""

from collections.abc import Sequence
from hashlib import blake2b


def prompt_keys(ids: Sequence[Sequence[int]]) -> list[int]:
    """Return a 64-bit key per prompt from its tokens; repeated prompts get different keys."""
    seen: dict[bytes, int] = {}
    keys = []
    for row in ids:
        data = b",".join(str(token).encode() for token in row)
        seen[data] = copy = seen.get(data, -1) + 1
        digest = blake2b(data, digest_size=8, salt=copy.to_bytes(8, "little")).digest()
        keys.append(int.from_bytes(digest, "little"))
    return keys
