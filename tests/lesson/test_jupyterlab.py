"""The student's notebook in a real JupyterLab: it runs to its end, and its pictures can be read.

Needs a Chromium and the package playwright; skipped with the reason where one is missing. Until a
release has been made, a stand-in notebook with every picture is opened instead. The screenshot of
the last run is kept in pytest's temporary folder.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.support.browser import OPTIONS, chromium
from tests.support.jupyter import jupyterlab

PROJECT = Path(__file__).resolve().parents[2]
RELEASE = PROJECT / "student_release"
COPY = "cnn-Copy1.ipynb"
CHROMIUM = chromium()
pytestmark = pytest.mark.slow
STAND_IN_CELLS = (
    "import torch\nfrom torch import nn\nfrom cnnlab import explorer, plots, progress\n"
    "image = torch.arange(30.0).reshape(5, 6)\nkernel = [[2, 0, -1], [1, 0, -1]]\n"
    "digit = torch.zeros(28, 28)\ndigit[4:24, 12:16] = 1",
    "plots.feature_hierarchy()",
    "plots.filmstrip(image, kernel)",
    "explorer.sliding_window(image, kernel)",
    "explorer.kernel_playground(digit)",
    "plots.shape_ledger()",
    "plots.confusion_heatmap(None)",
    "with progress.LiveCurve() as curve:\n"
    "    for loss in progress.batches([2.0, 1.0, 0.5]):\n        curve.add(loss)",
)
RUN_EVERYTHING = """
async () => {
  const app = window.jupyterapp;
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  const notebook = panel.content;
  const cells = () => notebook.model.toJSON().cells;
  let next = 0;
  while (next >= 0) {
    notebook.activeCellIndex = next;
    notebook.deselectAll();
    await app.commands.execute('notebook:run-all-below');
    // JupyterLab stops at an error; a reader would go on with the cell after it.
    const stopped = cells().findIndex((cell, place) => place >= next && cell.cell_type === 'code'
      && cell.outputs.some(output => output.output_type === 'error'));
    next = stopped < 0 || stopped + 1 >= cells().length ? -1 : stopped + 1;
  }
  return cells();
}
"""
WORK_IN_A_COPY = """
async () => {
  const app = window.jupyterapp;
  const panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  const notebook = panel.content;
  const place = part => notebook.widgets.findIndex(
    each => each.model.type === 'code' && each.model.sharedModel.getSource().includes(part));
  const run = async part => {
    notebook.activeCellIndex = place(part);
    notebook.deselectAll();
    await app.commands.execute('notebook:run-cell');
    const outputs = notebook.widgets[place(part)].model.toJSON().outputs;
    return outputs.map(each => each.text || (each.data || {})['text/plain'] || each.evalue || '')
      .flat().join('');
  };
  await run('RELEASE_URL');
  await run('import otter');
  const answer = notebook.widgets[place('def manual_convolution2d')].model.sharedModel;
  answer.setSource('def manual_convolution2d(image, kernel):\\n    return image');
  await run('def manual_convolution2d');
  const unsaved = await run('grader.export');
  answer.setSource('def manual_convolution2d(image, kernel:\\n    return image');
  await run('def manual_convolution2d');
  const broken = await run('grader.check("q1")');
  answer.setSource('def manual_convolution2d(image, kernel):\\n    return image');
  await run('def manual_convolution2d');
  await app.commands.execute('docmanager:save');
  return [unsaved, broken, await run('grader.export')];
}
"""
SCROLL_THROUGH = """
async () => {
  const app = window.jupyterapp;
  app.shell.collapseLeft();
  const notebook = app.shell.currentWidget.content;
  const cut = [];
  for (let place = 0; place < notebook.widgets.length; place++) {
    await notebook.scrollToItem(place, 'center');
    await new Promise(done => setTimeout(done, 20));
    const cell = notebook.widgets[place].node;
    const edge = cell.getBoundingClientRect().right + 1;
    for (const part of cell.querySelectorAll('.jp-RenderedMarkdown, .jp-OutputArea-output, img'))
      if (part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > edge)
        cut.push((part.alt || part.textContent).slice(0, 60));
  }
  return cut;
}
"""
IMAGES = """
() => [...document.querySelectorAll('.jp-OutputArea img')].map(
  image => ({alt: image.alt, width: image.naturalWidth, shown: image.clientWidth}))
