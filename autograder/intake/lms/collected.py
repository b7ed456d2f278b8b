"""What is found in a class folder or a download: submissions, and what to tell about the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.files import is_folder, walk
from autograder.intake.by_products import is_system_file
from autograder.intake.folder import as_submission, entries
from autograder.plain_text import one_line
from autograder.records import Submission


@dataclass(frozen=True)
class Collected:
    """A class as it was handed in."""

    layout: str
    """Whose layout it has, in words, such as "Canvas download"."""
    submissions: tuple[Submission, ...]
    remarks: tuple[str, ...] = ()
    """Sentences for the instructor: what could not be matched, which attempts were left out."""


def visible_entries(folder: Path) -> list[Path]:
    """The entries of `folder` that no system left there, in the order of their names."""
    return [entry for entry in entries(folder) if not is_system_file(entry.name)]


def files_in(folder: Path) -> list[Path]:
    """The files in a student's folder; none if it holds folders too, or cannot be looked at.

    Then the folder itself is what is read, or refused with a sentence.
    """
    found = walk(folder, lambda name: not is_system_file(name), deepest=1)
    inside = [one for one in found.entries if one.path and not is_system_file(one.name)]
    if not is_folder(folder) or any(one.kind == "folder" for one in inside):
        return []
    return [] if found.problem else [folder / one.path for one in inside]


def with_problems(submission: Submission, path: Path) -> Submission:
    """`submission` with `path` as its source, and the problem that is known of that path."""
    found = as_submission(path)
    problem = found.problem if found else f"{one_line(path.name)} is no notebook."
    return replace(submission, source=path, problem=problem)


def unmatched(paths: Iterable[Path], system: str) -> tuple[list[Submission], list[str]]:
    """Entries among a download of `system` that are not named as it names them.

    They are graded under their own names, and each has a sentence: nobody is lost.
    """
    submissions, remarks = list[Submission](), list[str]()
    for path in paths:
        found = as_submission(path)
        if found:
            submissions.append(found)
            remarks.append(
                f"{one_line(path.name)} is not named as {system} names its files: "
                f"it is graded as '{one_line(found.student)}' and belongs to nobody that is known."
            )
    return submissions, remarks


def older(submission: Submission) -> str:
    """The sentence about attempts that are not graded."""
    names = ", ".join(one_line(name) for name in submission.earlier)
    return f"{one_line(submission.student)}: the newest attempt is graded, not {names}."
