"""Write the classes of invented students, submissions/example/ and that of examples/crickets/.

Run from the project's root: python -m scripts.make_example_class

Who hands in what stands in example_class.toml and crickets_class.toml beside this file; the marks
that each must get stand in tests. The same assignment gives the same bytes.
"""

import io
import json
import re
import shutil
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment, default_assignment, read_assignment
from autograder.course.build.otter_assign import read_json
from autograder.course.build.products import Built, ensure_built
from autograder.course.plant import student_notebook, with_answers
from autograder.intake.question_cells import checks_in, code_cells
from autograder.paths import PROJECT

_EXPORTED_AT = "2026_02_03T16_20_00_000000"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MARK_LINE = re.compile(r"^\s*# (?:BEGIN|END) SOLUTION.*\n?", re.MULTILINE)
_MARK = re.compile(r"\s*# ?SOLUTION.*$", re.MULTILINE)


@dataclass(frozen=True)
class MadeClass:
    """One class: of which assignment, who hands in what, and where it is kept."""

    assignment: Assignment
    plan: Path
    folder: Path

    def students(self) -> dict[str, dict[str, Any]]:
        """Who hands in what."""
        return tomllib.loads(self.plan.read_text(encoding="utf-8"))


_HERE = Path(__file__).parent
_CRICKETS = PROJECT / "examples" / "crickets"
EXAMPLE = PROJECT / "submissions" / "example"
LESSON = MadeClass(default_assignment(), _HERE / "example_class.toml", EXAMPLE)
CRICKETS = MadeClass(
    read_assignment(_CRICKETS), _HERE / "crickets_class.toml", _CRICKETS / "submissions"
)


def write_class(built: Built, plan: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Write the submission of every student of `plan` to the empty `folder`."""
    blank, solved = student_notebook(built), solved_answers(built)
    for student, choices in plan.items():
        answers = dict(solved) if choices["start"] == "solved" else {}
        answers |= choices.get("answers", {})
        for question in choices.get("blanks", ()):
            del answers[question]
        document = with_answers(blank, answers)
        for cell in document["cells"]:
            cell["source"] = cell["source"].strip("\n").splitlines(keepends=True)
        if choices.get("drops_checks"):
            document["cells"] = [
                cell for cell in document["cells"] if not checks_in("".join(cell["source"]))
            ]
        write_submission(folder, student, choices["form"], document, built.assignment)


def solved_answers(built: Built) -> dict[str, str]:
    """The answer cell of each question, without the author's marks."""
    document = read_json(built.solution)
    for cell in document["cells"]:
        cell["source"] = "".join(cell["source"])
    return {
        cell.answers: _MARK.sub("", _MARK_LINE.sub("", cell.source))
        for cell in code_cells(document)
        if cell.answers
    }


def write_submission(
    folder: Path, student: str, form: str, document: dict[str, Any], assignment: Assignment
) -> None:
    """One submission, in the form in which this student hands it in."""
    content = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    match form:
        case "notebook":
            (folder / f"{student}.ipynb").write_text(content, encoding="utf-8")
        case "export":
            (folder / f"{student}.zip").write_bytes(exported(content, assignment))
        case "folder":
            (folder / student).mkdir()
            (folder / student / assignment.notebook).write_text(content, encoding="utf-8")
            (folder / student / "notes.txt").write_text("See the notebook.\n", encoding="utf-8")
        case "nbformat 3":
            old = json.dumps(as_version_3(document, assignment), indent=1, ensure_ascii=False)
            (folder / f"{student}.ipynb").write_text(old + "\n", encoding="utf-8")
        case "cut off":
            (folder / f"{student}.ipynb").write_text(content[: len(content) // 3], encoding="utf-8")
        case _:
            raise SystemExit(f"{student}: '{form}' is no form")


def exported(content: str, assignment: Assignment) -> bytes:
    """The zip that `grader.export` makes of the notebook."""
    target, name = io.BytesIO(), f"{assignment.stem}_{_EXPORTED_AT}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo(assignment.notebook, _EPOCH), content)
        archive.writestr(zipfile.ZipInfo("__zip_filename__", _EPOCH), name)
    return target.getvalue()


def as_version_3(document: Mapping[str, Any], assignment: Assignment) -> dict[str, Any]:
    """The notebook as IPython wrote it before 2015: worksheets, `input`, no tags, no ids."""
    cells = list[dict[str, Any]]()
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            code = {"input": cell["source"], "language": "python", "collapsed": False}
            cells.append({"cell_type": "code", "metadata": {}, "outputs": [], **code})
        else:
            kind = cell["cell_type"]
            cells.append({"cell_type": kind, "metadata": {}, "source": cell["source"]})
    return {
        "metadata": {"name": assignment.stem},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


if __name__ == "__main__":
    for made in (LESSON, CRICKETS):
        shutil.rmtree(made.folder, ignore_errors=True)
        made.folder.mkdir(parents=True)
        write_class(ensure_built(made.assignment), made.students(), made.folder)
