"""What a file in a class folder is, told from its content first and its name second."""

import mimetypes
import os
import re
from pathlib import Path

from autograder.collect.rescue import what_it_is
from autograder.collect.zip_reader import is_zip
from autograder.plain_text import one_line

NOTEBOOK_SUFFIXES = (".ipynb", ".zip")

_HEAD = 1 << 16
_NOTEBOOK_SIGNS = (b'"cells"', b'"nbformat"', b'"worksheets"', b'\\"cells\\"')
_GZIP = b"\x1f\x8b"

_SYSTEM_FILES = ("__macosx", "thumbs.db", "desktop.ini", "icon\r", "ehthumbs.db")
_COURSE_NAMES = ("readme", "license", "licence", "requirements", "makefile", "environment.y")
_COURSE_SUFFIXES = (".csv", ".tsv", ".xls", ".xlsx", ".ods")

_BY_NAME = (
    ((".gdoc", ".gsheet", ".gslides", ".glink"), "a link to a file in Google Drive"),
    ((".url", ".webloc", ".lnk", ".desktop"), "a link to a page, not the file itself"),
    (
        (".crdownload", ".part", ".partial", ".download", ".opdownload", ".tmp", ".filepart"),
        "an unfinished download",
    ),
    (
        (".icloud", ".cloud", ".cloudf"),
        "a placeholder of a cloud drive, which stands for a file that was never downloaded",
    ),
    (
        (".heic", ".heif", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
        "a picture",
    ),
    ((".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"), "an archive other than zip"),
    ((".doc", ".docx", ".odt", ".pages", ".rtf", ".pptx"), "a text document"),
    ((".pdf",), "a PDF"),
    ((".html", ".htm", ".mhtml"), "a web page, such as a notebook that was exported"),
    ((".py",), "a Python script, such as a notebook that was exported"),
    ((".ipynb~", ".bak", ".old", ".orig", ".swp", ".sav"), "a backup copy"),
    ((".json", ".txt", ".md", ".log", ".tex", ".rmd", ".qmd", ".r", ".m", ".yml", ".yaml"), ""),
)
_KNOWN = tuple(suffix for suffixes, _ in _BY_NAME for suffix in suffixes)


def is_system_file(name: str) -> bool:
    """Whether `name` is one that operating systems and editors leave behind."""
    lowered = name.lower()
    if lowered in _SYSTEM_FILES or lowered.startswith(("~$", ".~")):
        return True
    # iCloud hides its placeholders, which stand for somebody's work.
    return name.startswith(".") and not lowered.endswith(".icloud")


def is_course_file(name: str) -> bool:
    """Whether `name` is a file of the course team's: a class list, a README."""
    lowered = name.lower()
    return lowered.startswith(_COURSE_NAMES) or lowered.endswith(_COURSE_SUFFIXES)


def stem(name: str) -> str:
    """A file name without what tells its kind: "ann.ipynb.txt" and ".ann.ipynb.icloud" are ann."""
    lowered = name.lower()
    if lowered.endswith(".icloud"):
        name = name.removeprefix(".")
    while True:
        shorter, dot, suffix = name.rpartition(".")
        known = "." + suffix.lower() in (*NOTEBOOK_SUFFIXES, *_KNOWN)
        if not shorter or not dot or not (known or mimetypes.guess_type("x." + suffix)[0]):
            return name
        # Only what goes with another suffix is cut off twice: "v1.0.ipynb" keeps its dot.
        name = shorter
        if not re.search(r"\.(?:ipynb|zip|tar|json)$", shorter, re.IGNORECASE):
            return name


def wrong_kind(path: Path) -> str:
    """Why the file holds no notebook: a sentence; '' if it may well hold one."""
    head = _head(path)
    if head is None or is_zip(head) or head.startswith(_GZIP):
        held = "" if head is None or not _is_office(path) else "a text document"
    elif any(sign in head or sign in _utf16(sign, head) for sign in _NOTEBOOK_SIGNS):
        return ""
    else:
        held = what_it_is(head) or _named_kind(path.name) or ("" if head.strip() else "empty")
        if not held:
            held = "a file of a kind that is not known here"
    if not held:
        return ""
    return (
        f"{one_line(path.name)} is no notebook: it is {held}. Hand in the notebook itself "
        "(.ipynb), or the zip file that its last cell makes."
    )


def _head(path: Path) -> bytes | None:
    """The first and the last bytes of an ordinary file; None for what is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            size = os.fstat(descriptor).st_size
            head = file.read(_HEAD)
            if size > _HEAD:
                file.seek(max(size - _HEAD, _HEAD))
                head += file.read(_HEAD)
            return head
    except OSError:
        return None


def _utf16(sign: bytes, head: bytes) -> bytes:
    """`head` without the zero bytes that UTF-16 puts between letters, where it has any."""
    return head.replace(b"\0", b"") if head.count(b"\0") > len(sign) else b""


def _is_office(path: Path) -> bool:
    return path.suffix.lower() in (".docx", ".odt", ".pages", ".pptx")


def _named_kind(name: str) -> str:
    lowered = name.lower()
    return next((kind for suffixes, kind in _BY_NAME if lowered.endswith(suffixes)), "")