"""


@dataclass(frozen=True)
class Visit:
    """What a reader found: the cells after running, and the images and sliders in it."""

    cells: list[dict[str, Any]]
    images: list[dict[str, Any]]
    sliders: int
    moved_to: str
    cut: list[str]
    """Beginnings of what is wider than the page at 480 px."""


def stand_in(folder: Path) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in STAND_IN_CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "cnn.ipynb")
    shutil.copytree(PROJECT / "assignment" / "cnnlab", folder / "cnnlab")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of cnn.ipynb in a JupyterLab on this machine, with folders of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install the package chromium to run this test")
    pytest.importorskip("playwright", reason="the package playwright drives the browser")
    pytest.importorskip("jupyterlab", reason="JupyterLab is what is tested")
    home = tmp_path_factory.mktemp("jupyterlab")
    root = home / "course"
    if (RELEASE / "cnn.ipynb").is_file():
        shutil.copytree(RELEASE, root)
    else:
        root.mkdir()
        stand_in(root)
    shutil.copyfile(root / "cnn.ipynb", root / COPY)
    with jupyterlab(root, home) as address:
        yield address


@pytest.fixture(scope="module")
def visit(lab: str, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """Open the notebook, run all cells, scroll through it, move a slider with the keyboard."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        try:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(80_000)
            page.goto(lab)
            page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
            cells = page.evaluate(RUN_EVERYTHING)
            page.set_viewport_size({"width": 480, "height": 1000})
            cut = page.evaluate(SCROLL_THROUGH)
            images = page.evaluate(IMAGES)
            handles = page.locator(".widget-slider .noUi-handle")
            sliders = handles.count()
            moved_to = ""
            if sliders:
                handles.first.scroll_into_view_if_needed()
                handles.first.focus()
                page.keyboard.press("ArrowRight")
                moved = page.locator('.widget-html img[alt^="Row 1, column 0"]')
                moved.wait_for(timeout=10_000)
                moved_to = moved.get_attribute("alt") or ""
            page.screenshot(path=str(tmp_path_factory.mktemp("screenshot") / "jupyterlab.png"))
        finally:
            browser.close()
    return Visit(cells, images, sliders, moved_to, cut)


def outputs(visit: Visit, kind: str) -> list[dict[str, Any]]:
    return [
        output
        for cell in visit.cells
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
        if output["output_type"] == kind
    ]


def test_every_code_cell_runs(visit: Visit) -> None:
    code = [cell for cell in visit.cells if cell["cell_type"] == "code"]

    assert code and all(cell["execution_count"] for cell in code if "".join(cell["source"]).strip())


def test_every_picture_on_the_page_has_alt_text_and_is_visible(visit: Visit) -> None:
    assert len(visit.images) >= 4
    for image in visit.images:
        assert len(image["alt"]) > 40
        assert image["width"] > 200 and image["shown"] > 200


def test_every_picture_in_the_file_has_its_description(visit: Visit) -> None:
    pictures = [out for out in outputs(visit, "display_data") if "image/png" in out["data"]]

    assert pictures
    assert all(out["metadata"]["image/png"]["alt"] for out in pictures)
    assert all("alt=" in "".join(out["data"].get("text/html", "")) for out in pictures)


def test_on_a_narrow_page_nothing_is_cut_formulas_included(visit: Visit) -> None:
    assert visit.cut == []


def test_unanswered_questions_are_the_only_complaint(visit: Visit) -> None:
    errors = [f"{out['ename']}: {out['evalue']}" for out in outputs(visit, "error")]

    assert [error for error in errors if "not there yet" not in error] == []


def test_window_slides_from_the_keyboard(visit: Visit) -> None:
    assert visit.sliders >= 2
    assert visit.moved_to.startswith("Row 1, column 0: the window holds")


def test_a_copy_with_unsaved_answers_is_not_exported_as_blank(lab: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        try:
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            page.set_default_timeout(80_000)
            # A workspace of its own: the first one opens cnn.ipynb again, beside the copy.
            page.goto(lab.replace("/lab/tree/cnn.ipynb", f"/lab/workspaces/copy/tree/{COPY}"))
            page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
            unsaved, broken, saved = page.evaluate(WORK_IN_A_COPY)
        finally:
            browser.close()
    assert "No zip file was made. 1 of 21 answers in cnn-Copy1.ipynb" in unsaved
    assert "ended in a SyntaxError" in broken and "judged what was defined before" in broken
    assert "cnn-Copy1.ipynb went into the zip file." in saved
