"""Observe a student's functions about shapes and parameter counts."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from torch import nn
from torch.nn.utils import skip_init

from cnnlab.probes import Observation, observe

LayerWords = Sequence[Any]
"""A layer as plain values: its kind, then its arguments; see `build`."""


def observe_network(function: Any, words: Sequence[LayerWords]) -> Observation:
    """Call `function` with a network, built here because modules do not cross the wire."""
    return observe(function, build(words))


def build(words: Sequence[LayerWords]) -> nn.Sequential:
    """A network from plain values.

    The layers: ("conv", in, out, height, width, bias), ("linear", in, out, bias), ("norm",
    channels), ("relu",), ("pool", side), ("group", [layers]), ("again", index) for a layer that
    is an earlier one, ("tied", index) for one that shares the weight of an earlier one, ("frozen",
    layer) for one that is not to be trained.
    """
    network = nn.Sequential()
    for layer in words:
        if layer[0] in ("again", "tied"):
            earlier = network[layer[1]]
            network.append(earlier if layer[0] == "again" else _tied(earlier))
        else:
            network.append(_layer(layer))
    return network


def _tied(earlier: nn.Module) -> nn.Module:
    layer = deepcopy(earlier)
    layer.weight = earlier.weight
    return layer


def _layer(words: LayerWords) -> nn.Module:
    # skip_init leaves torch's global random state alone; the values do not matter here.
    match list(words):
        case ["conv", inputs, outputs, height, width, bias]:
            return skip_init(nn.Conv2d, inputs, outputs, (height, width), bias=bias)
        case ["linear", inputs, outputs, bias]:
            return skip_init(nn.Linear, inputs, outputs, bias=bias)
        case ["norm", channels]:
            return nn.BatchNorm2d(channels)
        case ["relu"]:
            return nn.ReLU()
        case ["pool", side]:
            return nn.MaxPool2d(side)
        case ["group", layers]:
            return build(layers)
        case ["frozen", layer]:
            return _layer(layer).requires_grad_(False)
    raise ValueError(f"no such layer: {words!r}")
