"""Reads the parts of an expression: numbers, symbols, functions, brackets."""

# ruff: noqa: SIM905 (tables of names read best as words)

from sample_engineering.grading.lexer import Token, literal
from sample_engineering.grading.tree import Literal, Node, ParseError

FUNCTIONS = frozenset(
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arccot ln log exp max min gcd"
    " lcm floor ceil abs arg det".split()
)
_ARGUMENT_FREE = frozenset("max min gcd lcm det".split())
_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon"
    " phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar nabla"
    " partial aleph Re Im prime odot oplus star dagger angle triangle cdots ldots dots bot"
    " mathbbR mathbbZ mathbbN mathbbQ mathbbC AA infty emptyset".split()
)
_ACCENTS = frozenset(
    "vec hat bar dot ddot tilde overline widehat widetilde overrightarrow overleftarrow mathring"
    " check breve acute grave overbrace underbrace".split()
)
# Short words that are no symbols.
_WORDS = frozenset("and or if is to the for no yes not in of by at are was".split())
_BIG = {"sum": "sum", "prod": "prod", "int": "int", "oint": "int", "iint": "int", "lim": "lim"}
_OPENERS = {"(": ")", "[": "]", "\\{": "\\}", "\\langle": "\\rangle"}
_STRUCTURAL = frozenset(
    "begin end boxed fbox text rfloor rceil cr and or rangle not cup cap to".split()
)
_MATRICES = frozenset("pmatrix bmatrix matrix Bmatrix vmatrix Vmatrix smallmatrix array".split())
# f(x+1) is an application for these; for other symbols only where the argument is simple, as x(x+1)
# is a product.
_FUNCTION_NAMES = frozenset("fghFGHPW")


class Primary:
    """Token reader with the rules for primaries and what may follow them."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.token = tokens[0]
        self.bars = 0

    # The list, relation and sum rules live in the parser built on this class.
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
                or name in _GREEK
                or name in _ACCENTS
                or name in _BIG
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
        return None if text.casefold() in _WORDS else text

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
                self.step()
                argument = self.listing((")",))
                self.expect(")")
                items = argument.args if argument.op == "list" else (argument,)
                node = Node("app", items, node.value)
            else:
                return node

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
                parts.append(token.text)
        if self.token.kind not in ("num", "name", "text", "cmd"):
            raise ParseError("an empty subscript")
        return self.step().text

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
        if letter in _FUNCTION_NAMES or name.endswith("'"):
            return True
        inner, close = self.peek(), self.peek(2)
        return close.text == ")" and inner.kind in ("num", "name")

    def primary(self) -> Node:
        token = self.token
        if token.kind == "num":
            return Node("num", (), self.step().value)
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

    def absolute(self) -> Node:
        self.step()
        self.bars += 1
        node = self.sum()
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
        if name in _ACCENTS:
            inner = self.argument()
            if inner.op in ("sym", "const"):
                return Node("sym", (), f"{name}({inner.value})")
            names = [part.value for part in inner.args if part.op == "sym"]
            return Node("sym", (), f"{name}({'*'.join(names) or inner})")
        if name in _BIG:
            return self.big(name)
        if name in _GREEK:
            return Node("sym", (), name)
        if name in ("$", "euro", "pounds"):
            raise ParseError("a currency sign in an expression")
        if name.isalpha() and name not in _STRUCTURAL:
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
        elif name in _ARGUMENT_FREE:
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

    def function_argument(self) -> Node:
        """What a function without brackets applies to: factors side by side, as in \\sin 2x."""
        sign = self.sign()
        node = self.postfix()
        while self.starts_primary():
            if self.token.kind == "cmd" and self.token.text[1:] in FUNCTIONS | _BIG.keys():
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
        return Node("big", (*parts, self.product()), _BIG[name])

    def matrix(self) -> Node:
        token = self.step()
        if token.text != "beg" or token.value not in _MATRICES:
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
