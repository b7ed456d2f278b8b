"""The zip that is uploaded to Gradescope: engine, helpers, data, tests; the same bytes each time.

setup.sh  run_autograder          what Gradescope calls
autograder/                       the engine
labkit/                           what the checks of every assignment use
assignment/                       course.toml, its package, data/, lent/: not the master notebook
build/assignment/                 hidden tests, the released notebook, the data for student code
requirements.lock                 for CPUs, what the engine and the assignment need
"""

import io
import os
import secrets
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.course.assignment import SETTINGS, settings_for_container
from autograder.course.build.products import Built
from autograder.files import source_files
from autograder.gradescope.lock import cpu_lock
from autograder.gradescope.needed import needed_packages

ZIP_NAME = "autograder.zip"
SCRIPTS = ("setup.sh", "run_autograder")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FROM_BUILD = ("hidden_tests", "sandbox_data", "stamp.json")
PLACE = "assignment"
"""The folder of the assignment in the container, whatever it is called here."""
_ENGINE_SUFFIXES = (".py", ".j2")
_NOT_THERE = ("cluster", "new", "adopt", "release")
"""Rooms of the engine that a container has no use for."""


def write_package(project: Path, built: Built, target: Path) -> int:
    """Writes the zip to `target`, whole or not at all; returns its size in bytes."""
    content = packed(_contents(project, built), 6)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    aside.write_bytes(content)
    os.replace(aside, target)
    return len(content)


def packed(contents: Iterable[tuple[str, bytes]], level: int) -> bytes:
    """Return a zip of the files in `contents`, compressed that hard; the same bytes each time."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in sorted(contents):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # Unix, whatever makes the zip: permissions count
            member.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
            archive.writestr(member, content)
    return whole.getvalue()


def _contents(project: Path, built: Built) -> Iterator[tuple[str, bytes]]:
    here = Path(__file__).parent
    for script in SCRIPTS:
        yield script, (here / script).read_bytes()
    lock, settings = (project / "requirements.lock", project / "pyproject.toml")
    texts = (lock.read_text(encoding="utf-8"), settings.read_text(encoding="utf-8"))
    yield "requirements.lock", cpu_lock(*texts, needed_packages(built)).encode()
    for path in source_files(project / "autograder"):
        inside = path.relative_to(project)
        if path.suffix in _ENGINE_SUFFIXES and inside.parts[1] not in _NOT_THERE:
            yield inside.as_posix(), path.read_bytes()
    for path in source_files(project / "labkit"):
        yield path.relative_to(project).as_posix(), path.read_bytes()
    yield from assignment_files(built)


def assignment_files(built: Built) -> Iterator[tuple[str, bytes]]:
    """Yield all that grading needs of an assignment: its helpers, data and tests."""
    assignment = built.assignment
    yield f"{PLACE}/{SETTINGS}", settings_for_container(assignment).encode()
    for folder in assignment.helpers:
        for path in source_files(folder) if folder.is_dir() else ():
            inside = path.relative_to(assignment.folder)
            yield f"{PLACE}/{inside.as_posix()}", path.read_bytes()
    for path in source_files(built.folder):
        inside = path.relative_to(built.folder)
        if inside.parts[0] in _FROM_BUILD or path == built.released:
            yield f"build/{PLACE}/{inside.as_posix()}", path.read_bytes()
