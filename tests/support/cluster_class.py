"""A little class, graded here and on a cluster: what the tests of the cluster share."""

import json
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from autograder.classroom.groups import ClassOfGroups
from autograder.classroom.isolation import Requirement
from autograder.classroom.run import Setup, Where, grade_and_tell, here
from autograder.classroom.views import Views
from autograder.cluster.place import Place
from autograder.course.assignment import read_assignment
from autograder.course.build.products import ensure_built
from autograder.intake.folder import collect
from autograder.intake.lms.collected import Collected
from autograder.judge.start import seed_for
from autograder.store.store import Store
from tests.support import small_assignment

SLOW = "import time\ntime.sleep(2)"


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    """A little assignment without a package: an engine for it stands after a second."""
    place = tmp_path_factory.mktemp("assignment")
    cells = [
        (kind, text.replace("[cnnlab, data]", "[data]")) for kind, text in small_assignment.cells()
    ]
    folder = small_assignment.write_assignment(place / "small", cells)
    shutil.rmtree(folder / "cnnlab")
    (folder / "course.toml").write_text(small_assignment.COURSE.replace('package = "cnnlab"', ""))
    made = read_assignment(folder)
    built = ensure_built(made, place / "build")
    return Setup(made.course, built, "cpu", seed_for(built), Requirement(3))


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory, setup: Setup) -> Path:
    """A class: right, blank, slow, unreadable, in a folder, with a cell that ends its process."""
    folder = tmp_path_factory.mktemp("class")
    solved = setup.built.solution.read_text()
    (folder / "student_001.ipynb").write_text(solved)
    (folder / "student_002.ipynb").write_text(setup.built.released.read_text())
    (folder / "student_003.ipynb").write_text(with_cell(solved, SLOW))
    (folder / "student_004.ipynb").write_text("{")
    (folder / "student_005").mkdir()
    (folder / "student_005" / "mine.ipynb").write_text(solved)
    (folder / "student_005" / "link").symlink_to("/etc/hostname")
    (folder / "student_006.ipynb").write_text(with_cell(solved, "import os\nos._exit(1)"))
    return folder


def with_cell(notebook: str, source: str) -> str:
    document = json.loads(notebook)
    cell = {"cell_type": "code", "id": "own", "metadata": {}, "source": source}
    document["cells"].insert(1, cell | {"outputs": [], "execution_count": None})
    return json.dumps(document)


def graded(setup: Setup, where: Where, students: Path, folder: Path) -> bytes:
    """The gradebook of the class in `students`."""
    store = Store(folder)
    found = Collected("", tuple(collect(students)))
    grade_and_tell(setup, ClassOfGroups(found, {}, None), Views(store, setup.showing), where)
    store.close()
    return (folder / "gradebook.csv").read_bytes()


@pytest.fixture(scope="module")
def expected(setup: Setup, students: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The gradebook as threads of this process make it."""
    gradebook = graded(setup, here(2), students, tmp_path_factory.mktemp("here"))
    assert [line.split(b",")[2] for line in gradebook.splitlines()[1:]] == [
        *(b"completed", b"completed", b"completed", b"unreadable", b"completed", b"crashed"),
    ]
    return gradebook


@pytest.fixture(scope="module")
def cluster() -> Generator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as started:
        yield started


@pytest.fixture
def place(cluster: LocalCluster) -> Place:
    return Place("scheduler", cluster.scheduler_address)


def processes(client: Client) -> dict[str, int]:
    """The processes of the workers, by address."""
    return client.run(lambda: os.getpid())  # of `os.getpid` itself Dask has to parse the signature


def busy(client: Client) -> list[int]:
    """The processes of the workers that run a task now."""
    pids = processes(client)
    return [pids[address] for address, tasks in client.processing().items() if tasks]
