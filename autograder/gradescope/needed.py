"""Which packages an assignment needs where it is graded, beside those of the engine."""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, version

from autograder.course.assignment import Assignment
from autograder.course.build.products import Built
from autograder.course.imports import imports_in, sources_of
from autograder.files import source_files

_REQUIREMENTS = ("student/requirements.txt", "otter/requirements.txt")
"""What students are told to install; what an adopted assignment was graded with."""
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def needed_packages(built: Built) -> dict[str, str]:
    """Return requirements by normalised name: pinned as they are installed here, if they are."""
    asked = {name: line for line in _asked(built.assignment) if (name := package_name(line))}
    found = packages_distributions()
    modules = sorted({module.split(".")[0] for module in _imported(built)})
    imported = (name for module in modules for name in found.get(module, ()))
    return {name: _pinned(name) or asked[name] for name in {*asked, *map(package_name, imported)}}


def package_name(requirement: str) -> str:
    """Return the package's name as every index spells it: "Foo_Bar>=2" → "foo-bar"."""
    found = _REQUIREMENT.match(requirement.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def _asked(assignment: Assignment) -> Iterator[str]:
    """Yield the requirements that the author has written."""
    yield from assignment.course.packages
    for file in (assignment.folder / name for name in _REQUIREMENTS):
        if file.is_file():
            yield from file.read_text(encoding="utf-8").splitlines()


def _imported(built: Built) -> Iterator[str]:
    """Yield the modules that the notebook, its checks and its package import."""
    course = built.assignment.course
    yield from (*course.preload, *course.preload_later)
    folders = (built.hidden_tests, *built.assignment.helpers)
    files = (file for folder in folders if folder.is_dir() for file in source_files(folder))
    sources = [file.read_text(encoding="utf-8") for file in files if file.suffix == ".py"]
    solved = json.loads(built.solution.read_bytes())
    sources += [course.first_cell, *sources_of(solved)]
    own = {built.assignment.course.package, "autograder", "labkit", *sys.stdlib_module_names}
    yield from (name for name in imports_in(sources).modules if name.split(".")[0] not in own)


def _pinned(name: str) -> str:
    try:
        return f"{name}=={version(name)}"
    except PackageNotFoundError:
        return ""
