"""Which column of a log is what: told from names and values of its first records."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError, PoolError
from sample_engineering.pool.ids import ID_NAMES, as_id
from sample_engineering.pool.names import reach, squashed
from sample_engineering.registry import suggestion
from sample_engineering.rollouts.rewards import number_of

Path = tuple[str, ...]

# In the order in which they are preferred: those of pools, then those of logs.
_IDS = (
    *ID_NAMES,
    *("item", "problemidx", "problemindex", "ngtaskindex", "problemhash", "ids", "indices"),
    "docid",
)
# Other names of an id, believed after these.
_ID_LIKE = re.compile(
    r"(?:problem|question|prompt|task|item|sample|example|doc|instance|row|data|query|q|p)_?"
    r"(?:ids?|idx|index|indices|indexes|key|number|num|no|nr|name|hash|uid)|key|name|indexes"
)
# The number of a completion among those of a problem.
_NO_IDS = frozenset(("sample_index", "rollout_id", "rollout_index"))
TEXTS = (
    *("problem", "question", "problem_text", "question_text", "prompt", "prompts", "raw_prompt"),
    *("input", "inputs", "query", "instruction", "messages", "conversation", "conversations"),
    "prompt_text",
)
COMPLETIONS = (
    *("completion", "completions", "response", "responses", "output", "outputs", "generation"),
    *("generations", "generated_text", "model_output", "solution_str", "prediction", "rollout"),
    *("predictions", "resps", "code", "samples"),
)
GOLDS = (
    *("gts", "gt", "gold", "golds", "ground_truth", "target", "expected_answer"),
    *("reference_answer", "correct_answer", "final_answer", "answer", "solution", "label"),
)
STEPS = (
    *("step", "global_step", "global_steps", "training_step", "train_step", "trainer_step"),
    *("train_global_step", "trainer_global_step", "policy_step", "ckpt_step", "steps"),
    *("iteration", "iter", "checkpoint", "ckpt", "update", "round", "model_version", "epoch"),
)
COUNTS = (
    *("n", "n_rollouts", "num_rollouts", "rollouts", "num_samples", "n_samples", "samples"),
    *("attempts", "total", "of", "group_size"),
)
RIGHT_COUNTS = (
    *("correct", "n_correct", "num_correct", "correct_count", "passed", "solved", "hits"),
    *("num_right", "n_right", "n_pass", "num_passed", "successes", "k"),
)
LENGTHS = (
    *("tokens", "completion_tokens", "num_tokens", "n_tokens", "output_tokens", "response_tokens"),
    *("response_length", "completion_length", "output_length", "gen_length", "response_len"),
    "mean_tokens",
)
ENDINGS = (
    *("truncated", "is_truncated", "response_truncated", "clipped", "finish_reason"),
    *("stop_reason", "finish_reasons"),
)
# Each says directly whether a rollout, or what share of them, was right.
RATES = (
    *("rescored", "correct", "is_correct", "correctness", "accuracy", "acc", "exact_match"),
    *("pass_rate", "solve_rate", "success_rate", "passed", "pass", "solved", "success"),
    *("accuracies", "accs", "pass_rates", "solve_rates", "history_accuracy", "history"),
    *("rate", "mean_accuracy", "avg_accuracy", "mean_acc", "is_right", "right"),
)
REWARDS = ("score", "scores", "reward", "rewards", "mean_reward", "avg_reward", "outcome", "value")
_RATE_WORDS = re.compile(r"correct|accura|(?:^|_)acc(?:_|$)|exact|match|pass|solve|success|verif")
_REWARD_WORDS = re.compile(r"reward|score")
# Rewards of form, of which nobody wants a history unless asked.
_AUXILIARY = re.compile(
    r"format|length|(?:^|_)(?:len|penalt\w*|repet\w*|tags?|xml\w*|think\w*|lang\w*|cosine|overlong"
    r"|soft|strict|style|reflect\w*|tools?|bonus)(?:_|$)"
)
_NO_REWARD = re.compile(
    r"advantage|logp|(?:^|_)kl(?:_|$)|entropy|token|time|second|duration|seed|rank|temperature"
    r"|cost|price|usage|num_|(?:^|_)n(?:_|$)|count|level|difficult|step|epoch|index|(?:^|_)idx"
    r"|length|(?:^|_)len(?:_|$)|(?:^|_)id(?:_|$)|stderr|std|version|loss|lr|weight|turn|size|group"
    r"|readable|(?:^|_)rollouts?(?:_|$)|interval|_low$|_high$|learnab|chance|year|unnamed|gold|answer|label|target"
)
_DIGITS = re.compile(r"[-+]?[\d.]+(?:e[-+]?\d+)?%?|\d+/\d+", re.IGNORECASE)
_NOISE = re.compile(r"[^a-z0-9]+")
# What is called an answer in these is the model's.
_OF_THE_MODEL = re.compile(r"scores?|metrics?|rewards?|output|response|state|result|verification")
# Below these, what the names say is of the record.
_INSIDE = re.compile(
    r"doc|extra_info|info|metadata|meta|sample|scores?|metrics?|rewards?|reward_model|output"
    r"|example|task|item|problem|row|data|response|responses_create_params|usage|choices|reward_extra_info|verification|state|result"
)
_DEEPEST = 4
_MOST = 400


@dataclass(frozen=True)
class Columns:
    """Where the parts of a rollout stand in a record, as paths; None where nowhere.

    Parameters
    ----------
    ids : tuple of path
        All that may be the problem's id, the most likely first.
    text, completion, gold, step, count, right, length, ending : path or None
    reward : path or None
    others : tuple of path
        Further columns that could have been the reward.
    """

    ids: tuple[Path, ...] = ()
    text: Path | None = None
    completion: Path | None = None
    gold: Path | None = None
    reward: Path | None = None
    step: Path | None = None
    count: Path | None = None
    right: Path | None = None
    length: Path | None = None
    ending: Path | None = None
    others: tuple[Path, ...] = ()

    @property
    def id(self) -> Path | None:
        """The most likely id."""
        return self.ids[0] if self.ids else None

    @property
    def rates(self) -> bool:
        """Whether the reward's name says that it is the share of right rollouts."""
        return self.reward is not None and is_rate(self.reward[-1])


