"""The language-model side of `se synthesize`: called when --server or --model is given."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sample_engineering.generation import Generator
    from sample_engineering.sample import Sample
    from sample_engineering.synthesis.language_model import ModelComposition

DEFAULT_OUT = Path("composed.jsonl")


def run_model_composer(
    domains: str | Sequence[str],
    *,
    model: str,
    server: str | None = None,
    backend: str | None = None,
    solver: str | None = None,
    solver_server: str | None = None,
    n: int = 20,
    skills: Sequence[str] | None = None,
    examples: "Sequence[Sample]" = (),
    against: "Sequence[Sample]" = (),
    rewrite: bool = False,
    k: int = 4,
    agreement: float = 0.5,
    tagger: str = "builtin",
    temperature: float = 1.0,
    concurrency: int | None = None,
    prices: Path | None = None,
    max_cost: float | None = None,
    max_drafts: int | None = None,
    seed: int = 0,
    out: Path = DEFAULT_OUT,
) -> "ModelComposition":
    """Compose with a model, write the accepted samples to `out`, and print the funnel.

    Beside `out` lie `OUT.rejected.jsonl`, every rejected draft with its stage and reason, and while
    the run lasts `OUT.journal`: a killed run resumes from it when the same command is given again.

    Parameters
    ----------
    domains, n, skills, examples, against, k, agreement, temperature, max_drafts, seed
        See `compose_with_model`.
    model, server, backend, concurrency, prices, max_cost
        See `open_generator`.
    solver, solver_server : str, optional
        Another model to solve the problems with, at another server if need be.
    rewrite : bool
        Rewrite symbolic compositions instead of composing freely.
    tagger : {"builtin", "llm"}
        Who names the skills of the accepted samples; with ``llm`` the agreement of the two is
        printed.
    """
    from sample_engineering.errors import ConfigError
    from sample_engineering.generation.backends import takes
    from sample_engineering.generation.opening import open_generator
    from sample_engineering.pool import write_pool
    from sample_engineering.synthesis.language_model import compose_with_model

    if tagger not in ("builtin", "llm"):
        raise ConfigError(f"tagger {tagger!r} is neither builtin nor llm")
    cache = out.with_name(out.name + ".responses.sqlite")

    def opened(name: str, where: str | None) -> "Generator":
        kept = cache if takes("cache", backend, where) else None
        return open_generator(
            name,
            server=where,
            backend=backend,
            concurrency=concurrency,
            prices=prices,
            max_cost=max_cost,
            cache=kept,
        )

    composer = opened(model, server)
    solving = None
    if solver is not None:
        solving = opened(solver, solver_server or server)
    rejected = out.with_name(out.name + ".rejected.jsonl")
    journal = out.with_name(out.name + ".journal")
    if not journal.exists():  # a new run: rejections of an older one are not mixed in
        rejected.unlink(missing_ok=True)
    found = compose_with_model(
        composer,
        domains,
        n=n,
        skills=skills,
        examples=examples,
        against=against,
        solver=solving,
        k=k,
        agreement=agreement,
        mode="rewrite" if rewrite else "compose",
        temperature=temperature,
        max_drafts=max_drafts,
        seed=seed,
        journal=journal,
        rejections=rejected,
    )
    if tagger == "llm" and found.samples:
        found.notes.append(_tagged(composer, found))
    write_pool(found.samples, out)
    journal.unlink(missing_ok=True)
    _print(found, composer, out, rejected)
    return found


def _tagged(composer: "Generator", found: "ModelComposition") -> str:
    from sample_engineering.skills import tag
    from sample_engineering.skills.llm_tagger import agreement, tag_with_model

    named = tag_with_model(composer, found.samples)
    built_in = [tag(sample.problem, sample.solution) for sample in found.samples]
    found.samples[:] = [
        sample.with_(skills=tuple(sorted(tags))) if tags else sample
        for sample, tags in zip(found.samples, named, strict=True)
    ]
    same = agreement(built_in, named)
    return (
        f"skills tagged by {composer.name}; agreement with the built-in tagger: F1 {same.f1:.2f}, "
        f"kappa {same.kappa:.2f} over {same.samples} problems, {same.unread} unread"
    )


def _print(found: "ModelComposition", composer: "Generator", out: Path, rejected: Path) -> None:
    sys.stdout.write(found.account() + "\n")
    for note in composer.notes:
        sys.stdout.write(f"note: {note}\n")
    if found.funnel.rejections:
        sys.stdout.write(f"rejected drafts with their reasons: {rejected}\n")
    sys.stdout.write(f"wrote {len(found):,} samples to {out}\n")
