"""An adopted otter assignment is graded: outside where values suffice, else beside student code."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.adopt.adopt import adopt
from autograder.adopt.trial import tried
from autograder.course.assignment import read_assignment
from autograder.course.build.products import ensure_built
from autograder.intake.notebook import read_notebook
from autograder.intake.released import Asked, Released, bindings
from autograder.judge.beside import WORDS, with_judging
from autograder.judge.engine import Engine
from autograder.judge.start import open_engine
from autograder.records import Grade, Isolation, Layer, Outcome, QuestionResult, Submission
from tests.support.otter_zip import notebook_of, ok_test, write_zip

SECRET = 918273645
FUNCTIONS = f"""
from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 3


@test_case(points=1, success_message="well named")
def test_there(env):
    assert env["Account"](1).balance == 1


@test_case(points=2, hidden=True, failure_message="think of two withdrawals")
def test_secret(Account):
    account = Account({SECRET})
    account.withdraw(3)
    assert account.balance == {SECRET} - 3
"""
FILES = {
    "tests/q1.py": ok_test(
        "q1",
        (">>> twice(2)\n4", {"hidden": False}),
        (f">>> twice({SECRET})\n{2 * SECRET}", {"hidden": True, "failure_message": "larger ones"}),
        points=2,
    ),
    "tests/q2.py": ok_test(
        "q2",
        (">>> len(np.unique(numbers))\n3", {"hidden": False}),
        (">>> bool(np.isclose(sum(numbers), 6))\nTrue", {"hidden": True}),
        points=4,
        all_or_nothing=True,
    ),
    "tests/q3.py": ok_test(
        "q3",
        (">>> table.describe()\n'1 row'", {"hidden": False}),
        (">>> table.rows\n[1]", {"hidden": True}),
        points=2,
    ),
    "tests/q4.py": FUNCTIONS,
    "tests/q5.py": ok_test("q5", (">>> drawn\n0.3745401188473625", {"hidden": False})),
    "files/numbers.txt": "1 2 3",
}
ANSWERS = {
    "q1": "def twice(x):\n    return 2 * x",
    "q2": "import numpy as np\nnumbers = [int(one) for one in open('numbers.txt').read().split()]",
    "q3": (
        "class Table:\n    def __init__(self): self.rows = [1]\n"
        "    def describe(self): return f'{len(self.rows)} row'\ntable = Table()"
    ),
    "q4": (
        "class Account:\n    def __init__(self, balance): self.balance = balance\n"
        "    def withdraw(self, amount):\n        self.balance -= amount"
    ),
    "q5": "import numpy as np\ndrawn = float(np.random.random())",
}
LATER = "table.rows.append(2)"
"""Changes an answer after its check cell: what counts is how it was there."""


def cells(answers: dict[str, str]) -> list[str]:
    checked = [[source, f'grader.check("{name}")'] for name, source in answers.items()]
    start = "import otter\ngrader = otter.Notebook()"
    return [start, *(source for pair in checked for source in pair), LATER]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adopted assignment, tried on its solution."""
    place = tmp_path_factory.mktemp("adopted")
    archive = write_zip(place / "little.zip", FILES, {"seed": 42})
    solution = place / "solved.ipynb"
    solution.write_text(notebook_of(*cells(ANSWERS)))
    adopted, results = tried(adopt(archive, place / "little", solution=solution))
    assert {one.question: one.score for one in results} == {
        "q1": 2,
        "q2": 4,
        "q3": 2,
        "q4": 3,
        "q5": 1,
    }
    assert adopted.where == {
        "q1": "outside",
        "q2": "outside",
        "q3": "beside",
        "q4": "beside",
        "q5": "outside",
    }
    return adopted.folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    assignment = read_assignment(folder)
    built = ensure_built(assignment, folder.parent / "build")
    with open_engine(assignment.course, built, "cpu", 1) as started:
        yield started


def graded(engine: Engine, folder: Path, *sources: str) -> Grade:
    path = folder / "student_001.ipynb"
    path.write_text(notebook_of(*sources))
    return engine.grade(Submission("student_001", path))[0]


def of(grade: Grade, name: str) -> QuestionResult:
    return next(each for each in grade.questions if each.question == name)


