"""Pictures that answer back: move the window yourself, design a kernel yourself.

Without ipywidgets or without a notebook, the still picture of the same thing takes the place of the
controls. All controls work from the keyboard, and the picture's description and the sentence below
it change with every move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from cnnlab.plots import filmstrip, kernel_gallery
from cnnlab.plots.inputs import cross_correlation, image_and_kernel
from cnnlab.plots.kernels import CLASSIC_KERNELS, digit_plane, draw_playground
from cnnlab.plots.windows import LARGEST_IMAGE, Position, draw_position
from labkit.notebook.canvas import picture, render
from labkit.notebook.inputs import Array, number_text, rows_text
from labkit.notebook.say import say
from labkit.notebook.screen import grading, in_notebook

OWN_KERNEL = "your own"


@picture
def sliding_window(image: object, kernel: object) -> None:
    """Move the window over a small image (at most 10×10) with two sliders.

    Without widgets, the film strip of the same image and kernel stands alone.
    """
    pixels, weights = image_and_kernel(image, kernel, LARGEST_IMAGE)
    if live():
        display_widget(window_controls(pixels, weights), every_position(pixels, weights))
        say("Move the sliders (arrow keys work, too) to slide the window over the image.")
    else:
        filmstrip(image, kernel)


@picture
def kernel_playground(digit_image: object) -> None:
    """Choose or type a 3×3 kernel and see what it makes of a digit.

    Without widgets, the gallery of classic kernels stands alone.
    """
    digit = digit_plane(digit_image)
    if live():
        display_widget(playground_controls(digit), every_kernel(digit))
        say("Choose a kernel or type nine numbers; the picture follows.")
    else:
        kernel_gallery(digit_image)


def live() -> bool:
    """Are there widgets, and somebody at a notebook to move them?"""
    if grading() or not in_notebook():
        return False
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return True


def display_widget(widget: Any, words: str) -> None:
    """Show a widget; `words` say the same on a page that cannot run widgets."""
    from IPython.display import display

    forms = widget._repr_mimebundle_()
    forms["text/plain"] = (
        f"Run this cell in a notebook to get the controls. What they show:\n{words}"
    )
    display(forms, raw=True)


def window_controls(image: Array, kernel: Array) -> Any:
    """Sliders for row and column, a button for the next position, and the picture."""
    import ipywidgets as widgets

    rows, columns = cross_correlation(image, kernel).shape
    row = widgets.IntSlider(0, 0, rows - 1, description="row")
    column = widgets.IntSlider(0, 0, columns - 1, description="column")
    onward = widgets.Button(
        description="next position", tooltip="move the window one step in reading order"
    )

    def step(_: object) -> None:
        following = (row.value * columns + column.value + 1) % (rows * columns)
        row.value, column.value = divmod(following, columns)

    onward.on_click(step)
    view = Panel(lambda: position_page(image, kernel, (row.value, column.value)))
    for control in (row, column):
        control.observe(view.refresh, names="value")
    return stacked(widgets.HBox([row, column, onward]), view.widget)


def every_position(image: Array, kernel: Array) -> str:
    """The sentences of all positions of the window, a line each, in reading order."""
    positions = np.ndindex(*cross_correlation(image, kernel).shape)
    return "\n".join(position_sentence(image, kernel, (row, column)) for row, column in positions)


def position_page(image: Array, kernel: Array, moment: Position) -> str:
    """The picture of one position with its sentence, as HTML."""
    sentence = position_sentence(image, kernel, moment)
    return page(lambda: draw_position(image, kernel, moment), sentence)


def position_sentence(image: Array, kernel: Array, moment: Position) -> str:
    """What the window holds at one position, and what becomes of it."""
    height, width = kernel.shape
    row, column = moment
    window = image[row : row + height, column : column + width]
    total = number_text(cross_correlation(image, kernel)[row, column])
    return (
        f"Row {row}, column {column}: the window holds {rows_text(window)}. Times the kernel "
        f"{rows_text(kernel)} that is {rows_text(window * kernel)}, with the sum {total}."
    )


def playground_controls(digit: Array) -> Any:
    """A menu of classic kernels, nine number fields, and the picture."""
    import ipywidgets as widgets

    menu = widgets.Dropdown(
        options=[*CLASSIC_KERNELS, OWN_KERNEL], value="vertical edges", description="kernel"
    )
    fields = [
        widgets.BoundedFloatText(
            value=value,
            min=-99,
            max=99,
            step=1,
            tooltip=f"kernel row {row}, column {column}",
            layout={"width": "4.5em"},
        )
        for (row, column), value in np.ndenumerate(np.array(CLASSIC_KERNELS[menu.value]))
    ]

    def kernel() -> Array:
        return np.array([cell.value for cell in fields], dtype=float).reshape(3, 3)

    view = Panel(lambda: playground_page(digit, kernel(), menu.value))

    def choose(_: object) -> None:
        if menu.value != OWN_KERNEL:
            with view.hold():
                for cell, value in zip(fields, np.ravel(CLASSIC_KERNELS[menu.value]), strict=True):
                    cell.value = float(value)
        view.refresh()

    def typed(_: object) -> None:
        if not view.held:
            with view.hold():
                menu.value = name_of(kernel())
            view.refresh()

    menu.observe(choose, names="value")
    for cell in fields:
        cell.observe(typed, names="value")
    square = widgets.GridBox(fields, layout={"grid_template_columns": "repeat(3, 5em)"})
    return stacked(widgets.HBox([menu, square]), view.widget)


def stacked(controls: Any, view: Any) -> Any:
    """Controls above their picture; on a narrow page the controls wrap and the picture shrinks."""
    import ipywidgets as widgets

    controls.layout.flex_flow = "row wrap"
    for part in (controls, view):
        part.layout.max_width = "100%"
    return widgets.VBox([controls, view], layout={"max_width": "100%"})


def name_of(kernel: Array) -> str:
    """The classic kernel with these numbers, or "your own"."""
    for name, weights in CLASSIC_KERNELS.items():
        if np.allclose(kernel, weights, atol=5e-3):
            return name
    return OWN_KERNEL


def every_kernel(digit: Array) -> str:
    """The sentences of all classic kernels, a line each."""
    kernels = CLASSIC_KERNELS.items()
    return "\n".join(kernel_sentence(digit, np.array(each, float), name) for name, each in kernels)


def playground_page(digit: Array, kernel: Array, name: str) -> str:
    """The picture of digit, kernel and response with its sentence, as HTML."""
    return page(lambda: draw_playground(digit, kernel), kernel_sentence(digit, kernel, name))


def kernel_sentence(digit: Array, kernel: Array, name: str) -> str:
    """What a kernel makes of the digit, in numbers."""
    response = cross_correlation(digit, kernel)
    total = float(kernel.sum())
    flat = (
        "flat areas give 0"
        if abs(total) < 5e-3
        else f"a flat white area gives {number_text(total)}"
    )
    return (
        f"Kernel {name}: {rows_text(kernel)}. Responses run from {number_text(response.min())} to "
        f"{number_text(response.max())}; its weights add up to {number_text(total)}, so {flat}."
    )


def page(draw: Callable[[], Any], sentence: str) -> str:
    """A picture with its sentence as description and, readable for all, below it."""
    return f'{render(draw, alt=sentence).html()}<p aria-live="polite">{sentence}</p>'


class Panel:
    """An HTML widget that shows a page and can be told to make it anew."""

    def __init__(self, make: Callable[[], str]) -> None:
        import ipywidgets as widgets

        self.make = make
        self.held = False
        self.widget = widgets.HTML(make())

    def refresh(self, _: object = None) -> None:
        """Make the page anew, unless refreshing is held back."""
        if not self.held:
            self.widget.value = self.make()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold refreshing back while several controls change at once."""
        before, self.held = self.held, True
        try:
            yield
        finally:
            self.held = before
