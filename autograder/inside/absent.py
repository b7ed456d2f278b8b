"""Recognize errors that the grader's computer causes: it has no GPU, or lacks a package."""

import re
from importlib.util import find_spec
from types import TracebackType

from autograder.inside.notes import cell_number

_NO_GPU = re.compile(
    r"nvidia|libcuda|cudaError|\bno (cuda|gpu)|cuda (driver|error|runtime|initiali)"
    r"|cuda is not available|not compiled with \w+ enabled|not linked with support for"
    r"|without \w+ backend|arguments from the '(?!meta|cpu)\w+' backend|deserialize object on"
    r"|accelerator device|(requires?|needs?) (a |an )?(cuda|gpu|mps|xpu)\b",
    re.IGNORECASE,
)
_ABOUT_GPUS = re.compile(r"[\\/]torch[\\/](cuda|mps|xpu|accelerator)[\\/]")
watched: list[bool] = []
"""Not empty where GPUs are known to be absent; else an error of a GPU is the student's own."""


def no_gpu(error: BaseException) -> bool:
    """Tell whether `error` says that a GPU isn't there, whoever says so in whatever words."""
    if not watched or not isinstance(error, Exception):
        return False
    try:
        text = str(error)
    except Exception:
        return False
    innermost = _last(error.__traceback__)
    file = innermost.tb_frame.f_code.co_filename if innermost else ""
    return bool(_NO_GPU.search(text) or (_ABOUT_GPUS.search(file) and not cell_number(file)))


def no_package(error: BaseException) -> str:
    """Return the name of the package whose absence raised `error`; '' if it is something else."""
    if not isinstance(error, ModuleNotFoundError) or not isinstance(error.name, str):
        return ""
    package = error.name.partition(".")[0]
    try:
        return "" if find_spec(package) else package
    except (ImportError, ValueError):
        return package


def _last(traceback: TracebackType | None) -> TracebackType | None:
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback
