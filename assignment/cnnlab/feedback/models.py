"""What is wrong with the network of q8, from what `cnnlab.probes.models.network` saw of it.

Layers are known by the shapes of their weights, not by their names, so that nn.Sequential, lazy
layers and functional pooling are as good as anything else. The number that fc receives comes from
the check; here stand only wrong ones.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.feedback.compare import agrees
from cnnlab.feedback.observed import sound
from cnnlab.feedback.pictures import show_shapes
from cnnlab.feedback.shapes import flattened_size_cause
from cnnlab.feedback.values import as_float64, in_words, kind, shape_of
from cnnlab.probes import NOTHING_TO_CALL

FIRST, SECOND = (8, 1, 3, 3), (16, 8, 3, 3)
"""Weight shapes of conv1 and conv2: filters, input channels, height, width."""
BUILT = {"raised": str, "stage": str, "shapes": [list], "trainable": [bool], "stored": int}
RUN = {
    **BUILT,
    "reached": [bool],
    "changed": bool,
    "device_error": str,
    **dict.fromkeys(("rows", "again", "single"), Any),
}

Shape = tuple[int, ...]


def layers_problem(seen: Any) -> str | None:
    """Are conv1, conv2 and fc there, with biases, and nothing else? The size of fc's input is free.

    A network that fails in its forward pass is judged as far as it was built.
    """
    failure = build_failure(seen)
    if failure:
        return failure
    shapes = [tuple(shape) for shape in seen["shapes"]]
    problem = (
        _registration_problem(shapes)
        or _convolutions_problem([shape for shape in shapes if len(shape) == 4])
        or _linear_problem([shape for shape in shapes if len(shape) == 2])
        or _rest_problem(shapes, seen)
    )
    return f"q8: {problem}." if problem else None


def build_failure(seen: Any) -> str | None:
    """Could `SimpleCNN()` be made at all?"""
    if not sound(seen, BUILT):
        return "q8: SimpleCNN could not be observed."
    raised = seen["raised"]
    if raised.startswith(NOTHING_TO_CALL):
        return "q8: SimpleCNN is not there yet. Write the class in the answer cell and run it."
    if seen["stage"] == "kind":
        return "q8: SimpleCNN() is no nn.Module. Does the class inherit from nn.Module?"
    if seen["stage"] != "build":
        return None
    if "before Module.__init__() call" in raised:
        return "q8: `super().__init__()` is missing: it must be the first line of `__init__`."
    return f"q8: SimpleCNN() stopped with an error: {raised}"


def _registration_problem(shapes: Sequence[Shape]) -> str | None:
    if not shapes:
        return (
            "the model has no parameters. Layers must be made in `__init__` and be attributes of"
            " `self`; a plain Python list hides them, and so does making them in `forward`"
        )
    if () in shapes and not any(shapes):
        return "the lazy layers never saw an image: the forward pass does not come so far"
    return None


def _convolutions_problem(found: Sequence[Shape]) -> str | None:
    if FIRST in found and SECOND in found and len(found) == 2:
        return None
    if len(found) != 2:
        hidden = " Layers in a plain Python list do not count" if len(found) < 2 else ""
        return f"there must be two convolutions with weights, and there are {len(found)}.{hidden}"
    sides = {shape[2:] for shape in found}
    if sides != {(3, 3)}:
        wrong = next(iter(sides - {(3, 3)}))
        return f"a convolution has a kernel of {in_words(wrong)}, where 3×3 is asked for"
    first, second = found if found[1] != FIRST else (found[1], found[0])
    if first[1] != 1:
        return f"conv1 takes {first[1]} channels, but a grey image has 1"
    if first[0] != FIRST[0]:
        return f"conv1 makes {first[0]} feature maps, where 8 are asked for"
    if second[1] != SECOND[1]:
        return (
            f"conv2 takes {second[1]} input channel{'s' if second[1] != 1 else ''}, but conv1 gives"
            " it 8 feature maps: each filter of conv2 spans all of them"
        )
    return f"conv2 makes {second[0]} feature maps, where 16 are asked for"


def _linear_problem(found: Sequence[Shape]) -> str | None:
    if len(found) != 1:
        return f"there must be one fully connected layer, fc, and there are {len(found)}"
    if found[0][0] != 10:
        return f"fc gives {found[0][0]} scores, but there are 10 digits"
    return None


def _rest_problem(shapes: Sequence[Shape], seen: Mapping[str, Any]) -> str | None:
    biases = Counter(shape for shape in shapes if len(shape) < 2)
    wanted = Counter([(8,), (16,), (10,)])
    if wanted - biases:
        width = next(iter(wanted - biases))[0]
        layer = {8: "conv1", 16: "conv2", 10: "fc"}[width]
        return f"{layer} has no bias: leave out `bias=False`"
    if biases - wanted or seen["stored"] or len(shapes) != 6:
        return (
            "the model has more parameters than conv1, conv2 and fc need. Batch normalisation or"
            " another layer is one too many here"
        )
    if not all(seen["trainable"]):
        return "some parameters are frozen (`requires_grad=False`): they could not learn"
    return None


def rows_problem(seen: Any, count: int) -> str | None:
    """Does a batch of `count` images come out as `count` rows of ten scores, one image as one?

    And does an image alone get the scores that it gets in the batch?
    """
    failure = build_failure(seen) or forward_failure(seen)
    if failure:
        return failure
    for name, wanted in (("rows", count), ("single", 1)):
        shape = shape_of(seen[name])
        images = f"{wanted} image{'s' if wanted > 1 else ''}"
        if shape == (wanted, 10):
            continue
        if shape is None:
            return f"q8: forward gave {kind(seen[name])} for {images}, not a tensor."
        if shape == (wanted,) and wanted > 1:
            return (
                "q8: forward gives one number for each image. Return the ten scores themselves:"
                " `argmax` comes later, when digits are predicted."
            )
        if wanted == 1 and shape == (10,):
            return (
                "q8: a batch of one image loses its first dimension: `squeeze` drops every side of"
                " length 1. Keep the batch's dimension."
            )
        if len(shape) == 2 and shape[0] != wanted:
            return (
                f"q8: {images} came out as {shape[0]} rows: numbers of different images got mixed."
                " Flatten each image by itself, keeping the batch's dimension (not `view(-1, …)`"
                " with a fixed number of features)."
            )
        show_shapes(shape, (wanted, 10))
        return f"q8: {images} came out in shape {in_words(shape)}, where {wanted}×10 is expected."
    rows, single = as_float64(seen["rows"]), as_float64(seen["single"])
    if rows is None or single is None or not bool(rows.isfinite().all()):
        return None
    if not agrees(single, rows[:1]):
        return (
            "q8: an image alone gets other scores than in a batch: forward must treat each image by"
            " itself and remember nothing."
        )
    return None


def forward_failure(seen: Any, features: int | None = None) -> str | None:
    """Did the forward pass stop with an error? The usual ones are explained.

    `features`, where a check hands it over, is the right number of inputs of fc.
    """
    if not sound(seen, BUILT):
        return "q8: SimpleCNN could not be observed."
    raised: str = seen["raised"]
    if not raised:
        return None if sound(seen, RUN) else "q8: SimpleCNN could not be observed."
    if 'missing the required "forward"' in raised:
        return "q8: the class has no `forward`. Is it indented as `__init__` is?"
    product = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", raised)
    if product:
        return f"q8: {_product_words(*map(int, product.groups()[:3]), features)}"
    if "is invalid for input of size" in raised:
        return (
            "q8: `view` was given a number of features that the maps do not have, so it cannot cut"
            f" the batch into images ({raised}). Keep the batch's dimension and let -1 stand for"
            " the features."
        )
    channels = re.search(r"to have (\d+) channels, but got (\d+) channels", raised)
    if channels:
        takes, gets = channels.groups()
        return f"q8: a convolution takes {takes} input channels, but gets {gets}: they must match."
    return f"q8: the forward pass stopped with an error: {raised}"


def _product_words(rows: int, given: int, takes: int, features: int | None) -> str:
    """Why fc cannot multiply: `rows` rows of `given` numbers for a layer that takes `takes`."""
    if rows != 2:  # the forward pass was tried on two images
        return (
            f"fc received {rows} rows for 2 images: flatten the feature maps first, so that each"
            " image becomes one row."
        )
    show_shapes((given,), (takes,), layer="fc")
    cause = flattened_size_cause(takes) if features is None or takes != features else ""
    if cause:
        return f"fc takes {takes} numbers for each image, but gets {given}: {cause}."
    cause = flattened_size_cause(given, "is a pool or a convolution missing in `forward`")
    return f"the maps give fc {given} numbers for each image, but it takes {takes}: {cause}."


def fc_problem(shapes: Sequence[Shape], features: int) -> str | None:
    """Does fc take another number of features than the plan gives, in a network that runs?"""
    found = [shape for shape in shapes if len(shape) == 2]
    if len(found) != 1 or found[0][1] == features:
        return None
    takes = found[0][1]
    return (
        f"q8: fc takes {takes} numbers for each image, so `forward` is not the plan's:"
        f" {flattened_size_cause(takes)}."
    )


def gradients_problem(seen: Any) -> str | None:
    """Does a gradient reach every parameter?"""
    failure = build_failure(seen) or forward_failure(seen)
    if failure:
        return failure
    if not seen["reached"]:
        return layers_problem(seen)
    if not all(seen["trainable"]):
        return "q8: some parameters are frozen (`requires_grad=False`): they could not learn."
    if not all(seen["reached"]):
        return (
            "q8: no gradient reaches some of the parameters. Is the result detached, taken through"
            " `.data` or NumPy, or is a layer made but not used?"
        )
    return None


def device_problem(seen: Any) -> str | None:
    """Does the forward pass work on whatever device the model and the images are on?"""
    failure = build_failure(seen) or forward_failure(seen)
    if failure:
        return failure
    if seen["device_error"]:
        return (
            "q8: `forward` works on one device only: it moves data there, goes through NumPy, or"
            " makes new tensors or layers. Keep everything on the device of its input."
        )
    return layers_problem(seen)
