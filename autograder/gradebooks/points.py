"""Points of a learning system's column and points of the course, where they differ."""

from dataclasses import dataclass
from enum import StrEnum

from autograder.gradebooks.rows import Gradebook
from autograder.gradebooks.table import GradebookError, names_of


class Points(StrEnum):
    """Which points go into a column that the learning system counts otherwise than the course."""

    CONVERT = "convert"
    KEEP = "keep"


@dataclass(frozen=True)
class Scale:
    """What a mark of the course is multiplied by, and what the instructor is told of it."""

    factor: float = 1.0
    remarks: tuple[str, ...] = ()


SAME = Scale()


def scale_of(gradebook: Gradebook, max_score: float, points: Points | None) -> Scale:
    """Return how the course's marks, of `max_score`, become those of the gradebook's column.

    Raises `GradebookError` where both count other points and nobody has said what is meant.
    """
    worths = [_number(text) for text in gradebook.worth]
    if all(worth == max_score for worth in worths):
        return SAME
    shown = names_of(gradebook.worth, 3)
    differ = f"{gradebook.system} counts {shown} points for this column, the course {max_score:g}"
    if points is Points.KEEP:
        kept = f"{differ}: the marks are points of the course, not converted."
        return Scale(remarks=(kept,))
    worth = worths[0] if len(worths) == 1 else None
    if worth is None or not worth > 0:
        raise GradebookError(
            f"{differ}. This cannot be converted by one factor: give the column {max_score:g} "
            "points in the learning system and export it again, or fill in the course's own "
            "points (POINTS=keep)."
        )
    if points is None:
        example = f"{0.8 * max_score:g} of {max_score:g} becomes {0.8 * worth:g} of {worth:g}"
        raise GradebookError(
            f"{differ}. Say which are to go in: POINTS=convert ({example}), or POINTS=keep (the "
            "course's own)."
        )
    factor = worth / max_score
    return Scale(factor, (f"{differ}: each mark is multiplied by {factor:g}.",))


def refused(gradebook: Gradebook, mark: float) -> str:
    """Return a sentence on a mark, in the column's points, that the system would leave out.

    Moodle passes over a grade above the maximum when it takes a worksheet back, and says nothing.
    """
    worths = [worth for text in gradebook.worth if (worth := _number(text))]
    if gradebook.system != "Moodle" or not worths or mark <= min(worths):
        return ""
    return (
        f"{mark:g} is more than the maximum of {min(worths):g}, and Moodle silently takes no such "
        "mark. Give the assignment a higher maximum there (core and bonus points), download the "
        "worksheet again, and fill it in with POINTS=keep."
    )


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:  # such as a scale of words
        return None
