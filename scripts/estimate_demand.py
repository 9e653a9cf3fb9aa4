"""Estimate what each domain demands from reference pools; see `selectors.demand`.

python scripts/estimate_demand.py REFERENCES... -o demand.json
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sample_engineering.errors import PoolError
from sample_engineering.files import write_json
from sample_engineering.pool import read_pool
from sample_engineering.selectors.demand import estimate


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the demand of reference pools whose problems name their subject."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references", nargs="+", help="pools whose problems name their subject")
    parser.add_argument("-o", "--out", required=True, help="the JSON file to write")
    options = parser.parse_args(arguments)
    pools = [read_pool(path) for path in options.references]
    demand = estimate(sample for pool in pools for sample in pool)
    if not any(one.problems for one in demand.values()):
        raise PoolError("no reference names a known subject; add a field domain or subject")
    record: dict[str, Any] = {
        "what": "shares of skills and quantities in the reference problems of each domain",
        "references": [Path(path).name for path in options.references],
        "command": "python scripts/estimate_demand.py "
        + " ".join(Path(path).name for path in options.references)
        + f" -o {Path(options.out).name}",
        "domains": {
            one.domain: {
                "problems": one.problems,
                "skills": dict(one.skills),
                "quantities": dict(one.quantities),
            }
            for one in demand.values()
        },
    }
    write_json(options.out, record)


if __name__ == "__main__":
    main()
