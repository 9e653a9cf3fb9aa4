"""Requests and replies in the shapes that trainers speak: one path and two functions each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sample_engineering.errors import ConfigError
from sample_engineering.grading.columns import GOLD_COLUMNS, OPTION_COLUMNS, last_user_text
from sample_engineering.grading.rewards import completion_text, reward_rows
from sample_engineering.grading.rows import Row, Verdict
from sample_engineering.serving.refusals import Refused

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of trainer asks for rewards.

    Parameters
    ----------
    path : str
        Of the URL.
    summary : str
        Who asks so.
    source : str
        Where the shape is stated.
    read : callable
        From the body and the answer form to the rows to grade; `Refused` where it cannot.
    write : callable
        From the body and the verdicts to the reply.
    """

    path: str
    summary: str
    source: str
    read: Callable[[Body, str], list[Row]]
    write: Callable[[Body, Sequence[Verdict]], Any]


def _read_columns(body: Body, form: str) -> list[Row]:
    completions = body.get("completions")
    if not isinstance(completions, list):
        raise _malformed("give `completions`, a list of texts or of lists of messages")
    try:
        rows = reward_rows(body, len(completions))
    except (ConfigError, TypeError) as error:
        raise _malformed(str(error)) from None
    return [
        _row(
            completion_text(completion),
            row["gold"],
            row,
            _text(row.get("problem")) or last_user_text(row.get("prompts")),
            form,
        )
        for completion, row in zip(completions, rows, strict=True)
    ]


def _write_columns(body: Body, verdicts: Sequence[Verdict]) -> Any:
    return {
        "rewards": [verdict.score for verdict in verdicts],
        "grades": [
            {
                "correct": verdict.correct,
                "readable": verdict.readable,
                "kind": verdict.kind,
                "extracted": verdict.extracted,
                "rule": verdict.rule,
                "timed_out": verdict.timed_out,
                **({"why": verdict.why} if verdict.why else {}),
            }
            for verdict in verdicts
        ],
    }


def _read_openrlhf(body: Body, form: str) -> list[Row]:
    queries = _several(body, "query")
    labels = _several(body, "labels", len(queries))
    prompts: Sequence[Any] = [None] * len(queries)
    if body.get("prompts") is not None:
        prompts = _several(body, "prompts", len(queries))
    return [
        _row(_response(query, prompt), label, {}, _text(prompt), form)
        for query, prompt, label in zip(queries, prompts, labels, strict=True)
    ]


def _write_openrlhf(body: Body, verdicts: Sequence[Verdict]) -> Any:
    rewards = [verdict.score or 0.0 for verdict in verdicts]
    return {
        "rewards": rewards,
        "scores": rewards,
        "extra_logs": {
            "readable": [float(verdict.readable) for verdict in verdicts],
            "gradable": [float(verdict.score is not None) for verdict in verdicts],
        },
    }


def _response(query: Any, prompt: Any) -> str:
    """What the model wrote: a query is the prompt and the response, decoded together."""
    if not isinstance(query, str):
        return ""
    if isinstance(prompt, str) and prompt and prompt in query:
        return query.partition(prompt)[2]
    return query


def _read_verl(body: Body, form: str) -> list[Row]:
    if "solution_strs" not in body:
        if "solution_str" not in body:
            raise _malformed("give `solution_str` and `ground_truth`, or lists of them")
        extra = body.get("extra_info")
        return [_verl_row(body["solution_str"], body.get("ground_truth"), extra, form)]
    texts = _several(body, "solution_strs")
    golds = _several(body, "ground_truths", len(texts))
    extras: Sequence[Any] = [None] * len(texts)
    if body.get("extra_infos") is not None:
        extras = _several(body, "extra_infos", len(texts))
    return [
        _verl_row(text, gold, extra, form)
        for text, gold, extra in zip(texts, golds, extras, strict=True)
    ]


def _verl_row(text: Any, gold: Any, extra: Any, form: str) -> Row:
    known = extra if isinstance(extra, Mapping) else {}
    problem = _text(known.get("problem")) or _text(known.get("question"))
    return _row(text if isinstance(text, str) else "", gold, known, problem, form)


