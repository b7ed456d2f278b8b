"""Progress is shown to watchers only, and never changes what it watches."""

import pickle

import pytest

from labkit.notebook import progress


class Loader:
    """Three batches, and an attribute of its own."""

    batch_size = 2

    def __init__(self):
        self.dataset = range(6)

    def __len__(self):
        return 3

    def __iter__(self):
        return iter([1, 2, 3])


@pytest.fixture
def notebook(monkeypatch):
    """A notebook that collects what is displayed and updated in it."""
    shown = []

    class Handle:
        def update(self, forms, raw):
            shown.append(forms)

    def display(forms, raw, display_id):
        shown.append(forms)
        return Handle()

    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    return shown


def test_nothing_is_shown_while_grading(notebook, monkeypatch, capsys):
    monkeypatch.setenv("LABKIT_GRADING", "1")
    curve = progress.LiveCurve(abs)

    for batch in progress.batches(Loader()):
        curve(-batch)

    assert curve.losses == [1, 2, 3]
    assert notebook == []
    assert "".join(capsys.readouterr()) == ""


def test_batches_pass_through_unchanged_and_again_on_every_pass():
    watched = progress.batches(Loader())

    assert list(watched) == [1, 2, 3]
    assert list(watched) == [1, 2, 3]


def test_batches_keep_the_loaders_length_and_attributes():
    watched = progress.batches(Loader())

    assert len(watched) == 3
    assert watched.batch_size == 2
    assert len(watched.dataset) == 6
    assert len(pickle.loads(pickle.dumps(watched))) == 3


def test_nothing_is_shown_where_nobody_watches(capsys):
    list(progress.batches(Loader()))

    assert "".join(capsys.readouterr()) == ""


def test_notebook_bar_begins_at_zero_and_ends_complete(notebook):
    list(progress.batches(Loader(), "epoch 1"))

    assert 'max="3" value="0"' in notebook[0]["text/html"]
    assert "epoch 1: 3 of 3 batches (100 %)" in notebook[-1]["text/html"]


def test_bar_stays_where_training_was_interrupted(notebook):
    def train():
        for batch in progress.batches(Loader()):
            if batch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()

    assert "1 of 3 batches" in notebook[-1]["text/plain"]


def test_terminal_bar_goes_to_the_error_stream(monkeypatch, capsys):
    monkeypatch.delenv("LABKIT_GRADING", raising=False)
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)

    list(progress.batches(Loader()))

    captured = capsys.readouterr()
    assert "3 of 3 batches" in captured.err
    assert captured.out == ""


def test_finish_draws_the_curve_with_a_description_and_prints_it(notebook, capsys):
    with progress.LiveCurve(expected=10) as curve:
        for loss in (2.0, 1.0, 0.5):
            curve.add(loss)

    assert 'alt="Learning curve' in notebook[-1]["text/html"]
    assert "Loss over 3 batches: from 2.00 to" in notebook[-1]["text/plain"]
    assert "Loss over 3 batches: from 2.00 to" in capsys.readouterr().out


def test_curve_survives_a_loss_that_became_nan(notebook, capsys):
    with progress.LiveCurve() as curve:
        curve.add(2.0)
        curve.add(float("nan"))

    assert "loss of batch 1 is nan" in capsys.readouterr().out


def test_curve_without_a_criterion_says_how_to_get_one():
    with pytest.raises(TypeError, match=r"add\(loss\)"):
        progress.LiveCurve()(1, 2)


def test_drawing_waits_longer_when_it_is_slow(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    pace = progress.Pace(1.0)

    with pace:
        now[0] = 2.0

    assert pace.next == pytest.approx(22.0)


@pytest.mark.parametrize(
    ("done", "total", "seconds", "words"),
    [
        (0, 4, 0.0, "t: 0 of 4 batches (0 %)"),
        (1, 4, 2.0, "t: 1 of 4 batches (25 %), 6 s left"),
        (4, 4, 8.0, "t: 4 of 4 batches (100 %), 8.0 s"),
        (7, None, 3.0, "t: 7 batches in 3 s"),
    ],
)
def test_bar_says_how_far_and_how_long(done, total, seconds, words):
    assert progress.bar_text("t", done, total, seconds) == words
