"""Is the right option more often in one place than chance puts it there?"""

from collections import Counter
from collections.abc import Iterator

from sample_engineering.audit.claims import Claims
from sample_engineering.audit.findings import Finding

LEAST_QUESTIONS = 20  # of equally many options; fewer say nothing
SIGNIFICANCE = 0.01  # of the chi-square test, and of the exact binomial test of the first place
_USUAL_OPTIONS = 4  # where a sample does not list its options


class Positions:
    """The right options stand in one place more often than chance puts them there."""

    name = "positions"
    summary = "the right options of a pool stand in one place too often"
    needs = "pool"

    def find(self, claims: Claims) -> Iterator[Finding]:
        """Yield at most one warning for the choices with equally many options."""
        groups: dict[int, Counter[str]] = {}
        for claim in claims:
            if claim.gold is not None and claim.gold.kind == "choice":
                letter = str(claim.gold.value)
                count = len(claim.sample.choices or ()) or _USUAL_OPTIONS
                count = max(count, ord(letter) - ord("A") + 1)
                groups.setdefault(count, Counter())[letter] += 1
        for count, letters in sorted(groups.items()):
            total = sum(letters.values())
            if count < 2 or total < LEAST_QUESTIONS:
                continue
            from scipy.stats import binomtest, chisquare

            names = [chr(ord("A") + place) for place in range(count)]
            chance = float(chisquare([letters[name] for name in names]).pvalue)
            most = max(names, key=lambda name: (letters[name], name))
            single = float(binomtest(letters[most], total, 1 / count, "greater").pvalue) * count
            if min(chance, single) < SIGNIFICANCE:
                yield Finding(
                    self.name,
                    "warning",
                    "",
                    f"of {total:,} choices among {count} options {letters[most]:,} are {most} "
                    f"({letters[most] / total:.0%} instead of {1 / count:.0%}): a model may learn "
                    "the letter; shuffle the options",
                    {
                        "letters": ", ".join(f"{name} {letters[name]}" for name in names),
                        "p_chi_square": float(f"{chance:.2g}"),
                        "p_binomial": float(f"{min(single, 1.0):.2g}"),
                    },
                )
