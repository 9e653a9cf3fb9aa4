"""What every command of `se` does alike: errors in its own words, help that reads well.

A message of the library speaks of parameters, in backquotes; the user of a command knows options.
While the command's options are at hand, an error is reworded, and `cli.main` prints it.
"""

import errno
import inspect
import math
import re
from collections.abc import Iterable
from enum import Enum
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from sample_engineering import storage
from sample_engineering.api import renamed
from sample_engineering.commands import addresses, last_resort, values
from sample_engineering.commands.output import quietly, tell, warn
from sample_engineering.errors import (
    INTERRUPTED_STATUS,
    ConfigError,
    SampleEngineeringError,
    StorageError,
)

EVERYWHERE = "In every command"  # heading of the options that all have
# Options that had another name: they are taken as the new one in every command that has that one,
# and a line says so. Those of keywords are the keywords' (`renamed`); these are of version 0.1.
RENAMED = {
    "--samples": "--rollouts",
    "--eval-samples": "--rollouts",
    "--json": "--format json",
    "--items": "--per-domain",
    **{
        "--" + old.replace("_", "-"): "--" + new.replace("_", "-")
        for old, new in renamed.RENAMED.items()
    },
}
_QUIET = "sample_engineering.quiet"
_OLD_NAMES = "sample_engineering.old_names"
_QUOTED = re.compile(r"`([^`\s]+)`")
_NAMES = re.compile(r"@\((\w+)\)")
_BRACES = re.compile(r"\{([^}]*)\}")
_AS_IT_STANDS = "\b"  # opens a paragraph of a help text whose lines stay as they are


class Command(TyperCommand):
    """A command whose errors name its options.

    A backquoted parameter that the command has becomes its option's longest spelling, an argument
    its metavar; other backquoted words stay as plain words. An option given twice, of which the
    first would be ignored, is a usage error. ``@(kind)`` in a help text becomes the names of the
    components of that kind.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params = [*self.params, *_everywhere()]
        for parameter in self.params:
            if isinstance(parameter, TyperOption) and not parameter.is_flag:
                _complete(str(self.name), parameter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the command line; see `TyperCommand`."""
        args = [addresses.packed(one) for one in args]
        with addresses.unpacked_in_errors():
            args, ctx.meta[_OLD_NAMES] = _renamed(self, args)
            if not ctx.resilient_parsing:
                _refuse_repeated(ctx, self.make_parser(ctx).parse_args(args=list(args))[2])
            rest = super().parse_args(ctx, args)
            _refuse_odd_numbers(ctx, self.params)
            return rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error raised on purpose speaks of options."""
        try:
            with quietly(bool(ctx.meta.get(_QUIET))), storage.session():
                for old, new in ctx.meta.get(_OLD_NAMES, ()):
                    tell(f"{old} is called {new} now; the old name will go")
                ctx.params = addresses.brought(str(self.name), ctx.params)
                return super().invoke(ctx)
        except SampleEngineeringError as error:
            if len(error.args) == 1:
                error.args = (in_options(storage.told(str(error)), self.params),)
            raise
        except BrokenPipeError:  # whoever read the output has seen enough
            raise
        except OSError as error:  # whatever opens or asks for a file that the system refuses
            if error.filename is None and error.errno not in _OF_DISKS:
                raise
            raise StorageError(storage.told(system_refusal(error))) from error
        except KeyboardInterrupt:
            warn("interrupted")
            raise typer.Exit(INTERRUPTED_STATUS) from None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help, see `make_readable`."""
        make_readable(self, ctx)
        super().format_help(ctx, formatter)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line: POOL, and [KIND] where it may be left out."""
        return [
            _BRACES.sub(r"\1", piece).replace("......", "...")
            for piece in super().collect_usage_pieces(ctx)
        ]


# What a user can do where the system refuses a file.
_MENDS = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "a part of the path is a file; check it",
    errno.EISDIR: "it is a folder; give a file",
    errno.EACCES: "check its rights",
    errno.EPERM: "check its rights",
    errno.EROFS: "it can only be read there; choose another place",
    errno.ENAMETOOLONG: "give a shorter one",
    errno.ELOOP: "links lead in a circle; mend them",
    errno.ENOSPC: "free some room, then run the same command again",
    errno.EDQUOT: "free some room, then run the same command again",
    errno.EFBIG: "free some room, or raise the limit (ulimit -f)",
    errno.EMFILE: "close some files, or raise the limit (ulimit -n)",
    errno.ENFILE: "close some files",
}
_MOST = 2**63 - 1
_OF_DISKS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EMFILE, errno.ENFILE)
_SHOWN = 200  # characters of a path


def system_refusal(error: OSError) -> str:
    """Say in a line what the system refused, of which file, and what to do."""
    name = "" if error.filename is None else str(error.filename)
    what = (name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…") or "a file"
    reason = (error.strerror or type(error).__name__).lower()
    return f"{what}: {reason}; {_MENDS.get(error.errno or 0, 'check the path')}"


class Group(TyperGroup):
    """A command of commands, whose help reads as theirs."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the help, see `make_readable`."""
        make_readable(self, ctx)
        super().format_help(ctx, formatter)


