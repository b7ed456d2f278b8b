"""Reads the zip that otter generates for an autograder, in memory, with bounds on everything."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, cast

import yaml

from autograder.errors import KitError
from autograder.intake.unreadable import Unreadable
from autograder.intake.zip_reader import is_link, leads_outside, refuse_endless_directory
from autograder.plain_text import one_line

MOST_BYTES = 1 << 30
"""All files of an autograder together, unpacked."""
_MOST_FILES = 5_000
_MOST_RATIO = 500
_RATIO_MATTERS_FROM = 10_000_000
_ENCRYPTED = 0x1
_CONFIG = "otter_config.json"
_OWN = ("otter-grader", "otter_grader")


class ArchiveError(KitError):
    """The zip can't be adopted: a sentence that says why, and what to do."""


@dataclass(frozen=True)
class Archive:
    """What a generated autograder holds."""

    name: str
    tests: Mapping[str, bytes]
    """Test files, by name."""
    files: Mapping[str, bytes]
    """What stands beside the notebook, by path."""
    config: Mapping[str, Any]
    """`otter_config.json`, as it is."""
    requirements: tuple[str, ...]
    """The packages that the assignment asks for beside otter's own."""


def read_archive(path: Path) -> Archive:
    """Return what the zip at `path` holds. Raises `ArchiveError`."""
    label = one_line(path.name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ArchiveError(f"{label} is larger than {MOST_BYTES >> 20} MB.")
        content = path.read_bytes()
    except OSError as problem:
        raise ArchiveError(f"{path}: cannot be read ({problem.strerror}).") from None
    try:
        refuse_endless_directory(content, label)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = _members(archive, label)
    except ArchiveError:
        raise
    except Unreadable as problem:
        raise ArchiveError(
            f"{label} isn't a zip file that can be read: it is broken or lists far too many files. "
            "Generate it again with otter assign or otter generate."
        ) from problem
    except Exception as problem:  # zipfile raises a dozen kinds of exceptions for broken files
        raise ArchiveError(
            f"{label} is broken ({one_line(str(problem)) or type(problem).__name__}). Generate it "
            "again with otter assign or otter generate."
        ) from problem
    return _sorted(label, members)


def _members(archive: zipfile.ZipFile, label: str) -> dict[str, bytes]:
    """Return the files by their paths; the folder that holds all of them, if one does, is left."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > _MOST_FILES:
        raise ArchiveError(f"{label} holds {len(entries):,} files; at most {_MOST_FILES:,} can be.")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ArchiveError(f"{label} would be larger than {MOST_BYTES >> 20} MB unpacked.")
    for entry in entries:
        _refuse_hostile(entry, label)
    found: dict[str, bytes] = {}
    for entry in entries:
        with archive.open(entry) as file:
            data = file.read(entry.file_size + 1)
        if len(data) > entry.file_size:
            raise ArchiveError(f"{label}: {one_line(entry.filename)} is longer than announced.")
        found[entry.filename.replace("\\", "/")] = data
    tops = {path.split("/", 1)[0] for path in found}
    if len(tops) == 1 and all("/" in path for path in found) and tops != {"tests"}:
        return {path.split("/", 1)[1]: data for path, data in found.items()}
    return found


def _refuse_hostile(entry: zipfile.ZipInfo, label: str) -> None:
    name = one_line(entry.filename)
    if leads_outside(entry):
        raise ArchiveError(f"{label} holds a file whose place is outside of the zip: {name}.")
    if is_link(entry):
        raise ArchiveError(f"{label} holds a link, {name}; put the file itself in its place.")
    if entry.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{label}: {name} is protected by a password; make it without one.")
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > _RATIO_MATTERS_FROM and ratio > _MOST_RATIO:
        raise ArchiveError(f"{label}: {name} grows {ratio:,.0f}-fold when unpacked.")


def _sorted(label: str, members: Mapping[str, bytes]) -> Archive:
    tests = {
        path.name: data
        for path, data in ((PurePosixPath(name), data) for name, data in members.items())
        if len(path.parts) == 2 and path.parts[0] == "tests"
    }
    python = {
        name: data for name, data in tests.items() if name.endswith(".py") and name[0] not in "._"
    }
    config = _config(label, members.get(_CONFIG, b"{}"))
    if config.get("lang", "python") == "r" or (
        not python and any(name.lower().endswith(".r") for name in tests)
    ):
        raise ArchiveError(f"{label} is an assignment in R; this kit grades Python notebooks only.")
    if not python:
        raise ArchiveError(
            f"{label} holds no test file: there is no tests/*.py in it. Is it the autograder zip "
            "that otter assign or otter generate writes, and not what students get?"
        )
    files = {
        name.split("/", 1)[1]: data for name, data in members.items() if name.startswith("files/")
    }
    return Archive(label, python, files, config, _requirements(members))


def _config(label: str, content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError as problem:
        raise ArchiveError(f"{label}: {_CONFIG} isn't valid JSON ({problem}).") from None
    if not isinstance(found, dict):
        raise ArchiveError(f"{label}: {_CONFIG} must be a JSON object.")
    return cast("dict[str, Any]", found)


def _requirements(members: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the packages of `requirements.txt`, or those of the environment that pip installs."""
    text = members.get("requirements.txt", b"").decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines()]
    lines += _of_environment(members.get("environment.yml", b""))
    kept = (line for line in lines if line and line[0] not in "#-" and "{" not in line)
    return tuple(dict.fromkeys(line for line in kept if not line.lower().startswith(_OWN)))


def _of_environment(content: bytes) -> list[str]:
    try:
        found = yaml.safe_load(content.decode("utf-8", "replace"))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
    if not isinstance(found, dict):
        return []
    listed = cast("dict[str, Any]", found).get("dependencies")
    parts = cast("list[Any]", listed) if isinstance(listed, list) else []
    pip = [cast("dict[str, Any]", part).get("pip") for part in parts if isinstance(part, dict)]
    return [
        line
        for lines in pip
        if isinstance(lines, list)
        for line in cast("list[Any]", lines)
        if isinstance(line, str)
    ]
