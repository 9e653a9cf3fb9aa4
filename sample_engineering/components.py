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
    "sound_label": "sample_engineering.audit.selector:SoundLabel",
    "skill_abundance": "sample_engineering.selectors.skill_abundance:SkillAbundance",
    "unbiased_learnability": "sample_engineering.selectors.unbiased:UnbiasedLearnability",
    "vcrl": "sample_engineering.selectors.vcrl:VCRL",
    "live_group_rate": "sample_engineering.selectors.live_groups:LiveGroupRate",
    "speed_bound": "sample_engineering.selectors.speed:SPEED",
    "pass_rate_band": "sample_engineering.selectors.pass_rate_band:PassRateBand",
    "pass_rate_gaussian": "sample_engineering.selectors.pass_rate_gaussian:PassRateGaussian",
    "r_zero": "sample_engineering.selectors.r_zero:RZero",
    "pair_rule": "sample_engineering.selectors.pair_rule:PairRule",
    "reward_variance_mass": "sample_engineering.selectors.reward_variance_mass:RewardVarianceMass",
    "answer_entropy": "sample_engineering.selectors.answer_entropy:AnswerEntropy",
    "unique_wrong_answers": "sample_engineering.selectors.wrong_answers:UniqueWrongAnswers",
    "prompt_perplexity": "sample_engineering.selectors.prompt_perplexity:PromptPerplexity",
    "ifd": "sample_engineering.selectors.ifd:IFD",
    "shift": "sample_engineering.selectors.shift:SHIFT",
    "gradient_alignment": "sample_engineering.selectors.gradient_alignment:GradientAlignment",
    "causal_discrepancy": "sample_engineering.selectors.causal_discrepancy:CausalDiscrepancy",
    "attention_confidence": "sample_engineering.selectors.attention_confidence:AttentionConfidence",
    "reasoning_activation": "sample_engineering.selectors.reasoning_activation:ReasoningActivation",
    "mopps": "sample_engineering.selectors.mopps:MoPPS",
    "greso": "sample_engineering.selectors.greso:GRESO",
    "weakness": "sample_engineering.selectors.weakness:Weakness",
    "category_rule": "sample_engineering.selectors.category_rule:CategoryRule",
}

_REWARDS: Mapping[str, str] = {
    "correctness": "sample_engineering.trainers.reward:correctness",
    "format": "sample_engineering.trainers.reward:readable_format",
    "random": "sample_engineering.trainers.reward:coin_flip",
    "hybrid": "sample_engineering.trainers.hybrid:hybrid",
    "majority": "sample_engineering.trainers.reward:majority_answer",
    "concise": "sample_engineering.trainers.reward:concise",
    "incorrect": "sample_engineering.trainers.reward:popular_mistake",
    "nothing": "sample_engineering.trainers.reward:nothing",
}

_ALGORITHMS: Mapping[str, str] = {
    "grpo": "sample_engineering.trainers.algorithms.grpo:grpo",
    "dr-grpo": "sample_engineering.trainers.algorithms.dr_grpo:dr_grpo",
    "dapo": "sample_engineering.trainers.algorithms.dapo:dapo",
    "gspo": "sample_engineering.trainers.algorithms.gspo:gspo",
    "cispo": "sample_engineering.trainers.algorithms.cispo:cispo",
    "rloo": "sample_engineering.trainers.algorithms.rloo:rloo",
    "ppo": "sample_engineering.trainers.algorithms.ppo:ppo",
    "weighted-grpo": "sample_engineering.trainers.algorithms.weighted_grpo:weighted_grpo",
    "expert-iteration": "sample_engineering.trainers.algorithms.expert_iteration:expert_iteration",
    "return-conditioned": (
        "sample_engineering.trainers.algorithms.return_conditioned:return_conditioned"
    ),
}

_ARMS: Mapping[str, str] = {
    "in-context": "sample_engineering.trainers.controls:in_context",
    "in-context-none": "sample_engineering.trainers.controls:in_context_none",
    "low-temperature": "sample_engineering.trainers.controls:low_temperature",
    "self-consistency": "sample_engineering.trainers.controls:self_consistency",
    "power-sampling": "sample_engineering.trainers.controls:power_sampling",
    "format-only": "sample_engineering.trainers.controls:format_only",
    "random-reward": "sample_engineering.trainers.controls:random_reward",
    "entropy-only": "sample_engineering.trainers.controls:entropy_only",
    "wrong-label": "sample_engineering.trainers.controls:wrong_label",
    "majority-label": "sample_engineering.trainers.controls:majority_label",
    "random-sample": "sample_engineering.trainers.controls:random_sample",
    "easy-to-hard": "sample_engineering.trainers.ladders:easy_to_hard",
    "ladder-shuffled": "sample_engineering.trainers.ladders:ladder_shuffled",
    "many-samples": "sample_engineering.trainers.controls:many_samples",
    "entropy-minimization": "sample_engineering.trainers.kin:entropy_minimization",
    "critique-fine-tuning": "sample_engineering.trainers.kin:critique_fine_tuning",
    "incorrect-reward": "sample_engineering.trainers.kin:incorrect_reward",
    "pair": "sample_engineering.trainers.kin:pair",
    "weighted-pair": "sample_engineering.trainers.kin:weighted_pair",
}

_BENCHMARKS: Mapping[str, str] = {
    "math500": "sample_engineering.evaluation.benchmarks.math500:math500",
    "aime24": "sample_engineering.evaluation.benchmarks.contests:aime24",
    "aime25": "sample_engineering.evaluation.benchmarks.contests:aime25",
    "amc23": "sample_engineering.evaluation.benchmarks.contests:amc23",
    "minerva": "sample_engineering.evaluation.benchmarks.minerva:minerva",
    "gpqa-diamond": "sample_engineering.evaluation.benchmarks.gpqa:gpqa_diamond",
    "scibench": "sample_engineering.evaluation.benchmarks.scibench:scibench",
    "mmlu-pro": "sample_engineering.evaluation.benchmarks.mmlu:mmlu_pro",
    "supergpqa": "sample_engineering.evaluation.benchmarks.supergpqa:supergpqa",
    "mmlu-stem": "sample_engineering.evaluation.benchmarks.mmlu:mmlu_stem",
    "olympiadbench": "sample_engineering.evaluation.benchmarks.olympiadbench:olympiadbench",
    "fresh": "sample_engineering.fresh:fresh",
    "one-shot-rlvr": "sample_engineering.evaluation.benchmarks.papers:one_shot_rlvr",
    "polymath": "sample_engineering.evaluation.benchmarks.papers:polymath",
}

_ENGINES: Mapping[str, str] = {
    "transformers": "sample_engineering.generation.transformers_engine:TransformersEngine",
    "vllm": "sample_engineering.generation.vllm_engine:VLLMEngine",
    "server": "sample_engineering.generation.server_engine:ServerEngine",
}

_RECIPES: Mapping[str, str] = {
    "microcosm": "sample_engineering.trainers.recipes.microcosm:recipe",
    "one-shot-rlvr": "sample_engineering.trainers.recipes.one_shot_rlvr:recipe",
    "polymath": "sample_engineering.trainers.recipes.polymath:recipe",
    "limr": "sample_engineering.trainers.recipes.limr:recipe",
}

_TAGGERS: Mapping[str, str] = {
    "builtin": "sample_engineering.skills.tagger:BuiltInTagger",
    "llm": "sample_engineering.skills.concepts:ConceptTagger",
    "llm-names": "sample_engineering.skills.llm_tagger:ModelTagger",
}

_FAMILIES = "sample_engineering.synthesis.relations"

