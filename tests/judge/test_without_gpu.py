"""A notebook written for a GPU is graded on the CPU, with a note, where there is no GPU."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.judge.engine import Engine
from autograder.judge.session import Session
from autograder.paths import PROJECT
from autograder.records import Cell, Grade, Outcome, Submission
from tests.support.handed_in import code, whole
from tests.support.lesson import lesson_questions

ON_THE_CPU = {
    "tensors are made": "x = torch.zeros(2, device='cuda')",
    "tensors are made from numbers": "x = torch.tensor([1., 2.], device=torch.device('cuda', 0))",
    "tensors are made like others": "x = torch.zeros(2).new_ones(2, device='cuda:0')",
    "tensors are moved": "x = torch.zeros(2).to('cuda:0', non_blocking=True)",
    "tensors are moved by name": "x = torch.zeros(2).to(device=0)",
    "tensors are sent": "x = torch.zeros(2).cuda(non_blocking=True)",
    "a network is sent": "x = nn.Linear(2, 1).cuda()(torch.zeros(3, 2).cuda())",
    "a network is moved": "x = nn.Linear(2, 1).to('cuda')(torch.zeros(3, 2).to(torch.device(0)))",
    "a lazy network is moved": "x = nn.LazyLinear(2).to('cuda')(torch.zeros(3, 2).cuda())",
    "a lazy network is sent": "x = nn.LazyLinear(2).cuda()(torch.zeros(3, 2))",
    "layers are made": "x = nn.Conv2d(1, 1, 3, device='cuda').weight",
    "a device is in force": "with torch.device('cuda'):\n    x = torch.rand(2)",
    "a device is the default": (
        "torch.set_default_device('cuda')\nx = torch.rand(2)\ntorch.set_default_device(None)"
    ),
    "random numbers are drawn": (
        "x = torch.rand(2, device='cuda', generator=torch.Generator(device='cuda'))"
    ),
    "a file is read": (
        "torch.save(torch.ones(2), 'x.pt')\nx = torch.load('x.pt', map_location='cuda:0')"
    ),
    "time is measured": "torch.cuda.synchronize()\nx = torch.zeros(2)",
    "precision is mixed": (
        "with torch.autocast('cuda', dtype=torch.float16):\n    x = torch.zeros(2, 2).cuda() @ "
        "torch.ones(2, 2, device='cuda')"
    ),
    "it is a Mac's": "x = torch.zeros(2).to('mps')",
    "another maker's tensors are sent": "x = torch.zeros(2).xpu()",
    "a Mac's memory is emptied": "torch.mps.empty_cache()\nx = torch.ones(1)",
    "a type is named": "x = torch.zeros(2).type('torch.cuda.FloatTensor')",
    "a type is given": "x = torch.zeros(2).type(torch.cuda.LongTensor)",
    "a type is called": "x = torch.cuda.FloatTensor([1.0, 2.0])",
    "a network gets a type": "x = nn.Linear(2, 1).type(torch.cuda.DoubleTensor).weight",
    "a type is the default": (
        "torch.set_default_tensor_type('torch.cuda.FloatTensor')\nx = torch.rand(2) + torch.ones(2)"
    ),
    "an event is recorded": (
        "start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))\n"
        "start.record()\nx = torch.zeros(2)\nend.record()\nend.synchronize()\n"
        "assert start.elapsed_time(end) >= 0"
    ),
    "a stream is used": (
        "with torch.cuda.stream(torch.cuda.Stream()):\n    x = torch.zeros(2)\n"
        "torch.cuda.current_stream().synchronize()"
    ),
    "a GPU is chosen": "with torch.cuda.device(0):\n    x = torch.zeros(2)",
    "properties are printed": (
        "p = torch.cuda.get_device_properties(0)\n"
        "print(f'{p.name}: {p.total_memory / 1e9:.1f} GB, {p.multi_processor_count:d}')\n"
        "major, minor = torch.cuda.get_device_capability()\nfree, all = torch.cuda.mem_get_info()\n"
        "print(major, minor, free / all, torch.cuda.get_device_name(0))\nx = torch.zeros(2)"
    ),
    "memory is pinned": "x = torch.zeros(2, pin_memory=True).pin_memory()",
    "a storage is moved": (
        "torch.save(torch.ones(2), 'x.pt')\n"
        "x = torch.load('x.pt', map_location=lambda storage, place: storage.cuda())"
    ),
    "other functions make tensors": "x = torch.hann_window(4, device='cuda')",
    "gradients go through": (
        "w = torch.ones(2, requires_grad=True)\nw.cuda().sum().backward()\nx = w.grad"
    ),
}
UNNAMED = {
    "a number is a GPU": "steps.append(1)\nx = torch.zeros(2).to(0)",
    "the name is put together": "x = torch.zeros(2, device='cu' + 'da')",
    "what makes generators is told": "x = torch.rand(2, generator=torch.Generator('cu' + 'da'))",
}
"""Cells whose text names no GPU, at least not as a word."""
SAME = """
import inspect, pickle
functions, methods = torch._C._VariableFunctions, torch._C.TensorBase
same = {name: getattr(torch, name) is getattr(functions, name) for name in ["zeros", "ones", "eye"]}
same |= {name: getattr(torch.Tensor, name) is getattr(methods, name) for name in gpu}
same |= {name: getattr(torch, name) is getattr(torch._C, name) for name in ["device", "Generator"]}
same["pickled"] = all(pickle.loads(pickle.dumps(f)) is f for f in (torch.zeros, nn.Linear))
same["signature"] = list(inspect.signature(nn.Module.to).parameters) == ["self", "args", "kwargs"]
same["builtin"] = type(torch.zeros) is type(len)
same["module"] = nn.Module.to.__module__ == torch.device.__module__ + ".nn.modules.module"

