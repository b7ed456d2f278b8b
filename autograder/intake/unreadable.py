"""The one way in which reading a submission fails, and the limits that all readers share."""

from collections.abc import Sequence

from autograder.intake.by_products import CHECKPOINTS, matters
from autograder.plain_text import one_line

MAX_MEGABYTES = 100
MAX_BYTES = MAX_MEGABYTES * 1_000_000


class Unreadable(Exception):
    """A submission that cannot be graded; the message tells the student why and what to do."""


class NotThisAssignment(Unreadable):
    """A notebook that can be read, but belongs to something else; the message tells from what."""


def nothing_in(label: str, names: Sequence[str], kind: str = "") -> Unreadable:
    """The error for a folder or archive without a notebook, which holds files called `names`.

    `kind` tells what the only one is.
    """
    own = [name.removeprefix("./") for name in names if all(map(matters, name.split("/")))]
    kept = any(CHECKPOINTS in name.split("/") for name in names)
    held = ", ".join(one_line(name, 80) for name in own[:5]) + (", …" if own[5:] else "")
    held = held or ("a backup copy that Jupyter made" if kept else "")
    told = f", only {held}" if held else ": it is empty" if not names else ""
    told += f", which is {kind}" if kind and len(own) == 1 else ""
    return Unreadable(f"{label} holds no notebook (.ipynb){told}. Hand in the notebook itself.")


def too_big(name: str, size: int) -> Unreadable:
    """The error for a file of `size` bytes, which is over the limit."""
    return Unreadable(
        f"{one_line(name)} is {size / 1e6:,.0f} MB big; at most {MAX_MEGABYTES} MB can be read. "
        "Clear the outputs (Edit → Clear Outputs of All Cells), save, and hand it in again."
    )