_RELATION_FAMILIES: Mapping[str, str] = {
    "biology-breathing": f"{_FAMILIES}.biology_breathing:RELATIONS",
    "biology-cells": f"{_FAMILIES}.biology_cells:RELATIONS",
    "biology-ecology": f"{_FAMILIES}.biology_ecology:RELATIONS",
    "biology-enzymes": f"{_FAMILIES}.biology_enzymes:RELATIONS",
    "biology-epidemiology": f"{_FAMILIES}.biology_epidemiology:RELATIONS",
    "biology-genetics": f"{_FAMILIES}.biology_genetics:RELATIONS",
    "biology-inheritance": f"{_FAMILIES}.biology_inheritance:RELATIONS",
    "biology-molecular": f"{_FAMILIES}.biology_molecular:RELATIONS",
    "biology-pharmacology": f"{_FAMILIES}.biology_pharmacology:RELATIONS",
    "biology-physiology": f"{_FAMILIES}.biology_physiology:RELATIONS",
    "biology-population": f"{_FAMILIES}.biology_population:RELATIONS",
    "biology-proteins": f"{_FAMILIES}.biology_proteins:RELATIONS",
    "biology-energy": f"{_FAMILIES}.biology_energy:RELATIONS",
    "biology-repeated": f"{_FAMILIES}.biology_repeated:RELATIONS",
    "biology-screening": f"{_FAMILIES}.biology_screening:RELATIONS",
    "chemistry-amounts": f"{_FAMILIES}.chemistry_amounts:RELATIONS",
    "chemistry-colligative": f"{_FAMILIES}.chemistry_colligative:RELATIONS",
    "chemistry-counting": f"{_FAMILIES}.chemistry_counting:RELATIONS",
    "chemistry-electrochemistry": f"{_FAMILIES}.chemistry_electrochemistry:RELATIONS",
    "chemistry-equilibrium": f"{_FAMILIES}.chemistry_equilibrium:RELATIONS",
    "chemistry-gas-mixtures": f"{_FAMILIES}.chemistry_gas_mixtures:RELATIONS",
    "chemistry-gases": f"{_FAMILIES}.chemistry_gases:RELATIONS",
    "chemistry-kinetics": f"{_FAMILIES}.chemistry_kinetics:RELATIONS",
    "chemistry-mixtures": f"{_FAMILIES}.chemistry_mixtures:RELATIONS",
    "chemistry-nuclear": f"{_FAMILIES}.chemistry_nuclear:RELATIONS",
    "chemistry-solubility": f"{_FAMILIES}.chemistry_solubility:RELATIONS",
    "chemistry-solutions": f"{_FAMILIES}.chemistry_solutions:RELATIONS",
    "chemistry-stoichiometry": f"{_FAMILIES}.chemistry_stoichiometry:RELATIONS",
    "chemistry-thermochemistry": f"{_FAMILIES}.chemistry_thermochemistry:RELATIONS",
    "computer-science-algorithms": f"{_FAMILIES}.computer_science_algorithms:RELATIONS",
    "computer-science-counts": f"{_FAMILIES}.computer_science_counts:RELATIONS",
    "computer-science-genomes": f"{_FAMILIES}.computer_science_genomes:RELATIONS",
    "computer-science-networks": f"{_FAMILIES}.computer_science_networks:RELATIONS",
    "computer-science-processors": f"{_FAMILIES}.computer_science_processors:RELATIONS",
    "computer-science-representation": f"{_FAMILIES}.computer_science_representation:RELATIONS",
    "economics-costs": f"{_FAMILIES}.economics_costs:RELATIONS",
    "economics-finance": f"{_FAMILIES}.economics_finance:RELATIONS",
    "economics-markets": f"{_FAMILIES}.economics_markets:RELATIONS",
    "economics-charges": f"{_FAMILIES}.economics_charges:RELATIONS",
    "economics-planning": f"{_FAMILIES}.economics_planning:RELATIONS",
    "engineering-decisions": f"{_FAMILIES}.engineering_decisions:RELATIONS",
    "engineering-energy": f"{_FAMILIES}.engineering_energy:RELATIONS",
    "engineering-flows": f"{_FAMILIES}.engineering_flows:RELATIONS",
    "engineering-storage": f"{_FAMILIES}.engineering_storage:RELATIONS",
    "engineering-structures": f"{_FAMILIES}.engineering_structures:RELATIONS",
    "math-algebra": f"{_FAMILIES}.math_algebra:RELATIONS",
    "math-calculus": f"{_FAMILIES}.math_calculus:RELATIONS",
    "math-counting": f"{_FAMILIES}.math_counting:RELATIONS",
    "math-number-theory": f"{_FAMILIES}.math_number_theory:RELATIONS",
    "math-plane-figures": f"{_FAMILIES}.math_plane_figures:RELATIONS",
    "math-sequences": f"{_FAMILIES}.math_sequences:RELATIONS",
    "math-solids": f"{_FAMILIES}.math_solids:RELATIONS",
    "math-solution-sets": f"{_FAMILIES}.math_solution_sets:RELATIONS",
    "math-triangles": f"{_FAMILIES}.math_triangles:RELATIONS",
    "physics-charges": f"{_FAMILIES}.physics_charges:RELATIONS",
    "physics-circuits": f"{_FAMILIES}.physics_circuits:RELATIONS",
    "physics-circular-motion": f"{_FAMILIES}.physics_circular_motion:RELATIONS",
    "physics-energy": f"{_FAMILIES}.physics_energy:RELATIONS",
    "physics-fluids": f"{_FAMILIES}.physics_fluids:RELATIONS",
    "physics-forces": f"{_FAMILIES}.physics_forces:RELATIONS",
    "physics-heat": f"{_FAMILIES}.physics_heat:RELATIONS",
    "physics-heat-engines": f"{_FAMILIES}.physics_heat_engines:RELATIONS",
    "physics-kinematics": f"{_FAMILIES}.physics_kinematics:RELATIONS",
    "physics-magnetism": f"{_FAMILIES}.physics_magnetism:RELATIONS",
    "physics-optics": f"{_FAMILIES}.physics_optics:RELATIONS",
    "physics-oscillations": f"{_FAMILIES}.physics_oscillations:RELATIONS",
    "physics-quanta": f"{_FAMILIES}.physics_quanta:RELATIONS",
    "physics-relativity": f"{_FAMILIES}.physics_relativity:RELATIONS",
    "physics-two-bodies": f"{_FAMILIES}.physics_two_bodies:RELATIONS",
    "physics-vectors": f"{_FAMILIES}.physics_vectors:RELATIONS",
    "physics-waves": f"{_FAMILIES}.physics_waves:RELATIONS",
    "physics-work": f"{_FAMILIES}.physics_work:RELATIONS",
}

