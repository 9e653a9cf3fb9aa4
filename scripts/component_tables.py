"""Write the tables of components in the docs anew, from what the components state.

    python scripts/component_tables.py            # rewrite
    python scripts/component_tables.py --check    # exit 1 if a table is out of date

A table stands between two marks, and is known by its name, a key of `TABLES`:

    <!-- components: benchmark -->
    <!-- end of components -->

The files that a page shows in full stand between two marks as well:

    <!-- file: examples/plugin/se_example/arm.py -->
    <!-- end of file -->
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sample_engineering import registry
from sample_engineering.evaluation.made import GeneratedBenchmark
from sample_engineering.evaluation.named import NamedBenchmark
from sample_engineering.evaluation.sets import BenchmarkSet
from sample_engineering.foreign_code import code_table
from sample_engineering.inventory import summary_of
from sample_engineering.outside import reaches_table
from sample_engineering.selectors import Selector
from sample_engineering.selectors.declared import find_selectors, strongest_first
from sample_engineering.trainers.recipes import Recipe
from sample_engineering.trainers.reward import find_reward

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
_BLOCK = re.compile(
    r"(<!-- components: (?P<table>[a-z_ ]+) -->\n).*?(<!-- end of components -->)", re.DOTALL
)
_FILE = re.compile(r"(<!-- file: (?P<path>[\w/.-]+) -->\n).*?(<!-- end of file -->)", re.DOTALL)
Rows = Iterable[Mapping[str, object]]


def ours(kind: str) -> dict[str, Any]:
    """Return our own components of a kind, by name, imported."""
    return {one.name: one.load() for one in registry.components(kind) if not one.foreign}


def formats() -> Rows:
    """The formats of other tools."""
    for name, one in ours("format").items():
        yield {
            "`--to`": f"`{name}`",
            "what it is": one.summary,
            "file": ", ".join(one.endings),
            "taken from": one.source,
        }


# Who else read a converted file, and the test that shows it; `make test-consumers` runs those of
# tools that are not among our own packages.
_READERS = {
    "trl": ("TRL 1.16 and datasets 5.2", "test_trl_knows_the_format_and_rewards_it"),
    "trl-chat": ("TRL 1.16 and datasets 5.2", "test_trl_knows_the_format_and_rewards_it"),
    "verl": ("verl 0.9.1, `RLHFDataset`", "test_verl_loads_it"),
    "verl-r128": ("verl 0.9.1, `RLHFDataset`", "test_verl_loads_it"),
    "openrlhf": ("`se serve` as its reward server", "test_openrlhf_labels_reach_the_reward_server"),
    "nemo-gym": (
        "verifiers 0.4.0, its taskset `nemo_gym`",
        "test_the_nemo_gym_taskset_of_verifiers_loads_it_and_is_rewarded_by_se_serve",
    ),
    "verifiers": ("verifiers 0.4.0, `TaskData`", "test_verifiers_takes_its_rows_as_task_data"),
    "llama-factory": ("datasets 5.2", "test_datasets_reads_the_rows"),
    "reasoning-gym": ("datasets 5.2", "test_datasets_reads_the_rows"),
    "ours": ("datasets 5.2", "test_datasets_reads_the_rows"),
}
_TRIP = (
    *("id", "problem", "answer", "kind", "unit", "tolerance", "choices", "units_allowed"),
    *("domains", "skills", "source", "license", "solution"),
)


def round_trips() -> Rows:
    """What comes back of problems of all kinds that went through each format, and who read it."""
    import sample_engineering as se

    tests = (ROOT / "tests" / "formats" / "test_consumers.py").read_text(encoding="utf-8")
    sent = se.load_pool(str(ROOT / "examples" / "pool.jsonl"))[:12]
    sent = [
        *(one.with_(solution=one.solution or "so it is", skills=("algebra",)) for one in sent),
        se.Sample("q", "How fast?", "5", kind="quantity", unit="m/s", tolerance=0.01),
        se.Sample("c", "Which?", "B", kind="choice", choices=("a", "b")),
    ]
    with TemporaryDirectory() as place:  # options of a choice stand in its problem once it is read
        se.save_pool(sent, Path(place) / "sent.jsonl")
        sent = list(se.load_pool(str(Path(place) / "sent.jsonl")))
    for name, one in ours("format").items():
        back: dict[str, set[str]] = {}
        for ending in one.endings:
            with TemporaryDirectory() as place:
                path = Path(place) / f"out{ending}"
                se.convert(sent, path, to=name)
                pairs = list(zip(sent, se.load_pool(str(path)), strict=True))
            back[ending] = {
                field
                for field in _TRIP
                if any(_of(before, field) != _of(after, field) for before, after in pairs)
            }
        lost = sorted(set().union(*back.values()), key=_TRIP.index)
        tool, test = _READERS[name]
        if f"def {test}(" not in tests:
            raise SystemExit(f"{test} is no test of tests/formats/test_consumers.py")
        yield {
            "`--to`": f"`{name}`",
            "files": ", ".join(one.endings),
            "comes back here": "all 13 fields" if not lost else f"all but {', '.join(lost)}",
            "read there by": tool,
            "shown by": f"`{test}`",
        }


def _of(sample: Any, field: str) -> Any:
    return sample.extra.get(field) if field == "units_allowed" else getattr(sample, field)


def listed(kind: str) -> Rows:
    """Name and summary: what every kind has."""
    for name, component in ours(kind).items():
        yield {kind.replace("_", " "): f"`{name}`", "what it is": summary_of(component)}


def benchmarks() -> Rows:
    """The named benchmarks."""
    for name, one in ours("benchmark").items():
        if not isinstance(one, NamedBenchmark):
            continue
        yield {
            "`--benchmark`": f"`{name}`",
            "what it is": one.summary,
            "domains": ", ".join(one.domains) or "of each record",
            "tolerance": "" if one.tolerance is None else f"{one.tolerance:.0%}",
            "template": f"`{one.template}`",
            "on the hub": f"`{one.path}`",
            "source": one.source,
            "license": one.license,
        }


def made_benchmarks() -> Rows:
    """The benchmarks whose problems are made anew."""
    for name, one in ours("benchmark").items():
        if isinstance(one, GeneratedBenchmark):
            yield {
                "`--benchmark`": f"`{name}`",
                "what it is": one.summary,
                "settings": ", ".join(f"`{setting}`" for setting in (*one.settings, "seed")),
                "domains": ", ".join(one.domains),
            }


def benchmark_sets() -> Rows:
    """The named sets of benchmarks."""
    for name, one in ours("benchmark").items():
        if isinstance(one, BenchmarkSet):
            yield {
                "`--benchmark`": f"`{name}`",
                "what it is": one.summary,
                "members": ", ".join(f"`{member}`" for member in one.members),
                "domains": ", ".join(one.domains),
                "source": one.source,
            }


def rewards() -> Rows:
    """The rewards."""
    for name in ours("reward"):
        one = find_reward(name)
        yield {
            "reward": f"`{name}`",
            "what it gives": one.summary.rstrip("."),
            "bounds": "{:g} to {:g}".format(*one.bounds),
            "sees the answer": "yes" if one.needs_gold else "no",
            "by chance": "yes, seeded" if one.seeded else "no",
        }


def algorithms() -> Rows:
    """The training algorithms."""
    for name, one in ours("algorithm").items():
        options = [f"`{key}` {option.default:g}" for key, option in one.options.items()]
        settings = [f"`{key}` {value}" for key, value in {**one.defaults, **one.fixed}.items()
                    if value is not None]  # fmt: skip
        yield {
            "`--algorithm`": f"`{name}`",
            "what it is": one.summary,
            "arXiv": one.paper,
            "sets": ", ".join(settings),
            "options": ", ".join(options),
            "not as in the paper": "; ".join(one.differs),
        }


def arms() -> Rows:
    """The control arms."""
    for name, one in ours("arm").items():
        yield {
            "arm": f"`{name}`",
            "what is done": one.meaning,
            "presets": ", ".join(f"`{preset}`" for preset in one.presets),
            "trains": "yes" if one.trains else "no",
            "needs a pool": "yes" if one.needs_pool else "no",
            "reward": f"`{one.reward}`" if one.reward else "",
        }


def checks() -> Rows:
    """The checks of labels."""
    for name, one in ours("check").items():
        yield {"check": f"`{name}`", "what it looks for": one.summary, "needs": one.needs}


def recipes() -> Rows:
    """Every setting of every recipe that has a source, those of one source together."""
    for name, one in ours("recipe").items():
        by_source: dict[str, list[str]] = {}
        for item in fields(Recipe):
            if item.name in one.sources:
                setting = f"`{item.name}` {getattr(one, item.name)}"
                by_source.setdefault(one.sources[item.name], []).append(setting)
        for source, settings in by_source.items():
            yield {"recipe": f"`{name}`", "settings": ", ".join(settings), "source": source}


def selectors() -> Rows:
    """The selectors, those with the strongest evidence first."""
    for one in strongest_first(find_selectors()):
        if one.name not in ours("selector"):
            continue
        low, high = one.bounds
        further = [name for name in one.columns if not name.startswith("coverage_")]
        if len(further) < len(one.columns):
            further.append("coverage_DOMAIN")
        yield {
            "column": f"`{one.name}`",
            "what it is": summary_of(type(one)).rstrip("."),
            "tier": one.tier,
            "range": f"[{low:g}, {high:g}]".replace("[-inf", "(-∞").replace("inf]", "∞)"),
            "needs": ", ".join(part.replace("pool.", "a field ") for part in one.needs),
            "heeds": ", ".join(f"`{name}`" for name in one.reads),
            "further columns": ", ".join(f"`{name}`" for name in further),
            "in the score": _part_in_score(one),
            "runs": one.when,
        }


def relation_families() -> Rows:
    """The families of relations, by the domain of their first relation."""
    for name, family in ours("relation_family").items():
        yield {
            "family": f"`{name}`",
            "domain": family.relations[0].domain.replace("_", " "),
            "what it is about": summary_of(family).partition(": ")[2] or summary_of(family),
            "relations": ", ".join(relation.name for relation in family.relations),
        }


def _part_in_score(one: Selector) -> str:
    """Say how a selector counts in the score."""
    parts = {
        "gate": one.gates,
        "coverage": one.covers,
        "learning": type(one).learned is not Selector.learned,
        "tempers the learning": type(one).tempers is not Selector.tempers,
    }
    return ", ".join(part for part, counts in parts.items() if counts)


TABLES: Mapping[str, Callable[[], Rows]] = {
    "benchmark": benchmarks,
    "benchmark_sets": benchmark_sets,
    "algorithm": algorithms,
    "made_benchmarks": made_benchmarks,
    "reward": rewards,
    "arm": arms,
    "check": checks,
    "format": formats,
    "recipe": lambda: listed("recipe"),
    "recipe settings": recipes,
    "selector": selectors,
    "relation_family": relation_families,
    "tagger": lambda: listed("tagger"),
    "domain": lambda: listed("domain"),
    "reaches": reaches_table,
    "code": code_table,
    "round trips": round_trips,
}


def table(rows: Rows) -> str:
    """Return rows as a Markdown table."""
    lines = [list(row.items()) for row in rows]
    if not lines:
        return ""
    heads = [head for head, _ in lines[0]]
    cells = [[str(value).replace("|", "\\|") for _, value in line] for line in lines]
    written = [heads, ["---"] * len(heads), *cells]
    return "".join(f"| {' | '.join(row)} |\n" for row in written)


def rewritten(text: str) -> str:
    """Return a page with its tables and files made anew.

    Raises
    ------
    KeyError
        If a mark names no table.
    OSError
        If a mark names no file.
    """
    text = _BLOCK.sub(lambda found: found[1] + table(TABLES[found["table"]]()) + found[3], text)
    return _FILE.sub(lambda found: found[1] + shown(found["path"]) + found[3], text)


def shown(path: str) -> str:
    """Return a file of the repository as a block of code."""
    language = {".py": "python", ".toml": "toml"}[Path(path).suffix]
    return f"```{language}\n# {path}\n{(ROOT / path).read_text(encoding='utf-8')}```\n"


def main(check: bool) -> int:
    """Rewrite the pages, or name those that are out of date."""
    stale = []
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        new = rewritten(text)
        if new != text:
            stale.append(page.name)
            if not check:
                page.write_text(new, encoding="utf-8")
    if stale:
        print("out of date:" if check else "rewritten:", ", ".join(stale))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
