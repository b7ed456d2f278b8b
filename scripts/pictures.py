"""Write the README's pictures into docs/pictures/: make pictures

The notebook is the released one in a JupyterLab of its own, with a wrong answer to q1; the pages
are those of the example class, graded in a temporary folder. Needs Chromium, as tests of pages do.
"""

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from autograder.classroom.showing import showing_of
from autograder.cli.common import opened
from autograder.course.build.products import ensure_built
from autograder.paths import PROJECT
from scripts.make_example_class import LESSON
from tests.support.browser import OPTIONS, chromium
from tests.support.jupyter import jupyterlab
from tests.support.running_desk import running_desk

PICTURES = PROJECT / "docs" / "pictures"
WIDE = {"width": 1200, "height": 750}
COLOURS = 128
STUDENT, QUESTION = "student_004", "q1"
"""Whose answer is shown: right but for one thing, which the feedback names."""

ANSWER_AND_CHECK = """
async ([answer, question]) => {
  const app = window.jupyterapp;
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  app.shell.collapseLeft();
  const notebook = panel.content;
  const check = notebook.widgets.findIndex(
    each => each.model.sharedModel.getSource().includes(`grader.check("${question}")`));
  notebook.widgets[check - 1].model.sharedModel.setSource(answer);
  notebook.activeCellIndex = check + 1;
  await app.commands.execute('notebook:run-all-above');
  return check;
}
"""
SCROLL_TO = """
async ([place, where]) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.deselectAll();
  notebook.activeCellIndex = place;
  await notebook.scrollToItem(place, where);
}
"""
FIND = """
text => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(
  each => each.model.sharedModel.getSource().includes(text))
"""


def main() -> None:
    """Make all pictures."""
    if chromium() is None:
        sys.exit("No Chromium on this machine: install the package chromium, then run this again.")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, _chrome() as chrome:
        home = Path(place)
        _notebook(chrome, home)
        _pages(chrome, _graded(home))


@contextmanager
def _chrome() -> Generator[Any]:
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=chromium(), args=OPTIONS)
        try:
            yield running
        finally:
            running.close()


def _notebook(chrome: Any, home: Path) -> None:
    """Take the window that slides over an image, and a wrong answer with its check."""
    root = home / "course"
    shutil.copytree(LESSON.assignment.release_into / "student_release", root)
    answer = LESSON.students()[STUDENT]["answers"][QUESTION].strip()
    with jupyterlab(root, home) as address:
        page = chrome.new_page(viewport=WIDE)
        page.set_default_timeout(300_000)
        page.goto(address)
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        check = page.evaluate(ANSWER_AND_CHECK, [answer, QUESTION])
        window = page.evaluate(FIND, "explorer.sliding_window")
        _keep(page, "notebook", lambda: page.evaluate(SCROLL_TO, [window, "center"]))
        _keep(page, "check", lambda: page.evaluate(SCROLL_TO, [check, "center"]))
        page.close()


def _graded(home: Path) -> Path:
    """Grade the example class; return its folder."""
    folder = home / "grades"
    command = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        str(LESSON.folder),
        "--output",
        str(folder),
    ]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    if not (folder / "class-report.html").is_file():
        sys.exit(f"The example class could not be graded:\n{told.stdout}{told.stderr}")
    return folder


def _pages(chrome: Any, grades: Path) -> None:
    """Take a feedback page, the class report, and the desk's page of a student."""
    page = chrome.new_page(viewport=WIDE)
    page.goto((grades / "students" / STUDENT / "feedback.html").as_uri())
    _keep(page, "feedback")
    page.goto((grades / "class-report.html").as_uri())
    _keep(page, "class-report")
    built = ensure_built(LESSON.assignment)
    with (
        opened(grades, showing_of(LESSON.assignment.course, built)) as views,
        running_desk(views, built.released) as running,
    ):
        page.goto(running.desk.gate.address_for("ann"))
        page.goto(f"{running.origin}/students/{STUDENT}#{QUESTION}")
        _keep(page, "desk")
    page.close()


def _keep(page: Any, name: str, prepare: Callable[[], object] = lambda: None) -> None:
    """Write what the page shows now, with few colours, so that it's small."""
    prepare()
    page.wait_for_timeout(1000)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    path = PICTURES / f"{name}.png"
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
