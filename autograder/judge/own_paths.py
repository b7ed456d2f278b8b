"""Paths of the machine that grades: nothing that a student reads shows where things stand on it."""

import os
import re
import site
import sys
from functools import cache

from autograder.paths import PROJECT

_ANYBODYS = {"/", "/usr", "/usr/local"}
"""Where Python may stand on any machine."""


def without_own_paths(text: str) -> str:
    """Return `text` with "torch/__init__.py" where it had the whole path on this machine."""
    return _own_folders().sub("", text) if "/" in text else text


@cache
def _own_folders() -> re.Pattern[str]:
    folders = [*site.getsitepackages(), os.path.dirname(os.__file__), str(PROJECT)]
    folders += [sys.prefix, sys.base_prefix]
    both = {path for folder in folders for path in (folder, os.path.realpath(folder))}
    longest_first = sorted(both - _ANYBODYS, key=len, reverse=True)
    return re.compile("|".join(f"{re.escape(path)}/" for path in longest_first))
