"""Names of students' folders: harmless, one for each student, the same in every run."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator

_PLAIN_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,80}(?<!\.)")
_WINDOWS_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


def free_name(student: str, taken: Iterable[str]) -> str:
    """Return the name of the student's folder: the id itself if that is harmless and free."""
    # Compared without case: macOS and Windows keep one folder for "Ann" and "ann".
    used = {name.casefold() for name in taken}
    return next(name for name in _candidates(student) if name.casefold() not in used)


def _candidates(student: str) -> Iterator[str]:
    """Yield the id if it is harmless, then a slug and a hash."""
    if _PLAIN_NAME.fullmatch(student) and not _WINDOWS_DEVICE.fullmatch(student):
        yield student
    ascii_text = unicodedata.normalize("NFKD", student[:200]).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9]+", "-", ascii_text).strip("-")[:40].strip("-") or "student"
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(10, len(digest) + 1):
        yield f"{slug}-{digest[:length]}"
