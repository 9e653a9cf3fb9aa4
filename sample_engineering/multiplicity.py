"""Several p-values at once: Holm's correction, for whoever states more than one."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for their number (Holm's step-down procedure), in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    corrected = [0.0] * len(order)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * float(p_values[index])))
        corrected[index] = largest
    return corrected
