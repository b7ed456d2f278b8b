"""The pictures of a student's results as files of their own: they are drawn when they are seen."""

from autograder.records import QuestionResult
from autograder.reports.pictures import pictures_of

_COLOURS = """
:root { --text: #1d2530; --soft: #566170; --line: #dde2e8; --accent: #2f5d9b; --card: #ffffff;
  font-family: system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6eaf0; --soft: #a3aebb; --line: #323b46; --accent: #8db7f0; --card: #1c222a; }
}
"""
"""Those of the pages: a picture that is a file of its own doesn't see theirs."""


def picture_words(question: QuestionResult) -> list[tuple[int | None, str]]:
    """Return what each picture of a question says, with its place; None for words alone."""
    return [
        (place if picture.draw else None, picture.words)
        for place, picture in enumerate(pictures_of(question))
    ]


def picture_file(question: QuestionResult, place: int) -> str | None:
    """Return the picture at `place` as an SVG file; None where there is none."""
    pictures = pictures_of(question)
    drawing = pictures[place].drawing if 0 <= place < len(pictures) else None
    if drawing is None:
        return None
    start = drawing.index(">", drawing.index("<svg")) + 1
    return f"{drawing[:start]}<style>{_COLOURS}</style>{drawing[start:]}"
