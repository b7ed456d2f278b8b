"""Text that students control (names, errors, what they printed) made safe to show.

A terminal escape can rewrite a screen, a control or bidi character can make a line read as another
one, a lone surrogate cannot be written as UTF-8. None of them carries meaning in a report.
"""

import re

_TERMINAL_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor, screen
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC, DCS and other strings: title, links
    r"|\x1b[ -/]*[0-~]?"
    r"|\x9b[0-?]*[ -/]*[@-~]?"
)
_LINE_END = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters except tab and newline
    r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # bidi and zero width
    r"\U000e0000-\U000e007f]"  # tags
)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def shorten(text: str, limit: int) -> str:
    """`text` cut to `limit` characters, the last of them '…' if anything was left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def clean(text: str, limit: int = 4000) -> str:
    """`text` without terminal escapes and invisible characters, lines ended by a newline.

    What is longer than `limit` characters is cut and ends in '…'.
    """
    # Cut twice: before, so that a huge text costs nothing; after, so that escapes do not count.
    text = _TERMINAL_ESCAPE.sub("", text[: 10 * limit])
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text))
    return shorten(_LONE_SURROGATE.sub("\ufffd", text), limit)


def one_line(text: str, limit: int = 80) -> str:
    """`text` cleaned, on one line of at most `limit` characters, for sentences and tables."""
    return shorten(" ".join(clean(text, 4 * limit).split()), limit)
