"""The explorers answer to their controls, and fall back to still pictures."""

import numpy as np
import pytest
from cnnlab import explorer

IMAGE = np.arange(30.0).reshape(5, 6)
KERNEL = np.array([[2.0, 0.0, -1.0], [1.0, 0.0, -1.0]])
DIGIT = np.zeros((28, 28))
DIGIT[4:24, 12:16] = 1.0


def window():
    controls, panel = explorer.window_controls(IMAGE, KERNEL).children
    row, column, onward = controls.children
    return row, column, onward, panel


def playground():
    controls, panel = explorer.playground_controls(DIGIT).children
    menu, square = controls.children
    return menu, square.children, panel


def test_sliders_reach_every_position_and_no_further():
    row, column, _, _ = window()

    assert (row.max, column.max) == (3, 3)


def test_moving_a_slider_changes_picture_and_description():
    row, _, _, panel = window()
    before = panel.value

    row.value = 2

    assert panel.value != before
    assert 'alt="Row 2, column 0' in panel.value
    assert '<p aria-live="polite">Row 2, column 0' in panel.value


def test_next_position_walks_in_reading_order_and_starts_again():
    row, column, onward, _ = window()

    visited = []
    for _ in range(16):
        visited.append((row.value, column.value))
        onward.click()

    assert visited == [divmod(place, 4) for place in range(16)]
    assert (row.value, column.value) == (0, 0)


def test_choosing_a_kernel_fills_in_its_numbers():
    menu, fields, panel = playground()

    menu.value = "outline"

    assert [field.value for field in fields] == [-1.0] * 4 + [8.0] + [-1.0] * 4
    assert "Kernel outline" in panel.value


def test_typing_a_number_makes_the_kernel_ones_own():
    menu, fields, panel = playground()

    fields[4].value = 3.5

    assert menu.value == explorer.OWN_KERNEL
    assert "3.5" in panel.value
    assert fields[4].value == 3.5


def test_picture_is_drawn_once_for_each_choice(monkeypatch):
    pages = []
    monkeypatch.setattr(explorer, "page", lambda _, sentence: pages.append(sentence) or sentence)
    menu, _, _ = playground()

    menu.value = "blur (mean)"

    assert len(pages) == 2


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explorer.sliding_window(IMAGE, KERNEL), "16 positions"),
        (lambda: explorer.kernel_playground(DIGIT), "Six kernels on one digit"),
    ],
)
def test_without_a_notebook_the_still_picture_stands_in(call, words, capsys):
    call()

    assert words in capsys.readouterr().out


def test_grading_makes_no_widgets(monkeypatch, capsys):
    monkeypatch.setenv("LABKIT_GRADING", "1")
    monkeypatch.setattr(explorer, "in_notebook", lambda: True)
    monkeypatch.setattr(explorer, "window_controls", lambda *_: pytest.fail("made widgets"))

    explorer.sliding_window(IMAGE, KERNEL)

    assert "16 positions" in capsys.readouterr().out


def test_unfit_inputs_are_explained(capsys):
    explorer.sliding_window(DIGIT, KERNEL)
    explorer.kernel_playground(None)

    output = capsys.readouterr().out
    assert "No picture (sliding_window): the image is 28×28" in output
    assert "No picture (kernel_playground): not there yet" in output


def test_on_a_narrow_page_controls_wrap_and_the_picture_shrinks():
    controls, view = explorer.window_controls(IMAGE, KERNEL).children

    assert controls.layout.flex_flow == "row wrap"
    assert controls.layout.max_width == view.layout.max_width == "100%"


def shown_in_words(monkeypatch, call):
    """The text that goes along with the widget which `call` shows."""
    shown = []
    monkeypatch.setattr(explorer, "live", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda forms, **_: shown.append(forms))
    call()
    return shown[0]["text/plain"]


def test_the_window_in_words_says_what_it_shows_at_every_position(monkeypatch):
    words = shown_in_words(monkeypatch, lambda: explorer.sliding_window(IMAGE, KERNEL))
    _, _, onward, panel = window()

    for _ in range(16):
        sentence = panel.value.split('aria-live="polite">')[1].removesuffix("</p>")
        assert sentence in words
        onward.click()


def test_the_playground_in_words_says_what_it_shows_of_every_kernel(monkeypatch):
    words = shown_in_words(monkeypatch, lambda: explorer.kernel_playground(DIGIT))
    menu, _, panel = playground()

    for name in explorer.CLASSIC_KERNELS:
        menu.value = name
        assert panel.value.split('aria-live="polite">')[1].removesuffix("</p>") in words