def plain_name(name: str) -> str:
    """Return a name in small letters with underscores."""
    return _NOISE.sub("_", name.lower()).strip("_") or name


def is_id(name: str) -> bool:
    """Whether a column of this name may name problems."""
    return _id_order(name) is not None


def _id_order(name: str) -> int | None:
    if plain_name(name) in _NO_IDS:
        return None
    # The index that pandas writes, without a name.
    if name.strip() in ("", "column 1") or name.startswith("__index_level"):
        return len(_IDS) + 1
    if squashed(name) in _IDS:
        return _IDS.index(squashed(name))
    return len(_IDS) if _ID_LIKE.fullmatch(plain_name(name)) else None


def is_rate(name: str) -> bool:
    """Whether a column of this name holds shares of right rollouts."""
    name = plain_name(name)
    return (name in RATES or bool(_RATE_WORDS.search(name))) and "reward" not in name


def shown(path: Path) -> str:
    """Return a path as people write it."""
    return ".".join(path)


def find_columns(
    records: Sequence[Mapping[str, Any]],
    where: str,
    *,
    reward: str | None = None,
    step: str | None = None,
    id: str | None = None,
) -> Columns:
    """Tell what the columns of a log are from its first records.

    Parameters
    ----------
    records : sequence of mapping
    where : str
        The file, for errors.
    reward, step, id : str, optional
        Columns that the user names, with dots where they are nested.

    Raises
    ------
    ConfigError
        If a named column is not there.
    PoolError
        If several columns may be the reward and none is the usual one.
    """
    paths = _paths(records)
    named: dict[str, list[Path]] = {}
    for path in paths:
        named.setdefault(plain_name(path[-1]), []).append(path)

    def first(names: Sequence[str], *, but: Sequence[Path | None] = ()) -> Path | None:
        for name in names:
            for path in named.get(name, ()):
                if path not in but:
                    return path
        return None

    given_step = None if step is None else _given(step, paths, "step", where)
    given_reward = None if reward is None else _given(reward, paths, "reward", where)
    given_id = None if id is None else _given(id, paths, "id", where)
    # There an epoch is a repetition, and no step of a training.
    inspected = any(
        isinstance(record.get("scores"), Mapping) or "eval_id" in record for record in records
    )
    steps = [name for name in STEPS if not (name == "epoch" and inspected)]
    found_step = given_step or first(steps)
    ids = (given_id,) if given_id else _ids(named, found_step, records)
    text = _text(named, records, paths)
    count = _number_column(first(COUNTS, but=(text,)), records)
    right = _number_column(first(RIGHT_COUNTS), records) if count else None
    if given_reward is not None:
        count = right = None
    length, ending = first(LENGTHS), first(ENDINGS)
    taken = {found_step, text, count, right, length, ending, *ids}
    candidates = _rewards(paths, records, taken - {right})
    found_reward = given_reward
    if found_reward is None and candidates:
        found_reward = _best(candidates, where)
    if right is not None and found_reward not in (None, right) and not _is_count(right, records):
        right = None
    if found_reward is None:
        found_reward = right
    completion = _completion(named, paths, records, (text, found_reward))
    if completion is not None:  # a row is one rollout, or a list of them, whatever n says
        count = right = None
    answers = [path for path in paths if len(path) > 1 and _OF_THE_MODEL.fullmatch(path[0])]
    gold = first(GOLDS, but=(completion, found_reward, text, *answers))
    return Columns(
        ids=ids,
        text=text,
        completion=completion,
        gold=gold,
        reward=found_reward,
        step=found_step,
        count=count,
        right=right,
        length=length,
        ending=ending,
        others=tuple(path for path in candidates if path != found_reward),
    )


