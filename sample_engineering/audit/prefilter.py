"""Whether a text can match a pattern at all: what is cheap to look for, before what is not."""


def may_hold(text: str, *stems: str) -> bool:
    """Whether any of some texts, in small letters, may stand in a text, in letters of any size.

    One that every match of a pattern holds spares most texts the pattern. Beyond ASCII patterns
    take more letters for each other than are looked for here, so the answer is yes.
    """
    if not text.isascii():
        return True
    small = text.lower()
    return any(stem in small for stem in stems)
