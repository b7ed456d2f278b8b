"""A solved notebook with a line about the computer in every answer cell, as students leave them."""

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.course.build.products import ensure_built
from autograder.judge.start import open_engine
from autograder.paths import PROJECT
from autograder.records import Grade, Notebook, Submission
from autograder.reports.executed import executed_notebook
from tests.support.assignments import LESSON
from tests.support.handed_in import code
from tests.support.lesson import lesson_questions

LINES = {
    "q1": "from tqdm import tqdm\n%matplotlib widget",
    "q2": "from sklearn.metrics import accuracy_score\nfrom google.colab import files",
    "q3": "%load_ext tensorboard\n%tensorboard --logdir runs",
    "q4": "from torch.utils.tensorboard import SummaryWriter\nwriter = SummaryWriter()",
    "q5": "from google.colab import drive\ndrive.mount('/content/drive')",
    "q6": "import matplotlib; matplotlib.use('TkAgg')",
    "q7": "%watermark -v\n%autoreload 2\n!nvidia-smi",
    "q8": "torch.set_default_tensor_type('torch.cuda.FloatTensor')",
    "q9": "w = torch.cuda.FloatTensor([1.0])\n%cd /content/drive/MyDrive",
    "q10": "s = torch.cuda.Event(enable_timing=True); s.record()",
    "q11": "print(torch.cuda.get_device_properties(0), torch.cuda.memory_summary())",
    "q13": "torch.mps.empty_cache()\n!pip install -q torchviz",
    "q14": "from IPython.display import display, HTML, clear_output\nclear_output(wait=True)",
    "q15": "import os; os.environ['CUDA_VISIBLE_DEVICES'] = '0'\ntorch.cuda.manual_seed_all(0)",
    "q16": "import warnings; warnings.filterwarnings('ignore')\nimport wandb",
    "q17": "import sys\nsys.stdout = None",
}
DRAWN = (
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()",
)
TRAINED = ("q12", "q18")
"""Questions whose answers take long to run, and say nothing here."""


def _notebook() -> dict[str, Any]:
    notebook = json.loads((PROJECT / "student_release" / "cnn.ipynb").read_text("utf-8"))
    cells = notebook["cells"]
    solutions = {name: each.solution for name, each in lesson_questions().items()}
    for place, cell in enumerate(cells):
        if cell["cell_type"] == "code" and "".join(cell["source"]).startswith("grader.check("):
            name = "".join(cell["source"]).split('"')[1]
            if name not in TRAINED:
                end = "\nmanual_convolution2d = torch.compile(manual_convolution2d)" * (
                    name == "q1"
                )
                cells[place - 1]["source"] = f"{LINES.get(name, '')}\n{solutions[name]}{end}"
    cells[5:5] = [code(source) for source in DRAWN]
    return notebook


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Grade, Notebook]:
    path: Path = tmp_path_factory.mktemp("class") / "student_001.ipynb"
    path.write_text(json.dumps(_notebook()), "utf-8")
    built, course = ensure_built(LESSON), LESSON.course
    with open_engine(course, built, "cpu", seed=1) as engine:
        grade, notebook = engine.grade(Submission("student_001", path))
    assert notebook
    return grade, notebook


def test_no_line_about_the_computer_costs_a_point(graded: tuple[Grade, Notebook]) -> None:
    results = {each.question: each for each in graded[0].questions if each.question not in TRAINED}
    lost = {name: each.cases for name, each in results.items() if each.score < each.max_score}
    assert lost == {} and set(results) >= set(LINES)


def test_every_picture_stands_below_its_cell(graded: tuple[Grade, Notebook]) -> None:
    grade, notebook = graded
    cells = executed_notebook(notebook, grade)["cells"]
    drawn = [cell for cell in cells if cell["source"] in DRAWN]
    assert [
        any("image/png" in output.get("data", {}) for output in cell["outputs"]) for cell in drawn
    ] == [True, True]
