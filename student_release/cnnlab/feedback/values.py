"""Read a student's value safely: its kind in words, its shape, its numbers.

Every function is total: a value may be anything (None, `...`, a string, a huge or subclassed
tensor), and none of it raises here. Types are read with `type`, never through the value.
"""

import types
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

LARGEST = 10_000_000
"""Elements; what is larger is refused unread."""


def is_plain(value: Any) -> bool:
    """True for numbers, strings, collections, tensors and arrays: values that cannot be called."""
    plain = (bool, int, float, complex, str, bytes, list, tuple, dict, set)
    return issubclass(type(value), (*plain, torch.Tensor, np.ndarray, np.generic))


def kind(value: Any) -> str:
    """What `value` is, in words for a student: 'None', 'a list', 'a tensor of shape 4×7'."""
    if value is None:
        return "None"
    if value is Ellipsis:
        return "`...`"
    shape = shape_of(value)
    if shape is not None:
        array = "a tensor" if issubclass(type(value), torch.Tensor) else "a NumPy array"
        return f"{array} of shape {in_words(shape)}" if shape else f"{array} with a single number"
    for base, words in _KINDS.items():
        if issubclass(type(value), base):
            return words
    return "an object that is no tensor"


_KINDS: Mapping[type, str] = {
    bool: "True or False",
    int: "a whole number",
    np.integer: "a whole number",
    float: "a number",
    np.generic: "a number",
    complex: "a complex number",
    str: "text",
    list: "a list",
    tuple: "a tuple",
    dict: "a dictionary",
    set: "a set, which has no order",
    range: "a range",
    torch.nn.Module: "a layer or a network",
    type: "a class",
    types.FunctionType: "a function",
    types.BuiltinFunctionType: "a function or a method",
    types.MethodType: "a method",
    types.GeneratorType: "a generator",
}


def in_words(shape: Sequence[int]) -> str:
    """(4, 7) → '4×7'; (5,) → '5 (one dimension)'; () → 'a single number'."""
    if len(shape) == 1:
        return f"{shape[0]} (one dimension)"
    return "×".join(str(side) for side in shape) or "a single number"


def shape_of(value: Any) -> tuple[int, ...] | None:
    """The shape of a tensor or an array, read past any subclass; None for everything else."""
    try:
        if issubclass(type(value), torch.Tensor):
            with torch._C.DisableTorchFunctionSubclass():
                return tuple(torch.Tensor.size(value))
        if issubclass(type(value), (np.ndarray, np.generic)):
            return tuple(np.ndarray.shape.__get__(np.asarray(value)))
    except Exception:
        return None
    return None


def as_float64(value: Any) -> torch.Tensor | None:
    """A plain float64 CPU copy of a real tensor, array or number; None for everything else."""
    try:
        if issubclass(type(value), torch.Tensor):
            with torch._C.DisableTorchFunctionSubclass():
                plain = torch.Tensor.as_subclass(torch.Tensor.detach(value), torch.Tensor)
        elif issubclass(type(value), (np.ndarray, np.generic)):
            # Read-only and negative-stride arrays need the copy; strings and objects fail here.
            plain = torch.from_numpy(np.array(value, subok=False, order="C"))
        elif type(value) in (int, float):
            plain = torch.tensor(float(value))
        else:
            return None
        if plain.numel() > LARGEST or plain.is_complex() or plain.dtype == torch.bool:
            return None
        return plain.to(device="cpu", dtype=torch.float64, copy=True)
    except Exception:
        return None


def is_whole_type(value: Any) -> bool:
    """True for a tensor or array of a whole-number (or bool) dtype."""
    dtype = getattr(value, "dtype", None)
    if isinstance(dtype, torch.dtype):
        return not dtype.is_floating_point
    return isinstance(dtype, np.dtype) and dtype.kind in "iu"
