"""Say in words what pip-audit found, from its JSON on standard input; status 1 for a weakness.

A version that the service does not know was not audited: pip-audit ends well all the same, also
where it knows none.
"""

import json
import sys


def main() -> int:
    """Print a line for each weakness, and how many versions were looked at."""
    try:
        listed = json.load(sys.stdin)["dependencies"]
    except (ValueError, KeyError):
        print("skipped: no advisory service answers here; nothing was audited")
        return 0
    audited = [one for one in listed if "skip_reason" not in one]
    if not audited:
        print(f"skipped: the advisory service knows none of {len(listed)} packages")
        return 0
    weak = [(one, found) for one in audited for found in one["vulns"]]
    for one, found in weak:
        mend = " or ".join(found["fix_versions"]) or "no version that mends it"
        print(f"{one['name']} {one['version']}: {found['id']}; take {mend}")
    print(f"{len(audited)} of {len(listed)} versions audited, {len(weak)} known weaknesses")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
