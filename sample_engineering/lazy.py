"""Names of a package that load when first used, each written once: in the stub ``__init__.pyi``.

A package's ``__init__.py`` says

    from sample_engineering.lazy import attach

    __getattr__, __dir__, __all__ = attach(__name__, __file__)

and its ``__init__.pyi`` imports every public name from where it lives, which is also what type
checkers read: ``from .lim import LIM as LIM``.
"""

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def attach(
    package: str, file: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of a package, from its stub.

    Parameters
    ----------
    package, file : str
        The package's ``__name__`` and ``__file__``.
    """
    homes: dict[str, tuple[str, str]] = {}
    for line in ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8")).body:
        if isinstance(line, ast.ImportFrom):
            home = f"{package}.{line.module}" if line.level else str(line.module)
            homes |= {alias.asname or alias.name: (home, alias.name) for alias in line.names}

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, attribute = homes[name]
        value = getattr(import_module(module), attribute)
        setattr(import_module(package), name, value)
        return value

    return load, lambda: sorted(homes), sorted(homes)
