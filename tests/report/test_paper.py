"""Tables for papers: whatever the texts are, they come out of a reader as they went in."""

import re
import shutil
import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pylatexenc import latex2text, latexwalker, macrospec
from rich.console import Group
from rich.table import Table
from rich.text import Text

import sample_engineering as se
from sample_engineering.errors import ConfigError
from sample_engineering.report.paper import (
    PaperTable,
    latex,
    markdown,
    of_terminal,
    table_of,
    written,
)
from sample_engineering.text import visible

_PRINTABLE = "".join(map(chr, range(32, 127)))
# Each character that means something, alone, doubled, at either end, and beside a backslash.
_SHAPES = ["{0}", "{0}{0}", "{0}a", "a{0}", "a{0}b{0}c", "\\{0}", "{0}\\", "{0} x {0}", "1{0} y"]
_SPECIAL = [
    shape.replace("{0}", character) for character in _PRINTABLE.strip() for shape in _SHAPES
] + [
    r"\input{/etc/passwd}", r"\write18{id}", r"$\frac{1}{2}$ of $x_1^2$", r"\(a\) \[b\]", "^^M x",
    "a -- b --- c", "``q'' ?` !` ,, << >>", "<script>alert(1)</script>", "![i](http://x.y/z)",
    "[a](javascript:alert(1))", "https://x.example/?a=1&b=2", "www.example.org", "me@example.org",
    "&amp; &#124; &lt;b&gt;", "~~gone~~ __bold__ *it* `code`", "| a | b |", "--- | ---",
    "1. one", "- two", "# three", "> four", "[x]: y", "end\\", "% comment", "tab\there\nline", "{}",
]  # fmt: skip
_TEXT = st.one_of(
    st.text(st.sampled_from(_PRINTABLE), max_size=30),
    st.text(st.characters(codec="utf-8"), max_size=20),
)


def _one_line(text):
    return visible(" ".join(text.split()), keep="")


def _table(text):
    return table_of(text, [("name", False), (text, True)], [(text, "1"), ("x", text)])


def _cells_of_markdown(text):
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    for token in tokens:
        if token.type == "inline":
            # A plain text is text and nothing else, but for the strong words of a caption or sum.
            kinds = {child.type for child in token.children}
            assert kinds <= {"text", "strong_open", "strong_close", "text_special"}, token.content
            yield "".join(child.content for child in token.children)


def _check_markdown(text):
    found = list(_cells_of_markdown(_table(text).markdown()))
    line = _one_line(text)
    assert found == [*([line] if line else []), "name", line, line, "1", "x", line]


def test_special_texts_stay_themselves_in_markdown():
    for text in _SPECIAL:
        _check_markdown(text)


@given(_TEXT)
def test_any_text_stays_itself_in_markdown(text):
    _check_markdown(text)


def test_a_note_in_markdown_is_one_item_of_text():
    for text in _SPECIAL:
        said = written([], "markdown", [text])
        assert list(_cells_of_markdown(said)) == [_one_line(text)]
        kinds = [token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(said)]
        assert kinds.count("paragraph_open") == 1
        assert kinds.count("list_item_open") == 1


_COMMANDS = {
    "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<",
    "textgreater": ">", "textbar": "|", "textasciigrave": "`", "textquotesingle": "'",
    "textendash": "–", "textemdash": "—", "ldots": "…", "pm": "±",
}  # fmt: skip
_MACROS = latex2text.get_default_latex_context_db()
_MACROS.add_context_category(
    "ours",
    prepend=True,
    macros=[
        latex2text.MacroTextSpec("symbol", simplify_repl=lambda node: chr(34)),
        *(latex2text.MacroTextSpec(name, shown) for name, shown in _COMMANDS.items()),
    ],
)
_WALKER = latexwalker.get_default_latex_context_db()
_WALKER.add_context_category("ours", prepend=True, macros=[macrospec.std_macro("symbol", False, 1)])


