"""The notebooks in a submission, read under limits: a file, a zip file or a folder, nested or not.

This decides what is in a hand-in, at whichever level it stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder.files import Entry, NotOrdinary, is_folder, look, read, walk
from autograder.intake.archives import is_archive, notebooks_in_archive, refuse_misnamed
from autograder.intake.by_products import matters
from autograder.intake.choosing import Found
from autograder.intake.file_kinds import kind_in, wrong_kind
from autograder.intake.unreadable import MAX_BYTES, Unreadable, nothing_in, too_big
from autograder.plain_text import one_line

_MAX_NOTEBOOKS = 20


def notebooks_in(source: Path) -> list[Found]:
    """Returns the notebooks handed in as `source`, at least one, still as bytes.

    Raises Unreadable, in words for the student, if there is none, too many, or one is too big.
    """
    try:
        found = list(_in_folder(source) if is_folder(source) else _in_file(source))
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreadable(f"{one_line(source.name)} cannot be read: {one_line(reason)}.") from error
    if len(found) > _MAX_NOTEBOOKS:
        raise Unreadable(
            f"{one_line(source.name)} holds {len(found)} notebooks. Hand in only the one to grade."
        )
    return found


def _in_file(top: Path, entry: Entry | None = None) -> Iterator[Found]:
    inside = entry.path if entry else ""
    place = top / inside
    content = _read_file(top, inside, f"{one_line(top.name)}/" if entry else "")
    if is_archive(content):
        yield from _labelled(notebooks_in_archive(content, place.name), inside)
    else:
        refuse_misnamed(content, place.name)
        seen = entry or look(top)
        yield Found(inside or place.name, content, seen.modified / 1e9 if seen else 0.0)


def _labelled(found: Iterable[Found], archive: str) -> Iterator[Found]:
    """Notebooks of an archive in a folder, called after both: there may be more of one name."""
    for one in found:
        yield replace(one, name=f"{archive}: {one.name}") if archive else one


def _read_file(top: Path, path: str = "", folder: str = "") -> bytes:
    """Reads an ordinary file, never a link or a pipe, and never more than the limit."""
    place = top / path
    name = folder + one_line(place.name)
    try:
        content = read(top, path, MAX_BYTES)
    except NotOrdinary as error:
        if (seen := look(place)) and seen.kind == "link":
            raise Unreadable(
                f"{name} is a link, and links are not followed. Hand in the notebook itself."
            ) from error
        raise Unreadable(f"{name} is no ordinary file. Hand in the notebook itself.") from error
    if len(content) > MAX_BYTES:
        seen = look(place)
        raise too_big(name, max(seen.size if seen else 0, len(content)))
    return content


def _in_folder(folder: Path) -> Iterator[Found]:
    walked = walk(folder, matters)
    if walked.problem:
        raise Unreadable(
            f"The folder {walked.problem} Hand in the notebook alone, outside of any folder."
        )
    entries = [one for one in walked.entries if one.kind != "folder" and matters(one.name)]
    entries.sort(key=lambda one: (one.path.count("/"), one.path))
    notebooks = [one for one in entries if one.name.lower().endswith(".ipynb")]
    zips = [one for one in entries if one.name.lower().endswith(".zip")]
    # The zip that the last cell makes holds a copy of the notebook, or another state of it.
    wanted = [*notebooks, *zips] or [one for one in entries if not wrong_kind(folder, one.path)]
    if not wanted:
        names = [
            one.path
            for one in walked.entries
            if one.path and (one.kind != "folder" or not matters(one.name))
        ]
        kind = kind_in(folder, entries[0].path) if len(entries) == 1 else ""
        raise nothing_in(f"The folder {one_line(folder.name)}", names, kind)
    problems: list[Unreadable] = []
    found: list[Found] = []
    for entry in wanted[: _MAX_NOTEBOOKS + 1]:
        try:
            inside = list(_in_file(folder, entry))
        except Unreadable as problem:
            problems.append(problem)
            continue
        # Beside notebooks, a zip of many others is material, not somebody's answers.
        if entry in notebooks or not notebooks or len(found) + len(inside) <= _MAX_NOTEBOOKS:
            found += inside
    if not found:
        raise problems[0]
    yield from found
