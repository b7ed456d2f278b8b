"""The matplotlib backend of a sandbox: figures are shown below the cell that draws them.

As in a notebook, with or without `plt.show()`. Another backend that student code chooses changes
nothing, since there is no screen.
"""

import io
from typing import Any

import matplotlib.pyplot as plt
from IPython.core import pylabtools
from matplotlib import _pylab_helpers
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from autograder.inside import notes
from autograder.inside.shell import PICTURE_TYPE, TEXT_TYPE, display, make_shell

FIGURES_LIMIT = 20
"""Figures of one cell that are drawn."""

FigureCanvas, FigureManager = FigureCanvasAgg, FigureManagerBase


def before_fork() -> None:
    """Make this the backend, for good."""
    plt.switch_backend(f"module://{__name__}")
    plt.switch_backend = _stay
    pylabtools.select_figure_formats(make_shell(), {"png"})


def show(*_arguments: Any, **_keywords: Any) -> None:
    """Show all open figures, and close them: what `plt.show` does here."""
    managers: list[Any] = _pylab_helpers.Gcf.get_all_fig_managers()
    for manager in managers[:FIGURES_LIMIT]:
        figure = manager.canvas.figure
        stream = io.BytesIO()
        figure.savefig(stream, format="png", bbox_inches="tight")
        display.add({PICTURE_TYPE: stream.getvalue(), TEXT_TYPE: repr(figure)})
    close()


def flush() -> None:
    """Show what a cell has drawn and not shown. A figure that cannot be drawn is left out."""
    try:
        show()
    except Exception as error:
        notes.add("picture", type(error).__name__)
    finally:
        close()


def close() -> None:
    """Close all figures."""
    _pylab_helpers.Gcf.destroy_all()


def _stay(newbackend: str) -> None:
    if newbackend.lower() not in ("agg", f"module://{__name__}"):
        notes.add("backend")
