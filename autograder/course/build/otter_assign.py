"""Run the real `otter assign` on a clean copy of the assignment; take chance out of what it writes.

otter stamps its zip with the time, gives the cells that it adds random ids and copies whatever lies
in a folder. Here caches are left behind, those ids are counted, and the zip is rewritten with fixed
dates: two builds of one source are equal byte for byte.
"""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

from autograder.course.assignment import Assignment
from autograder.course.build.configuration import configured
from autograder.course.build.manual import without_manual
from autograder.course.build.master import BuildError
from autograder.course.build.steps import expanded
from autograder.files import source_files
from autograder.paths import LABKIT

_ASSIGN = (
    "import sys, otter.assign;"
    "otter.assign.main(sys.argv[1], sys.argv[2], no_run_tests=True, no_pdfs=True)"
)
"""In a process of its own, because otter changes the working folder; its command line would import
more than twice as much."""
_PROMPT = re.compile(
    r'^[ \t]*"""\s*# BEGIN PROMPT\n.*?^[ \t]*""";?\s*# END PROMPT\n?', re.DOTALL | re.MULTILINE
)
_STARTS_OTTER = re.compile(r"^# Initialize Otter\nimport otter\ngrader = otter\.Notebook\((.+)\)$")
_WATCHED = """\
# Initialize Otter: it runs the checks below the questions
from pathlib import Path

import otter

from labkit.notebook.grader import watched

grader = watched(otter.Notebook({name} if Path({name}).is_file() else None))"""
"""What every student begins with: checks and export that compare what was run with what is saved,
also in a notebook that has another name now."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip can hold."""


def zip_name(assignment: Assignment) -> str:
    """Return the name of otter's own zip."""
    return f"{assignment.stem}-autograder.zip"


def stage(assignment: Assignment, copy: Path) -> None:
    """Copy the assignment, the notebook without outputs: an author's runs leave no trace."""
    for path in assignment.files():
        target = copy / path.relative_to(assignment.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for path in source_files(LABKIT):
        target = copy / path.relative_to(LABKIT.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    document = read_json(copy / assignment.notebook)
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    cells = configured(document["cells"], (*assignment.released_folders, LABKIT.name))
    document["cells"] = expanded(without_manual(cells))
    write_json(copy / assignment.notebook, document)


def assign(assignment: Assignment, copy: Path, result: Path) -> None:
    """Run otter on the staged `copy`: `result`/autograder and `result`/student, made repeatable.

    Raises `BuildError` with otter's own last line when it refuses the notebook.
    """
    notebook = assignment.notebook
    done = subprocess.run(
        [sys.executable, "-c", _ASSIGN, notebook, str(result.resolve())],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise BuildError(f"otter assign refused {notebook}: {lines[-1] if lines else 'no reason'}")
    kept = {cell["id"] for cell in read_json(copy / notebook)["cells"]}
    for view in ("autograder", "student"):
        _tidy(result / view / notebook, kept)
    (made,) = (result / "autograder").glob("*.zip")
    _rewrite_zip(made, result / zip_name(assignment))


def _tidy(path: Path, kept: set[str]) -> None:
    """Count the cells that otter added, and let checks and export be watched.

    Students' prompts are dropped from the solved notebook: otter leaves them there as strings,
    which would be shown as the cells' values.
    """
    document, added = read_json(path), 0
    for cell in document["cells"]:
        source = _PROMPT.sub("", "".join(cell["source"]))
        if cell["id"] not in kept:
            cell["id"] = f"otter-{added:03d}"
            added += 1
            if starts := _STARTS_OTTER.match(source):
                source = _WATCHED.format(name=starts[1])
        cell["source"] = source.splitlines(keepends=True)
    write_json(path, document)


def _rewrite_zip(made: Path, target: Path) -> None:
    """The same members in order of name, with one date and stored plainly."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        for name in sorted(old.namelist()):
            member = zipfile.ZipInfo(name, _EPOCH)
            executable = name in ("run_autograder", "setup.sh")
            member.external_attr = (0o100755 if executable else 0o100644) << 16
            new.writestr(member, old.read(name))
    made.unlink()


def read_json(path: Path) -> dict[str, Any]:
    """A notebook as nbformat's JSON."""
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))


def write_json(path: Path, document: dict[str, Any]) -> None:
    """A notebook in the layout that Jupyter itself writes, so that opening it changes no byte."""
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
