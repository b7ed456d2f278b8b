"""Names of what systems, programs and the course team leave beside students' work."""

import re

NOTEBOOK_SUFFIXES = (".ipynb", ".zip")
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
BACKUPS = ("~", ".bak", ".old", ".orig", ".swp", ".sav")
CHECKPOINTS = ".ipynb_checkpoints"

_SYSTEM_FILES = frozenset(
    (
        *("__macosx", "thumbs.db", "desktop.ini", "icon\r", "ehthumbs.db", "$recycle.bin"),
        *("system volume information", "lost+found", "@eadir", "#recycle", "__pycache__"),
    )
)
_HIDDEN = (
    *("._", ".ds_store", ".localized", ".spotlight", ".fsevents", ".trash", ".temporaryitems"),
    *(".git", CHECKPOINTS, ".jupyter", ".virtual_documents", ".venv", ".idea", ".vscode"),
)
"""How hidden entries begin that everybody's computer leaves."""
_COURSE_NAMES = ("readme", "license", "licence", "requirements", "makefile", "environment.y")
_COURSE_SUFFIXES = (".csv", ".tsv", ".xls", ".xlsx", ".ods")
AUTOSAVED = re.compile(r"#.+#")


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


def matters(name: str) -> bool:
    """Whether a file or folder in a hand-in may be the student's own."""
    if name in ("", "."):  # parts of a path, as in ./cnn.ipynb
        return True
    return name.lower() not in _SYSTEM_FILES and not is_hidden(name)


def is_backup(name: str) -> bool:
    """Whether `name` is one that editors and Jupyter give to a copy beside the file itself."""
    lowered = name.lower()
    return (
        lowered.endswith((*BACKUPS, "-checkpoint.ipynb")) or AUTOSAVED.fullmatch(name) is not None
    )


def is_course_file(name: str) -> bool:
    """Whether `name` is a file of the course team's: a class list, a README."""
    lowered = name.lower()
    return lowered.startswith(_COURSE_NAMES) or lowered.endswith(_COURSE_SUFFIXES)
