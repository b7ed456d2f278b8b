"""A mistake in one question costs no question that builds on it: right answers are lent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.course.build.master import read_master
from autograder.course.build.products import ensure_built
from autograder.course.plant import solutions, student_notebook, with_answers, write_notebook
from autograder.judge.engine import Engine
from autograder.judge.lending import Loan, useful_loans
from autograder.judge.score import Question, load_questions
from autograder.judge.start import open_engine
from autograder.paths import PROJECT
from autograder.records import Cell, Grade, Outcome, QuestionResult, Submission
from proofs.verify.recipes import read_chained
from tests.support.assignments import LESSON

pytestmark = pytest.mark.slow
CHAINED = read_chained(PROJECT / "tests" / "submissions")
WEIGHTS = "model = SimpleCNN().to(device)\nmodel(torch.zeros(1, 1, 28, 28, device=device))"
TRAINED = f"""
torch.manual_seed(3)
{WEIGHTS}
optimizer = optim.Adam(model.parameters())
one_cycle(optimizer, max_lr=2e-2, steps=len(train_loader))
train_one_epoch(model, train_loader, nn.CrossEntropyLoss(), optimizer, device)
reported_accuracy = evaluate(model, validation_loader, device)
"""
EMPTY = "class SimpleCNN(nn.Module):\n    pass"
UNTRAINED = {"q12": "model = ...", "q18": "best_model = ..."}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    built = ensure_built(LESSON)
    with open_engine(LESSON.course, built, "cpu", 2025) as engine:
        yield engine


def grade(engine: Engine, folder: Path, answers: dict[str, str]) -> Grade:
    solved = solutions(read_master(LESSON.master))
    own = {name: text for name, text in CHAINED.items() if name not in UNTRAINED}
    blank = student_notebook(ensure_built(LESSON))
    file = folder / "chained.ipynb"
    write_notebook(with_answers(blank, {**solved, **own, **UNTRAINED, **answers}), file)
    return engine.grade(Submission("student_001", file))[0]


def lost(grade: Grade) -> set[str]:
    return {each.question for each in grade.questions if each.score < each.max_score}


@pytest.mark.parametrize(
    ("answers", "own"),
    [
        ({}, set[str]()),
        ({"q1": "def manual_convolution2d(image, kernel):\n    return image * 0"}, {"q1"}),
        ({"q1": "manual_convolution2d = ...", "q8": EMPTY}, {"q1", "q8"}),
        ({"q1": "def manual_convolution2d(image, kernel):\n    return kernel +"}, {"q1"}),
        ({"q3": "def conv_output_size(n, kernel_size, stride=1, padding=0): return n"}, {"q3"}),
    ],
    ids=["nothing", "q1 wrong", "q1 missing and q8 empty", "q1 not Python", "q3 wrong"],
)
def test_questions_that_build_on_a_wrong_answer_keep_their_points(
    engine: Engine, tmp_path: Path, answers: dict[str, str], own: set[str]
) -> None:
    found = grade(engine, tmp_path, answers)
    assert lost(found) == {"q12", "q18"} | own
    told = "right answer in the place of" in " ".join(found.notes)
    assert told == bool(own)


def test_a_training_with_wrong_functions_is_run_again_with_right_ones(
    engine: Engine, tmp_path: Path
) -> None:
    wrong = {
        "q8": "class SimpleCNN(nn.Module):\n    def forward(self, x):\n        return x",
        "q10": "def train_one_epoch(model, loader, criterion, optimizer, device):\n    return 0.0",
        "q11": "def evaluate(model, loader, device):\n    return 0.5",
        "q12": TRAINED,
    }
    found = grade(engine, tmp_path, wrong)
    assert lost(found) == {"q8", "q10", "q11", "q18"}


def test_what_was_lent_is_gone_when_the_next_cell_runs(engine: Engine, tmp_path: Path) -> None:
    wrong = {
        "q1": "def manual_convolution2d(image, kernel):\n    return 'mine'",
        "q16": "assert manual_convolution2d(1, 2) == 'mine'\n"
        + solutions(read_master(LESSON.master))["q16"],
    }
    assert lost(grade(engine, tmp_path, wrong)) == {"q1", "q12", "q18"}


def test_an_own_mistake_in_a_question_that_builds_on_another_still_costs(
    engine: Engine, tmp_path: Path
) -> None:
    wrong = {
        "q1": "manual_convolution2d = ...",
        "q7": CHAINED["q7"].replace("+ shift", ""),
    }
    found = grade(engine, tmp_path, wrong)
    assert lost(found) == {"q1", "q7", "q12", "q18"}
    messages = [case.message for each in found.questions for case in each.cases if case.message]
    q7 = " ".join(message for message in messages if "conv2d_multichannel" in message)
    assert "bias" in q7 or "NoneType" not in q7


TEST_FILE = '''
from otter.test_files import test_case
OK_FORMAT = False
name = "{name}"
points = 1

@test_case(hidden=False)
def test_it({answer}):
    """It"""
'''


def _question(folder: Path, name: str, answer: str) -> Question:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(TEST_FILE.format(name=name, answer=answer))
    return next(each for each in load_questions(folder) if each.id == name)


@pytest.mark.parametrize(
    ("source", "builds"),
    [
        ("def caller():\n    return first()", True),
        ("caller = helper", True),  # a helper of another cell calls it
        ("%matplotlib inline\ncaller = first", True),
        ("def caller(:\n  first", True),  # not Python: any word may be a use
        ("def caller():\n    '''Like first, but better.'''\n    return 1", False),
        ("def caller():\n    first = 1  # not that of q1\n    first2 = 2", False),
    ],
)
def test_a_question_builds_on_what_its_code_and_the_cells_behind_it_use(
    tmp_path: Path, source: str, builds: bool
) -> None:
    second = _question(tmp_path / "tests", "q2", "caller")
    cells = [
        Cell(0, "def first():\n    return 0", answers="q1"),
        Cell(1, "def helper():\n    return first()"),
        Cell(2, source, answers="q2"),
    ]
    loan = Loan("q1", frozenset({"first"}), "def first():\n    return 1")
    broken = {"q1": _result(0.0)}
    assert bool(useful_loans(second, cells, broken, [loan])) == builds
    assert not useful_loans(second, cells, {"q1": _result(1.0)}, [loan])
    assert not useful_loans(second, cells, {}, [loan])


def _result(score: float) -> QuestionResult:
    return QuestionResult("q1", score, 1.0, Outcome.FAILED, ())


def test_what_stands_between_a_wrong_answer_and_a_question_is_lent_too(tmp_path: Path) -> None:
    second = _question(tmp_path, "q2", "second")
    cells = [
        Cell(0, "class first: pass", answers="q1"),
        Cell(1, "model = first()", answers="q3"),
        Cell(2, "other = 5", answers="q4"),
        Cell(3, "second = model\nprint(other)", answers="q2"),
    ]
    loans = [Loan(f"q{n}", frozenset({name}), "") for n, name in ((1, "first"), (3, "model"))]
    unlike = Loan("q4", frozenset({"other"}), "")
    results = {"q1": _result(0.5), "q3": _result(1.0), "q4": _result(1.0)}
    assert useful_loans(second, cells, results, [*loans, unlike]) == loans
