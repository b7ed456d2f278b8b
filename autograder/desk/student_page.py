"""What the page of a student tells: each answer beside what the checks say of it."""

from dataclasses import dataclass

from autograder.desk.pictures import picture_words
from autograder.desk.reading import Seen
from autograder.records import Grade, QuestionResult
from autograder.store.kept import Earlier


@dataclass(frozen=True)
class Answer:
    """One question: the answer cell, and the result."""

    result: QuestionResult
    code: str
    pictures: tuple[tuple[int | None, str], ...]

    @property
    def is_full(self) -> bool:
        """Whether there is nothing to look at."""
        return self.result.is_full and not self.result.open_points and not self.result.review


@dataclass(frozen=True)
class Before:
    """An earlier grade, and where it differs from the one that came after it."""

    earlier: Earlier
    moved: tuple[tuple[str, float, float], ...]
    """Question, points then, points afterwards."""


def answers_of(seen: Seen, whole: Grade) -> list[Answer]:
    """Return the questions in order; `whole` is the grade with what pictures are drawn from."""
    return [
        Answer(result, seen.answers.get(result.question, ""), tuple(picture_words(result)))
        for result in whole.questions
    ]


def history(present: Grade, earlier: tuple[Earlier, ...]) -> list[Before]:
    """Return the `earlier` grades, the latest first, as the engine gave them."""
    found, after = list[Before](), present
    for one in earlier:
        found.append(Before(one, _moved(one.grade, after)))
        after = one.grade
    return found


def _moved(then: Grade, after: Grade) -> tuple[tuple[str, float, float], ...]:
    before = {result.question: result.score for result in then.questions}
    return tuple(
        (result.question, before.get(result.question, 0.0), result.score)
        for result in after.questions
        if before.get(result.question, 0.0) != result.score
    )


def lost_first(answers: list[Answer]) -> list[Answer]:
    """Return the answers that somebody may ask about before those with full points."""
    return sorted(answers, key=lambda answer: answer.is_full)
