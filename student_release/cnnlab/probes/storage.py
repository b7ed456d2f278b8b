"""Probes of what a model stores, wherever it keeps it, and of whether that is what computes.

The walk goes from the model over attributes, containers, closures, default arguments and those
globals that a function of the student's names, also through other models. It counts numbers: the
elements of tensors and arrays, those in lists and dictionaries, the bytes of texts.
"""

import dis
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypedDict

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.probes import Count
from cnnlab.probes.models import Scores, evaluating, table_of

OBJECTS_LIMIT = 200_000
"""Objects that the walk looks at; what is beyond them counts as one number each at least."""
SETTINGS = 256
"""Plain numbers and characters, in attributes and constants, that are settings and do not count."""
SCALARS = bool | int | float | complex | np.generic
"""Numbers that count as often as they stand somewhere: Python keeps equal ones only once."""
FOREIGN = ("torch", "numpy", "cnnlab", "builtins", "collections", "functools", "math", "typing")
"""Modules whose own functions and classes aren't looked into: they hold nothing of a student's."""


class Size(TypedDict):
    """How many numbers a model stores."""

    module: bool
    """Is it an nn.Module?"""
    parameters: Count
    buffers: Count
    hidden: Count
    """Everywhere else that the model reaches."""


@dataclass
class _Found:
    tensors: dict[int, Tensor] = field(default_factory=dict[int, Tensor])
    weights: set[int] = field(default_factory=set[int])
    buffers: set[int] = field(default_factory=set[int])
    arrays: int = 0
    plain: int = 0
    seen: dict[int, Any] = field(default_factory=dict[int, Any])


def size(model: Any) -> Size:
    """Tell how many numbers a model stores."""
    found = _walk(model)
    counts = {"parameters": 0, "buffers": 0, "hidden": found.arrays}
    counts["hidden"] += max(0, found.plain - SETTINGS)
    for key, tensor in found.tensors.items():
        kind = "parameters" if key in found.weights else "buffers"
        counts[kind if key in found.weights | found.buffers else "hidden"] += _elements(tensor)
    return Size(module=isinstance(model, nn.Module), **counts)


def emptied(model: Any, images: Tensor, scaling: str = "normalised") -> Scores:
    """Give the model's scores of uint8 `images` with 0 in all numbers that its weights hold.

    As `scores` of `cnnlab.probes.models`. The weights are those that `size` counts as parameters
    and buffers; afterwards they are as before. A model that computes with them gives every image
    the same row.
    """
    found = _walk(model)
    held = [found.tensors[key] for key in sorted(found.weights | found.buffers)]
    before = [tensor.detach().clone() for tensor in held]
    with torch.inference_mode(), evaluating(model):
        try:
            for tensor in held:
                Tensor.zero_(tensor)
            return table_of(model, images, scaling)
        finally:
            for tensor, numbers in zip(held, before, strict=True):
                Tensor.copy_(tensor, numbers)


def _elements(tensor: Tensor) -> int:
    if isinstance(tensor, nn.parameter.UninitializedParameter | nn.parameter.UninitializedBuffer):
        return 0
    return Tensor.numel(tensor) * (2 if tensor.is_complex() else 1)


def _walk(model: Any) -> _Found:
    """Look at everything that the model reaches.

    What a network's own layers hold are its weights; another network that it reaches is hidden.
    For a plain function, every network that it calls is its own.
    """
    found, waiting = _Found(), [model]
    own = isinstance(model, nn.Module)
    if own:
        _take_weights(model, found)
    looks = 0
    while waiting and looks < OBJECTS_LIMIT:
        value = waiting.pop()
        looks += 1
        if id(value) in found.seen and not isinstance(value, SCALARS):
            continue
        found.seen[id(value)] = value  # kept, or another object could get the same id
        if not own and isinstance(value, nn.Module):
            _take_weights(value, found)
        waiting.extend(_inside(value, found))
    found.plain += len(waiting)
    return found


def _take_weights(module: nn.Module, found: _Found) -> None:
    found.weights.update(id(each) for each in nn.Module.parameters(module))
    found.buffers.update(id(each) for each in nn.Module.buffers(module))


