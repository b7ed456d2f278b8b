"""What a file in a class folder is, told from its content first and its name second."""

import mimetypes
import re
from difflib import SequenceMatcher
from pathlib import Path

from autograder.collect.rescue import what_it_is
from autograder.collect.tar_reader import TAR_SUFFIXES, is_tar
from autograder.collect.zip_reader import is_zip
from autograder.files import NotOrdinary, read_ends
from autograder.plain_text import one_line

NOTEBOOK_SUFFIXES = (".ipynb", ".zip")

_HEAD = 1 << 16
_NOTEBOOK_SIGNS = (b'"cells"', b'"nbformat"', b'"worksheets"', b'\\"cells\\"')
_GZIP = b"\x1f\x8b"

_SYSTEM_FILES = frozenset(
    (
        *("__macosx", "thumbs.db", "desktop.ini", "icon\r", "ehthumbs.db", "$recycle.bin"),
        *("system volume information", "lost+found", "@eadir", "#recycle", "__pycache__"),
    )
)
_HIDDEN = (
    *("._", ".ds_store", ".localized", ".spotlight", ".fsevents", ".trash", ".temporaryitems"),
    *(".git", ".ipynb_checkpoints", ".jupyter", ".virtual_documents", ".venv", ".idea", ".vscode"),
)
"""How hidden entries begin that everybody's computer leaves."""
_COURSE_NAMES = ("readme", "license", "licence", "requirements", "makefile", "environment.y")
_COURSE_SUFFIXES = (".csv", ".tsv", ".xls", ".xlsx", ".ods")

_BACKUPS = ("~", ".bak", ".old", ".orig", ".swp", ".sav")
_AUTOSAVED = re.compile(r"#.+#")
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
    (_BACKUPS, "a backup copy"),
    ((".json", ".txt", ".md", ".log", ".tex", ".rmd", ".qmd", ".r", ".m", ".yml", ".yaml"), ""),
)
_KNOWN = tuple(suffix for suffixes, _ in _BY_NAME for suffix in suffixes)


def is_system_file(name: str) -> bool:
    """Whether `name` is one that operating systems and editors leave behind."""
    lowered = name.lower()
    if lowered in _SYSTEM_FILES or lowered.startswith(("~$", ".~")):
        return True
    # iCloud hides its placeholders, which stand for somebody's work.
    return is_hidden(name) and not lowered.endswith(".icloud")


def is_hidden(name: str) -> bool:
    """Whether `name` begins with a dot, and isn't a notebook's or zip's for all that."""
    work = name.lower().endswith(NOTEBOOK_SUFFIXES) and not name.startswith("._")
    return name.startswith(".") and not work


def is_unknown_hidden(name: str) -> bool:
    """Whether `name` is hidden, and none that everybody's computer leaves."""
    return is_system_file(name) and is_hidden(name) and not name.lower().startswith(_HIDDEN)


def is_backup(name: str) -> bool:
    """Whether `name` is one that editors and Jupyter give to a copy beside the file itself."""
    lowered = name.lower()
    return (
        lowered.endswith((*_BACKUPS, "-checkpoint.ipynb")) or _AUTOSAVED.fullmatch(name) is not None
    )


def is_course_file(name: str) -> bool:
    """Whether `name` is a file of the course team's: a class list, a README."""
    lowered = name.lower()
    return lowered.startswith(_COURSE_NAMES) or lowered.endswith(_COURSE_SUFFIXES)


def stem(name: str) -> str:
    """A file name without what tells its kind: "ann.ipynb.txt" and ".ann.ipynb.icloud" are ann."""
    lowered = name.lower()
    if _AUTOSAVED.fullmatch(name):
        name = name.strip("#")
    if lowered.endswith((".icloud", *NOTEBOOK_SUFFIXES)):
        name = name.removeprefix(".") or name
    name = re.sub(r"(?i)-checkpoint(?=\.ipynb$)", "", name)
    name = _TRAILING.sub(r"\1", name)
    while True:
        shorter, dot, suffix = name.rpartition(".")
        known = "." + suffix.lower() in (*NOTEBOOK_SUFFIXES, *_KNOWN) or _is_mistyped(suffix)
        if not shorter or not dot or not (known or mimetypes.guess_type("x." + suffix)[0]):
            return name
        # Only what goes with another suffix is cut off twice: "v1.0.ipynb" keeps its dot.
        name = shorter
        if not re.search(r"\.(?:ipynb|zip|tar|json)$", shorter, re.IGNORECASE):
            return name


_TRAILING = re.compile(r"(?i)(\.(?:ipynb|zip))(?:[ _~-]+|[ _-]*\(\d+\)|[ _-]*copy ?\d*)$")
"""What browsers and people put behind a notebook's suffix."""


def _is_mistyped(suffix: str) -> bool:
    """Whether a suffix is nearly the one of notebooks, such as "ipny"."""
    return SequenceMatcher(None, suffix.lower(), "ipynb").ratio() >= 0.8


def wrong_kind(top: Path, inside: str = "") -> str:
    """Why a file holds no notebook: a sentence; '' if it may well hold one.

    It is `top` itself, or lies at `inside` below it.
    """
    path, head = top / inside, _head(top, inside)
    if head is None or is_zip(head) or head.startswith(_GZIP) or _may_be_tar(path, head):
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


def _may_be_tar(path: Path, head: bytes) -> bool:
    # Only the beginning is here, of which other compressions give nothing before their first block.
    return is_tar(head) or (
        path.name.lower().endswith(TAR_SUFFIXES) and head.startswith((b"BZh", b"\xfd7zXZ"))
    )


def _head(top: Path, inside: str) -> bytes | None:
    """The first and the last bytes of an ordinary file; None for what is none."""
    try:
        return read_ends(top, inside, _HEAD)
    except (OSError, NotOrdinary):
        return None


def _utf16(sign: bytes, head: bytes) -> bytes:
    """`head` without the zero bytes that UTF-16 puts between letters, where it has any."""
    return head.replace(b"\0", b"") if head.count(b"\0") > len(sign) else b""


def _is_office(path: Path) -> bool:
    return path.suffix.lower() in (".docx", ".odt", ".pages", ".pptx")


def _named_kind(name: str) -> str:
    lowered = name.lower()
    return next((kind for suffixes, kind in _BY_NAME if lowered.endswith(suffixes)), "")
