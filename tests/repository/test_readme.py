"""The README is true: its commands exist, its links lead somewhere, its figures are recorded."""

import re
import subprocess
from pathlib import Path

import pytest
import typer.main
from cnnlab import calibration, sampling

from autograder.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSON = ROOT / "assignment" / "cnn.ipynb"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "term.md"]


def make_targets() -> set[str]:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(re.findall(r"^  make ([\w-]+)", listed.stdout, re.MULTILINE))


def test_every_target_is_in_the_readme() -> None:
    assert [name for name in sorted(make_targets()) if f"make {name}" not in README] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_names_a_target(page: Path) -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)\b", " ".join(_code(page))))
    assert named <= make_targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_command_exists(page: Path) -> None:
    known = typer.main.get_group(app).list_commands(None)  # type: ignore[arg-type]
    named = set(re.findall(r"python -m autograder ([\w-]+)", " ".join(_code(page))))
    assert named <= set(known)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    linked = re.findall(r"\]\(((?!http)[^)#]+)\)", text)
    named = re.findall(r"`((?:assignment|autograder|tests|docs|student_release)/[\w./-]+)`", text)
    missing = [name for name in linked if not (page.parent / name).exists()]
    missing += [name for name in named if not (ROOT / name).exists()]
    assert missing == []


def test_every_picture_is_small_and_said_in_words() -> None:
    shown = dict(re.findall(r"!\[([^\]]*)\]\((docs/pictures/[^)]+)\)", README))
    kept = sorted((ROOT / "docs" / "pictures").iterdir())
    assert sorted(ROOT / path for path in shown.values()) == kept
    assert all(len(words.split()) >= 10 for words in shown)
    assert all(path.stat().st_size < 100_000 for path in kept)


def test_the_tree_is_the_tree() -> None:
    engine = re.search(r"\nautograder/ .*?\nproofs/", README, re.DOTALL)
    assert engine
    heads = re.findall(r"^  ((?:\w+/ ?)+)", engine[0], re.MULTILINE)
    named = {name for head in heads for name in re.findall(r"(\w+)/", head)} | {"gradebooks"}
    rooms = {path.parent.name for path in (ROOT / "autograder").glob("*/__init__.py")}
    assert named == rooms


def test_the_accuracies_are_those_of_the_record() -> None:
    reference = calibration.reference("lesson")
    assert f"reaches {reference.mean:.2f} %" in README
    assert f"({reference.runs} runs)" in README
    assert f"The threshold is {calibration.threshold()} %" in README
    assert f"judged on {sampling.COUNT:,} test" in README
    assert f"about {calibration.threshold():.0f} %" in LESSON.read_text(encoding="utf-8")


def _code(page: Path) -> list[str]:
    """Everything that stands between back-ticks, and every indented line."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"```.*?```|`[^`\n]+`|^    \S[^\n]*$", text, re.DOTALL | re.MULTILINE)