@cache
def _everywhere() -> list[Any]:
    """Return the options that every command has, and no function takes."""

    def options(
        quiet: Annotated[
            bool,
            typer.Option(
                "--quiet",
                "-q",
                callback=_be_quiet,
                expose_value=False,
                help="Print the result and errors only: no progress, no notes about the work.",
                rich_help_panel=EVERYWHERE,
            ),
        ] = False,
        debug: Annotated[
            bool,
            typer.Option(
                last_resort.SWITCH,
                expose_value=False,
                help=f"Show where an error comes from, as {last_resort.VARIABLE}=1 does.",
                rich_help_panel=EVERYWHERE,
            ),
        ] = False,
    ) -> None: ...

    holder = typer.Typer(add_completion=False)
    holder.command()(options)
    return list(typer.main.get_command(holder).params)


def _be_quiet(context: typer.Context, value: bool) -> bool:
    context.meta[_QUIET] = value
    return value


def in_options(message: str, parameters: Iterable[Any]) -> str:
    """Replace backquoted parameters in a message by the options of a command.

    >>> in_options("`by` 'x' is not known; see `columns`", [])
    "by 'x' is not known; see columns"
    """
    spelling = _spellings(parameters)

    def worded(match: re.Match[str]) -> str:
        name, mark, rest = match[1].partition("=")
        return spelling.get(name, name) + mark + rest

    return _QUOTED.sub(worded, message)


def say(note: str, context: typer.Context) -> str:
    """Return a note of the library as the user of a command reads it, see `in_options`."""
    return in_options(note, context.command.params)


def given(context: typer.Context) -> tuple[str, ...]:
    """Return the names of the parameters that were given on the command line."""
    return tuple(
        name
        for name in context.params
        if str(context.get_parameter_source(name)).endswith("COMMANDLINE")
    )


def refuse(context: typer.Context, names: Iterable[str], mend: str) -> None:
    """Raise ConfigError if one of these parameters was given where it would be ignored.

    Parameters
    ----------
    context : typer.Context
    names : iterable of str
        Names of the command function's parameters.
    mend : str
        Why it says nothing here and what to do, e.g. ``"composes no symbolic problems; leave it
        out, or leave out `model`"``; the options' names come before it.
    """
    ignored = set(names)
    asked = [f"`{name.rstrip('_')}`" for name in given(context) if name in ignored]
    if asked:
        raise ConfigError(f"{', '.join(asked)} {mend}")


def _spellings(parameters: Iterable[Any]) -> dict[str, str]:
    """Options by the names that a message may call them."""
    found: dict[str, str] = {}
    by_option: dict[str, str] = {}
    for parameter in parameters:
        if isinstance(parameter, TyperOption):
            spelling = max(parameter.opts, key=len)
            by_option[spelling.lstrip("-").replace("-", "_")] = spelling
        else:
            spelling = str(parameter.metavar or parameter.name).upper()
        found[str(parameter.name).rstrip("_")] = spelling
    return by_option | found


