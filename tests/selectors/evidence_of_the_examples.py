"""The example pool with each kind of evidence, as the golden rankings were made."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sample_engineering.pool import read_pool
from sample_engineering.sample import Sample

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ROLLOUTS = 16


def rankings() -> Iterator[tuple[str, list[Sample], dict[str, Any]]]:
    """Yield a name, candidates, and options of `rank_pool`."""
    pool = list(read_pool(EXAMPLES / "pool.jsonl"))
    bare = [one.with_(extra={}) for one in pool]
    history = {
        one.id: [((place * 7 + visit * visit * 3) % 9) / 8 for visit in range(5 + place % 2)]
        for place, one in enumerate(pool)
        if place % 4
    }
    rates = [
        {
            "id": one.id,
            "n": ROLLOUTS,
            "correct": place * 5 % (ROLLOUTS + 1),
            **({"forced_pass_rate": place % 3 / 8} if place % 2 else {}),
        }
        for place, one in enumerate(pool)
        if place % 5
    ]
    brought = [
        one.with_(extra={"lift": place / 40 - 0.05} if place % 3 else {"lim": place / 12})
        for place, one in enumerate(pool)
    ]
    yield "text", bare, {}
    yield "rates of the pool", pool, {}
    yield "target", bare, {"target": "physics,biology"}
    yield "history", bare, {"history": history}
    yield "rates", bare, {"rates": rates, "group_size": 4}
    yield "history and rates", pool, {"history": history, "rates": rates}
    yield "brought", brought, {}
    yield "against", pool, {"against": [pool[3], pool[7].with_(problem=pool[7].problem + " Now.")]}
