"""What set is wished for: how many, of which families, and whether it begins with a pair."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sample_engineering.errors import ConfigError

# In the place of a field: the embeddings of the model that is given.
OF_THE_MODEL = "model"
_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Wish:
    """What set is wanted.

    Parameters
    ----------
    k : int
        How many, at least 1.
    pair : bool
        Whether it begins with a positive-negative pair, see `pair_rule`.
    per_family : int, optional
        Most of each family.
    quota : mapping of str to int, optional
        Most of each family that is named; none of others.
    embeddings : str, optional
        Field of the candidates that holds embeddings, beside the skills; ``model`` for the mean
        hidden states of a model at hand.
    """

    k: int
    pair: bool = False
    per_family: int | None = None
    quota: Mapping[str, int] | None = None
    embeddings: str | None = None

    @property
    def asks_model(self) -> bool:
        """Whether the embeddings come from a model."""
        return self.embeddings == OF_THE_MODEL

    @property
    def limits(self) -> Mapping[str, int] | int | None:
        """Most of each family."""
        return self.per_family if self.quota is None else self.quota


def read_wish(
    choose: int | None,
    *,
    pair: bool = False,
    per_family: int | None = None,
    quota: str | Mapping[str, int] | None = None,
    embeddings: str | None = None,
) -> Wish | None:
    """Check what is wished; None where no set is.

    Parameters
    ----------
    choose : int, optional
        How many; with a `quota` its sum by default.
    quota : str or mapping, optional
        ``algebra=2,geometry=1``.

    Raises
    ------
    ConfigError
        If something cannot be, or would be ignored.
    """
    numbers = _read_quota(quota) if isinstance(quota, str) else quota
    if numbers is not None and per_family is not None:
        raise ConfigError("`quota` and `per_family` both limit families; leave one out")
    if numbers is not None and not (numbers and all(map(_is_count, numbers.values()))):
        raise ConfigError("`quota`: give at least 1 of each family that is named")
    if choose is None:
        if numbers is None:
            for name, value in (
                ("pair", pair or None), ("per_family", per_family), ("embeddings", embeddings),
            ):  # fmt: skip
                if value is not None:
                    raise ConfigError(f"`{name}` is for a set; give `choose`, or leave it out")
            return None
        choose = sum(numbers.values())
    if choose < 1:
        raise ConfigError(f"`choose` {choose}: give at least 1")
    if per_family is not None and per_family < 1:
        raise ConfigError(f"`per_family` {per_family}: give at least 1")
    if pair and choose < 2:
        raise ConfigError("`pair` needs two: give `choose` 2 or more")
    if numbers is not None:
        if choose > sum(numbers.values()):
            raise ConfigError(
                f"`quota` allows {sum(numbers.values())}, and `choose` wants {choose}; "
                "name more families, or leave `choose` out"
            )
        numbers = {plain(name): count for name, count in numbers.items()}
    return Wish(choose, pair, per_family, numbers, embeddings)


def plain(family: str) -> str:
    """Return a family's name as names are compared.

    >>> plain("Counting & Probability")
    'counting_and_probability'
    """
    return _WORD.sub("_", family.casefold().replace("&", " and ")).strip("_")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _read_quota(text: str) -> dict[str, int]:
    quota: dict[str, int] = {}
    for part in text.split(","):
        name, equals, count = part.rpartition("=")
        if not equals or not name.strip() or not count.strip().isdecimal() or len(count) > 9:
            raise ConfigError(
                f"`quota` {part.strip()!r} is not of the form FAMILY=NUMBER; "
                "write algebra=2,geometry=1"
            )
        if plain(name) in quota:
            raise ConfigError(f"`quota` gives {name.strip()} twice; give it once")
        quota[plain(name)] = int(count)
    return quota