def _inside(value: Any, found: _Found) -> Iterator[Any]:
    """Count what `value` holds by itself; yield what else is to be looked at."""
    if isinstance(value, Tensor):
        found.tensors[id(value)] = value
    elif isinstance(value, np.ndarray):
        found.arrays += np.ndarray.size.__get__(value)
        yield from value.reshape(-1)[:1000].tolist() if value.dtype == object else ()
    elif isinstance(value, str | bytes | bytearray | memoryview):
        found.plain += len(value)
    elif isinstance(value, bool | float | complex | np.generic):
        found.plain += 1
    elif isinstance(value, int):
        found.plain += max(1, int.bit_length(value) // 32)
    elif isinstance(value, nn.Module):
        yield from _of_module(value)
    else:
        yield from _of_container(value)


def _of_module(module: nn.Module) -> Iterator[Any]:
    yield from (*nn.Module.parameters(module), *nn.Module.buffers(module))
    yield from _of_class(type(module), "forward", "__call__")
    own = nn.Module().__dict__.keys()
    values = {name: value for name, value in vars(module).items() if name not in own}
    if _is_foreign(type(module)):  # their settings (kernel_size, eps, …) are no stored numbers
        plain = bool | int | float | str | tuple | type(None)
        values = {name: each for name, each in values.items() if not isinstance(each, plain)}
    yield from values.values()
    for name in ("_modules", "_forward_hooks", "_forward_pre_hooks"):
        yield from getattr(module, name, {}).values()


def _of_container(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from dict.keys(value)
        yield from dict.values(value)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, types.FunctionType):
        yield from _of_function(value)
    elif isinstance(value, types.MethodType):
        yield from (value.__func__, value.__self__)
    elif isinstance(value, type):
        yield from _of_class(value, *(name for name in vars(value) if not _is_dunder(name)))
    elif isinstance(value, staticmethod | classmethod):
        yield value.__func__
    elif isinstance(value, property):
        yield from (value.fget,)
    elif isinstance(value, partial):
        yield from (value.func, value.args, value.keywords)
    elif hasattr(value, "__dict__") and not isinstance(value, types.ModuleType):
        if str(type(value).__module__).startswith("torch._dynamo"):
            return
        yield from vars(value).values()
        yield type(value)
        yield from _of_class(type(value), "__call__")


def _of_function(function: types.FunctionType) -> Iterator[Any]:
    """What a student's function carries: closure, defaults, the globals that its code names."""
    if (function.__module__ or "").split(".")[0] in FOREIGN:
        return
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not filled yet
            continue
    yield from (function.__defaults__, function.__kwdefaults__, vars(function))
    names, constants = _mentioned(function.__code__, ("LOAD_GLOBAL", "LOAD_NAME"))
    yield from constants
    yield from (function.__globals__[name] for name in names if name in function.__globals__)


def _of_class(kind: type, *used: str) -> Iterator[Any]:
    """Values in a student's class and its bases, and the methods that those in `used` lead to.

    Others, such as one that trains the model, are no part of what it computes with.
    """
    own = [each for each in type.mro(kind) if not _is_foreign(each)]
    members = {name: value for each in reversed(own) for name, value in vars(each).items()}
    waiting, reached = [name for name in used if name in members], set[str]()
    while waiting:
        name = waiting.pop()
        function = getattr(members[name], "fget", getattr(members[name], "__func__", members[name]))
        if name in reached or not isinstance(function, types.FunctionType):
            continue
        reached.add(name)
        yield function
        waiting += _mentioned(function.__code__, ("LOAD_ATTR", "LOAD_METHOD"))[0] & set(members)
    for name, value in members.items():
        if not _is_dunder(name) and not isinstance(value, types.FunctionType):
            yield value


def _mentioned(code: types.CodeType, operations: tuple[str, ...]) -> tuple[set[str], list[Any]]:
    """Names that code, with the code in it, looks up by `operations`; and its large constants."""
    names = {each.argval for each in dis.get_instructions(code) if each.opname in operations}
    constants = list[Any]()
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner = _mentioned(constant, operations)
            names |= inner[0]
            constants += inner[1]
        elif isinstance(constant, bytes | tuple | frozenset | int) or (
            isinstance(constant, str) and constant != _documentation(code)
        ):
            constants.append(constant)
    return names, constants


def _documentation(code: types.CodeType) -> Any:
    """The docstring, which a function keeps as its first constant, unless it is a long one."""
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) and len(first) <= 2_000 else None


def _is_foreign(kind: Any) -> bool:
    return str(getattr(kind, "__module__", "")).split(".")[0] in FOREIGN


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name != "__call__"
