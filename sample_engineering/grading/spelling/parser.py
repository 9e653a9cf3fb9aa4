"""Reads an answer in normal spelling into a tree: lists, relations, sets and arithmetic.

A hand-written recursive reader with bounded depth and length, so that no input can hang it. It
knows the notation of final answers, not all of LaTeX; what it does not know it refuses.
"""

from collections.abc import Callable
from functools import lru_cache

from sample_engineering.grading.spelling.lexer import Token, tokenize
from sample_engineering.grading.spelling.normal import MAX_DEPTH, nesting
from sample_engineering.grading.spelling.primary import Primary
from sample_engineering.grading.spelling.tree import Node, ParseError

RELATIONS = {
    "=": "=",
    "==": "=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "!=": "!=",
    "\\le": "<=",
    "\\ge": ">=",
    "\\ne": "!=",
    "\\approx": "~",
    "\\equiv": "==",
    "\\cong": "==",
    "\\propto": "\\propto",
    "\\in": "in",
    "\\notin": "notin",
    "\\subset": "subset",
    "\\subseteq": "subset",
    "\\to": "->",
    "\\implies": "=>",
    "\\Rightarrow": "=>",
    "\\iff": "<=>",
    "\\perp": "perp",
    "\\parallel": "parallel",
}
_UNIONS = {"\\cup": "union", "\\cap": "inter", "\\setminus": "minus"}
_CONNECTIVES = {"and": "and", "or": "or", "and/or": "or", "as well as": "and"}


