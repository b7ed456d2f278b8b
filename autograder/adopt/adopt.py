"""Writes an assignment folder around an assignment that was written for stock otter."""

import ast
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

import nbformat

from autograder.adopt.archive import Archive, ArchiveError, read_archive
from autograder.adopt.masters import as_format_4_5, assigned
from autograder.adopt.unsupported import unsupported
from autograder.course.doctests import trees_of
from autograder.course.imports import (
    Imports,
    imports_in,
    may_be_outside,
    missing,
    sources_of,
    to_preload,
    trusted_in,
)
from autograder.course.otter_files import TestFile, read_test_file

Where = Literal["outside", "beside"]
SETTINGS, TESTS, DATA = "course.toml", "otter/tests", "data"
SOLUTION = "otter/solution.ipynb"


@dataclass(frozen=True)
class Adopted:
    """What was written, and what a person should know of it."""

    folder: Path
    archive: Archive
    files: tuple[TestFile, ...]
    imports: Imports
    preload: tuple[str, ...]
    notebook: str
    solved: bool
    """Whether there is a solved notebook to try the tests on."""
    notes: tuple[str, ...] = ()
    where: Mapping[str, Where] = field(default_factory=dict[str, Where])
    """Where each question is judged."""


def adopt(
    source: Path, folder: Path, notebook: Path | None = None, solution: Path | None = None
) -> Adopted:
    """Write `folder` from otter's zip or a master notebook. Raises `ArchiveError`, `TestFileError`.

    `notebook` is what students got, `solution` the solved one: a zip holds neither.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveError(f"{folder} isn't empty. Name a new folder: nothing is overwritten.")
    notes: list[str] = []
    local: tuple[str, ...] = ()
    if source.suffix == ".ipynb":
        made = assigned(source)
        archive = replace(made.archive, name=source.name)
        student, solved = made.student, made.solution
        config, local = {**archive.config, **made.config}, made.local
        if made.upgraded:
            notes.append(f"{source.name} was of format {made.upgraded}; it is upgraded to 4.5.")
    else:
        archive = read_archive(source)
        student = _notebook(notebook) if notebook else _bare_notebook(archive)
        solved = _notebook(solution) if solution else None
        config = archive.config
        if not notebook:
            notes.append(
                "The notebook that students got isn't in the zip, so a bare one is in its place. "
                "Put the real one there: then a notebook of another assignment is told as such."
            )
    name = f"{notebook.stem if notebook else source.stem}.ipynb"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".adopt-", dir=folder.parent) as aside:
        place = Path(aside) / "assignment"
        _write(place, archive, name, student, solved)
        files = tuple(read_test_file(place / TESTS / one) for one in sorted(archive.tests))
        found = imports_in([*sources_of(solved or {}), *sources_of(student), *_imports_of(files)])
        notes += unsupported(config, found)
        preload = to_preload(found, (*archive.files, *local))
        notes += _about(files, preload)
        where: dict[str, Where] = {
            file.question: "outside" if solved and may_be_outside(file, found) else "beside"
            for file in files
        }
        done = Adopted(
            place, archive, files, found, preload, name, solved is not None, tuple(notes), where
        )
        write_settings(done)
        if folder.exists():
            folder.rmdir()
        place.rename(folder)
    return replace(done, folder=folder)


def _write(
    folder: Path,
    archive: Archive,
    name: str,
    student: Mapping[str, Any],
    solved: Mapping[str, Any] | None,
) -> None:
    config = {key: value for key, value in archive.config.items() if key != "token"}
    contents: dict[str, bytes] = {
        name: _json(student),
        "otter/otter_config.json": _json(config),
        "otter/requirements.txt": "".join(f"{one}\n" for one in archive.requirements).encode(),
        **({SOLUTION: _json(solved)} if solved else {}),
        **{f"{TESTS}/{one}": data for one, data in archive.tests.items()},
        **{f"{DATA}/{one}": data for one, data in archive.files.items()},
    }
    try:
        for path, data in contents.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    except OSError as problem:
        raise ArchiveError(f"{folder}: cannot be written ({problem}).") from None


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _notebook(path: Path) -> dict[str, Any]:
    try:
        document = cast("Any", nbformat).reads(path.read_text("utf-8"), as_version=4)
    except Exception as problem:  # nbformat raises kinds of its own for what is no notebook
        raise ArchiveError(f"{path} cannot be read as a notebook ({problem}).") from None
    as_format_4_5(document)
    return json.loads(json.dumps(document))


def _bare_notebook(archive: Archive) -> dict[str, Any]:
    """Return a notebook with a check for each test file."""
    checks = (f'grader.check("{name.removesuffix(".py")}")' for name in sorted(archive.tests))
    # All in one cell, so that no cell looks as if it were the answer to a question.
    source = "\n".join(("import otter", "", "grader = otter.Notebook()", *checks))
    document: Any = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id="checks")],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    return json.loads(json.dumps(document))


def _imports_of(files: tuple[TestFile, ...]) -> list[str]:
    """Return the sources of the tests, as far as what they import goes."""
    found = [file.source for file in files if file.form == "exception"]
    for file in files:
        if file.form == "ok":
            found += [ast.unparse(tree) for case in file.cases for tree in trees_of(case.body)]
    return found


def _about(files: tuple[TestFile, ...], preload: tuple[str, ...]) -> list[str]:
    """Return what a person should mend or know: packages and empty tests."""
    notes: list[str] = []
    if lacking := missing(preload):
        names = ", ".join(lacking)
        notes.append(
            f"Not installed here, but imported: {names}. Install what the questions need (python "
            f"-m pip install {' '.join(lacking)}), or take it out of 'preload' in {SETTINGS}."
        )
    notes += [f"{file.question} has no test case." for file in files if not file.cases]
    return notes


def write_settings(adopted: Adopted) -> None:
    """Write `course.toml`."""
    (adopted.folder / SETTINGS).write_text(settings_text(adopted), encoding="utf-8")


def settings_text(adopted: Adopted) -> str:
    """Return the text of `course.toml`. Raises `ArchiveError` where no test gives points."""
    config, archive = adopted.archive.config, adopted.archive
    possible = config.get("points_possible") or sum(
        case.points or 0 for file in adopted.files for case in file.cases
    )
    if not possible:
        raise ArchiveError(f"{archive.name}: its tests give no points, so nothing can be graded.")
    title = config.get("assignment_name") or Path(adopted.notebook).stem
    seed, variable = config.get("seed"), config.get("seed_variable")
    lines = [
        f"# Adopted from {archive.name}, which was written for stock otter. Its tests are in",
        f"# {TESTS}/, unchanged; what stands beside the notebook is in {DATA}/.",
        *(f"# {note}" for note in adopted.notes),
        f"title = {_text(title)}",
        f"notebook = {_text(adopted.notebook)}",
        f"preload = [{', '.join(map(_text, adopted.preload))}]",
        "",
        "[totals]",
        f"core = {float(possible)!r}",
        "",
        "[otter]",
        f"tests = {_text(TESTS)}",
        *([f"seed = {seed}"] if isinstance(seed, int) else []),
        *([f"seed_variable = {_text(variable)}"] if variable else []),
        "beside = true           # false: refuse to judge beside student code",
        "",
        "[otter.modules]         # trusted modules, by the name that tests have for them",
        *(
            f"{_text(name)} = {_text(module)}"
            for name, module in trusted_in(adopted.files, adopted.imports).items()
        ),
        "",
        "[limits]",
        f"processes = {64 + len(adopted.files)}",
        "",
        "[gradescope]",
        f"hidden_checks = {_text('visible' if config.get('show_hidden') else 'hidden')}",
        "",
        "[tests]                 # outside: values cross over; beside: as stock otter, isolated",
        *(f"{_text(name)} = {_text(where)}" for name, where in adopted.where.items()),
    ]
    return "\n".join(lines) + "\n"


def _text(value: Any) -> str:
    """Return a TOML string: those of JSON are some."""
    return json.dumps(str(value))
