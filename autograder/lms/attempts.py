"""Several files of one student: the newest attempt is graded, the others are named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.lms.collected import with_problems
from autograder.plain_text import one_line
from autograder.records import Submission

_NUMBERED = re.compile(r"(?P<base>.+?)(?:-(?P<number>\d{1,3}))?(?P<suffix>\.[^.]*)?", re.DOTALL)


@dataclass(frozen=True)
class Upload:
    """One file that a student handed in."""

    path: Path
    original: str
    """Its name on the student's own machine, as far as the learning system kept it."""
    order: int = 0
    """Grows from upload to upload, if the learning system numbers them."""


def newest_attempt(submission: Submission, uploads: Sequence[Upload]) -> Submission:
    """`submission` with the upload that counts as its source.

    Notebooks come before zip files, these before anything else. Names that differ only in a
    number such as `-1` are attempts: the highest counts, then the last upload. Two notebooks
    with names of their own make a problem: nobody can tell which is meant.
    """
    kinds = [_with_suffix(uploads, ".ipynb"), _with_suffix(uploads, ".zip"), list(uploads)]
    candidates = next(kind for kind in kinds if kind)
    if len({_base(upload) for upload in candidates}) > 1 and candidates is not kinds[2]:
        names = ", ".join(one_line(upload.original) for upload in candidates[:5])
        problem = f"{len(candidates)} files were handed in: {names}. Hand in only the one to grade."
        return replace(submission, source=candidates[0].path, problem=problem)
    *older, last = sorted(candidates, key=lambda upload: (_number(upload), upload.order))
    earlier = tuple(upload.path.name for upload in older) if candidates is not kinds[2] else ()
    return replace(with_problems(submission, last.path), earlier=earlier)


def _with_suffix(uploads: Sequence[Upload], suffix: str) -> list[Upload]:
    return [upload for upload in uploads if upload.path.name.lower().endswith(suffix)]


def _base(upload: Upload) -> str:
    parts = _NUMBERED.fullmatch(upload.original)
    return f"{parts['base']}{parts['suffix'] or ''}".lower() if parts else upload.original


def _number(upload: Upload) -> int:
    parts = _NUMBERED.fullmatch(upload.original)
    return int(parts["number"] or 0) if parts else 0