def _paths(records: Sequence[Mapping[str, Any]]) -> list[Path]:
    """All places in the records, the shallow first, each once."""
    found: dict[Path, None] = {}
    for record in records:
        for path in _walk(record, ()):
            found.setdefault(path)
            if len(found) >= _MOST:
                break
    return sorted(found, key=len)


def _walk(value: Mapping[str, Any], above: Path) -> Iterator[Path]:
    for name, item in value.items():
        path = (*above, str(name))
        yield path
        if len(path) >= _DEEPEST or not _INSIDE.fullmatch(
            plain_name(name) if len(path) == 1 else "doc"
        ):
            continue
        if isinstance(item, Mapping):
            yield from _walk(item, path)
        elif isinstance(item, list) and item and isinstance(item[0], Mapping) and name == "choices":
            yield from _walk(item[0], (*path, "0"))


def _given(name: str, paths: Sequence[Path], parameter: str, where: str) -> Path:
    for path in paths:
        if name == shown(path):
            return path
    for path in paths:
        if plain_name(name) == plain_name(path[-1]):
            return path
    raise ConfigError(
        f"`{parameter}_column`: {where} has no column {name!r}; "
        f"{suggestion(name, [shown(path) for path in paths])}"
    )


def _ids(
    named: Mapping[str, Sequence[Path]], step: Path | None, records: Sequence[Mapping[str, Any]]
) -> tuple[Path, ...]:
    found: list[tuple[int, int, Path]] = []
    for path in itertools.chain.from_iterable(named.values()):
        order = _id_order(path[-1])
        values = [reach(record, path) for record in records]
        if order is None or path == step or _OF_THE_MODEL.fullmatch(plain_name(path[0])):
            continue
        if any(isinstance(value, str | int | float | list) for value in values):
            # lm-eval counts documents in doc_id, and keeps what the data set calls them in doc.
            counted = squashed(path[-1]) == "docid"
            found.append((len(_IDS) if counted else order, len(path), path))
    found.sort(key=lambda one: (one[1] > 1 and not _of_doc(one[2]), *one[:2]))
    return tuple(path for _, _, path in found)


def _of_doc(path: Path) -> bool:
    return path[0] == "doc"


def _text(
    named: Mapping[str, Sequence[Path]],
    records: Sequence[Mapping[str, Any]],
    paths: Sequence[Path],
) -> Path | None:
    from sample_engineering.rollouts.prompts import prompt_text

    places = [path for name in TEXTS for path in named.get(name, ())]
    places += [path for path in paths if path == ("responses_create_params", "input")]
    places.sort(key=lambda path: plain_name(path[0]) not in ("doc",) and len(path) > 1)
    for path in places:
        if path[0] in ("response", "output") and len(path) > 1:
            continue
        values = [reach(record, path) for record in records]
        if any(prompt_text(value) or as_id(value) for value in values):
            return path
    return None


