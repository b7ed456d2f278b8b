"""The charts of q20's patients: the loss and the size of the gradient, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from cnnlab.clinic import charts, words
from labkit.notebook.canvas import BLUE, ORANGE, RULE, picture, show
from labkit.notebook.say import say
from labkit.notebook.screen import grading


@picture
def clinic() -> None:
    """The chart of each patient, and one line a patient that tells as much."""
    if grading():  # a sandbox has no such file
        say("The charts of five patients (not drawn while grading).")
        return
    patients = charts()
    said = "\n".join(f"Patient {name}: {words(chart)}." for name, chart in patients.items())
    show(
        lambda: draw_clinic(patients),
        alt=(
            f"Charts of {len(patients)} trainings, a row for each patient, step by step: the loss,"
            f" and the size of the gradient that the step uses. {said}"
        ),
        line=said,
    )


def draw_clinic(patients: Mapping[str, Mapping[str, Any]]) -> Figure:
    """One row a patient: the loss on the left, the gradient's size on the right."""
    figure = Figure(figsize=(8.6, 1.75 * len(patients) + 0.5))
    room = {"left": 0.07, "right": 0.99, "top": 0.96, "bottom": 0.06, "hspace": 0.16}
    grid = figure.subplots(len(patients), 2, squeeze=False, sharex=True, gridspec_kw=room)
    for row, (name, chart) in zip(grid, patients.items(), strict=True):
        steps = range(1, len(chart["losses"]) + 1)
        row[0].plot(steps, chart["losses"], color=BLUE, linewidth=1.2)
        row[1].plot(steps, chart["gradients"], color=ORANGE, linewidth=1.2)
        row[0].set_ylim(0, max(*chart["losses"], 2.5) * 1.05)
        row[1].set_ylim(0, max(chart["gradients"]) * 1.1)
        row[0].set_ylabel(f"patient {name}")
        for axes in row:
            axes.grid(color=RULE, linewidth=0.6)
            axes.set_axisbelow(True)
            axes.spines[["top", "right"]].set_visible(False)
    grid[0, 0].set_title("loss")
    grid[0, 1].set_title("size of the gradient")
    for axes in grid[-1]:
        axes.set_xlabel("step")
    return figure
