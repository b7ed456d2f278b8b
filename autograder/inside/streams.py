"""Standard output and error that student code cannot take away from the cells after its own."""

import builtins
import io
import os
import sys
from typing import Any

_print = builtins.print
_streams: dict[str, io.TextIOBase] = {}


class _Stream(io.TextIOWrapper):
    """Text to a descriptor; closing it only flushes it, as in a notebook."""

    def close(self) -> None:
        if not self.closed:
            self.flush()


def open_both() -> None:
    """Begin to print to the descriptors 1 and 2."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(descriptor, "w", closefd=False)
        _streams[name] = _Stream(
            io.BufferedWriter(raw), "utf-8", errors="replace", line_buffering=True
        )
    restore()


def restore() -> None:
    """Put back what student code may have replaced: both streams, their descriptors, `print`."""
    for number, other in ((1, 2), (2, 1)):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(other, number)
    if not _streams:
        return
    for name, stream in _streams.items():
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    builtins.print = _print


def mend() -> None:
    """Put back what nothing can be printed with: called between the statements of a cell."""
    for name, stream in _streams.items():
        current: Any = getattr(sys, name)
        usable = callable(getattr(current, "write", None)) and callable(
            getattr(current, "flush", None)
        )
        if not usable or getattr(current, "closed", False):
            setattr(sys, name, stream)
    if not callable(builtins.print):
        builtins.print = _print


def flush() -> None:
    """Send on what was printed so far."""
    for stream in _streams.values() or (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # nothing that could be flushed
            continue
