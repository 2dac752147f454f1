"""Words that every sentence of this project shares."""


def plural(n: int, noun: str) -> str:
    """The number and the noun, with an s unless it is one."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
