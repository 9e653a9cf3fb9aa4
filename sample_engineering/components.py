"""Our own components: one literal list a kind, name to dotted path.

The order of a list is the order in which the components are shown. Nothing is imported here; see
`registry`. A component of another package is declared by an entry point instead.
"""

from collections.abc import Mapping

_SELECTORS: Mapping[str, str] = {
    "skill_salience": "sample_engineering.selectors.skill_salience:SkillSalience",
    "cross_domain": "sample_engineering.selectors.cross_domain:CrossDomain",
    "gradable": "sample_engineering.selectors.gradability:Gradability",
    "written_operations": "sample_engineering.selectors.written_operations:WrittenOperations",
    "novelty": "sample_engineering.selectors.novelty:Novelty",
    "learnability": "sample_engineering.selectors.learnability:Learnability",
    "reasoning_dependence": "sample_engineering.selectors.reasoning_dependence:ReasoningDependence",
    "difficulty_prior": "sample_engineering.selectors.difficulty:DifficultyPrior",
    "history_variance": "sample_engineering.selectors.history_variance:HistoryVariance",
    "lim": "sample_engineering.selectors.lim:LIM",
    "lift": "sample_engineering.selectors.lift:Lift",
}

_REWARDS: Mapping[str, str] = {
    "correctness": "sample_engineering.trainers.reward:correctness",
    "format": "sample_engineering.trainers.reward:readable_format",
    "random": "sample_engineering.trainers.reward:coin_flip",
}

_ARMS: Mapping[str, str] = {
    "greedy": "sample_engineering.trainers.controls:greedy",
    "in-context": "sample_engineering.trainers.controls:in_context",
    "format-only": "sample_engineering.trainers.controls:format_only",
    "random-reward": "sample_engineering.trainers.controls:random_reward",
    "random-sample": "sample_engineering.trainers.controls:random_sample",
    "many-samples": "sample_engineering.trainers.controls:many_samples",
}

_BENCHMARKS: Mapping[str, str] = {}

_BACKENDS: Mapping[str, str] = {}

_RECIPES: Mapping[str, str] = {
    "microcosm": "sample_engineering.trainers.recipes.microcosm:recipe",
    "one-shot-rlvr": "sample_engineering.trainers.recipes.one_shot_rlvr:recipe",
    "polymath": "sample_engineering.trainers.recipes.polymath:recipe",
}

_TAGGERS: Mapping[str, str] = {
    "builtin": "sample_engineering.skills.tagger:BuiltInTagger",
    "llm": "sample_engineering.skills.llm_tagger:ModelTagger",
}

_RELATION_FAMILIES: Mapping[str, str] = {}

_ANSWER_FORMS: Mapping[str, str] = {
    "boxed": "sample_engineering.grading.forms:boxed",
    "answer": "sample_engineering.grading.forms:answer",
    "number": "sample_engineering.grading.forms:number",
    "letter": "sample_engineering.grading.forms:letter",
    "math": "sample_engineering.grading.forms:math",
    "whole": "sample_engineering.grading.forms:whole",
    "auto": "sample_engineering.grading.forms:auto",
}

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "selector": _SELECTORS,
    "reward": _REWARDS,
    "arm": _ARMS,
    "benchmark": _BENCHMARKS,
    "backend": _BACKENDS,
    "recipe": _RECIPES,
    "tagger": _TAGGERS,
    "relation_family": _RELATION_FAMILIES,
    "answer_form": _ANSWER_FORMS,
}
