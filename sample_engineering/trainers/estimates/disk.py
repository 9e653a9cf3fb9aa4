"""The disk that a training needs."""

from sample_engineering.trainers.estimates.memory import optimizer_bytes
from sample_engineering.trainers.estimates.setup import Setup

# The last whole checkpoint stays while the next is written, and one more for a moment.
CHECKPOINTS = 3


def checkpoint_bytes(setup: Setup) -> int:
    """Return the size of one checkpoint: what is trained, and the optimizer's numbers of it."""
    return int(setup.trained * (4 + max(optimizer_bytes(setup.optimizer), 2)))


def weights_bytes(setup: Setup) -> int:
    """Return the size of the trained weights as they are kept, in the base model's numbers."""
    return setup.shape.parameters * setup.shape.stored_bytes


def training_bytes(setup: Setup, snapshots: int = 0) -> int:
    """Return what one training needs at most while it runs.

    Parameters
    ----------
    setup : Setup
    snapshots : int
        Weights kept for evaluations along the run.
    """
    kept = setup.trained * 4 if setup.lora_rank else weights_bytes(setup)
    return CHECKPOINTS * checkpoint_bytes(setup) + weights_bytes(setup) + snapshots * kept
