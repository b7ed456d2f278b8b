"""Words that depend on what stands beside them."""

import re

_BEGINS_WITH_A_VOWEL = re.compile(r"8|1[18](?!\d)|[aeio]|un(?=[a-df-hj-z])|ndarray", re.IGNORECASE)
"""Eight, eighty, eight hundred; eleven and eighteen; names such as int and IndexError."""


def with_article(what: object) -> str:
    """Return `what` with its article: a 6×9, an 8×8, an 11, a list, an int."""
    text = str(what)
    return f"an {text}" if _BEGINS_WITH_A_VOWEL.match(text) else f"a {text}"
