"""What a run does, settled before anything is done, and kept in its folder."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from sample_engineering.errors import RunError
from sample_engineering.foreign_code import named_in

FORMAT_VERSION = 1
SYMBOLIC, MODELS, NATURAL = "symbolic", "models", "natural"
DECLARED = "declared"  # skills as the composer states them
RECIPE = "polymath"  # as which the model is probed, and which the last line names
DOMAINS = ("physics", "chemistry", "biology")  # the paper's three
N = 40
STEPS = (3, 4)
ATTEMPTS = 2
AGREEMENT = 0.5
ROLLOUTS = 8
TEMPERATURE = 1.0
# Of the model that is trained, on the candidate: volcengine/verl issue 2791, the offline filter of
# many recipes, and the band of the selector `pass_rate_band`. The paper's synthetic samples have no
# such window; 0 and 1 themselves teach nothing, as all rewards of a group are alike.
WINDOW = (0.2, 0.8)


@dataclass(frozen=True)
class PolymathPlan:
    """What a run does.

    Parameters
    ----------
    out : Path
        Its folder.
    way : {"symbolic", "models", "natural"}
    n : int
        Candidates.
    domains : tuple of str
        Subjects that each joins.
    answers : {"integer", "any"}
        Whether answers must be whole numbers from 1 to 1,000.
    seed : int
    dialect : {"english", "compact"}
        Of the symbolic composer.
    steps : (int, int)
        Relations that a symbolic problem joins.
    composers : tuple of str
        Models that write and solve: ``MODEL``, or ``MODEL@URL`` at a server.
    attempts : int
        Solutions of each model for each candidate.
    agreement : float
        Share of the attempts of each model that must reach the answer.
    temperature, max_tokens
        Of drafts and solutions; the tokens also of rollouts.
    tagger : str
        Who names the skills: ``declared``, or a tagger by name.
    tagger_model : str, optional
        The model that the tagger asks.
    model : str, optional
        The model that shall be trained, ``MODEL`` or ``MODEL@URL``; probed.
    window : (float, float)
        Pass rates of it that are taken, ends included.
    rollouts : int
        Of it for each candidate.
    engine, engine_options, device
        How local models are run.
    concurrency : int, optional
        Requests in flight at a server.
    priced : bool
        Whether a price table lies in the folder.
    pool : str
        Where natural candidates or parents came from, for the reader.
    move : str, optional
        How candidates are made of the parents in the folder, see `moves`.
    threshold : float
        Lowest LIM score that passes, for natural ones.
    max_cost : float, optional
        Dollars for all models together; not kept, so that a run can go on with more.
    """

    out: Path
    way: str
    n: int = N
    domains: tuple[str, ...] = DOMAINS
    answers: str = "integer"
    seed: int = 0
    dialect: str = "english"
    steps: tuple[int, int] = STEPS
    composers: tuple[str, ...] = ()
    attempts: int = ATTEMPTS
    agreement: float = AGREEMENT
    temperature: float = TEMPERATURE
    max_tokens: int | None = None
    tagger: str = DECLARED
    tagger_model: str | None = None
    model: str | None = None
    window: tuple[float, float] = WINDOW
    rollouts: int = ROLLOUTS
    engine: str | None = None
    engine_options: Mapping[str, Any] = field(default_factory=dict)
    device: str | None = None
    concurrency: int | None = None
    priced: bool = False
    pool: str = ""
    move: str | None = None
    threshold: float = 0.6
    max_cost: float | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """Names of all models that are asked, each once."""
        asked = (*self.composers, self.tagger_model, self.model)
        return tuple(dict.fromkeys(name for name in asked if name is not None))

    @property
    def named_code(self) -> list[str]:
        """Code that was not installed and would run, in words; a folder may be a stranger's."""
        return named_in(
            model=self.model or "", engine=self.engine, engine_options=self.engine_options
        )

    def to_record(self) -> dict[str, Any]:
        """Return what ``plan.json`` holds."""
        told = {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name not in ("out", "max_cost")
        }
        return {"format": FORMAT_VERSION, **told}

    @classmethod
    def read(cls, place: Path) -> "PolymathPlan":
        """Read a plan from its file.

        Raises
        ------
        RunError
            If it is damaged, or of another version.
        """
        try:
            record = json.loads(place.read_text(encoding="utf-8"))
            if record["format"] != FORMAT_VERSION:
                raise RunError(
                    f"{place} has format {record['format']!r}, and this version writes "
                    f"{FORMAT_VERSION}; go on with the version that began the run"
                )
            known = {item.name: record[item.name] for item in fields(cls) if item.name in record}
            for name in ("domains", "steps", "composers", "window"):
                known[name] = tuple(known[name])
            return cls(out=place.parent, **known)
        except RunError:
            raise
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(f"{place} is damaged ({error!r}); start the run anew") from error
