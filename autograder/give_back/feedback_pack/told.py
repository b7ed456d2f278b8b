"""The words in which the command `feedback` says what it did."""

from collections.abc import Mapping

from autograder.give_back.feedback_pack.pack import MAIL_MERGE, Pack
from autograder.give_back.feedback_pack.places import ARCHIVES
from autograder.intake.lms import canvas, gradescope_export, moodle

_UPLOAD: Mapping[str, str] = {
    ARCHIVES[moodle.LAYOUT]: "upload it with Moodle's View all submissions → Upload multiple "
    "feedback files in a zip",
    ARCHIVES[canvas.LAYOUT]: "upload it with Canvas's Re-Upload Submissions, in the menu of the "
    "gradebook's column",
}


def told(pack: Pack, layout: str) -> list[str]:
    """Return sentences: what was packed, where it is, and what to do with it."""
    parts: list[str] = []
    if pack.zipped:
        parts.append(
            f"Feedback of {_students(pack.zipped)} in {pack.folder / pack.archive}: "
            f"{_UPLOAD[pack.archive]}."
        )
    if pack.apart:
        parts.append(f"Feedback of {_students(pack.apart)} in folders in {pack.folder}.")
    if layout == gradescope_export.LAYOUT:
        parts.append("Gradescope takes no files back.")
    if pack.zipped or pack.apart:
        parts.append(f"{MAIL_MERGE} beside it says who gets which page.")
    else:
        parts.append(f"There is no feedback to give back: {pack.folder} holds none.")
    return parts


def _students(count: int) -> str:
    return f"{count} student{'s' * (count != 1)}"
