"""From the assignment to everything that grading and release need.

    build/<id>/hidden_tests/<question>.py   otter's own test files, hidden tests included
    build/<id>/otter/<name>-autograder.zip  for stock `otter run` and Gradescope
    build/<id>/student/                     otter's student folder: no solutions, public tests only
    build/<id>/solution.ipynb               the solved notebook, not yet executed
    build/<id>/sandbox_data/                the data that may stand beside student code
    build/<id>/stamp.json                   what it was built from; written last: else no build

A build is prepared aside and moved in place under a lock: two graders that start at once build
once, and an interrupted build is simply repeated.
"""

import fcntl
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from autograder.course.assignment import Assignment
from autograder.course.build import master, otter_assign
from autograder.course.build.master import BuildError
from autograder.course.rubric import Rubric
from autograder.files import source_files
from autograder.paths import LABKIT

__all__ = ["BuildError", "Built", "build", "built_in", "ensure_built"]

_STAMP = "stamp.json"
_BUILDERS = (
    "products",
    "adopted",
    "configuration",
    "master",
    "master_cells",
    "manual",
    "otter_assign",
)
"""The modules on which a build depends."""
_WORTH, _RUBRICS = TypeAdapter(dict[str, float]), TypeAdapter(dict[str, Rubric])
_PRODUCTS = ("hidden_tests", "otter", "student", "solution.ipynb", "sandbox_data")
_HEADING = re.compile(r"^#+ (\w+) · (.+)$", re.MULTILINE)
_WRITE_DATA = """
import importlib, pathlib, sys
package = importlib.import_module(sys.argv[1])
if not hasattr(package, "sandbox_data"):
    sys.exit(NO_SUCH_FUNCTION)
package.sandbox_data(pathlib.Path(sys.argv[2]))
"""
_NO_SUCH_FUNCTION = 86
"""Exit status of a process that found no `sandbox_data` in the assignment's package."""


@dataclass(frozen=True)
class Built:
    """A finished build."""

    assignment: Assignment
    folder: Path
    digest: str
    """SHA-256 of all that it was built from: a new value means other tests or other helpers."""
    questions: tuple[str, ...]
    """Ids of the questions, in the order of the notebook."""
    worth: Mapping[str, float] = field(default_factory=dict[str, float])
    """The points of each question, those that people give included."""
    rubrics: Mapping[str, Rubric] = field(default_factory=dict[str, Rubric])
    """What people mark, by question."""

    @property
    def numbered_questions(self) -> tuple[str, ...]:
        """Ids of the questions in the order of their numbers, as tables show them."""
        return tuple(sorted(self.questions, key=lambda name: (len(name), name)))

    @property
    def titles(self) -> dict[str, str]:
        """What the notebook calls each question: the part of its heading after "q8 · "."""
        cells = otter_assign.read_json(self.solution)["cells"]
        texts = "\n".join(
            "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"
        )
        found = _HEADING.findall(texts)
        return {name: title for name, title in found if name in self.questions}

    @property
    def hidden_tests(self) -> Path:
        """Folder of otter's test files, one a question."""
        return self.folder / "hidden_tests"

    @property
    def autograder_zip(self) -> Path:
        """otter's own zip."""
        return self.folder / "otter" / otter_assign.zip_name(self.assignment)

    @property
    def student(self) -> Path:
        """otter's student folder."""
        return self.folder / "student"

    @property
    def released(self) -> Path:
        """The notebook that students start from."""
        return self.student / self.assignment.notebook

    @property
    def solution(self) -> Path:
        """The solved notebook, not executed."""
        return self.folder / "solution.ipynb"

    @property
    def sandbox_data(self) -> Path:
        """Folder of the data that student code may see while it is graded."""
        return self.folder / "sandbox_data"


def ensure_built(assignment: Assignment, output: Path | None = None) -> Built:
    """The build of `assignment`, made anew only when something that it depends on has changed."""
    output = output or assignment.build
    with _locked(output):
        stamp = _read_stamp(assignment, output)
        if stamp is not None and stamp.digest == _digest(assignment):
            return stamp
        return _build(assignment, output)


def built_in(assignment: Assignment, output: Path | None = None) -> Built:
    """The finished build of `assignment`, whatever it was built from. Raises `BuildError`."""
    output = output or assignment.build
    stamp = _read_stamp(assignment, output)
    if stamp is None:
        raise BuildError(f"{output} holds no finished build")
    return stamp


def build(assignment: Assignment, output: Path | None = None) -> Built:
    """Build `assignment` into `output`, whatever lies there. Raises `BuildError`."""
    output = output or assignment.build
    with _locked(output):
        return _build(assignment, output)


