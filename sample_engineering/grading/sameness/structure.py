"""Whether two answers are the same: labels, lists, sets, tuples, relations, matrices."""

# ruff: noqa: SIM905 (tables of names read best as words)

from fractions import Fraction

from sample_engineering.grading.sameness.chains import chain_values
from sample_engineering.grading.sameness.conditions import (
    same_condition,
    same_curve,
    turned_round,
)
from sample_engineering.grading.sameness.equal import same_value
from sample_engineering.grading.sameness.free_names import (
    same_antiderivative,
)
from sample_engineering.grading.sameness.matrices import contains_matrix, same_matrix
from sample_engineering.grading.sameness.naming import (
    COORDINATES,
    in_order_of,
    is_solved,
    may_be_called,
    place_of,
    renamings,
)
from sample_engineering.grading.sameness.notations import (
    compares,
    flat_members,
    is_division,
    is_percent,
    is_whole,
    is_zero,
    same_base,
    words_in,
)
from sample_engineering.grading.sameness.rows import filled
from sample_engineering.grading.sameness.vectors import (
    as_matrix,
    components,
    dimension,
    has_unit_vectors,
)
from sample_engineering.grading.spelling.answer_words import is_otherwise
from sample_engineering.grading.spelling.labels import is_label, split_label
from sample_engineering.grading.spelling.tree import (
    Node,
    is_closed_form,
    is_plain_number,
    symbols,
    walk,
)
from sample_engineering.grading.values.agreement import (
    SIGNIFICANT_FIGURES,
    evaluate,
    written_figures,
)
from sample_engineering.grading.values.intervals import as_pair, is_interval, pieces, same_real_set
from sample_engineering.grading.values.signs import both_signs, has_sign_pairs

_STRUCTURED = frozenset(
    "rel ratio list group set builder union inter minus matrix text pm base".split()
)
_ALL_REALS = Node("sym", (), "mathbbR")
# More members than any final answer; matching is quadratic.
_MAX_MEMBERS = 60


def stated_values(node: Node) -> tuple[Node, ...] | None:
    """Return the spellings of the value that a chain of equalities states; see `chains`."""
    return chain_values(node, Comparison(None, plain=False)._same)


_PI = Node("const", (), "pi")


