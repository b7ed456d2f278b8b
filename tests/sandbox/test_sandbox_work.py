"""What students may do must work in a sandbox as it does at home."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.launch import Sandbox, Zygote
from tests.support.sandbox_helpers import TIERS, linux_root, small_policy
from tests.support.sandbox_probe import Refused, ask

pytestmark = linux_root
PRELOAD = (
    *("numpy", "torch", "torch.utils.data", "torch._dynamo", "matplotlib.pyplot"),
    "autograder.inside.for_torch",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "numbers.txt").write_text("1 2 3")
    return folder


@pytest.fixture(scope="module", params=TIERS)
def torch_zygote(request: pytest.FixtureRequest, data: Path) -> Iterator[Zygote]:
    policy = small_policy(
        request.param,
        preload=PRELOAD,
        memory_megabytes=1024,
        data=((str(data), "data"),),
        environment=(("NUMBERS", "{work}/data/numbers.txt"),),
    )
    with Zygote(policy) as started:
        yield started


@pytest.fixture
def sandbox(torch_zygote: Zygote) -> Iterator[Sandbox]:
    with torch_zygote.spawn() as spawned:
        yield spawned


def test_a_network_can_be_trained(sandbox: Sandbox):
    code = """
import torch
model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(2704, 10))
optimizer = torch.optim.Adam(model.parameters())
for _ in range(3):
    loss = torch.nn.functional.cross_entropy(model(torch.rand(8, 1, 28, 28)), torch.arange(8))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
seen = [loss.item() > 0, torch.get_num_threads()]
"""
    assert ask(sandbox.channel, code, seconds=60) == [True, 1]


def test_data_loader_workers_run(sandbox: Sandbox):
    code = """
import torch
from torch.utils.data import DataLoader, TensorDataset
loader = DataLoader(TensorDataset(torch.arange(64.0)), batch_size=16, num_workers=2)
seen = sum(batch[0].sum().item() for batch in loader)
"""
    assert ask(sandbox.channel, code, seconds=60) == sum(range(64))


def test_programs_can_be_started(sandbox: Sandbox):
    code = "import subprocess; seen = subprocess.check_output(['echo', 'hello'], text=True)"
    assert ask(sandbox.channel, code) == "hello\n"


def test_threads_run(sandbox: Sandbox):
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(4) as pool:
    seen = list(pool.map(abs, [-1, -2]))
"""
    assert ask(sandbox.channel, code) == [1, 2]


def test_figures_can_be_drawn_and_saved(sandbox: Sandbox):
    code = """
import os
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.title("A figure")
plt.savefig("figure.png")
seen = os.path.getsize("figure.png")
"""
    assert ask(sandbox.channel, code) > 1000


def test_installed_modules_can_be_imported_later(sandbox: Sandbox):
    code = "import sys; seen = 'torchvision' in sys.modules; import torchvision"
    assert ask(sandbox.channel, code, seconds=60) is False


def test_standard_modules_can_be_imported_later(sandbox: Sandbox):
    code = "import sqlite3, xml.dom.minidom, wave, shelve, uuid; seen = len(uuid.uuid4().hex)"
    assert ask(sandbox.channel, code) == 32


def test_modules_in_the_working_folder_are_found_last(sandbox: Sandbox):
    code = """
for name in ("helpers", "torch", "wave"):
    with open(f"{name}.py", "w") as file:
        file.write("mine = True")
import helpers, wave
seen = [helpers.mine, hasattr(wave, "mine")]
"""
    assert ask(sandbox.channel, code) == [True, False]


def test_the_working_folder_is_empty_but_for_the_data(sandbox: Sandbox):
    assert ask(sandbox.channel, "import os; seen = os.listdir('.')") == ["data"]


def test_data_can_be_read_by_its_relative_path(sandbox: Sandbox):
    assert ask(sandbox.channel, "seen = open('data/numbers.txt').read()") == "1 2 3"


def test_data_can_be_found_by_an_environment_variable(sandbox: Sandbox):
    code = "import os; os.chdir('/'); seen = open(os.environ['NUMBERS']).read()"
    assert ask(sandbox.channel, code) == "1 2 3"


def test_data_cannot_be_changed(sandbox: Sandbox, data: Path):
    for code in ("open('data/numbers.txt', 'w')", "open('data/new.txt', 'w')"):
        with pytest.raises(Refused):
            ask(sandbox.channel, code)
    assert os.listdir(data) == ["numbers.txt"]


def test_temporary_files_can_be_made(sandbox: Sandbox):
    code = """
import tempfile
with tempfile.NamedTemporaryFile() as file:
    file.write(b"x")
    seen = file.name
"""
    assert "/tmp" in ask(sandbox.channel, code)


def test_standard_input_is_empty(sandbox: Sandbox):
    assert ask(sandbox.channel, "import sys; seen = sys.stdin.read()") == ""


def test_the_user_has_a_name(sandbox: Sandbox):
    assert ask(sandbox.channel, "import getpass; seen = getpass.getuser()") == "student"


def test_torch_random_numbers_differ_between_sandboxes(torch_zygote: Zygote):
    code = "import torch; seen = torch.rand(1).item()"
    with torch_zygote.spawn() as first, torch_zygote.spawn() as second:
        assert ask(first.channel, code) != ask(second.channel, code)
