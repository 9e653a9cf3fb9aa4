"""Prints the table of ways of writing by kind of gold: ``python -m tests.grading.table FOLDER``."""

import sys
from collections import Counter
from pathlib import Path

from sample_engineering.errors import GoldError
from sample_engineering.grading import Gold, grade, read_gold
from tests.grading.misses import misses
from tests.grading.pools import FILES, composed_golds, golds_of, letter_golds, own_golds
from tests.grading.ways import ways

KINDS = (
    *("number", "quantity", "expression", "equation", "set", "tuple", "interval", "matrix"),
    *("choice", "text", "formula"),
)


def all_golds(folder: Path) -> dict[str, list[tuple[str, Gold]]]:
    """Golds by where they are from; those of absent pools are left out."""
    found = {
        "made here": own_golds(),
        "letters": letter_golds(),
        "composed problems": composed_golds(100),
    }
    for name in FILES:
        if (folder / name).is_file():
            found[Path(name).stem] = [
                (answer, gold)
                for answer in golds_of(folder / name)
                if (gold := readable(answer)) is not None
            ]
    return found


def readable(answer: str) -> Gold | None:
    """The gold, or None where it states no answer."""
    try:
        return read_gold(answer)
    except GoldError:
        return None


def main(folder: Path) -> None:
    """Grade all, and print three tables in Markdown."""
    tried: Counter[tuple[str, str, str, str]] = Counter()
    right: Counter[tuple[str, str, str, str]] = Counter()
    golds = all_golds(folder)
    for source, pairs in golds.items():
        for answer, gold in pairs:
            for what, made in (("way", ways(answer, gold)), ("miss", misses(answer, gold))):
                for name, text in made:
                    key = (what, source, name, gold.kind)
                    tried[key] += 1
                    right[key] += grade(text, gold).correct
    print("| golds of | golds | ways | accepted | near misses | accepted |")
    print("| --- | --- | --- | --- | --- | --- |")
    for source, pairs in golds.items():
        _line(source, len(pairs), tried, right, lambda key, source=source: key[1] == source)
    _line("all", sum(map(len, golds.values())), tried, right, lambda key: True)
    print("\n| kind | golds | ways | accepted | near misses | accepted |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in KINDS:
        count = sum(gold.kind == kind for pairs in golds.values() for _, gold in pairs)
        _line(kind, count, tried, right, lambda key, kind=kind: key[3] == kind)
    for what, title in (("way", "way of writing"), ("miss", "near miss")):
        print(f"\n| {title} | {' | '.join(KINDS)} |")
        print("| --- |" + " --- |" * len(KINDS))
        for name in dict.fromkeys(key[2] for key in tried if key[0] == what):
            cells = []
            for kind in KINDS:
                n = sum(v for k, v in tried.items() if (k[0], k[2], k[3]) == (what, name, kind))
                m = sum(v for k, v in right.items() if (k[0], k[2], k[3]) == (what, name, kind))
                full = m == n if what == "way" else m == 0
                cells.append("" if not n else str(n) if full else f"**{m} of {n}**")
            print(f"| {name} | {' | '.join(cells)} |")


def _line(name, golds, tried, right, wanted):  # type: ignore[no-untyped-def]
    counts = []
    for what in ("way", "miss"):
        n = sum(v for key, v in tried.items() if key[0] == what and wanted(key))
        m = sum(v for key, v in right.items() if key[0] == what and wanted(key))
        counts.append((n, m))
    (n, m), (k, w) = counts
    share = f"{m / n:.2%}" if n else "-"
    print(f"| {name} | {golds} | {n} | {share} | {k} | {w} |")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
