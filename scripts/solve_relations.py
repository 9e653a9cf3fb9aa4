"""Solve our relations for each of their unknowns with sympy, and keep the forms.

python scripts/solve_relations.py            write sample_engineering/synthesis/solved.json
python scripts/solve_relations.py --check    only say whether it is up to date (exit code 1)
"""

import argparse
import json
import signal
import sys

from sample_engineering import registry
from sample_engineering.files import write_json
from sample_engineering.synthesis.solved import FILE, kept_with_systems

_CPU_SECONDS = 120  # about 10 are needed; a relation that sympy chews on for ever is a mistake


def main() -> int:
    """Solve the relations, and write or check the forms."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args()
    signal.setitimer(signal.ITIMER_VIRTUAL, _CPU_SECONDS)
    ours = [item for item in registry.components("relation_family") if not item.foreign]
    relations = [relation for family in ours for relation in family.load().relations]
    record = kept_with_systems(relations)
    if not options.check:
        write_json(FILE, record)
        sys.stdout.write(f"{len(record)} relations and systems solved\n")
        return 0
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    changed = sorted(name for name in {*record, *kept} if record.get(name) != kept.get(name))
    for name in changed:
        sys.stdout.write(f"{name}: run python scripts/solve_relations.py\n")
    return int(bool(changed))


if __name__ == "__main__":
    sys.exit(main())
