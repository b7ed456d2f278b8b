"""`make lint` looks at everything that people write; what tools write is left out."""

import ast
import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
WRITTEN = ("autograder", "labkit", "assignment", "examples", "scripts", "tests", "proofs")


def test_ruff_looks_at_every_module() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--show-files", "."]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    seen = {Path(line).resolve() for line in shown.splitlines()}
    missed = {
        file.relative_to(ROOT).as_posix()
        for folder in WRITTEN
        for file in (ROOT / folder).rglob("*.py")
        if file not in seen
    }
    assert missed == set()


@pytest.mark.parametrize("script", sorted((ROOT / "scripts").glob("*.py")), ids=lambda it: it.stem)
def test_a_script_finds_what_it_imports_from_the_kit(script: Path) -> None:
    """Pyright doesn't look at them, and nobody runs them often."""
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in (*WRITTEN, "cnnlab"):
            module = importlib.import_module(node.module)
            for name in node.names:
                if not hasattr(module, name.name):  # a module of a package isn't there before
                    importlib.import_module(f"{node.module}.{name.name}")


def test_no_folder_of_the_package_is_excused_from_the_types() -> None:
    settings = SETTINGS["pyright"]
    assert settings["include"] == ["autograder", "proofs"]
    assert settings["typeCheckingMode"] == "strict"
    assert not {"exclude", "ignore"} & settings.keys()


def test_rules_that_are_ignored_are_those_of_signs_alone() -> None:
    assert set(SETTINGS["ruff"]["lint"]["ignore"]) == {"RUF001", "RUF002", "RUF003"}
    assert "per-file-ignores" not in SETTINGS["ruff"]["lint"]
