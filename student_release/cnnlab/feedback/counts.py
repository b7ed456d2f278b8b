"""Guess how `count_parameters` went wrong (q9), by counting the check's own networks wrongly."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations

from torch import nn

from cnnlab.feedback.wrong_numbers import Guess
from cnnlab.probes.shapes import LayerWords, build
from labkit.diagnosis import Cause

ADVICE = "add up the number of elements of every parameter tensor, each tensor once"
Count = Callable[[nn.Module], int]


def _named(model: nn.Module, ending: str) -> int:
    return sum(p.numel() for name, p in model.named_parameters() if name.endswith(ending))


def _own(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters(recurse=False))


def _trained(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def _shared_twice(model: nn.Module) -> int:
    return sum(p.numel() for _, p in model.named_parameters(remove_duplicate=False))


def _buffers(model: nn.Module) -> int:
    return sum(buffer.numel() for buffer in model.buffers())


def _of_type(model: nn.Module, *kinds: type[nn.Module]) -> int:
    return sum(_own(part) for part in model.modules() if isinstance(part, kinds))


def _sides(model: nn.Module) -> int:
    return sum(sum(p.shape) for p in model.parameters())


def _right(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def _first(model: nn.Module) -> int:
    return next((p.numel() for p in model.parameters()), 0)


def _last(model: nn.Module) -> int:
    return next((p.numel() for p in reversed(list(model.parameters()))), 0)


def _parts(model: nn.Module) -> Iterator[nn.Module]:
    for child in model._modules.values():
        if child is not None:
            yield child
            yield from _parts(child)


def _by_hand(model: nn.Module, slips: Iterable[str]) -> int:
    """Counted layer by layer, by formulas with some `slips`."""
    total = 0
    for part in model.modules():
        if isinstance(part, nn.Conv2d):
            rows, columns = part.kernel_size
            sides = {"height_squared": (rows, rows), "width_squared": (columns, columns)}
            area = next((sides[slip] for slip in slips if slip in sides), (rows, columns))
            inputs = 1 if "inputs_forgotten" in slips else part.in_channels
            total += part.out_channels * inputs * math.prod(area)
            total += _biases(part, part.out_channels, slips)
        elif isinstance(part, nn.Linear):
            total += part.in_features * part.out_features
            total += _biases(part, part.out_features, slips)
        elif "norm_missing" not in slips:
            total += _own(part)
    return total


def _biases(layer: nn.Module, outputs: int, slips: Iterable[str]) -> int:
    has_some = "bias_assumed" in slips or layer.bias is not None
    return outputs if has_some and "biases_missing" not in slips else 0


_SLIPS = {
    "biases_missing": "the biases are missing",
    "bias_assumed": "a bias is counted for every layer: with bias=False there is none",
    "inputs_forgotten": "the input channels of convolutions are left out",
    "height_squared": "a kernel's height is squared: kernels need not be square",
    "width_squared": "a kernel's width is squared: kernels need not be square",
    "norm_missing": "the weights and biases of a normalisation are left out: they are parameters",
}
_INSTEAD = ({"biases_missing", "bias_assumed"}, {"height_squared", "width_squared"})
"""Slips of which there can be one only."""
_BUFFERS = "buffers (running averages) are counted: no gradient ever changes them"
_MODULES = "it counts modules, not the numbers in their parameters"
COUNTS: tuple[tuple[str, str, Count], ...] = (
    ("biases_missing", "the biases are missing", lambda m: _named(m, "weight")),
    ("weights_missing", "the weights are missing", lambda m: _named(m, "bias")),
    (
        "biases_missing",
        "the biases are missing",
        lambda m: sum(p.numel() for p in m.parameters() if p.dim() > 1),
    ),
    (
        "tensors",
        "it counts parameter tensors, not the numbers in them",
        lambda m: len(list(m.parameters())),
    ),
    ("modules", _MODULES, lambda m: len(list(m.children()))),
    ("modules", _MODULES, lambda m: len(list(m.modules()))),
    (
        "modules",
        _MODULES,
        lambda m: sum(1 for part in m.modules() if any(True for _ in part.parameters(False))),
    ),
    ("bytes", "it counts bytes: a float32 takes four", lambda m: 4 * _right(m)),
    (
        "nested_missing",
        "parameters inside a nested module are missing",
        lambda m: sum(_own(child) for child in m.children()),
    ),
    (
        "frozen_missing",
        "frozen parameters are left out: they are still parameters",
        _trained,
    ),
    (
        "frozen_only",
        "only frozen parameters are counted: is a requires_grad filter the wrong way round?",
        lambda m: _right(m) - _trained(m),
    ),
    ("shared_twice", "shared parameters are counted twice", _shared_twice),
    ("buffers_counted", _BUFFERS, lambda m: _right(m) + _buffers(m)),
    (
        "buffers_counted+shared_twice",
        f"shared parameters are counted twice, and {_BUFFERS}",
        lambda m: sum(value.numel() for value in m.state_dict().values()),
    ),
    ("buffers_only", f"{_BUFFERS}; parameters are", _buffers),
    (
        "lengths",
        "it adds up the first side of each tensor (`len`): a tensor has `numel()` numbers",
        lambda m: sum(len(p) for p in m.parameters()),
    ),
    ("sides", "it adds up the sides of each tensor: they multiply", _sides),
    ("first_tensor", "only the first parameter tensor is counted", _first),
    ("last_tensor", "only the last parameter tensor is counted", _last),
    ("convolutions_only", "only convolutions are counted", lambda m: _of_type(m, nn.Conv2d)),
    (
        "linear_only",
        "only fully connected layers are counted",
        lambda m: _of_type(m, nn.Linear),
    ),
    (
        "parts_twice",
        "parameters of nested modules are counted once for each module around them",
        lambda m: sum(_right(part) for part in m.modules()),
    ),
    ("shared_twice", "shared parameters are counted twice", lambda m: sum(map(_own, _parts(m)))),
    (
        "shared_twice",
        "shared parameters are counted twice",
        lambda m: sum(_right(child) for child in m.children()),
    ),
    (
        "buffers_counted+shared_twice",
        f"shared parameters are counted twice, and {_BUFFERS}",
        lambda m: sum(v.numel() for k, v in m.state_dict().items() if "running" not in k),
    ),
    (
        "area_forgotten",
        "a kernel's height and width are left out: they are sides of its weight, too",
        lambda m: sum(math.prod(p.shape[:2]) for p in m.parameters()),
    ),
    (
        "multiplied",
        "the sizes of the tensors are multiplied: add them up",
        lambda m: math.prod(p.numel() for p in m.parameters()),
    ),
    (
        "dimensions",
        "the dimensions of the tensors are counted: their elements are asked for",
        lambda m: sum(p.dim() for p in m.parameters()),
    ),
    (
        "first_length",
        "it is the length of the first parameter tensor alone",
        lambda m: next((len(p) for p in m.parameters()), 0),
    ),
    ("modules", _MODULES, lambda m: len(m._modules)),
    (
        "same_sizes_once",
        "tensors of the same size are counted once: only the very same tensor counts once",
        lambda m: sum({p.numel() for p in m.parameters()}),
    ),
    ("doubled", "everything is counted twice", lambda m: 2 * _right(m)),
    ("one_too_many", "it is one too many: does the sum start at 0?", lambda m: _right(m) + 1),
)


def count_guesses(networks: Sequence[Sequence[LayerWords]]) -> Iterator[Guess]:
    """Ways to miss the number of parameters, as counted for each of `networks`."""
    models = [build(words) for words in networks]
    for name, text, count in COUNTS:
        yield Guess(Cause(name, text), tuple(count(model) for model in models), 1.0)
    yield from _counted_by_hand(models)
    text = "no parameter is counted"
    yield Guess(Cause("nothing", text), tuple(0 for _ in models), 1.0)


def _counted_by_hand(models: Sequence[nn.Module]) -> Iterator[Guess]:
    """Guesses with up to three slips, each of which makes a difference for these `models`."""
    known = {tuple(_by_hand(model, ()) for model in models)}
    for some in chain.from_iterable(combinations(_SLIPS, count) for count in (1, 2, 3)):
        if all(len(alternatives & set(some)) < 2 for alternatives in _INSTEAD):
            numbers = tuple(_by_hand(model, some) for model in models)
            if numbers not in known:
                cause = Cause("+".join(some), ", and ".join(_SLIPS[slip] for slip in some))
                yield Guess(cause, numbers, len(some))
            known.add(numbers)