_DOMAINS: Mapping[str, str] = {
    "math": "sample_engineering.skills.domains:math",
    "physics": "sample_engineering.skills.domains:physics",
    "chemistry": "sample_engineering.skills.domains:chemistry",
    "biology": "sample_engineering.skills.domains:biology",
    "engineering": "sample_engineering.skills.domains:engineering",
    "computer_science": "sample_engineering.skills.domains:computer_science",
    "economics": "sample_engineering.skills.domains:economics",
}

_ANSWER_FORMS: Mapping[str, str] = {
    "boxed": "sample_engineering.grading.forms:boxed",
    "answer": "sample_engineering.grading.forms:answer",
    "number": "sample_engineering.grading.forms:number",
    "letter": "sample_engineering.grading.forms:letter",
    "math": "sample_engineering.grading.forms:math",
    "whole": "sample_engineering.grading.forms:whole",
    "auto": "sample_engineering.grading.forms:auto",
}

_MOVES: Mapping[str, str] = {
    "chain": "sample_engineering.polymath.moves:CHAIN",
    "masked": "sample_engineering.polymath.moves:MASKED",
    "harder": "sample_engineering.polymath.moves:HARDER",
    "recombine": "sample_engineering.polymath.moves:RECOMBINE",
    "concept-rationale": "sample_engineering.polymath.moves:CONCEPT_RATIONALE",
}

