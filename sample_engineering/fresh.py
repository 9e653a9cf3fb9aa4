"""The benchmark ``fresh``: problems that nobody has seen, so that contamination explains no lift.

Half of a domain's problems are composed from its relations (`synthesis`), half are made by
generators of reasoning-gym (`gym`), where it has some of that domain; each has one right answer.
``dialect=compact`` makes problems of the microcosm instead, the only ones that the embedded model
can read.

A lift on a published benchmark alone may be of problems that the model knows by heart: rewards
drawn by chance lift models on benchmarks that they have seen, and not on arithmetic that was made
after they were trained ("Reasoning or Memorization?", arXiv 2507.10532).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from sample_engineering.errors import ConfigError, PoolError, SynthesisError
from sample_engineering.evaluation.made import GeneratedBenchmark
from sample_engineering.sample import Sample

_SIZE = 80  # problems; ten a domain
_MOST = 10_000
_STEPS = (1, 2)  # relations of a composed problem
_COMPOSED, _GYM, _BOTH = "composed", "reasoning-gym", "both"
_DIALECTS = ("english", "compact")
# Domains with relations enough; fixed, so that a recipe makes the same whatever is installed.
_RELATED = (
    *("math", "physics", "chemistry", "biology", "engineering", "computer_science", "economics"),
)
# Generators with one short answer that stands in a box as well as alone, and is the same in every
# process; their usual settings.
_GENERATORS: Mapping[str, tuple[str, ...]] = {
    "math": (
        *("simple_equations", "calendar_arithmetic", "fraction_simplification", "lcm", "gcd"),
        *("simple_geometry", "leg_counting", "prime_factorization", "products", "chain_sum"),
    ),
    "computer_science": (
        *("base_conversion", "count_primes", "largest_island", "letter_counting"),
        *("family_relationships", "string_manipulation"),
    ),
    "logic": ("knights_knaves", "syllogism", "self_reference"),
}
_LICENSE = "Apache-2.0"


def make(settings: Mapping[str, str], seed: int) -> list[Sample]:
    """Make the problems.

    Parameters
    ----------
    settings : mapping
        ``n``: how many, spread evenly over the domains; 80 by default. ``domains``: names with a
        plus between them; all by default. ``from``: ``composed``, ``reasoning-gym`` or ``both``.
        ``dialect``: ``english`` or ``compact``.
    seed : int
        Same seed and settings, same problems.

    Returns
    -------
    list of Sample
        The domains in turn, so that any beginning of it is spread over them too.

    Raises
    ------
    ConfigError
        If a setting cannot be used, or would be ignored.
    MissingExtraError
        If reasoning-gym is asked for and not installed.
    """
    size = _size(settings.get("n", str(_SIZE)))
    dialect = _one_of("dialect", settings.get("dialect", _DIALECTS[0]), _DIALECTS)
    if dialect == "compact":
        if "from" in settings:
            raise ConfigError(
                "`benchmark` fresh: from would be ignored: problems of the compact dialect are "
                "composed; leave it out"
            )
        by_domain = _compact(settings, size, seed)
    else:
        by_domain = _english(settings, size, seed)
    return [item for row in _in_turn(list(by_domain.values())) for item in row]


def _english(settings: Mapping[str, str], size: int, seed: int) -> dict[str, Sequence[Sample]]:
    source = _one_of("from", settings.get("from", _BOTH), (_COMPOSED, _GYM, _BOTH))
    composed = [] if source == _GYM else list(_RELATED)
    generated = [] if source == _COMPOSED else list(_GENERATORS)
    counts = _shares(settings, size, [*composed, *(d for d in generated if d not in composed)])
    found: dict[str, Sequence[Sample]] = {}
    for domain, count in counts.items():
        ours = count if domain not in generated else count // 2 if domain in composed else 0
        # In turn here too.
        parts = [_composed(domain, ours, seed), _generated(domain, count - ours, seed)]
        found[domain] = [item for row in _in_turn(parts) for item in row]
    return found


def _composed(domain: str, count: int, seed: int) -> list[Sample]:
    from sample_engineering.synthesis import compose

    if count == 0:
        return []
    try:
        made = compose(domain, n=count, steps=_STEPS, seed=seed)
    except SynthesisError as error:
        raise ConfigError(f"`benchmark` fresh: {error}") from error
    return [
        item.with_(id=f"{domain}-{seed}-{number}", license=_LICENSE, domains=(domain,))
        for number, item in enumerate(made)
    ]


def _generated(domain: str, count: int, seed: int) -> list[Sample]:
    from sample_engineering.gym import Problems

    if count == 0:
        return []
    names = _GENERATORS[domain]
    rows = []
    for place, name in enumerate(names):
        share = count // len(names) + (place < count % len(names))
        if share == 0:
            continue
        try:
            records = list(Problems.named(f"rg:{name}?n={share}&seed={seed}").records())
        except PoolError as error:
            raise ConfigError(f"`benchmark` fresh: {error}") from error
        rows.append([Sample.from_dict({**record, "domains": [domain]}) for record in records])
    return [item for row in _in_turn(rows) for item in row]


def _compact(settings: Mapping[str, str], size: int, seed: int) -> dict[str, Sequence[Sample]]:
    from sample_engineering.microcosm import benchmark
    from sample_engineering.microcosm.world import SPLITS
    from sample_engineering.synthesis.compact import compact_domains

    counts = _shares(settings, size, compact_domains())
    items = benchmark(n_per_domain=max(counts.values()), seed=seed)
    found: dict[str, Sequence[Sample]] = {}
    for domain, count in counts.items():
        own = [item for item in items if domain in item.domains]
        # Of a domain with few, both kinds.
        halves = [[one for one in own if one.extra["split"] == split] for split in SPLITS]
        found[domain] = list(islice((item for row in _in_turn(halves) for item in row), count))
    return found


def _shares(settings: Mapping[str, str], size: int, known: Sequence[str]) -> dict[str, int]:
    """Return how many problems each domain has: evenly, the first ones one more."""
    text = settings.get("domains")
    names = known if text is None else [name for name in re.split(r"[+\s]+", text) if name]
    for name in names:
        _one_of("domains", name, known)
    names = list(dict.fromkeys(names))
    if not names:
        raise ConfigError("`benchmark` fresh: domains names none; give some with a plus between")
    if size < len(names):
        raise ConfigError(
            f"`benchmark` fresh: n={size} is fewer than the {len(names)} domains; give more, or "
            "name domains"
        )
    return {name: size // len(names) + (p < size % len(names)) for p, name in enumerate(names)}


def _in_turn(rows: Sequence[Sequence[Sample]]) -> Iterator[list[Sample]]:
    """Yield the first of each, the second of each, and so on."""
    for place in range(max((len(row) for row in rows), default=0)):
        yield [row[place] for row in rows if place < len(row)]


def _size(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text) or not 1 <= int(text) <= _MOST:
        raise ConfigError(f"`benchmark` fresh: n is {text!r:.20}; give 1 to {_MOST:,}")
    return int(text)


def _one_of(name: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise ConfigError(
            f"`benchmark` fresh: {name} {value!r:.40} is not known; use {', '.join(known)}"
        )
    return value


fresh = GeneratedBenchmark(
    "fresh",
    make,
    settings=("n", "domains", "from", "dialect"),
    summary="problems made when it is asked, from a seed drawn then or given "
    "(`fresh?n=50&seed=7&domains=math+physics`): composed, and generated by reasoning-gym",
    source="made here",
    license=_LICENSE,
    domains=(*_RELATED, "logic"),
)
