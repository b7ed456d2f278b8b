"""The bytes of a file, taken for what they are rather than for what the file is called.

What surely holds a notebook is given as text, with a note; anything else has a sentence that names
what it is.
"""

import base64
import codecs
import gzip
import json
import re
import zlib
from io import BytesIO

from autograder.intake.unreadable import MAX_BYTES, Unreadable

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x80\x02", "saved Python objects (pickle)"),
    (b"\x80\x04", "saved Python objects (pickle)"),
    (b"bplist", "a link or setting of macOS"),
)
_NOTEBOOK_SIGNS = (b'"cells"', b'"nbformat"', b'"worksheets"', b'\\"cells\\"')
_ENDS = 1 << 16
GZIP = b"\x1f\x8b"
_ELSEWHERE = re.compile(
    r"https?://((?:colab\.research|drive|docs)\.google\.com|1drv\.ms|[\w.-]+\.sharepoint\.com"
    r"|onedrive\.live\.com|www\.dropbox\.com|github\.com|gist\.github\.com|www\.kaggle\.com)/"
)
_SHORT = 3000
"""Characters of a page that somebody typed; an exported notebook has many more."""
_HAND_IN = "Hand in the notebook itself (.ipynb), or the zip file that its last cell makes."
_SCRIPT = re.compile(
    r"^(?:# In ?\[[ \d]*\]:|# ?%%|# coding[:=]|import |from \w+ import |def )", re.M
)


def holds_notebook(head: bytes) -> bool:
    """Whether a file of which `head` is some part may be a notebook, whatever its name."""
    if len(head) > 2 * _ENDS:
        head = head[:_ENDS] + head[-_ENDS:]
    return any(sign in head or sign in _utf16(sign, head) for sign in _NOTEBOOK_SIGNS)


def _utf16(sign: bytes, head: bytes) -> bytes:
    """`head` without the zero bytes that UTF-16 puts between letters, where it has any."""
    return head.replace(b"\0", b"") if head.count(b"\0") > len(sign) else b""


def unpacked(raw: bytes) -> tuple[bytes, list[str]]:
    """`raw` without what a tool put around it, and notes on it. Raises `Unreadable`."""
    notes: list[str] = []
    if raw.startswith(GZIP):
        raw = _gunzipped(raw)
        notes.append("The file was compressed with gzip; it was unpacked.")
    if inner := _from_base64(raw):
        raw = inner
        notes.append("The file was encoded in Base64, as in mail; it was decoded.")
    if raw.endswith(b"\x1a"):  # the end of a file, as DOS marked it
        raw = raw.rstrip(b"\x1a\r\n")
    stripped = raw.rstrip(b"\0")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in stripped[:4]
    if not stripped and raw:
        raise Unreadable(
            "The file holds nothing but zero bytes: it was not written to its end, or a cloud "
            f"drive had not loaded it. Open the notebook, save it, and hand it in again. {_HAND_IN}"
        )
    if len(raw) - len(stripped) > 1 and not wide:
        raw = stripped
        notes.append("The file ended in zero bytes, which were ignored.")
    return raw, notes


_BASE64 = re.compile(rb"\s*(?:data:[\w/+.;=-]+,)?(?P<body>[A-Za-z0-9+/\s]+=*)\s*")


def _from_base64(raw: bytes) -> bytes:
    """The notebook that `raw` encodes; b"" where it holds anything else."""
    if not raw[:200].lstrip().startswith((b"data:", b"ey", b"ew")):
        return b""  # what a JSON object begins with
    match = _BASE64.fullmatch(raw)
    try:
        inner = base64.b64decode(match["body"]) if match else b""
    except ValueError:
        return b""
    return inner if inner.lstrip().startswith(b"{") and b'"cells"' in inner else b""


def _gunzipped(raw: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=BytesIO(raw)) as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(
            f"The file is a gzip archive, and a broken one ({error}). {_HAND_IN}"
        ) from error
    if len(content) > MAX_BYTES:
        raise Unreadable(f"The file is a gzip archive that is far too big unpacked. {_HAND_IN}")
    return content


def decoded(raw: bytes) -> tuple[str, list[str]]:
    """The text of a notebook file, and a note if its encoding is not the one of notebooks."""
    encoding = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding, "strict")
    except UnicodeDecodeError as error:
        return _western(raw, error)
    if encoding == "utf-8-sig":
        return text, ["The file began with a byte order mark, which was ignored."]
    if encoding != "utf-8":
        return text, [f"The file was saved as {encoding.upper()} instead of UTF-8."]
    return text, []


def _western(raw: bytes, error: UnicodeDecodeError) -> tuple[str, list[str]]:
    """What Windows writes in western Europe, if that makes a notebook of it."""
    text = ""
    try:
        text = raw.decode("cp1252")
        sound = "cells" in json.loads(text)
    except (ValueError, TypeError, RecursionError):
        sound = False
    if not sound:
        if what := what_it_is(raw):
            raise Unreadable(f"The file is {what}, not a notebook. {_HAND_IN}") from error
        raise Unreadable(
            f"The notebook is no UTF-8 text: byte {error.start + 1:,} cannot be read. "
            "Open it in Jupyter, save it, and hand it in again."
        ) from error
    return text, ["The file was saved as Windows-1252 (cp1252) instead of UTF-8."]


def what_it_is(raw: bytes) -> str:
    """What the file is, in words, if it is known and no notebook; else ''."""
    for start, kind in _KINDS:
        if raw.startswith(start):
            return kind
    if raw[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1"):
        return "a photo (HEIC)"
    if raw[4:8] == b"ftyp":
        return "a video"
    if raw[257:262] == b"ustar":
        return "a tar archive"
    head = raw[:4096].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    return _kind_of_text(head)


def _kind_of_text(head: str) -> str:
    lowered = head.lower()
    if head.startswith("version https://git-lfs"):
        return (
            "a Git LFS pointer, which stands for a file that was not uploaded (run `git lfs pull`, "
            "or store the notebook in Git itself)"
        )
    if "[internetshortcut]" in lowered or lowered.startswith(("http://", "https://")):
        return "a link to a page"
    if head.startswith("{") and ('"url"' in head or '"doc_id"' in head) and '"cells"' not in head:
        return "a link to a file in Google Drive, which only its owner can open"
    if len(head) < _SHORT and lowered.startswith("<") and (link := _ELSEWHERE.search(lowered)):
        return f"a page with a link to a file at {link[1]}"
    if lowered.startswith(("<!doctype html", "<html", "<head", "<?xml", "<!--", "<svg", "<div")):
        return "a web page (HTML), such as a notebook that was exported or a page of a login"
    if _SCRIPT.search(head):
        return "a Python script"
    link = _ELSEWHERE.search(head) if not head.startswith(("{", "[")) else None
    return f"a link to a file at {link[1]}" if link else ""
