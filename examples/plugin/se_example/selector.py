"""A selector: one value and one reason for each candidate."""

import numpy as np

from sample_engineering.selectors import Scores, Selector


class TeacherRating(Selector):
    """How instructive a teacher finds the problem, 0 to 1; what is rated 0 is stopped."""

    name = "teacher_rating"
    heading = "rating"
    tier = "probed"
    needs = ("pool.rating",)
    mend = "give candidates with a field rating, 0 to 1"
    bounds = (0.0, 1.0)
    gates = True

    def score(self, evidence):
        """Take the field ``rating`` of the pool."""
        ratings = evidence.field("rating")
        values = np.array([np.nan if rating is None else rating for rating in ratings])
        reasons = [None if r is None else f"rated {r:.0%} by a teacher" for r in ratings]
        return Scores(values, reasons, stops=values == 0)

    def learned(self, scores, evidence):
        """Count the rating as a measurement of what is learnt."""
        return scores.values
