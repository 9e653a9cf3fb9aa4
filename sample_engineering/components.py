"""Our own components: one literal list a kind, name to dotted path.

The order of a list is the order in which the components are shown. Nothing is imported here; see
`registry`. A component of another package is declared by an entry point instead.
"""

from collections.abc import Mapping

_SELECTORS: Mapping[str, str] = {}

_REWARDS: Mapping[str, str] = {}

_ARMS: Mapping[str, str] = {}

_BENCHMARKS: Mapping[str, str] = {}

_BACKENDS: Mapping[str, str] = {}

_RECIPES: Mapping[str, str] = {}

_TAGGERS: Mapping[str, str] = {}

_RELATION_FAMILIES: Mapping[str, str] = {}

_ANSWER_FORMS: Mapping[str, str] = {}

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
