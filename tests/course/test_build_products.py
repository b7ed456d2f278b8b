"""What a build leaves in its folder, and when it is made anew."""

import json
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from autograder.course.assignment import Assignment
from autograder.course.build import otter_assign
from autograder.course.build.products import BuildError, Built, build, ensure_built
from tests.support import small_assignment as small


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("built")
    return build(small.assignment(folder / "assignment"), folder / "build")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_hidden_tests_are_otters_own_files(built: Built) -> None:
    assert sorted(path.name for path in built.hidden_tests.iterdir()) == ["q1.py", "q15.py"]
    assert "4200" in (built.hidden_tests / "q1.py").read_text(encoding="utf-8")


def test_students_get_no_solution_and_no_hidden_test(built: Built) -> None:
    for path, content in contents(built.student).items():
        assert b"twice_the_number" not in content, path
        assert b"4200" not in content, path


def test_a_prompt_is_for_students_alone(built: Built) -> None:
    for path, shown in ((built.student / "cnn.ipynb", True), (built.solution, False)):
        source = "".join(otter_assign.read_json(path)["cells"][4]["source"])
        assert ("twice_three = ..." in source, "BEGIN PROMPT" in source) == (shown, False)


def test_caches_are_left_behind(built: Built) -> None:
    with zipfile.ZipFile(built.autograder_zip) as members:
        names = [*contents(built.student), *members.namelist()]
    assert not [name for name in names if "__pycache__" in name]


def test_the_zip_carries_hidden_tests_and_helpers(built: Built) -> None:
    with zipfile.ZipFile(built.autograder_zip) as members:
        assert {"tests/q1.py", "files/cnnlab/data.py", "otter_config.json"} <= {*members.namelist()}


def test_sandbox_data_come_from_the_assignments_own_package(built: Built) -> None:
    assert contents(built.sandbox_data) == {"digits.txt": b"digits without labels"}


def test_questions_keep_the_order_of_the_lesson(built: Built) -> None:
    assert built.questions == ("q1", "q15")


def test_an_authors_outputs_do_not_enter_the_build(built: Built, tmp_path: Path) -> None:
    assignment = small.assignment(tmp_path / "assignment")
    document = small.notebook(small.cells())
    printed = {"output_type": "stream", "name": "stdout", "text": ["mine"]}
    document["cells"][2] |= {"outputs": [printed], "execution_count": 7}
    (assignment.folder / "cnn.ipynb").write_text(json.dumps(document), encoding="utf-8")
    otter_assign.stage(assignment, tmp_path / "staged")
    staged = otter_assign.read_json(tmp_path / "staged" / "cnn.ipynb")
    assert staged["cells"][1:] == small.notebook(small.cells())["cells"][1:]


def test_every_release_carries_labkit_the_package_and_the_data(built: Built) -> None:
    names = contents(built.student)
    assert {"labkit/probes.py", "labkit/run.py", "cnnlab/data.py", "data/README.md"} <= {*names}
    with zipfile.ZipFile(built.autograder_zip) as members:
        assert "files/labkit/probes.py" in members.namelist()


def test_an_author_writes_only_what_no_default_fits(tmp_path: Path) -> None:
    listed = [("raw", "# ASSIGNMENT CONFIG"), *small.cells()[1:]]
    short = build(small.assignment(tmp_path / "assignment", listed), tmp_path / "build")
    assert sorted(path.name for path in short.hidden_tests.iterdir()) == ["q1.py", "q15.py"]
    assert "cnnlab/data.py" in contents(short.student)


def test_tests_of_another_form_are_refused(tmp_path: Path) -> None:
    listed = [("raw", small.CONFIG.replace("ok_format: false", "ok_format: true"))]
    assignment = small.assignment(tmp_path / "assignment", [*listed, *small.cells()[1:]])
    with pytest.raises(BuildError, match="tests are functions in files"):
        build(assignment, tmp_path / "build")


def test_an_unchanged_assignment_is_not_built_again(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otter_assign, "assign", refuse)
    assert ensure_built(built.assignment, built.folder) == built


def refuse(assignment: Assignment, copy: Path, result: Path) -> None:
    raise BuildError("started")


def test_a_changed_helper_is_built_again(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment = small.assignment(tmp_path / "assignment")
    (assignment.folder / "cnnlab" / "data.py").write_text(small.DATA_MODULE + "\nNEW = 1\n")
    output = shutil.copytree(built.folder, tmp_path / "build")
    monkeypatch.setattr(otter_assign, "assign", refuse)
    with pytest.raises(BuildError, match="started"):
        ensure_built(assignment, output)


def test_an_interrupted_build_is_repeated(built: Built, tmp_path: Path) -> None:
    assignment = small.assignment(tmp_path / "assignment")
    output = shutil.copytree(built.folder, tmp_path / "build")
    (output / "stamp.json").unlink()
    (output / "hidden_tests" / "q1.py").unlink()
    (output / ".new-interrupted").mkdir()
    ensure_built(assignment, output)
    assert contents(output) == contents(built.folder)
    assert not (output / ".new-interrupted").exists()


def test_a_failed_build_leaves_the_one_before(built: Built, tmp_path: Path) -> None:
    assignment = small.assignment(tmp_path / "assignment")
    output = shutil.copytree(built.folder, tmp_path / "build")
    (assignment.folder / "cnnlab" / "data.py").write_text("raise RuntimeError('no digits')")
    with pytest.raises(BuildError, match="no digits"):
        ensure_built(assignment, output)
    assert contents(output) == contents(built.folder)


def test_graders_that_start_at_once_build_once_and_alike(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment = small.assignment(tmp_path / "assignment")
    calls: list[Path] = []
    assign = otter_assign.assign

    def counted(assignment: Assignment, copy: Path, result: Path) -> None:
        calls.append(copy)
        assign(assignment, copy, result)

    monkeypatch.setattr(otter_assign, "assign", counted)
    starts = [
        threading.Thread(target=ensure_built, args=(assignment, tmp_path / "build"))
        for _ in range(3)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert len(calls) == 1
    assert contents(tmp_path / "build") == contents(built.folder)


def test_what_otter_itself_refuses_becomes_a_sentence(tmp_path: Path) -> None:
    listed = [
        (kind, source.replace("name: cnn", "name: cnn\ncolour: red"))
        for kind, source in small.cells()
    ]
    assignment = small.assignment(tmp_path / "assignment", listed)
    with pytest.raises(BuildError, match=r"otter assign refused cnn\.ipynb: .*colour"):
        build(assignment, tmp_path / "build")
