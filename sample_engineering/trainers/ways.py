"""Names of the ways in which a base model is asked instead of being trained.

Here alone, because what carries them out imports numpy and more.
"""

LOW_TEMPERATURE, POWER = "low-temperature", "power-sampling"
VOTE = "self-consistency"  # of completions that are there: nothing is asked
NO_EXAMPLE = "no-example"  # as in context, with nothing in the sample's place
FREE = (LOW_TEMPERATURE, POWER, VOTE)  # set beside the trained model as it is read in headlines
WAYS = (*FREE, NO_EXAMPLE)