@torch.jit.script
def padded(image: torch.Tensor, device: torch.device):
    made = torch.zeros([image.size(0) + 2, image.size(1) + 2], device=device)
    made[1:-1, 1:-1] = image.to(made.device)
    return made

x = padded(torch.ones(2, 2), torch.device("cpu"))
"""
NO_GPU_ASKED = {
    "a device is chosen": "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n"
    "x = torch.zeros(2, device=device).to(device)",
    "another device is meant": "x = torch.zeros(2, device='meta').to(torch.device('meta'))",
    "a lazy network is moved": "x = nn.LazyLinear(2).to('cpu')(torch.zeros(3, 2).to('cpu'))",
    "a network is copied, saved and read": (
        "import copy\nx = copy.deepcopy(nn.Conv2d(1, 1, 3).to('cpu'))\n"
        "torch.save(x, 'x.pt')\nx = torch.load('x.pt', weights_only=False).to(torch.float64)"
    ),
    "functions are transformed": (
        "x = torch.func.vmap(torch.func.grad(lambda v: v.to(torch.float64).sum()))"
        "(torch.ones(2, 3))"
    ),
    "a network is averaged": (
        "from torch.optim.swa_utils import AveragedModel\n"
        "x = AveragedModel(nn.Linear(2, 2).to('cpu'))"
    ),
    "a tensor is a subclass": (
        "class Image(torch.Tensor): pass\nx = torch.zeros(2).as_subclass(Image).to(torch.int64)\n"
        "assert type(x) is Image"
    ),
    "a network is traced": "x = torch.jit.trace(nn.Linear(2, 2).to('cpu'), torch.zeros(1, 2))",
    "types are changed": "x = torch.zeros(2).to(torch.int64).to(torch.zeros(1))",
    "devices are compared": "x = torch.device('cpu', 0)\n"
    "assert isinstance(x, torch.device) and x == torch.device(type='cpu', index=0)",
    "meta is in force": "with torch.device('meta'):\n    assert torch.zeros(2).is_meta",
}
MOVES = re.compile(r"\.to\(device\b[^)]*\)")
HARD_CODED = [
    ("q8", "`forward` works on one device only"),
    ("q10", "were not moved to `device`"),
    ("q11", "were not moved to `device`"),
]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    opened = engine.start()
    assert opened.run_cell(Cell(0, "import torch\nfrom torch import nn"), 20).message == ""
    yield opened
    opened.close()


def graded(engine: Engine, folder: Path, notebook: dict[str, Any]) -> Grade:
    path = folder / "student_001.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return engine.grade(Submission("student_001", path))[0]


def test_code_for_a_gpu_computes_on_the_cpu_and_its_cell_is_noted(session: Session):
    for number, (what, source) in enumerate(ON_THE_CPU.items(), start=2):
        ran = session.run_cell(Cell(number - 1, source), 20)
        assert ran.outcome is Outcome.PASSED, f"{what}: {ran.message}"
        assert session.fetch("x").device == torch.device("cpu"), what
        assert number in session.gpu_cells, what


def test_code_for_other_devices_is_left_alone(session: Session):
    for number, (what, source) in enumerate(NO_GPU_ASKED.items(), start=2):
        ran = session.run_cell(Cell(number - 1, source), 20)
        assert ran.outcome is Outcome.PASSED, f"{what}: {ran.message}"
        assert session.gpu_cells == set(), what


def test_torchs_own_functions_are_what_a_student_expects(session: Session):
    before = "gpu = ['to', 'type', 'new_zeros', 'c' + 'uda']"
    assert session.run_cell(Cell(1, before), 20).message == ""
    assert session.run_cell(Cell(2, SAME), 60).message == ""
    same = session.fetch("same")
    assert len(same) == 13 and [what for what in same if not same[what]] == []
    assert session.fetch("x").sum() == 4
    assert session.gpu_cells == set()


@pytest.mark.parametrize("what", UNNAMED)
def test_a_cell_that_asks_without_naming_a_gpu_is_run_again(engine: Engine, what: str):
    session = engine.start()
    before = "import torch\nfrom torch import nn\nsteps = []"
    try:
        assert session.run_cell(Cell(0, before), 20).message == ""
        ran = session.run_cell(Cell(1, UNNAMED[what]), 20)
        assert ran.outcome is Outcome.PASSED, ran.message
        assert session.fetch("x").device == torch.device("cpu")
        assert session.gpu_cells == {2}
    finally:
        session.close()


def test_a_call_that_asks_without_naming_a_gpu_is_made_again(session: Session):
    session.run_cell(Cell(1, "def double(x):\n    return 2 * x.to(0)"), 20)
    assert session.fetch("double")(torch.ones(2)).tolist() == [2, 2]
    assert session.gpu_cells == {2}


def test_a_function_is_noted_under_the_cell_in_which_it_stands(session: Session):
    session.run_cell(Cell(6, "def double(x):\n    return 2 * x.cuda()"), 20)
    assert session.fetch("double")(torch.ones(2)).tolist() == [2, 2]
    assert session.gpu_cells == {7}


def test_a_whole_notebook_written_for_a_gpu_gets_full_marks_and_a_note(
    engine: Engine, tmp_path: Path
):
    notebook = json.loads((PROJECT / "solutions" / "cnn.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("cnnlab.device.pick()", "'cuda'")
    grade = graded(engine, tmp_path, notebook)
    assert {q.question: q.score for q in grade.questions if q.score < q.max_score} == {}
    assert any("for a GPU" in note and "the CPU was used" in note for note in grade.notes)


@pytest.mark.parametrize(("question", "told"), HARD_CODED)
def test_a_gpu_written_into_a_function_that_is_given_its_device_still_costs_points(
    engine: Engine, tmp_path: Path, question: str, told: str
):
    solution = lesson_questions()[question].solution
    answer = MOVES.sub('.to("cuda")', solution).replace("(self.conv1(x)", "(self.conv1(x.cuda())")
    assert answer != solution
    imports = code("import torch\nfrom torch import nn\nimport torch.nn.functional as F")
    check = code(f'grader.check("{question}")')
    grade = graded(engine, tmp_path, whole(imports, code(answer), check))
    result = next(each for each in grade.questions if each.question == question)
    assert 0 < result.score < result.max_score
    assert any(told in case.message for case in result.cases)
    assert any(note.startswith("Cell 2: asks for a GPU") for note in grade.notes)
