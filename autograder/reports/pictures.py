"""The pictures that explain a question's result on a student's page, each with its words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from markupsafe import Markup

from autograder.plain_text import one_line
from autograder.records import QuestionResult
from autograder.reports import feature_maps, learning_curve, shapes
from autograder.reports.confusion import confusion_of, heat_map


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
    """The pictures of what the question's checks have shown; the first of each kind."""
    return list(_pictures(question))


def _pictures(question: QuestionResult) -> Iterator[Picture]:
    name = one_line(question.question)  # pictures of two questions must not have one name
    shown: dict[str, object] = {}
    for case in question.cases:
        shown = case.evidence | shown
    if found := shapes.shapes_in(shown.get(shapes.EVIDENCE)):
        yield Picture(found.words, partial(shapes.boxes, found, name))
    if found := feature_maps.feature_maps_in(shown.get(feature_maps.EVIDENCE)):
        yield Picture(found.words, partial(feature_maps.map_figure, found, name))
    if found := learning_curve.learning_curve_in(shown.get(learning_curve.EVIDENCE)):
        yield Picture(found.words, partial(learning_curve.curve_figure, found, name))
    if found := confusion_of([question]):
        if learning_curve.EVIDENCE not in shown:
            yield Picture(learning_curve.NONE_RECORDED)
        yield Picture(found.words("Your model"), partial(heat_map, found, "Your model"))
