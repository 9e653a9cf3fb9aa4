"""The grader as an HTTP reward server, in the shapes that trainers speak."""

from sample_engineering.serving.server import RewardServer
from sample_engineering.serving.settings import MEBIBYTE, ServeSettings

__all__ = ["MEBIBYTE", "RewardServer", "ServeSettings"]