_CHECKS: Mapping[str, str] = {
    "gold": "sample_engineering.audit.checks.gold:UnreadableGold",
    "kind": "sample_engineering.audit.checks.kind:Kind",
    "options": "sample_engineering.audit.checks.options:Options",
    "parts": "sample_engineering.audit.checks.parts:Parts",
    "picture": "sample_engineering.audit.checks.picture:Picture",
    "unit": "sample_engineering.audit.checks.unit:UnitAsked",
    "figures": "sample_engineering.audit.checks.figures:Figures",
    "derived": "sample_engineering.audit.checks.derived:Derived",
    "stated": "sample_engineering.audit.checks.stated:Stated",
    "variation": "sample_engineering.audit.checks.variation:Variation",
    "solution": "sample_engineering.audit.checks.solution:Solution",
    "unsettled": "sample_engineering.audit.checks.unsettled:Unsettled",
    "conflict": "sample_engineering.audit.checks.conflict:Conflict",
    "constants": "sample_engineering.audit.checks.constants:Constants",
    "carried": "sample_engineering.audit.checks.carried:Carried",
    "guessable": "sample_engineering.audit.checks.guessable:Guessable",
    "positions": "sample_engineering.audit.checks.positions:Positions",
    "agreement": "sample_engineering.audit.checks.agreement:Agreement",
    "forced": "sample_engineering.audit.checks.forced:Forced",
}

_FORMATS: Mapping[str, str] = {
    "ours": "sample_engineering.formats.environments:ours",
    "verl": "sample_engineering.formats.trainers:verl",
    "verl-r128": "sample_engineering.formats.trainers:verl_r128",
    "trl": "sample_engineering.formats.trainers:trl",
    "trl-chat": "sample_engineering.formats.trainers:trl_chat",
    "openrlhf": "sample_engineering.formats.trainers:openrlhf",
    "llama-factory": "sample_engineering.formats.trainers:llama_factory",
    "verifiers": "sample_engineering.formats.environments:verifiers",
    "nemo-gym": "sample_engineering.formats.environments:nemo_gym",
    "reasoning-gym": "sample_engineering.formats.environments:reasoning_gym",
}

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "selector": _SELECTORS,
    "reward": _REWARDS,
    "algorithm": _ALGORITHMS,
    "arm": _ARMS,
    "benchmark": _BENCHMARKS,
    "engine": _ENGINES,
    "recipe": _RECIPES,
    "tagger": _TAGGERS,
    "relation_family": _RELATION_FAMILIES,
    "relations": {},  # folders of relation files, of other packages
    "answer_form": _ANSWER_FORMS,
    "check": _CHECKS,
    "move": _MOVES,
    "format": _FORMATS,
    "domain": _DOMAINS,
}

# What looks a component of a kind up by its name, and says what is wrong with it.
FINDERS: Mapping[str, str] = {
    "selector": "sample_engineering.selectors.declared:find_selector",
    "reward": "sample_engineering.trainers.reward:find_reward",
    "algorithm": "sample_engineering.trainers.algorithms:find_algorithm",
    "arm": "sample_engineering.trainers.arms:find_arm",
    "benchmark": "sample_engineering.evaluation.named:find_named",
    "engine": "sample_engineering.generation.engines:find_engine",
    "recipe": "sample_engineering.trainers.recipes.loading:find_registered",
    "tagger": "sample_engineering.skills.tagging:find_declared",
    "relation_family": "sample_engineering.synthesis.relations:find_family",
    "relations": "sample_engineering.synthesis.own_relations:find_relations",
    "domain": "sample_engineering.skills.domains:find_domain",
    "answer_form": "sample_engineering.grading.extraction:find_form",
    "check": "sample_engineering.audit.run:find_check",
    "move": "sample_engineering.polymath.moves:find_move",
    "format": "sample_engineering.formats.format:find_format",
}
