"""Compare a student's value with what was expected, and say in words what is wrong.

Every function is total: a student's value may be anything (None, `...`, a string, a huge or
subclassed tensor, NaN), and none of it raises here. NaN never compares equal.
"""

from collections.abc import Sequence
from typing import Any

import torch

from cnnlab.feedback.values import as_float64, in_words, is_whole_type, kind, shape_of
from labkit.diagnosis import Cause, Diagnosis

TOLERANCE = 1e-4
"""Largest difference, relative to 1 + |expected|, that float32 arithmetic may explain."""


def agrees(got: Any, expected: Any, tolerance: float = TOLERANCE) -> bool:
    """Same shape and, everywhere, |got - expected| ≤ tolerance · (1 + |expected|)."""
    shape = shape_of(expected)
    if shape_of(got) != shape and not (shape in (None, ()) and shape_of(got) in (None, ())):
        return False
    left, right = as_float64(got), as_float64(expected)
    if left is None or right is None:
        return False
    # NaN compares False, and so does inf - inf; an infinite tolerance must not allow anything.
    close = (left - right).abs() <= tolerance * (1 + right.abs())
    return bool((close & right.isfinite()).all())


def tensor_symptom(
    value: Any, shape: Sequence[int], *, name: str, integers: bool = False
) -> Diagnosis | None:
    """Why `value` cannot be the tensor of `shape` that `name` should return; None if it can.

    `integers` allows whole-number types. NumPy arrays are as good as tensors.
    """
    if value is None:
        text = (
            f"{name} returned None: it is not written yet, its `return` is missing, or what it "
            "returns is None itself"
        )
        return Diagnosis(text, symptom="none")
    if value is Ellipsis:
        return Diagnosis(f"{name} returned `...`: the answer is still to be written", (), "none")
    if issubclass(type(value), (list, tuple)):
        inside = " with one entry: is there a comma too many after `return`?"
        single = issubclass(type(value), tuple) and tuple.__len__(value) == 1
        wanted = "a tensor" if shape else "a number"
        text = f"{name} returned {kind(value)}{inside if single else f', not {wanted}'}"
        return Diagnosis(text, symptom="kind")
    got = shape_of(value)
    if got is None and type(value) in (int, float) and not shape:
        got = ()
    if got is None:
        text = f"{name} returned {kind(value)}, not {'a tensor' if shape else 'a number'}"
        return Diagnosis(text, symptom="kind")
    if got != tuple(shape):
        return Diagnosis(f"{name} returned {_shape_words(got, shape)}", symptom="wrong_shape")
    text = _number_problem(value, name, integers)
    return Diagnosis(text, symptom="numbers") if text else None


def _shape_words(got: Sequence[int], shape: Sequence[int]) -> str:
    wanted = in_words(shape)
    if not shape:
        return f"a tensor of shape {in_words(got)} where a single number is expected"
    if not got:
        return f"a single number where a tensor of shape {wanted} is expected"
    if len(got) != len(shape):
        return f"{len(got)} dimensions ({in_words(got)}) where {len(shape)} are expected ({wanted})"
    return f"a result of shape {in_words(got)} where {wanted} is expected"


def _number_problem(value: Any, name: str, integers: bool) -> str | None:
    numbers = as_float64(value)
    if numbers is None:
        return f"{name} returned something other than real numbers (True/False, complex or text)"
    if bool(numbers.isnan().any()):
        return f"the result of {name} contains NaN (not a number)"
    if bool(numbers.isinf().any()):
        return f"the result of {name} contains infinity"
    if not integers and is_whole_type(value):
        return (
            f"{name} returned whole numbers: digits after the point are cut off. "
            "Give the output the input's dtype"
        )
    return None


def common_causes(expected: torch.Tensor) -> dict[Cause, Any]:
    """Ways to spoil a right result that any function may have, and what each would return."""
    causes: dict[Cause, Any] = {
        Cause("sign", "the result is right, but with the opposite sign"): -expected,
        Cause(
            "abs", "the result is right, but without its signs: is there an `abs` too many?"
        ): expected.abs(),
        Cause(
            "twice",
            "every number is twice what it should be: is something added twice, or kept from an "
            "earlier call?",
        ): 2 * expected,
        Cause(
            "unsqueezed", "sides of length 1 are left over in front: index them away, as in x[0, 0]"
        ): [expected[None], expected[None, None]],
        Cause(
            "half_precision",
            "the numbers are rounded to 16 bits: keep the dtype of the input, or float32",
        ): lambda value: _is_half(value) and agrees(value, expected, 1e-2),
        Cause("squeezed", "sides of length 1 are dropped: keep all dimensions"): expected.squeeze(),
    }
    if expected.dim():
        causes[
            Cause(
                "whole_numbers",
                "the result is right, but cut off to whole numbers: give the output the input's "
                "dtype",
            )
        ] = expected.trunc()
    if expected.dim() >= 2:
        swapped = Cause("transposed", "rows and columns of the result are swapped")
        causes[swapped] = expected.transpose(-1, -2)
        turned = Cause("half_turn", "the result is turned by half a turn")
        causes[turned] = expected.flip(-1, -2)
    return causes


def unsupported_by_torch(seen: Any) -> bool:
    """Did torch itself lack the operation for whole numbers? (`F.unfold` knows only floats.)"""
    return isinstance(seen, dict) and "not implemented for '" in str(seen.get("raised", ""))


def _is_half(value: Any) -> bool:
    dtype = str(getattr(value, "dtype", "")) if shape_of(value) is not None else ""
    return dtype.removeprefix("torch.") in ("float16", "bfloat16")
