"""Reads what follows the parts of an expression: powers, subscripts, factorials, arguments."""

from collections.abc import Iterator

from sample_engineering.grading.spelling.lexer import Token, literal
from sample_engineering.grading.spelling.notation import (
    ACCENTS,
    BIG,
    FUNCTION_NAMES,
    FUNCTIONS,
    GREEK,
    WORDS,
)
from sample_engineering.grading.spelling.tree import Node, ParseError


class Scripts:
    """Token reader with the rules for what may follow a primary."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.token = tokens[0]
        self.bars = 0

    # The rules for primaries, and for lists, relations and sums, live in the classes built on this.
    def primary(self) -> Node:
        raise NotImplementedError

    def listing(self, closers: tuple[str, ...]) -> Node:
        raise NotImplementedError

    def sum(self) -> Node:
        raise NotImplementedError

    def product(self) -> Node:
        raise NotImplementedError

    def sign(self) -> str | None:
        raise NotImplementedError

    def step(self) -> Token:
        """Return the current token and move to the next."""
        token = self.token
        self.position += 1
        if self.position < len(self.tokens):
            self.token = self.tokens[self.position]
        return token

    def expect(self, text: str) -> None:
        if self.token.text != text or self.token.kind not in ("op", "cmd"):
            raise ParseError(f"{text!r} expected, {self.token.text!r} found")
        self.step()

    def peek(self, offset: int = 1) -> Token:
        return self.tokens[min(self.position + offset, len(self.tokens) - 1)]

    def starts_primary(self) -> bool:
        """Whether the current token can begin a factor written side by side."""
        token = self.token
        if token.kind == "name" or (token.kind == "env" and token.text == "beg"):
            return True
        if token.kind in ("num", "base"):
            # "2 3" is no product; "x 3" is a slip, and "(x+1) 3" a factor.
            previous = self.tokens[self.position - 1]
            return previous.kind not in ("num", "base")
        if token.kind == "text":
            return self.symbol_in_text(token) is not None
        if token.kind == "op":
            return token.text in "([{" or (token.text == "|" and not self.bars)
        if token.kind == "cmd":
            name = token.text[1:]
            return (
                name in FUNCTIONS
                or name in GREEK
                or name in ACCENTS
                or name in BIG
                or name
                in (
                    "frac",
                    "sqrt",
                    "binom",
                    "infty",
                    "pi",
                    "{",
                    "langle",
                    "mathbb",
                    "lfloor",
                    "lceil",
                )
            )
        return False

    @staticmethod
    def symbol_in_text(token: Token) -> str | None:
        """Name of the symbol that upright letters stand for, or None where they are words."""
        text = token.text.strip()
        if not (text.isalpha() and text.isascii() and len(text) <= 3):
            return None
        return None if text.casefold() in WORDS else text

    def postfix(self) -> Node:
        """A primary with its powers, subscripts, factorials, percent and degree signs."""
        node = self.primary()
        while True:
            text = self.token.text
            if self.token.kind not in ("op", "cmd"):
                return node
            if text == "^":
                self.step()
                node = self.power(node)
            elif text == "!":
                self.step()
                node = Node("fact", (node,))
            elif text in ("%", "\\%"):
                self.step()
                node = Node("pct", (node,))
            elif text == "'":
                self.step()
                node = self.accented(node, "'")
            elif text == "_":
                self.step()
                node = self.accented(node, "_" + self.script())
            elif text == "(" and node.op == "sym" and self.is_application(node.value):
                argument = self.arguments()
                items = argument.args if argument.op == "list" else (argument,)
                binomial = node.value == "C" and len(items) == 2
                node = Node("fn", items, "binom") if binomial else Node("app", items, node.value)
            else:
                return node

    def arguments(self) -> Node:
        """What a function in brackets applies to; "P(A|B)" has a condition behind its bar."""
        conditional = self.bars_ahead() % 2 == 1
        self.step()
        bars, self.bars = self.bars, int(conditional)
        node = self.listing((")", "|") if conditional else (")",))
        if conditional and self.token.text == "|":
            self.step()
            node = Node("list", (node, self.listing((")",))), "|")
        self.bars = bars
        self.expect(")")
        return node

    def bars_ahead(self) -> int:
        """Number of bars between the bracket that opens here and the one that closes it."""
        return sum(token.text == "|" for token in self.inside())

    def has_comma_ahead(self) -> bool:
        """Whether a comma stands in the bracket that opens here."""
        return any(token.text == "," for token in self.inside())

    def inside(self) -> Iterator[Token]:
        """Signs in the bracket that opens here, without those of inner brackets."""
        depth = 0
        for token in self.tokens[self.position :]:
            if token.kind == "op":
                depth += (token.text in "([") - (token.text in ")]")
                if depth == 1:
                    yield token
            if depth == 0:
                break

    @staticmethod
    def accented(node: Node, mark: str) -> Node:
        if node.op == "const" and node.value in ("e", "i"):
            return Node("sym", (), node.value + mark)
        if node.op in ("sym", "app"):
            return Node(node.op, node.args, node.value + mark)
        if node.op == "const":
            return Node("sym", (), f"{node.value}{mark}")
        raise ParseError("a subscript or prime on something that is no symbol")

    def power(self, base: Node) -> Node:
        if self.token.text == "\\circ":
            self.step()
            return Node("deg", (base,))
        if self.token.text == "{" and self.peek().text == "\\circ" and self.peek(2).text == "}":
            for _ in range(3):
                self.step()
            return Node("deg", (base,))
        if self.token.text in ("'", "\\prime"):
            self.step()
            return self.accented(base, "'")
        if self.token.text == "{" and self.peek().text in ("'", "\\prime"):
            self.step()
            marks = ""
            while self.token.text in ("'", "\\prime"):
                self.step()
                marks += "'"
            self.expect("}")
            return self.accented(base, marks)
        if self.token.text in ("+", "-", "*") and self.peek().text in ("", ")", ",", "]", "}"):
            return self.accented(base, "^" + self.step().text)
        if (
            self.token.text == "{"
            and self.peek().text in ("+", "-", "*")
            and self.peek(2).text == "}"
        ):
            self.step()
            mark = self.step().text
            self.expect("}")
            return self.accented(base, "^" + mark)
        exponent = self.script_node()
        if base.op == "text":
            raise ParseError("a power of a word")
        return Node("pow", (base, exponent))

    def script_node(self) -> Node:
        """An exponent or argument: one braced group, or one token as LaTeX reads it."""
        if self.token.text == "{" and self.token.kind == "op":
            return self.braced()
        sign = self.token.text if self.token.kind == "op" and self.token.text in "+-" else None
        if sign:
            self.step()
        if self.token.text == "(":
            node = self.primary()
        elif self.token.kind == "num":
            node = Node("num", (), self.step().value)
        else:
            node = self.primary()
        return Node("neg", (node,)) if sign == "-" else node

    def braced(self) -> Node:
        self.expect("{")
        bars, self.bars = self.bars, 0
        node = self.listing(("}",))
        self.bars = bars
        self.expect("}")
        return node

    def script(self) -> str:
        """A subscript, as text."""
        if self.token.text == "{" and self.token.kind == "op":
            self.step()
            parts: list[str] = []
            depth = 1
            while True:
                if self.token.kind == "end":
                    raise ParseError("unbalanced braces")
                token = self.step()
                depth += (token.text == "{") - (token.text == "}")
                if depth == 0:
                    return "".join(parts)
                if token.text not in ("{", "}"):
                    # v_{\\text{max}} is v_{max}, whether "max" is a function elsewhere or not.
                    parts.append(token.text.lstrip("\\").replace(" ", ""))
        if self.token.kind not in ("num", "name", "text", "cmd"):
            raise ParseError("an empty subscript")
        return self.step().text.lstrip("\\").replace(" ", "")

    def argument(self) -> Node:
        """One argument of a command such as \\frac: a group, or one digit, letter or command."""
        token = self.token
        if token.text == "{" and token.kind == "op":
            return self.braced()
        if token.kind == "num" and token.text.isdigit() and len(token.text) > 1:
            # \frac12: LaTeX takes one digit at a time.
            self.tokens[self.position] = self.token = Token(
                "num", token.text[1:], literal(token.text[1:])
            )
            return Node("num", (), literal(token.text[0]))
        if token.text == "-":
            raise ParseError("an argument is missing")
        return self.primary()

    def fraction_of_whole_numbers(self) -> bool:
        """Whether \\frac with two unsigned whole numbers follows."""
        index = self.position + 1
        for _ in range(2):
            token = self.tokens[min(index, len(self.tokens) - 1)]
            if token.text == "{":
                inner = self.tokens[min(index + 1, len(self.tokens) - 1)]
                close = self.tokens[min(index + 2, len(self.tokens) - 1)]
                if not (inner.text.isdigit() and close.text == "}"):
                    return False
                index += 3
            elif token.kind == "num" and token.text.isdigit():
                if len(token.text) == 2:
                    return True
                index += 1
            else:
                return False
        return True

    def is_application(self, name: str) -> bool:
        letter = name.rstrip("'").split("_")[0]
        if letter in FUNCTION_NAMES or name.endswith("'"):
            return True
        inner, close = self.peek(), self.peek(2)
        if self.has_comma_ahead():
            return True  # C(n, k), E(x, 0, z): a product with a pair is never meant
        return close.text == ")" and inner.kind in ("num", "name")
