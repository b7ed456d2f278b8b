"""What is wrong with what the network of q8 gives: its rows, its gradients, its device."""

from collections.abc import Mapping
from typing import Any

from cnnlab.feedback.compare import agrees
from cnnlab.feedback.models import (
    QUESTION,
    build_failure,
    forward_failure,
    frozen_problem,
    layers_problem,
    linear_problem,
    registration_problem,
    sized,
    told,
)
from cnnlab.feedback.networks import SECOND, Plan, maps_numbers
from cnnlab.feedback.pictures import show_shapes
from cnnlab.feedback.values import as_float64, in_words, kind, shape_of
from labkit.diagnosis import Diagnosis, sentence


def rows_problem(seen: Any, count: int, public: bool = False) -> Diagnosis | None:
    """Does a batch of `count` images come out as `count` rows of ten scores, one image as one?

    And does an image alone get the scores that it gets in the batch?
    """
    failure = build_failure(seen, public) or forward_failure(seen, public)
    if failure:
        return failure
    built = [tuple(shape) for shape in seen["shapes"]]
    inside = registration_problem(built) or linear_problem(sized(seen, 2))
    if inside and not agrees(seen["again"], as_float64(seen["rows"])):
        return inside  # layers that are made anew in every forward pass
    for name, wanted in (("rows", count), ("single", 1)):
        problem = _shape_problem(seen[name], wanted)
        if problem:
            return problem
    repeated = repeats_problem(seen)
    if repeated:
        return repeated
    rows, single = as_float64(seen["rows"]), as_float64(seen["single"])
    if rows is None or single is None or not bool(rows.isfinite().all()):
        text = "forward gives scores that are no finite numbers"
        return Diagnosis(sentence(QUESTION, text), symptom="numbers")
    if agrees(single, rows[:1]):
        return None
    return told(
        "depends_on_batch",
        "an image alone gets other scores than in a batch: forward must treat each image by itself",
    )


def repeats_problem(seen: Mapping[str, Any]) -> Diagnosis | None:
    """Do the same images get the same scores twice, in evaluation mode?"""
    rows = as_float64(seen["rows"])
    if rows is None or not bool(rows.isfinite().all()) or agrees(seen["again"], rows):
        return None
    return told(
        "differs_second_time",
        "the same images get other scores the second time, in evaluation mode: does forward keep"
        " something, or is dropout on all the time (`F.dropout` needs `training=self.training`)?",
    )


def _shape_problem(value: Any, wanted: int) -> Diagnosis | None:
    shape = shape_of(value)
    images = f"{wanted} image{'s' if wanted > 1 else ''}"
    if shape == (wanted, 10):
        return None
    if shape is None:
        text = f"forward gave {kind(value)} for {images}, not a tensor"
        return Diagnosis(sentence(QUESTION, text), symptom="none" if value is None else "kind")
    if shape == (wanted,) and wanted > 1:
        return told(
            "one_number",
            "forward gives one number for each image. Return the ten scores themselves: `argmax`"
            " comes later, when digits are predicted",
        )
    if wanted == 1 and shape == (10,):
        return told(
            "squeezed",
            "a batch of one image loses its first dimension: `squeeze` drops every side of length"
            " 1. Keep the batch's dimension",
        )
    if wanted > 1 and shape in ((10,), (1, 10)):
        return told(
            "images_mixed",
            f"{images} got the ten scores of one: are they added up or averaged over the batch?",
        )
    if shape == (wanted, maps_numbers(Plan())):
        return told(
            "fc_unused",
            "forward returns what fc should receive: apply fc, and return what it gives",
        )
    if len(shape) == 2 and shape[0] != wanted:
        return told(
            "images_mixed",
            f"{images} came out as {shape[0]} rows: numbers of different images got mixed. Keep the"
            " batch's dimension, and flatten each image by itself (not `view(-1, …)` with a fixed"
            " number of features)",
        )
    show_shapes(shape, (wanted, 10))
    text = f"{images} came out in shape {in_words(shape)}, where {wanted}×10 is expected"
    return Diagnosis(sentence(QUESTION, text), symptom="wrong_shape")


def gradients_problem(seen: Any, public: bool = False) -> Diagnosis | None:
    """Does a gradient reach every parameter?"""
    failure = build_failure(seen, public) or forward_failure(seen, public)
    if failure:
        return failure
    if not seen["reached"]:
        return layers_problem(seen)
    if all(seen["reached"]):
        return None
    # What forward returns is wrong in itself, and no scores: that has to be mended first.
    count = (shape_of(seen["again"]) or (0,))[0]
    scored = shape_of(seen["rows"]) == (count, 10) and shape_of(seen["single"]) == (1, 10)
    if not scored:
        return rows_problem(seen, max(2, count), public)
    rows, single = as_float64(seen["rows"]), as_float64(seen["single"])
    if rows is not None and single is not None and not agrees(single, rows[:1]):
        return rows_problem(seen, count, public)
    return (
        frozen_problem(seen)
        or _unused_problem(seen)
        or told(
            "no_gradient",
            "no gradient reaches some of the parameters. Is the result detached, taken through"
            " `.data` or NumPy, or is a layer made but not used?",
        )
    )


def _unused_problem(seen: Mapping[str, Any]) -> Diagnosis | None:
    """Is it conv2 alone that no gradient reaches? Its weight is the only one of this shape."""
    if len(seen["shapes"]) != len(seen["reached"]):
        return None
    pairs = zip(seen["shapes"], seen["reached"], strict=True)
    missed = {tuple(shape) for shape, reached in pairs if not reached}
    if missed != {SECOND, SECOND[:1]}:
        return None
    return told("second_unused", "conv2 is made, but not applied: no gradient reaches it")


def device_problem(seen: Any, public: bool = False) -> Diagnosis | None:
    """Does the forward pass work on whatever device the model and the images are on?"""
    failure = build_failure(seen, public) or forward_failure(seen, public)
    if failure:
        return failure
    if not seen["device_error"] or layers_problem(seen):
        return layers_problem(seen)
    return told(
        "one_device",
        "`forward` works on one device only: it moves data there, goes through NumPy, or makes new"
        " tensors or layers. Keep everything on the device of its input",
    )