def _write_verl(body: Body, verdicts: Sequence[Verdict]) -> Any:
    """The same numbers for every sample: verl makes columns of them."""
    found = [
        {
            "score": verdict.score or 0.0,
            "acc": verdict.score or 0.0,
            "readable": float(verdict.readable),
            "gradable": float(verdict.score is not None),
            "pred": verdict.extracted or "",
        }
        for verdict in verdicts
    ]
    return found if "solution_strs" in body else found[0]


def _read_nemo_gym(body: Body, form: str) -> list[Row]:
    response = body.get("response")
    if not isinstance(response, Mapping):
        raise _malformed("give `response`, as the Responses API returns it")
    gold = next(
        (body[name] for name in ("expected_answer", *GOLD_COLUMNS) if body.get(name) is not None),
        None,
    )
    problem = _text(body.get("problem")) or _text(body.get("question"))
    return [_row(_said(response), gold, body, problem, form)]


def _write_nemo_gym(body: Body, verdicts: Sequence[Verdict]) -> Any:
    (verdict,) = verdicts
    return dict(body) | {
        "reward": verdict.score or 0.0,
        "extracted_answer": verdict.extracted,
        "readable": float(verdict.readable),
        "gradable": float(verdict.score is not None),
    }


def _said(response: Mapping[str, Any]) -> str:
    """Text of the assistant's messages in a reply of the Responses API."""
    output = response.get("output")
    texts = []
    for item in output if isinstance(output, list) else []:
        if isinstance(item, Mapping) and item.get("role", "assistant") == "assistant":
            content = item.get("content")
            for part in content if isinstance(content, list) else []:
                if isinstance(part, Mapping) and part.get("type") == "output_text":
                    texts.append(_text(part.get("text")) or "")
    return "".join(texts)


def _row(completion: str, gold: Any, options: Body, problem: str | None, form: str) -> Row:
    """A row; a gold that is an object says how it is to be read."""
    told = _object(gold)
    if told is not None:
        name = next(name for name in GOLD_COLUMNS if told.get(name) is not None)
        gold, options = told[name], {**options, **told}
        problem = problem or _text(told.get("problem"))
    kept = {name: options[name] for name in OPTION_COLUMNS if options.get(name) is not None}
    return Row(completion, gold, kept, problem, form)


def _object(gold: Any) -> Mapping[str, Any] | None:
    """A gold with its options, as an object or as the JSON text of one; None where it is plain."""
    if isinstance(gold, str) and gold.startswith('{"'):
        try:
            gold = json.loads(gold)
        except (ValueError, RecursionError):
            return None
    if isinstance(gold, Mapping) and any(gold.get(name) is not None for name in GOLD_COLUMNS):
        return gold
    return None


def _several(body: Body, name: str, count: int | None = None) -> list[Any]:
    values = body.get(name)
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, list):
        raise _malformed(f"give `{name}`, a list")
    if count is not None and len(values) != count:
        raise _malformed(f"`{name}` has {len(values)} values for {count}; give one for each")
    return values


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _malformed(message: str) -> Refused:
    return Refused(400, message, "fields")


SHAPES = (
    Shape(
        "/reward",
        "columns, as reward functions of TRL get them",
        "trl GRPOTrainer, custom reward functions: completions and the columns of the dataset",
        _read_columns,
        _write_columns,
    ),
    Shape(
        "/get_reward",
        "OpenRLHF, --reward.remote_url (older: --remote_rm_url)",
        "openrlhf 0.11.2, openrlhf/utils/agent.py SingleTurnAgentExecutor",
        _read_openrlhf,
        _write_openrlhf,
    ),
    Shape(
        "/compute_score",
        "the arguments of verl's compute_score, one sample or lists",
        "verl 0.9.1, experimental/reward_loop/reward_manager/naive.py and "
        "workers/reward_manager/batch.py",
        _read_verl,
        _write_verl,
    ),
    Shape(
        "/verify",
        "NeMo Gym's resources servers",
        "nemo-gym 0.5.0, nemo_gym/base_resources_server.py and "
        "resources_servers/math_with_judge/app.py",
        _read_nemo_gym,
        _write_nemo_gym,
    ),
)
