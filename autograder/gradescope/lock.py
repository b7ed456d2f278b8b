"""requirements.lock as a Gradescope container needs it: no CUDA, no tools for people."""

import re
import tomllib
from collections.abc import Iterable, Mapping

from autograder.gradescope.needed import package_name

ALSO_KEPT = frozenset({"uv"})
"""Fetches a Python where the image has none that will do."""
LEFT_OUT = frozenset({"jupyter", "jupyterlab", "notebook", "starlette", "uvicorn"})
"""The servers of the notebook and of the desk, which grading does not start."""
SLOW = frozenset({"rfc3987-syntax"})
"""An addition to jsonschema that Jupyter asks for: jsonschema does without it, and importing it
takes 3 s of every submission."""
_PINNED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==")
_CUDA = re.compile(r"nvidia-|cuda-|triton")
_VIA = re.compile(r"\s+#\s+(?:via\s*)?(?P<parent>[A-Za-z0-9._-]+)?")


def cpu_lock(lock: str, pyproject: str, needed: Mapping[str, str]) -> str:
    """Return the lines of `lock` for what the engine needs, and for what an assignment `needed`.

    The engine's are the dependencies that `pyproject` has without any extra. What an assignment
    needs and the lock doesn't have stands at the end. Without its CUDA packages the lock takes
    torch from an index of CPU builds.
    """
    entries = _entries(lock.splitlines())
    project = tomllib.loads(pyproject)["project"]
    left_out = LEFT_OUT | SLOW
    kept = {package_name(each) for each in project["dependencies"]} | ALSO_KEPT | needed.keys()
    kept -= left_out
    others = sorted(needed[name] for name in kept - entries.keys() if name in needed)
    while more := {name for name, (_, via) in entries.items() if via & kept} - kept - left_out:
        kept |= more
    lines = [
        line
        for name, (line, _) in sorted(entries.items())
        if name in kept and not _CUDA.match(name)
    ]
    return "# requirements.lock without CUDA, Jupyter and tools of development\n" + "".join(
        f"{line}\n" for line in (*lines, *others)
    )


def _entries(lines: Iterable[str]) -> dict[str, tuple[str, set[str]]]:
    """Each package's line and the packages that ask for it."""
    found: dict[str, tuple[str, set[str]]] = {}
    name = ""
    for line in lines:
        if pinned := _PINNED.match(line):
            name = package_name(pinned["name"])
            found[name] = (line, set())
        elif name and (via := _VIA.match(line)) and via["parent"]:
            found[name][1].add(package_name(via["parent"]))
    return found
