"""Copies of the project in which a guard can be broken: the project itself is never touched."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from autograder.paths import PROJECT
from proofs.guards.recipes import Guard, broken_text

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", "*.pyc", ".pytest_cache", ".ruff_cache", ".hypothesis", "grades"
)
TESTS_SECONDS = 240
"""Until all tests of one guard must have ended: without it, something may wait for ever."""
ONE_TEST_SECONDS = 120


@dataclass
class Copy:
    """A copy of the project, without what was generated in it and without its environment."""

    folder: Path
    _warm: subprocess.Popen[str] | None = None
    """What runs the tests; it begins with the first of them."""

    @contextmanager
    def without(self, guard: Guard) -> Generator[None]:
        """Lend the guard is broken in the copy meanwhile."""
        file = self.folder / guard.file
        sound = file.read_text("utf-8")
        file.write_text(broken_text(guard, sound), "utf-8")
        try:
            yield
        finally:
            file.write_text(sound, "utf-8")

    def test(self, tests: Sequence[str], first_is_enough: bool = False) -> dict[str, str]:
        """Run the tests; return how each case ended: "passed", "failed", "error" or "skipped"."""
        outcomes = self.folder / "outcomes.txt"
        outcomes.unlink(missing_ok=True)
        self._run_tests(
            *("-q", "-p", "no:cacheprovider", "-p", "proofs.guards.outcomes"),
            *(f"--timeout={ONE_TEST_SECONDS}", *(("-x",) if first_is_enough else ()), *tests),
        )
        lines = outcomes.read_text("utf-8").splitlines() if outcomes.exists() else []
        return {name: outcome for outcome, _, name in (line.partition(" ") for line in lines)}

    def fight(self, tier: str, attacks: Sequence[str]) -> set[str]:
        """Run the attacks by name; return the names of those that were held."""
        with self._started("proofs.guards.fight", tier, *attacks) as process:
            ended = Timer(TESTS_SECONDS, _end_group, [process.pid])
            ended.start()
            told, _ = process.communicate()
            ended.cancel()
            _end_group(process.pid)
        return {line.removeprefix("held ") for line in told.splitlines() if line[:5] == "held "}

    def close(self) -> None:
        """End what runs the tests."""
        if self._warm and self._warm.stdin and self._warm.stdout:
            self._warm.stdin.close()
            self._warm.wait()
            self._warm.stdout.close()

    def _run_tests(self, *arguments: str) -> None:
        """Run pytest in a process group of its own, which ends with it or when its time is over."""
        self._warm = self._warm or self._started("proofs.guards.warm")
        sent, told = self._warm.stdin, self._warm.stdout
        if sent is None or told is None:
            raise RuntimeError("the process that runs the tests has no pipes")
        sent.write(json.dumps(arguments) + "\n")
        sent.flush()
        group = int(told.readline())
        late = Timer(TESTS_SECONDS, _end_group, [group])
        late.start()
        told.readline()
        late.cancel()
        _end_group(group)

    def _started(self, module: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a module of the copy, whose modules come first."""
        paths = os.pathsep.join((str(self.folder), str(self.folder / "assignment")))
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PY")}
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            # Byte code of a broken file must not be taken for that of the sound one.
            env=kept | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,
        )


@contextmanager
def copy_of(project: Path = PROJECT) -> Generator[Copy]:
    """Lend a copy of `project`, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="cnn-guards-") as top:
        os.chmod(top, 0o755)  # as a project's folder mostly is: only the layers keep it unread
        folder = Path(top) / "project"
        shutil.copytree(project, folder, ignore=_LEFT_OUT, symlinks=True)
        copy = Copy(folder)
        try:
            yield copy
        finally:
            copy.close()


def _end_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, 9)