class Parser(Primary):
    """Precedence climbing over the token list; see `parse`."""

    def answer(self) -> Node:
        """The whole answer: a list, or its only member."""
        node = self.listing(("end",))
        if self.token.kind != "end":
            raise ParseError(f"unexpected {self.token.text!r}")
        return node

    def listing(self, closers: tuple[str, ...]) -> Node:
        """Members separated by commas, semicolons or connectives, up to a closer."""
        groups: list[list[Node]] = [[]]
        marks: set[str] = set()
        while True:
            while self.separator():
                pass
            if self.token.text in closers or self.token.kind == "end":
                break
            groups[-1].append(self.relation())
            ends = self.token.kind == "end" or self.token.text in closers
            mark = None if ends else self.separator()
            if mark is None:
                break
            marks.add(mark)
            if mark == ";":
                groups.append([])
        groups = [group for group in groups if group]
        if not groups:
            raise ParseError("nothing there")
        if ";" in marks and any(len(group) > 1 for group in groups):
            # "p=5, q=2; p=7, q=2": each part between semicolons is one tuple.
            members = [
                group[0] if len(group) == 1 else Node("group", tuple(group), ("(", ")"))
                for group in groups
            ]
        else:
            members = [member for group in groups for member in group]
        if len(members) == 1:
            return members[0]
        joint = next((mark for mark in (";", "or", "and") if mark in marks), ",")
        return Node("list", tuple(members), joint)

    def separator(self) -> str | None:
        """Step over one separator and return it (",", ";", "and", "or"), or return None."""
        token = self.token
        if token.kind == "op" and token.text in (",", ";"):
            self.step()
            return token.text
        if token.kind == "cmd" and token.text in ("\\and", "\\or", "\\land", "\\lor"):
            return self.step().text[1:].removeprefix("l")
        if token.kind == "text":
            words = token.text.strip(" ,;").casefold()
            if words in _CONNECTIVES:
                self.step()
                return _CONNECTIVES[words]
        return None

    def relation(self) -> Node:
        """Members joined by =, <, \\in and so on."""
        if self.token.text == "\\approx":
            self.step()
        members = [self.ratio()]
        operators = []
        while (operator := self.relation_sign()) is not None:
            operators.append(operator)
            members.append(self.ratio())
        if not operators:
            return members[0]
        return Node("rel", tuple(members), tuple(operators))

    def relation_sign(self) -> str | None:
        """Step over one relation sign and return its short name, or return None."""
        token = self.token
        if token.text == "\\not":
            self.step()
            name = {"=": "!=", "\\in": "notin"}.get(self.token.text)
            if name is None:
                raise ParseError("unknown negated relation")
            self.step()
            return name
        if token.kind == "text" or token.text not in RELATIONS:
            return None
        self.step()
        return RELATIONS[token.text]

    def ratio(self) -> Node:
        """Members joined by a colon."""
        if self.bars:
            return self.union()
        members = [self.union()]
        while self.token.text in (":", "to") and self.token.kind in ("op", "text"):
            self.step()
            members.append(self.union())
        return members[0] if len(members) == 1 else Node("ratio", tuple(members))

    def union(self) -> Node:
        """Unions, intersections and differences of sets, left to right."""
        node = self.sum()
        while self.token.kind == "cmd" and self.token.text in _UNIONS:
            name = _UNIONS[self.token.text]
            self.step()
            node = Node(name, (node, self.sum()))
        return node

    def sum(self) -> Node:
        """Terms joined by plus, minus and plus-minus."""
        terms: list[Node] = []
        sign = self.sign()
        terms.append(self.signed(sign, self.product()))
        while (sign := self.sign()) is not None:
            terms.append(self.signed(sign, self.product()))
        return terms[0] if len(terms) == 1 else Node("add", tuple(terms))

    def sign(self) -> str | None:
        token = self.token
        if token.text in ("+", "-") and token.kind == "op":
            self.step()
            return token.text
        if token.text in ("\\pm", "\\mp"):
            self.step()
            return "pm" if token.text == "\\pm" else "mp"
        return None

    @staticmethod
    def signed(sign: str | None, term: Node) -> Node:
        if sign == "-":
            return Node("neg", (term,))
        if sign in ("pm", "mp"):
            return Node("pm", (term,), "+" if sign == "pm" else "-")
        return term

    def product(self) -> Node:
        """Factors joined by multiplication or division signs, or by nothing."""
        node = self.implicit()
        while True:
            token = self.token
            if token.text in ("*", "\\cdot", "\\times"):
                self.step()
                node = _times(node, self.factor_with_sign(self.implicit))
            elif token.text in ("/",):
                self.step()
                node = Node("div", (node, self.factor_with_sign(self.implicit)))
            elif token.text in ("\\bmod", "\\mod", "\\pmod", "\\pmb"):
                self.step()
                node = Node("app", (node, self.implicit()), "mod")
            elif self.starts_primary():
                node = _times(node, self.implicit())
            else:
                return node

    def factor_with_sign(self, read: Callable[[], Node]) -> Node:
        sign = self.sign()
        return self.signed(sign, read())

    def implicit(self) -> Node:
        """Factors side by side; binds tighter than a division sign only for a mixed number."""
        node = self.postfix()
        if (
            node.op == "num"
            and not node.value.decimal
            and self.token.text == "\\frac"
            and self.fraction_of_whole_numbers()
        ):
            return Node("mixed", (node, self.postfix()))
        return node


def _is_mass(node: Node) -> bool:
    return node.op == "sym" and (node.value == "rho" or node.value[0] in "mM")


def _times(left: Node, right: Node) -> Node:
    if right.op == "num" and left.op == "num":
        # Two numbers side by side, "2 3", are reached only through a multiplication sign.
        return Node("mul", (left, right))
    last = left.args[-1] if left.op == "mul" else left
    if right.op == "app" and right.value == "g" and right.args[0].op == "add" and _is_mass(last):
        # mg(sin x - cos x) is a weight times a sum, no function of it.
        return _times(_times(left, Node("sym", (), "g")), right.args[0])
    if left.op == "mul":
        return Node("mul", (*left.args, right))
    return Node("mul", (left, right))


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """Parse an answer in normal spelling.

    Parameters
    ----------
    text : str
        As `spelling.normal` returns it.

    Returns
    -------
    Node

    Raises
    ------
    ParseError
        If the text is no expression that the parser knows, or too long or too deeply nested.
    """
    if nesting(text) > MAX_DEPTH:
        raise ParseError("nested too deeply")
    tokens: list[Token] = tokenize(text)
    return Parser(tokens).answer()
