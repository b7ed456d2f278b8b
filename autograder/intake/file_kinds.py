"""What a file in a class folder is, told from its content first and its name second."""

import mimetypes
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from autograder.files import NotOrdinary, read_ends
from autograder.intake.by_products import AUTOSAVED, BACKUPS, NOTEBOOK_SUFFIXES, TAR_SUFFIXES
from autograder.intake.rescue import GZIP, holds_notebook, what_it_is
from autograder.intake.tar_reader import is_tar
from autograder.intake.zip_reader import is_zip
from autograder.plain_text import one_line

_HEAD = 1 << 16

_TELLING: tuple[tuple[tuple[str, ...], str], ...] = (
    ((".gdoc", ".gsheet", ".gslides", ".glink"), "a link to a file in Google Drive"),
    ((".url", ".webloc", ".lnk", ".desktop"), "a link to a page, not the file itself"),
    (
        (".crdownload", ".part", ".partial", ".download", ".opdownload", ".tmp", ".filepart"),
        "an unfinished download",
    ),
    (
        (".icloud", ".cloud", ".cloudf", ".onedrive"),
        "a placeholder of a cloud drive, which stands for a file that was never downloaded",
    ),
    (("_text.html", "onlinetext.html"), "text that was typed into the learning system, no file"),
    (("_link.html",), "a link that was handed in instead of a file"),
)
"""Names that tell more than what such a file holds."""
_WITHIN: tuple[tuple[tuple[str, ...], str], ...] = (
    ((".doc", ".docx", ".odt", ".pages", ".rtf", ".pptx", ".key", ".epub"), "a text document"),
    ((".xlsx", ".ods", ".numbers"), "a spreadsheet"),
    ((".pt", ".pth", ".npz", ".npy", ".pkl", ".h5", ".onnx"), "saved weights or numbers"),
)
"""What may be a zip file within."""
_BY_NAME = (
    *_TELLING,
    (
        (".heic", ".heif", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
        "a picture",
    ),
    ((".rar", ".7z", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"), "an archive other than zip"),
    *_WITHIN,
    ((".csv", ".tsv"), "a table"),
    ((".pdf",), "a PDF"),
    ((".html", ".htm", ".mhtml"), "a web page, such as a notebook that was exported"),
    ((".py",), "a Python script, such as a notebook that was exported"),
    ((".eml", ".msg"), "an e-mail"),
    (BACKUPS, "a backup copy"),
    ((".txt", ".md", ".log", ".tex", ".rmd", ".qmd", ".r", ".m", ".yml", ".yaml"), "a text file"),
    ((".json", ".colab", ".jupyter", ".ipython", ".notebook", ".nb"), ""),
)
_KNOWN = tuple(suffix for suffixes, _ in _BY_NAME for suffix in suffixes)


def stem(name: str) -> str:
    """A file name without what tells its kind: "ann.ipynb.txt" and ".ann.ipynb.icloud" are ann."""
    lowered = name.lower()
    if AUTOSAVED.fullmatch(name):
        name = name.strip("#")
    if lowered.endswith((".icloud", *NOTEBOOK_SUFFIXES)):
        name = name.removeprefix(".") or name
    name = re.sub(r"(?i)-checkpoint(?=\.ipynb$)", "", name)
    name = _BEHIND.sub(r"\1", _TRAILING.sub(r"\1", name))
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
_BEHIND = re.compile(r"(?i)(\.ipynb)\.[a-z]{1,12}$")


def _is_mistyped(suffix: str) -> bool:
    """Whether a suffix is nearly the one of notebooks, such as "ipny"."""
    return SequenceMatcher(None, suffix.lower(), "ipynb").ratio() >= 0.8


def wrong_kind(top: Path, inside: str = "") -> str:
    """Why a file holds no notebook: a sentence; '' if it may well hold one.

    It is `top` itself, or lies at `inside` below it.
    """
    kind = kind_in(top, inside)
    return (
        f"{one_line((top / inside).name)} is no notebook: it is {kind}. Hand in the notebook "
        "itself (.ipynb), or the zip file that its last cell makes."
        if kind
        else ""
    )


def kind_in(top: Path, inside: str = "") -> str:
    """What a file is, in words, if it holds no notebook; '' if it may well hold one."""
    name, head = (top / inside).name, _head(top, inside)
    if head is None:
        return ""
    if is_zip(head) or head.startswith(GZIP) or _may_be_tar(name, head):
        return _named_kind(name, _WITHIN)
    if holds_notebook(head):
        return ""
    kind = _named_kind(name, _TELLING) or what_it_is(head) or _named_kind(name, _BY_NAME)
    empty = "" if head.strip() else "empty (perhaps a cloud drive had not loaded it)"
    return kind or empty or "a file of a kind that is not known here"


def unfinished(name: str) -> str:
    """What a file is that may hold a part of a notebook, told from its name; '' for any other."""
    return _named_kind(name, _TELLING)


def _may_be_tar(name: str, head: bytes) -> bool:
    # Only the beginning is here, of which other compressions give nothing before their first block.
    return is_tar(head) or (
        name.lower().endswith(TAR_SUFFIXES) and head.startswith((b"BZh", b"\xfd7zXZ"))
    )


def _head(top: Path, inside: str) -> bytes | None:
    """The first and the last bytes of an ordinary file; None for what is none."""
    try:
        return read_ends(top, inside, _HEAD)
    except (OSError, NotOrdinary):
        return None


def _named_kind(name: str, kinds: Sequence[tuple[tuple[str, ...], str]]) -> str:
    lowered = name.lower()
    return next((kind for suffixes, kind in kinds if lowered.endswith(suffixes)), "")
