"""Training algorithms: what each is, its paper, its settings; a file each."""

from sample_engineering.trainers.algorithms.algorithm import (
    OPTIONS,
    PLAIN,
    Algorithm,
    Cost,
    Option,
    find_algorithm,
    option_owners,
)

__all__ = ["OPTIONS", "PLAIN", "Algorithm", "Cost", "Option", "find_algorithm", "option_owners"]
