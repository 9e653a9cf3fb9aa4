"""A reward: one number for each completion."""

from sample_engineering.trainers.reward import reward


@reward(bounds=(0, 1))
def brief(completions, answer, *, grades, completion_ids, **_):
    """1 for a right answer, less the longer it is; 0 for a wrong one."""
    return [
        grade.correct / (1 + len(tokens) / 100)
        for grade, tokens in zip(grades, completion_ids, strict=True)
    ]
