"""The zygote's memory in huge pages: what is asked for, and that the zygote has some."""

import sys
from pathlib import Path

import pytest

from autograder.sandbox.pages import private_ranges

MAPS = """\
555555000000-555556000000 r-xp 00000000 08:01 42 /usr/bin/python3
555556100000-555556b00000 rw-p 00000000 00:00 0 [heap]
7f0000000000-7f0000100000 rw-p 00000000 00:00 0
7f0010000000-7f0010400000 rw-p 00000000 00:00 0
7f0020000000-7f0020400000 rw-p 00000000 08:01 43 /usr/lib/some library.so
7f0030000000-7f0030400000 rw-s 00000000 00:01 44 /dev/shm/shared
7ffd00000000-7ffd00400000 rw-p 00000000 00:00 0 [stack]
"""


def test_huge_pages_are_asked_for_private_memory_alone_in_whole_pages() -> None:
    found = list(private_ranges(MAPS))
    assert found == [(0x555556200000, 0x555556A00000), (0x7F0010000000, 0x7F0010400000)]


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc here")
def test_the_maps_of_this_very_process_can_be_read() -> None:
    assert list(private_ranges(Path("/proc/self/maps").read_text(encoding="utf-8")))
