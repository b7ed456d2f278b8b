"""The zip for Gradescope: complete, without solutions, and the same bytes each time."""

import json
import re
import subprocess
import tomllib
import zipfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from autograder.course.assignment import read_assignment
from autograder.course.build.products import build, ensure_built
from autograder.gradescope.importable import import_preloaded
from autograder.gradescope.lock import cpu_lock
from autograder.gradescope.needed import needed_packages
from autograder.gradescope.package import write_package
from autograder.paths import PROJECT
from tests.support import small_assignment as small
from tests.support.assignments import LESSON

SETUP = PROJECT / "autograder" / "gradescope" / "setup.sh"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("package") / "autograder.zip"
    write_package(PROJECT, ensure_built(LESSON), target)
    return target


def test_two_packages_of_one_source_are_equal(package: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    write_package(PROJECT, ensure_built(LESSON), again)
    assert again.read_bytes() == package.read_bytes()


def test_the_scripts_stand_at_the_root_and_can_be_run(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert {modes["setup.sh"], modes["run_autograder"]} == {0o100755}
    assert modes["autograder/judge/engine.py"] == 0o100644


def test_all_that_grading_needs_is_in_it_and_no_solution(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        names = set(archive.namelist())
    assert {
        "requirements.lock",
        "assignment/course.toml",
        "assignment/cnnlab/data.py",
        "assignment/data/mnist.npz",
        "autograder/reports/feedback.html.j2",
        "autograder/gradescope/grade_one.py",
        "build/assignment/hidden_tests/q1.py",
        "build/assignment/sandbox_data/mnist.npz",
        "build/assignment/stamp.json",
    } <= names
    assert not [name for name in names if name.endswith(".pyc") or "__" in name[:2]]
    notebooks = [name for name in names if name.endswith(".ipynb")]
    assert notebooks == ["build/assignment/student/cnn.ipynb"]


LOCK = """\
# made by a tool
ruff==1
    # via cnn-assignment-kit (pyproject.toml)
torch==2 ; sys_platform == 'linux'
    # via
    #   cnn-assignment-kit (pyproject.toml)
    #   torchvision
nvidia-cublas==3
    # via torch
triton==4
    # via torch
sympy==5
    # via torch
mpmath==6
    # via sympy
jupyter==7
    # via cnn-assignment-kit (pyproject.toml)
notebook==8
    # via jupyter
numpy==2
    # via torch
uv==9
    # via cnn-assignment-kit (pyproject.toml)
"""
PYPROJECT = '[project]\ndependencies = ["numpy>=2", "jupyter~=7"]\n'


def test_the_lock_keeps_what_grading_imports_and_pins_it() -> None:
    assert cpu_lock(LOCK, PYPROJECT, {}).splitlines()[1:] == ["numpy==2", "uv==9"]


def test_what_an_assignment_needs_is_kept_with_all_that_it_asks_for_itself() -> None:
    needed = {"torch": "torch==1", "statsmodels": "statsmodels>=0.14", "jupyter": "jupyter~=1.1"}
    assert cpu_lock(LOCK, PYPROJECT, needed).splitlines()[1:] == [
        "mpmath==6",
        "numpy==2",
        "sympy==5",
        "torch==2 ; sys_platform == 'linux'",
        "uv==9",
        "statsmodels>=0.14",
    ]


def pinned(package: Path) -> set[str]:
    """The names of the packages that the container installs."""
    with zipfile.ZipFile(package) as archive:
        text = archive.read("requirements.lock").decode()
    return set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE))


def dependencies(*extras: str) -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"]]
    for extra in extras:
        listed += project["optional-dependencies"][extra]
    return {re.split(r"[^A-Za-z0-9.-]", name)[0].lower() for name in listed}


def test_every_dependency_but_servers_is_installed_for_the_lesson(package: Path) -> None:
    names = pinned(package)
    assert dependencies("cnn") - names == {"jupyter", "starlette", "uvicorn"}
    assert {"jinja2", "ipython", "pandas", "uv"} <= names
    assert not names & {"ruff", "pytest", "pyright", "jupyterlab"}


def test_an_assignment_in_numpy_installs_nothing_of_the_lessons(tmp_path: Path) -> None:
    crickets = ensure_built(read_assignment(PROJECT / "examples" / "crickets"))
    write_package(PROJECT, crickets, tmp_path / "autograder.zip")
    names = pinned(tmp_path / "autograder.zip")
    assert dependencies() - names == {"jupyter", "starlette", "uvicorn"}
    asked_by_otter = {"ipywidgets", "pandas", "tqdm"}
    assert names & (dependencies("cnn") - dependencies()) <= asked_by_otter


def test_what_a_notebook_imports_is_installed_though_nobody_lists_it(tmp_path: Path) -> None:
    cells = [*small.cells(), ("code", "import scipy.signal\nimport no_such_package_anywhere")]
    folder = small.write_assignment(tmp_path / "assignment", cells)
    settings = (folder / "course.toml").read_text()
    (folder / "course.toml").write_text('packages = ["No_Such-Package>=2"]\n' + settings)
    needed = needed_packages(build(read_assignment(folder), tmp_path / "build"))
    assert needed["scipy"] == f"scipy=={version('scipy')}"
    assert needed["no-such-package"] == "No_Such-Package>=2"
    assert "no-such-package-anywhere" not in needed and "torch" not in needed


def setup(folder: Path, *pythons: str, lock: str = "torch==2\nuv==9.1.2\n") -> list[str]:
    """The commands that setup.sh would run where these Pythons stand on the path."""
    for name, works in (python.split("=") for python in pythons):
        program = folder / name
        program.write_text(f"#!/bin/sh\nexit {works}\n")
        program.chmod(0o755)
    (folder / "requirements.lock").write_text(lock)
    (folder / "grep").symlink_to("/bin/grep")
    environment = {"PATH": str(folder), "SOURCE": str(folder), "VENV": "/venv", "DRY_RUN": "1"}
    ran = subprocess.run(
        ["/bin/bash", str(SETUP)], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


def test_setup_makes_an_environment_from_the_lock_with_cpu_builds(tmp_path: Path) -> None:
    make, install, compiled, tried = setup(tmp_path, "python3.12=0", "python3.11=0")
    assert make == "+ python3.12 -m venv /venv"
    assert install.startswith("+ /venv/bin/python -m pip install ")
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in install
    assert install.endswith(f"--requirement {tmp_path}/requirements.lock")
    assert "compileall" in compiled
    assert tried.endswith("-m autograder.gradescope.importable")


def test_setup_asks_no_index_for_builds_of_torch_where_none_is_needed(tmp_path: Path) -> None:
    commands = setup(tmp_path, "python3.12=0", lock="numpy==2\nuv==9.1.2\n")
    assert not [command for command in commands if "torch" in command]


def test_an_image_that_lacks_what_is_preloaded_is_not_finished() -> None:
    import_preloaded(LESSON)
    lacking = replace(LESSON, course=replace(LESSON.course, preload_later=("no_such_module",)))
    with pytest.raises(ImportError, match="no_such_module"):
        import_preloaded(lacking)


def test_setup_fetches_a_python_where_the_image_has_none_that_will_do(tmp_path: Path) -> None:
    commands = setup(tmp_path, "python3.11=1", "python3=1")
    assert "+ /opt/uv/bin/python -m pip install --no-cache-dir uv==9.1.2" in commands
    assert any("uv venv --seed --python 3.11 /venv" in command for command in commands)


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_the_scripts_are_legal_and_use_nothing_large(script: str) -> None:
    path = SETUP.with_name(script)
    subprocess.run(["/bin/bash", "-n", str(path)], check=True)
    text = path.read_text(encoding="utf-8")
    assert not re.search("conda|latex|chromium|playwright", text, re.IGNORECASE)


def test_the_results_that_stand_first_have_no_score() -> None:
    text = SETUP.with_name("run_autograder").read_text(encoding="utf-8")
    first = json.loads(next(line for line in text.splitlines() if line.startswith("{")))
    assert "score" not in first and "tests" not in first
    assert first["extra_data"]["needs_review"] is True
