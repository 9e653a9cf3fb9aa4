"""An answer form: where a completion states its final answer."""


def last_line(text):
    """The last line that is not empty."""
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in reversed(lines) if line), None)
