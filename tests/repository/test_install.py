"""`make` prepares .venv and says what it does; a Python that is too old leaves nothing behind."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from autograder.paths import PROJECT

OLD = '#!/bin/sh\ncase "$*" in *version_info*) exit 1;; *) echo 3.10.13;; esac\n'
"""A Python that says it is 3.10."""


def project(folder: Path) -> Path:
    """A project with an empty lock, so that nothing has to be fetched."""
    (folder / "scripts").mkdir(parents=True)
    for script in ("install.sh", "differs.py"):
        shutil.copy(PROJECT / "scripts" / script, folder / "scripts")
    shutil.copy(PROJECT / "Makefile", folder)
    (folder / "requirements.lock").write_text("# nothing\n")
    return folder


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = f"{folder / 'bin'}:/usr/bin:/bin"
    return subprocess.run(
        ["make", ".venv/installed", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def executable(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("python", "told"),
    [
        ("old", "is Python 3.10.13; the kit needs 3.11 or newer. Nothing was installed."),
        ("python-that-is-not-there", "There is no 'python-that-is-not-there'. Install Python 3.11"),
    ],
)
def test_a_python_that_will_not_do_is_told_and_leaves_nothing(
    tmp_path: Path, python: str, told: str
) -> None:
    folder = project(tmp_path / "kit")
    executable(folder / "bin" / "old", OLD)
    done = make(folder, f"PYTHON={python}")
    assert done.returncode and told in done.stderr
    assert not (folder / ".venv").exists()


def test_an_environment_of_an_old_python_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path / "kit")
    executable(folder / ".venv" / "bin" / "python", OLD)
    done = make(folder)
    assert (
        done.returncode and "holds Python 3.10.13" in done.stderr and "rm -r .venv" in done.stderr
    )


def test_the_first_install_says_how_much_and_a_later_one_what_changed(tmp_path: Path) -> None:
    folder = project(tmp_path / "kit")
    (folder / ".venv" / "bin").mkdir(parents=True)  # an interrupted one
    python = shutil.which("python3.11") or shutil.which("python3")
    first = make(folder, f"PYTHON={python}")
    assert first.returncode == 0, first.stderr
    assert "about 7 GB" in first.stderr and (folder / ".venv" / "installed").is_file()
    assert not make(folder, f"PYTHON={python}").stderr
    os.utime(folder / "requirements.lock", (2**32, 2**32))
    later = make(folder, f"PYTHON={python}")
    assert later.returncode == 0 and "what differs is installed" in later.stderr


def test_uv_is_used_where_it_is_and_pip_takes_over_where_it_fails(tmp_path: Path) -> None:
    folder = project(tmp_path / "kit")
    python = shutil.which("python3.11") or shutil.which("python3")
    executable(folder / "bin" / "uv", '#!/bin/sh\necho "$*" >> uv.log\n')
    assert make(folder, f"PYTHON={python}").returncode == 0
    assert "pip install --python .venv/bin/python" in (folder / "uv.log").read_text()
    executable(folder / "bin" / "uv", "#!/bin/sh\nexit 1\n")
    os.utime(folder / "requirements.lock", (2**32, 2**32))
    failed = make(folder)
    assert failed.returncode == 0 and "pip tries" in failed.stderr


def test_only_what_differs_from_a_changed_lock_is_installed(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        f"# made by uv\npytest=={version('pytest')}\n    # via kit\n"
        "no-such-package==1.0\nnumpy==0.1 ; python_version > '3'\n"
        "for-another-system==2 ; sys_platform == 'none'\n"
    )
    script = PROJECT / "scripts" / "differs.py"
    done = subprocess.run(
        [sys.executable, str(script), str(lock)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "no-such-package==1.0",
        "numpy==0.1 ; python_version > '3'",
    ]
