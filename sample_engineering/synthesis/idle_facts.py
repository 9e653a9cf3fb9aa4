"""Facts that can stand in any story and bear on none: distractors of last resort.

Data alone, which the telling and the reading both look up.
"""

from sample_engineering.synthesis.relation import Extra

IDLE_FACTS = (
    Extra("the test in which this question is set lasts {value} minutes", "", 40, 120),
    Extra("the whole exercise was set {value} weeks ago", "", 2, 9),
    Extra("a class of {value} students worked on the same question", "", 12, 30),
)
