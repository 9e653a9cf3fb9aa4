"""Sample engineering: find, compose and prove the one training sample."""

__version__ = "0.1.0"