def _text_of_latex(source):
    nodes, _, _ = latexwalker.LatexWalker(
        source, latex_context=_WALKER, tolerant_parsing=False
    ).get_latex_nodes()
    reader = latex2text.LatexNodes2Text(
        latex_context=_MACROS, strict_latex_spaces=True, keep_braced_groups=False
    )
    return reader.nodelist_to_text(nodes)


_HARMLESS = re.compile(rf"\\({'|'.join(_COMMANDS)}|symbol|[{{}}$&#%_])")


def _check_latex(text):
    source = latex(text)
    assert _text_of_latex(source) == _one_line(text).replace("−", "-")
    commands = re.findall(r"\\(?:[A-Za-z]+|.)", source)
    assert all(_HARMLESS.fullmatch(command) for command in commands), commands
    assert not source.startswith(("[", "*"))


def test_special_texts_stay_themselves_in_latex():
    for text in _SPECIAL:
        _check_latex(text)


@example("--")
@given(_TEXT)
def test_any_text_stays_itself_in_latex(text):
    _check_latex(text)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")
def test_every_special_text_compiles(tmp_path):
    rows = [(text, "-3.1 to +4.0") for text in _SPECIAL if _one_line(text)]
    tables = [table_of(rows[i][0], [("a", False), ("b", True)], rows[i : i + 30])
              for i in range(0, len(rows), 30)]  # fmt: skip
    body = written(tables, "latex", _SPECIAL)
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs}\\begin{document}\n"
        "\\makeatletter\\def\\@floatplacement{}\\extrafloats{200}\\makeatother\n"
        + body.replace(r"\begin{table}", "").replace(r"\end{table}", r"\clearpage")
        .replace(r"\caption{", r"\textit{")
        + "\\end{document}\n",
        encoding="utf-8",
    )  # fmt: skip
    done = subprocess.run(
        ["pdflatex", "-no-shell-escape", "-halt-on-error", "-interaction=batchmode", "paper.tex"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "Missing character" not in log


def test_figures_have_true_signs_in_latex_and_words_among_them_are_escaped():
    table = table_of("", [("a", False), ("b", True)], [("x", "-3.1 to +1,200.0"), ("y_1", "-")])
    assert "x & $-3.1$ to $+1,200.0$ \\\\" in table.latex()
    assert "y\\_1 & - \\\\" in table.latex()


def test_long_texts_get_a_column_that_breaks_lines():
    table = table_of("", [("a", False), ("b", False)], [("short", "word " * 20)])
    assert r"\begin{tabular}{lp{0.50\linewidth}}" in table.latex()


def test_tables_of_a_terminal_are_the_same_tables():
    one = Table(title="Title")
    one.add_column("name")
    one.add_column("n", justify="right")
    one.add_row(Text("a[b]"), "1")
    one.add_section()
    one.add_row("all", "2", style="bold")
    found = of_terminal(Group(one, Text("no table"), Group(one)))
    assert found == [
        PaperTable(("name", "n"), (("a[b]", "1"), ("all", "2")), (False, True), "Title",
                   frozenset({1}), frozenset({0}))
    ] * 2  # fmt: skip
    assert "| **all** | **2** |" in found[0].markdown()
    assert found[0].latex().count(r"\midrule") == 2


def test_what_is_no_table_or_format_is_refused():
    with pytest.raises(ConfigError, match="mend it"):
        PaperTable(("a",), (("1", "2"),), (True,))
    with pytest.raises(ConfigError, match="give markdown or latex"):
        written([], "html")
    with pytest.raises(ConfigError, match="`result` is a dict; give a Ranking"):
        se.paper_table({})
    with pytest.raises(ConfigError, match="`top` is for"):
        se.paper_table(se.open_run("tests/runs/data/format_1"), top=3)


def test_escapes_are_only_made_where_they_are_needed():
    assert markdown("A train goes 3.5 km, (60% of it) at -2 C: why?") == (
        "A train goes 3.5 km, (60% of it) at -2 C: why?"
    )
    assert latex("a-b, c.") == "a-b, c."