def test_wrong_answers_lose_what_otter_takes_and_hear_what_the_author_wrote(
    engine: Engine, tmp_path: Path
) -> None:
    wrong = {
        **ANSWERS,
        "q1": "def twice(x):\n    return 2 * x if x < 100 else x",
        "q2": "numbers = [1, 2, 4]",
        "q3": ANSWERS["q3"].replace("[1]", "[3]"),
        "q4": ANSWERS["q4"].replace("-=", "="),
    }
    grade = graded(engine, tmp_path, *cells(wrong))
    assert {one.question: one.score for one in grade.questions} == {
        "q1": 1,
        "q2": 0,
        "q3": 1,
        "q4": 1,
        "q5": 1,
    }
    assert [case.message for case in of(grade, "q1").cases] == ["", "larger ones"]
    assert [case.message for case in of(grade, "q3").cases] == ["", ""]
    assert [case.message for case in of(grade, "q4").cases] == [
        "well named",
        "think of two withdrawals",
    ]
    assert f"{WORDS} (q3, q4)" in grade.notes


def test_answers_under_one_name_stay_where_they_are(tmp_path: Path) -> None:
    blank = Asked(frozenset({"x"}), bindings("x = ...") or {})
    released = Released("hw.ipynb", questions={"q1": blank, "q2": blank})
    path = tmp_path / "student_001.ipynb"
    path.write_text(notebook_of("x = True", 'grader.check("q1")', "x = ...", 'grader.check("q2")'))
    stock = replace(released, as_it_stands=True)
    read = read_notebook(Submission("student_001", path), stock)
    assert [cell.source for cell in read.cells][::2] == ["x = True", "x = ..."]
    assert read.reviews == {}


def test_the_isolation_that_every_report_tells_says_what_is_judged_beside(engine: Engine) -> None:
    before = Isolation(1, "namespaces", (Layer("files", "holds"),))
    after = with_judging(before, engine.questions)
    assert after.layers[0] == before.layers[0]
    assert after.layers[1].detail == f"{WORDS} (q3, q4)"
    outside = [one for one in engine.questions if not one.beside]
    assert with_judging(before, outside) == before


SPY = f"""
import gc, sys

def look():
    frame, found = sys._getframe(), []
    while frame is not None:
        found.append(repr(frame.f_locals))
        frame = frame.f_back
    text = "\\n".join(found)
    if "{str(SECRET)[:4]}" + "{str(SECRET)[4:]}" in text:
        open("seen.txt", "w").write(text)
        raise ValueError(text)

class Account:
    def __init__(self, balance):
        look()
        self.balance = balance
    def withdraw(self, amount):
        self.balance -= amount
"""
PRINT = "import os\nprint(open('seen.txt').read() if os.path.exists('seen.txt') else 'nothing')"


def test_what_a_function_reads_of_a_hidden_test_reaches_no_later_cell_and_no_message(
    engine: Engine, tmp_path: Path
) -> None:
    answers = {**ANSWERS, "q4": SPY}
    grade = graded(engine, tmp_path, *cells(answers), PRINT)
    assert str(SECRET) not in repr(grade)
    printed = [out["text"] for out in grade.cells[-1].outputs]
    assert printed == ["nothing\n"]
    assert of(grade, "q4").score == 1


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("while True: pass", Outcome.TIME_LIMIT),
        ("import os; os._exit(3)", Outcome.CRASHED),
    ],
)
def test_a_judgement_that_does_not_end_costs_its_own_cases_alone(
    engine: Engine, tmp_path: Path, body: str, outcome: Outcome
) -> None:
    stuck = ANSWERS["q4"].replace("self.balance -= amount", body)
    answers = {**ANSWERS, "q4": stuck}
    limits = replace(engine.course.limits, cell_seconds=2.0)
    hurried = replace(engine, course=replace(engine.course, limits=limits))
    grade = graded(hurried, tmp_path, *cells(answers))
    assert {one.question: one.score for one in grade.questions} == {
        "q1": 2,
        "q2": 4,
        "q3": 2,
        "q4": 1,
        "q5": 1,
    }
    assert [case.outcome for case in of(grade, "q4").cases] == [Outcome.PASSED, outcome]


def test_a_name_that_the_notebook_lacks_fails_its_question_alone(
    engine: Engine, tmp_path: Path
) -> None:
    grade = graded(engine, tmp_path, *cells({**ANSWERS, "q1": "pass", "q3": "pass"}))
    assert {one.question: one.score for one in grade.questions} == {
        "q1": 0,
        "q2": 4,
        "q3": 0,
        "q4": 3,
        "q5": 1,
    }
    assert "NameError: name 'twice' is not defined" in of(grade, "q1").cases[0].message
    assert "NameError: name 'table' is not defined" in of(grade, "q3").cases[0].message
