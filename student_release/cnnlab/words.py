"""Words that depend on the number beside them."""

import re

_BEGINS_WITH_A_VOWEL = re.compile(r"8|1[18](?!\d)")
"""Eight, eighty, eight hundred; eleven and eighteen."""


def with_article(what: object) -> str:
    """`what` with its article: a 6×9, an 8×8, an 11."""
    text = str(what)
    return f"an {text}" if _BEGINS_WITH_A_VOWEL.match(text) else f"a {text}"
