"""Students' text inside of Markdown: shown as it is, never read as markup."""

import re

from autograder.plain_text import clean

_MARKUP = re.compile(r"([\\`*_{}\[\]()#~|!$^=@:+.-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_ENTITY = re.compile(r"[&<>\"']")


def escaped(text: str) -> str:
    """`text` on one line of Markdown that shows it literally; a newline becomes a slash."""
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    line = " / ".join(line for line in lines if line)
    return _ENTITY.sub(lambda match: _ENTITIES[match[0]], _MARKUP.sub(r"\\\1", line))
