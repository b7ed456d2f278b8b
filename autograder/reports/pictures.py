"""The pictures that explain a question's result on a student's page, each with its words."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import get_args

from markupsafe import Markup

from autograder.plain_text import one_line
from autograder.records import QuestionResult
from autograder.reports.evidence import Evidence, evidence_of
from autograder.reports.kinds.told import Measured, Note

_ORDER = get_args(Evidence)


@dataclass(frozen=True)
class Picture:
    """What explains a result, in words and, where there is something to draw, drawn."""

    words: str
    draw: Callable[[], Markup] | None = None

    @cached_property
    def drawing(self) -> Markup | None:
        """Drawn when it is asked for, and once."""
        return self.draw() if self.draw else None


def pictures_of(question: QuestionResult) -> list[Picture]:
    """Return the pictures of what the question's checks have shown, each once."""
    found = sorted(evidence_of([question]).values(), key=lambda each: _ORDER.index(type(each)))
    name = one_line(question.question)  # pictures of two questions must not have one name
    pictures: dict[str, Picture] = {}
    for each in found:
        if isinstance(each, Measured):
            continue
        draw = None if isinstance(each, Note) else partial(each.drawing, name)
        pictures.setdefault(each.words, Picture(each.words, draw))
    return list(pictures.values())
