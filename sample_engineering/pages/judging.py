"""The page of a judge's audit: may it give rewards, how often it errs, and what sways it."""

from typing import TYPE_CHECKING

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.report.bars import bar_rows
from sample_engineering.report.parts import badge, data_table, definitions, section

if TYPE_CHECKING:
    from sample_engineering.judging import JudgeAudit

_TONES = {"within": "good", "above": "bad", "not shown": "unsure"}


def judge_page(found: "JudgeAudit") -> str:
    """Render the page of a judge's audit as HTML; what the judge and strangers wrote is escaped."""
    asked = sum(one.asked for one in found.findings)
    silent = sum(one.abstained for one in found.findings)
    outside = sum(one.told == "above" for one in found.findings)
    rows = [
        (
            tag("span", one.family, tag("span", foreign(one.meaning, 200), class_="under")),
            badge(one.told, _TONES.get(one.told, "unasked")),
            f"{one.rate:.1%}",
            f"{one.low:.1%} to {one.high:.1%}",
            f"{one.limit:.0%}",
            "" if one.plain is None else f"{one.plain:.1%}",
            f"{one.failed:,} of {one.asked:,}",
            one.abstained,
            foreign(one.worst, 200),
        )
        for one in found.findings
    ]
    heads = ("cases", "result", "share", "95 % interval", "at most", "without", "failed",
             "no verdict", "most often")  # fmt: skip
    drawn = [(one.family, [100 * one.rate, 100 * one.limit]) for one in found.findings]
    return assembled(
        f"May {foreign(found.judge, 120)} give rewards?",
        ": ".join(filter(None, (found.verdict.capitalize(), "; ".join(found.reasons)))) + ".",
        [
            (found.verdict, "as a reward"),
            (f"{asked:,}", "verdicts on answers whose truth is known"),
            (f"{silent:,}", "without a verdict"),
            (f"{outside:,} of {len(found.findings):,}", "kinds of cases above what may be"),
        ],
        [
            section(
                "What sways it",
                data_table(heads, rows, "Shares that failed, with Wilson intervals of 95 %",
                           words=("cases", "most often")),
                tag("p", "Without: the share of the same cases that failed without what the kind "
                    "changes. A share is within its limit where its whole interval is.",
                    class_="note"),
                id="findings",
            ),
            section(
                "Shares that failed",
                bar_rows(drawn, ("failed", "may fail"), "Shares that failed", unit=" %", digits=1,
                         first="cases"),
                id="shares",
            ),
            section(
                "How it was asked",
                definitions((foreign(name, 60), foreign(str(value), 400))
                            for name, value in sorted(found.settings.items())),
                id="settings",
            ) if found.settings else None,
        ],
        found.notes,
        "docs/judging.md says what each kind of case is.",
        interactive=False,
    )  # fmt: skip
