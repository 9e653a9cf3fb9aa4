"""A tagger: names the skills of a problem."""

_WORDS = {"probability": "probability", "percent": "percentage"}


class Keywords:
    """Two skills by a single word each."""

    asks_model = False

    def tag(self, samples):
        """Return the skills of each problem with their weights."""
        texts = [sample.problem.lower() for sample in samples]
        return [{_WORDS[word]: 1.0 for word in _WORDS if word in text} for text in texts]
