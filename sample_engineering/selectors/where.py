"""A small language for filters over columns: ``lim >= 0.6 and answer_kind == "number"``.

    expression := term ("or" term)*
    term       := factor ("and" factor)*
    factor     := "not" factor | "(" expression ")" | comparison
    comparison := column ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") value
                | column ["not"] "in" "(" value ("," value)* ")"
                | column ["not"] "contains" value
                | column "is" ["not"] "null"
    value      := number | "text" | 'text' | true | false

A comparison with an unknown value is false, whichever way it is put; ``is null`` asks for unknowns.
Nothing is evaluated as code. Dots reach into records (``extra_info.split``); a column that has a
dot in its name goes first, at every level the longest. Names with spaces stand in backquotes.
"""

import math
import operator
import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.pool.written import unpacked
from sample_engineering.registry import suggestion

Predicate = Callable[[Mapping[str, Any]], bool]
Value = str | float | bool

# Longer than any filter a person writes; bounds the depth of the recursion below.
_MAX_TOKENS = 200

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<symbol>==|!=|<>|<=|>=|=|<|>|\(|\)|,)
      | `(?P<quoted>[^`]+)`
      | (?P<name>[^\W\d][\w.\-@]*)
    )""",
    re.VERBOSE,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CONSTANTS: dict[str, Value] = {"true": True, "false": False}
_HELP = 'write for example: lim >= 0.6 and answer_kind == "number"'


@dataclass(frozen=True)
class Condition:
    """What records must meet; called with a record, it says whether that does.

    Parameters
    ----------
    text : str
        As it was written.
    columns : tuple of str
        The columns that it names.
    test : callable
        What says so.
    """

    text: str
    columns: tuple[str, ...]
    test: Predicate

    def __call__(self, record: Mapping[str, Any]) -> bool:
        """Whether a record meets the condition."""
        return self.test(record)


def parse_where(text: str, columns: Iterable[str]) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str
        The condition, see the module's grammar.
    columns : iterable of str
        Known column names; ``-`` in a name of the condition is read as ``_`` where that is known.

    Raises
    ------
    ConfigError
        If the condition cannot be read or names an unknown column.
    """
    parser = _Parser(text, columns)
    test = parser.parse()
    return Condition(text, tuple(dict.fromkeys(parser.named)), test)


class _Parser:
    def __init__(self, text: str, columns: Iterable[str]) -> None:
        self.text = text
        self.columns = dict.fromkeys(columns)
        self.named: list[str] = []
        self.tokens = self._tokens()
        self.place = 0

    def _tokens(self) -> list[tuple[str, str]]:
        tokens, place, end = [], 0, len(self.text.rstrip())
        while place < end:
            match = _TOKEN.match(self.text, place)
            if match is None or match.lastgroup is None:
                raise self._error(f"cannot read {self.text[place:].strip()[:20]!r}")
            kind = "name" if match.lastgroup == "quoted" else match.lastgroup
            tokens.append((kind, match.group(match.lastgroup)))
            place = match.end()
            if len(tokens) > _MAX_TOKENS:
                raise self._error(f"longer than {_MAX_TOKENS} words")
        return tokens

    def parse(self) -> Predicate:
        if not self.tokens:
            raise self._error("it is empty")
        found = self._either()
        if self.place < len(self.tokens):
            raise self._error(f"did not expect {self.tokens[self.place][1]!r}")
        return found

    def _either(self) -> Predicate:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _all(self) -> Predicate:
        parts = [self._factor()]
        while self._word("and"):
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _factor(self) -> Predicate:
        if self._word("not"):
            inner = self._factor()
            return lambda row: not inner(row)
        if self._symbol("("):
            inner = self._either()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        get = self._column()
        if self._word("is"):
            wanted = not self._word("not")
            if not self._word("null"):
                raise self._error("after 'is' comes 'null' or 'not null'")
            return lambda row: (get(row) is None) is wanted
        negated = self._word("not")
        if self._word("in"):
            self._expect("(")
            options = [self._value()]
            while self._symbol(","):
                options.append(self._value())
            self._expect(")")
            return lambda row: _known(
                get(row), lambda v: any(_compare("==", v, o) for o in options) is not negated
            )
        if self._word("contains"):
            part = self._value()
            return lambda row: _known(get(row), lambda v: _contains(v, part) is not negated)
        kind, symbol = self._next("a comparison such as >=")
        if negated or kind != "symbol" or symbol not in _COMPARE:
            raise self._error(f"{symbol!r} is not a comparison")
        value = self._value()
        return lambda row: _known(get(row), lambda v: _compare(symbol, v, value))

    def _column(self) -> Callable[[Mapping[str, Any]], Any]:
        kind, name = self._next("a column name")
        if kind != "name":
            raise self._error(f"{name!r} is not a column name")
        found = next(
            (
                (head, n)
                for n in (name, name.replace("-", "_"))
                if (head := longest_head(n, self.columns)) is not None
            ),
            None,
        )
        if found is None:
            raise ConfigError(
                f"`where`: no column is called {name!r}; {suggestion(name, sorted(self.columns))}"
            )
        column, known = found
        self.named.append(column)
        below = known[len(column) + 1 :]
        return lambda row: _reach(row, column, below)

    def _value(self) -> Value:
        kind, word = self._next("a value")
        if kind == "number":
            return float(word)
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", word[1:-1])
        if kind == "name" and word.lower() in _CONSTANTS:
            return _CONSTANTS[word.lower()]
        if kind == "name":
            raise self._error(f"put text in quotes: '{word}'")
        raise self._error(f"{word!r} is not a value")

    def _next(self, wanted: str) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise self._error(f"it ends where {wanted} should come")
        self.place += 1
        return self.tokens[self.place - 1]

    def _word(self, word: str) -> bool:
        return self._skip("name", word)

    def _symbol(self, symbol: str) -> bool:
        return self._skip("symbol", symbol)

    def _skip(self, kind: str, text: str) -> bool:
        here = self.tokens[self.place] if self.place < len(self.tokens) else ("", "")
        found = here[0] == kind and here[1].lower() == text
        self.place += found
        return found

    def _expect(self, symbol: str) -> None:
        if not self._symbol(symbol):
            raise self._error(f"a {symbol!r} is missing")

    def _error(self, why: str) -> ConfigError:
        return ConfigError(f"`where` {self.text!r}: {why}; {_HELP}")


def longest_head(name: str, names: Container[str]) -> str | None:
    """Return the longest of `names` that a dotted name is, or begins with before a dot."""
    end = len(name)
    while end > 0:
        if name[:end] in names:
            return name[:end]
        end = name.rfind(".", 0, end)
    return None


def _reach(row: Any, name: str, below: str) -> Any:
    if not isinstance(row, Mapping):
        return None
    value = row.get(name)
    if below:
        if isinstance(value, str):
            value = unpacked(value)
        if not isinstance(value, Mapping):
            return None
        head = longest_head(below, value)
        return None if head is None else _reach(value, head, below[len(head) + 1 :])
    return None if isinstance(value, float) and math.isnan(value) else value


def _known(value: Any, test: Callable[[Any], bool]) -> bool:
    return value is not None and test(value)


def _contains(value: Any, part: Value) -> bool:
    if isinstance(value, str):
        return str(part).lower() in value.lower()
    if isinstance(value, Mapping | list | tuple):
        return any(_compare("==", item, part) for item in value)
    return False


def _compare(symbol: str, value: Any, wanted: Value) -> bool:
    """Compare like with like; a text that reads as a number compares with numbers."""
    if isinstance(wanted, float):
        if isinstance(value, bool):
            value = None
        elif isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                value = None
    elif isinstance(wanted, bool):
        value = value if isinstance(value, bool) else None
    elif not isinstance(value, str):
        value = str(value) if isinstance(value, int | float) else None
    if value is None or not isinstance(value, str | int | float):
        return symbol in ("!=", "<>")  # known, but of another kind: different
    return _COMPARE[symbol](value, wanted)
