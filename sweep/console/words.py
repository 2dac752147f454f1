"""Words that every sentence of this project shares, and the characters that it may have."""


def plural(n: int, noun: str) -> str:
    """The number and the noun, with an s unless it is one."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def plain(text: str, kept: str = "\n\t") -> str:
    """A text in characters that every terminal and store takes, and that steer none: others as Python writes them.

    Examples:
        >>> plain("caf\u00e9 \x1b[31m")
        'café \\\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in kept else ascii(one)[1:-1] for one in text)
