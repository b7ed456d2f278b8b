"""What the lesson needs besides what every notebook does: torch, widgets, the digits."""

import importlib
import importlib.metadata
import importlib.util
import os
import zipfile

from labkit.notebook import doctor as shared
from labkit.notebook.doctor import Finding

BESIDE = ("cnnlab",)


def doctor(folder: str | os.PathLike[str] = ".") -> None:
    """Look at Python, packages, data, folder and disk, and say what was found."""
    own = (torch_finding, torchvision_finding, widgets_finding, data_finding)
    shared.doctor(folder, beside=BESIDE, own=own)


def torch_finding() -> Finding:
    """Can torch be imported, and where does it compute?"""
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return Finding(
            False,
            "torch cannot be imported",
            "Run `%pip install torch torchvision` in a cell, then restart the kernel.",
        )
    device = importlib.import_module("cnnlab.device").pick()
    return Finding(True, f"torch {torch.__version__}, computing on {device.type}")


def torchvision_finding() -> Finding:
    """Does torchvision, if it is there, fit torch?"""
    if importlib.util.find_spec("torchvision") is None:
        return Finding(True, "torchvision is not installed (the lesson works without it)")
    version = importlib.metadata.version("torchvision")
    try:
        importlib.import_module("torchvision")
    except Exception as problem:
        return Finding(
            False,
            f"torchvision {version} does not fit torch ({type(problem).__name__}: {problem})",
            "Run `%pip install --upgrade torch torchvision` in a cell, then restart the kernel.",
        )
    return Finding(True, f"torchvision {version}")


def widgets_finding() -> Finding:
    """Is ipywidgets there, for the pictures that can be moved?"""
    if importlib.util.find_spec("ipywidgets") is not None:
        return Finding(True, "ipywidgets")
    return Finding(
        False,
        "ipywidgets is missing: the explorers show still pictures instead",
        "Run `%pip install ipywidgets` in a cell, then reload the page. No question needs it.",
    )


def data_finding() -> Finding:
    """Is MNIST there and readable?"""
    file = importlib.import_module("cnnlab.data").folder() / "mnist.npz"
    if not file.is_file():
        return Finding(
            False,
            "the digits are missing (data/mnist.npz)",
            "Copy the folder data from the zip file back beside the notebook.",
        )
    if not zipfile.is_zipfile(file):
        return Finding(
            False,
            "data/mnist.npz is damaged",
            "Copy data/mnist.npz from the zip file again; a download may have been cut off.",
        )
    return Finding(True, f"the digits are there ({file.stat().st_size / 1e6:.0f} MB)")