class Comparison:
    """Compares trees under one tolerance.

    Parameters
    ----------
    tolerance : float, optional
        Relative tolerance for real constants, dimensionless.
    plain : bool
        Whether a plain number in the gold demands a plain number in the prediction, so that the
        unevaluated question does not pass.
    """

    def __init__(self, tolerance: float | None = None, plain: bool = True) -> None:
        self.tolerance = tolerance
        self.plain = plain

    def same(self, gold: Node, prediction: Node) -> bool:
        """Whether the prediction says what the gold says."""
        if gold == prediction:
            return True
        if len(walk(gold)) > 2000 or len(walk(prediction)) > 2000:
            return False
        if self._same(gold, prediction):
            return True
        return any(self._same(mine, theirs) for mine, theirs in renamings(gold, prediction))

    def _same(self, gold: Node, prediction: Node) -> bool:
        if gold == prediction:
            return True
        if gold.op == "rel" or prediction.op == "rel":
            return self._relations(gold, prediction)
        if has_sign_pairs(gold) or has_sign_pairs(prediction):
            return self._members(both_signs(gold), both_signs(prediction))
        for node, other in ((gold, prediction), (prediction, gold)):
            if node.op == "set" and len(node.args) == 1 and other.op not in _STRUCTURED:
                return (
                    self._same(node.args[0], other)
                    if node is gold
                    else self._same(other, node.args[0])
                )
        if gold.op in ("list", "set"):
            return self._collection(gold, prediction)
        if gold.op == "cases" or prediction.op == "cases":
            return gold.op == prediction.op and self._cases(gold.args, prediction.args)
        if (
            prediction.op == "list"
            and prediction.value == "or"
            and (gold.op == "base" or gold.op not in _STRUCTURED)
        ):
            # "3/4 or 0.75" is one value in two spellings; each must be right.
            return all(self._same(gold, item) for item in prediction.args)
        if has_unit_vectors(gold) or has_unit_vectors(prediction):
            return self._vectors(gold, prediction)
        if gold.op == "group":
            return self._group(gold, prediction)
        if prediction.op == "group" and gold == _ALL_REALS:
            return self._sets(gold, prediction)
        if gold.op in ("union", "inter", "minus", "builder") or prediction.op in (
            "union",
            "minus",
            "builder",
        ):
            return self._sets(gold, prediction)
        if gold.op == "matrix" or prediction.op == "matrix" or contains_matrix(gold):
            return self._matrices(gold, prediction)
        if gold.op == "ratio" or prediction.op == "ratio":
            return self._ratios(gold, prediction)
        if gold.op == "base" or prediction.op == "base":
            return same_base(gold, prediction)
        if gold.op == "text" or prediction.op == "text":
            return words_in(gold) is not None and words_in(gold) == words_in(prediction)
        if prediction.op in _STRUCTURED or gold.op in _STRUCTURED:
            return False
        return self._scalars(gold, prediction)

    def _scalars(self, gold: Node, prediction: Node) -> bool:
        if gold.op == "deg" or prediction.op == "deg":
            # 90 degrees may be written without its sign.
            inner = [node.args[0] if node.op == "deg" else node for node in (gold, prediction)]
            if self._scalars(inner[0], inner[1]):
                return True
            if gold.op != "deg" and any(i == _PI for i in walk(gold)):
                return same_value(gold, prediction)  # 30 degrees is pi/6
            if not (gold.op == "deg" and prediction.op == "deg" and gold != prediction):
                return gold.op == "deg" and same_value(gold, prediction)
            return False
        if self.plain and is_plain_number(gold) and not is_plain_number(prediction):
            # A decimal that rounds an irrational number may be given in closed form.
            rounded = (written_figures(gold) or 0) >= SIGNIFICANT_FIGURES
            return (
                rounded
                and is_closed_form(prediction)
                and same_value(gold, prediction, self.tolerance)
            )
        if self.plain and is_whole(gold) and is_division(prediction):
            return False  # 144/12 for 12 is the question, not its answer.
        if is_plain_number(gold) and is_plain_number(prediction):
            return self._plain_numbers(gold, prediction)
        if same_value(gold, prediction, self.tolerance):
            return True
        return gold.op == "add" and same_antiderivative(gold, prediction)

    def _plain_numbers(self, gold: Node, prediction: Node) -> bool:
        """A percent sign may be missing, or stand for a proportion, but never be wrong."""
        gold_percent, percent = is_percent(gold), is_percent(prediction)
        if gold_percent and not percent:
            bare = gold.args[0] if gold.op == "pct" else Node("neg", gold.args[0].args)
            return same_value(bare, prediction, self.tolerance) or same_value(
                gold, prediction, self.tolerance
            )
        if percent and not gold_percent:
            # 150 % is 1.5, but 1200 % is a slip for 12.
            value, _ = evaluate(gold)
            if not isinstance(value, Fraction) or value.denominator == 1:
                return False
        return same_value(gold, prediction, self.tolerance)

    def _collection(self, gold: Node, prediction: Node) -> bool:
        labels, values = (
            zip(*(split_label(item) for item in gold.args), strict=True) if gold.args else ((), ())
        )
        if gold.op == "list" and prediction.op == "group" and prediction.value == ("(", ")"):
            return self._sequence(gold.args, prediction.args)
        joined = {gold.value, prediction.value} == {"or", "and"}
        if joined and any(compares(item) for item in (*gold.args, *prediction.args)):
            return self._sets(gold, prediction)  # x > 1 and x < 4 is not x > 1 or x < 4.
        if prediction.op not in ("list", "set"):
            if gold.op == "set" or all(item.op == "rel" for item in gold.args):
                return self._sets(gold, prediction)
            return False
        distinct = len(set(labels)) == len(labels) and None not in labels and len(labels) > 1
        other_labels = [split_label(item)[0] for item in prediction.args]
        if distinct and not any(other_labels):
            return self._sequence(values, prediction.args)
        return self._members(gold.args, prediction.args)

    def _sequence(self, gold: tuple[Node, ...], prediction: tuple[Node, ...]) -> bool:
        return len(gold) == len(prediction) and all(
            self._same(a, b) for a, b in zip(gold, prediction, strict=True)
        )

    def _members(self, gold: tuple[Node, ...], prediction: tuple[Node, ...]) -> bool:
        """Whether two collections have the same distinct members, in any order."""
        if max(len(gold), len(prediction)) > _MAX_MEMBERS:
            return False
        gold, prediction = self._distinct(filled(gold)), self._distinct(filled(prediction))
        if len(gold) != len(prediction):
            return False
        left = list(prediction)
        for item in gold:
            match = next((other for other in left if self._same(item, other)), None)
            if match is None:
                return False
            left.remove(match)
        return True

    def _distinct(self, members: tuple[Node, ...]) -> tuple[Node, ...]:
        exact = Comparison(None, plain=False)
        kept: list[Node] = []
        for item in members:
            # A chain that contradicts itself is no second spelling of anything.
            stated = item.op != "rel" or stated_values(item) is not None
            if not (item in kept or (stated and any(exact._same(other, item) for other in kept))):
                kept.append(item)
        return tuple(kept)

    def _group(self, gold: Node, prediction: Node) -> bool:
        if prediction.op == "group":
            if len(gold.args) == 2 and gold.value != prediction.value:
                return False
            return self._sequence(gold.args, prediction.args)
        if prediction.op == "matrix" and 1 in prediction.value and not is_interval(gold):
            return self._sequence(gold.args, prediction.args)
        ends = prediction.op == "list" and any(compares(item) for item in prediction.args)
        if prediction.op == "list" and gold.value == ("(", ")") and not (is_interval(gold) or ends):
            return self._named(None, gold.args, prediction.args)
        return self._sets(gold, prediction)

    def _named(
        self, names: tuple[Node, ...] | None, gold: tuple[Node, ...], prediction: tuple[Node, ...]
    ) -> bool:
        """Entries in order, or each with its name: "y = 2, x = 1" is the pair (1, 2)."""
        found = [split_label(item) for item in prediction]
        labels = [label for label, _ in found if label is not None]
        if len(labels) < len(found) or len(set(labels)) < len(labels):
            return self._sequence(gold, prediction)
        values = {label: value for label, (_, value) in zip(labels, found, strict=True)}
        if names is None:
            letters = all(label.op == "sym" and len(label.value) == 1 for label in labels)
            names = tuple(sorted(labels, key=place_of) if letters else labels)
        if set(names) != set(labels):
            return False
        return self._sequence(gold, tuple(values[name] for name in names))

    def _sets(self, gold: Node, prediction: Node) -> bool:
        left, right = pieces(gold), pieces(prediction)
        if left is not None and right is not None:
            same = same_real_set(left, right)
            if same or not self.tolerance:  # with one, the ends are compared one by one
                return same
        pairs = as_pair(gold), as_pair(prediction)
        if pairs[0] is not None and pairs[1] is not None and pairs[0].value == pairs[1].value:
            return self._sequence(pairs[0].args, pairs[1].args)
        if gold.op != prediction.op or len(gold.args) != len(prediction.args):
            return False
        if gold.op in ("union", "inter"):
            return self._members(flat_members(gold), flat_members(prediction))
        return gold.op in ("minus", "builder") and self._sequence(gold.args, prediction.args)

    def _relations(self, gold: Node, prediction: Node) -> bool:
        if gold.op == "rel" and prediction.op == "rel":
            return self._two_relations(gold, prediction)
        if gold.op == "rel":
            label, value = split_label(gold, gold=True)
            if label is None:
                return self._sets(gold, prediction)
            if label.op in ("group", "list") and prediction.op == "list":
                return self._named(label.args, value.args, prediction.args)
            return self._same(value, prediction)
        members = stated_values(in_order_of(None, prediction))
        if members is not None:
            return any(self._same(gold, member) for member in members)
        if prediction.value == ("in",) and is_label(prediction.args[0]):
            return self._same(gold, prediction.args[1])
        conditions = gold.op == "list" and gold.value == "or"
        if conditions or gold.op in ("group", "union", "minus", "set", "builder"):
            return self._sets(gold, prediction)
        return False

    def _two_relations(self, gold: Node, prediction: Node) -> bool:
        label, value = split_label(gold, gold=True)
        if label is not None:
            prediction = in_order_of(label, prediction)
            members = stated_values(prediction)
            same_name = may_be_called(label, prediction)
            if (
                members is not None
                and same_name
                and any(self._same(value, item) for item in members)
            ):
                return True
            if prediction.value == ("in",) == gold.value:
                named = same_name and is_label(prediction.args[0])
                return named and self._same(value, prediction.args[1])
        left, right = pieces(gold), pieces(prediction)
        if left is not None and right is not None:
            unknowns = symbols(gold), symbols(prediction)
            return unknowns[0] == unknowns[1] and same_real_set(left, right)
        if left is not None or (label is not None and is_solved(gold, value)):
            return False  # 3x - 4 = 11 is the question, not its answer x = 5.
        return self._same_chain(gold, prediction)

    def _same_chain(self, gold: Node, prediction: Node) -> bool:
        if len(gold.args) != len(prediction.args):
            return False
        if len(gold.args) > 2:
            flipped = turned_round(prediction)
            return any(
                gold.value == other.value
                and all(same_value(a, b) for a, b in zip(gold.args, other.args, strict=True))
                for other in (prediction, flipped)
            )
        operator = gold.value[0]
        for other in (prediction, turned_round(prediction)):
            if other.value[0] == operator and same_condition(gold, other, operator):
                return True
        both = operator == "=" == prediction.value[0]
        return both and len(symbols(gold) & COORDINATES) > 1 and same_curve(gold, prediction)

    def _matrices(self, gold: Node, prediction: Node) -> bool:
        prediction = as_matrix(prediction, gold)
        if gold.op == "matrix" and prediction.op == "matrix":
            return gold.value == prediction.value and self._sequence(gold.args, prediction.args)
        return same_matrix(gold, prediction)

    def _vectors(self, gold: Node, prediction: Node) -> bool:
        """Vectors as sums of unit vectors, as rows or as columns."""
        size = max(dimension(gold), dimension(prediction))
        left, right = components(gold, size), components(prediction, size)
        # What is taken out of a sum is worked out here, and no plain number as written.
        exact = Comparison(self.tolerance, plain=not has_unit_vectors(prediction))
        return left is not None and right is not None and exact._sequence(left, right)

    def _cases(self, gold: tuple[Node, ...], prediction: tuple[Node, ...]) -> bool:
        """Whether two functions by cases have the same formulas under the same conditions."""
        if sum(is_otherwise(item.args[1]) for item in prediction) > 1:
            return False
        left = list(prediction)
        for item in gold:
            value, condition = item.args
            match = next(
                (
                    other
                    for other in left
                    if self._same(value, other.args[0])
                    and (self._same(condition, other.args[1]) or is_otherwise(other.args[1]))
                ),
                None,
            )
            if match is None:
                return False
            left.remove(match)
        return not left

    def _ratios(self, gold: Node, prediction: Node) -> bool:
        if gold.op == "ratio" and prediction.op == "ratio":
            if len(gold.args) != len(prediction.args):
                return False
            if self._sequence(gold.args, prediction.args):
                return True
            if any(is_zero(item) for item in (*gold.args, *prediction.args)):
                return False  # 12:00 and 1:00 are times, not equal ratios
            first = gold.args[0], prediction.args[0]
            return all(
                same_value(Node("div", (a, first[0])), Node("div", (b, first[1])))
                for a, b in zip(gold.args[1:], prediction.args[1:], strict=True)
            )
        ratio, other = (gold, prediction) if gold.op == "ratio" else (prediction, gold)
        if len(ratio.args) != 2 or other.op not in ("div", "mixed"):
            return False
        return same_value(Node("div", ratio.args), other)
