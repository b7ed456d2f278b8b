"""The command `verify`: reads the recipes, grades them all, and says what does not hold."""

from autograder.course.assignment import Assignment
from autograder.course.build.master import read_master
from autograder.course.build.products import ensure_built
from autograder.course.plant import solutions, student_notebook
from autograder.paths import DEFAULT_ASSIGNMENT, DOCS
from proofs.harness import Result, engine_over
from proofs.verify.recipes import read_chained, read_recipes, refuse_unknown
from proofs.verify.report import failures, last_line, page
from proofs.verify.run import prepare, prove

PAGE = "test-quality.md"


def verify(assignment: Assignment, jobs: int, seeds: int, questions: frozenset[str]) -> Result:
    """Grade all recipes, `jobs` at once, or only those of `questions`, where no page is written."""
    folder = assignment.mistakes
    recipes = read_recipes(folder)
    answers = solutions(read_master(assignment.master))
    chained = read_chained(folder)
    named = [(each.question, each.name) for each in recipes]
    named += [
        *((each, "chained") for each in chained),
        *((each, "--question") for each in questions),
    ]
    for question, name in named:
        refuse_unknown(folder, question, name, answers)
    chosen = [each for each in recipes if not questions or each.question in questions]
    built = ensure_built(assignment)
    with engine_over(built) as engine:
        field = prepare(engine, assignment, student_notebook(built), answers, chained)
        found = prove(engine, field, chosen, jobs, seeds)
    own = assignment.folder.resolve() == DEFAULT_ASSIGNMENT
    return Result(
        last_line(found),
        found.holds,
        failures(found),
        "" if questions else page(found),
        (DOCS if own else assignment.build) / PAGE,
    )
