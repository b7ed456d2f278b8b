"""What a planted answer's grade proves about the checks."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.records import CaseResult, Ending, Grade, Outcome, QuestionResult
from autograder.reports.words import points
from proofs.verify.recipes import Mistake, Recipe


@dataclass(frozen=True)
class Verdict:
    """One recipe's result."""

    recipe: Recipe
    held: bool
    """A mistake lost points, or an accepted answer got them all."""
    named: bool
    """The feedback says what the recipe promises; True where it promises nothing."""
    misnamed: tuple[str, ...]
    """Causes that checks told and that are not the recipe's."""
    public: bool
    """A public check fails: the student learns of the mistake while working."""
    problems: tuple[str, ...]
    """What else is wrong, in sentences: other questions hurt, a fault of the grader."""
    message: str = ""
    """The first feedback of the question."""

    @property
    def good(self) -> bool:
        return self.held and self.named and not self.misnamed and not self.problems


def judge(recipe: Recipe, grade: Grade, unaffected: frozenset[str]) -> Verdict:
    """Return what `grade` of a notebook with `recipe` planted shows.

    `unaffected` are the questions that must keep full marks, whatever the recipe does.
    """
    results = {result.question: result for result in grade.questions}
    if recipe.question not in results:
        problem = f"not graded: {grade.ending} {grade.message}"
        return Verdict(recipe, False, False, (), False, (problem,))
    own = results[recipe.question]
    said = " ".join(case.message for case in own.cases)
    problems = [
        f"{name} got {points(result)}: {_first_message(result)}"
        for name, result in results.items()
        if name in unaffected and name != recipe.question and not result.is_full
    ]
    if own.outcome is Outcome.GRADER_ERROR or grade.ending is Ending.GRADER_ERROR:
        problems.append(f"a fault of the check itself: {_first_message(own) or grade.message}")
    if not isinstance(recipe, Mistake):
        return Verdict(recipe, own.is_full, True, (), False, tuple(problems), said.strip())
    lost = not own.is_full if recipe.points_below is None else own.score < recipe.points_below
    failing = [case for case in own.cases if case.outcome is not Outcome.PASSED]
    told = {name for case in failing for name in (*case.causes, case.symptom)}
    named = recipe.cause in {"", *told}
    public = any(not case.hidden for case in failing)
    return Verdict(
        recipe,
        lost,
        named,
        _misnamed(recipe, failing),
        public,
        tuple(problems),
        _first_message(own),
    )


def _misnamed(recipe: Mistake, failing: Sequence[CaseResult]) -> tuple[str, ...]:
    """Return the causes that failing checks told instead of the recipe's, in their order."""
    wrong = [case.causes for case in failing if case.causes and recipe.cause not in case.causes]
    return tuple(dict.fromkeys(name for causes in wrong for name in causes))


def _first_message(result: QuestionResult) -> str:
    return next((case.message for case in result.cases if case.message), "")
