"""The page of `se rank --evaluate`: does a selector predict what trainings gave?"""

from typing import TYPE_CHECKING

from sample_engineering.markup import foreign, tag
from sample_engineering.pages.assembled import assembled
from sample_engineering.report.charts import interval_strip, scale_strip
from sample_engineering.report.forest import ForestRow
from sample_engineering.report.parts import Section, data_table, scrolling, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sample_engineering.selectors.predicting import Prediction, SelectorEvaluation

_SCALE = (-1.08, 1.08)  # rho goes from -1 to 1, and the ends shall be seen


def prediction_page(found: "SelectorEvaluation", notes: "Sequence[str]" = ()) -> str:
    """Render the page of selectors held against outcomes as HTML; names of strangers are escaped.

    Parameters
    ----------
    found : SelectorEvaluation
    notes : sequence of str
        Of the ranking that it belongs to.
    """
    figures: list[tuple[object, object]] = [
        (f"{found.n:,}", "candidates with an outcome"),
        (f"{len(found):,}", "orders tried"),
    ]
    if len(found):
        shown = sum(one.p_holm < 0.05 for one in found)
        figures += [
            (f"{shown:,}", "of them related (Holm, 5 %)"),
            (f"{found[0].critical:.2f}", "smallest |rho| that so many outcomes show"),
        ]
    return assembled(
        "Does a selector predict what was measured?",
        f"Against {foreign(found.outcomes, 200)}, {foreign(found.column, 120)}. {found.verdict}",
        figures,
        [_orders(found), _silent(found)],
        [*found.notes, *notes],
        "Spearman's rho, p by permutation, intervals by bootstrap; docs/outcomes.md.",
        interactive=False,
    )


def _orders(found: "SelectorEvaluation") -> Section | None:
    if not len(found):
        return None
    heads = ("95 % interval", "p", "Holm's p", "evidence", "n")
    head = tag(
        "tr",
        tag("th", "selector", scope="col"),
        tag(
            "th",
            tag("span", "drawn from -1 to +1", class_="unseen"),
            scale_strip(_SCALE, factor=1),
            class_="plot",
            scope="col",
        ),
        tag("th", "rho", scope="col"),
        [tag("th", name, scope="col") for name in heads],
    )
    body = [
        tag(
            "tr",
            tag("th", foreign(", ".join((one.selector, *one.same_order)), 200).replace("_", " "),
                scope="row"),
            tag("td", _drawn(one), class_="plot"),
            tag("td", f"{one.rho:+.2f}"),
            tag("td", f"{one.low:+.2f} to {one.high:+.2f}"),
            tag("td", f"{one.p_value:.3f}"),
            tag("td", f"{one.p_holm:.2f}"),
            tag("td", foreign(one.tier or "score", 40)),
            tag("td", str(one.n)),
        )
        for one in found
    ]  # fmt: skip
    caption = "Selectors against outcomes"
    table = tag("table", tag("caption", caption, class_="unseen"), tag("thead", head),
                tag("tbody", body))  # fmt: skip
    return section(
        "Rank correlation of every order",
        scrolling(table, caption),
        tag("p", "Selectors in one row order these candidates alike. A negative rho ranks the "
            "wrong way round.", class_="note"),
        id="orders",
    )  # fmt: skip


def _drawn(one: "Prediction") -> object:
    row = ForestRow(one.selector, one.rho, one.low, one.high)
    return interval_strip(
        row, _SCALE, told=f"rho {one.rho:+.2f}, {one.low:+.2f} to {one.high:+.2f}"
    )


def _silent(found: "SelectorEvaluation") -> Section | None:
    if not found.silent:
        return None
    rows = [(foreign(name, 80), foreign(why, 400)) for name, why in found.silent.items()]
    return section(
        "Selectors that say nothing of these candidates",
        data_table(("selector", "why"), rows, "Silent selectors", words=("why",)),
        id="silent",
    )
