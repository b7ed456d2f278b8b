"""Makes what is handed out: `student_release/` for students, `solutions/` for the course team.

Both are generated and committed, never edited. Nothing is written unless the gate finds no problem:
no leak, the structure holds, the blank release scores 0 and the solution scores everything.
"""

import contextlib
import tempfile
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.build.master import read_master
from autograder.course.build.otter_assign import write_json
from autograder.course.build.products import Built, ensure_built
from autograder.course.settings import Course
from autograder.files import source_files
from autograder.judge.start import open_engine, seed_for
from autograder.records import Ending, Grade, Submission
from autograder.release.leaks import secrets
from autograder.release.personal import personal_problems, this_machine
from autograder.release.release_gate import Problem, problems
from autograder.release.solved import executed, printed


def release(assignment: Assignment) -> list[Problem]:
    """Write student_release/ and solutions/, or return why not.

    Raises `BuildError` when the notebook cannot be built or its solution raises.
    """
    built, course = ensure_built(assignment), assignment.course
    files, master = release_files(built), read_master(assignment.master)
    helpers = helper_text(files)
    known = secrets(master, {}, helpers)
    # What can be told at once comes before what takes minutes.
    if found := problems(files, master, known, course.totals, assignment.notebook):
        return found
    solved = executed(built)
    known = secrets(master, printed(solved), helpers)
    found = problems(files, master, known, course.totals, assignment.notebook)
    found += personal_problems(_solved(assignment), solved["cells"], this_machine())
    found += marks_problems(built, course)
    if not found:
        with _replaced(assignment.release_into / "student_release") as folder:
            for name, content in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
        with _replaced(assignment.release_into / "solutions") as folder:
            write_json(folder / assignment.notebook, solved)
    return found


def helper_text(files: Mapping[str, bytes]) -> str:
    """Return the code that is released anyway, beside the notebook and its tests."""
    return "\n".join(
        content.decode("utf-8", errors="replace")
        for name, content in files.items()
        if name.endswith(".py") and not name.startswith("tests/")
    )


def _solved(assignment: Assignment) -> str:
    return f"solutions/{assignment.notebook}"


def release_files(built: Built) -> dict[str, bytes]:
    """Every file of the student release by its relative name: otter's, and `assignment/student`."""
    folders = (built.student, built.assignment.folder / "student")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for folder in folders
        for path in source_files(folder)
    }


def marks_problems(built: Built, course: Course) -> list[Problem]:
    """The blank release scores nothing and the solution everything, as the engine grades them."""
    notebook, solution = built.assignment.notebook, _solved(built.assignment)
    with open_engine(course, built, "cpu", seed_for(built)) as engine:
        blank, _ = engine.grade(Submission("blank", built.released))
        solved, _ = engine.grade(Submission("solution", built.solution))
    return [
        *_ending_problems(f"student_release/{notebook}", blank),
        *_ending_problems(solution, solved),
        *(
            Problem(f"student_release/{notebook}", None, f"blank, scores {case.points:g} for {it}.")
            for question in blank.questions
            for case in question.cases
            if case.points and (it := f"{question.question} ({case.title})")
        ),
        *(
            Problem(solution, None, f"fails {question.question} ({case.title}): {case.message}")
            for question in solved.questions
            for case in question.cases
            if case.points < case.max_points
        ),
    ]


def _ending_problems(name: str, grade: Grade) -> Sequence[Problem]:
    if grade.ending is Ending.COMPLETED and not grade.needs_review and grade.questions:
        return ()
    return (Problem(name, None, f"did not run to its end: {grade.ending}: {grade.message}"),)


@contextlib.contextmanager
def _replaced(folder: Path) -> Generator[Path]:
    """A fresh folder that takes the place of `folder` once it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as aside:
        new = Path(aside) / "new"
        new.mkdir()
        yield new
        if folder.exists():
            folder.rename(Path(aside) / "old")
        new.rename(folder)
