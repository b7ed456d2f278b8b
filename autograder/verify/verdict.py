"""What a planted answer's grade proves about the checks."""

from dataclasses import dataclass

from autograder.records import Ending, Grade, Outcome, QuestionResult
from autograder.verify.recipes import Mistake, Recipe


@dataclass(frozen=True)
class Verdict:
    """One recipe's result."""

    recipe: Recipe
    held: bool
    """A mistake lost points, or an accepted answer got them all."""
    named: bool
    """The feedback says what the recipe promises; True where it promises nothing."""
    problems: tuple[str, ...]
    """What else is wrong, in sentences: other questions hurt, a fault of the grader."""
    message: str = ""
    """The first feedback of the question."""

    @property
    def good(self) -> bool:
        return self.held and self.named and not self.problems


def judge(recipe: Recipe, grade: Grade, unaffected: frozenset[str]) -> Verdict:
    """What `grade` of a notebook with `recipe` planted shows.

    `unaffected` are the questions that must keep full marks, whatever the recipe does.
    """
    results = {result.question: result for result in grade.questions}
    if recipe.question not in results:
        return Verdict(recipe, False, False, (f"not graded: {grade.ending} {grade.message}",))
    own = results[recipe.question]
    said = " ".join(case.message for case in own.cases)
    problems = [
        f"{name} got {result.score:g} of {result.max_score:g}: {_first_message(result)}"
        for name, result in results.items()
        if name in unaffected and name != recipe.question and result.score < result.max_score
    ]
    if own.outcome is Outcome.GRADER_ERROR or grade.ending is Ending.GRADER_ERROR:
        problems.append(f"a fault of the check itself: {_first_message(own) or grade.message}")
    if not isinstance(recipe, Mistake):
        return Verdict(recipe, own.score >= own.max_score, True, tuple(problems), said.strip())
    bar = own.max_score if recipe.points_below is None else recipe.points_below
    named = recipe.says.casefold() in said.casefold()
    return Verdict(recipe, own.score < bar, named, tuple(problems), _first_message(own))


def _first_message(result: QuestionResult) -> str:
    return next((case.message for case in result.cases if case.message), "")
