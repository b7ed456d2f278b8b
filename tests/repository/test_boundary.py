"""The trust boundary is visible in the imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "autograder"


def imported_modules(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where they lead"
            names.add(node.module or "")
    return names


def engine_imports(folder: str) -> list[tuple[str, str]]:
    files = sorted((ENGINE / folder).rglob("*.py"))
    assert files, f"autograder/{folder} holds no code"
    return [
        (file.name, name)
        for file in files
        for name in sorted(imported_modules(file))
        if name.split(".")[0] == "autograder"
    ]


@pytest.mark.parametrize(
    ("room", "allowed"),
    [
        ("inside", ("autograder.inside", "autograder.wire")),
        ("sandbox", ("autograder.sandbox",)),
        ("wire", ("autograder.wire",)),
    ],
)
def test_what_runs_beside_student_code_imports_nothing_from_the_rest_of_the_engine(
    room: str, allowed: tuple[str, ...]
):
    strangers = [
        (file, name)
        for file, name in engine_imports(room)
        if not f"{name}.".startswith(tuple(f"{each}." for each in allowed))
    ]
    assert strangers == []


def test_the_engine_knows_no_lesson_and_torch_only_in_its_extension() -> None:
    extension = {
        *(path.name for path in (ENGINE / "inside").glob("for_torch*.py")),
        *("without_gpu.py", "gpu_stand_ins.py"),
    }
    named = {
        (file.relative_to(ENGINE).as_posix(), name)
        for file in ENGINE.rglob("*.py")
        for name in {module.split(".")[0] for module in imported_modules(file)}
        if name == "cnnlab" or (name in ("torch", "torchvision") and file.name not in extension)
    }
    assert named == set()


def room_of(module: str) -> str:
    """Return the folder in `autograder/` that a module lies in; '' for those at the root."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and (ENGINE / parts[1]).is_dir() else ""


def test_no_import_between_the_rooms_of_the_engine_runs_back_up():
    leads: dict[str, set[str]] = {}
    for file in ENGINE.rglob("*.py"):
        room = room_of(".".join(("autograder", *file.relative_to(ENGINE).parts)))
        names = {name for name in imported_modules(file) if name.split(".")[0] == "autograder"}
        leads.setdefault(room, set()).update(room_of(name) for name in names)
    del leads[""]  # records and errors, which every room uses
    for room, below in leads.items():
        below -= {room, ""}
    while leads:
        lowest = {room for room, below in leads.items() if not below}
        assert lowest, f"these rooms import each other in a circle: {leads}"
        leads = {room: below - lowest for room, below in leads.items() if room not in lowest}


def test_nothing_of_the_engine_imports_what_proves_it():
    importing = [
        file.relative_to(ENGINE).as_posix()
        for file in ENGINE.rglob("*.py")
        if "proofs" in {name.split(".")[0] for name in imported_modules(file)}
    ]
    assert importing == []


def test_the_package_itself_runs_nothing_on_import():
    assert (ENGINE / "__init__.py").read_text() == ""


def test_what_every_assignments_checks_use_knows_no_assignment_and_no_engine():
    files = sorted((ENGINE.parent / "labkit").glob("*.py"))
    assert len(files) > 5
    tops = {(file.stem, name.split(".")[0]) for file in files for name in imported_modules(file)}
    for library in ("torch", "pandas"):
        assert {stem for stem, top in tops if top == library} == {f"for_{library}"}
    assert not [pair for pair in tops if pair[1] in ("autograder", "cnnlab", "otter")]


def test_a_folder_of_checks_is_imported_without_what_only_some_assignments_need():
    names = "probes, cases, evidence, diagnosis, run, failures, copies"
    code = f"import sys; from labkit import {names}; print('torch' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ENGINE.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("module", ["pickle", "marshal", "shelve", "dill", "joblib"])
def test_nothing_in_the_engine_can_unpickle(module: str):
    importing = [
        file.relative_to(ENGINE).as_posix()
        for file in ENGINE.rglob("*.py")
        if module in {name.split(".")[0] for name in imported_modules(file)}
    ]
    assert importing == []


def test_no_module_is_longer_than_300_lines():
    roots = [
        ENGINE.parent / name for name in ("autograder", "labkit", "assignment", "proofs", "tests")
    ]
    lengths = {
        file.relative_to(ENGINE.parent).as_posix(): len(file.read_text().splitlines())
        for root in roots
        for file in root.rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 300} == {}
