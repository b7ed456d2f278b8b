"""Trains once, so that the many planted notebooks need not: answers with the weights written in."""

import base64
from collections.abc import Mapping
from typing import Any

import torch

from autograder.errors import KitError
from autograder.records import Cell, Notebook
from autograder.run.session import Session

TAKEN = ("model", "best_model")
_GATHER = """
import torch as _torch
_frozen = {name: [p.detach().cpu() for p in globals()[name].parameters()] for name in NAMES}
""".replace("NAMES", repr(TAKEN))

_NETWORK = '''\
import base64 as _base64

import numpy as _numpy
import torch as _torch


def _trained(numbers):
    """The lesson's network with weights from an earlier training."""
    network = _torch.nn.Sequential(
        *(_torch.nn.Conv2d(1, 8, 3), _torch.nn.ReLU(), _torch.nn.MaxPool2d(2)),
        *(_torch.nn.Conv2d(8, 16, 3), _torch.nn.ReLU(), _torch.nn.MaxPool2d(2)),
        *(_torch.nn.Flatten(), _torch.nn.Linear(400, 10)),
    )
    values = _torch.from_numpy(_numpy.frombuffer(_base64.b64decode(numbers), "f4").copy())
    _torch.nn.utils.vector_to_parameters(values, network.parameters())
    return network.eval()
'''


class Untrained(KitError):
    """The solved notebook does not leave the models that are to be frozen."""


def freeze(session: Session, notebook: Notebook, solutions: Mapping[str, str]) -> dict[str, str]:
    """Runs the solved notebook; gives answers of q12 and q18 that need no training.

    Raises `Untrained` when a cell fails or a model is not there.
    """
    for cell in (*notebook.cells, Cell(len(notebook.cells), _GATHER)):
        ran = session.run_cell(cell, session.limits.cell_seconds)
        if ran.message:
            raise Untrained(f"the solved notebook stops in cell {cell.index + 1}: {ran.message}")
    weights = session.fetch("_frozen")
    accuracy, notes = session.fetch("reported_accuracy"), session.fetch("filter_notes")
    frozen = {
        "q12": f"model = _trained({_text(weights['model'])})\nreported_accuracy = {accuracy!r}\n",
        "q18": f"best_model = _trained({_text(weights['best_model'])})\nfilter_notes = {notes!r}\n",
    }
    return {name: _NETWORK + "\n\n" + text for name, text in frozen.items() if name in solutions}


def _text(parameters: list[Any]) -> str:
    """The numbers of all parameters, float32, as a Python literal of base64 text."""
    numbers = torch.nn.utils.parameters_to_vector(parameters).numpy().astype("<f4")
    return repr(base64.b64encode(numbers.tobytes()).decode())
