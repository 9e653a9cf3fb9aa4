"""What the planner learns: which links and relations ever bring plausible numbers."""

from sample_engineering.synthesis.plan import Shape, Step
from sample_engineering.synthesis.relation import Case

_TRIES = 24
_LEAST_SHARE = 20  # a link that fits less often than once in so many tries is given up


class Fits:
    """Remembers which links ever bring a plausible value, so that hopeless ones are not planned."""

    def __init__(self) -> None:
        self._tries: dict[tuple[Case, str, Case, str], list[int]] = {}
        self._shapes: dict[Shape, list[int]] = {}

    def note(self, child: Step, parent: Step, name: str, hit: bool) -> None:
        """Record that a value of the child did or did not fit into a quantity of the parent."""
        key = (child.case, child.unknown, parent.case, name)
        entry = self._tries.setdefault(key, [0, 0])
        entry[0] += 1
        entry[1] += hit

    def hopeless(self, case: Case, unknown: str, parent: Case, name: str) -> bool:
        """Tell whether a link was tried often and hardly ever fitted."""
        entry = self._tries.get((case, unknown, parent, name))
        return entry is not None and entry[0] >= _TRIES and entry[1] * _LEAST_SHARE < entry[0]

    def note_step(self, step: Step, hit: bool) -> None:
        """Record that a relation with these links did or did not come out plausible."""
        entry = self._shapes.setdefault(step.shape, [0, 0])
        entry[0] += 1
        entry[1] += hit

    def hopeless_step(self, step: Step) -> bool:
        """Tell whether a relation with these links hardly ever comes out plausible."""
        entry = self._shapes.get(step.shape)
        return entry is not None and entry[0] >= _TRIES and entry[1] * _LEAST_SHARE < entry[0]