def _renamed(command: Any, arguments: Iterable[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Put the new names of options in place of those that an earlier version had.

    Returns
    -------
    (list of str, list of (str, str))
        The command line, and the names that were replaced, old and new.
    """
    known = {spelling for one in command.params for spelling in one.opts}
    words, replaced = list(arguments), []
    end = words.index("--") if "--" in words else len(words)
    found: list[str] = []
    for word in words[:end]:
        old, equals, value = word.partition("=")
        new = RENAMED.get(old)
        if new is None or old in known or new.split()[0] not in known:
            found.append(word)
            continue
        replaced.append((old, new))
        name, *rest = new.split()
        found += [name + equals + value, *rest]
    return found + words[end:], replaced


def _refuse_odd_numbers(context: Any, parameters: Iterable[Any]) -> None:
    """Refuse what is no number that anything can be done with: NaN, infinity, beyond 64 bits.

    Bounds of an option do not: NaN is neither below nor above any.
    """
    for parameter in parameters:
        value = context.params.get(parameter.name)
        for one in value if isinstance(value, list | tuple) else (value,):
            odd = isinstance(one, float) and not math.isfinite(one)
            if odd or (isinstance(one, int) and not -_MOST <= one <= _MOST):
                raise typer.BadParameter(
                    f"{str(one)[:40]} is not a number that can be used", context, parameter
                )


def _refuse_repeated(context: Any, order: Iterable[Any]) -> None:
    seen = set()
    for parameter in order:
        single = isinstance(parameter, TyperOption) and not (parameter.multiple or parameter.count)
        if single and parameter.name in seen:
            context.fail(f"{max(parameter.opts, key=len)} is given twice; give it once")
        seen.add(parameter.name)


def make_readable(command: Any, ctx: Any) -> None:
    """Put names of the installed components into the help texts, and let the terminal break lines.

    An option shows what it takes (see `values`), and a switch takes nothing.
    """
    command.help = _filled(_with_names(command.help or ""))
    for shown in command.get_params(ctx):
        if text := getattr(shown, "help", None):
            shown.help = _with_names(text)
        if isinstance(shown, TyperOption):
            if shown.is_flag:
                shown.metavar = ""
            elif shown.metavar is None:
                known = values.metavar(str(command.name), max(shown.opts, key=len))
                shown.metavar = _by_type(shown) or known


def _complete(command: str, option: TyperOption) -> None:
    """Let the Tab key complete what an option takes from a fixed set, see `values`."""
    if getattr(option, "_custom_shell_complete", ...) is not None:
        return

    def shown(context: Any, parameter: Any, incomplete: str) -> list[str]:
        known = _members(option) or values.choices(command, max(option.opts, key=len))
        return [name for name in known if name.startswith(incomplete)]

    option._custom_shell_complete = shown


def _by_type(option: TyperOption) -> str | None:
    """Return what stands for the value of an option that is typed as an enumeration or number."""
    kind = getattr(getattr(option, "type_descriptor", None), "annotation", None)
    if kind in (int, float):
        return "N" if kind is int else "NUMBER"
    return "|".join(_members(option)) or None


def _members(option: TyperOption) -> tuple[str, ...]:
    kind = getattr(getattr(option, "type_descriptor", None), "annotation", None)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return ()


def _filled(text: str) -> str:
    """Make each paragraph one line, which the terminal breaks where it ends."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        part.removeprefix(_AS_IT_STANDS).lstrip("\n")
        if part.startswith(_AS_IT_STANDS)
        else " ".join(part.split())
        for part in paragraphs
    )


def _with_names(text: str) -> str:
    return _NAMES.sub(lambda match: ", ".join(values.named(match[1])), text)
