"""What a server says instead of a reward."""

GONE = 499  # the client closed the connection, as nginx counts it


class Refused(Exception):
    """A request that gets no reward.

    Parameters
    ----------
    status : int
        HTTP status.
    message : str
        What is wrong, and what to do.
    reason : str
        One word for the metrics.
    """

    def __init__(self, status: int, message: str, reason: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