def _build(assignment: Assignment, output: Path) -> Built:
    digest = _digest(assignment)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=output) as aside_name:
        aside = Path(aside_name)
        staged, result, made = aside / "assignment", aside / "result", aside / "made"
        if assignment.course.otter:
            # Here and not above: it imports otter, which takes a second of every start.
            from autograder.course.build import adopted

            worth, rubrics = adopted.make(assignment, made), dict[str, Rubric]()
            built = Built(assignment, output, digest, tuple(worth), worth, rubrics)
            _put_in_place(made, output, aside)
            _write_stamp(built)
            return built
        questions = master.read_master(assignment.master).questions
        otter_assign.stage(assignment, staged)
        _write_sandbox_data(assignment, staged, made / "sandbox_data")
        otter_assign.assign(assignment, staged, result)
        (made / "otter").mkdir()
        zip_name = otter_assign.zip_name(assignment)
        (result / zip_name).rename(made / "otter" / zip_name)
        (result / "autograder" / "tests").rename(made / "hidden_tests")
        (result / "autograder" / assignment.notebook).rename(made / "solution.ipynb")
        (result / "student").rename(made / "student")
        _put_in_place(made, output, aside)
    built = Built(
        assignment,
        output,
        digest,
        tuple(question.name for question in questions),
        {question.name: question.points for question in questions},
        {question.name: question.rubric for question in questions if question.rubric},
    )
    _write_stamp(built)
    return built


def _put_in_place(made: Path, output: Path, aside: Path) -> None:
    """Move the products into `output`, what was there before into `aside`; the stamp goes first."""
    (output / _STAMP).unlink(missing_ok=True)
    for product in _PRODUCTS:
        if (output / product).exists():
            (output / product).rename(aside / f"old-{product}")
        (made / product).rename(output / product)


def _write_sandbox_data(assignment: Assignment, staged: Path, folder: Path) -> None:
    """Ask the assignment's own package, in a process of its own: it may differ from ours.

    Without a package that has a word in it, students see the folder of data as it is.
    """
    folder.mkdir(parents=True)
    package, data = assignment.course.package, staged / assignment.course.data
    if package and _package_wrote(assignment, staged, folder):
        return
    if data.is_dir():
        shutil.copytree(data, folder, dirs_exist_ok=True)


def _package_wrote(assignment: Assignment, staged: Path, folder: Path) -> bool:
    package, elsewhere = assignment.course.package, assignment.variable("data")
    code = _WRITE_DATA.replace("NO_SUCH_FUNCTION", str(_NO_SUCH_FUNCTION))
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, package, str(folder.resolve())],
        cwd=staged,
        env={key: value for key, value in os.environ.items() if key != elsewhere}
        | {"PYTHONPATH": str(staged.resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == _NO_SUCH_FUNCTION:
        return False
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason"])[-1]
        raise BuildError(f"{package}.sandbox_data failed: {reason}")
    return True


def _digest(assignment: Assignment) -> str:
    """Of the assignment's files, the code that builds them and otter's version."""
    found = hashlib.sha256(importlib.metadata.version("otter-grader").encode())
    modules = [Path(__file__).with_name(f"{name}.py") for name in _BUILDERS]
    for path, name in [
        *((path, path.relative_to(assignment.folder).as_posix()) for path in assignment.files()),
        *((path, path.relative_to(LABKIT.parent).as_posix()) for path in source_files(LABKIT)),
        *((path, path.name) for path in modules),
    ]:
        content = path.read_bytes()
        found.update(f"\n{name}\n{len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _read_stamp(assignment: Assignment, output: Path) -> Built | None:
    try:
        stamp = json.loads((output / _STAMP).read_text(encoding="utf-8"))
        return Built(
            assignment,
            output,
            str(stamp["digest"]),
            tuple(map(str, stamp["questions"])),
            _WORTH.validate_python(stamp["worth"]),
            _RUBRICS.validate_python(stamp["rubrics"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_stamp(built: Built) -> None:
    aside = built.folder / f".{_STAMP}"
    stamp = {
        "digest": built.digest,
        "questions": list(built.questions),
        "worth": dict(built.worth),
        "rubrics": {name: asdict(rubric) for name, rubric in built.rubrics.items()},
    }
    aside.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    aside.rename(built.folder / _STAMP)


@contextmanager
def _locked(output: Path) -> Generator[None]:
    """One build at a time in `output`; what an interrupted one left aside is removed."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in output.glob(".new-*"):
            shutil.rmtree(left)
        yield
