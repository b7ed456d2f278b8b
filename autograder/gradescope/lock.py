"""requirements.lock as a Gradescope container needs it: no CUDA, no tools for people."""

import re
import tomllib
from collections.abc import Iterable

ALSO_KEPT = frozenset({"uv"})
"""Fetches a Python where the image has none that will do."""
LEFT_OUT = frozenset({"jupyter", "starlette", "uvicorn", "rfc3987-syntax"})
"""The servers of the notebook and of the desk, which grading does not start, and an addition to
jsonschema that Jupyter asks for: jsonschema does without it, and importing it takes 3 s of every
submission."""
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==")
_CUDA = re.compile(r"nvidia-|cuda-|triton")
_VIA = re.compile(r"\s+#\s+(?:via\s*)?(?P<parent>[A-Za-z0-9._-]+)?")


def cpu_lock(lock: str, pyproject: str) -> str:
    """The lines of `lock` for the dependencies that `pyproject` has without any extra.

    Without its CUDA packages the lock takes torch from an index of CPU builds.
    """
    entries = _entries(lock.splitlines())
    project = tomllib.loads(pyproject)["project"]
    kept = {_name(requirement) for requirement in project["dependencies"]} | ALSO_KEPT
    kept -= LEFT_OUT
    while more := {name for name, (_, via) in entries.items() if via & kept} - kept - LEFT_OUT:
        kept |= more
    lines = [
        line
        for name, (line, _) in sorted(entries.items())
        if name in kept and not _CUDA.match(name)
    ]
    return "# requirements.lock without CUDA, Jupyter and tools of development\n" + "".join(
        f"{line}\n" for line in lines
    )


def _entries(lines: Iterable[str]) -> dict[str, tuple[str, set[str]]]:
    """Each package's line and the packages that ask for it."""
    found: dict[str, tuple[str, set[str]]] = {}
    name = ""
    for line in lines:
        if pinned := _PINNED.match(line):
            name = pinned["name"].lower()
            found[name] = (line, set())
        elif name and (via := _VIA.match(line)) and via["parent"]:
            found[name][1].add(via["parent"].lower())
    return found


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()
