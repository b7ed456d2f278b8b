"""Every picture reaches the notebook with its description, and none stops the notebook."""

import base64
import io
import json
import re

import matplotlib
import numpy as np
import pytest
import torch
from cnnlab import plots
from matplotlib.figure import Figure
from PIL import Image, ImageOps
from torch import nn

from labkit.notebook import canvas

SMALL = torch.arange(30.0, requires_grad=True).reshape(5, 6)
KERNEL = [[2, 0, -1], [1, 0, -1]]
DIGIT = np.zeros((28, 28), dtype=np.uint8)
DIGIT[4:24, 12:16] = 255


def digits_and_logits():
    images = torch.zeros(40, 1, 28, 28)
    images[:, :, 5:20, 10:18] = 1.0
    logits = torch.randn(40, 10, generator=torch.Generator().manual_seed(1))
    return images, torch.arange(40) % 10, logits


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3))


def classifier():
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 26 * 26, 10))


def saliency(model, image):
    pixels = image.clone().requires_grad_()
    return torch.autograd.grad(model(pixels[None]).max(), pixels)[0][0].abs()


CALLS = {
    "feature_hierarchy": lambda: plots.feature_hierarchy(),
    "timeline": lambda: plots.timeline(),
    "filmstrip": lambda: plots.filmstrip(SMALL, KERNEL),
    "kernel_gallery": lambda: plots.kernel_gallery(DIGIT),
    "true_and_cross": lambda: plots.true_and_cross(SMALL, KERNEL),
    "pooling_demo": lambda: plots.pooling_demo(SMALL),
    "shape_ledger": lambda: plots.shape_ledger(network()),
    "filters": lambda: plots.filters(torch.zeros(8, 1, 3, 3), network()[0].weight),
    "feature_maps": lambda: plots.feature_maps(network(), DIGIT),
    "confusion_heatmap": lambda: plots.confusion_heatmap(torch.eye(10, dtype=torch.int64) + 3),
    "most_confident_mistakes": lambda: plots.most_confident_mistakes(*digits_and_logits()),
    "learning_curve": lambda: plots.learning_curve([2.3 / n for n in range(1, 200)]),
}
LABS = {
    "attention": lambda: plots.attention(saliency, classifier(), digits_and_logits()[0][:2]),
    "attention_of_networks": lambda: plots.attention_of_networks(
        saliency, {"A": classifier(), "B": classifier()}, digits_and_logits()[0][:2]
    ),
    "clinic": lambda: plots.clinic(),
}
ROWS = {"clinic": 5}
"""Rows of a picture; each has a line below that says the same, and the room of its own."""


@pytest.fixture
def notebook(monkeypatch):
    """A notebook that collects what is displayed in it."""
    shown = []
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    monkeypatch.setattr(canvas, "in_notebook", lambda: True)
    monkeypatch.setattr(
        "IPython.display.display", lambda forms, **options: shown.append((forms, options))
    )
    return shown


def test_every_public_picture_is_called_here():
    assert set(CALLS | LABS) == set(plots.__all__)


@pytest.mark.parametrize("name", CALLS | LABS)
def test_picture_has_a_description_and_a_line_and_is_small(name, notebook, capsys):
    (CALLS | LABS)[name]()

    ((forms, options),) = notebook
    alt = re.search(r'alt="([^"]+)"', forms["text/html"])
    assert alt and len(alt[1]) > 60
    assert options["metadata"]["image/png"]["alt"] == forms["text/plain"]
    png = base64.b64decode(forms["image/png"])
    assert len(png) < 45_000 + 15_000 * ROWS.get(name, 1)
    assert min(Image.open(io.BytesIO(png)).size) > 200
    assert len(capsys.readouterr().out.strip().splitlines()) == ROWS.get(name, 1)


@pytest.mark.parametrize("name", CALLS | LABS)
def test_picture_is_drawn_once_with_room_for_labels_that_reach_over_its_edge(
    name, notebook, monkeypatch
):
    drawn, draw, trimmed = [], Figure.draw, canvas._trimmed
    monkeypatch.setattr(
        Figure, "draw", lambda figure, renderer: drawn.append("once") or draw(figure, renderer)
    )
    monkeypatch.setattr(canvas, "_trimmed", lambda whole: drawn.append(whole) or trimmed(whole))

    (CALLS | LABS)[name]()

    once, whole = drawn
    assert once == "once"
    left, top, right, bottom = ImageOps.invert(whole).getbbox()
    assert min(left, top) > 0 and right < whole.width and bottom < whole.height


@pytest.mark.parametrize("name", CALLS)
def test_grading_prints_the_line_and_draws_nothing(name, notebook, capsys, monkeypatch):
    monkeypatch.setenv("LABKIT_GRADING", "1")
    monkeypatch.setattr(Figure, "__init__", lambda *_, **__: pytest.fail("drew a figure"))

    CALLS[name]()

    assert notebook == []
    assert len(capsys.readouterr().out.strip().splitlines()) == 1


def test_grading_does_not_run_the_students_model(monkeypatch, capsys):
    monkeypatch.setenv("LABKIT_GRADING", "1")

    class Explodes(nn.Module):
        def forward(self, _):
            pytest.fail("the model was run")

    plots.feature_maps(Explodes(), DIGIT)
    plots.shape_ledger(Explodes())

    assert capsys.readouterr().out.count("not drawn while grading") == 2


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"feature_hierarchy", "timeline"}))
@pytest.mark.parametrize(
    "value",
    [None, ..., "text", [], [[1, 2], [3]], float("nan"), torch.zeros(0), nn.Linear, object()],
)
def test_wrong_argument_is_explained_in_a_sentence(name, value, notebook, capsys):
    function = getattr(plots, name)
    others = {"filmstrip": 1, "true_and_cross": 1, "filters": 1, "feature_maps": 1}
    arguments = [value] * (3 if name == "most_confident_mistakes" else 1 + others.get(name, 0))

    function(*arguments)

    output = capsys.readouterr().out
    if name == "shape_ledger" and value in (None, ...):
        assert "____" in output
    else:
        assert output.startswith(f"No picture ({name}): ")
        assert notebook == []


def test_unanswered_question_is_called_not_there_yet(capsys):
    plots.confusion_heatmap(None)

    assert "not there yet" in capsys.readouterr().out


def test_description_is_required_and_must_not_be_empty():
    with pytest.raises(TypeError):
        canvas.show(Figure, line="a line")
    with pytest.raises(ValueError, match="description"):
        canvas.render(Figure, alt=" ")


def test_description_is_escaped_in_html():
    page = canvas.Picture(b"", 10, 10, 'a "kernel" <b> & more').html()

    assert 'alt="a &quot;kernel&quot; &lt;b&gt; &amp; more"' in page


def test_pictures_leave_no_figure_open(notebook):
    import matplotlib.pyplot as plt

    before = dict(matplotlib.rcParams)
    for _ in range(10):
        plots.pooling_demo(SMALL)

    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_outputs_fit_a_notebook_file(notebook):
    plots.timeline()

    json.dumps(notebook)
