"""Packages that students may import: installed where they are graded, listed, free at start."""

import re
import tomllib

from autograder.judge.engine import Engine
from autograder.paths import PROJECT
from autograder.records import Cell, Outcome
from tests.support.assignments import LESSON

STUDENT = LESSON.folder / "student"
FROM_TORCH = {"tqdm"}
"""Packages that torch itself imports where they are installed (torch.hub shows a bar)."""
USES = {
    "cv2": "cv2.filter2D(numpy.eye(5), -1, numpy.ones((3, 3)))",
    "einops": "einops.rearrange(torch.zeros(1, 2, 3, 4), 'b c h w -> b (c h w)')",
    "pandas": "pandas.DataFrame({'loss': [1.0, 0.5]}).describe()",
    "PIL": "import PIL.Image\nPIL.Image.fromarray(numpy.zeros((28, 28), 'uint8')).resize((14, 14))",
    "scipy": "from scipy.signal import correlate2d\ncorrelate2d(numpy.eye(5), numpy.eye(3))",
    "seaborn": "seaborn.heatmap(numpy.eye(3), annot=True)",
    "skimage": "from skimage.measure import block_reduce\nblock_reduce(numpy.eye(4), 2, numpy.max)",
    "sklearn": "import sklearn.metrics\nsklearn.metrics.confusion_matrix([0, 1, 1], [0, 1, 0])",
    "tensorboard": (
        "from torch.utils.tensorboard import SummaryWriter\n"
        "with SummaryWriter('runs/first') as writer:\n"
        "    writer.add_scalar('loss', 0.5, 1)\n"
        "    writer.add_graph(torch.nn.Linear(2, 1), torch.zeros(1, 2))"
    ),
    "torchinfo": "print(torchinfo.summary(torch.nn.Conv2d(1, 8, 3), (1, 1, 28, 28)))",
    "torchmetrics": (
        "metric = torchmetrics.Accuracy('multiclass', num_classes=10)\n"
        "metric(torch.rand(4, 10), torch.arange(4))"
    ),
    "torchsummary": (
        "torchsummary.summary(torch.nn.Sequential(torch.nn.Linear(2, 1)), (1, 2), device='cpu')"
    ),
    "torchvision": "torchvision.transforms.ToTensor()(numpy.zeros((28, 28, 1), 'uint8'))",
    "tqdm": (
        "import tqdm.auto, tqdm.notebook\n"
        "for module in (tqdm, tqdm.auto, tqdm.notebook):\n"
        "    assert sum(module.tqdm(range(100))) == 4950\n"
        "    assert sum(module.trange(10)) == 45"
    ),
}


def listed() -> list[str]:
    """Import names, as the student README lists them."""
    text = (STUDENT / "README.md").read_text("utf-8")
    passage = re.search(r"installed where your work is graded:(.*?)Nothing", text, re.DOTALL)
    assert passage
    return re.findall(r"`(\w+)`", passage[1])


def test_every_package_that_the_student_pages_list_works_in_a_sandbox(engine: Engine):
    assert sorted(listed(), key=str.lower) == listed() and set(listed()) == set(USES)
    session = engine.start()
    try:
        for index, name in enumerate(listed()):
            source = f"import numpy, torch, {name}\n{USES[name]}"
            ran = session.run_cell(Cell(index, source), 100)
            assert ran.outcome is Outcome.PASSED, f"{name}: {ran.message}"
    finally:
        session.close()


def test_no_package_is_imported_before_an_answer_asks_for_it(engine: Engine):
    names = set(listed()) - {"PIL", "torchvision"} - FROM_TORCH
    session = engine.start()
    try:
        source = (
            f"import sys\nfound = sorted({names} & {{n.partition('.')[0] for n in sys.modules}})"
        )
        assert session.run_cell(Cell(0, source), 20).outcome is Outcome.PASSED
        assert session.fetch("found") == []
    finally:
        session.close()


def test_the_requirements_offer_students_what_the_kit_installs_for_them():
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    installed = set(settings["project"]["optional-dependencies"]["cnn"])
    offered = re.findall(r"^# ([\w-]+>=\S+)$", (STUDENT / "requirements.txt").read_text(), re.M)
    assert offered == sorted(offered) and len(offered) == len(USES) - len({"PIL", "torchvision"})
    assert set(offered) <= installed
    assert [each.split(">=")[0] for each in offered] == list(LESSON.course.packages)
