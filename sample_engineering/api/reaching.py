"""How a model is reached, as told to `rank`, `probe`, `evaluate`, `audit` and `compose`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sample_engineering.api.given import PathLike, ignored, refuse
from sample_engineering.defaults import local_model, open_generator
from sample_engineering.errors import ConfigError
from sample_engineering.generation.asking import Loading

if TYPE_CHECKING:
    from sample_engineering.cluster import Share
    from sample_engineering.generation import Generator

_OF_RAY = ("ray", "gpus", "cpus")


@dataclass(frozen=True)
class Reach:
    """The parameters that say how a named model is reached; `probe` describes each."""

    server: str | None = None
    engine: str | None = None
    device: str | None = None
    revision: str | None = None
    dtype: str | None = None
    attn_implementation: str | None = None
    trust_remote_code: bool = False
    model_init_kwargs: Mapping[str, Any] | None = None
    concurrency: int | None = None
    prices: PathLike | None = None
    max_cost: float | None = None
    cache: PathLike | None = None
    engine_options: Mapping[str, Any] | None = None
    ray: str | None = None
    gpus: float | None = None
    cpus: float | None = None

    @property
    def given(self) -> dict[str, Any]:
        """Those that were given, by name."""
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        # A cost of 0 was given; None, and a switch that is off, were not.
        return {n: value for n, value in known.items() if value is not None and value is not False}

    def heeded(self, opened: str) -> None:
        """Raise ConfigError if anything was given, and all models are open already.

        Parameters
        ----------
        opened : str
            What is open already, in words.
        """
        if names := [f"`{name}`" for name in self.given]:
            raise ConfigError(
                f"{' and '.join(names)} would be ignored: {opened} already; leave it out"
            )

    def open(
        self,
        model: "str | Generator | None",
        *,
        skips_refused: bool = False,
        longest: int | None = None,
    ) -> "Generator":
        """Open a model, if it is named; one that is open is returned as it is.

        Parameters
        ----------
        skips_refused : bool
            Prompts that a server refuses are left out and noted, instead of fatal.
        longest : int, optional
            Tokens of the longest prompt and completion, where known.
        """
        from sample_engineering.generation.engines import takes

        if model is not None and not isinstance(model, str):
            why = "says how a named model is reached, and `model` is an open one; leave it out"
            refuse(self.given, why)
            return model
        share = self.share
        skips = skips_refused and takes("refused", self.engine, self.server)
        known: dict[str, Any] = {
            item.name: getattr(self, item.name) for item in fields(self) if item.name not in _OF_RAY
        }
        return open_generator(
            model, refused="skip" if skips else None, longest=longest, share=share, **known
        )

    @property
    def share(self) -> "Share | None":
        """Where actors of Ray hold the model, and what each asks for; None: it is held here.

        Raises
        ------
        ConfigError
            If something would be ignored.
        """
        if self.ray is None:
            ignored({"gpus": self.gpus, "cpus": self.cpus}, "they are asked of `ray`")
            return None
        for name in ("max_cost", "cache"):
            if getattr(self, name) is not None:
                raise ConfigError(
                    f"`{name}` is kept by one process, and `ray` asks from several; leave one out"
                )
        from sample_engineering.cluster import Share

        return Share(self.ray, self.gpus, 1.0 if self.cpus is None else self.cpus)

    def identity(self, model: "str | Generator | None") -> str:
        """Return what tells a model from others of the same name, for journals of its answers.

        Its files, and what runs it: answers of two engines are not mixed.
        """
        from sample_engineering.generation.journaled import weights_mark

        if model is not None and not isinstance(model, str):
            return ""
        mark = "" if self.server is not None else weights_mark(local_model(model))
        loaded = {item.name: getattr(self, item.name) for item in fields(Loading)}
        options = sorted(
            (str(key), repr(value))
            for key, value in {**loaded, **(self.engine_options or {})}.items()
            if value
        )
        return repr([mark, self.engine, options])


@contextmanager
def closed_if_named(
    model: "str | Generator | None", generator: "Generator"
) -> "Iterator[Generator]":
    """Close a generator in the end, unless the caller opened it."""
    try:
        yield generator
    finally:
        if model is None or isinstance(model, str):
            generator.close()
