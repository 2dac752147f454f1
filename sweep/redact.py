"""Takes passwords out of any text that is shown, logged or stored."""

import re

# The password ends at the last @ of its word: an unescaped @ or / in it is a mistake that must not show the rest of it.
# The second form also takes a password with spaces, but no port number and what follows it. Slashes and colons too few
# or too many are a mistake of the same kind.
_IN_ADDRESS = re.compile(
    r"(\b(?:mongodb(?:\+srv)?:+/*|[a-z][a-z0-9+.-]*:+//(?!/))(?:[^\s:@]*|[^/:@\n]*)):(?:\S*|(?!\d+[\s/,])[^@\n]*)@",
    re.IGNORECASE,
)
_IN_OPTIONS = re.compile(
    r"([?&;][\w.]*(?:password|passphrase|secret|token|authMechanismProperties)[\w.]*=)[^&;\s'\"#]*", re.IGNORECASE
)


def redact(text: str) -> str:
    """`text` with `***` for the password of every `scheme://user:password@` and for every secret URI option."""
    return _IN_OPTIONS.sub(r"\1***", _IN_ADDRESS.sub(r"\1:***@", text))
