"""What concerns the computer costs no points: it is skipped or done without, and noted."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.judge.engine import Engine
from autograder.judge.session import Session
from autograder.paths import PROJECT
from autograder.records import Cell, Grade, Outcome, Submission
from autograder.reports.executed import executed_notebook
from autograder.reports.feedback import page
from autograder.reports.gradebook import gradebook
from tests.support.computer_lines import COMPILED, HARMLESS, LEFT_OUT, PICTURES, SKIPPED
from tests.support.handed_in import code, whole
from tests.support.lesson import lesson_questions


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    opened = engine.start()
    assert opened.run_cell(Cell(0, IMPORTS), 60).message == ""
    yield opened
    opened.close()


IMPORTS = (
    "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
    "import matplotlib.pyplot as plt"
)
SOLUTIONS = {name: each.solution for name, each in lesson_questions().items()}


def graded(engine: Engine, folder: Path, *cells: Any, question: str = "q6", **more: Any) -> Grade:
    path = folder / "student_001.ipynb"
    check = code(f'grader.check("{question}")')
    path.write_text(json.dumps(whole(code(IMPORTS), *cells, check, **more)), "utf-8")
    grade, notebook = engine.grade(Submission("student_001", path))
    assert notebook and executed_notebook(notebook, grade)["cells"] and page(grade)
    return grade


def result(grade: Grade, question: str = "q6") -> Any:
    return next(each for each in grade.questions if each.question == question)


@pytest.mark.parametrize("what", SKIPPED)
def test_what_only_shows_loads_or_asks_is_skipped_and_noted(
    engine: Engine, tmp_path: Path, what: str
):
    grade = graded(engine, tmp_path, code(f"{SKIPPED[what]}\n{SOLUTIONS['q6']}"))
    assert result(grade).score == result(grade).max_score
    assert any(
        note.startswith("Skipped while grading") and "cell 2, line " in note for note in grade.notes
    )


@pytest.mark.parametrize("what", LEFT_OUT)
def test_a_line_that_fails_and_defines_nothing_is_left_out_and_the_rest_is_run(
    engine: Engine, tmp_path: Path, what: str
):
    grade = graded(engine, tmp_path, code(f"{LEFT_OUT[what]}\n{SOLUTIONS['q6']}"))
    assert result(grade).score == result(grade).max_score and not result(grade).review
    first = LEFT_OUT[what].splitlines()[0]
    told = [note for note in grade.notes if "was left out, and the rest of the cell was" in note]
    assert len(told) == 1 and told[0].startswith(f"cell 2, line 1: `{first}`")
    assert "Error: " in told[0]


def test_a_name_that_an_installed_package_lacks_is_told_as_such(engine: Engine, tmp_path: Path):
    grade = graded(
        engine,
        tmp_path,
        code("from torch.nn.functional import rectify\n\ndef relu(x):\n    return rectify(x)"),
    )
    messages = [case.message for case in result(grade).cases]
    assert any("cannot import name 'rectify' from 'torch.nn.functional'" in m for m in messages)
    told = " ".join([*messages, *grade.notes])
    assert "no package" not in told and "site-packages" not in told
    assert not result(grade).review


PLACES = """
import json, warnings
from IPython.display import display
print("printed", torch.__file__, json.__file__)
display([torch.__file__])
warnings.warn_explicit("shown", UserWarning, torch.__file__, 3)
torch.not_there
"""


def test_no_text_shows_where_things_stand_on_the_machine(engine: Engine, tmp_path: Path):
    path = tmp_path / "student_001.ipynb"
    answer = code("def relu(x):\n    raise ValueError(torch.__file__)")
    cells = (code(IMPORTS), code(PLACES), answer, code('grader.check("q6")'))
    path.write_text(json.dumps(whole(*cells)), "utf-8")
    grade, notebook = engine.grade(Submission("student_001", path))
    assert notebook
    texts = page(grade) + json.dumps(executed_notebook(notebook, grade)) + str(grade)
    assert "printed torch/__init__.py json/__init__.py" in texts
    assert "ValueError: torch/__init__.py" in texts and "torch/__init__.py:3" in texts
    assert str(PROJECT) not in texts and sys.base_prefix not in texts


@pytest.mark.parametrize("what", HARMLESS)
def test_output_that_is_gone_costs_nothing(engine: Engine, tmp_path: Path, what: str):
    grade = graded(
        engine,
        tmp_path,
        code(f"{HARMLESS[what]}\n{SOLUTIONS['q6']}\nprint('said')"),
        code("print('said again')"),
    )
    assert result(grade).score == result(grade).max_score
    assert [run.message for run in grade.cells[:3]] == ["", "", ""]
    assert "said again" in str(grade.cells[2].outputs)


@pytest.mark.parametrize("what", COMPILED)
def test_torch_compile_computes_without_compiling(engine: Engine, tmp_path: Path, what: str):
    grade = graded(engine, tmp_path, code(f"{SOLUTIONS['q6']}\n{COMPILED[what]}"))
    assert result(grade).score == result(grade).max_score
    assert any("calls torch.compile" in note for note in grade.notes)
    assert sum(run.seconds for run in grade.cells) < 20


@pytest.mark.parametrize("what", PICTURES)
def test_a_picture_stands_below_the_cell_that_draws_it(session: Session, what: str):
    ran = session.run_cell(Cell(1, PICTURES[what]), 60)
    assert [each for each in ran.outputs if "image/png" in each.get("data", {})]
    after = session.run_cell(Cell(2, "x = 1"), 60)
    assert not after.outputs


def test_each_shown_picture_is_one_of_its_own_and_a_captured_one_is_not_shown(session: Session):
    ran = session.run_cell(Cell(1, "for i in range(3):\n    plt.plot([1, i])\n    plt.show()"), 60)
    assert len({each["data"]["image/png"] for each in ran.outputs}) == 3
    assert not session.run_cell(Cell(2, "%%capture seen\nplt.plot([1, 2])\nprint(3)"), 60).outputs
    said = session.run_cell(Cell(3, "print(seen.stdout)"), 20).outputs
    assert said[0]["text"].strip() == "3"


NEEDS_PACKAGE = {
    "ends its cell": (
        "from no_such_package import nn as other\nclass Net(other.Module): pass\n"
        "def relu(x):\n    return Net()(x)\n"
    ),
    "is called in the answer": (
        "import no_such_package as other\ndef relu(x):\n    return other.maximum(x, 0) + 0\n"
        "def max_pool2d(x, kernel_size, stride=None):\n    return other.pool(x)\n"
    ),
    "is imported in the answer": (
        "def relu(x):\n    import no_such_package\n    return no_such_package.relu(x)\n"
        "def max_pool2d(x, kernel_size, stride=None):\n    return relu(x)\n"
    ),
}


@pytest.mark.parametrize("what", NEEDS_PACKAGE)
def test_an_answer_that_needs_a_missing_package_is_for_a_person_to_look_at(
    engine: Engine, tmp_path: Path, what: str
):
    grade = graded(engine, tmp_path, code(NEEDS_PACKAGE[what] + "# relu max_pool2d"))
    assert result(grade).score < result(grade).max_score
    assert "`no_such_package`" in result(grade).review
    assert "An instructor will look at this question" in page(grade)
    assert gradebook([grade]).splitlines()[1].endswith(",yes")
    others = [each.review for each in grade.questions if each.question != "q6"]
    assert set(others) == {""}


@pytest.mark.parametrize(("version", "review"), [("99.1.0", True), ("3.8.10", False), ("x", False)])
def test_what_only_a_newer_python_reads_is_for_a_person_to_look_at(
    engine: Engine, tmp_path: Path, version: str, review: bool
):
    cell = code(f"type Image from the future\n{SOLUTIONS['q6']}")
    metadata = {"language_info": {"name": "python", "version": version}}
    grade = graded(engine, tmp_path, cell, metadata=metadata)
    assert result(grade).score < result(grade).max_score
    assert ("written with Python 99.1, and" in result(grade).review) == review


def test_a_wrong_answer_beside_an_optional_package_is_no_case_for_a_person(
    engine: Engine, tmp_path: Path
):
    optional = "try:\n    import no_such_package\nexcept ImportError:\n    pass\n"
    wrong = "def relu(x):\n    return x\ndef max_pool2d(x, kernel_size, stride=None):\n    return x"
    grade = graded(engine, tmp_path, code("import no_such_package"), code(wrong))
    assert result(grade).score < result(grade).max_score and not result(grade).review
    grade = graded(engine, tmp_path, code(SOLUTIONS["q6"] + "\n" + optional))
    assert result(grade).score == result(grade).max_score and not gradebook([grade]).endswith(
        "yes\n"
    )


def test_a_progress_bar_and_a_logger_that_are_missing_stay_without_effect(session: Session):
    cell = (
        "import no_such_package as log\nfrom no_such_bars import track\n"
        "@log.timed\ndef total(numbers):\n    result = 0\n    with log.run(name='x') as run:\n"
        "        for number in track(numbers, description='adding'):\n"
        "            result += number\n            run.log({'loss': number})\n    return result"
    )
    assert session.run_cell(Cell(1, cell), 20).outcome is Outcome.PASSED
    assert session.fetch("total")([1, 2, 3]) == 6
    assert not {note for note in session.hindered if note.line > 2}


def test_an_error_in_what_a_question_asks_for_still_ends_its_cell(session: Session):
    for number, source in enumerate(
        ("x = undefined\ny = 1", "raise ValueError\ny = 1", "1 / 0"), 1
    ):
        assert session.run_cell(Cell(number, source), 20).outcome is Outcome.STUDENT_ERROR
    assert session.fetch("y") is None


def test_a_file_that_is_missing_in_the_answer_itself_still_ends_it(session: Session):
    cell = "def relu(x):\n    return open('no_such_file')\nrelu(1)\ny = relu(2)"
    ran = session.run_cell(Cell(1, cell + "\nif y is None:\n    raise ValueError('wrong')"), 20)
    assert ran.outcome is Outcome.STUDENT_ERROR and "NameError" in ran.message


def test_a_limit_that_is_reached_is_nothing_that_is_missing(session: Session):
    full = (
        "import errno\nfor _ in range(3):\n    raise OSError(errno.ENOSPC, 'disk full')\nafter = 1"
    )
    ran = session.run_cell(Cell(1, full), 20)
    assert ran.outcome is Outcome.STUDENT_ERROR
    assert "disk full" in ran.message
