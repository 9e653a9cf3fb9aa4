"""Run the selectors that were asked for, and put the candidates in order."""

from collections.abc import Iterable, Mapping
from typing import Any

from sample_engineering.sample import Sample
from sample_engineering.selectors.evidence import (
    PARAMETERS,
    Evidence,
    Histories,
    PathLike,
    Problems,
    Rates,
    copies_meant,
)
from sample_engineering.selectors.finishing import finished, first_columns, sorted_by
from sample_engineering.selectors.ordering import first_of_copies, in_order
from sample_engineering.selectors.posterior import GROUP_SIZE
from sample_engineering.selectors.question import Question, read_question
from sample_engineering.selectors.scored import score
from sample_engineering.selectors.settings import Settings
from sample_engineering.selectors.table import Ranking
from sample_engineering.skills import Tagger


def rank_pool(
    samples: Iterable[Sample] | PathLike,
    *,
    by: str | None = None,
    where: str | None = None,
    explain: str | None = None,
    selectors: str | Iterable[str] | None = None,
    settings: Settings | None = None,
    history: Histories | None = None,
    rates: Rates | None = None,
    target: str | Iterable[str] | None = None,
    demand: Iterable[Sample] | None = None,
    tagger: str | Tagger | None = None,
    against: "Problems | Iterable[Problems] | Mapping[str, Iterable[Sample]] | None" = None,
    copies: str | None = None,
    group_size: int | None = None,
    truncate_history: bool = False,
    seed: int | None = None,
    on_error: str = "skip",
) -> Ranking:
    """Rank candidates by what is known of them.

    Parameters
    ----------
    samples : Pool, samples or path
        The candidates.
    by : str, optional
        Column to sort by, greatest first; with a leading ``-`` least first. A column of the pool or
        of a selector, ``-`` and ``_`` alike. Without it: ``score``, see Notes.
    where : str, optional
        Filter over columns, see `where`.
    explain : str, optional
        Id of a candidate that is going to be explained (`Ranking.explain`): it must be there, and
        all that is known is computed.
    selectors : str or sequence of str, optional
        The selectors to run, or ``all``. By default those that `by` and `where` name; all that the
        evidence allows where these name none, or the score, or with `explain`. If it names some
        and `by` nothing, the first of them sorts.
    settings : mapping, optional
        Settings of selectors that run, by selector and name: ``{"mopps": {"decay": 0.7}}``.
    history : History, mapping or path, optional
        Accuracies of the candidates at successive checkpoints, see `history.read_history`.
    rates : records, mapping or path, optional
        Pass rates, e.g. a `Probe` or the file of one: records with `id`, `n`, `correct`,
        `pass_rate`, `forced_pass_rate`; they override those among the pool's fields. Or a function
        that measures them, called when a selector reads them.
    target : str or sequence of str, optional
        Domains that training shall help; all whose demand is known by default.
    demand : samples, optional
        Reference problems with domains, from which to estimate which skills the targets demand;
        the packaged weights by default.
    tagger : str or Tagger, optional
        Who names the skills of candidates that do not name theirs; ``builtin`` by default.
    against : samples or path, several of these, or a mapping from names, optional
        Benchmarks whose near-copies rank last.
    copies : {"fold", "mark", "keep"}, optional
        What is done with copies of one problem. By default they are folded into the best of them
        where copies are looked for at all: where everything is computed, or `against` is given.
    group_size : int, optional
        Rollouts per group in the training to come, for the chance of a dead group; default: 8.
    truncate_history : bool
        Cut histories to the shortest before taking the variance.
    seed : int, optional
        Of what selectors draw; default: 0.
    on_error : {"skip", "fail"}
        What a bad line of a file does.

    Returns
    -------
    Ranking
        All columns in rank order; ranks count what passes `where`.

    Raises
    ------
    PoolError
        If a file cannot be read, or no candidate has the id `explain`.
    ConfigError
        If a parameter has an unknown column, selector, domain or value, or changes nothing that is
        asked.

    Notes
    -----
    Evidence comes in tiers, and the column ``tier`` says which one a score rests on. What was
    measured is put on [0, 1] (column ``learned``): *validated*, 1/2 + lift; *history*, the standard
    deviation of the history over its maximum 1/2; *probed*, the share of groups of `group_size`
    rollouts that are not dead, times the share of right answers that need the written steps where
    that is known. Coverage is m^3 / (m^3 + t^3), m the mean of skill salience and cross-domain
    potential and t that of a typical candidate, so that 1/2 is typical. Nothing depends on the rest
    of the pool.

    Where skills were only guessed from the text (column ``skills_from``), the score is what was
    measured, and coverage decides between equal scores. Where the candidate names its skills, or a
    model named them, what was measured is multiplied by twice the coverage (*probed*: in the
    embedded microcosm, where skills are known, this product correlates with the lift, and p(1 - p)
    does not, docs/lab/microcosm.md) or by 0.8 plus 0.4 of it (*history*, *validated*). Where
    nothing was measured the score is the coverage: it says what a candidate exercises, not that a
    model will learn from it, and such candidates come after those that were measured. Candidates
    that a gate stops (they cannot be graded, or copy a benchmark item) have no score and come last,
    whatever column `by` names.
    Selectors of other packages take part as they declare, see `protocol.Selector`.
    """
    parameters: dict[str, Any] = {
        "history": history,
        "target": target,
        "demand": demand,
        "tagger": tagger,
        "against": against,
        "copies": copies,
        "rates": rates,
        "group_size": group_size,
        "truncate_history": truncate_history or None,
        "seed": seed,
    }
    evidence = Evidence(
        samples,
        history=history,
        rates=rates,
        demand=demand,
        target=target,
        against=against,
        copies=copies_meant(copies, explain),
        group_size=GROUP_SIZE if group_size is None else group_size,
        truncate_history=truncate_history,
        tagger="builtin" if tagger is None else tagger,
        seed=seed or 0,
        on_error=on_error,
    )
    question = read_question(
        evidence,
        by=by,
        where=where,
        explain=explain,
        selectors=selectors,
        settings=settings,
        given={name: name for name in PARAMETERS if parameters.get(name) is not None},
    )
    return answer(question, evidence)


def answer(question: Question, evidence: Evidence) -> Ranking:
    """Score what was asked, and put the candidates in order."""
    scored = score(question, evidence)
    ids = evidence.pool.ids
    order = in_order(
        scored.stops,
        scored.later,
        question.sign * scored.keys,
        scored.then,
        ids,
        evidence.history.places,
    )
    ranking = Ranking.of(
        evidence.pool, scored.columns, order.tolist(), first_columns(question), sorted_by(question)
    )
    said = [note for scores in scored.found.values() for note in scores.notes]
    skills_from = evidence.skills_from if question.whole else ()
    copies = next((s.copy_of for s in scored.found.values() if s.copy_of is not None), None)
    return finished(
        question,
        evidence,
        ranking,
        said,
        scored.learned,
        skills_from,
        scored.stops,
        first_of_copies(copies, scored.stops, ids),
    )
