"""The solved notebook is run as the course team will read it."""

import dataclasses
import shutil
from pathlib import Path

import pytest

from autograder.course.build.master import BuildError
from autograder.course.build.otter_assign import read_json, write_json
from autograder.course.build.products import Built, build
from autograder.release.solved import executed
from tests.support import small_assignment as small


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("solved")
    return build(small.assignment(folder / "assignment"), folder / "build")


def test_every_cell_has_run_beside_helpers_data_and_all_tests(built: Built) -> None:
    code = [cell for cell in executed(built)["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    checks = [cell for cell in code if "".join(cell["source"]).startswith("grader.check")]
    assert all("passed!" in str(cell["outputs"]) for cell in checks)


def test_a_solution_that_raises_is_no_release(built: Built, tmp_path: Path) -> None:
    broken = dataclasses.replace(built, folder=shutil.copytree(built.folder, tmp_path / "build"))
    document = read_json(broken.solution)
    document["cells"][2]["source"] = ["raise RuntimeError('no lesson today')"]
    write_json(broken.solution, document)
    with pytest.raises(BuildError, match="no lesson today"):
        executed(broken)
