"""Files that have been deleted and live on: while a descriptor is open or a mapping stands.

Stops nothing by itself: `watch` counts them. Each counts once, however many processes hold it.
"""

import os
from collections.abc import Iterable
from contextlib import suppress

_MARK = " (deleted)"
SMALLEST = 4096


def size(processes: Iterable[int], places: tuple[str, ...]) -> int:
    """Bytes of all nameless files that once lay below `places` and one of `processes` holds."""
    found: dict[tuple[int, int], int] = {}
    for pid in processes:
        with suppress(OSError):  # it has ended meanwhile
            for number, held in (*_open(pid, places), *_mapped(pid, places)):
                found[number] = max(found.get(number, SMALLEST), held)
    return sum(found.values())


def _open(pid: int, places: tuple[str, ...]) -> list[tuple[tuple[int, int], int]]:
    held: list[tuple[tuple[int, int], int]] = []
    for name in os.listdir(f"/proc/{pid}/fd"):
        with suppress(OSError):
            link = f"/proc/{pid}/fd/{name}"
            if _below(os.readlink(link), places):
                status = os.stat(link)
                held.append(((status.st_dev, status.st_ino), status.st_blocks * 512))
    return held


def _mapped(pid: int, places: tuple[str, ...]) -> list[tuple[tuple[int, int], int]]:
    """Of a mapping only its length is known: that is the most that it holds."""
    held: dict[tuple[int, int], int] = {}
    with open(f"/proc/{pid}/maps", errors="surrogateescape") as lines:
        for line in lines:
            fields = line.rstrip("\n").split(maxsplit=5)
            if len(fields) < 6 or not _below(fields[5], places):
                continue
            first, _, end = fields[0].partition("-")
            major, _, minor = fields[3].partition(":")
            file = (os.makedev(int(major, 16), int(minor, 16)), int(fields[4]))
            held[file] = held.get(file, 0) + int(end, 16) - int(first, 16)
    return list(held.items())


def _below(path: str, places: tuple[str, ...]) -> bool:
    return path.endswith(_MARK) and any(path.startswith(f"{place}/") for place in places)
