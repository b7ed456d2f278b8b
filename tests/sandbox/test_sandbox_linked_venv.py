"""Packages are found where the virtual environment is a link, as uv makes them."""

import os
import sys
from pathlib import Path

import pytest

from autograder.sandbox import visible
from autograder.sandbox.policy import Policy


def test_what_is_behind_a_linked_environment_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real = tmp_path / "cache" / "environment"
    packages = real / "lib" / "site-packages"
    packages.mkdir(parents=True)
    link = tmp_path / ".venv"
    link.symlink_to(real)
    monkeypatch.setattr(sys, "prefix", str(link))
    monkeypatch.setattr(visible.site, "getsitepackages", lambda: [f"{link}/lib/site-packages"])
    shown = visible.libraries(Policy())
    assert str(link) in shown
    assert any(os.path.realpath(packages).startswith(path) for path in shown if path != str(link))
