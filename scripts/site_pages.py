"""Pages of the documentation site that nobody types: a hook of mkdocs (`make docs`).

The command reference is read from the `se` command itself, the API reference from the public
names, the components from the registry, the notebooks from their outputs; README, CONTRIBUTING and
CHANGELOG are pages too. Mathematics becomes MathML while the site is built, so that reading it
needs no script.
"""

import base64
import html
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import typer
from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

import sample_engineering as se
from sample_engineering import registry
from sample_engineering.cli import app
from sample_engineering.commands.command import make_readable

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import component_tables  # noqa: E402  (a neighbour, found by its path)

NOTEBOOKS = ROOT / "notebooks"
_WHOLE = {
    "index.md": "README.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<to>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
_MATH = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">(?:\\\(|\\\[)(?P<tex>.*?)(?:\\\)|\\\])</(?P=tag)>',
    re.DOTALL,
)
_CORNER = re.compile(r"<th([^>]*)>\s*</th>")
_SCOPE = re.compile(r"\s+scope=(?:\"[^\"]*\"|'[^']*'|\w+)")
_LARGEST = 400_000  # bytes of a notebook's output that go into a page


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    made: dict[str, str | bytes] = {
        "reference/commands.md": commands(),
        "reference/api.md": api("The functions", _CALLED),
        "reference/objects.md": api("The objects", _CLASSES),
        "reference/components.md": component_page(),
    }
    made |= {page: (ROOT / name).read_text(encoding="utf-8") for page, name in _WHOLE.items()}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        made |= notebook_pages(path)
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Turn links to files of the repository into links of the site, or into their names."""
    here = Path(page.file.src_uri)
    name = _WHOLE.get(here.as_posix())
    if here.parts[0] == NOTEBOOKS.name:
        name = here.as_posix()
    source = ROOT / "docs" / here if name is None else ROOT / name
    return _LINK.sub(lambda found: _link(found, source, here), markdown)


def on_page_content(content: str, page: Any, config: MkDocsConfig, files: Files) -> str:
    """Write the mathematics of a page as MathML; an empty corner of a table is no heading."""
    content = _CORNER.sub(_as_cell, content)
    return _MATH.sub(
        lambda found: convert(
            html.unescape(found["tex"]), display="block" if found["tag"] == "div" else "inline"
        ),
        content,
    )


def _as_cell(corner: re.Match[str]) -> str:
    return f"<td{_SCOPE.sub('', corner[1])}></td>"


def _link(found: re.Match[str], source: Path, here: Path) -> str:
    to, anchor = found["to"], found["anchor"] or ""
    if not to or "://" in to or to.startswith("mailto:"):
        return found[0]
    target = (source.parent / to).resolve()
    up = "../" * (len(here.parts) - 1)
    whole = {(ROOT / name).resolve(): page for page, name in _WHOLE.items()}
    if target in whole:
        return f"[{found['text']}]({up}{whole[target]}{anchor})"
    if target.suffix == ".ipynb" and target.is_file():
        return f"[{found['text']}]({up}notebooks/{target.stem}.md{anchor})"
    if target.is_relative_to(ROOT / "docs"):
        return f"[{found['text']}]({up}{target.relative_to(ROOT / 'docs').as_posix()}{anchor})"
    if target.exists():  # in the repository, and not on the site
        name = target.relative_to(ROOT).as_posix()
        plain = found["text"].strip("`") == name
        return f"`{name}`" if plain else f"{found['text']} (`{name}`)"
    return found[0]  # the strict build says that it is broken


# The command reference.


def commands() -> str:
    """Return the page of all commands with their options, from the program."""
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="se")
    panels: dict[str, list[str]] = {}
    pages: list[str] = []
    for name, command in group.commands.items():
        if command.hidden:
            continue
        pages += _command(name, command, context)
        first = _plain((command.help or "").split("\n\n")[0]).replace("|", "\\|")
        line = f"| [`se {name}`](#se-{name}) | {first} |"
        panels.setdefault(_panel(command, "Further"), []).append(line)
    index = [
        line
        for panel, lines in panels.items()
        for line in (f"\n**{panel}**\n", "| command | what it does |", "| --- | --- |", *lines)
    ]
    told = (
        "Every command with all of its options, as the program states them (`se COMMAND --help`)."
    )
    return "\n".join(["# Commands", "", told, *index, "", *pages])


def _command(name: str, command: Any, parent: Any, level: int = 2) -> list[str]:
    context = command.context_class(command, info_name=name.split()[-1], parent=parent)
    make_readable(command, context)
    lines = [f"{'#' * level} `se {name}` {{ #se-{name.replace(' ', '-')} }}", ""]
    lines += [_prose(command.help or ""), ""]
    for part, inner in getattr(command, "commands", {}).items():
        lines += _command(f"{name} {part}", inner, context, level + 1)
    if hasattr(command, "commands"):
        return lines
    usage = " ".join([f"se {name}", *command.collect_usage_pieces(context)])
    lines += ["```text", usage, "```", ""]
    panels: dict[str, list[str]] = {}
    for parameter in command.params:
        if not getattr(parameter, "hidden", False) and parameter.name != "help":
            meant = "Options" if parameter.param_type_name == "option" else "Arguments"
            panels.setdefault(_panel(parameter, meant), []).append(_parameter(parameter))
    for panel, rows in panels.items():
        lines += [f"**{panel}**", "", "| | | default |", "| --- | --- | --- |", *rows, ""]
    return lines


def _panel(shown: Any, otherwise: str) -> str:
    """Return the heading under which the help shows a command or an option."""
    panel = getattr(shown, "rich_help_panel", None)
    return panel if isinstance(panel, str) else otherwise


def _parameter(parameter: Any) -> str:
    """Return the row of an option or argument."""
    if parameter.param_type_name == "option":
        names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    else:
        names = f"`{(parameter.metavar or parameter.name).strip('{}[]')}`"
    default = getattr(parameter.default, "value", parameter.default)
    said = (
        isinstance(default, str | int | float) and not isinstance(default, bool) and default != ""
    )
    told = _cell(getattr(parameter, "help", None) or "")
    return f"| {names} | {told} | {f'`{default}`' if said else ''} |"


def _prose(text: str) -> str:
    """Return a help text as Markdown: its paragraphs joined, indented examples as blocks."""
    parts = []
    for block in re.split(r"\n\s*\n", inspect.cleandoc(text.replace("\b", "").split("\f")[0])):
        lines = block.splitlines()
        if all(line.startswith(("    ", "se ")) for line in lines):
            parts.append("```sh\n" + inspect.cleandoc("\n".join(lines)) + "\n```")
        else:
            parts.append(_plain(" ".join(line.strip() for line in lines)))
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())).replace("|", "\\|")


def _plain(text: str) -> str:
    """Return text in which nothing is markup of rich, Markdown or HTML."""
    bare = re.sub(r"\[/?(?:dim|bold|italic|cyan)\]", "", text)
    return re.sub(r"([*\[])", r"\\\1", bare.replace("<", "&lt;"))


# The API reference.

_CALLED = [name for name in se.__all__ if inspect.isfunction(getattr(se, name))]
_CLASSES = [name for name in se.__all__ if inspect.isclass(getattr(se, name))]


def api(title: str, names: list[str]) -> str:
    """Return a page on public names, which mkdocstrings fills in."""
    lines = [f"# {title}", "", "Names of `import sample_engineering as se`.", ""]
    for name in names:
        value = getattr(se, name)
        lines += [f"::: {value.__module__}.{value.__qualname__}", ""]
    return "\n".join(lines)


# The components.


def component_page() -> str:
    """Return the page of all installed kinds of components."""
    lines = [
        "# Components",
        "",
        "What comes with the package, from the registry. `se components` also shows what other",
        "packages bring; [the architecture](../architecture.md#to-add-something) says how to add",
        "one.",
        "",
    ]
    for kind in registry.KINDS:
        lines += [f"## {kind.replace('_', ' ').capitalize()}", ""]
        rows = component_tables.TABLES.get(kind, lambda kind=kind: component_tables.listed(kind))()
        lines += [_without_markup(component_tables.table(rows)), ""]
    return "\n".join(lines)


def _without_markup(table: str) -> str:
    return table.replace("<", "&lt;")


# The notebooks.


def notebook_pages(path: Path) -> dict[str, str | bytes]:
    """Return the page of a notebook and its pictures."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    pages: dict[str, str | bytes] = {}
    lines: list[str] = []
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            lines += [source, ""]
            continue
        lines += ["```python", source, "```", ""]
        for place, output in enumerate(cell["outputs"]):
            name = f"{path.stem}-{number}-{place}.png"
            shown, picture = _output(output, name)
            lines += [shown, ""]
            if picture is not None:
                pages[f"notebooks/{name}"] = picture
    pages[f"notebooks/{path.stem}.md"] = "\n".join(lines)
    return pages


def _output(output: dict[str, Any], name: str) -> tuple[str, bytes | None]:
    data = output.get("data", {})
    if "image/png" in data:
        return f"![plot]({name}){{ loading=lazy }}", base64.b64decode("".join(data["image/png"]))
    if "text/html" in data:
        shown = "".join(data["text/html"])
        assert len(shown) < _LARGEST
        one = " ".join(shown.split("\n"))  # a blank line would end the block of HTML
        return f'<div class="notebook-output">{one}</div>', None
    text = "".join(data.get("text/plain", output.get("text", "")))
    return f"```text\n{text.rstrip()}\n```", None
