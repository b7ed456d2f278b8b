"""What can be seen in a model's scores, a reported accuracy, a count of numbers: q12 and q18."""

from typing import Any

import torch
from torch import Tensor

from cnnlab.feedback.observed import sound
from cnnlab.feedback.values import as_float64, in_words, kind
from cnnlab.probes import NOTHING_TO_CALL
from labkit.diagnosis import Cause, Diagnosis, caused, sentence
from labkit.failures import is_exception_name

FIELDS = {"raised": str, "count": int}
MOST_NUMBERS = 10**9
"""A notebook has no room for a model with more."""


def scores_symptom(
    seen: Any, count: int, question: str, name: str, public: bool = True
) -> Diagnosis | None:
    """Did the model give ten finite scores for each of `count` images?

    Where the images are hidden, not `public`, nothing is told of an exception but its type.
    """
    if not sound(seen, FIELDS):
        return Diagnosis(sentence(question, f"{name} could not be observed"), symptom="unreadable")
    raised = seen["raised"]
    if raised.startswith(NOTHING_TO_CALL):
        return Diagnosis(sentence(question, _no_network(raised, name)), symptom="missing")
    if raised:
        kind_raised = raised.split(":")[0]
        known = kind_raised if is_exception_name(kind_raised) else "an exception of its own"
        told = raised if public else known
        text = f"{name} stopped on a batch of shape B×1×28×28 with an error: {told}"
        return Diagnosis(sentence(question, text), symptom="raised")
    table = seen.get("scores")
    if not isinstance(table, Tensor) or tuple(table.shape) != (count, 10):
        got = seen.get("shape")
        words = in_words(got) if isinstance(got, list) and all(map(_small, got)) else "unknown"
        text = (
            f"{name} gave a result of shape {words} for {seen['count']} images; a row of ten"
            " scores for each image is expected"
        )
        return Diagnosis(sentence(question, text), symptom="wrong_shape")
    if table.dtype != torch.float32:
        text = f"{name} gave {kind(table)} that is not of real numbers"
        return Diagnosis(sentence(question, text), symptom="kind")
    if not bool(torch.isfinite(table).all()):
        text = (
            f"some scores of {name} are NaN or infinite: the training diverged. Is the learning"
            " rate too high?"
        )
        return caused(question, Cause("diverged", text))
    return None


def _no_network(raised: str, name: str) -> str:
    """What stands there instead of a network, from the probe's words."""
    found = raised.removeprefix(NOTHING_TO_CALL).strip(": ")
    if found in ("None", "..."):
        return f"{name} is not there yet. Train it in the answer cell and run that cell"
    return f"{name} is {found}, not a network that can be called with images"


def _small(side: Any) -> bool:
    return type(side) is int and 0 <= side < 10**9


def reported_symptom(reported: Any) -> Diagnosis | None:
    """Is `reported_accuracy` a percentage?"""
    if reported is None or reported is Ellipsis:
        text = "reported_accuracy is not there yet: the accuracy on your validation images"
        return Diagnosis(sentence("q12", text), symptom="missing")
    number = as_float64(reported)
    if number is None or number.numel() != 1 or isinstance(reported, bool):
        text = f"reported_accuracy is {kind(reported)}, not a number of percent"
        return Diagnosis(sentence("q12", text), symptom="kind")
    value = float(number)
    if not 0 <= value <= 100:
        text = "reported_accuracy is not between 0 and 100 percent"
        return Diagnosis(sentence("q12", text), symptom="range")
    return None


def reported_number(reported: Any) -> float:
    """The number in a `reported_accuracy` that has no symptom."""
    number = as_float64(reported)
    return float("nan") if number is None else float(number.reshape(()))


def numbers_stored(found: Any) -> int | None:
    """All numbers that a probe of `size` counted; None where it can't be right."""
    names = ("parameters", "buffers", "hidden")
    if not sound(found, {"module": bool, **dict.fromkeys(names, int)}):
        return None
    counts = [found[name] for name in names]
    return sum(counts) if all(0 <= count <= MOST_NUMBERS for count in counts) else None


def budget_symptom(found: Any, budget: int) -> Diagnosis | None:
    """Does the model store at most `budget` numbers, wherever it keeps them (q18)?"""
    total = numbers_stored(found)
    if total is None:
        text = "it could not be observed how many numbers best_model stores"
        return Diagnosis(sentence("q18", text), symptom="unreadable")
    if not found["module"]:
        text = "best_model is not there yet, or isn't an nn.Module"
        return Diagnosis(sentence("q18", text), symptom="kind")
    if not found["parameters"]:
        text = "best_model has no parameters, so nothing in it was learned"
        return Diagnosis(sentence("q18", text), symptom="no_parameters")
    if total <= budget:
        return None
    parts = f"{found['parameters']:,} in parameters"
    if found["buffers"]:
        parts += f", {found['buffers']:,} in buffers (running means, for example)"
    if found["hidden"]:
        parts += f", {found['hidden']:,} elsewhere (attributes, lists, arrays, globals it uses)"
    text = f"budget exceeded by {total - budget:,}: best_model stores {total:,} numbers ({parts})"
    where = "parameters" if found["parameters"] > budget else "elsewhere"
    if where == "elsewhere":
        where = "buffers" if found["parameters"] + found["buffers"] > budget else "elsewhere"
    return caused("q18", Cause(f"budget_exceeded_{where}", text))


def notes_symptom(notes: Any) -> Diagnosis | None:
    """Are there notes on the filters (q18)? A person reads them; here they need only be text."""
    text = ""
    if notes is None or notes is Ellipsis:
        text = "filter_notes is not there yet: two sentences of text about the filters"
    elif type(notes) is not str:
        text = f"filter_notes is {kind(notes)}: write two sentences as one text"
    elif not notes.strip():
        text = "filter_notes is empty: write two sentences"
    return Diagnosis(sentence("q18", text), symptom="notes") if text else None
