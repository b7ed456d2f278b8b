"""The one way in which reading a submission fails, and the limits that all readers share."""

from autograder.plain_text import one_line

MAX_MEGABYTES = 100
MAX_BYTES = MAX_MEGABYTES * 1_000_000


class Unreadable(Exception):
    """A submission that cannot be graded; the message tells the student why and what to do."""


class NotThisAssignment(Unreadable):
    """A notebook that can be read, but belongs to something else; the message tells from what."""


def too_big(name: str, size: int) -> Unreadable:
    """The error for a file of `size` bytes, which is over the limit."""
    return Unreadable(
        f"{one_line(name)} is {size / 1e6:,.0f} MB big; at most {MAX_MEGABYTES} MB can be read. "
        "Clear the outputs (Edit → Clear Outputs of All Cells), save, and hand it in again."
    )
