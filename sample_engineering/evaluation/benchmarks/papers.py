"""What the papers on one training sample evaluate on."""

from sample_engineering.evaluation.sets import BenchmarkSet, Part
from sample_engineering.sample import Sample

one_shot_rlvr = BenchmarkSet(
    "one-shot-rlvr",
    tuple(Part(name) for name in ("math500", "aime24", "aime25", "amc23", "minerva",
                                  "olympiadbench")),
    summary="the six benchmarks of 1-shot RLVR",
    source="arXiv 2504.20571, section 3.1",
    domains=("math",),
)  # fmt: skip

# Table 9 of the paper. Its draws of MMLU-Pro and SuperGPQA are not published; these are ours.
_PER_SUBJECT = 100
_OF_SUPERGPQA = 1500
_OWN_GROUP = ("math", "physics", "chemistry", "biology", "computer_science")
_OTHERS = "others"


def _math(item: Sample) -> str:
    return "math"


def _mmlu_pro(item: Sample) -> str | None:
    subject = item.domains[0] if item.domains else _OTHERS
    if subject == "engineering":  # engineering is SuperGPQA's there
        return None
    return subject if subject in _OWN_GROUP else _OTHERS


def _supergpqa(item: Sample) -> str:
    discipline = str(item.extra.get("discipline") or "").strip().lower()
    return discipline if discipline in ("science", "engineering") else _OTHERS


polymath = BenchmarkSet(
    "polymath",
    (
        Part("math500", _math),
        Part("aime24", _math),
        Part("aime25", _math),
        Part("minerva", _math),
        Part("scibench"),
        Part("gpqa-diamond"),
        Part("mmlu-pro", _mmlu_pro, per_domain=_PER_SUBJECT),
        Part("supergpqa", _supergpqa, at_most=_OF_SUPERGPQA),
    ),
    summary="the eight groups of polymath learning: 100 questions a subject of MMLU-Pro and 1,500 "
    "of SuperGPQA, drawn anew",
    source="arXiv 2601.03111, table 9",
    domains=("math", "physics", "chemistry", "biology", "science", "engineering",
             "computer_science", "others"),
)  # fmt: skip
