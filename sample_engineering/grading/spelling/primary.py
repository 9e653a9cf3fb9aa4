"""Reads the parts of an expression: numbers, symbols, functions, brackets."""

from fractions import Fraction

from sample_engineering.grading.spelling.lexer import Token, literal
from sample_engineering.grading.spelling.notation import (
    ACCENTS,
    ARGUMENT_FREE,
    BIG,
    FUNCTIONS,
    GREEK,
    MATRICES,
    STRUCTURAL,
)
from sample_engineering.grading.spelling.scripts import Scripts
from sample_engineering.grading.spelling.tree import Literal, Node, ParseError

# Marks over the digits of a decimal that repeat.
_REPEATS = ("overline", "bar", "dot")
_OPENERS = ("(", "[", "\\{", "\\langle")


class Primary(Scripts):
    """Token reader with the rules for primaries."""

    def primary(self) -> Node:
        token = self.token
        if token.kind == "num":
            self.step()
            if token.text[-1] == "." or "." in token.text:
                return self.repeating(token)
            return Node("num", (), token.value)
        if token.kind == "base":
            return Node("base", (), self.step().value)
        if token.kind == "name":
            self.step()
            return (
                Node("const", (), token.text) if token.text in "ei" else Node("sym", (), token.text)
            )
        if token.kind == "text":
            self.step()
            name = self.symbol_in_text(token)
            if name in ("e", "i"):
                return Node("const", (), name)
            if name is not None:
                return Node("sym", (), name)
            return Node("text", (), token.text)
        if token.kind == "env":
            return self.matrix()
        if token.kind == "cmd":
            return self.command()
        if token.text in _OPENERS:
            return self.brackets(token.text)
        if token.text == "{":
            return self.braced()
        if token.text == "|":
            return self.absolute()
        raise ParseError(f"unexpected {token.text!r}")

    def repeating(self, token: Token) -> Node:
        r"""A decimal, with the digits that repeat: 0.\overline{3}, 0.1\dot{6}, 0.(3)."""
        assert isinstance(token.value, Literal)
        digits = ""
        if self.token.kind == "cmd" and self.token.text[1:] in _REPEATS:
            while part := self.repeated_digits(bool(digits)):
                digits += part
        elif token.text[-1] == "." and self.token.text == "(":
            inner, closing = self.peek(), self.peek(2)
            if inner.text.isdigit() and closing.text == ")":
                digits = inner.text
                for _ in range(3):
                    self.step()
        if not digits:
            return Node("num", (), token.value)
        if not digits.isdigit() or not token.text.replace(".", "", 1).isdigit():
            raise ParseError("a repeating decimal with something that is no digit")
        decimals = len(token.text.partition(".")[2])
        tail = Fraction(int(digits), 10**decimals * (10 ** len(digits) - 1))
        return Node("num", (), Literal(token.value.value + tail, len(digits) + decimals, False))

    def repeated_digits(self, begun: bool) -> str:
        r"""Step over digits under a bar or dot, or between two dots; "" where there are none."""
        if begun and self.token.kind == "num" and self.token.text.isdigit():
            return self.step().text
        if self.token.kind != "cmd" or self.token.text[1:] not in _REPEATS:
            return ""
        inner = self.peek()
        braced = inner.text == "{" and self.peek(3).text == "}"
        digits = self.peek(2).text if braced else inner.text
        if not digits.isdigit():
            return ""
        for _ in range(4 if braced else 2):
            self.step()
        return digits

    def absolute(self) -> Node:
        self.step()
        self.bars += 1
        node = self.union()
        self.bars -= 1
        self.expect("|")
        return Node("abs", (node,))

    def brackets(self, opening: str) -> Node:
        self.step()
        bars, self.bars = self.bars, 0
        closers = (
            (")", "]", "\\}", "\\rangle", "|", ":") if opening == "\\{" else (")", "]", "\\rangle")
        )
        if opening == "\\{" and self.token.text == "\\}":
            self.step()
            self.bars = bars
            return Node("set")
        if opening == "\\{":
            self.bars = 1
        inner = self.listing(closers)
        if opening == "\\{":
            self.bars = 0
            if self.token.text in ("|", ":"):
                self.step()
                condition = self.listing(("\\}",))
                self.expect("\\}")
                self.bars = bars
                return Node("builder", (inner, condition))
            self.expect("\\}")
            self.bars = bars
            return Node("set", inner.args if inner.op == "list" else (inner,))
        self.bars = bars
        closing = self.step().text
        if opening == "\\langle":
            opening, closing = "(", ")" if closing == "\\rangle" else closing
        if closing not in (")", "]"):
            raise ParseError("unbalanced brackets")
        if inner.op == "list":
            return Node("group", inner.args, (opening, closing))
        if (opening, closing) not in (("(", ")"), ("[", "]")):
            raise ParseError("unbalanced brackets")
        return inner

    def command(self) -> Node:
        name = self.step().text[1:]
        if name == "frac":
            return self.fraction()
        if name == "sqrt":
            return self.root()
        if name == "binom":
            return Node("fn", (self.argument(), self.argument()), "binom")
        if name in FUNCTIONS:
            return self.function(name)
        if name == "pi":
            return Node("const", (), "pi")
        if name == "infty":
            return Node("const", (), "infinity")
        if name == "emptyset":
            return Node("set")
        if name == "{":
            self.position -= 1
            self.token = self.tokens[self.position]
            return self.brackets("\\{")
        if name == "langle":
            self.position -= 1
            self.token = self.tokens[self.position]
            return self.brackets("\\langle")
        if name in ("lfloor", "lceil"):
            inner = self.sum()
            self.expect("\\rfloor" if name == "lfloor" else "\\rceil")
            return Node("fn", (inner,), "floor" if name == "lfloor" else "ceil")
        if name == "mathbb":
            letter = self.script() if self.token.text == "{" else self.step().text
            return Node("sym", (), "mathbb" + letter)
        if name in ACCENTS:
            inner = self.argument()
            if inner.op in ("sym", "const"):
                return Node("sym", (), f"{name}({inner.value})")
            names = [part.value for part in inner.args if part.op == "sym"]
            return Node("sym", (), f"{name}({'*'.join(names) or inner})")
        if name in BIG:
            return self.big(name)
        if name in GREEK:
            return Node("sym", (), name)
        if name in ("$", "euro", "pounds"):
            raise ParseError("a currency sign in an expression")
        if name.isalpha() and name not in STRUCTURAL:
            return Node("sym", (), name)
        raise ParseError(f"unknown command \\{name}")

    def fraction(self) -> Node:
        top = self.argument()
        bottom = self.argument()
        return Node("div", (top, bottom))

    def root(self) -> Node:
        order = Node("num", (), Literal(literal("2").value, 1, False))
        if self.token.text == "[":
            self.step()
            order = self.sum()
            self.expect("]")
        if self.token.text == "(":
            return Node("root", (self.primary(), order))
        return Node("root", (self.argument(), order))

    def function(self, name: str) -> Node:
        """A known function: its power or base first, then its argument."""
        exponent = base = None
        while self.token.text in ("^", "_") and self.token.kind == "op":
            if self.step().text == "^":
                exponent = self.script_node()
            else:
                base = self.script_node()
        if name == "log" and base is not None:
            name = "logbase"
        if self.token.text == "(":
            node = self.primary()
            items = node.args if node.op in ("group", "list") else (node,)
        elif self.token.text == "{" and self.token.kind == "op":
            node = self.braced()
            items = node.args if node.op == "list" else (node,)
        elif name in ARGUMENT_FREE and not (
            name in ("max", "min", "det") and self.starts_primary()
        ):
            raise ParseError(f"{name} without arguments")
        else:
            items = (self.function_argument(),)
        if base is not None:
            items = (*items, base)
        minus_one = exponent is not None and exponent.op == "neg" and exponent.args[0].op == "num"
        if minus_one and exponent is not None and exponent.args[0].value.value == 1:
            inverse = f"arc{name}"
            return Node("fn", items, inverse if inverse in FUNCTIONS else f"{name}-1")
        node = Node("fn", tuple(items), name)
        return node if exponent is None else Node("pow", (node, exponent))

    def relation(self) -> Node:
        raise NotImplementedError

    def union(self) -> Node:
        raise NotImplementedError

    def function_argument(self) -> Node:
        """What a function without brackets applies to: factors side by side, as in \\sin 2x."""
        sign = self.sign()
        node = self.postfix()
        while self.starts_primary():
            if self.token.kind == "cmd" and self.token.text[1:] in FUNCTIONS | BIG.keys():
                break
            if self.token.text in ("(", "[", "|"):
                break
            node = Node("mul", (node, self.postfix()))
        return Node("neg", (node,)) if sign == "-" else node

    def big(self, name: str) -> Node:
        """A sum, product, integral or limit with its bounds and body, kept unevaluated."""
        parts: list[Node] = []
        while self.token.text in ("^", "_") and self.token.kind == "op":
            mark = self.step().text
            parts.append(Node("app", (self.script_node(),), f"bound{mark}"))
        parts.sort(key=lambda part: part.value)
        return Node("big", (*parts, self.product()), BIG[name])

    def matrix(self) -> Node:
        token = self.step()
        if token.text == "beg" and token.value in ("cases", "dcases", "rcases"):
            return self.cases()
        if token.text != "beg" or token.value not in MATRICES:
            raise ParseError("an unknown environment")
        if token.value == "array" and self.token.text == "{":
            self.script()
        rows: list[list[Node]] = [[]]
        while True:
            if self.token.kind == "env" and self.token.text == "end":
                self.step()
                break
            if self.token.kind == "end":
                raise ParseError("an unclosed matrix")
            if self.token.text == "\\cr":
                self.step()
                rows.append([])
            elif self.token.text in ("&", "\\hline"):
                self.step()
            else:
                rows[-1].append(self.sum())
        rows = [row for row in rows if row]
        if not rows or len({len(row) for row in rows}) != 1:
            raise ParseError("a ragged matrix")
        entries = tuple(entry for row in rows for entry in row)
        node = Node("matrix", entries, (len(rows), len(rows[0])))
        return Node("fn", (node,), "det") if token.value in ("vmatrix", "Vmatrix") else node

    def cases(self) -> Node:
        """A function by cases, or a system of equations, up to the end of its environment."""
        rows: list[tuple[Node, ...]] = []
        while not (self.token.kind == "env" and self.token.text == "end"):
            if self.token.kind == "end":
                raise ParseError("unclosed cases")
            if self.token.text in ("\\cr", ","):
                self.step()
                continue
            value = self.relation()
            while self.token.text == "," or (self.token.kind == "text" and self.is_if(self.token)):
                self.step()
            if self.token.text == "&":
                self.step()
                rows.append((value, self.condition()))
            else:
                rows.append((value,))
        self.step()
        if not rows or len({len(row) for row in rows}) != 1:
            raise ParseError("ragged cases")
        if len(rows[0]) == 1:
            members = tuple(row[0] for row in rows)
            return members[0] if len(members) == 1 else Node("list", members, "and")
        return Node("cases", tuple(Node("case", row) for row in rows))

    def condition(self) -> Node:
        """What stands behind "if"."""
        while self.token.kind == "text" and self.is_if(self.token):
            self.step()
        return self.relation()

    @staticmethod
    def is_if(token: Token) -> bool:
        return token.text.strip(" ,").casefold() in ("if", "for", "when", "where", "")
