"""The models of a run: how one is named, opened, remembered and paid for."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample_engineering.defaults import local_model, open_generator
from sample_engineering.files import Journal
from sample_engineering.generation.server_address import Named, read_name
from sample_engineering.polymath.folder import JOURNAL, PRICES, RESPONSES
from sample_engineering.polymath.plan import PolymathPlan

if TYPE_CHECKING:
    from sample_engineering.generation.journaled import JournaledGenerator

TARGET = "target"
_SAY_EVERY = 10.0  # seconds


class Models:
    """Opens the models of a run one at a time; answers stand in a journal each.

    Parameters
    ----------
    plan : PolymathPlan
    folder : Path
    say : callable, optional
        Told now and then how much a model has answered.
    """

    def __init__(
        self, plan: PolymathPlan, folder: Path, say: Callable[[str], None] | None = None
    ) -> None:
        self.plan, self.folder, self.say = plan, folder, say
        asked = (*plan.composers, *([plan.tagger_model] if plan.tagger_model else []))
        self._places = {name: f"model-{n}" for n, name in enumerate(dict.fromkeys(asked), 1)}
        if plan.model is not None:
            self._places[f"{TARGET} {plan.model}"] = TARGET
        self.notes: dict[str, None] = {}

    @contextmanager
    def opened(self, name: str, *, target: bool = False) -> "Iterator[JournaledGenerator]":
        """Open a model, with what is left of the budget; it is closed in the end.

        Parameters
        ----------
        name : str
            As in the plan.
        target : bool
            Whether it is asked as the model that shall be trained.
        """
        from sample_engineering.generation.engines import takes
        from sample_engineering.generation.journaled import JournaledGenerator, weights_mark

        plan, named = self.plan, read_name(name)
        remote = named.server is not None
        priced = plan.priced and remote
        engine = None if remote else plan.engine
        generator = open_generator(
            named.model,
            server=named.server,
            engine=engine,
            device=None if remote else plan.device,
            concurrency=plan.concurrency if remote else None,
            prices=self.folder / PRICES if priced else None,
            max_cost=self._left() if remote else None,
            cache=self.folder / RESPONSES if takes("cache", engine, named.server) else None,
            refused="skip" if takes("refused", engine, named.server) else None,
            name=name if remote else None,
            engine_options=None if remote else plan.engine_options or None,
        )
        mark = "" if remote else weights_mark(local_model(named.model))
        options = sorted((str(key), repr(value)) for key, value in plan.engine_options.items())
        identity = repr([name, mark, engine, options])
        try:
            with JournaledGenerator(generator, self._journal(name, target), identity) as journaled:
                yield journaled
        finally:
            self.notes |= dict.fromkeys(f"{name}: {note}" for note in generator.notes)
            generator.close()

    def counting(self, name: str, total: int) -> Callable[[int], None]:
        """Return what counts the prompts that a model has answered, and says so now and then."""
        done, told = 0, time.monotonic()

        def count(number: int) -> None:
            nonlocal done, told
            done += number
            now = time.monotonic()
            if self.say is not None and now - told >= _SAY_EVERY:
                told = now
                self.say(f"{name}: {done:,} of {total:,} answered")

        return count

    def costs(self) -> dict[str, dict[str, Any]]:
        """Return, by model, the answers in the journals, their tokens and what they cost."""
        found = {}
        for key in self._places:
            target = key.startswith(f"{TARGET} ")
            name = key.removeprefix(f"{TARGET} ")
            found[key if target else name] = self._cost(name, target)
        return found

    def _cost(self, name: str, target: bool) -> dict[str, Any]:
        from sample_engineering.generation.worker import from_row

        prompts = answers = prompt_tokens = tokens = 0
        place = self._journal(name, target)
        if place.exists():
            with Journal(place) as journal:
                for entry in journal.entries():
                    group = [from_row(row) for row in entry["completions"]]
                    prompts += 1
                    answers += len(group)
                    # A prompt is sent, and charged, once for all of its answers.
                    prompt_tokens += max((one.prompt_tokens for one in group), default=0)
                    tokens += sum(one.tokens for one in group)
        price = self._price(read_name(name)) if read_name(name).server else None
        cost = None if price is None else price.cost(prompt_tokens, tokens)
        return {
            "prompts": prompts,
            "answers": answers,
            "prompt_tokens": prompt_tokens,
            "completion_tokens": tokens,
            "cost_usd": None if cost is None else round(cost, 10),
        }

    def _price(self, named: Named) -> Any:
        from sample_engineering.generation.costs import read_prices

        return read_prices(self.folder / PRICES).get(named.model) if self.plan.priced else None

    def _left(self) -> float | None:
        if self.plan.max_cost is None:
            return None
        spent = sum(one["cost_usd"] or 0.0 for one in self.costs().values())
        return max(0.0, self.plan.max_cost - spent)

    def _journal(self, name: str, target: bool) -> Path:
        place = self._places[f"{TARGET} {name}" if target else name]
        return self.folder / JOURNAL / f"{place}.jsonl"


def read_price_table(path: Any) -> dict[str, Any]:
    """Return a checked price table as it is kept in the folder."""
    from sample_engineering.generation.costs import read_prices

    read_prices(path)
    return dict(json.loads(Path(path).read_text(encoding="utf-8")))
