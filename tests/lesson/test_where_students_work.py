"""JupyterLab, VS Code, Colab: the notebook finds its files, or says in plain words what to do."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.course.build.products import ensure_built
from autograder.files import source_files
from autograder.paths import LABKIT, PROJECT
from tests.support.assignments import LESSON

FIRST_CELL = next(
    cell.source
    for cell in nbformat.read(LESSON.master, as_version=4).cells
    if cell.cell_type == "code"
)
COLAB = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
FOUND = "\nimport cnnlab; print(Path(cnnlab.__file__).parent, Path('cnnlab').is_dir())"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs code in an empty folder, whose files Python does not find unless it is told to."""
    folder = tmp_path / "content"
    folder.mkdir()

    def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-P", "-c", code]
        environment = {"PATH": os.environ["PATH"], **variables}
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )

    return run


def zipped(file: Path, inside: str) -> None:
    """The assignment's package as a zip file, as a computer makes it from a folder."""
    with zipfile.ZipFile(file, "w") as archive:
        for path in source_files(LESSON.folder / "cnnlab"):
            archive.write(path, inside + path.relative_to(LESSON.folder).as_posix())
        for path in source_files(LABKIT):
            archive.write(path, inside + path.relative_to(LABKIT.parent).as_posix())


@pytest.mark.parametrize("inside", ["", "student_release/"])
def test_colab_unpacks_the_zip_file_that_was_uploaded(run: Run, tmp_path: Path, inside: str):
    zipped(tmp_path / "content" / "uploaded.zip", inside)
    done = run(COLAB + FIRST_CELL + FOUND)
    assert done.stdout.split() == [str(tmp_path / "content" / inside / "cnnlab"), "True"]
    again = run(COLAB + FIRST_CELL + FOUND)
    assert again.stdout == done.stdout, "a restarted session finds the same files"


def test_a_half_uploaded_zip_file_is_a_sentence(run: Run, tmp_path: Path):
    zipped(tmp_path / "whole.zip", "")
    half = (tmp_path / "whole.zip").read_bytes()[:20_000]
    (tmp_path / "content" / "half.zip").write_bytes(half)
    done = run(COLAB + FIRST_CELL)
    assert "half.zip cannot be unpacked: the upload was cut off" in done.stderr
    assert "BadZipFile" not in done.stderr


def test_colab_fetches_the_release_from_its_address(run: Run, tmp_path: Path):
    zipped(tmp_path / "release.zip", "release/")
    address = (tmp_path / "release.zip").as_uri()
    done = run(COLAB + FIRST_CELL.replace('RELEASE_URL = ""', f'RELEASE_URL = "{address}"') + FOUND)
    assert done.stdout.split() == [str(tmp_path / "content" / "release" / "cnnlab"), "True"]


def test_vs_code_may_start_in_another_folder(run: Run, tmp_path: Path):
    notebook = f"__vsc_ipynb_file__ = {str(LESSON.master)!r}\n"
    found = {"PYTHONPATH": str(PROJECT)}  # where labkit is, as in the environment of an author
    done = run("import sys; sys.path.insert(0, '')\n" + notebook + FIRST_CELL + FOUND, **found)
    assert done.stdout.split() == [str(LESSON.folder / "cnnlab"), "True"]


@pytest.mark.parametrize("where", ["", COLAB])
def test_missing_files_are_told_with_the_way_to_mend_it(run: Run, where: str):
    done = run(where + FIRST_CELL)
    assert done.returncode == 1
    assert "The folder cnnlab is not in" in done.stderr
    assert "unpack the whole zip file" in done.stderr and "In Colab: upload" in done.stderr


def test_a_grader_needs_no_folder_beside_the_notebook(run: Run):
    assert run(FIRST_CELL, PYTHONPATH=f"{LESSON.folder}:{PROJECT}").returncode == 0


def test_the_release_is_a_valid_notebook_for_any_python_3_kernel():
    notebook: Any = nbformat.read(ensure_built(LESSON).student / LESSON.notebook, as_version=4)
    nbformat.validate(notebook)
    names = [cell.id for cell in notebook.cells]
    assert len(names) == len(set(names))
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.language_info.name == "python"
    assert set(notebook.metadata) == {"kernelspec", "language_info", "otter"}


def test_a_kernel_that_starts_elsewhere_runs_the_release_and_its_checks(tmp_path: Path):
    """As VS Code does it: a kernel in another folder, which is told where the notebook lies."""
    student = ensure_built(LESSON).student
    notebook: Any = nbformat.read(student / LESSON.notebook, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    check = next(cell for cell in code if cell.source.startswith('grader.check("q1")'))
    told = nbformat.v4.new_code_cell(f"__vsc_ipynb_file__ = {str(student / LESSON.notebook)!r}")
    notebook.cells = [told, *code[:3], check]
    before = set(student.iterdir())
    try:
        NotebookClient(notebook, timeout=60, resources={"metadata": {"path": tmp_path}}).execute()
    finally:
        for left in set(student.iterdir()) - before:
            left.unlink()  # otter's log
    assert "computes on: " in notebook.cells[3].outputs[0].text
    assert "is not there yet" in str(notebook.cells[4].outputs)
