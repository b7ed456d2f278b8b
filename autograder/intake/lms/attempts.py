"""Several files of one student: the newest attempt is graded, the others are named."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.files import is_file
from autograder.intake.file_kinds import wrong_kind
from autograder.intake.lms.collected import with_problems
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
    number such as `-1` are attempts: the highest counts, then the last upload. Files with names of
    their own, and copies that a browser numbered, are rivals: what they hold decides.
    """
    kinds = [_with_suffix(uploads, ".ipynb"), _with_suffix(uploads, ".zip"), _held(uploads)]
    candidates = next((kind for kind in kinds if kind), list(uploads))
    older, last = _newest(candidates)
    # A zip beside the notebook holds a copy of it, or another state.
    zips = tuple(upload.path for upload in kinds[1]) if kinds[0] else ()
    found = with_problems(submission, last.path)
    if any(kind for kind in kinds) and len({_base(upload) for upload in candidates}) > 1:
        return replace(found, rivals=(*(upload.path for upload in older), *zips))
    earlier = tuple(upload.path.name for upload in older) if any(kinds[:2]) else ()
    return replace(found, earlier=earlier, rivals=zips)


def _newest(candidates: Sequence[Upload]) -> tuple[list[Upload], Upload]:
    *older, last = sorted(candidates, key=lambda upload: (_number(upload), upload.order))
    return older, last


def _held(uploads: Sequence[Upload]) -> list[Upload]:
    """The uploads that hold a notebook, whatever they are called."""
    return [one for one in uploads if is_file(one.path) and not wrong_kind(one.path)]


def _with_suffix(uploads: Sequence[Upload], suffix: str) -> list[Upload]:
    return [upload for upload in uploads if upload.path.name.lower().endswith(suffix)]


def _base(upload: Upload) -> str:
    parts = _NUMBERED.fullmatch(upload.original)
    return f"{parts['base']}{parts['suffix'] or ''}".lower() if parts else upload.original


def _number(upload: Upload) -> int:
    parts = _NUMBERED.fullmatch(upload.original)
    return int(parts["number"] or 0) if parts else 0
