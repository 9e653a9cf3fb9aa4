"""What a composer says when an attempt comes to nothing, which most attempts do."""


class Dropped(Exception):
    """An attempt that did not come off; its text is the line of the funnel that counts it."""
