"""What is wrong with how the network of q8 is built, as `cnnlab.probes.models.network` saw it.

Layers are known by the shapes of their weights, not by their names, so that nn.Sequential, lazy
layers and functional pooling are as good as anything else.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cnnlab.feedback.calls import failed_call, is_observation
from cnnlab.feedback.networks import FIRST, SECOND, Plan, fc_causes, maps_causes, maps_numbers
from cnnlab.feedback.observed import sound
from cnnlab.feedback.pictures import show_shapes
from cnnlab.feedback.values import in_words
from labkit.diagnosis import Cause, Diagnosis, caused, one_of, sentence

QUESTION, NAME = "q8", "SimpleCNN"
BUILT = {
    "call": dict,
    "raised": str,
    "stage": str,
    "shapes": [list],
    "trainable": [bool],
    "stored": int,
}
RUN = {
    **BUILT,
    "reached": [bool],
    "changed": bool,
    "device_error": str,
    **dict.fromkeys(("rows", "again", "single"), Any),
}

Shape = tuple[int, ...]


def told(cause: str, text: str) -> Diagnosis:
    """The diagnosis that names a cause of q8."""
    return caused(QUESTION, Cause(cause, text))


def layers_problem(seen: Any, public: bool = False) -> Diagnosis | None:
    """Are conv1, conv2 and fc there, with biases, and nothing else? The size of fc's input is free.

    A network that fails in its forward pass is judged as far as it was built.
    """
    failure = build_failure(seen, public)
    if failure:
        return failure
    shapes = [tuple(shape) for shape in seen["shapes"]]
    return (
        registration_problem(shapes)
        or _convolutions_problem(sized(seen, 4))
        or linear_problem(sized(seen, 2))
        or _rest_problem(shapes, seen)
    )


def _unreadable() -> Diagnosis:
    return Diagnosis(sentence(QUESTION, f"{NAME} could not be observed"), symptom="unreadable")


def build_failure(seen: Any, public: bool = False) -> Diagnosis | None:
    """Could `SimpleCNN()` be made at all?"""
    if not sound(seen, BUILT) or not is_observation(seen["call"]):
        return _unreadable()
    if seen["stage"] == "kind":
        text = "SimpleCNN() isn't an nn.Module. Does the class inherit from nn.Module?"
        return told("no_module", text)
    if seen["stage"] != "build":
        written = seen["shapes"] or seen.get("rows", True) is not None
        text = "SimpleCNN is not written yet: write its layers and `forward`, and run the cell"
        return None if written else Diagnosis(sentence(QUESTION, text), symptom="missing")
    if "before Module.__init__() call" in seen["raised"]:
        text = "`super().__init__()` is missing: it must be the first line of `__init__`"
        return told("super_missing", text)
    return failed_call(QUESTION, NAME, seen["call"], public) or _unreadable()


def registration_problem(shapes: Sequence[Shape]) -> Diagnosis | None:
    """Does the model know of its layers?"""
    if not shapes:
        return told(
            "no_parameters",
            "the model has no parameters. Layers must be made in `__init__` and be attributes of"
            " `self`; a plain Python list hides them, and so does making them in `forward`",
        )
    if () in shapes and not any(shapes):
        text = "the lazy layers never saw an image: the forward pass does not come so far"
        return Diagnosis(sentence(QUESTION, text), symptom="lazy")
    return None


def _convolutions_problem(found: Sequence[Shape]) -> Diagnosis | None:
    if FIRST in found and SECOND in found and len(found) == 2:
        return None
    if len(found) != 2:
        hidden = " Layers in a plain Python list do not count" if len(found) < 2 else ""
        text = f"there must be two convolutions with weights, and there are {len(found)}.{hidden}"
        return told("convolutions", text)
    sides = {shape[2:] for shape in found}
    if sides != {(3, 3)}:
        wrong = next(iter(sides - {(3, 3)}))
        text = f"a convolution has a kernel of {in_words(wrong)}, where 3×3 is asked for"
        return told("kernel", text)
    first, second = found if found[1] != FIRST else (found[1], found[0])
    if first[1] != 1:
        text = f"conv1 takes {first[1]} channels, but a grey image has 1"
        return told("first_input", text)
    if first[0] != FIRST[0]:
        text = f"conv1 makes {first[0]} feature maps, where 8 are asked for"
        return told("first_output", text)
    if second[1] != SECOND[1]:
        return told(
            "second_input",
            f"conv2 takes {second[1]} input channel{'s' if second[1] != 1 else ''}, but conv1 gives"
            " it 8 feature maps: each filter of conv2 spans all of them",
        )
    text = f"conv2 makes {second[0]} feature maps, where 16 are asked for"
    return told("second_output", text)


def linear_problem(found: Sequence[Shape]) -> Diagnosis | None:
    """Is there one fully connected layer, to ten scores?"""
    if len(found) != 1:
        text = f"there must be one fully connected layer, fc, and there are {len(found)}"
        return told("linear_layers", text)
    if found[0][1] == 10 and found[0][0] != 10:
        text = f"fc takes 10 numbers and gives {found[0][0]}: inputs and outputs are swapped, which"
        return told("classes", f"{text} stand as nn.Linear(in, out)")
    if found[0][0] != 10:
        text = f"fc gives {found[0][0]} scores, but there are 10 digits"
        return told("fc_output", text)
    return None


def _rest_problem(shapes: Sequence[Shape], seen: Mapping[str, Any]) -> Diagnosis | None:
    biases = Counter(shape for shape in shapes if len(shape) < 2)
    wanted = Counter([(8,), (16,), (10,)])
    if wanted - biases:
        width = next(iter(wanted - biases))[0]
        layer = {8: "conv1", 16: "conv2", 10: "fc"}[width]
        return told("no_bias", f"{layer} has no bias: leave out `bias=False`")
    if biases - wanted or seen["stored"] or len(shapes) != 6:
        return told(
            "more_parameters",
            "the model has more parameters than conv1, conv2 and fc need. Batch normalisation or"
            " another layer is one too many here",
        )
    return frozen_problem(seen)


def frozen_problem(seen: Mapping[str, Any]) -> Diagnosis | None:
    """May every parameter learn?"""
    if all(seen["trainable"]):
        return None
    text = "some parameters are frozen (`requires_grad=False`): they could not learn"
    return told("frozen", text)


def forward_failure(seen: Any, public: bool = False) -> Diagnosis | None:
    """Did the forward pass stop with an error? In a public check the usual ones are explained."""
    if not sound(seen, BUILT) or not is_observation(seen["call"]):
        return _unreadable()
    raised: str = seen["raised"]
    if not raised:
        return None if sound(seen, RUN) else _unreadable()
    failed = failed_call(QUESTION, NAME, seen["call"], public) or _unreadable()
    if not public or seen["call"]["types"][:1] not in (["RuntimeError"], ["NotImplementedError"]):
        return failed
    explained = _explained(raised)
    if explained and explained.causes == ("channels_differ",):
        explained = _convolutions_problem(sized(seen, 4)) or explained
    if explained is None:
        return failed
    line = seen["call"]["line"]
    code = f" (line {line} of your cell: `{seen['call']['code']}`)" if line else ""
    text = explained.text.removesuffix(".") + code + "."
    return Diagnosis(text, explained.causes, "raised", failed.place)


def sized(seen: Mapping[str, Any], sides: int) -> list[Shape]:
    """The shapes of all parameters with that many sides."""
    return [tuple(shape) for shape in seen["shapes"] if len(shape) == sides]


def _explained(raised: str) -> Diagnosis | None:
    """The cause of one of torch's own errors."""
    if 'missing the required "forward"' in raised:
        return told(
            "forward_missing", "the class has no `forward`. Is it indented as `__init__` is?"
        )
    product = re.search(r"\((\d+)x(\d+) and (\d+)x(\d+)\)", raised)
    if product:
        return _product_problem(*map(int, product.groups()[:3]))
    if "is invalid for input of size" in raised:
        return told(
            "view_size",
            "`view` was given a number of features that the maps do not have, so it cannot cut the"
            f" batch into images ({raised}). Keep the batch's dimension and let -1 stand for the"
            " features",
        )
    channels = re.search(r"to have (\d+) channels, but got (\d+) channels", raised)
    if channels:
        takes, gets = channels.groups()
        text = f"a convolution takes {takes} input channels, but gets {gets}: they must match"
        return told("channels_differ", text)
    return None


def _product_problem(rows: int, given: int, takes: int) -> Diagnosis:
    """Why fc cannot multiply: `rows` rows of `given` numbers for a layer that takes `takes`."""
    if rows != 2:  # the forward pass was tried on two images
        return told(
            "not_flattened",
            f"fc received {rows} rows for 2 images: flatten the feature maps first, so that each"
            " image becomes one row",
        )
    show_shapes((given,), (takes,), layer="fc")
    right = maps_numbers(Plan())
    if given == right:
        seen = f"fc takes {takes} numbers for each image, but gets {given}"
        why = one_of(QUESTION, fc_causes(takes), "follow the shapes layer by layer")
    else:
        seen = f"the maps give fc {given} numbers for each image, but it takes {takes}"
        causes = maps_causes(given) if takes == right else []
        advice = "is a pool or a convolution missing in `forward`?"
        why = one_of(QUESTION, causes, advice if takes == right else "both differ from the plan")
    text = f"{seen}: {why.text.removeprefix(f'{QUESTION}: ')}"
    return Diagnosis(sentence(QUESTION, text), why.causes)