def _number_column(path: Path | None, records: Sequence[Mapping[str, Any]]) -> Path | None:
    """Return the path if whole numbers stand there."""
    if path is None:
        return None
    values = [reach(record, path) for record in records]
    known = [value for value in values if value is not None]
    return path if known and all(_whole(value) for value in known) else None


def _whole(value: Any) -> bool:
    number = None if isinstance(value, bool) else number_of(value)
    return number is not None and number[0] >= 0 and number[0].is_integer()


def _is_count(path: Path, records: Sequence[Mapping[str, Any]]) -> bool:
    return any(_whole(reach(r, path)) and float(reach(r, path)) > 1 for r in records)


def _rewards(
    paths: Sequence[Path], records: Sequence[Mapping[str, Any]], taken: set[Path | None]
) -> list[Path]:
    """Columns that may be the reward, the most likely first."""
    ranked: list[tuple[tuple[int, int, int], Path]] = []
    for place, path in enumerate(paths):
        name = plain_name(path[-1])
        if path in taken:
            continue
        whole = "_".join(plain_name(part) for part in path)
        if name in ("value", "score") and len(path) > 1:  # scores.match.value
            name = plain_name(path[-2])
        rank = _rank(name, whole)
        if rank is None or not _holds_rewards(path, records, guessed=rank >= _GUESSED):
            continue
        order = RATES.index(name) if name in RATES else 0
        order += REWARDS.index(name) if name in REWARDS else 0
        ranked.append(((rank, order, place), path))
    return [path for _, path in sorted(ranked)]


_CERTAIN = 3  # ranks below it are of names that say what they are
_GUESSED = 4


def _rank(name: str, whole: str) -> int | None:
    if _AUXILIARY.search(whole):
        return _CERTAIN if _RATE_WORDS.search(name) or _REWARD_WORDS.search(name) else _GUESSED + 1
    if name in RATES:
        return 0
    if _RATE_WORDS.search(name) and not _NO_REWARD.search(name.replace("token", "")):
        return 1
    if name in REWARDS or _REWARD_WORDS.search(name):
        return 2
    inside = whole != name and whole.startswith(("scores", "metrics", "rewards", "reward_"))
    if inside and not _NO_REWARD.search(name):
        return 2
    return None if _NO_REWARD.search(name) else _GUESSED


def _holds_rewards(path: Path, records: Sequence[Mapping[str, Any]], *, guessed: bool) -> bool:
    """Whether rewards stand there; of a name that says nothing, all have to be numbers."""
    values = [reach(record, path) for record in records]
    known = [value for value in values if value is not None]
    if guessed:
        return bool(known) and all(_is_number(value) for value in known)
    return 2 * sum(_reads(value) for value in known) >= max(len(known), 1)


def _is_number(value: Any) -> bool:
    """Whether it is a number or a truth value, also one that a table wrote as text; no word."""
    if isinstance(value, int | float):
        return True
    digits = isinstance(value, str) and bool(_DIGITS.fullmatch(value.strip()))
    return digits and number_of(value) is not None


def _reads(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_reads(item) for item in value[:8])
    if isinstance(value, Mapping) and "value" not in value:
        return bool(value) and all(
            isinstance(item, int | float) or item is None for item in list(value.values())[:8]
        )
    return number_of(value) is not None


def _best(candidates: Sequence[Path], where: str) -> Path:
    ranks = [_rank(plain_name(p[-1]), "_".join(map(plain_name, p))) or 0 for p in candidates]
    if ranks[0] >= _GUESSED and len([r for r in ranks if r == ranks[0]]) > 1:
        raise PoolError(
            f"{where}: several columns may be the reward "
            f"({', '.join(shown(path) for path in candidates[:8])}); name one in `reward_column`"
        )
    return candidates[0]


def _completion(
    named: Mapping[str, Sequence[Path]],
    paths: Sequence[Path],
    records: Sequence[Mapping[str, Any]],
    taken: Sequence[Path | None],
) -> Path | None:
    exact = [("output", "completion"), ("response", "output"), ("output", "choices", "0")]
    places = [path for path in exact if path in paths]
    places += [path for name in COMPLETIONS for path in named.get(name, ()) if len(path) == 1]
    for path in places:
        values = [reach(record, path) for record in records]
        if path not in taken and any(isinstance(value, str | list | Mapping) for value in values):
            return path
    return None
