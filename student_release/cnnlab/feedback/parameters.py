"""Guess how a wrong number of SimpleCNN's parameters was reached (q9).

The right count is a sum of six parts: weights and biases of conv1, conv2 and fc. A wrong turn
counts some parts otherwise, adds what is none, or multiplies the sum. A guess takes one turn, or
two that do not touch the same part.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

from cnnlab.feedback.fc_slips import BATCH, CHANNELS, CLASSES
from cnnlab.feedback.flattened import feature_guesses
from cnnlab.feedback.plans import IMAGE_SIDE, Plan
from cnnlab.feedback.plans import sides as map_sides
from cnnlab.feedback.wrong_numbers import Guess, fitting
from labkit.diagnosis import Cause

_C1, _C2 = CHANNELS
_AREA = 9
ADVICE = "count layer by layer: weights out · in · height · width, and one bias for each output"
LAYERS = {"conv1": (1, _C1), "conv2": (_C1, _C2)}
"""Input and output channels."""


@dataclass(frozen=True)
class Turn:
    """One wrong turn in counting parameters."""

    id: str
    text: str
    parts: Mapping[str, int] = field(default_factory=dict[str, int])
    """What it counts for some of the parts: 'conv1 weights', 'fc biases'."""
    more: int = 0
    """What it adds."""
    factor: int = 1
    """What it multiplies the sum by."""
    cost: float = 1.0
    pairs: bool = True
    """May it come with another wrong turn? Rare ones and those that leave much out stay alone."""


def _features() -> int:
    return _C2 * int(list(map_sides(Plan()).values())[-1]) ** 2


def _right() -> dict[str, int]:
    parts: dict[str, int] = {}
    for layer, (inputs, outputs) in LAYERS.items():
        parts |= {f"{layer} weights": outputs * inputs * _AREA, f"{layer} biases": outputs}
    return parts | {"fc weights": CLASSES * _features(), "fc biases": CLASSES}


def _bias_turns() -> Iterator[Turn]:
    names = ("conv1", "conv2", "fc")
    for count in (3, 1, 2):
        for some in combinations(names, count):
            *first, last = some
            words = f"{', '.join(first)} and {last}" if first else last
            parts = {f"{layer} biases": 0 for layer in some}
            name = "biases_missing" if count == 3 else f"biases_missing_{'_'.join(some)}"
            yield Turn(name, f"the biases of {words} are missing", parts)
    for layer, biases in {"conv1": _C1, "conv2": _C2, "fc": CLASSES}.items():
        text = f"{layer} has one bias for each of its {biases} outputs, not one in all"
        yield Turn(f"single_bias_{layer}", text, {f"{layer} biases": 1})
    parts = {"conv1 biases": 1, "conv2 biases": 1, "fc biases": 1}
    yield Turn("single_biases", "a layer has one bias for each output, not one in all", parts)
    text = "one bias for each filter, not for each of its kernels: conv2 has 16"
    for biases in (_C1 * _C2, _C1 * _C2 + _C2):
        yield Turn("bias_per_kernel", text, {"conv2 biases": biases})
    text = "a bias belongs to an output, not to an input: conv2 has 16, not 8"
    yield Turn("bias_per_input_conv2", text, {"conv2 biases": _C1})
    text = "a bias belongs to an output, not to an input: conv1 has 8, not 1"
    yield Turn("bias_per_input_conv1", text, {"conv1 biases": 1}, cost=1.4)
    text = "a bias belongs to an output, not to an input: fc has 10, not one for each input"
    yield Turn("bias_per_input_fc", text, {"fc biases": _features()})
    text = "a bias belongs to a filter, not to each of its weights"
    parts = {"conv1 biases": _C1 * _AREA, "conv2 biases": _C1 * _C2 * _AREA}
    yield Turn("bias_per_weight", text, parts, cost=1.4)
    text = "a bias belongs to an output, and one layer has 10 too many"
    yield Turn("biases_twice_fc", text, {"fc biases": 2 * CLASSES})
    for layer, biases in {"conv1": _C1, "conv2": _C2}.items():
        yield Turn(
            f"biases_twice_{layer}",
            f"the biases of {layer} are counted twice",
            {f"{layer} biases": 2 * biases},
            cost=1.2,
        )


def _convolution_turns() -> Iterator[Turn]:
    changed: dict[str, dict[str, int]] = {}
    texts = {
        "area_forgotten": "kernels have 3·3 weights for each input channel, not one",
        "area_not_squared": "a 3×3 kernel has 9 weights: 3 were counted in",
        "filters_forgotten": "one filter is counted, but the layer has many:",
        "kernel_only": "the 9 weights of one kernel are counted, without channels and filters:",
    }
    for layer, (inputs, outputs) in LAYERS.items():
        whole = inputs * outputs
        counts = {
            "area_forgotten": whole,
            "area_not_squared": whole * 3,
            "filters_forgotten": inputs * _AREA,
            "kernel_only": _AREA,
        }
        for side in (2, 4, 5, 7):
            counts[f"kernel_{side}"] = whole * side * side
            texts[f"kernel_{side}"] = f"kernels are 3×3, not {side}×{side}"
        for name, number in counts.items():
            part = {f"{layer} weights": number}
            changed[name] = {**changed.get(name, {}), **part}
            cost = 1.0 if name in ("area_forgotten", "area_not_squared", "kernel_5") else 1.2
            yield Turn(f"{name}_{layer}", _layer_text(texts[name], layer), part, cost=cost)
    for name, parts in changed.items():
        text = _layer_text(texts[name], "conv1 and conv2")
        yield Turn(f"{name}_both", text, parts, cost=1.0)
    text = "conv2's filters span all 8 input channels: its weight has 16·8·3·3 numbers"
    yield Turn("inputs_forgotten", text, {"conv2 weights": _C2 * _AREA})
    text = "conv1 reads grey images with one channel, not RGB images with three"
    yield Turn("rgb", text, {"conv1 weights": 3 * _C1 * _AREA})
    text = "conv2 reads the 8 maps of conv1, not three colours"
    yield Turn("rgb_conv2", text, {"conv2 weights": 3 * _C2 * _AREA}, cost=1.2)
    text = "conv2 has 16 filters for 8 channels, not 16 channels for 16 filters"
    yield Turn("inputs_16", text, {"conv2 weights": _C2 * _C2 * _AREA}, cost=1.2)
    text = "conv2 has 16 filters, not 8"
    yield Turn("outputs_8", text, {"conv2 weights": _C1 * _C1 * _AREA}, cost=1.4)
    text = "input and output channels are added in conv2: they multiply"
    yield Turn("channels_added", text, {"conv2 weights": (_C1 + _C2) * _AREA}, cost=1.2)


def _layer_text(text: str, layer: str) -> str:
    if text.startswith("kernels"):
        owner = "the kernels of conv1 and conv2" if " " in layer else f"{layer}'s kernels"
        return f"{owner}{text.removeprefix('kernels')}"
    return f"{text} {layer}"


_USUAL_SIZES = ("no_pool", "final_pool_only", "first_pool_only", "rounded_up", "padding_1")


def _fc_turns() -> Iterator[Turn]:
    features: dict[int, list[Guess]] = {}
    for guess in feature_guesses():
        number = guess.numbers[0]
        if isinstance(number, int) and number > 1 and guess.cost <= 1.4:
            features.setdefault(number, []).append(guess)
    one_off = ("bias_counted", "less_one")
    for number, guesses in features.items():
        if all(guess.cause.id in one_off for guess in guesses):
            continue
        text = f"fc is counted with {number} inputs, which are not what reaches it (see q3)"
        parts = {"fc weights": CLASSES * number}
        cost = min(guess.cost for guess in guesses)
        usual = any(guess.cause.id in _USUAL_SIZES for guess in guesses)
        yield Turn(f"fc_{number}", text, parts, cost=cost, pairs=usual)
    text = "fc has a weight for each pair of an input and an output, not one for each input"
    yield Turn("fc_outputs_forgotten", text, {"fc weights": _features()})
    text = "fc has a weight for each pair of an input and an output: they multiply"
    yield Turn("fc_added", text, {"fc weights": _features() + CLASSES}, cost=1.2)


def _whole_turns() -> Iterator[Turn]:
    right = _right()
    for layer in ("conv1", "conv2", "fc"):
        own = {name: count for name, count in right.items() if name.startswith(f"{layer} ")}
        others = {name: 0 for name in right if name not in own}
        missing = dict.fromkeys(own, 0)
        yield Turn(f"{layer}_missing", f"{layer} is missing", missing, pairs=False)
        text = f"that is {layer} alone"
        if layer == "fc":
            text += ": the convolutions are missing"
        yield Turn(f"{layer}_alone", text, others, pairs=False)
        text = f"that is {layer}'s weights alone"
        yield Turn(f"{layer}_weights_alone", text, others | {f"{layer} biases": 0}, pairs=False)
        twice = {name: 2 * count for name, count in own.items()}
        yield Turn(f"{layer}_twice", f"{layer} is counted twice", twice, cost=1.2)
    weights = {name: 0 for name in right if name.endswith("weights")}
    text = "these are the biases alone: the weights are missing"
    yield Turn("biases_alone", text, weights, pairs=False)
    text = "these are the convolutions only: fc is missing"
    yield Turn("convolutions_alone", text, {"fc weights": 0, "fc biases": 0}, cost=0.9)
    text = "the 64 images of a batch share the same parameters"
    yield Turn("batch_counted", text, factor=BATCH)
    yield Turn("bytes", "these are bytes: a float32 takes four", factor=4)
    text = "everything is counted twice (values and gradients?): only the values are parameters"
    yield Turn("twice", text, factor=2)
    text = "training with Adam keeps three numbers for each parameter, but one is the parameter"
    yield Turn("optimizer_counted", text, factor=3, cost=1.4)


def _added_turns() -> Iterator[Turn]:
    for name, number in {"one": 1, "two": 2, "four": 4, "eight": 8}.items():
        text = "a pooling layer has nothing to learn: it has no parameters"
        yield Turn(f"pools_counted_{name}", text, more=number, cost=1.0 if number == 2 else 1.4)
    text = "the model has no batch normalisation: {} parameters too many"
    for name, number in {"": _C1 + _C2, "_conv1": _C1, "_conv2": _C2}.items():
        told = text.format(2 * number)
        yield Turn(f"norm_counted{name}", told, more=2 * number, cost=1.0 if not name else 1.2)
    text = "the running averages of a batch normalisation are counted, which the model lacks"
    yield Turn("buffers_counted", text, more=4 * (_C1 + _C2) + 2, cost=1.4)
    found = list(map_sides(Plan()).items())
    text = "the numbers in a feature map (of {}) are counted in: a map is no parameter"
    for (stage, side), channels in zip(found, (1, _C1, _C1, _C2, _C2), strict=True):
        told = text.format(stage)
        slug = f"map_counted_{stage.removeprefix('the ').replace(' ', '_')}"
        yield Turn(slug, told, more=channels * int(side) ** 2, cost=1.2)
    text = "conv1 shares its weights: one filter serves every place of the image"
    places = int(found[1][1]) ** 2
    yield Turn("unshared", text, {"conv1 weights": places * _C1 * _AREA}, cost=1.2)
    both = {"conv1 weights": places * _C1 * _AREA, "conv1 biases": places * _C1}
    yield Turn("unshared_biases", text, both, cost=1.2)


def _named() -> Iterator[tuple[str, int, str]]:
    text = "no parameter was counted: is a `requires_grad` filter the wrong way round?"
    yield "zero", 0, text
    yield "layers", 3, "that is the number of layers with parameters, not of the numbers in them"
    modules = "that is the number of modules, not of the numbers in their parameters"
    for count in (4, 5, 7, 8):
        yield "modules", count, modules
    yield "tensors", 6, "that is the number of parameter tensors, not of the numbers in them"
    text = "that is a linear model on 28·28 pixels, without any convolution"
    yield "linear_model", CLASSES * IMAGE_SIDE**2 + CLASSES, text
    places = int(map_sides(Plan())["conv1"]) ** 2
    text = "conv1 shares its weights: one filter serves every place of the image"
    yield "unshared_alone", places * _C1 * _AREA, text
    text = "that is conv1 times the batch of 64: the batch is not part of any weight"
    yield "conv1_batch", (_C1 * _AREA + _C1) * BATCH, text
    text = "that is the number of fc's inputs, not of parameters"
    yield "fc_inputs", _features(), text


def parameter_causes(number: int) -> list[Cause]:
    """The simplest ways to reach the wrong `number` of SimpleCNN's parameters; [] if none is."""
    return fitting([number], parameter_guesses())


@cache
def parameter_guesses() -> tuple[Guess, ...]:
    """Ways to miss the number of SimpleCNN's parameters."""
    turns = [
        *_bias_turns(),
        *_convolution_turns(),
        *_fc_turns(),
        *_whole_turns(),
        *_added_turns(),
    ]
    found = [Guess(Cause(name, text), (number,)) for name, number, text in _named()]
    found += [_guess((turn,)) for turn in turns]
    usual = [turn for turn in turns if turn.cost <= 1 and turn.pairs]
    for some in combinations(usual, 2):
        touched = [name for turn in some for name in turn.parts]
        if len(set(touched)) == len(touched) and all(turn.parts or turn.more for turn in some):
            found.append(_guess(some))
    right = sum(_right().values())
    return tuple(guess for guess in found if guess.numbers != (right,))


def _guess(turns: tuple[Turn, ...]) -> Guess:
    parts = _right()
    for turn in turns:
        parts |= turn.parts
    number = sum(parts.values()) + sum(turn.more for turn in turns)
    number *= math.prod(turn.factor for turn in turns)
    text = ", and ".join(turn.text for turn in turns)
    cost = sum(turn.cost for turn in turns)
    return Guess(Cause("+".join(turn.id for turn in turns), text), (number,), cost)
