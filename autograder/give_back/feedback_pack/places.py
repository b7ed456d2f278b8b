"""What each learning system takes back for one student: names of files, and their contents.

Moodle   a zip; folders or files begin as in its download, and the number in the name decides
         (View all submissions → Upload multiple feedback files in a zip)
Canvas   a zip; the files are called as in its download. Canvas goes by the two numbers in the name
         and shows the file under the name that the student gave it: its kind must stay the same
others   a folder for each student
"""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autograder.intake.lms import canvas, moodle
from autograder.intake.released import titles_in
from autograder.records import Grade, Submission
from autograder.reports.feedback_cell import empty_notebook, with_feedback

PAGE, NOTEBOOK = "feedback.html", "executed.ipynb"
ARCHIVES: Mapping[str, str] = {
    moodle.LAYOUT: "moodle-feedback.zip",
    canvas.LAYOUT: "canvas-feedback.zip",
}
"""The zip to upload, by the layout of the class; every other class gets folders."""


@dataclass(frozen=True)
class Feedback:
    """What there is to give back to one student."""

    grade: Grade
    page: bytes
    notebook: bytes | None
    """The executed notebook; None where there was none to run."""


@dataclass(frozen=True)
class Packed:
    """One student's files in a pack."""

    files: Mapping[str, bytes]
    """By their names in the zip or folder."""
    reason: str = ""
    """Why the learning system cannot take them, so that they are in a folder instead."""


def packed_for(
    layout: str, submission: Submission, feedback: Feedback, folder: str, title: str
) -> Packed:
    """Return the files of one student, for the zip of `layout` or for a folder called `folder`."""
    plain = {f"{folder}/{name}": content for name, content in _files(feedback).items()}
    if layout == moodle.LAYOUT:
        start = _text(moodle.feedback_start(submission))
        if not start:
            return Packed(plain, "Moodle did not name what was handed in")
        return Packed({start + name: content for name, content in _files(feedback).items()})
    if layout == canvas.LAYOUT:
        name = _text(canvas.feedback_name(submission))
        if not name:
            return Packed(plain, "Canvas takes back files only, and did not name one here")
        content = _same_kind(name, feedback, title)
        if content is None:
            return Packed(plain, "Canvas would show it under the name of another kind of file")
        return Packed({name: content})
    return Packed(plain)


def _files(feedback: Feedback) -> dict[str, bytes]:
    files = {PAGE: feedback.page}
    if feedback.notebook is not None:
        files[NOTEBOOK] = feedback.notebook
    return files


def _same_kind(name: str, feedback: Feedback, title: str) -> bytes | None:
    """The feedback as a file of the kind that `name` tells; None for a kind that holds none."""
    kind = os.path.splitext(name)[1].lower()
    if kind in (".html", ".htm"):
        return feedback.page
    if kind == ".zip":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside, content in _files(feedback).items():
                archive.writestr(inside, content)
        return stream.getvalue()
    if kind == ".ipynb":
        document: dict[str, Any] = (
            json.loads(feedback.notebook) if feedback.notebook else empty_notebook()
        )
        told = with_feedback(document, feedback.grade, title, titles_in(document))
        return json.dumps(told, indent=1).encode("ascii")
    return None


def _text(name: str) -> str:
    """A file's name as UTF-8 can write it: of names that are none, the numbers are enough."""
    return os.fsencode(name).decode("utf-8", "replace")
